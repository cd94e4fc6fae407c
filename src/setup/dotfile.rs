//! Adds gowrap's line to a file of the user, and removes it so that the file has the same bytes as before.
//!
//! The line is added at the end. If the file ends without a newline, one is added before it, and the mark says so. A
//! file that an editor has later changed to Windows line endings is still understood.

/// Comment at the end of gowrap's line in a file that gowrap did not make.
pub(crate) const MARK: &[u8] = b"# added by gowrap setup";

/// The same, if the file did not end with a newline: then gowrap added the newline before the line.
pub(crate) const MARK_WITH_NEWLINE: &[u8] = b"# added by gowrap setup, with the newline before it";

/// Returns the file with the line, and the line in its form there; none if the file already has this line.
#[must_use]
pub(crate) fn with_line(contents: &[u8], line: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let found = marked_lines(contents);
    if let [one] = found.as_slice()
        && !one.has_carriage_return()
        && contents.get(one.start..one.end).is_some_and(|there| marked(there) == Some(line))
        && is_last(contents, one)
    {
        return None;
    }
    // A line of an earlier installation is replaced. So is a line with commands after it, which may put folders before
    // gowrap's.
    let contents = without_line(contents).map_or_else(|| contents.to_vec(), |(contents, _)| contents);
    let (before, mark) = match contents.last() {
        None | Some(b'\n') => (&b""[..], MARK),
        Some(_) => (&b"\n"[..], MARK_WITH_NEWLINE),
    };
    let line = [line, b" ", mark].concat();
    Some(([contents.as_slice(), before, &line, b"\n"].concat(), line))
}

/// Returns the file without gowrap's lines, and the first of them; none if it has none.
#[must_use]
pub(crate) fn without_line(contents: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let found = marked_lines(contents);
    let first = contents.get(found.first()?.start..found.first()?.end)?.to_vec();
    // From here on every line is gowrap's.
    let end = found.iter().rev().fold(contents.len(), |end, line| if line.next == end { line.start } else { end });
    let mut rest = Vec::with_capacity(contents.len());
    let mut at = 0;
    for line in found {
        let newline_is_ours = contents.get(line.start..line.end).is_some_and(|text| text.ends_with(MARK_WITH_NEWLINE));
        let is_last = line.start >= end;
        let start = match newline_is_ours && is_last && line.start > at {
            // An editor that changed gowrap's line to a Windows line ending also changed the newline before it.
            true if line.has_carriage_return()
                && contents.get(at..line.start).is_some_and(|text| text.ends_with(b"\r\n")) =>
            {
                line.start - 2
            }
            true => line.start - 1,
            false => line.start,
        };
        rest.extend_from_slice(contents.get(at..start).unwrap_or_default());
        at = line.next;
    }
    rest.extend_from_slice(contents.get(at..).unwrap_or_default());
    Some((rest, first))
}

/// Position of gowrap's line: its first byte, the end of its text, the beginning of the next line.
struct MarkedLine {
    start: usize,
    end: usize,
    next: usize,
}

impl MarkedLine {
    fn has_carriage_return(&self) -> bool {
        self.next > self.end + 1
    }
}

/// Returns true if a line of gowrap has a Windows line ending.
#[must_use]
pub(crate) fn has_carriage_return(contents: &[u8]) -> bool {
    marked_lines(contents).iter().any(MarkedLine::has_carriage_return)
}

/// Returns true if only blank lines and comments follow a line.
fn is_last(contents: &[u8], line: &MarkedLine) -> bool {
    let behind = contents.get(line.next..).unwrap_or_default();
    behind.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).all(|line| line.is_empty() || line.starts_with(b"#"))
}

fn marked_lines(contents: &[u8]) -> Vec<MarkedLine> {
    let mut places = Vec::new();
    let mut start = 0;
    for line in contents.split_inclusive(|&byte| byte == b'\n') {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if marked(text).is_some() {
            places.push(MarkedLine { start, end: start + text.len(), next: start + line.len() });
        }
        start += line.len();
    }
    places
}

/// Returns the text before the mark, if this is gowrap's line.
fn marked(text: &[u8]) -> Option<&[u8]> {
    let line = text.strip_suffix(MARK).or_else(|| text.strip_suffix(MARK_WITH_NEWLINE))?.strip_suffix(b" ")?;
    line.starts_with(b"if [ -r ").then_some(line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LINE: &[u8] = b"if [ -r '/d/env' ]; then . '/d/env'; fi";

    fn shown(bytes: &[u8]) -> String {
        bytes.escape_ascii().to_string().replace("\\'", "'")
    }

    #[test]
    fn a_line_is_added_and_removed() {
        let line = shown(LINE);
        let table: &[(&str, &[u8], String)] = &[
            ("an empty file", b"", format!("{line} # added by gowrap setup\\n")),
            ("lines", b"a\n", format!("a\\n{line} # added by gowrap setup\\n")),
            ("no last newline", b"a", format!("a\\n{line} # added by gowrap setup, with the newline before it\\n")),
            ("Windows' line ends", b"a\r\n", format!("a\\r\\n{line} # added by gowrap setup\\n")),
            ("bytes", b"\xff\0\n", format!("\\xff\\x00\\n{line} # added by gowrap setup\\n")),
        ];
        for (name, before, expected) in table {
            let (after, _) = with_line(before, LINE).unwrap();
            assert_eq!(&shown(&after), expected, "{name}");
            assert_eq!(with_line(&after, LINE), None, "{name}: a second time");
            assert_eq!(shown(&without_line(&after).unwrap().0), shown(before), "{name}: and out again");
        }
        assert_eq!(without_line(b"a\n# added by gowrap setup\n"), None, "a comment of the user's");
    }

    #[test]
    fn lines_added_later_stay() {
        for before in [&b"a"[..], b"a\n"] {
            let (after, _) = with_line(before, LINE).unwrap();
            assert_eq!(without_line(&[&after[..], b"b"].concat()).unwrap().0, b"a\nb");
        }
    }

    #[test]
    fn a_line_with_a_windows_line_end_is_removed() {
        let after = [b"a\r\n", LINE, b" ", MARK, b"\r\nb\r\n"].concat();
        assert_eq!(without_line(&after).unwrap().0, b"a\r\nb\r\n");
    }

    #[test]
    fn windows_line_ends_of_gowraps_line_are_mended() {
        for before in [&b"a\n"[..], b"a"] {
            let (after, _) = with_line(before, LINE).unwrap();
            let windows = shown(&after).replace("\\n", "\r\n").into_bytes();
            assert!(has_carriage_return(&windows) && !has_carriage_return(&after));
            let (mended, _) = with_line(&windows, LINE).unwrap();
            assert!(!has_carriage_return(&mended), "{}", shown(&mended));
            assert_eq!(with_line(&mended, LINE), None);
        }
        let (after, _) = with_line(b"a", LINE).unwrap();
        let windows = shown(&after).replace("\\n", "\r\n").into_bytes();
        assert_eq!(without_line(&windows).unwrap().0, b"a", "the newline before it goes as it came");
    }

    #[test]
    fn a_line_with_commands_behind_it_moves_to_the_end() {
        for before in [&b"a\n"[..], b"a"] {
            let (first, _) = with_line(before, LINE).unwrap();
            let (moved, _) = with_line(&[&first[..], b"PATH=/x:$PATH\n"].concat(), LINE).unwrap();
            assert_eq!(moved, [b"a\nPATH=/x:$PATH\n", LINE, b" ", MARK, b"\n"].concat());
            assert_eq!(with_line(&moved, LINE), None);
            assert_eq!(with_line(&[&first[..], b"\n  # a comment\n"].concat(), LINE), None);
        }
    }

    #[test]
    fn a_new_line_replaces_an_older_one() {
        let (old, _) = with_line(b"a", b"if [ -r '/old/env' ]; then . '/old/env'; fi").unwrap();
        let (new, _) = with_line(&old, LINE).unwrap();
        assert_eq!(new, with_line(b"a", LINE).unwrap().0);
        let twice = [&new[..], LINE, b" ", MARK, b"\n"].concat();
        assert_eq!(with_line(&twice, LINE).unwrap().0, new, "and a second one goes");
    }

    proptest! {
        #[test]
        fn adding_and_removing_gives_the_same_file(before in prop::collection::vec(prop::sample::select(&b"a \r\n#\xff"[..]), 0..40)) {
            let (after, _) = with_line(&before, LINE).unwrap();
            prop_assert_eq!(with_line(&after, LINE), None);
            prop_assert_eq!(without_line(&after).unwrap().0, before);
        }
    }
}
