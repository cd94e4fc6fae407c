//! Rule for a snapshot: the session must have no trace of another user.
//!
//! `sudo -E` and `su` pass a user's variables to root, and `su` also to another user. Saved in that user's snapshot,
//! they would be restored in later calls. The traces of another user are:
//!
//! * A parent process. `su` keeps the calling user as its real user while it waits, and its own parents are processes
//!   of that user. A process that cannot be seen could belong to another user.
//! * The leader of the session. It still exists if a process between it and this one was killed.
//! * The terminal. sshd(8), login(1), WSL's init and terminal programs make the user its owner; `su` does not.
//! * The files of descriptors 0 to 2, which can be another user's terminal or pipe.
//! * The login user id that the kernel stores. It stays if a process leaves the session, as tmux(1) does.

use crate::diagnosis::Failure;
use crate::host::environ::Environ;
use crate::host::{Credentials, Host, Unseen, User};
use crate::inspect::session::{ControllingTerminal, Session};
use crate::plan::restore::named;
use crate::snapshot::refusal::{refusal, user};
use crate::text::escape::escape;

const ROOT: u32 = 0;

/// Variables that sudo(8), doas(1) and pkexec(1) set for the programs that they start.
const RAISED: [&[u8]; 6] = [b"SUDO_UID", b"SUDO_GID", b"SUDO_USER", b"SUDO_COMMAND", b"DOAS_USER", b"PKEXEC_UID"];

/// The names of these programs.
const RAISERS: [&[u8]; 3] = [b"sudo", b"doas", b"pkexec"];

const WITHOUT_SUDO: &[u8] = b"take the snapshot in a login shell of that user, without sudo";

/// Returns the user, if this session has no trace of another user.
pub(super) fn check<'h>(
    environ: &Environ,
    host: &'h dyn Host,
    session: Result<&Session, Unseen>,
) -> Result<&'h User, Failure> {
    let user = user(host)?;
    let home = environ.get(b"HOME").unwrap_or_default();
    if host.stat(&user.home).is_err() {
        let message = format!("the home of {}, `{}`, is not there", escape(&user.name), escape(&user.home));
        return Err(refusal(message, b"make the folder, or name another one in /etc/passwd"));
    }
    if !is_same_folder(home, &user.home, host) {
        let why = format!("HOME is `{}`, and /etc/passwd says `{}`", escape(home), escape(&user.home));
        return Err(foreign_session(&user.name, &why, WITHOUT_SUDO));
    }
    if let Some(name) = RAISED.iter().find(|name| environ.get(name).is_some()) {
        return Err(under_sudo(&user.name, &escape(name)));
    }
    let session = session.map_err(|unseen| unseen_process(&user.name, unseen))?;
    session_of_another(session, host.uid(), &user.name)?;
    Ok(user)
}

/// Refuses a session that has a trace of a user other than this one and root.
pub(super) fn session_of_another(session: &Session, own: u32, user: &[u8]) -> Result<(), Failure> {
    let is_foreign = |uid: u32| uid != own && uid != ROOT;
    for process in session.above.iter().chain(&session.leaders) {
        foreign_process(process, own, user)?;
    }
    for ControllingTerminal { device, owner, .. } in &session.terminals {
        let (major, minor) = (device.major, device.minor);
        match *owner {
            None => {
                let why = format!("no file in /dev shows the owner of its terminal (device {major}:{minor})");
                return Err(unclear_session(user, &why, b"take the snapshot where /dev has the terminal"));
            }
            Some(owner) if is_foreign(owner) => return Err(foreign_file(user, "its terminal", owner)),
            Some(_) => {}
        }
    }
    for file in &session.standard {
        let name = match file.descriptor {
            0 => "standard input",
            1 => "standard output",
            _ => "standard error",
        };
        let name = match &file.above {
            None => format!("its {name}"),
            Some(process) => format!("the {name} of {}", named(process)),
        };
        if is_foreign(file.owner) {
            return Err(foreign_file(user, &name, file.owner));
        }
        // A terminal that su(1) makes with --pty belongs to root.
        if own != ROOT && file.owner == ROOT && file.is_foreign_terminal(session) {
            let why = format!("{name} is a terminal of root that controls no process of the session");
            return Err(foreign_session(user, &why, b"take the snapshot in a terminal of that user"));
        }
    }
    match session.login {
        Some(uid) if is_foreign(uid) => {
            let why = format!("the login was that of user {uid}");
            Err(foreign_session(user, &why, b"log in as that user, and take the snapshot there"))
        }
        _ => Ok(()),
    }
}

/// Refuses a process that belongs, or has belonged, to a user other than this one and root.
fn foreign_process(Credentials { process, users }: &Credentials, own: u32, user: &[u8]) -> Result<(), Failure> {
    if let Some(stranger) = users.iter().find(|uid| **uid != own && **uid != ROOT) {
        let why = format!("it came through {}, which belongs to user {stranger}", named(process));
        return Err(foreign_session(
            user,
            &why,
            b"take the snapshot in a session of that user, not through su or sudo",
        ));
    }
    if RAISERS.contains(&process.name.as_slice()) {
        return Err(under_sudo(user, &named(process)));
    }
    Ok(())
}

fn foreign_file(user: &[u8], name: &str, owner: u32) -> Failure {
    let why = format!("{name} belongs to user {owner}");
    foreign_session(user, &why, b"take the snapshot in a terminal of that user")
}

fn foreign_session(user: &[u8], why: &str, fix: &[u8]) -> Failure {
    refusal(format!("this environment is not {}'s own: {why}", escape(user)), fix)
}

fn unclear_session(user: &[u8], why: &str, fix: &[u8]) -> Failure {
    refusal(format!("it is unknown if this environment is {}'s own: {why}", escape(user)), fix)
}

/// Root's settings under sudo are an administrator's decision: `env_keep` in sudoers(5).
fn under_sudo(user: &[u8], by: &str) -> Failure {
    foreign_session(user, &format!("it came through sudo, su or a similar program ({by})"), WITHOUT_SUDO)
}

pub(super) fn unseen_process(user: &[u8], unseen: Unseen) -> Failure {
    let which = match unseen.pid {
        0 => "a process outside this pid namespace".to_owned(),
        pid => format!("process {pid}"),
    };
    let why = format!("it came through {which}, which /proc does not show");
    unclear_session(user, &why, b"take the snapshot where /proc shows every process up to the first (no hidepid)")
}

/// Returns true if two paths name one folder: distributions with a link at `/home` use both. Another name
/// counts only if no other user can change where it leads.
fn is_same_folder(one: &[u8], other: &[u8], host: &dyn Host) -> bool {
    let has_alias = || host.judge(one).is_ok_and(|one| host.canonical(other) == Ok(one.path));
    one.starts_with(b"/") && (one == other || has_alias())
}
