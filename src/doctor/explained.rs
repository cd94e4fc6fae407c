//! `gowrap doctor GW551`: the entry of one code.

use crate::diagnosis::Code;

/// Returns true if it has the form of a code.
#[must_use]
pub(super) fn is_code(word: &[u8]) -> bool {
    matches!(word, [b'G' | b'g', b'W' | b'w', digits @ ..] if digits.len() == 3 && digits.iter().all(u8::is_ascii_digit))
}

/// The page of a code; none where no code has that number.
#[must_use]
pub(super) fn page(word: &[u8]) -> Option<String> {
    let code = Code::named(&word.to_ascii_uppercase())?;
    let entry = code.entry();
    Some(format!("{code} ({})\n{}\n\nCause: {}\n\nFix: {}\n", entry.users, entry.meaning, entry.cause, entry.fix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_in_either_case() {
        assert!(is_code(b"gw551") && !is_code(b"GW55") && !is_code(b"./GW551"));
        assert!(page(b"gw551").is_some_and(|page| page.starts_with("GW551 (doctor)")));
        assert_eq!(page(b"GW999"), None);
    }
}
