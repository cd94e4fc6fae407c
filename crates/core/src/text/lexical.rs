//! Changes paths as text: separators, and `.` and `..`, without reading a file system.
//!
//! Both functions do exactly what those of WSL's `/init` do (`UtilCanonicalisePathSeparator`, `CollapsePath`), because
//! the result of a translation depends on them.

use crate::prelude::*;

/// Replaces every `/` and `\` with `to`, and several in a row with one. The first two bytes always stay, so that a
/// leading `\\` stays.
pub(crate) fn flip(path: &[u8], to: u8) -> Vec<u8> {
    let mut flipped: Vec<u8> = Vec::with_capacity(path.len());
    for byte in path {
        if !is_separator(*byte) {
            flipped.push(*byte);
        } else if flipped.len() < 2 || flipped.last() != Some(&to) {
            flipped.push(to);
        }
    }
    flipped
}

/// Returns true for a slash or a backslash.
pub(crate) fn is_separator(byte: u8) -> bool {
    matches!(byte, b'/' | b'\\')
}

/// Removes `.`, empty segments, and each `..` with the segment before it; none if a `..` leads above the root.
///
/// The text before the first separator is the root and stays. A separator at the end stays too. If the path ends with
/// `.` or `..`, the result ends with a separator. Segments are read from the right, as in WSL, so a `..` removes any
/// segment on its left, also a `.` or an empty one: `/a/./..` is `/a/`.
pub(crate) fn collapse(path: &[u8], separator: u8) -> Option<Vec<u8>> {
    let root = path.iter().position(|byte| *byte == separator).map_or(path.len(), |at| at + 1);
    let (root, below) = path.split_at(root);
    let mut kept = Vec::new();
    let mut swallowed = 0_usize;
    for segment in below.split_inclusive(|byte| *byte == separator).rev() {
        let name = segment.strip_suffix(&[separator]).unwrap_or(segment);
        if name == b".." {
            swallowed += 1;
        } else if swallowed > 0 {
            swallowed -= 1;
        } else if !matches!(name, b"" | b".") {
            kept.push(segment);
        }
    }
    if swallowed > 0 {
        return None;
    }
    kept.push(root);
    kept.reverse();
    Some(kept.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backslashes_become_slashes_and_runs_become_one() {
        let table: &[(&[u8], u8, &[u8])] = &[
            (b"", b'\\', b""),
            (b"C:/a/b", b'\\', br"C:\a\b"),
            (b"C://a\\/b//", b'\\', br"C:\a\b\"),
            (b"//srv//share", b'\\', br"\\srv\share"),
            (b"///srv", b'\\', br"\\srv"),
            (b"a//b", b'\\', br"a\b"),
            (br"\\wsl.localhost\\D", b'/', b"//wsl.localhost/D"),
            (b"x\xff\\y", b'/', b"x\xff/y"),
        ];
        for (path, to, flipped) in table {
            assert_eq!(flip(path, *to), *flipped, "{}", path.escape_ascii());
        }
    }

    #[test]
    fn dots_are_removed_without_a_system_call() {
        let table: &[(&[u8], Option<&[u8]>)] = &[
            (b"", Some(b"")),
            (b"C:", Some(b"C:")),
            (b"/", Some(b"/")),
            (b"/a", Some(b"/a")),
            (b"/a/", Some(b"/a/")),
            (b"/a//b///c", Some(b"/a/b/c")),
            (b"/./a/./b/.", Some(b"/a/b/")),
            (b"/a/..", Some(b"/")),
            (b"/a/b/../../c", Some(b"/c")),
            (b"/a/../b/..", Some(b"/")),
            (b"/a/b/..", Some(b"/a/")),
            (b"/..", None),
            (b"/a/../..", None),
            (b"/../a", None),
            (b"/.../..x", Some(b"/.../..x")),
            (b"..", Some(b"..")),
            // `..` removes the segment on its left, even an empty one.
            (b"/a/./..", Some(b"/a/")),
            (b"/a//..", Some(b"/a/")),
            (b"//..", Some(b"/")),
            (b"C:/../x", None),
        ];
        for (path, collapsed) in table {
            assert_eq!(collapse(path, b'/').as_deref(), *collapsed, "{}", path.escape_ascii());
        }
    }
}
