//! Checks of gowrap itself: `go` starts it, and its own files are correct.

use crate::diagnosis;
use crate::diagnosis::{Code, Failure};
use crate::doctor::finding::{Finding, Severity, shown, word};
use crate::doctor::shell_files;
use crate::doctor::subject::Subject;
use crate::host::binary::{Maker, Release};
use crate::host::{FileKind, GOWRAP, SHIM, Snapshot};
use crate::setup::places::{Places, ShimOrigin};
use crate::setup::{Change, shells};
use crate::text::errno::Errno;
use crate::text::path::{basename, join};
use crate::tools::Tool;

/// The checks of the group `gowrap`. `refused` is why the configuration could not be read.
#[must_use]
pub(super) fn check(subject: &Subject, refused: Option<&Failure>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(refused.map(|failure| {
        Finding::refusal(failure, "configuration").why("gowrap refuses every call until you correct it.")
    }));
    for note in &subject.config.notes {
        let level = if note.level == diagnosis::Level::Warn { Severity::Fail } else { Severity::Warn };
        findings.push(
            Finding::new(level, note.code, "configuration", shown(&note.text))
                .why("gowrap ignores this setting: it has no effect."),
        );
    }
    findings.extend(snapshot(subject));
    findings.extend(shims(subject));
    findings
}

fn snapshot(subject: &Subject) -> Option<Finding> {
    match subject.host.snapshot() {
        Snapshot::Refused(why) => Some(
            Finding::fail(
                Code::GW422,
                "~/.local/state/gowrap/session",
                format!("the snapshot is not used: {}", shown(&why)),
            )
            .why(
                "Variables that sudo, ssh or an editor's server removes are not restored. To write the snapshot \
                again, type `gowrap env forget && gowrap env capture` in a login shell.",
            ),
        ),
        Snapshot::Present(_) | Snapshot::Absent => None,
    }
}

/// Checks that `go`, typed in a shell, starts gowrap.
fn shims(subject: &Subject) -> Vec<Finding> {
    let path = subject.environ.get(b"PATH").unwrap_or_default();
    let entries = || path.split(|&byte| byte == b':').filter(|entry| entry.starts_with(b"/"));
    let Some(shims) = subject.shims() else {
        let title = "gowrap is not active: its shim folder is not on PATH";
        // Outside WSL gowrap fixes nothing, so this is no problem.
        return vec![match subject.host.kind().is_wsl() {
            false => Finding::ok(Code::GW942, "PATH", "gowrap is not active: outside WSL it is not needed"),
            true if subject.is_below_sudo() => Finding::warn(Code::GW940, "PATH", "gowrap is not active for sudo")
                .why(
                    "sudo sets its own PATH (secure_path, see sudoers(5)), and reads no file of a shell. On Debian \
                    and Ubuntu, /usr/local/bin is on this PATH. The command puts the shims there.",
                )
                .fix(format!("{} setup --system", own_path(subject))),
            true => Finding::warn(Code::GW940, "PATH", title).why("go bypasses gowrap, so nothing is fixed.").fix(
                match (subject.environ.get(b"HOME"), subject.home()) {
                    // Setup stops if HOME is not the user's home.
                    (given, Some(home)) if given != Some(home) => {
                        format!("HOME={} gowrap setup    # then open a new terminal", word(home))
                    }
                    _ => "gowrap setup    # then open a new terminal".to_owned(),
                },
            ),
        }];
    };
    if !subject.host.kind().is_wsl() {
        let wrong_shims = wrong_shims(subject, shims);
        let active = || vec![Finding::ok(Code::GW942, shims, format!("gowrap is active, through {}", shown(shims)))];
        return if wrong_shims.is_empty() { active() } else { wrong_shims };
    }
    let mut findings = wrong_shims(subject, shims);
    for tool in [Tool::Go, Tool::Gofmt, Tool::Dlv, Tool::Gopls] {
        let before = entries().take_while(|entry| *entry != shims);
        // An access to a drive takes a millisecond, and files there have other names.
        let linux = before.filter(|entry| !subject.host.mounts().is_on_drive(entry));
        let files = linux.map(|entry| join(entry, tool.name().as_bytes()));
        let found = files.into_iter().find(|file| {
            let regular = subject.host.stat(file).is_ok_and(|stat| stat.kind == FileKind::Regular);
            regular && !subject.is_gowrap(file) && subject.host.may_execute(file).is_ok()
        });
        if let Some(file) = found {
            findings.push(
                Finding::warn(Code::GW941, file.clone(), format!("{} is on PATH before gowrap's shim", shown(&file)))
                    .why(format!("`{}` runs it and bypasses gowrap, so nothing is fixed.", tool.name()))
                    .fix(put_first(subject, shims)),
            );
        }
    }
    if findings.is_empty() {
        findings.push(Finding::ok(
            Code::GW942,
            shims,
            format!("gowrap is active: go starts it, through {}", shown(shims)),
        ));
    }
    findings
}

/// Returns the command that puts the shims first. This is setup, if a start file has no line of gowrap or has commands
/// after it. Otherwise another program changes PATH, and the command adds a line at the end.
fn put_first(subject: &Subject, shims: &[u8]) -> String {
    let is_edit = |change: &Change| matches!(change, Change::Edit { .. });
    let lacks_a_line = Places::find(subject.environ, subject.host).is_ok_and(|places| {
        places.shims == shims
            && shells::plan(&places, subject.host).is_ok_and(|changes| changes.list.iter().any(is_edit))
    });
    match lacks_a_line {
        true => "gowrap setup    # then open a new terminal".to_owned(),
        false => shell_files::put_first(subject, &[shims]),
    }
}

/// The path of this gowrap as a word of a command.
fn own_path(subject: &Subject) -> String {
    subject.host.own_path().map_or_else(|| "gowrap".to_owned(), |path| word(&path))
}

/// The reason why a shim does not lead to this gowrap.
enum WrongShim {
    /// There is no such shim.
    Missing,
    /// The target does not exist.
    Dangling(Vec<u8>),
    /// It leads to another version of gowrap.
    OtherVersion(Vec<u8>),
}

/// Finds shims that do not lead to this gowrap, or to the gowrap-shim of its version.
fn wrong_shims(subject: &Subject, shims: &[u8]) -> Vec<Finding> {
    let wrong: Vec<(Tool, WrongShim)> =
        Tool::ALL.into_iter().filter_map(|tool| Some((tool, wrong_shim(subject, shims, tool)?))).collect();
    let Some((_, first)) = wrong.first() else { return Vec::new() };
    let names: Vec<&str> = wrong.iter().map(|(tool, _)| tool.name()).collect();
    let (names, verb) = match names.as_slice() {
        [name] => (format!("gowrap's shim {name}"), "leads"),
        names if names.len() == Tool::ALL.len() => ("gowrap's shims".to_owned(), "lead"),
        names => (format!("gowrap's shims {}", names.join(", ")), "lead"),
    };
    let (title, why) = match first {
        WrongShim::Missing => (
            format!("{} has none of gowrap's shims for go", shown(shims)),
            "`go` then bypasses gowrap, or is not found.",
        ),
        WrongShim::Dangling(target) => (
            format!("{names} {verb} to {}, which does not exist", shown(target)),
            "If you type such a name, the shell searches the next entries of PATH. It finds a tool that bypasses \
            gowrap, or none.",
        ),
        WrongShim::OtherVersion(target) => (
            format!("{names} {verb} to {}, which is of another version than this gowrap", shown(target)),
            "Your calls follow the rules of that version, but doctor and `gowrap --explain` follow the rules of this \
            one. A call that is refused ends with `is of another version`.",
        ),
    };
    let finding = Finding::warn(Code::GW944, shims, title);
    // Setup makes only its own shims again.
    vec![match Places::find(subject.environ, subject.host) {
        Ok(places) if places.links == ShimOrigin::Ours && places.shims == shims => {
            finding.why(why).fix(format!("{} setup", word(&places.own)))
        }
        _ => finding.why(format!(
            "{why} A package or install.sh made these shims: install gowrap again in the same \
        way."
        )),
    }]
}

fn wrong_shim(subject: &Subject, shims: &[u8], tool: Tool) -> Option<WrongShim> {
    let shim = join(shims, tool.name().as_bytes());
    let Ok(target) = subject.host.read_link(&shim) else {
        // Other folders have only the shims that the user put there.
        let is_missing = tool == Tool::Go && subject.host.is_shim_folder(shims) && subject.host.lstat(&shim).is_err();
        return is_missing.then_some(WrongShim::Missing);
    };
    let target = if target.starts_with(b"/") { target } else { join(shims, &target) };
    match subject.host.binary(&shim).map(|binary| binary.maker) {
        Err(Errno::ENOENT) if [GOWRAP, SHIM].contains(&basename(&target)) => Some(WrongShim::Dangling(target)),
        Ok(Maker::Gowrap(Release::Other)) => Some(WrongShim::OtherVersion(target)),
        _ => None,
    }
}
