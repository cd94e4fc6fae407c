//! Parses one line of `/proc/self/mountinfo`, as WSL's parser does.
//!
//! The kernel separates fields by one space and writes space, tab, newline and backslash inside them as `\ooo`
//! (proc_pid_mountinfo(5)). Two details follow WSL: super options stay raw, because `path=C:\;` is printed unescaped
//! there; and several spaces count as one, so that a line with an empty source has too few fields and is skipped.

use alloc::borrow::Cow;

use crate::prelude::*;

/// The fields of a line that gowrap looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MountinfoLine<'a> {
    /// The id of the mount; 0 if it is no number.
    pub(super) id: u32,
    /// Directory of the filesystem that is mounted: `/` except for bind mounts and subvolumes.
    pub(super) root: Cow<'a, [u8]>,
    /// Mount point.
    pub(super) point: Cow<'a, [u8]>,
    /// The options of this mount, comma-separated.
    pub(super) options: &'a [u8],
    /// The file system's type.
    pub(super) fstype: &'a [u8],
    /// Mounted device or tag.
    pub(super) source: Cow<'a, [u8]>,
    /// The options of the file system, comma-separated and raw.
    pub(super) super_options: &'a [u8],
}

impl<'a> MountinfoLine<'a> {
    /// Parses a line. Returns none if a field is missing.
    pub(super) fn parse(line: &'a [u8]) -> Option<MountinfoLine<'a>> {
        let mut rest = line;
        let id = core::str::from_utf8(next_field(&mut rest)?).ok().and_then(|id| id.parse().ok()).unwrap_or(0);
        let _parent = next_field(&mut rest)?;
        next_field(&mut rest).filter(|device| device.contains(&b':'))?;
        let root = next_field(&mut rest)?;
        let point = next_field(&mut rest)?;
        let options = next_field(&mut rest)?;
        while next_field(&mut rest)? != b"-" {}
        let fstype = next_field(&mut rest)?;
        let source = next_field(&mut rest)?;
        if rest.is_empty() {
            return None;
        }
        Some(MountinfoLine {
            id,
            root: unescape(root),
            point: unescape(point),
            options,
            fstype,
            source: unescape(source),
            super_options: rest,
        })
    }
}

/// Returns the next bytes up to a space, and consumes that space.
fn next_field<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let start = rest.iter().position(|byte| *byte != b' ')?;
    let text = rest.get(start..)?;
    let end = text.iter().position(|byte| *byte == b' ').unwrap_or(text.len());
    *rest = text.get(end + 1..).unwrap_or_default();
    text.get(..end)
}

/// Decodes each `\ooo`. A backslash without three octal digits after it stays.
fn unescape(field: &[u8]) -> Cow<'_, [u8]> {
    if !field.contains(&b'\\') {
        return Cow::Borrowed(field);
    }
    let mut plain = Vec::with_capacity(field.len());
    let mut rest = field;
    while let [first, tail @ ..] = rest {
        rest = tail;
        match tail {
            [a @ b'0'..=b'7', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..] if *first == b'\\' => {
                plain.push((a << 6) | ((b - b'0') << 3) | (c - b'0'));
                rest = after;
            }
            _ => plain.push(*first),
        }
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octal_escapes_become_bytes() {
        let table: &[(&[u8], &[u8])] = &[
            (b"/mnt/c", b"/mnt/c"),
            (b"C:\\134", b"C:\\"),
            (b"/mnt/my\\040docs", b"/mnt/my docs"),
            (b"a\\011b\\012c", b"a\tb\nc"),
            (b"\\303\\251", b"\xc3\xa9"),
            (b"C:\\", b"C:\\"),
            (b"C:\\13", b"C:\\13"),
            (b"C:\\189", b"C:\\189"),
            (b"\\\\040", b"\\ "),
            (b"", b""),
        ];
        for (escaped, plain) in table {
            assert_eq!(&*unescape(escaped), *plain, "{}", escaped.escape_ascii());
        }
    }

    #[test]
    fn a_line_is_split_into_fields() {
        let line = MountinfoLine::parse(
            br"90 60 0:50 /sub /mnt/my\040c rw,noexec shared:7 master:1 - 9p C:\134 rw,aname=drvfs;path=C:\;uid=1000",
        )
        .expect("a whole line");
        assert_eq!(&*line.root, b"/sub");
        assert_eq!(&*line.point, b"/mnt/my c");
        assert_eq!(line.options, b"rw,noexec");
        assert_eq!(line.fstype, b"9p");
        assert_eq!(&*line.source, b"C:\\");
        assert_eq!(line.super_options, br"rw,aname=drvfs;path=C:\;uid=1000", "super options stay raw");
    }

    #[test]
    fn malformed_lines_are_skipped() {
        let table: &[(&str, &[u8])] = &[
            ("nothing", b""),
            ("spaces", b"   "),
            ("a blank source", b"95 60 0:60 / /data rw - tmpfs  rw"),
            ("a blank type", b"95 60 0:60 / /data rw -  tmpfs rw"),
            ("no separator", b"95 60 0:60 / /data rw shared:1 tmpfs tmpfs rw"),
            ("no super options", b"95 60 0:60 / /data rw - tmpfs tmpfs"),
            ("no device", b"95 60 060 / /data rw - tmpfs tmpfs rw"),
        ];
        for (name, line) in table {
            assert_eq!(MountinfoLine::parse(line), None, "{name}");
        }
    }
}
