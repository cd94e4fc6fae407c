//! Which `go`, `gofmt` and `gopls` run here and why those, and whether that Go is new enough.

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, shown, word};
use crate::doctor::go_settings::{Origin, setting};
use crate::doctor::subject::Subject;
use crate::doctor::version::Version;
use crate::doctor::{install, project};
use crate::host::binary::Format;
use crate::plan::{Reason, Source, Target, Via};
use crate::text::path::join;
use crate::text::path::{basename, dirname};
use crate::tools::Tool;

/// The first release whose `go` knows `-C`.
const KNOWS_C: Version = Version::new(1, 20);
/// The first release that fetches the toolchain that a module asks for.
const SWITCHES: Version = Version::new(1, 21);

/// The checks of the group `go`.
#[must_use]
pub fn check(subject: &Subject) -> Vec<Finding> {
    let mut findings = vec![go(subject)];
    findings.extend(gofmt(subject));
    findings.extend(gopls(subject));
    findings.extend(not_on_path(subject));
    if let Some(version) = native_version(subject) {
        findings.extend(too_old(subject, version));
        findings.extend(older_than_module(subject, version));
    }
    findings.extend(compiler(subject));
    findings
}

/// What a tool is, in words.
#[must_use]
pub fn described(target: &Target) -> String {
    let place = match target.source {
        Source::Pinned => "as pinned",
        Source::Path => "on PATH",
        Source::WellKnown => "in a well-known place, not on PATH",
    };
    format!("{}, {place}", shown(&target.path))
}

fn go(subject: &Subject) -> Finding {
    match &subject.go {
        Ok(plan) if plan.target.format == Format::Pe => on_windows("go", &plan.target),
        Ok(plan) => {
            let version =
                native_version(subject).map_or("version unknown".to_owned(), |version| format!("go{version}"));
            let title = format!("go is {} ({version})", described(&plan.target));
            Finding::ok(Code::GW240, plan.target.path.clone(), title)
        }
        Err(rejection) => {
            let mut finding = Finding::refusal(&rejection.failure, "PATH");
            let others = rejection.decisions.candidates.iter().filter(|row| row.reason.is_a_find());
            let others: Vec<String> =
                others.map(|row| format!("{} ({})", shown(&row.path), row.reason.word())).collect();
            finding.why = "Without a Go for Linux nothing builds here: `\"go\": executable file not found in $PATH`, \
                           `Failed to run \"go env\"` in VS Code."
                .to_owned();
            if !others.is_empty() {
                finding.why.push_str(&format!(" Passed over: {}.", others.join(", ")));
            }
            if !matches!(rejection.failure.code, Code::GW203 | Code::GW212) {
                finding.fix = install::go(subject);
                if rejection.decisions.candidates.iter().any(|row| row.reason == Reason::Pe) {
                    finding.fix.extend(
                        rejection.failure.fix.first().map(|fix| shown(fix)).filter(|fix| fix.contains("work in")),
                    );
                }
            }
            finding
        }
    }
}

fn on_windows(tool: &str, target: &Target) -> Finding {
    let way = if target.via == Via::Init { "through /init" } else { "through interop" };
    Finding::warn(
        Code::GW241,
        target.path.clone(),
        format!("{tool} is the Windows program {}, started {way}", shown(&target.path)),
    )
    .why("It builds for Windows, is slow to start, and fails wherever the folder is not on a Windows drive.")
    .fix("install Go for Linux, which then goes first")
}

fn gofmt(subject: &Subject) -> Option<Finding> {
    // Without go there is nothing to say about the tools that come with it.
    let go = subject.go.as_ref().ok()?;
    match &subject.gofmt {
        Ok(plan) => {
            Some(Finding::ok(Code::GW242, plan.target.path.clone(), format!("gofmt is {}", described(&plan.target))))
        }
        Err(_) if go.target.format == Format::Pe => None,
        Err(_) => Some(
            Finding::warn(Code::GW243, "PATH", "gofmt is not here, though go is")
                .why("Editors format with it, and `go fmt` starts it.")
                .fix(format!(
                    "look into {}, where it belongs",
                    word(dirname(&subject.host.canonical(&go.target.path).unwrap_or_default()))
                )),
        ),
    }
}

fn gopls(subject: &Subject) -> Option<Finding> {
    subject.go.as_ref().ok().filter(|plan| plan.target.format != Format::Pe)?;
    match &subject.gopls {
        Ok(plan) => {
            Some(Finding::ok(Code::GW242, plan.target.path.clone(), format!("gopls is {}", described(&plan.target))))
        }
        Err(rejection) => {
            let title = match rejection.failure.code {
                Code::GW206 => "the only gopls is a Windows program".to_owned(),
                _ => "gopls is not here".to_owned(),
            };
            Some(
                Finding::warn(Code::GW244, "PATH", title)
                    .why("Editors have no completion and no diagnostics without it.")
                    .fix("go install golang.org/x/tools/gopls@latest"),
            )
        }
    }
}

/// What gowrap finds in a well-known place, a program that looks through PATH does not.
fn not_on_path(subject: &Subject) -> Option<Finding> {
    let target = subject.target(Tool::Go).filter(|target| target.source == Source::WellKnown)?;
    let folder = dirname(&target.path);
    Some(
        Finding::warn(Code::GW245, "PATH", format!("go is installed in {}, which is not on PATH", shown(folder)))
            .why(
                "gowrap finds it; what does not go through gowrap fails: `Failed to run \"go env\" to find GOPATH as the \
                 \"go\" binary cannot be found in either GOROOT or PATH`. An editor's server often starts without the \
                 profile in which PATH is set.",
            )
            .fix(format!("echo 'export PATH=\"$PATH:{}\"' >> ~/.profile", shown(folder))),
    )
}

/// The version of the `go` that runs, from the file that every toolchain has; nothing is started.
#[must_use]
pub fn native_version(subject: &Subject) -> Option<Version> {
    let target = subject.target(Tool::Go).filter(|target| target.format == Format::Elf)?;
    let text = subject.host.read(&join(&root_of(subject, &target.path), b"VERSION"), 4096).ok()?;
    Version::parse(std::str::from_utf8(text.split(|&byte| byte == b'\n').next()?).ok()?)
}

/// The toolchain's own folder: `bin/go` is in it, behind whatever links lead there.
#[must_use]
pub fn root_of(subject: &Subject, go: &[u8]) -> Vec<u8> {
    let real = subject.host.canonical(go).unwrap_or_else(|_| go.to_vec());
    dirname(dirname(&real)).to_vec()
}

fn newest(subject: &Subject) -> Vec<String> {
    let command = install::newest(subject);
    vec![command.unwrap_or_else(|| "install a newer Go from https://go.dev/dl".to_owned())]
}

fn too_old(subject: &Subject, version: Version) -> Option<Finding> {
    if version.release() >= KNOWS_C {
        return None;
    }
    let path = subject.target(Tool::Go)?.path.clone();
    let mut finding = Finding::fail(Code::GW246, path, format!("go{version} does not know -C"))
        .why("Editors and build tools pass `-C DIR` first: `flag provided but not defined: -C`. Go 1.20 brought it.");
    finding.fix = newest(subject);
    Some(finding)
}

/// A module, or a workspace, that asks for a newer Go gets it from Go 1.21 on, unless GOTOOLCHAIN says otherwise.
fn older_than_module(subject: &Subject, version: Version) -> Option<Finding> {
    let module = subject.upward(b"go.mod").map(|folder| join(&folder, b"go.mod"));
    let files = [module, project::workspace(subject)].into_iter().flatten();
    let asking = files.filter_map(|path| Some((wanted(subject, &path)?, path)));
    let (wanted, path) = asking.max_by_key(|(wanted, _)| *wanted)?;
    let toolchain = setting(subject, b"GOTOOLCHAIN").filter(|set| stays(&set.value));
    let fetches = version.release() >= SWITCHES && toolchain.is_none();
    // A Go that knows toolchains holds the patch against it as well.
    let is_met = match version.release() >= SWITCHES {
        true => (wanted.release(), wanted.patch.unwrap_or(0)) <= (version.release(), version.patch.unwrap_or(0)),
        false => wanted.release() <= version.release(),
    };
    if is_met || fetches {
        return None;
    }
    let name = basename(&path);
    let asks = if name == b"go.mod" { "module" } else { "workspace" };
    let title = format!("the {asks} asks for go {wanted}, and go here is {version}");
    let mut finding = Finding::fail(Code::GW247, path.clone(), title);
    match toolchain.filter(|_| version.release() >= SWITCHES) {
        Some(set) => {
            let value = shown(&set.value);
            finding.why = format!(
                "GOTOOLCHAIN={value} forbids fetching a newer one: `{} requires go >= {wanted} (running go {version}; \
                 GOTOOLCHAIN={value})`.",
                shown(name)
            );
            finding.fix = match set.origin {
                Origin::Toolchain(_) => vec!["go env -w GOTOOLCHAIN=auto".to_owned()],
                _ => vec![set.undo(b"GOTOOLCHAIN")],
            };
            finding.fix.extend(newest(subject));
        }
        None => {
            finding.why =
                "It is too old to fetch a newer toolchain by itself, and stops at what it does not know.".to_owned();
            finding.fix = newest(subject);
        }
    }
    Some(finding)
}

/// `go 1.25.3` in `go.mod` or `go.work`.
fn wanted(subject: &Subject, path: &[u8]) -> Option<Version> {
    let text = subject.host.read(path, 1 << 20).ok()?;
    let text = String::from_utf8_lossy(&text).into_owned();
    text.lines().find_map(|line| match line.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["go", version, ..] => Version::parse(version),
        _ => None,
    })
}

/// Does this GOTOOLCHAIN keep go from fetching another one? `auto` and `NAME+auto` do not (https://go.dev/doc/toolchain).
fn stays(value: &[u8]) -> bool {
    value != b"auto" && !value.ends_with(b"+auto")
}

/// `CC` and `CXX` are looked up in PATH by go, which an editor's server may not have whole.
fn compiler(subject: &Subject) -> Option<Finding> {
    let (name, set, program) = [&b"CC"[..], b"CXX"].into_iter().find_map(|name| {
        let set = setting(subject, name).filter(|set| !matches!(set.origin, Origin::Toolchain(_)))?;
        let program = set.value.split(|&byte| byte == b' ').find(|word| !word.is_empty())?;
        let program = program.trim_ascii_end().to_vec();
        let is_there = match program.contains(&b'/') {
            // Against which folder a relative one is taken is go's affair.
            true => !program.starts_with(b"/") || subject.host.stat(&program).is_ok(),
            false => subject.is_on_path(&program),
        };
        (!is_there && !program.contains(&b'"') && !program.contains(&b'\'')).then_some((name, set, program))
    })?;
    let program_shown = shown(&program);
    let (title, message) = match program.contains(&b'/') {
        true => ("which is not there", "no such file or directory"),
        false => ("which is not on PATH", "executable file not found in $PATH"),
    };
    Some(
        Finding::fail(Code::GW248, name, format!("{} names {program_shown}, {title}", shown(name)))
            .why(format!(
                "cgo fails: `exec: \"{program_shown}\": {message}`, perhaps only in the editor, whose server did not read \
                 the profile that sets PATH.",
            ))
            .fix(set.undo(name))
            .fix("move the line that sets PATH to ~/.profile, and restart the editor's server"),
    )
}
