//! Processes and users, read from the text that the kernel and `/etc/passwd` keep about them.

use super::{Host, Process, User, Variables};

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

/// The parents of this process, nearest first. A process that vanishes while it is read ends the walk.
#[derive(Debug)]
pub struct Ancestors<H> {
    host: H,
    next: u32,
}

impl<'h> Ancestors<&'h dyn Host> {
    /// The walk that starts at this process's parent.
    #[must_use]
    pub fn new(host: &'h dyn Host) -> Self {
        Ancestors { host, next: u32::try_from(nix::unistd::getppid().as_raw()).unwrap_or(0) }
    }
}

impl Iterator for Ancestors<&dyn Host> {
    type Item = Process;

    fn next(&mut self) -> Option<Process> {
        let pid = self.next;
        if pid == 0 {
            return None;
        }
        let folder = format!("/proc/{pid}");
        let stat = self.host.read(format!("{folder}/stat").as_bytes(), 4096).ok()?;
        let uid = self.host.stat(folder.as_bytes()).ok()?.uid;
        let (name, rest) = name_and_rest(&stat)?;
        self.next = rest.split(|&byte| byte == b' ').nth(1).and_then(number).and_then(|ppid| ppid.try_into().ok())?;
        Some(Process { pid, uid, name: name.to_vec() })
    }
}

/// When a process was started: field 22 of `/proc/PID/stat`.
#[must_use]
pub fn start_time(stat: &[u8]) -> Option<u64> {
    let (_, rest) = name_and_rest(stat)?;
    number(rest.split(|&byte| byte == b' ').nth(19)?)
}

/// `NAME=value` entries, each ended by a NUL, as in `/proc/PID/environ`. Bytes that are no entry are dropped.
#[must_use]
pub fn environ_block(block: &[u8]) -> Variables {
    let pair = |entry: &[u8]| {
        let equals = entry.iter().position(|&byte| byte == b'=')?;
        Some((entry[..equals].to_vec(), entry[equals + 1..].to_vec()))
    };
    block.split(|&byte| byte == 0).filter_map(pair).collect()
}

/// The name, which may hold anything, ends at the last parenthesis (proc(5)).
fn name_and_rest(stat: &[u8]) -> Option<(&[u8], &[u8])> {
    let open = stat.iter().position(|&byte| byte == b'(')?;
    let close = stat.iter().rposition(|&byte| byte == b')')?;
    Some((stat.get(open + 1..close)?, stat.get(close + 2..)?))
}

fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.trim_end().parse().ok()
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
}
