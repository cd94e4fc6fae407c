//! The step from `gowrap-shim`, which only starts tools, to `gowrap` in the same folder, which prints.
//!
//! A refusal, an explanation and a log need sentences and code that a call of a tool does not. The shim is small
//! without it, and executes `gowrap` to print: that program makes the same plan from the same facts.

use alloc::borrow::Cow;
use alloc::ffi::CString;

use crate::diagnosis::{Code, Exit, Failure};
use crate::exec::execve;
use crate::host::binary::{Maker, Release};
use crate::host::environ::{Environ, c_string};
use crate::host::trust::Untrusted;
use crate::host::{GOWRAP, Host};
use crate::prelude::*;
use crate::start::{Called, Start};
use crate::text::escape::escape;
use crate::text::path::{basename, dirname, join};
use crate::tools::Tool;

/// Returns true if the environment asks for an explanation or for a log. gowrap reports a mistake in the request.
#[must_use]
pub fn is_asked_to_print(environ: &Environ) -> bool {
    [&b"GOWRAP_EXPLAIN"[..], b"GOWRAP_LOG"].iter().any(|name| environ.get_nonempty(name).is_some())
}

/// Finds the `gowrap` that belongs to this shim: in the folder of the shim's file, of the same version, and not
/// changeable by other users.
///
/// # Errors
/// The reason why it is not executed.
pub fn find(host: &dyn Host) -> Result<Vec<u8>, Failure> {
    let own = host.own_path().filter(|path| path.starts_with(b"/"));
    let own = own.ok_or_else(|| unusable("gowrap's own file cannot be found".to_owned()))?;
    // Without /proc the path may be that of a link.
    let own = host.canonical(&own).unwrap_or(own);
    let path = join(dirname(&own), GOWRAP);
    let shown = escape(&path);
    let judged = host.judge(&path).map_err(|untrusted| {
        unusable(match untrusted {
            Untrusted::Errno(errno) => format!("{shown} is not executed: {errno}"),
            Untrusted::Doubtful { component, .. } => {
                format!("{shown} is not executed: other users may be able to change {}", escape(&component))
            }
        })
    })?;
    // A shim that was renamed to `gowrap` would execute itself in an endless loop.
    if judged.path == own {
        return Err(unusable(format!("{shown} is gowrap-shim under the name of gowrap")));
    }
    match host.binary(&judged.path).map(|binary| binary.maker) {
        Ok(Maker::Gowrap(Release::Same)) => Ok(judged.path),
        Ok(Maker::Gowrap(Release::Other)) => {
            Err(unusable(format!("{shown} is of another version than {}", escape(&own))))
        }
        Ok(Maker::Other) => Err(unusable(format!("{shown} is not gowrap"))),
        Err(errno) => Err(unusable(format!("{shown} cannot be read: {errno}"))),
    }
}

fn unusable(message: String) -> Failure {
    Failure {
        exit: Exit::Own,
        code: Code::GW915,
        message: message.into_bytes(),
        fix: vec![b"install gowrap again: its two programs, gowrap and gowrap-shim, belong together".to_vec()],
    }
}

/// Executes `gowrap` with the unchanged call. Returns only the reason for a failure.
#[must_use]
pub fn hand_over(start: &Start, host: &dyn Host) -> Failure {
    let path = match find(host) {
        Ok(path) => path,
        Err(failure) => return failure,
    };
    let mut argv: Vec<Cow<core::ffi::CStr>> = start.argv.iter().map(|argument| Cow::Borrowed(*argument)).collect();
    if let Some(name) = name_to_pass_on(start) {
        argv.splice(..argv.len().min(1), [Cow::Owned(name)]);
    }
    let errno = execve(&c_string(path.clone()), &argv, start.environ.entries());
    unusable(format!("{} cannot be executed: {errno}", escape(&path)))
}

/// Returns `argv[0]` for gowrap. The kernel gives gowrap its own path as AT_EXECFN, so `argv[0]` passes on the shim's:
/// its folder, and the tool's name after `exec -a`. No plan passes `argv[0]` on to a tool.
fn name_to_pass_on(start: &Start) -> Option<CString> {
    let execfn = start.auxiliary.execfn.filter(|path| Tool::named(basename(path)).is_some())?;
    match start.called() {
        Called::Tool(tool) if Tool::of_path(execfn) == Some(tool) => Some(c_string(execfn.to_vec())),
        _ => None,
    }
}

/// Returns the message of a failure, for standard error. Its text must be gowrap's own, since no value in it is masked.
#[must_use]
pub fn short_refusal(failure: &Failure) -> Vec<u8> {
    lines(failure, None)
}

/// Returns the message for a call that `gowrap` should have taken over: the code of the refusal, and the reason why
/// `gowrap` is not executed.
#[must_use]
pub fn refusal_without_gowrap(code: Option<Code>, unusable: &Failure) -> Vec<u8> {
    lines(unusable, code)
}

fn lines(failure: &Failure, code: Option<Code>) -> Vec<u8> {
    let refused = code.map(|code| format!("gowrap: the call is refused, see gowrap-diagnostics(7) [{code}]\n"));
    let mut text = refused.unwrap_or_default();
    text.push_str(&format!("gowrap: {} [{}]\n", escape(&failure.message), failure.code));
    for fix in &failure.fix {
        text.push_str(&format!("gowrap: fix: {}\n", escape(fix)));
    }
    text.into_bytes()
}
