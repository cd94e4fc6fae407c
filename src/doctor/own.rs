//! Gowrap itself: whether it is what `go` leads to, and whether its own files are in order.

use crate::diagnosis;
use crate::diagnosis::{Code, Failure};
use crate::doctor::finding::{Finding, Level, shown, word};
use crate::doctor::subject::Subject;
use crate::host::{FileKind, Snapshot};
use crate::text::path::join;
use crate::tools::Tool;

/// The checks of the group `gowrap`. `refused` is why the configuration could not be read.
#[must_use]
pub fn check(subject: &Subject, refused: Option<&Failure>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(
        refused.map(|failure| {
            Finding::refusal(failure, "configuration").why("Every call is refused until it is corrected.")
        }),
    );
    for note in &subject.config.notes {
        let level = if note.level == diagnosis::Level::Warn { Level::Fail } else { Level::Warn };
        findings.push(
            Finding::new(level, note.code, "configuration", shown(&note.text))
                .why("Under a tool's name it is passed over: what it was meant to do is not done.")
                .fix("correct or remove it"),
        );
    }
    findings.extend(snapshot(subject));
    findings.extend(links(subject));
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
            .why("What sudo, ssh or an editor's server strips from the environment does not come back.")
            .fix("gowrap env forget && gowrap env capture"),
        ),
        Snapshot::Present(_) | Snapshot::Absent => None,
    }
}

/// Does `go`, typed in a shell, lead to gowrap?
fn links(subject: &Subject) -> Vec<Finding> {
    if !subject.host.kind().is_wsl() {
        return Vec::new();
    }
    let path = subject.environ.get(b"PATH").unwrap_or_default();
    let entries = || path.split(|&byte| byte == b':').filter(|entry| entry.starts_with(b"/"));
    let is_own = |file: &[u8]| match (subject.host.stat(file), subject.host.own_id()) {
        (Ok(stat), Some(own)) => stat.id == own,
        _ => false,
    };
    let leads =
        |entry: &[u8], tool: Tool| subject.host.is_shim_folder(entry) || is_own(&join(entry, tool.name().as_bytes()));
    let Some(shims) = entries().find(|entry| leads(entry, Tool::Go)) else {
        return vec![
            Finding::warn(Code::GW940, "PATH", "no folder on PATH has gowrap's links: go does not lead to gowrap")
                .why("Nothing is repaired unless gowrap is called by name.")
                .fix("gowrap setup    # then open a new terminal"),
        ];
    };
    let mut findings = Vec::new();
    for tool in [Tool::Go, Tool::Gofmt, Tool::Dlv, Tool::Gopls] {
        let before = entries().take_while(|entry| *entry != shims);
        // A look at a drive takes a millisecond, and what is there has another name.
        let linux = before.filter(|entry| !subject.host.mounts().is_on_drive(entry));
        let files = linux.map(|entry| join(entry, tool.name().as_bytes()));
        let found = files.into_iter().find(|file| {
            let regular = subject.host.stat(file).is_ok_and(|stat| stat.kind == FileKind::Regular);
            regular && !is_own(file) && subject.host.may_execute(file).is_ok()
        });
        if let Some(file) = found {
            findings.push(
                Finding::warn(
                    Code::GW941,
                    file.clone(),
                    format!("{} stands on PATH before gowrap's links", shown(&file)),
                )
                .why(format!("`{}` runs it, and nothing is repaired.", tool.name()))
                .fix(format!(
                    "export PATH={}:\"$PATH\"    # as the last line of ~/.profile and ~/.bashrc",
                    word(shims)
                )),
            );
        }
    }
    if findings.is_empty() {
        findings.push(Finding::ok(Code::GW942, shims, format!("go leads to gowrap, through {}", shown(shims))));
    }
    findings
}
