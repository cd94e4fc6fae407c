//! Checks of gowrap itself: `go` leads to it, and its own files are in order.

use crate::diagnosis;
use crate::diagnosis::{Code, Failure};
use crate::doctor::finding::{Finding, Level, shown, word};
use crate::doctor::shell_files;
use crate::doctor::subject::Subject;
use crate::host::{FileKind, Snapshot};
use crate::text::path::join;
use crate::tools::Tool;

/// The checks of the group `gowrap`. `refused` is why the configuration could not be read.
#[must_use]
pub fn check(subject: &Subject, refused: Option<&Failure>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(refused.map(|failure| {
        Finding::refusal(failure, "configuration").why("gowrap refuses every call until you correct it.")
    }));
    for note in &subject.config.notes {
        let level = if note.level == diagnosis::Level::Warn { Level::Fail } else { Level::Warn };
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
                "Variables that sudo, ssh or an editor's server removes are not restored. `gowrap env forget && \
                 gowrap env capture` in a login shell writes it again.",
            ),
        ),
        Snapshot::Present(_) | Snapshot::Absent => None,
    }
}

/// Checks that `go`, typed in a shell, leads to gowrap.
fn shims(subject: &Subject) -> Vec<Finding> {
    let path = subject.environ.get(b"PATH").unwrap_or_default();
    let entries = || path.split(|&byte| byte == b':').filter(|entry| entry.starts_with(b"/"));
    let Some(shims) = subject.shims() else {
        let title = "gowrap is not active: its shim folder is not on PATH";
        // Without WSL there is nothing to repair, so this is no problem.
        return vec![match subject.host.kind().is_wsl() {
            false => Finding::ok(Code::GW942, "PATH", title),
            true => Finding::warn(Code::GW940, "PATH", title).why("go bypasses gowrap, so nothing is fixed.").fix(
                match (subject.environ.get(b"HOME"), subject.home()) {
                    // Setup stops where HOME is another one.
                    (given, Some(home)) if given != Some(home) => {
                        format!("HOME={} gowrap setup    # then open a new terminal", word(home))
                    }
                    _ => "gowrap setup    # then open a new terminal".to_owned(),
                },
            ),
        }];
    };
    if !subject.host.kind().is_wsl() {
        return vec![Finding::ok(Code::GW942, shims, format!("gowrap is active, through {}", shown(shims)))];
    }
    let mut findings = Vec::new();
    for tool in [Tool::Go, Tool::Gofmt, Tool::Dlv, Tool::Gopls] {
        let before = entries().take_while(|entry| *entry != shims);
        // A look at a drive takes a millisecond, and what is there has another name.
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
                    .fix(shell_files::put_first(subject, &[shims])),
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
