//! `gowrap doctor GW551`: the page's entry for one code.

/// The manual page that explains every code.
const PAGE: &str = include_str!("../../man/gowrap-diagnostics.7");

/// The parts of an entry, in plain text.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Who uses the code.
    pub users: String,
    /// What it means.
    pub meaning: String,
    /// What it comes from.
    pub cause: String,
    /// What to do.
    pub fix: String,
}

/// Is it written like a code?
#[must_use]
pub fn is_code(word: &[u8]) -> bool {
    matches!(word, [b'G' | b'g', b'W' | b'w', digits @ ..] if digits.len() == 3 && digits.iter().all(u8::is_ascii_digit))
}

/// The entry of a code; none where no code has that number.
#[must_use]
pub fn entry(code: &str) -> Option<Entry> {
    let code = code.to_ascii_uppercase();
    let mut entry = Entry::default();
    let mut part = None;
    for line in PAGE.lines() {
        if let Some(heading) = line.strip_prefix(".It Sy ") {
            if part.is_some() {
                break;
            }
            if let Some(users) = heading.strip_prefix(&code).and_then(|rest| rest.strip_prefix(" Pq ")) {
                entry.users = words(users);
                part = Some(Part::Meaning);
            }
            continue;
        }
        let Some(current) = part else { continue };
        match line {
            ".It Cause" => part = Some(Part::Cause),
            ".It Fix" => part = Some(Part::Fix),
            line if line.starts_with(".Bl") || line.starts_with(".El") => {}
            line if line.starts_with(".Ss") => break,
            line => {
                let text = match current {
                    Part::Meaning => &mut entry.meaning,
                    Part::Cause => &mut entry.cause,
                    Part::Fix => &mut entry.fix,
                };
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(&plain(line));
            }
        }
    }
    part.map(|_| entry)
}

#[derive(Clone, Copy)]
enum Part {
    Meaning,
    Cause,
    Fix,
}

/// A line of mdoc(7) in plain text: the macros of this page name or quote what follows.
fn plain(line: &str) -> String {
    match line.strip_prefix('.') {
        None => words(line),
        Some(call) => {
            let (name, rest) = call.split_once(' ').unwrap_or((call, ""));
            let (rest, end) = match rest.rsplit_once(' ') {
                Some((rest, end @ ("," | "." | ";" | ":" | ")"))) => (rest, end),
                _ => (rest, ""),
            };
            let text = words(rest);
            let text = text.trim_matches('"');
            match name {
                "Ql" => format!("`{text}`{end}"),
                "Xr" => format!(
                    "{}{end}",
                    text.split_once(' ').map_or(text.to_owned(), |(page, part)| format!("{page}({part})"))
                ),
                "Pp" => String::new(),
                _ => format!("{text}{end}"),
            }
        }
    }
}

/// The escapes of roff.
fn words(text: &str) -> String {
    text.replace("\\(dq", "\"")
        .replace("\\(aq", "'")
        .replace("\\(bs", "\\")
        .replace("\\-", "-")
        .replace("\\&", "")
        .replace("\\e", "\\")
}

/// The entry as a page.
#[must_use]
pub fn page(code: &str, entry: &Entry) -> String {
    format!(
        "{} ({})\n{}\n\nCause: {}\n\nFix: {}\n",
        code.to_ascii_uppercase(),
        entry.users,
        entry.meaning,
        entry.cause,
        entry.fix
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_of_the_page_has_its_parts_in_plain_text() {
        let codes = PAGE.lines().filter_map(|line| line.strip_prefix(".It Sy GW")?.get(..3));
        let mut count = 0;
        for number in codes {
            let code = format!("gw{number}");
            let entry = entry(&code).unwrap();
            for part in [&entry.users, &entry.meaning, &entry.cause, &entry.fix] {
                assert!(!part.is_empty() && !part.contains("\\-") && !part.contains(" ."), "{code}: {entry:?}");
            }
            count += 1;
        }
        assert!(count > 100);
        assert_eq!(entry("GW999"), None);
        assert!(is_code(b"gw551") && !is_code(b"GW55") && !is_code(b"./GW551"));
    }
}
