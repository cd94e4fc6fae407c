//! Chooses the file that runs, or returns the refusal with the reason.

use crate::config::{Config, Origin, PePolicy};
use crate::diagnosis::{Code, Exit, Failure, Note, wording};
use crate::host::distribution::{self, OsRelease, Package};
use crate::host::{Files, Host};
use crate::plan::find::modules;
use crate::plan::find::resolve::Resolution;
use crate::plan::interop::way;
use crate::plan::invocation::{Invocation, Named};
use crate::plan::model::{Candidate, Decisions, Reason, Target, Via};
use crate::plan::translate::translator::{Translated, Translator};
use crate::prelude::*;
use crate::text::escape::escape;
use crate::text::path::join;
use crate::tools::{Installed, Tool, go};

/// Chooses the file. A native tool always wins; the search puts a script on a drive there only if there is no Windows
/// binary. A Windows binary runs if the policy and the machine allow it.
///
/// # Errors
/// Returns a refusal if no file can run.
pub(crate) fn choose(
    call: &Invocation,
    config: &Config,
    host: &dyn Host,
    found: Resolution,
    toward_linux: &Translator,
    decisions: &mut Decisions,
) -> Result<Target, Failure> {
    decisions.candidates = found.rejected;
    if let Some(native) = found.native {
        return Ok(native);
    }
    let Some((windows, _)) = found.windows.into_iter().next() else {
        return Err(not_found(call, config, host, &decisions.candidates));
    };
    let via = reroute(call, config, host, &windows, toward_linux, decisions)?;
    decisions.candidates.retain(|row| row.path != windows.path);
    Ok(Target { via, ..windows })
}

/// Chooses the native tool, or else the first Windows binary, without the policy and interop: `GOWRAP_BYPASS=1`.
///
/// # Errors
/// Returns a refusal if there is no other file.
pub(crate) fn first(
    call: &Invocation,
    config: &Config,
    host: &dyn Host,
    found: Resolution,
    decisions: &mut Decisions,
) -> Result<Target, Failure> {
    decisions.candidates = found.rejected;
    let windows = found.windows.into_iter().next().map(|(target, _)| target);
    let target = found.native.or(windows).ok_or_else(|| not_found(call, config, host, &decisions.candidates))?;
    decisions.candidates.retain(|row| row.path != target.path);
    Ok(target)
}

/// Checks that this Windows binary can run: interop must work, and, with the policy `auto`, go.exe must be able to lock
/// the files of the working directory.
fn reroute(
    call: &Invocation,
    config: &Config,
    host: &dyn Host,
    windows: &Target,
    toward_linux: &Translator,
    decisions: &mut Decisions,
) -> Result<Via, Failure> {
    let tool = call.tool.name();
    let refuse = |code, why_and_fix: &dyn Fn() -> (String, Option<Vec<u8>>)| {
        let (message, fix) = wording(|| {
            let (why, fix) = why_and_fix();
            let message = format!("the only `{tool}` here is a Windows program, and {why}").into_bytes();
            (message, fix.into_iter().chain(install(call.tool, host)).collect())
        });
        Err(Failure { exit: Exit::CannotRun, code, message, fix })
    };
    if !host.kind().is_wsl() {
        return refuse(Code::GW207, &|| ("this is not WSL".to_owned(), None));
    }
    if call.tool == Tool::Gopls {
        let why = "gopls on Windows and an editor in WSL use different paths for the same file";
        return refuse(Code::GW206, &|| (why.to_owned(), None));
    }
    let pinned = matches!(call.named, Named::ByPath(_)) || config.pin(call.tool).is_some();
    let policy = if pinned && config.pe.value == PePolicy::Auto { PePolicy::Reroute } else { config.pe.value };
    if policy == PePolicy::Reject {
        return refuse(Code::GW201, &|| {
            let origin = match &config.pe.origin {
                Origin::Default => String::new(),
                origin => format!(" ({})", escape(&origin.describe())),
            };
            let allow: &[u8] = match &config.pe.origin {
                Origin::Variable(_) => {
                    b"set GOWRAP_PE=auto: gowrap then starts Windows programs in folders on Windows drives"
                }
                _ => {
                    b"set pe = \"auto\" in ~/.config/gowrap/config.toml: gowrap then starts Windows programs in folders \
                      on Windows drives"
                }
            };
            (format!("the policy `pe` is reject{origin}"), Some(allow.to_vec()))
        });
    }
    let folder = folder_of(call, host, toward_linux);
    if let Err(where_it_is) = on_a_drive(folder.as_deref(), host) {
        if policy == PePolicy::Auto {
            return refuse(Code::GW205, &|| {
                let why = format!(
                    "it cannot lock go.mod in {where_it_is}, which is a network share to Windows (golang/go#37461)"
                );
                (why, Some(b"work in a folder on a Windows drive, such as /mnt/c/src".to_vec()))
            });
        }
        let text =
            wording(|| format!("{} cannot lock go.mod in {where_it_is} (golang/go#37461)", escape(&windows.path)));
        decisions.notes.push(Note::warn(Code::GW231, text));
    }
    if let (Tool::Go, Some(folder)) = (call.tool, &folder) {
        decisions.notes.extend(modules::judge(&call.argv_bytes(), folder, &decisions.environ, host)?);
    }
    let via = way::start(host, decisions)?;
    let text = wording(|| [windows.path.as_slice(), b" prints Windows paths; `gowrap path` translates them"].concat());
    decisions.notes.push(Note::info(Code::GW235, text));
    Ok(via)
}

/// Returns the folder that the call works in, or `None` if the working directory does not exist.
fn folder_of(call: &Invocation, host: &dyn Files, toward_linux: &Translator) -> Option<Vec<u8>> {
    let cwd = host.cwd().ok()?;
    let argv = call.argv_bytes();
    // cmd/go changes to the directory of `-C` before it looks for go.mod.
    let chdir = if call.tool == Tool::Go { go::scan(&argv).chdir } else { None };
    Some(match chdir.and_then(|place| argv.get(place.index)?.get(place.bytes)) {
        None => cwd.to_vec(),
        Some(given) => {
            let given = match toward_linux.path(given) {
                Translated::Becomes(path) => path,
                Translated::Same | Translated::NoCounterpart(_) => given.to_vec(),
            };
            if given.starts_with(b"/") { given } else { join(cwd, &given) }
        }
    })
}

/// Checks that the folder is on a Windows drive. The error is the name of its location.
fn on_a_drive(folder: Option<&[u8]>, host: &dyn Files) -> Result<(), String> {
    let folder = folder.ok_or_else(|| wording(|| "a working directory that does not exist".to_owned()))?;
    let real = host.canonical(folder).unwrap_or_else(|_| folder.to_vec());
    if host.mounts().is_on_drive(&real) { Ok(()) } else { Err(wording(|| escape(folder))) }
}

/// Returns the refusal for a tool that is missing or cannot run.
fn not_found(call: &Invocation, config: &Config, host: &dyn Host, candidates: &[Candidate]) -> Failure {
    let tool = call.tool.name();
    let missing = candidates.iter().all(|row| row.reason == Reason::Absent);
    let exit = if missing { Exit::NotFound } else { Exit::CannotRun };
    if let Named::ByPath(path) = call.named {
        let message = wording(|| [b"cannot run ", path].concat());
        let fix = wording(|| vec![format!("name another file, or run `gowrap {tool}` to search PATH").into_bytes()]);
        return Failure { exit, code: if missing { Code::GW204 } else { Code::GW202 }, message, fix };
    }
    if let Some(pin) = config.pin(call.tool) {
        let (message, fix) = wording(|| {
            let message = [format!("`{tool}` is pinned to ").as_bytes(), &pin.value, b", which cannot run"].concat();
            let fix = format!("correct or remove tools.{tool}.path in ");
            (message, vec![[fix.as_bytes(), &pin.origin.describe()].concat()])
        });
        return Failure { exit, code: Code::GW203, message, fix };
    }
    if candidates.iter().any(|row| row.reason == Reason::LeadsBack) {
        let (message, fix) = wording(|| {
            let message = format!("every `{tool}` on PATH is a shim that starts gowrap again").into_bytes();
            let fix = format!(
                "install {tool} itself, or set tools.{tool}.path in ~/.config/gowrap/config.toml to the real {tool}"
            );
            (message, vec![fix.into_bytes()])
        });
        return Failure { exit: Exit::CannotRun, code: Code::GW212, message, fix };
    }
    let fix = wording(|| mount_fixes(candidates).into_iter().chain(install(call.tool, host)).collect());
    if candidates.iter().any(|row| row.reason.is_existing_file()) {
        let message = wording(|| format!("no `{tool}` that was found can run").into_bytes());
        Failure { exit: Exit::CannotRun, code: Code::GW202, message, fix }
    } else {
        let message = wording(|| format!("no `{tool}` found").into_bytes());
        Failure { exit: Exit::NotFound, code: Code::GW204, message, fix }
    }
}

/// Returns the fixes for a mount whose options remove the right to execute.
fn mount_fixes(candidates: &[Candidate]) -> Vec<Vec<u8>> {
    let mut fix = Vec::new();
    if candidates.iter().any(|row| row.reason == Reason::NoexecMount) {
        fix.push(
            b"remove noexec from the mount's options: for a drive under [automount] in /etc/wsl.conf, else in /etc/fstab"
                .to_vec(),
        );
    }
    // On a drive without metadata, the mount's options set the x bit, and chmod(1) changes nothing.
    if candidates.iter().any(|row| row.reason == Reason::NotExecutable && row.path.ends_with(b".exe")) {
        fix.push(
            b"the drive's fmask or umask removes the execute permission: change it in options, under [automount] in /etc/wsl.conf, then type `wsl.exe --shutdown`"
                .to_vec(),
        );
    }
    fix
}

/// Returns the lines that say how to install the tool, with the distribution's command if it is known.
fn install(tool: Tool, host: &dyn Host) -> Vec<Vec<u8>> {
    let archive = "unpack https://go.dev/dl into /usr/local/go";
    match tool.installed() {
        Installed::Toolchain => {
            let package = distribution::install(&OsRelease::read(host), Package::Go);
            let first = match package {
                Some(command) => format!("install Go for Linux: `{command}`, or {archive}"),
                None => format!("install Go for Linux: {archive}"),
            };
            vec![first.into_bytes(), b"`gowrap doctor` prints the commands for this machine".to_vec()]
        }
        Installed::Built => vec![tool.install().as_bytes().to_vec()],
        Installed::Unknown => Vec::new(),
    }
}
