//! Reads processes from /proc and users from `/etc/passwd`.
//!
//! In another process's environment only names are compared, to find a mark. No value is taken from it.

use core::ffi::CStr;

use crate::prelude::*;
use crate::text::errno::Errno;

use crate::host::calls::{self, fstat, stat};
use crate::host::{Credentials, Process, Unseen, User, Variables, contents};

const ROOT: u32 = 0;

/// The first process of a machine, or of a container.
const FIRST: u32 = 1;

/// Bytes of `/proc/PID/stat` that are read: 22 fields of at most twenty digits each, and a name.
const STAT: usize = 512;

/// Bytes of `/proc/PID/status` that are read.
const STATUS: usize = 8192;

/// Bytes of an environment that are read at once.
const ENVIRON: usize = 8192;

/// Returns a user's row in the text of `/etc/passwd`. NSS is not used: it would load code and may use the network.
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

/// The ancestors of this process, nearest first. A process that ends while it is read ends the walk, and so does one
/// that is younger than its child: it has the reused id of a parent that has ended.
#[derive(Debug)]
pub struct Ancestors {
    next: u32,
    child_start: u64,
}

impl Ancestors {
    /// Returns the walk that starts at this process's parent.
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
        let file = contents::open(path.as_bytes()).ok()?;
        let length = calls::read(&file, &mut buffer).ok()?;
        // The file belongs to the user of the process, or to root if the process is not dumpable. The folder then shows
        // the user.
        let uid = match fstat(&file).ok()?.st_uid {
            ROOT => stat(path.strip_suffix("/stat")?.as_bytes()).ok()?.st_uid,
            uid => uid,
        };
        let (name, parent, start) = parent(&buffer[..length], self.child_start)?;
        *self = Ancestors { next: parent, child_start: start };
        Some(Process { pid, uid, name: name.to_vec() })
    }
}

/// Returns the ancestors, nearest first, up to the first process of the machine.
///
/// # Errors
/// The process that /proc does not show: it ended, it is hidden (`hidepid` of proc(5)), or it is outside this pid
/// namespace.
pub fn lineage() -> Result<Vec<Credentials>, Unseen> {
    let mut lineage = Vec::new();
    let mut ancestors = Ancestors::of_this_process();
    loop {
        let pid = ancestors.next;
        let unseen = Unseen { pid };
        let process = ancestors.next().ok_or(unseen)?;
        let status = read_small(&format!("/proc/{pid}/status"), STATUS).ok().ok_or(unseen)?;
        let users = users(&status).ok_or(unseen)?;
        // WSL's init may be at the top with another id.
        let is_first = pid == FIRST || (ancestors.next == 0 && users == [ROOT; 3] && process.name.starts_with(b"init"));
        lineage.push(Credentials { process, users });
        if is_first {
            return Ok(lineage);
        }
    }
}

/// The session that a process is in, and its terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionIds {
    /// The session leader, which may have ended; 0 if it is outside this pid namespace.
    pub leader: u32,
    /// The device number of the controlling terminal; 0 if there is none.
    pub terminal: u32,
}

/// Fields 6 and 7 of `/proc/PID/stat`.
#[must_use]
pub fn place(stat: &[u8]) -> Option<SessionIds> {
    let (_, rest) = name_and_rest(stat)?;
    let mut fields = rest.split(|&byte| byte == b' ').skip(3);
    let mut next = || u32::try_from(number(fields.next()?)?).ok();
    Some(SessionIds { leader: next()?, terminal: next()? })
}

/// Returns the real, the effective and the saved user in the text of `/proc/PID/status`.
#[must_use]
pub fn users(status: &[u8]) -> Option<[u32; 3]> {
    let line = status.split(|&byte| byte == b'\n').find_map(|line| line.strip_prefix(b"Uid:"))?;
    let mut ids = line.split(|byte| byte.is_ascii_whitespace()).filter(|field| !field.is_empty());
    let mut next = || u32::try_from(number(ids.next()?)?).ok();
    Some([next()?, next()?, next()?])
}

fn read_small(path: &str, most: usize) -> Result<Vec<u8>, Errno> {
    contents::read_all(&contents::open(path.as_bytes())?, most)
}

/// Returns true if a process of this user was started with a variable of a wanted name.
pub fn has_variable(pid: u32, user: u32, matches: &dyn Fn(&[u8]) -> bool) -> bool {
    let Ok(file) = contents::open(format!("/proc/{pid}/environ").as_bytes()) else { return false };
    fstat(&file).is_ok_and(|stat| stat.st_uid == user) && has_name(|buffer| calls::read(&file, buffer), matches)
}

/// Returns the test for a name, or for all names with a prefix (`VSCODE_*`). All callers share it: each closure has a
/// table of pointers, which are relocated at each start of a tool.
pub fn is_like(pattern: &[u8]) -> impl Fn(&[u8]) -> bool {
    move |name| match pattern {
        [start @ .., b'*'] => name.starts_with(start),
        whole => name == whole,
    }
}

/// Searches `NAME=value` entries, each ended by a NUL, for a wanted name. Of an entry longer than the buffer the
/// beginning counts.
fn has_name(mut more: impl FnMut(&mut [u8]) -> Result<usize, Errno>, matches: &dyn Fn(&[u8]) -> bool) -> bool {
    let is_wanted = |entry: &[u8]| {
        let equals = entry.iter().position(|&byte| byte == b'=');
        equals.is_some_and(|equals| matches(&entry[..equals]))
    };
    let mut buffer = [0; ENVIRON];
    let (mut length, mut is_inside) = (0, false);
    loop {
        let read = more(&mut buffer[length..]).unwrap_or(0);
        length += read;
        let mut start = 0;
        while let Some(entry) = CStr::from_bytes_until_nul(&buffer[start..length]).ok().map(CStr::to_bytes) {
            if !core::mem::take(&mut is_inside) && is_wanted(entry) {
                return true;
            }
            start += entry.len() + 1;
        }
        let rest = &buffer[start..length];
        if read == 0 {
            return !is_inside && is_wanted(rest);
        }
        if start == 0 && length == ENVIRON {
            // The whole buffer is one entry: its name has been compared, and the rest is skipped.
            if !core::mem::replace(&mut is_inside, true) && is_wanted(rest) {
                return true;
            }
            length = 0;
        } else {
            buffer.copy_within(start..length, 0);
            length -= start;
        }
    }
}

/// Returns the start time of a process: field 22 of `/proc/PID/stat`.
#[must_use]
pub fn start_time(stat: &[u8]) -> Option<u64> {
    let (_, rest) = name_and_rest(stat)?;
    number(rest.split(|&byte| byte == b' ').nth(19)?)
}

/// Returns `NAME=value` entries, each ended by a NUL, as in `/proc/PID/environ`. Other bytes are skipped.
pub fn entries(block: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = block;
    core::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        // from_bytes_until_nul() searches a machine word at a time.
        let entry = CStr::from_bytes_until_nul(rest).map_or(rest, CStr::to_bytes);
        rest = rest.get(entry.len() + 1..).unwrap_or_default();
        Some(entry)
    })
    .filter_map(|entry| {
        let equals = entry.iter().position(|&byte| byte == b'=')?;
        Some((&entry[..equals], &entry[equals + 1..]))
    })
}

/// Returns copies of the entries of a block.
#[must_use]
pub fn environ_block(block: &[u8]) -> Variables {
    entries(block).map(|(name, value)| (name.to_vec(), value.to_vec())).collect()
}

/// Returns the name of a process, its own parent and its start. Returns `None` for a process that is younger than its
/// child: it has the id of a parent that has ended.
fn parent(stat: &[u8], child_start: u64) -> Option<(&[u8], u32, u64)> {
    name_parent_and_start(stat).filter(|(_, _, start)| *start <= child_start)
}

fn name_parent_and_start(stat: &[u8]) -> Option<(&[u8], u32, u64)> {
    let (name, rest) = name_and_rest(stat)?;
    let mut fields = rest.split(|&byte| byte == b' ');
    let parent = u32::try_from(number(fields.nth(1)?)?).ok()?;
    let start = number(fields.nth(17)?)?;
    Some((name, parent, start))
}

/// Splits after the name, which may hold any byte and ends at the last parenthesis (proc(5)).
fn name_and_rest(stat: &[u8]) -> Option<(&[u8], &[u8])> {
    let open = stat.iter().position(|&byte| byte == b'(')?;
    // No later field has a parenthesis, and no name is longer than 64 bytes (kernel workers).
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
    fn a_passwd_row_gives_name_and_home() {
        let passwd = b"root:x:0:0:root:/root:/bin/bash\nbad\nme:x:1000:1000::/home/me:/bin/bash\n";
        let home = |uid| passwd_user(passwd, uid).map(|user| String::from_utf8(user.home).unwrap());
        assert_eq!(home(0).as_deref(), Some("/root"));
        assert_eq!(home(1000).as_deref(), Some("/home/me"));
        assert_eq!(home(1), None);
    }

    #[test]
    fn a_process_name_may_hold_any_byte() {
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
    fn an_environment_keeps_malformed_entries() {
        let block = b"A=1\0BASH_FUNC_x%%=() { :; }\0odd\0E=\0A=x=y";
        let names = environ_block(block);
        assert_eq!(names.len(), 4);
        assert_eq!(names[1].0, b"BASH_FUNC_x%%");
        assert_eq!(names[3], (b"A".to_vec(), b"x=y".to_vec()));
    }

    #[test]
    fn a_process_younger_than_its_child_is_no_parent() {
        let stat = b"812 (bash) S 1 812 812 34816 812 4194304 1 0 0 0 0 0 0 0 20 0 1 0 9731 1 1";
        for (child_start, expected) in [(u64::MAX, true), (9732, true), (9731, true), (9730, false), (0, false)] {
            assert_eq!(parent(stat, child_start).is_some(), expected, "{child_start}");
        }
    }

    #[test]
    fn parent_and_start_time_are_read_from_stat() {
        let fields = "S 1 812 812 34816 812 4194304 1 0 0 0 0 0 0 0 20 0 1 0 9731 1 1";
        let stat = format!("812 (a b) c) {fields}");
        assert_eq!(name_parent_and_start(stat.as_bytes()), Some((&b"a b) c"[..], 1, 9731)));
        assert_eq!(name_parent_and_start(b"812 (bash) S x"), None);
    }

    #[test]
    fn the_session_and_the_terminal() {
        let stat = "812 (a b) c) S 1 812 810 34816 812 4194304 1 0";
        assert_eq!(place(stat.as_bytes()), Some(SessionIds { leader: 810, terminal: 34816 }));
        assert_eq!(place(b"812 (bash) S 1 812 0 0 -1"), Some(SessionIds { leader: 0, terminal: 0 }));
        assert_eq!(place(b"812 (bash) S 1 812 810"), None);
    }

    #[test]
    fn ancestors_are_real_and_the_walk_ends() {
        let all: Vec<Process> = Ancestors::of_this_process().collect();
        assert_eq!(all.first().map(|process| process.pid), Some(nix::unistd::getppid().as_raw().try_into().unwrap()));
        assert!(all.len() < 1000);
    }

    #[test]
    fn variable_names_are_those_of_the_asked_process() {
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
        let has = |name: &[u8], user| has_variable(child.id(), user, &|known| known == name);
        let found = (has(b"ODD-Name %%", me), has(b"LONG", me), has(b"xxx", me), has(b"PATH", me + 1));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(found, (true, true, false, false));
        assert!(!has_variable(child.id(), me, &|_| true));
    }

    #[test]
    fn a_name_is_found_across_the_ends_of_reads() {
        let long = [b"LONG=", vec![b'x'; 3 * ENVIRON].as_slice(), b"A=1"].concat();
        let table: &[(&[&[u8]], bool)] = &[
            (&[], false),
            (&[b"A=1\0"], true),
            (&[b"A=1"], true),
            (&[b"B=A=1\0"], false),
            (&[b"A\0"], false),
            (&[b"B=2\0", b"A=1\0"], true),
            (&[b"B=2\0A", b"=1\0"], true),
            (&[b"B=2", b"\0A=1\0"], true),
            (&[&long, b"\0"], false),
            (&[&long, b"\0A=1\0"], true),
            (&[&long[..ENVIRON], b"\0A=1\0"], true),
        ];
        for (blocks, expected) in table {
            let mut bytes: Vec<Vec<u8>> = blocks.iter().rev().map(|block| block.to_vec()).collect();
            let more = |buffer: &mut [u8]| {
                let Some(block) = bytes.last_mut() else { return Ok(0) };
                let length = block.len().min(buffer.len());
                buffer[..length].copy_from_slice(&block[..length]);
                block.drain(..length);
                if block.is_empty() {
                    bytes.pop();
                }
                Ok(length)
            };
            assert_eq!(
                has_name(more, &|name| name == b"A"),
                *expected,
                "{:?}",
                blocks.concat().escape_ascii().to_string()
            );
        }
    }

    #[test]
    fn the_three_user_ids_are_read_from_status() {
        let status = b"Name:\tsu\nPPid:\t1\nUid:\t1001\t0\t0\t0\nGid:\t5\t5\t5\t5\n";
        assert_eq!(users(status), Some([1001, 0, 0]));
        assert_eq!(users(b"Name:\tsu\nUid:\t1001\t0\n"), None);
        assert_eq!(users(b""), None);
    }

    #[test]
    fn a_lineage_is_complete_or_missing() {
        match lineage() {
            Ok(lineage) => {
                let pids: Vec<u32> = lineage.iter().map(|above| above.process.pid).collect();
                assert_eq!(pids, Ancestors::of_this_process().map(|process| process.pid).collect::<Vec<_>>());
            }
            Err(unseen) => assert!(unseen.pid == 0 || std::fs::read(format!("/proc/{}/status", unseen.pid)).is_err()),
        }
    }
}
