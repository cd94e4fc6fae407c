//! The one place that replaces the process.
//!
//! execve(2) keeps everything that the tool would have inherited from a direct start: process id, open descriptors,
//! signal dispositions and mask, limits. `std::process::Command` would not, since it resets what Rust's runtime changed.

use std::borrow::Cow;

use nix::errno::Errno;

use crate::diagnosis::{Code, Exit, Failure};
use crate::host::environ::c_string;
use crate::plan::{Plan, Via};
use crate::text::errno::words;

/// Runs the plan. Comes back only where the kernel refused.
#[must_use]
pub fn exec(plan: &Plan) -> Failure {
    let path = match plan.target.via {
        Via::Init => Cow::Borrowed(c"/init"),
        Via::Direct | Via::Binfmt => Cow::Owned(c_string(plan.target.path.clone())),
    };
    match nix::unistd::execve(&path, &plan.decisions.argv, plan.decisions.environ.entries()) {
        Ok(never) => match never {},
        Err(errno) => refused(plan, errno),
    }
}

fn refused(plan: &Plan, errno: Errno) -> Failure {
    let words = words(errno);
    let (why, fix): (&str, &str) = match errno {
        Errno::E2BIG => ("the arguments and the environment are larger than the kernel takes", "pass fewer of them"),
        Errno::ENOENT => ("it has vanished since it was looked at", "try again"),
        Errno::ETXTBSY => ("somebody is writing to it just now", "try again when the installation is done"),
        Errno::ENOMEM | Errno::EAGAIN => ("there is not enough memory, or a limit was reached", "see `ulimit -a`"),
        Errno::EACCES => ("permission was denied", "check its mode, its mount and any security policy"),
        _ => (&words, "`gowrap doctor` may know more"),
    };
    Failure {
        exit: if errno == Errno::ENOENT { Exit::NotFound } else { Exit::CannotRun },
        code: Code::GW214,
        message: [b"cannot execute ", plan.target.path.as_slice(), b": ", why.as_bytes()].concat(),
        fix: vec![fix.as_bytes().to_vec()],
    }
}
