//! Which of the found files runs, or the refusal that says why none does.

use crate::config::{Config, Origin, PePolicy};
use crate::diagnosis::{Code, Exit, Failure, Note};
use crate::host::Host;
use crate::plan::find::modules;
use crate::plan::find::resolve::Resolution;
use crate::plan::interop::way;
use crate::plan::invocation::{Invocation, Named};
use crate::plan::model::{Candidate, Decisions, Reason, Target};
use crate::plan::translate::translator::{Translated, Translator};
use crate::prelude::*;
use crate::text::escape::escape;
use crate::text::path::join;
use crate::tools::{Tool, go};

/// A native tool always wins. A Windows binary runs where the policy and the machine let it; else the call is refused.
///
/// # Errors
/// The refusal.
pub fn choose(
    call: &Invocation,
    config: &Config,
    host: &dyn Host,
    found: Resolution,
    toward_linux: &Translator,
    decisions: &mut Decisions,
) -> Result<Target, Failure> {
    decisions.candidates = found.losers;
    if let Some(native) = found.native {
        return Ok(native);
    }
    let Some((windows, _)) = found.windows.into_iter().next() else {
        return Err(nothing(call, config, &decisions.candidates));
    };
    let via = reroute(call, config, host, &windows, toward_linux, decisions)?;
    decisions.candidates.retain(|row| row.path != windows.path);
    Ok(Target { via, ..windows })
}

/// The first file that is not gowrap, repaired in nothing: what `GOWRAP_BYPASS=1` asks for.
///
/// # Errors
/// The refusal where there is no other file.
pub fn first(
    call: &Invocation,
    config: &Config,
    found: Resolution,
    decisions: &mut Decisions,
) -> Result<Target, Failure> {
    decisions.candidates = found.losers;
    let windows = found.windows.into_iter().next().map(|(target, _)| target);
    let target = found.native.or(windows).ok_or_else(|| nothing(call, config, &decisions.candidates))?;
    decisions.candidates.retain(|row| row.path != target.path);
    Ok(target)
}

/// Can this Windows binary run? It can where interop is reachable, and, unless the person insists, where go.exe can lock
/// the files of the working directory.
fn reroute(
    call: &Invocation,
    config: &Config,
    host: &dyn Host,
    windows: &Target,
    toward_linux: &Translator,
    decisions: &mut Decisions,
) -> Result<crate::plan::Via, Failure> {
    let tool = call.tool.name();
    let refuse = |code, why: String, mut fix: Vec<Vec<u8>>| {
        fix.extend(install(call.tool));
        let message = format!("the only `{tool}` here is a Windows program, and {why}").into_bytes();
        Err(Failure { exit: Exit::CannotRun, code, message, fix })
    };
    if !host.kind().is_wsl() {
        return refuse(Code::GW207, "this is not WSL".to_owned(), Vec::new());
    }
    if call.tool == Tool::Gopls {
        return refuse(
            Code::GW206,
            "a gopls on Windows and an editor in WSL cannot name each other's files".to_owned(),
            Vec::new(),
        );
    }
    let pinned = matches!(call.named, Named::ByPath(_)) || config.pin(call.tool).is_some();
    let policy = if pinned && config.pe.value == PePolicy::Auto { PePolicy::Reroute } else { config.pe.value };
    if policy == PePolicy::Reject {
        let origin = match &config.pe.origin {
            Origin::Default => String::new(),
            origin => format!(" ({})", escape(&origin.describe())),
        };
        let allow =
            b"pe = \"auto\" in ~/.config/gowrap/config.toml lets Windows programs run where they can work".to_vec();
        return refuse(Code::GW201, format!("the policy for those is reject{origin}"), vec![allow]);
    }
    let folder = folder_of(call, host, toward_linux);
    if let Err(where_it_is) = on_a_drive(folder.as_deref(), host) {
        if policy == PePolicy::Auto {
            let why = format!(
                "it cannot lock go.mod in {where_it_is}, which Windows reaches over the network (golang/go#37461)"
            );
            let fix = b"work in a folder on a Windows drive, such as /mnt/c/src, or use Go for Linux:".to_vec();
            return refuse(Code::GW205, why, vec![fix]);
        }
        let text = format!("{} cannot lock go.mod in {where_it_is} (golang/go#37461)", escape(&windows.path));
        decisions.notes.push(Note::warn(Code::GW231, text));
    }
    if let (Tool::Go, Some(folder)) = (call.tool, &folder) {
        decisions.notes.extend(modules::judge(&call.argv_bytes(), folder, &decisions.environ, host)?);
    }
    let via = way::start(host, decisions)?;
    let text =
        [windows.path.as_slice(), b" writes paths in the form of Windows; `gowrap path` translates them"].concat();
    decisions.notes.push(Note::info(Code::GW235, text));
    Ok(via)
}

/// The folder that the call works in; none where the working directory does not exist.
fn folder_of(call: &Invocation, host: &dyn Host, toward_linux: &Translator) -> Option<Vec<u8>> {
    let cwd = host.cwd().ok()?;
    let argv = call.argv_bytes();
    // cmd/go changes to the directory of `-C` before it looks for go.mod.
    let chdir = if call.tool == Tool::Go { go::scan(&argv).chdir } else { None };
    Some(match chdir.and_then(|place| argv.get(place.index)?.get(place.bytes)) {
        None => cwd.to_vec(),
        Some(given) => {
            let given = match toward_linux.path(given) {
                Translated::Becomes(path) => path,
                Translated::Same | Translated::Stuck(_) => given.to_vec(),
            };
            if given.starts_with(b"/") { given } else { join(cwd, &given) }
        }
    })
}

/// Is that on a Windows drive? If not, where it is.
fn on_a_drive(folder: Option<&[u8]>, host: &dyn Host) -> Result<(), String> {
    let folder = folder.ok_or_else(|| "a working directory that does not exist".to_owned())?;
    let real = host.canonical(folder).unwrap_or_else(|_| folder.to_vec());
    if host.mounts().is_on_drive(&real) { Ok(()) } else { Err(escape(folder)) }
}

/// The refusal where nothing can run, or nothing is there.
fn nothing(call: &Invocation, config: &Config, candidates: &[Candidate]) -> Failure {
    let tool = call.tool.name();
    let missing = candidates.iter().all(|row| row.reason == Reason::Dangling && row.detail == b"does not exist");
    let exit = if missing { Exit::NotFound } else { Exit::CannotRun };
    if let Named::ByPath(path) = call.named {
        let message = [b"cannot run ", path].concat();
        let fix = format!("name another file, or just `gowrap {tool}` to look for it on PATH").into_bytes();
        return Failure { exit, code: if missing { Code::GW204 } else { Code::GW202 }, message, fix: vec![fix] };
    }
    if let Some(pin) = config.pin(call.tool) {
        let message = [format!("`{tool}` is pinned to ").as_bytes(), &pin.value, b", which cannot run"].concat();
        let fix = [format!("correct tools.{tool}.path in ").as_bytes(), &pin.origin.describe()].concat();
        return Failure { exit, code: Code::GW203, message, fix: vec![fix] };
    }
    if candidates.iter().any(|row| row.reason == Reason::LeadsBack) {
        let message = format!("every `{tool}` on PATH is a shim that leads back to gowrap").into_bytes();
        let fix =
            format!("install {tool} itself, or pin it: tools.{tool}.path in ~/.config/gowrap/config.toml").into_bytes();
        return Failure { exit: Exit::CannotRun, code: Code::GW212, message, fix: vec![fix] };
    }
    let (exit, code, message) = if candidates.iter().any(|row| row.reason.is_a_find()) {
        (Exit::CannotRun, Code::GW202, format!("no `{tool}` here can run"))
    } else {
        (Exit::NotFound, Code::GW204, format!("no `{tool}` found"))
    };
    let mut fix = permit(candidates);
    fix.extend(install(call.tool));
    Failure { exit, code, message: message.into_bytes(), fix }
}

/// What gives the right to execute back, where a mount's options took it.
fn permit(candidates: &[Candidate]) -> Vec<Vec<u8>> {
    let mut fix = Vec::new();
    if candidates.iter().any(|row| row.reason == Reason::NoexecMount) {
        fix.push(
            b"take noexec out of the mount's options: [automount] in /etc/wsl.conf for a drive, else /etc/fstab"
                .to_vec(),
        );
    }
    // On a drive without metadata the x bit is the mount's to give, so chmod changes nothing.
    if candidates.iter().any(|row| row.reason == Reason::NotExecutable && row.path.ends_with(b".exe")) {
        fix.push(
            b"a drive's fmask or umask took the x bit: change options under [automount] in /etc/wsl.conf, then `wsl.exe --shutdown`"
                .to_vec(),
        );
    }
    fix
}

/// How to get the tool, in words that hold for every distribution; `gowrap doctor` knows this one's.
fn install(tool: Tool) -> Vec<Vec<u8>> {
    let lines: &[&str] = match tool {
        Tool::Go | Tool::Gofmt => &[
            "install Go for Linux: `sudo apt install golang-go`, or unpack https://go.dev/dl into /usr/local/go",
            "`gowrap doctor` names the commands for this machine",
        ],
        Tool::Dlv | Tool::DlvDap => &["install Delve for Linux: `go install github.com/go-delve/delve/cmd/dlv@latest`"],
        Tool::Gopls => &["install gopls for Linux: `go install golang.org/x/tools/gopls@latest`"],
        Tool::WindowsAmd64Exec | Tool::Windows386Exec | Tool::WindowsArm64Exec => &[],
    };
    lines.iter().map(|line| line.as_bytes().to_vec()).collect()
}
