//! Joins and splits Linux paths as bytes, without reading a file system.

use crate::prelude::*;

/// Returns `DIR/NAME`, with one slash between them.
#[must_use]
pub fn join(dir: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = Vec::with_capacity(dir.len() + 1 + name.len());
    path.extend_from_slice(dir);
    if !dir.ends_with(b"/") {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    path
}

/// Returns the text after the last slash.
#[must_use]
pub fn basename(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(at) => &path[at + 1..],
        None => path,
    }
}

/// Returns the text before the last slash; the slash of the root is kept.
#[must_use]
pub fn dirname(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(0) => b"/",
        Some(at) => &path[..at],
        None => b".",
    }
}

/// Returns a path without empty, `.` and `..` components, by its text: a component before a `..` counts as no link. A
/// `..` at the root has no effect. A `..` at the start of a relative path stays.
#[must_use]
pub fn clean(path: &[u8]) -> Vec<u8> {
    let is_absolute = path.starts_with(b"/");
    let mut kept: Vec<&[u8]> = Vec::new();
    for name in path.split(|&byte| byte == b'/') {
        match name {
            b"" | b"." => {}
            b".." => match kept.last() {
                Some(last) if *last != b".." => _ = kept.pop(),
                _ if is_absolute => {}
                _ => kept.push(name),
            },
            _ => kept.push(name),
        }
    }
    match (is_absolute, kept.join(&b'/')) {
        (true, names) => [b"/", names.as_slice()].concat(),
        (false, names) if names.is_empty() => b".".to_vec(),
        (false, names) => names,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaning_changes_no_name() {
        let table: &[(&str, &str)] = &[
            ("/a/b", "/a/b"),
            ("/a//./b/", "/a/b"),
            ("/a/../../b", "/b"),
            ("/..", "/"),
            ("/", "/"),
            ("", "."),
            ("a/..", "."),
            ("../a/./../../b", "../../b"),
        ];
        for (path, cleaned) in table {
            assert_eq!(clean(path.as_bytes()), cleaned.as_bytes(), "{path}");
        }
    }

    #[test]
    fn joining_puts_one_slash() {
        assert_eq!(join(b"/usr/bin", b"go"), b"/usr/bin/go");
        assert_eq!(join(b"/usr/bin/", b"go"), b"/usr/bin/go");
        assert_eq!(join(b"/", b"go"), b"/go");
    }
}
