//! `gowrap doctor GW551`: the entry of one code.

use crate::diagnosis::Code;

/// Returns true if it has the form of a code.
#[must_use]
pub(super) fn is_code(word: &[u8]) -> bool {
    matches!(word, [b'G' | b'g', b'W' | b'w', digits @ ..] if digits.len() == 3 && digits.iter().all(u8::is_ascii_digit))
}

/// Returns the code whose number this is: `302` for GW302.
#[must_use]
pub(crate) fn of_number(word: &[u8]) -> Option<Code> {
    let name = Some([b"GW", word].concat()).filter(|name| is_code(name))?;
    Code::named(&name)
}

/// Returns the page of a code; none if no code has that number.
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

    #[test]
    fn a_number_without_letters_means_a_code() {
        assert_eq!(of_number(b"302"), Some(Code::GW302));
        for word in ["999", "30", "./302", "GW302", "", "/dev/null"] {
            assert_eq!(of_number(word.as_bytes()), None, "{word}");
        }
    }
}
