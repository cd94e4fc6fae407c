//! Windows folders of mounts: finds the mounts that are drives, and the Windows folder of each.
//!
//! There are two rules. gowrap's rule for a drive is wide: 9p with `aname=drvfs`, `drvfs`, virtiofs with any tag that
//! WSL ever used, and any mount whose source is the root of a drive. The rule for the translation of a path is WSL's
//! (`UtilFindMount`) and narrower: the newest `wslpath` does not resolve virtiofs tags of WSL 2.7.0 and earlier, and
//! `gowrap path` does the same. On a machine with such a tag that release of WSL runs, whose `wslpath` resolved it:
//! arguments and variables are translated there. Another filesystem with the source `C:\` is translated too.

use crate::host::mountinfo::MountinfoLine;
use crate::prelude::*;
use crate::text::lexical::flip;

/// The Windows folder of a mount. Windows paths here have no backslash at the end: `C:`, `C:\vol`, `\\srv\share`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Share {
    /// Not a drive.
    None,
    /// This Windows folder, which WSL's translation resolves.
    Known(Vec<u8>),
    /// A drive that WSL's newest translation does not resolve; its Windows folder, if the line has it.
    Opaque(Option<Vec<u8>>),
}

/// Returns the Windows folder of this line's mount. `tag_target` reads the link `/run/wsl/virtiofs/<guid>`, in which
/// WSL stores the Windows path of a virtiofs tag. It is called only for a line with such a tag.
pub(super) fn share_of(line: &MountinfoLine<'_>, tag_target: &mut dyn FnMut(&[u8]) -> Option<Vec<u8>>) -> Share {
    match line.fstype {
        b"9p" => match plan9_path(line.super_options) {
            Plan9::Foreign => literal_root(line),
            Plan9::Drive(Some(path)) => known(below(path, &line.root)),
            Plan9::Drive(None) => Share::Opaque(None),
        },
        b"virtiofs" => virtiofs(line, tag_target),
        b"drvfs" => known(below(flip(&line.source, b'\\'), &line.root)),
        _ => literal_root(line),
    }
}

/// Super options of a 9p mount.
enum Plan9 {
    /// Not a drive, such as the share of the graphics drivers (`aname=drivers`).
    Foreign,
    /// A drive, and its Windows path if the options have a usable one.
    Drive(Option<Vec<u8>>),
}

/// Parses `aname=drvfs;path=C:\;uid=1000;…`.
fn plan9_path(super_options: &[u8]) -> Plan9 {
    let Some(aname) = super_options.split(|byte| *byte == b',').find(|option| option.starts_with(b"aname=drvfs"))
    else {
        return Plan9::Foreign;
    };
    let path = aname.windows(5).position(|window| window == b"path=").and_then(|at| aname.get(at + 5..));
    let path = path.and_then(|path| path.split(|byte| *byte == b';').next());
    Plan9::Drive(match path {
        Some(path @ [letter, b':', ..]) if letter.is_ascii_alphabetic() => Some(flip(path, b'\\')),
        Some([b'U', b'N', b'C', b'\\', share @ ..]) => Some(flip(&[b"\\\\", share].concat(), b'\\')),
        _ => None,
    })
}

/// Part of a virtiofs mount that names its drive.
enum Tag {
    /// All of the source is a GUID.
    SourceIsGuid,
    /// The first component of the root is a GUID; the source is the device of all drives.
    RootBeginsWithGuid,
    /// The source ends in a drive's letter and a number.
    SourceEndsInLetter,
}

macro_rules! tags {
    ($($prefix:literal $tag:ident;)+) => {
        /// Returns the folder of a virtiofs mount, which has no Windows path, only a tag.
        fn virtiofs(line: &MountinfoLine<'_>, tag_target: &mut dyn FnMut(&[u8]) -> Option<Vec<u8>>) -> Share {
            $(if let Some(rest) = line.source.strip_prefix($prefix.as_bytes())
                && let Some(share) = tagged(line, rest, Tag::$tag, tag_target)
            {
                return share;
            })+
            literal_root(line)
        }
    };
}

// One row for each tag that WSL has used: the beginning of the source, and what names the drive.
tags! {
    // Since WSL 2.7.1.
    "" SourceIsGuid;
    // Later ones; `drvfsa` is the device of an elevated session.
    "drvfs" RootBeginsWithGuid;
    "drvfsa" RootBeginsWithGuid;
    // Before 2.7.1.
    "drvfs" SourceEndsInLetter;
    "drvfsa" SourceEndsInLetter;
}

/// Returns the folder of a mount with such a tag; none if it has another one. `rest` is the source without the
/// beginning.
fn tagged(
    line: &MountinfoLine<'_>,
    rest: &[u8],
    tag: Tag,
    tag_target: &mut dyn FnMut(&[u8]) -> Option<Vec<u8>>,
) -> Option<Share> {
    let (guid, root) = match tag {
        Tag::SourceIsGuid if is_guid(rest) => (rest, &*line.root),
        Tag::RootBeginsWithGuid if rest.is_empty() => split_root(&line.root),
        Tag::SourceEndsInLetter => {
            return letter(rest).map(|letter| Share::Opaque(Some(below(vec![letter, b':'], &line.root))));
        }
        Tag::SourceIsGuid | Tag::RootBeginsWithGuid => return None,
    };
    let target = if is_guid(guid) { tag_target(guid) } else { None };
    Some(target.map_or(Share::Opaque(None), |target| known(below(target, root))))
}

/// Splits `/<guid>/sub` into `<guid>` and `/sub`, and `/<guid>` into `<guid>` and `/`.
fn split_root(root: &[u8]) -> (&[u8], &[u8]) {
    let name = root.strip_prefix(b"/").unwrap_or_default();
    match name.iter().position(|byte| *byte == b'/') {
        Some(at) => name.split_at(at),
        None => (name, b"/"),
    }
}

/// Returns true for 8-4-4-4-12 hexadecimal digits. WSL checks this too, because the tag becomes part of a path.
fn is_guid(tag: &[u8]) -> bool {
    tag.len() == 36
        && tag.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Returns the drive letter in `C0`.
fn letter(rest: &[u8]) -> Option<u8> {
    match rest {
        [letter @ b'A'..=b'Z', number @ ..] if number.iter().all(u8::is_ascii_digit) => Some(*letter),
        _ => None,
    }
}

/// Returns the folder of any filesystem whose source is the root of a drive, such as an overlay over `C:\`.
fn literal_root(line: &MountinfoLine<'_>) -> Share {
    match &*line.source {
        [letter, b':'] | [letter, b':', b'\\' | b'/'] if letter.is_ascii_alphabetic() => {
            known(below(vec![*letter, b':'], &line.root))
        }
        _ => Share::None,
    }
}

/// Returns a folder that WSL's translation resolves; an empty path is none.
fn known(path: Vec<u8>) -> Share {
    if path.is_empty() { Share::Opaque(None) } else { Share::Known(path) }
}

/// Returns the Windows path of a bind mount: the source without a backslash at its end, and the root below it.
fn below(mut source: Vec<u8>, root: &[u8]) -> Vec<u8> {
    if source.ends_with(b"\\") {
        source.pop();
    }
    if root == b"/" { source } else { flip(&[&source, root].concat(), b'\\') }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "a1b2c3d4-1111-2222-3333-444455556666";

    fn known(path: &str) -> Share {
        Share::Known(path.into())
    }

    fn opaque(path: &str) -> Share {
        Share::Opaque(Some(path.into()))
    }

    /// Returns the share of a mount of this type, source, root and super options. The only link is that of [`GUID`].
    fn share(fstype: &str, source: &str, root: &str, super_options: &str) -> Share {
        let text = format!("90 60 0:50 {root} /mnt/c rw - {fstype} {source} {super_options}");
        let line = MountinfoLine::parse(text.as_bytes()).expect("a whole line");
        share_of(&line, &mut |guid| (guid == GUID.as_bytes()).then(|| b"C:\\".to_vec()))
    }

    #[test]
    fn a_9p_share_is_named_in_the_mount_options() {
        let table: &[(&str, &str, Share)] = &[
            ("a drive", r"rw,aname=drvfs;path=C:\;uid=1000,msize=65536", known("C:")),
            ("the last option", r"rw,trans=fd,aname=drvfs;path=C:\", known("C:")),
            ("no backslash", r"rw,aname=drvfs;path=C:;symlinkroot=/", known("C:")),
            ("forward slashes", r"rw,aname=drvfs;path=D:/a/b;uid=0", known(r"D:\a\b")),
            ("a folder", r"rw,aname=drvfs;path=C:\vol;symlinkroot=/mnt/", known(r"C:\vol")),
            ("a share", r"rw,aname=drvfs;path=UNC\srv\share;symlinkroot=/mnt/", known(r"\\srv\share")),
            ("path last", r"rw,aname=drvfs;uid=0;path=e:\", known("e:")),
            ("neither a drive nor a share", r"rw,aname=drvfs;path=Volume{1}\;uid=0", Share::Opaque(None)),
            ("no path", r"rw,aname=drvfs;uid=0", Share::Opaque(None)),
            ("graphics drivers", r"ro,aname=drivers;fmask=222", Share::None),
            ("some other server", r"rw,trans=tcp", Share::None),
        ];
        for (name, options, expected) in table {
            assert_eq!(share("9p", "drvfsa", "/", options), *expected, "{name}");
        }
    }

    #[test]
    fn a_virtiofs_tag_has_one_of_three_forms() {
        let other = "00000000-1111-2222-3333-444455556666";
        let table: &[(&str, String, String, Share)] = &[
            ("a GUID", GUID.into(), "/".into(), known("C:")),
            ("a folder of it, bound", GUID.into(), "/Users/me".into(), known(r"C:\Users\me")),
            ("a GUID without a link", other.into(), "/".into(), Share::Opaque(None)),
            ("a child of the device", "drvfs".into(), format!("/{GUID}"), known("C:")),
            ("a folder of it", "drvfsa".into(), format!("/{GUID}/a/b"), known(r"C:\a\b")),
            ("the device itself", "drvfsa".into(), "/".into(), Share::Opaque(None)),
            ("no GUID below the device", "drvfs".into(), "/x".into(), Share::Opaque(None)),
            ("2.7.0", "drvfsC0".into(), "/".into(), opaque("C:")),
            ("2.7.0, elevated", "drvfsaC12".into(), "/".into(), opaque("C:")),
            ("drive A, not elevated", "drvfsA0".into(), "/".into(), opaque("A:")),
            ("2.7.0, a folder bound", "drvfsD0".into(), "/src".into(), opaque(r"D:\src")),
            ("a tag of another program", "myshare".into(), "/".into(), Share::None),
            ("almost a tag", "drvfsC0x".into(), "/".into(), Share::None),
            ("almost a GUID", format!("{GUID}0"), "/".into(), Share::None),
        ];
        for (name, source, root, expected) in table {
            assert_eq!(share("virtiofs", source, root, "rw"), *expected, "{name}");
        }
    }

    #[test]
    fn only_a_line_with_a_tag_is_looked_up() {
        for (fstype, source) in [("ext4", "/dev/sdc"), ("virtiofs", "drvfsC0"), ("9p", GUID), ("virtiofs", "../x")] {
            let text = format!("90 60 0:50 / /mnt/c rw - {fstype} {source} rw");
            let line = MountinfoLine::parse(text.as_bytes()).expect("a whole line");
            share_of(&line, &mut |guid| panic!("looked up {}", guid.escape_ascii()));
        }
    }

    #[test]
    fn other_filesystems_name_the_share_as_their_source() {
        let table: &[(&str, &str, &str, &str, Share)] = &[
            ("WSL1", "drvfs", r"C:\134", "/", known("C:")),
            ("WSL1, as it prints it", "drvfs", "C:", "/", known("C:")),
            ("WSL1, a folder", "drvfs", "C:/a", "/", known(r"C:\a")),
            ("WSL1, nothing", "drvfs", r"\134", "/", Share::Opaque(None)),
            ("WSL1, a share", "drvfs", r"\134\134srv\134share", "/", known(r"\\srv\share")),
            ("an overlay over a drive", "overlay", r"C:\134", "/", known("C:")),
            ("a folder of it", "overlay", r"C:\134", "/x", known(r"C:\x")),
            ("a folder is not a drive's root", "overlay", r"C:\134x", "/", Share::None),
            ("an overlay", "overlay", "overlay", "/", Share::None),
            ("a disk", "ext4", "/dev/sdc", "/", Share::None),
            ("a server of one letter", "nfs", "h:/export", "/", Share::None),
        ];
        for (name, fstype, source, root, expected) in table {
            assert_eq!(share(fstype, source, root, "rw"), *expected, "{name}");
        }
    }
}
