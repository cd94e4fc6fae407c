//! Which `dlv` runs here, and whether it goes with the Go that is here.

use crate::diagnosis::Code;
use crate::doctor::elf;
use crate::doctor::finding::{Finding, shown};
use crate::doctor::golang::{described, native_version};
use crate::doctor::subject::Subject;
use crate::doctor::version::{Fit, Version, fit, last_for};
use crate::host::binary::Format;
use crate::plan::Target;

/// The command that installs a Delve that goes with the Go that is here. The newest one's module asks for a Go that an old
/// one cannot fetch.
fn install(go: Option<Version>) -> String {
    let release = go.and_then(last_for).unwrap_or("latest");
    format!("go install github.com/go-delve/delve/cmd/dlv@{release}")
}

/// The checks of the group `dlv`.
#[must_use]
pub fn check(subject: &Subject) -> Vec<Finding> {
    match &subject.dlv {
        Ok(plan) if plan.target.format == Format::Pe => vec![on_windows(&plan.target, native_version(subject))],
        Ok(plan) => native(subject, &plan.target),
        Err(rejection) => vec![missing(rejection.failure.code, native_version(subject))],
    }
}

fn missing(code: Code, go: Option<Version>) -> Finding {
    match code {
        Code::GW204 => Finding::warn(Code::GW251, "PATH", "dlv is not here")
            .why("Nothing can be debugged without it.")
            .fix(install(go)),
        _ => Finding::fail(Code::GW252, "PATH", "the dlv that is here cannot run")
            .why("`gowrap --explain dlv version` lists what was found and why it lost.")
            .fix(install(go)),
    }
}

fn on_windows(target: &Target, go: Option<Version>) -> Finding {
    Finding::warn(Code::GW241, target.path.clone(), format!("dlv is the Windows program {}", shown(&target.path)))
        .why("It debugs Windows programs only, and is not left time to clean up when it is stopped.")
        .fix(install(go))
}

fn native(subject: &Subject, target: &Target) -> Vec<Finding> {
    let build = elf::build_info(subject.host, &subject.host.canonical(&target.path).unwrap_or_default());
    let delve = build.as_ref().and_then(|build| Version::parse(&build.version));
    let built_with = build.as_ref().and_then(|build| Version::parse(&build.go));
    let known = delve.map_or("version unknown".to_owned(), |version| format!("v{version}"));
    let mut findings =
        vec![Finding::ok(Code::GW250, target.path.clone(), format!("dlv is {} ({known})", described(target)))];
    findings.extend(wrapper(target, native_version(subject)));
    if let (Some(delve), Some(go)) = (delve, native_version(subject)) {
        findings.extend(fitting(target, delve, built_with, go));
    }
    findings
}

/// An editor waits for dlv's first line on descriptor 3 or standard output, and for nothing before it.
fn wrapper(target: &Target, go: Option<Version>) -> Option<Finding> {
    if target.format != Format::Script {
        return None;
    }
    Some(
        Finding::warn(Code::GW253, target.path.clone(), format!("{} is a script around dlv", shown(&target.path)))
            .why(
                "VS Code waits for dlv's own first line: a script that prints something, closes descriptor 3 or does not \
                 exec dlv ends in `timed out while waiting for DAP server to start` or `couldn't start dlv dap: \
                 connection timeout`.",
            )
            .fix("let it end in `exec dlv \"$@\"` and print nothing")
            .fix(install(go)),
    )
}

fn fitting(target: &Target, delve: Version, built_with: Option<Version>, go: Version) -> Option<Finding> {
    let path = target.path.clone();
    match fit(delve, built_with, go) {
        Fit::Good => None,
        Fit::DelveTooOld(highest) => Some(
            Finding::fail(Code::GW254, path, format!("dlv {delve} is too old for go{go}"))
                .why(format!(
                    "It takes Go up to {highest}: `Version of Delve is too old for Go version go{go} (maximum supported \
                     version {highest}, suppress this error with --check-go-version=false)`; older ones say `for this \
                     version of Go`."
                ))
                .fix(install(Some(go))),
        ),
        Fit::DelveBuiltTooOld => Some(
            Finding::fail(Code::GW254, path, format!("dlv was built with a Go that is older than go{go}"))
                .why("`To debug executables using DWARFv5 or later Delve must be built with Go version 1.25.0 or later`.")
                .fix(install(Some(go))),
        ),
        Fit::GoTooOld(lowest) => Some(
            Finding::warn(Code::GW255, path, format!("go{go} is too old for dlv {delve}"))
                .why(format!(
                    "It takes Go from {lowest} on: `Go version go{go} is too old for this version of Delve (minimum \
                     supported version {lowest}, suppress this error with --check-go-version=false)`."
                ))
                .fix("install a newer Go: https://go.dev/dl")
                .fix(install(Some(go))),
        ),
    }
}
