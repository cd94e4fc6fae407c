//! Where the log may be written: a regular file that nobody else has a hand in.
//!
//! A log goes to a place like `/tmp/gowrap.log` sooner or later, and root's `go` logs too. Another user could have put a
//! link there that leads to a file worth spoiling, a file of his own, a second name of somebody else's, or a FIFO that
//! stops who opens it. The kernel's own guards (fs.protected_symlinks and the like in sysctl) may be off and end at sticky
//! folders, so the path is walked component by component, as path_resolution(7) says, and only links of root and of
//! the effective user are followed.

use std::fmt;
use std::os::fd::{AsFd, OwnedFd};

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, openat, readlinkat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat};
use nix::unistd::geteuid;

/// As include/linux/namei.h: MAXSYMLINKS.
const MOST_LINKS: usize = 40;

const ROOT: u32 = 0;

/// Why a file is not written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// A system call failed.
    Errno(Errno),
    /// A link of this user's is on the way.
    ForeignLink(u32),
    /// It belongs to this user.
    ForeignFile(u32),
    /// It has other names, too.
    Linked,
    /// A directory, a FIFO or a device.
    NotAFile,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Trouble::Errno(errno) => f.write_str(&crate::errno::words_of(*errno)),
            Trouble::ForeignLink(uid) => write!(f, "a symbolic link on the way belongs to user {uid}"),
            Trouble::ForeignFile(uid) => write!(f, "it belongs to user {uid}"),
            Trouble::Linked => f.write_str("it has another name elsewhere (a hard link)"),
            Trouble::NotAFile => f.write_str("it is not a regular file"),
        }
    }
}

impl From<Errno> for Trouble {
    fn from(errno: Errno) -> Trouble {
        Trouble::Errno(errno)
    }
}

/// Opens a file for appending, and makes it where it is missing. The descriptor is none of the standard three, even where
/// these are closed: the tool would take the log for its output.
pub(super) fn open(path: &[u8]) -> Result<OwnedFd, Trouble> {
    let file = walk(path)?;
    // try_clone_to_owned() gives the lowest free descriptor from 3 on, closed on execve(2).
    file.as_fd().try_clone_to_owned().map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(0)).into())
}

fn walk(path: &[u8]) -> Result<OwnedFd, Trouble> {
    let mut folder = start_of(path)?;
    let mut ahead = components(path);
    let mut links = 0;
    while let Some(name) = ahead.pop() {
        let entry = match openat(&folder, name.as_slice(), flags(OFlag::O_PATH), Mode::empty()) {
            Err(Errno::ENOENT) if ahead.is_empty() => return create(&folder, &name),
            entry => entry?,
        };
        let stat = fstat(&entry)?;
        match kind(&stat) {
            SFlag::S_IFLNK if is_foreign(&stat) => return Err(Trouble::ForeignLink(stat.st_uid)),
            SFlag::S_IFLNK => {
                links += 1;
                if links > MOST_LINKS {
                    return Err(Errno::ELOOP.into());
                }
                let target = readlinkat(&entry, "")?.into_encoded_bytes();
                if target.starts_with(b"/") {
                    folder = start_of(&target)?;
                }
                ahead.extend(components(&target));
            }
            SFlag::S_IFDIR => folder = entry,
            _ if ahead.is_empty() => return append(&folder, &name, &stat),
            _ => return Err(Errno::ENOTDIR.into()),
        }
    }
    Err(Trouble::NotAFile)
}

fn start_of(path: &[u8]) -> Result<OwnedFd, Errno> {
    let folder = if path.starts_with(b"/") { "/" } else { "." };
    openat(AT_FDCWD, folder, flags(OFlag::O_PATH | OFlag::O_DIRECTORY), Mode::empty())
}

/// The names of a path, the last one first. A slash at its end asks for a directory, which `.` does, too.
fn components(path: &[u8]) -> Vec<Vec<u8>> {
    let end = if path.ends_with(b"/") { Some(&b"."[..]) } else { None };
    let names = path.split(|&byte| byte == b'/').filter(|name| !name.is_empty()).chain(end);
    let mut names: Vec<_> = names.map(<[u8]>::to_vec).collect();
    names.reverse();
    names
}

/// Opens a file that is there. Looked at first, since opening a device can do something; and once more when it is open,
/// since it may have been exchanged.
fn append(folder: &OwnedFd, name: &[u8], stat: &FileStat) -> Result<OwnedFd, Trouble> {
    judge(stat)?;
    let file = openat(folder, name, flags(OFlag::O_WRONLY | OFlag::O_APPEND | OFlag::O_NONBLOCK), Mode::empty())?;
    judge(&fstat(&file)?)?;
    Ok(file)
}

/// Makes the file; where another process of ours was faster, takes that one's.
fn create(folder: &OwnedFd, name: &[u8]) -> Result<OwnedFd, Trouble> {
    let made = flags(OFlag::O_WRONLY | OFlag::O_APPEND | OFlag::O_CREAT | OFlag::O_EXCL);
    match openat(folder, name, made, Mode::S_IRUSR | Mode::S_IWUSR) {
        Err(Errno::EEXIST) => {
            let entry = openat(folder, name, flags(OFlag::O_PATH), Mode::empty())?;
            append(folder, name, &fstat(&entry)?)
        }
        made => Ok(made?),
    }
}

fn judge(stat: &FileStat) -> Result<(), Trouble> {
    if kind(stat) != SFlag::S_IFREG {
        Err(Trouble::NotAFile)
    } else if is_foreign(stat) {
        Err(Trouble::ForeignFile(stat.st_uid))
    } else if stat.st_nlink > 1 {
        Err(Trouble::Linked)
    } else {
        Ok(())
    }
}

fn kind(stat: &FileStat) -> SFlag {
    SFlag::from_bits_truncate(stat.st_mode & SFlag::S_IFMT.bits())
}

fn is_foreign(stat: &FileStat) -> bool {
    stat.st_uid != ROOT && stat.st_uid != geteuid().as_raw()
}

fn flags(flags: OFlag) -> OFlag {
    flags | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC | OFlag::O_NOCTTY
}
