//! Which of the found files runs, or the refusal that says why none does.

use crate::config::{Config, PePolicy};
use crate::host::{Host, Kind};
use crate::invocation::{Invocation, Named};
use crate::plan::{Candidate, Decisions, Exit, Failure, Reason, Target};
use crate::tool::Tool;

/// A native tool always wins. A Windows binary runs where the policy and the machine let it; else the call is refused.
///
/// # Errors
/// The refusal.
pub fn choose(
    call: &Invocation,
    config: &Config,
    host: &dyn Host,
    native: Option<Target>,
    windows: Vec<(Target, Candidate)>,
    decisions: &mut Decisions,
) -> Result<Target, Failure> {
    if let Some(native) = native {
        return Ok(native);
    }
    match windows.first() {
        Some((target, _)) => Err(windows_only(call, config, host, target)),
        None => Err(nothing(call, config, &decisions.candidates)),
    }
}

/// The refusal where Windows binaries are all there is.
fn windows_only(call: &Invocation, config: &Config, host: &dyn Host, _target: &Target) -> Failure {
    let tool = call.tool.name();
    let message = if host.kind() == Kind::Linux {
        format!("`{tool}` is only there as a Windows program, and this is not WSL")
    } else if config.pe.value == PePolicy::Reject {
        let origin = config.pe.origin.describe().escape_ascii().to_string();
        format!("`{tool}` is only there as a Windows program, and the policy is reject ({origin})")
    } else {
        format!("`{tool}` is only there as a Windows program")
    };
    Failure { exit: Exit::CannotRun, code: "GW201", message: message.into_bytes(), fix: install(call.tool) }
}

/// The refusal where nothing can run, or nothing is there.
fn nothing(call: &Invocation, config: &Config, candidates: &[Candidate]) -> Failure {
    let tool = call.tool.name();
    if let Named::ByPath(path) = call.named {
        let missing = candidates.iter().all(|row| row.reason == Reason::Dangling);
        return Failure {
            exit: if missing { Exit::NotFound } else { Exit::CannotRun },
            code: if missing { "GW204" } else { "GW202" },
            message: [b"cannot run ", path].concat(),
            fix: vec![format!("name another file, or just `gowrap {tool}` to look for it on PATH").into_bytes()],
        };
    }
    if let Some(pin) = config.pin(call.tool) {
        let missing = candidates.iter().all(|row| row.reason == Reason::Dangling);
        let origin = pin.origin.describe();
        return Failure {
            exit: if missing { Exit::NotFound } else { Exit::CannotRun },
            code: "GW203",
            message: [format!("`{tool}` is pinned to ").as_bytes(), &pin.value, b", which cannot run"].concat(),
            fix: vec![[format!("correct tools.{tool}.path in ").as_bytes(), &origin].concat()],
        };
    }
    if candidates.iter().any(|row| row.reason == Reason::LeadsBack) {
        return Failure {
            exit: Exit::CannotRun,
            code: "GW212",
            message: format!("every `{tool}` on PATH is a shim that leads back to gowrap").into_bytes(),
            fix: vec![
                format!("install {tool} itself, or pin it: tools.{tool}.path in ~/.config/gowrap/config.toml")
                    .into_bytes(),
            ],
        };
    }
    let found = candidates.iter().any(|row| row.reason.is_a_find());
    Failure {
        exit: if found { Exit::CannotRun } else { Exit::NotFound },
        code: if found { "GW202" } else { "GW204" },
        message: if found {
            format!("no `{tool}` here can run").into_bytes()
        } else {
            format!("no `{tool}` found").into_bytes()
        },
        fix: install(call.tool),
    }
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
        Tool::WindowsAmd64Exec | Tool::Windows386Exec | Tool::WindowsArm64Exec => &[
            "this helper is started by `go run` and `go test` with GOOS=windows; it takes a program and its arguments",
        ],
    };
    lines.iter().map(|line| line.as_bytes().to_vec()).collect()
}
