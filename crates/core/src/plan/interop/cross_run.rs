//! Runs the program of `go_windows_*_exec PROGRAM [ARG]...`: the Windows binary that cmd/go has just built.
//!
//! cmd/go looks for a helper of this name if GOOS is not the host's (`work.FindExecCmd`), and passes it the program and
//! its arguments. Outside WSL another program may provide the helper (wine, a remote machine), so gowrap starts the
//! next helper of that name on PATH.

use alloc::borrow::Cow;

use crate::diagnosis::{Code, Exit, Failure, wording};
use crate::host::Host;
use crate::host::binary::Format;
use crate::plan::find::classify::{FileSystem, Verdict, classify};
use crate::plan::interop::way;
use crate::plan::invocation::Invocation;
use crate::plan::model::{ArgChange, CandidateSource, Decisions, Target, Via};
use crate::plan::translate::translator::{Translated, Translator};
use crate::prelude::*;

/// Chooses the program to run, and removes the helper's name from the argument list.
///
/// # Errors
/// Returns a refusal if no program is named, or if it cannot run.
pub(crate) fn start(
    call: &Invocation,
    host: &dyn Host,
    toward_linux: Option<&Translator>,
    decisions: &mut Decisions,
) -> Result<Target, Failure> {
    let Some(given) = call.argv.get(1).map(|program| program.to_bytes()) else {
        return Err(Failure {
            exit: Exit::Own,
            code: Code::GW904,
            message: wording(|| format!("{} needs a program to run", call.tool.name()).into_bytes()),
            fix: wording(|| {
                vec![b"name a program, or let `GOOS=windows go run` or `GOOS=windows go test` start it".to_vec()]
            }),
        });
    };
    let program = &*in_linux_form(given, toward_linux, decisions);
    let mut target = match classify(host, call.tool, program.to_vec(), CandidateSource::Pinned, FileSystem::Linux, &[])
    {
        Verdict::Native(target)
        | Verdict::DriveScript(target)
        | Verdict::WindowsScript(target, _)
        | Verdict::NeedsManager(target, _)
        | Verdict::Windows(target, _) => target,
        Verdict::Absent => return Err(cannot_run(program, Exit::NotFound, b"it does not exist")),
        Verdict::Rejected(row) => {
            let failure = cannot_run(program, Exit::CannotRun, &row.detail);
            decisions.candidates.push(row);
            return Err(failure);
        }
    };
    // Outside WSL, binfmt_misc may have another handler for it.
    target.via = match target.format {
        Format::Pe if host.kind().is_wsl() => way::start(host, decisions)?,
        _ => Via::Direct,
    };
    Ok(target)
}

/// Converts the program's name to Linux form: execve(2) reads it, and WSL translates it.
fn in_linux_form<'p>(program: &'p [u8], toward_linux: Option<&Translator>, decisions: &mut Decisions) -> Cow<'p, [u8]> {
    let translated = toward_linux.map(|translator| (translator.path(program), translator.why()));
    match translated {
        Some((Translated::Becomes(path), why)) => {
            decisions.args.push(ArgChange {
                index: 1,
                from: Some(program.to_vec()),
                to: Some(path.clone()),
                why: why.into(),
            });
            path.into()
        }
        _ => program.into(),
    }
}

/// Replaces the helper's name in the argument list with the program.
pub(crate) fn remove_helper_name(decisions: &mut Decisions) {
    let helper = decisions.argv.remove(0);
    decisions.args.push(ArgChange {
        index: 0,
        from: Some(helper.to_bytes().to_vec()),
        to: None,
        why: wording(|| "the helper's name is removed, and its first argument becomes the program".into()),
    });
}

fn cannot_run(program: &[u8], exit: Exit, why: &[u8]) -> Failure {
    Failure {
        exit,
        code: if exit == Exit::NotFound { Code::GW204 } else { Code::GW202 },
        message: wording(|| [b"cannot run ", program, b": ", why].concat()),
        fix: wording(|| {
            vec![b"build the program again; on a drive, `gowrap doctor` checks if files can be executed".to_vec()]
        }),
    }
}
