//! Paths of Linux as bytes: joining and cutting, by their text alone.

/// `DIR/NAME`, with one slash between them.
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

/// What stands after the last slash.
#[must_use]
pub fn basename(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(at) => &path[at + 1..],
        None => path,
    }
}

/// What stands before the last slash, the root's own slash kept.
#[must_use]
pub fn dirname(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(0) => b"/",
        Some(at) => &path[..at],
        None => b".",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joining_puts_one_slash() {
        assert_eq!(join(b"/usr/bin", b"go"), b"/usr/bin/go");
        assert_eq!(join(b"/usr/bin/", b"go"), b"/usr/bin/go");
        assert_eq!(join(b"/", b"go"), b"/go");
    }
}
