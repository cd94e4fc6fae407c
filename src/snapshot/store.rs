//! The file of the snapshot. A new one is written in the same folder and renamed over the old one: a reader gets a
//! complete file, and a full disk leaves the old one unchanged.

use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, CWD, Mode, OFlags, fstat, openat, unlinkat};
use rustix::io::Errno;

use crate::diagnosis::{Code, Exit, Failure};
use crate::host::Host;
use crate::host::opened::{FolderDescriptor, make_folder, open_folder, path_of};
use crate::host::snapshot::FILE;
use crate::host::trust::Untrusted;
use crate::replace_file::{words, write_private_in};
use crate::text::errno;
use crate::text::escape::escape;

/// Prefix of the names of unfinished files.
const UNFINISHED: &[u8] = b".session.";

/// The result of a removal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Removed {
    /// A snapshot was removed.
    Snapshot,
    /// There was no snapshot.
    Nothing,
}

/// The reason why a snapshot is not written.
enum NotWritten {
    /// A system call failed.
    Errno(Errno),
    /// Other users can read the new file.
    ForOthers,
}

impl From<Errno> for NotWritten {
    fn from(errno: Errno) -> NotWritten {
        NotWritten::Errno(errno)
    }
}

/// Writes the snapshot. Makes the folder if it is missing, with access only for its owner.
pub(super) fn write(folder: &[u8], host: &dyn Host, contents: &[u8]) -> Result<(), Failure> {
    let wrong = |errno: Errno| failure(folder, "written", words(errno).as_bytes());
    let made = make_folder(host, folder, 0o700);
    let directory = made.map_err(|untrusted| failure(folder, "written", &untrusted.words()))?;
    let directory = open(&directory).map_err(wrong)?;
    if fstat(&directory).map_err(wrong)?.st_uid != host.uid() {
        return Err(failure(folder, "written", b"the folder belongs to another user"));
    }
    // On a drive without metadata, every user has all rights. A snapshot there is not used.
    let written = write_private_in(&directory, FILE, contents, |new| match new.st_mode & 0o077 {
        0 => Ok(()),
        _ => Err(NotWritten::ForOthers),
    });
    written.map_err(|reason| match reason {
        NotWritten::Errno(errno) => wrong(errno),
        NotWritten::ForOthers => failure(folder, "written", b"its filesystem does not store file modes"),
    })
}

/// Removes the snapshot and unfinished files, and then the folder if it is empty.
pub(super) fn remove(folder: &[u8], host: &dyn Host) -> Result<Removed, Failure> {
    let wrong = |errno: Errno| failure(folder, "removed", words(errno).as_bytes());
    let directory = match open_folder(host, folder) {
        Err(Untrusted::Errno(errno::Errno::ENOENT | errno::Errno::ENOTDIR)) => return Ok(Removed::Nothing),
        directory => directory.map_err(|untrusted| failure(folder, "removed", &untrusted.words()))?,
    };
    let directory = open(&directory).map_err(wrong)?;
    let removed = match unlinkat(&directory, FILE, AtFlags::empty()) {
        Ok(()) => Removed::Snapshot,
        Err(Errno::NOENT) => Removed::Nothing,
        Err(errno) => return Err(wrong(errno)),
    };
    for name in unfinished(folder).map_err(wrong)? {
        _ = unlinkat(&directory, name.as_slice(), AtFlags::empty());
    }
    // The folder may have other files of gowrap.
    _ = unlinkat(CWD, folder, AtFlags::REMOVEDIR);
    Ok(removed)
}

/// Opens a judged folder for reading.
fn open(folder: &FolderDescriptor) -> Result<OwnedFd, Errno> {
    openat(CWD, path_of(folder).as_str(), OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
}

fn unfinished(folder: &[u8]) -> Result<Vec<Vec<u8>>, Errno> {
    let entries = std::fs::read_dir(OsStr::from_bytes(folder)).map_err(errno_of)?;
    let names = entries.filter_map(|entry| Some(entry.ok()?.file_name().into_vec()));
    Ok(names.filter(|name| name.starts_with(UNFINISHED)).collect())
}

fn errno_of(error: std::io::Error) -> Errno {
    Errno::from_raw_os_error(error.raw_os_error().unwrap_or(0))
}

fn failure(folder: &[u8], what: &str, why: &[u8]) -> Failure {
    let file = escape(&[folder, b"/", FILE].concat());
    let why = escape(why);
    Failure {
        exit: Exit::Own,
        code: Code::GW932,
        message: format!("the snapshot {file} cannot be {what}: {why}").into_bytes(),
        fix: vec![b"check the folder's owner, its mode and the space on its disk".to_vec()],
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::path::PathBuf;

    use super::*;
    use crate::host::Identity;
    use crate::host::live::{Auxiliary, Live};
    use crate::host::{Snapshot, snapshot};

    /// A separate folder, removed at the end of the test.
    struct StoreFolder(PathBuf);

    impl StoreFolder {
        fn new(name: &str) -> StoreFolder {
            let path = std::env::temp_dir().join(format!("gowrap-store-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            StoreFolder(path)
        }

        fn folder(&self) -> Vec<u8> {
            snapshot::folder(self.0.as_os_str().as_bytes()).unwrap()
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.join(".local/state/gowrap").join(name)
        }

        fn names(&self) -> Vec<String> {
            let entries = std::fs::read_dir(self.path(".")).unwrap();
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        }
    }

    impl Drop for StoreFolder {
        fn drop(&mut self) {
            _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn me() -> Live<'static> {
        Live::new(Auxiliary { execfn: None, euid: nix::unistd::geteuid().as_raw() })
    }

    fn why(failure: Failure) -> String {
        String::from_utf8(failure.message).unwrap().rsplit_once(": ").unwrap().1.to_owned()
    }

    #[test]
    fn created_files_are_for_their_owner_only() {
        let home = StoreFolder::new("modes");
        write(&home.folder(), &me(), b"one").unwrap();
        write(&home.folder(), &me(), b"two").unwrap();
        assert_eq!(std::fs::read(home.path("session")).unwrap(), b"two");
        assert_eq!(home.names(), ["session"]);
        for (path, mode) in [(".local", 0o700), (".local/state/gowrap", 0o700), (".local/state/gowrap/session", 0o600)]
        {
            assert_eq!(home.0.join(path).metadata().unwrap().mode() & 0o777, mode, "{path}");
        }
    }

    #[test]
    fn a_link_is_replaced_and_not_followed() {
        let home = StoreFolder::new("link");
        write(&home.folder(), &me(), b"one").unwrap();
        let precious = home.path("precious");
        std::fs::write(&precious, "precious").unwrap();
        std::fs::remove_file(home.path("session")).unwrap();
        symlink(&precious, home.path("session")).unwrap();
        write(&home.folder(), &me(), b"two").unwrap();
        assert_eq!(std::fs::read(&precious).unwrap(), b"precious");
        assert!(home.path("session").symlink_metadata().unwrap().is_file());
    }

    #[test]
    fn a_failed_write_leaves_no_file() {
        let home = StoreFolder::new("fails");
        write(&home.folder(), &me(), b"one").unwrap();
        let other = Live::new(Auxiliary { execfn: None, euid: me().uid() + 1 });
        let message = String::from_utf8(write(&home.folder(), &other, b"two").unwrap_err().message).unwrap();
        // Every user trusts a folder of root, but a user's snapshot must not be in it.
        assert!(
            message.contains("belongs to user") || message.ends_with("the folder belongs to another user"),
            "{message}"
        );
        assert_eq!(std::fs::read(home.path("session")).unwrap(), b"one");
        std::fs::remove_file(home.path("session")).unwrap();
        std::fs::create_dir(home.path("session")).unwrap();
        assert_eq!(why(write(&home.folder(), &me(), b"two").unwrap_err()), "Is a directory");
        assert_eq!(home.names(), ["session"]);
        let file = home.0.join("file");
        std::fs::write(&file, "").unwrap();
        let below = snapshot::folder(file.as_os_str().as_bytes()).unwrap();
        assert_eq!(why(write(&below, &me(), b"two").unwrap_err()), "Not a directory");
    }

    #[test]
    fn a_leftover_temporary_file_is_skipped() {
        let home = StoreFolder::new("left");
        write(&home.folder(), &me(), b"one").unwrap();
        let left = home.path(&format!(".session.gowrap-{}.0", std::process::id()));
        std::fs::write(&left, "half").unwrap();
        write(&home.folder(), &me(), b"two").unwrap();
        assert_eq!(std::fs::read(home.path("session")).unwrap(), b"two");
        assert_eq!(std::fs::read(&left).unwrap(), b"half");
        assert_eq!(remove(&home.folder(), &me()).unwrap(), Removed::Snapshot);
        assert!(!home.path(".").exists());
        assert_eq!(remove(&home.folder(), &me()).unwrap(), Removed::Nothing);
    }

    #[test]
    fn removing_keeps_files_that_gowrap_did_not_write() {
        let home = StoreFolder::new("keep");
        write(&home.folder(), &me(), b"one").unwrap();
        std::fs::write(home.path("other"), "").unwrap();
        assert_eq!(remove(&home.folder(), &me()).unwrap(), Removed::Snapshot);
        assert_eq!(home.names(), ["other"]);
    }

    #[test]
    fn concurrent_writers_leave_a_whole_snapshot() {
        let home = StoreFolder::new("race");
        let contents = |number: u8| snapshot::encode([(&b"A"[..], &*vec![b'a' + number; 60_000])]);
        write(&home.folder(), &me(), &contents(0)).unwrap();
        std::thread::scope(|scope| {
            let writers: Vec<_> = (0..4)
                .map(|number| {
                    let (folder, contents) = (home.folder(), contents(number));
                    scope.spawn(move || (0..50).for_each(|_| write(&folder, &me(), &contents).unwrap()))
                })
                .collect();
            while writers.iter().any(|writer| !writer.is_finished()) {
                let Snapshot::Present(variables) = snapshot::load(&me(), &home.folder()) else {
                    panic!("torn or gone")
                };
                let value = &variables[0].1;
                assert!(value.len() == 60_000 && value.iter().all(|byte| *byte == value[0]));
            }
        });
        assert_eq!(home.names(), ["session"]);
        assert_eq!(std::fs::metadata(home.path("session")).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
