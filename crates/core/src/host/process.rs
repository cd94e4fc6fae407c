//! Processes and users, read from the text that the kernel and `/etc/passwd` keep about them.

use core::ffi::CStr;
use core::ops::Deref;

use rustix::fd::OwnedFd;

use crate::prelude::*;
use crate::text::errno::Errno;

use crate::host::calls::{self, fstat, stat};
use crate::host::{Process, User, Variables, live};

const ROOT: u32 = 0;

/// Longer than any `/proc/PID/stat` as far as it is read here: field 22 of at most twenty digits each, and a name.
const STAT: usize = 512;

/// Longer than any auxiliary vector: forty pairs at the most.
const AUXV: usize = 1024;

/// Longer than any environment on a stack of the usual size.
const ENVIRON: usize = 4 << 20;

/// Longer than most.
const USUAL_ENVIRON: usize = 32 << 10;

/// The row of a user in the text of `/etc/passwd`. No NSS is asked: it would load code and may use the network.
#[must_use]
pub fn passwd_user(passwd: &[u8], uid: u32) -> Option<User> {
    passwd.split(|&byte| byte == b'\n').find_map(|line| {
        let mut fields = line.split(|&byte| byte == b':');
        let name = fields.next()?;
        let row_uid = number(fields.nth(1)?)?;
        let home = fields.nth(2)?;
        (row_uid == u64::from(uid)).then(|| User { name: name.to_vec(), home: home.to_vec() })
    })
}

/// The parents of this process, nearest first. A process that vanishes while it is read ends the walk, and so does one that
/// is younger than its child: it only has the id of a parent that is gone.
#[derive(Debug)]
pub struct Ancestors {
    next: u32,
    child_start: u64,
}

impl Ancestors {
    /// The walk that starts at this process's parent.
    #[must_use]
    pub fn of_this_process() -> Self {
        Ancestors {
            next: rustix::process::getppid().map_or(0, |pid| pid.as_raw_nonzero().get().unsigned_abs()),
            child_start: u64::MAX,
        }
    }
}

impl Iterator for Ancestors {
    type Item = Process;

    fn next(&mut self) -> Option<Process> {
        let pid = core::mem::take(&mut self.next);
        if pid == 0 {
            return None;
        }
        let mut buffer = [0; STAT];
        let path = format!("/proc/{pid}/stat");
        let file = live::open(path.as_bytes()).ok()?;
        let length = calls::read(&file, &mut buffer).ok()?;
        // The file belongs to the user that the process runs as, or, where the process guards its memory, to root. The
        // folder says who it is then.
        let uid = match fstat(&file).ok()?.st_uid {
            ROOT => stat(path.strip_suffix("/stat")?.as_bytes()).ok()?.st_uid,
            uid => uid,
        };
        let (name, parent, start) = name_parent_and_start(&buffer[..length])?;
        if start > self.child_start {
            return None;
        }
        *self = Ancestors { next: parent, child_start: start };
        Some(Process { pid, uid, name: name.to_vec() })
    }
}

/// The environment that a process was started with, if it runs as this user and nobody else can have made it.
///
/// Opening pins the program that runs just then (fs/proc/base.c, `proc_mem_open`): should it execute another one or end
/// meanwhile, there is less to read and nothing of another process. Whether the process still is the one that was meant is
/// asked of the open files. Root can also read what a user handed to a setuid program, sudo say, which looks like any other
/// process of root's; the kernel remembers that it told the program not to trust it.
///
/// # Errors
/// EACCES where it runs as somebody else, EPERM where it was started with more rights than its caller had, and those of
/// open(2) and read(2).
pub fn environ_of(pid: u32, user: u32) -> Result<Block, Errno> {
    let file = if user == ROOT {
        let folder = live::open(format!("/proc/{pid}").as_bytes())?;
        // Before the environment: what is executed after a program of root's own gets its environment from root.
        if fstat(&folder)?.st_uid != ROOT {
            return Err(Errno::EACCES);
        }
        let mut auxv = [0; AUXV];
        let length = calls::read(calls::open_at(&folder, b"auxv", calls::TO_READ)?, &mut auxv)?;
        if has_raised_rights(&auxv[..length]) {
            return Err(Errno::EPERM);
        }
        calls::open_at(&folder, b"environ", calls::TO_READ)?
    } else {
        live::open(format!("/proc/{pid}/environ").as_bytes())?
    };
    if fstat(&file)?.st_uid != user {
        return Err(Errno::EACCES);
    }
    Block::read(&file)
}

/// A process's environment, as long as it is looked at.
#[derive(Debug)]
pub struct Block(Vec<u8>);

impl Block {
    /// Reads everything, into memory that costs nothing where nothing is written.
    fn read(file: &OwnedFd) -> Result<Block, Errno> {
        let mut bytes = Vec::with_capacity(USUAL_ENVIRON);
        loop {
            let wanted = bytes.capacity() - bytes.len();
            // Less than was asked for is the end: fs/proc/base.c goes on for as long as there is more, and each look costs.
            if calls::read_more(file, &mut bytes)? < wanted {
                return Ok(Block(bytes));
            }
            if bytes.len() >= ENVIRON {
                return Err(Errno::EFBIG);
            }
            bytes.reserve(bytes.len());
        }
    }
}

impl Deref for Block {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// Was a program started with more rights than its caller had (AT_SECURE, getauxval(3))? A vector that does not say counts
/// as yes. That of a 32-bit program has narrower words.
#[must_use]
pub fn has_raised_rights(auxv: &[u8]) -> bool {
    const AT_SECURE: usize = 23;
    let wide = auxv.chunks_exact(16).find_map(|pair| {
        let (tag, value) = pair.split_at(8);
        (tag == AT_SECURE.to_ne_bytes()).then(|| value.iter().any(|&byte| byte != 0))
    });
    let narrow = || {
        auxv.chunks_exact(8).find_map(|pair| {
            let (tag, value) = pair.split_at(4);
            (tag == (AT_SECURE as u32).to_ne_bytes()).then(|| value.iter().any(|&byte| byte != 0))
        })
    };
    wide.or_else(narrow).unwrap_or(true)
}

/// When a process was started: field 22 of `/proc/PID/stat`.
#[must_use]
pub fn start_time(stat: &[u8]) -> Option<u64> {
    let (_, rest) = name_and_rest(stat)?;
    number(rest.split(|&byte| byte == b' ').nth(19)?)
}

/// `NAME=value` entries, each ended by a NUL, as in `/proc/PID/environ`. Bytes that are no entry are passed over.
pub fn entries(block: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = block;
    core::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        // Looks for the NUL a word at a time.
        let entry = CStr::from_bytes_until_nul(rest).map_or(rest, CStr::to_bytes);
        rest = rest.get(entry.len() + 1..).unwrap_or_default();
        Some(entry)
    })
    .filter_map(|entry| {
        let equals = entry.iter().position(|&byte| byte == b'=')?;
        Some((&entry[..equals], &entry[equals + 1..]))
    })
}

/// The entries of a block, to keep.
#[must_use]
pub fn environ_block(block: &[u8]) -> Variables {
    entries(block).map(|(name, value)| (name.to_vec(), value.to_vec())).collect()
}

fn name_parent_and_start(stat: &[u8]) -> Option<(&[u8], u32, u64)> {
    let (name, rest) = name_and_rest(stat)?;
    let mut fields = rest.split(|&byte| byte == b' ');
    let parent = u32::try_from(number(fields.nth(1)?)?).ok()?;
    let start = number(fields.nth(17)?)?;
    Some((name, parent, start))
}

/// The name, which may hold anything, ends at the last parenthesis (proc(5)).
fn name_and_rest(stat: &[u8]) -> Option<(&[u8], &[u8])> {
    let open = stat.iter().position(|&byte| byte == b'(')?;
    // Nothing that follows the name has a parenthesis, and no name is longer than a kernel worker's 64 bytes.
    let close = stat.iter().take(100).rposition(|&byte| byte == b')')?;
    Some((stat.get(open + 1..close)?, stat.get(close + 2..)?))
}

fn number(digits: &[u8]) -> Option<u64> {
    core::str::from_utf8(digits).ok()?.trim_end().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwd_rows() {
        let passwd = b"root:x:0:0:root:/root:/bin/bash\nbad\nme:x:1000:1000::/home/me:/bin/bash\n";
        let home = |uid| passwd_user(passwd, uid).map(|user| String::from_utf8(user.home).unwrap());
        assert_eq!(home(0).as_deref(), Some("/root"));
        assert_eq!(home(1000).as_deref(), Some("/home/me"));
        assert_eq!(home(1), None);
    }

    #[test]
    fn a_process_may_have_any_name() {
        let fields = "S 1 812 812 34816 812 4194304 1 0 0 0 0 0 0 0 20 0 1 0 9731 1 1";
        for name in ["bash", "bash )", "(bash(", "()", ") S 99 ("] {
            let stat = format!("812 ({name}) {fields}");
            assert_eq!(name_and_rest(stat.as_bytes()).unwrap().0, name.as_bytes());
            assert_eq!(start_time(stat.as_bytes()), Some(9731), "{name}");
        }
        assert_eq!(start_time(b"812 (bash"), None);
        assert_eq!(start_time(b"812 (bash) S"), None);
        assert_eq!(start_time(b""), None);
    }

    #[test]
    fn an_environment_keeps_odd_names() {
        let block = b"A=1\0BASH_FUNC_x%%=() { :; }\0odd\0E=\0A=x=y";
        let names = environ_block(block);
        assert_eq!(names.len(), 4);
        assert_eq!(names[1].0, b"BASH_FUNC_x%%");
        assert_eq!(names[3], (b"A".to_vec(), b"x=y".to_vec()));
    }

    #[test]
    fn parent_and_start() {
        let fields = "S 1 812 812 34816 812 4194304 1 0 0 0 0 0 0 0 20 0 1 0 9731 1 1";
        let stat = format!("812 (a b) c) {fields}");
        assert_eq!(name_parent_and_start(stat.as_bytes()), Some((&b"a b) c"[..], 1, 9731)));
        assert_eq!(name_parent_and_start(b"812 (bash) S x"), None);
    }

    #[test]
    fn ancestors_are_real_and_the_walk_ends() {
        let all: Vec<Process> = Ancestors::of_this_process().collect();
        assert_eq!(all.first().map(|process| process.pid), Some(nix::unistd::getppid().as_raw().try_into().unwrap()));
        assert!(all.len() < 1000);
    }

    #[test]
    fn an_environment_is_what_a_process_was_started_with() {
        let me = nix::unistd::geteuid().as_raw();
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .env("ODD-Name %%", "a\nb=\u{1}")
            .env("LONG", "x".repeat(100_000))
            .spawn()
            .unwrap();
        // The kernel sets a new program's name first, its environment last.
        let read = |file| std::fs::read(format!("/proc/{}/{file}", child.id())).unwrap();
        while read("comm") != b"sleep\n" || read("environ").is_empty() {
            std::thread::yield_now();
        }
        let environ = environ_of(child.id(), me);
        let again = environ_of(child.id(), me);
        let stranger = environ_of(child.id(), me + 1).map(|block| block.len());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(again.unwrap().len() > 100_000);
        assert!(environ_block(&environ.unwrap()).contains(&(b"ODD-Name %%".to_vec(), b"a\nb=\x01".to_vec())));
        assert_eq!(stranger, Err(Errno::EACCES));
        assert!(matches!(environ_of(child.id(), me), Err(Errno::ENOENT | Errno::ESRCH)));
    }

    #[test]
    fn a_program_that_got_more_rights_is_told_by_its_vector() {
        let wide = |secure: u64| [6u64, 4096, 23, secure, 0, 0].map(u64::to_ne_bytes).concat();
        let narrow = |secure: u32| [6u32, 4096, 23, secure, 0, 0].map(u32::to_ne_bytes).concat();
        assert!(!has_raised_rights(&wide(0)));
        assert!(has_raised_rights(&wide(1)));
        assert!(!has_raised_rights(&narrow(0)));
        assert!(has_raised_rights(&narrow(1)));
        assert!(has_raised_rights(&[0; 32]));
        assert!(has_raised_rights(b""));
        assert!(!has_raised_rights(&std::fs::read("/proc/self/auxv").unwrap()));
    }
}
