//! The snapshot: saved variables of the user's login shell.
//!
//! It is a file at a fixed place below the home of `/etc/passwd`: a boundary may remove `XDG_STATE_HOME` and `HOME`. A
//! header line is followed by `NAME=value` entries, each ended by a NUL as in `/proc/PID/environ`: a value may have
//! newlines and bytes that are not UTF-8.
//!
//! Its values decide which programs `go` runs, so it is used only if no user but its owner can have written it.

use crate::prelude::*;
use crate::text::errno::Errno;
use rustix::fs::OFlags;

use crate::diagnosis::wording;
use crate::host::calls::{self, file_stat, fstat};
use crate::host::trust::Untrusted;
use crate::host::{FileKind, Host, Snapshot, Variables, contents, opened, process};
use crate::text::errno::words;

/// The folder below the home.
pub const FOLDER: &[u8] = b"/.local/state/gowrap";

/// The file in it.
pub const FILE: &[u8] = b"session";

/// The first line.
const HEADER: &[u8] = b"gowrap session 1\n";

/// Largest snapshot, in bytes. The kernel accepts no larger environment.
const LIMIT: usize = 4 << 20;

/// Returns the folder of a user's snapshot; none if the user's home is no absolute path.
#[must_use]
pub fn folder(home: &[u8]) -> Option<Vec<u8>> {
    home.starts_with(b"/").then(|| [home, FOLDER].concat())
}

/// Returns the path of a user's snapshot.
#[must_use]
pub fn path(home: &[u8]) -> Option<Vec<u8>> {
    folder(home).map(|folder| [folder.as_slice(), b"/", FILE].concat())
}

/// Returns the contents of a snapshot with these variables.
#[must_use]
pub fn encode<'v>(variables: impl IntoIterator<Item = (&'v [u8], &'v [u8])>) -> Vec<u8> {
    let mut contents = HEADER.to_vec();
    for (name, value) in variables {
        contents.extend_from_slice(&[name, b"=", value, b"\0"].concat());
    }
    contents
}

/// Returns the variables of a snapshot. A last entry without a NUL is incomplete and ignored.
#[must_use]
pub fn decode(contents: &[u8]) -> Option<Variables> {
    let entries = contents.strip_prefix(HEADER)?;
    let end = entries.iter().rposition(|&byte| byte == 0).map_or(0, |last| last + 1);
    Some(process::environ_block(&entries[..end]))
}

/// Reads the snapshot in this folder. The folder is judged while it is opened, and the open file is checked, so that
/// another user cannot replace it in between.
#[must_use]
pub fn load(host: &dyn Host, folder: &[u8]) -> Snapshot {
    let (path, owner) = ([folder, b"/", FILE].concat(), host.uid());
    let refused =
        |why: &dyn Fn() -> String| Snapshot::Refused(wording(|| [path.as_slice(), b" ", why().as_bytes()].concat()));
    let directory = match opened::open_folder(host, folder) {
        Ok(directory) => directory,
        Err(Untrusted::Errno(Errno::ENOENT | Errno::ENOTDIR)) => return Snapshot::Absent,
        Err(Untrusted::Errno(errno)) => return refused(&|| format!("cannot be opened: {}", words(errno))),
        Err(doubtful) => return Snapshot::Refused(wording(|| doubtful.words())),
    };
    let file = match calls::open_at(&directory, FILE, calls::TO_READ | OFlags::NOFOLLOW) {
        Ok(file) => file,
        Err(Errno::ENOENT) => return Snapshot::Absent,
        Err(Errno::ELOOP) => return refused(&|| "is a symbolic link".to_owned()),
        Err(errno) => return refused(&|| format!("cannot be opened: {}", words(errno))),
    };
    let stat = match fstat(&file) {
        Ok(stat) => file_stat(&stat),
        Err(errno) => return refused(&|| format!("cannot be read: {}", words(errno))),
    };
    if stat.kind != FileKind::Regular {
        return refused(&|| "is no regular file".to_owned());
    }
    if stat.uid != owner {
        return refused(&|| format!("belongs to user {}, not to user {owner}", stat.uid));
    }
    if stat.mode & 0o077 != 0 {
        return refused(&|| format!("is open to other users (mode {:04o}, must be 0600)", stat.mode));
    }
    match contents::read_all(&file, LIMIT).map(|contents| decode(&contents)) {
        Ok(Some(variables)) => Snapshot::Present(variables),
        Ok(None) => refused(&|| "is no snapshot".to_owned()),
        Err(Errno::EFBIG) => refused(&|| "is too large".to_owned()),
        Err(errno) => refused(&|| format!("cannot be read: {}", words(errno))),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use proptest::prelude::*;

    use super::*;
    use crate::host::live::{Auxiliary, Live};

    fn shown(snapshot: &Snapshot) -> String {
        match snapshot {
            Snapshot::Absent => "absent".to_owned(),
            Snapshot::Present(variables) => format!("{} variables", variables.len()),
            // The text after the path.
            Snapshot::Refused(why) => why.escape_ascii().to_string().split_once(' ').unwrap().1.to_owned(),
        }
    }

    #[test]
    fn a_file_that_another_user_can_have_written_is_not_used() {
        let me = nix::unistd::geteuid().as_raw();
        let folder = std::env::temp_dir().join(format!("gowrap-snapshot-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("session");
        let path = folder.as_os_str().as_encoded_bytes().to_vec();
        let load_as = |owner| shown(&load(&Live::new(Auxiliary { execfn: None, euid: owner }), &path));
        assert_eq!(load_as(me), "absent");

        std::fs::write(&file, encode([(&b"A"[..], &b"1"[..]), (b"B", b"2")])).unwrap();
        let mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        mode(0o600);
        assert_eq!(load_as(me), "2 variables");
        let foreign = load_as(me + 1);
        assert!(foreign.contains(&format!("belongs to user {me}")), "{foreign}");
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(load_as(me), "can be changed by every user (mode 0777)");
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
        mode(0o400);
        assert_eq!(load_as(me), "2 variables");
        for open in [0o620, 0o602, 0o640, 0o604, 0o777] {
            mode(open);
            assert_eq!(load_as(me), format!("is open to other users (mode {open:04o}, must be 0600)"));
        }
        mode(0o600);
        std::fs::write(&file, "A=1").unwrap();
        assert_eq!(load_as(me), "is no snapshot");
        std::fs::write(&file, "gowrap session 2\nA=1\0").unwrap();
        assert_eq!(load_as(me), "is no snapshot");
        std::fs::write(&file, [HEADER, &vec![b'x'; LIMIT]].concat()).unwrap();
        assert_eq!(load_as(me), "is too large");

        let other = folder.join("other");
        std::fs::rename(&file, &other).unwrap();
        symlink(&other, &file).unwrap();
        assert_eq!(load_as(me), "is a symbolic link");
        std::fs::remove_file(&file).unwrap();
        nix::unistd::mkfifo(&file, nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
        assert_eq!(load_as(me), "is no regular file");
        std::fs::remove_file(&file).unwrap();
        std::fs::create_dir(&file).unwrap();
        assert_eq!(load_as(me), "is no regular file");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_relative_home_has_no_snapshot() {
        assert_eq!(path(b"/home/me").as_deref(), Some(&b"/home/me/.local/state/gowrap/session"[..]));
        assert_eq!(path(b""), None);
        assert_eq!(path(b"home"), None);
    }

    #[test]
    fn a_truncated_entry_makes_the_snapshot_invalid() {
        assert_eq!(decode(b"gowrap session 1\nA=1\0B=2"), Some(vec![(b"A".to_vec(), b"1".to_vec())]));
        assert_eq!(decode(b"gowrap session 1\nA=1"), Some(Vec::new()));
        assert_eq!(decode(b"gowrap session 1\n"), Some(Vec::new()));
        assert_eq!(decode(b"gowrap session 1"), None);
        assert_eq!(decode(b""), None);
    }

    proptest! {
        #[test]
        fn a_written_snapshot_reads_back_the_same(
            variables in prop::collection::vec(("[^=\0]{1,9}", prop::collection::vec(1u8.., 0..30)), 0..9)
        ) {
            let pairs = variables.iter().map(|(name, value)| (name.as_bytes(), value.as_slice()));
            let read: Vec<_> = variables.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.clone())).collect();
            prop_assert_eq!(decode(&encode(pairs)), Some(read));
        }
    }
}
