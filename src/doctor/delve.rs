//! Checks of Delve: the `dlv` that runs here, and its fit with this Go.

use crate::diagnosis::{Code, Exit};
use crate::doctor::elf;
use crate::doctor::finding::{Finding, Severity, shown, word};
use crate::doctor::install;
use crate::doctor::subject::Subject;
use crate::doctor::toolchain::{described, is_narrow, native_version};
use crate::doctor::version::{Fit, Version, fit, last_for, reads};
use crate::host::binary::Format;
use crate::host::script::{How, Started};
use crate::plan::Target;
use crate::tools::Tool;

/// Returns the command that installs a Delve for the installed Go. A newer Delve would refuse that Go, or its module
/// needs a Go that an old one cannot download.
fn install(subject: &Subject) -> String {
    let release = native_version(subject).and_then(last_for).unwrap_or("latest");
    install::built(subject, &format!("github.com/go-delve/delve/cmd/dlv@{release}"), Tool::Dlv)
}

/// The checks of the group `dlv`.
#[must_use]
pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    match &subject.dlv {
        Ok(plan) if plan.target.format == Format::Pe => vec![on_windows(subject, &plan.target)],
        Ok(plan) => native(subject, &plan.target),
        Err(rejection) => vec![missing(subject, rejection.failure.exit)],
    }
}

fn missing(subject: &Subject, exit: Exit) -> Finding {
    match exit {
        Exit::NotFound => {
            // A container that only builds needs no dlv.
            let level = if subject.has_editor() { Severity::Warn } else { Severity::Ok };
            Finding::new(level, Code::GW251, "PATH", "dlv is missing")
                .why("Without it no program can be debugged.")
                .fix(install(subject))
        }
        _ => {
            let finding = Finding::fail(Code::GW252, "PATH", "the installed dlv cannot run")
                .why("`gowrap --explain dlv version` lists each file, and the reason why it cannot run.");
            // Only a Go for Linux builds a dlv that runs here.
            let can_build = subject.target(Tool::Go).is_some_and(|target| target.format != Format::Pe);
            if can_build { finding.fix(install(subject)) } else { finding }
        }
    }
}

fn on_windows(subject: &Subject, target: &Target) -> Finding {
    Finding::warn(Code::GW241, target.path.clone(), format!("dlv is the Windows program {}", shown(&target.path)))
        .why("It debugs Windows programs only, and cannot clean up when it is stopped.")
        .fix(install(subject))
}

fn native(subject: &Subject, target: &Target) -> Vec<Finding> {
    let real = subject.host.canonical(&target.path).unwrap_or_else(|_| target.path.clone());
    let build = elf::build_info(subject.host, &real);
    let delve = build.as_ref().and_then(|build| Version::parse(&build.version));
    // A dlv of Debian or of a checkout has no module version.
    let delve = delve.or_else(|| elf::package_version(subject.host, &real));
    let built_with = build.as_ref().and_then(|build| Version::parse(&build.go));
    let known = match (delve, built_with) {
        (Some(delve), _) => format!("v{delve}"),
        (None, Some(built)) => format!("version unknown, built with go{built}"),
        (None, None) => "version unknown".to_owned(),
    };
    let mut findings =
        vec![Finding::ok(Code::GW250, target.path.clone(), format!("dlv is {} ({known})", described(target)))];
    findings.extend(wrapper(subject, target));
    findings.extend(narrow(subject, target));
    match (delve, built_with, native_version(subject)) {
        (Some(delve), _, Some(go)) => findings.extend(fitting(subject, target, delve, built_with, go)),
        (None, Some(built), Some(go)) => findings.extend(unknown(subject, target, built, go)),
        _ => {}
    }
    findings
}

/// Checks a script around dlv: an editor waits for dlv's first line on descriptor 3 or standard output.
fn wrapper(subject: &Subject, target: &Target) -> Option<Finding> {
    if target.format != Format::Script
        || subject.host.binary(&target.path).is_ok_and(|binary| ends_in_exec(&binary.starts))
    {
        return None;
    }
    Some(
        Finding::warn(Code::GW253, target.path.clone(), format!("{} is a script around dlv", shown(&target.path)))
            .why(
                "VS Code waits for dlv's own first line. If the script prints something first, closes descriptor 3 \
                 or does not exec dlv, VS Code says `timed out while waiting for DAP server to start` or `couldn't \
                 start dlv dap: connection timeout`.",
            )
            .fix(format!(
                "{0}mv {1} {1}.old && {2}",
                subject.sudo_for(&target.path),
                word(&target.path),
                install(subject)
            )),
    )
}

/// Returns true if a script prints nothing of its own and ends in the program that it starts, as version managers'
/// shims do.
fn ends_in_exec(starts: &[Started]) -> bool {
    let mut commands = starts.iter().filter(|started| started.how != How::ForOutput);
    let last = commands.clone().next_back();
    !commands.any(|started| matches!(started.word.as_slice(), b"echo" | b"printf"))
        && last.is_some_and(|last| last.how == How::InPlace)
}

/// Finds a 32-bit Delve, which cannot debug 64-bit programs.
fn narrow(subject: &Subject, target: &Target) -> Option<Finding> {
    let machine = target.machine.filter(|machine| is_narrow(subject.host.machine(), *machine))?;
    let title = format!("{} is a 32-bit program ({})", shown(&target.path), machine.name());
    Some(
        Finding::fail(Code::GW256, target.path.clone(), title)
            .why("It cannot debug a 64-bit program: `could not launch process: unsupported architecture`.")
            .fix(install(subject)),
    )
}

fn fitting(
    subject: &Subject,
    target: &Target,
    delve: Version,
    built_with: Option<Version>,
    go: Version,
) -> Option<Finding> {
    let path = target.path.clone();
    match fit(delve, built_with, go) {
        Fit::Good => None,
        Fit::DelveTooOld(highest) => Some(
            Finding::fail(Code::GW254, path, format!("dlv {delve} is too old for go{go}"))
                .why(format!(
                    "It supports Go up to {highest}: `Version of Delve is too old for Go version go{go} (maximum \
                     supported version {highest}, suppress this error with --check-go-version=false)`; older \
                     releases of dlv say `for this version of Go`."
                ))
                .fix(install(subject)),
        ),
        Fit::DelveBuiltTooOld => Some(built_too_old(subject, path, go)),
        Fit::GoTooOld(lowest) => Some(
            Finding::fail(Code::GW255, path, format!("dlv {delve} is too new for go{go}"))
                .why(format!(
                    "It supports Go from {lowest} on: `Go version go{go} is too old for this version of Delve (minimum \
                     supported version {lowest}, suppress this error with --check-go-version=false)`."
                ))
                .fix(install(subject)),
        ),
    }
}

fn built_too_old(subject: &Subject, path: Vec<u8>, go: Version) -> Finding {
    Finding::fail(Code::GW254, path, format!("dlv was built with a Go that is older than go{go}"))
        .why("`To debug executables using DWARFv5 or later Delve must be built with Go version 1.25.0 or later`.")
        .fix(install(subject))
}

/// Checks a Delve of unknown version by the Go that built it, which was about the newest Go of its time.
fn unknown(subject: &Subject, target: &Target, built: Version, go: Version) -> Option<Finding> {
    if !reads(built, go) {
        return Some(built_too_old(subject, target.path.clone(), go));
    }
    (built.release() < go.release()).then(|| {
        Finding::warn(
            Code::GW254,
            target.path.clone(),
            format!("dlv of unknown version was built with go{built}, older than go{go}"),
        )
        .why("Delve does not support a Go that is newer than itself: `Version of Delve is too old for Go version …`.")
        .fix(install(subject))
    })
}
