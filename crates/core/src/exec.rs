//! Replaces the process. No other code does that.
//!
//! execve(2) keeps everything that the tool would inherit in a direct start: process id, open descriptors, signal
//! dispositions and mask, limits. `std::process::Command` would not: it resets signals that Rust's runtime changed.

use alloc::borrow::Cow;

use crate::prelude::*;
use crate::text::errno::Errno;

use core::ffi::{CStr, c_char};

use crate::diagnosis::{Code, Exit, Failure};
use crate::host::calls;
use crate::host::environ::c_string;
use crate::plan::{Plan, Via};
use crate::text::errno::words;

/// Executes the plan. Returns only if the kernel refuses.
#[must_use]
pub fn exec(plan: &Plan) -> Failure {
    let path = match plan.target.via {
        Via::Init => Cow::Borrowed(c"/init"),
        Via::Direct | Via::Binfmt => Cow::Owned(c_string(plan.target.path.clone())),
    };
    refused(plan, execve(&path, &plan.decisions.argv, plan.decisions.environ.entries()))
}

/// Calls execve(2). Returns only its error.
#[must_use]
#[allow(unsafe_code, reason = "this is where the process is replaced")]
pub fn execve(path: &CStr, argv: &[Cow<CStr>], environ: &[Cow<CStr>]) -> Errno {
    let pointers = |strings: &[Cow<CStr>]| -> Vec<*const c_char> {
        strings.iter().map(|string| string.as_ptr()).chain([core::ptr::null()]).collect()
    };
    let (argv, environ) = (pointers(argv), pointers(environ));
    // SAFETY: the path is a C string, and each array holds pointers to C strings and a null pointer at its end. All of
    // them outlive the call.
    unsafe { calls::execute(path.as_ptr(), argv.as_ptr(), environ.as_ptr()) }
}

fn refused(plan: &Plan, errno: Errno) -> Failure {
    let words = words(errno);
    let (why, fix): (&str, &str) = match errno {
        Errno::E2BIG => ("the arguments and the environment are larger than the kernel accepts", "pass fewer of them"),
        Errno::ENOENT => ("it was removed after it was checked", "try again"),
        Errno::ETXTBSY => ("another program is writing to it", "try again when the installation is done"),
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
