//! Checks of Go: the `go`, `gofmt` and `gopls` that run here, and the age of that Go.

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, Fix, Severity, shown, word};
use crate::doctor::go_settings::{GoSetting, GoSettingOrigin, setting};
use crate::doctor::subject::Subject;
use crate::doctor::toolchain::{described, is_narrow, native_version, version_of};
use crate::doctor::version::{Version, last_gopls_built_by, last_gopls_for};
use crate::doctor::{elf, install, path, project};
use crate::host::binary::Format;
use crate::host::script::Started;
use crate::plan::{CandidateSource, Target, Via};
use crate::text::path::join;
use crate::text::path::{basename, dirname};
use crate::tools::Tool;

/// First release whose `go` supports `-C`.
const KNOWS_C: Version = Version::new(1, 20);
/// First release that downloads the toolchain that a module needs.
const SWITCHES: Version = Version::new(1, 21);

/// The checks of the group `go`.
#[must_use]
pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    let mut findings = vec![go(subject)];
    findings.extend(gofmt(subject));
    findings.extend(gopls(subject));
    findings.extend(not_on_path(subject));
    findings.extend(ways_to_windows(subject));
    findings.extend(carriage_return(subject));
    findings.extend(narrow(subject));
    if let Some(version) = native_version(subject) {
        findings.extend(too_old(subject, version));
        findings.extend(older_than_module(subject, version));
    }
    findings
}

fn go(subject: &Subject) -> Finding {
    match &subject.go {
        Ok(plan) if plan.target.format == Format::Pe => on_windows(subject, &plan.target),
        Ok(plan) => {
            let version =
                native_version(subject).map_or("version unknown".to_owned(), |version| format!("go{version}"));
            let title = format!("go is {} ({version})", described(&plan.target));
            Finding::ok(Code::GW240, plan.target.path.clone(), title)
        }
        Err(rejection) => {
            let mut finding = Finding::refusal(&rejection.failure, "PATH");
            let others = rejection.decisions.candidates.iter().filter(|row| row.reason.is_existing_file());
            let others: Vec<String> =
                others.map(|row| format!("{} ({})", shown(&row.path), row.reason.word())).collect();
            finding.why = "Without a Linux go nothing builds here: `\"go\": executable file not found in $PATH`, \
                           `Failed to run \"go env\"` in VS Code."
                .to_owned();
            if !others.is_empty() {
                finding.why.push_str(&format!(" Passed over: {}.", others.join(", ")));
            }
            if !matches!(rejection.failure.code, Code::GW203 | Code::GW212) {
                finding.fix = fixes(install::go(subject));
            }
            finding
        }
    }
}

fn on_windows(subject: &Subject, target: &Target) -> Finding {
    let way = if target.via == Via::Init { "through /init" } else { "through interop" };
    let title = format!("go is the Windows program {}, started {way}", shown(&target.path));
    let mut finding = Finding::warn(Code::GW241, target.path.clone(), title).why(
        "It builds for Windows, is slow to start, and fails wherever the folder is not on a Windows drive. gowrap \
         prefers a Linux go.",
    );
    finding.fix = fixes(install::go(subject));
    finding
}

fn gofmt(subject: &Subject) -> Option<Finding> {
    // If go is missing, the tools of the toolchain are not checked.
    let go = subject.go.as_ref().ok()?;
    match &subject.gofmt {
        Ok(plan) => {
            Some(Finding::ok(Code::GW242, plan.target.path.clone(), format!("gofmt is {}", described(&plan.target))))
        }
        Err(_) if go.target.format == Format::Pe || starts_windows_program(subject, &go.target.path) => None,
        Err(_) => Some(
            Finding::warn(Code::GW243, "PATH", "gofmt is missing, although go is installed")
                .why("Editors and `go fmt` start it.")
                // Every toolchain has the sources of gofmt.
                .fix("mkdir -p ~/go/bin && go build -o ~/go/bin/gofmt cmd/gofmt"),
        ),
    }
}

fn gopls(subject: &Subject) -> Option<Finding> {
    subject.go.as_ref().ok().filter(|plan| plan.target.format != Format::Pe)?;
    match &subject.gopls {
        Ok(plan) => Some(match gopls_too_old(subject, &plan.target) {
            Some(finding) => finding,
            None => Finding::ok(Code::GW242, plan.target.path.clone(), format!("gopls is {}", described(&plan.target))),
        }),
        Err(rejection) => {
            let title = match rejection.failure.code {
                Code::GW206 => "the only gopls is a Windows program".to_owned(),
                _ => "gopls is missing".to_owned(),
            };
            // A container that only builds needs no gopls.
            let level = if subject.has_editor() { Severity::Warn } else { Severity::Ok };
            Some(
                Finding::new(level, Code::GW244, "PATH", title)
                    .why("Editors have no completion and no diagnostics without it.")
                    .fix(install_gopls(subject)),
            )
        }
    }
}

/// The command that installs a gopls that this Go can build.
fn install_gopls(subject: &Subject) -> String {
    let release = native_version(subject).and_then(|go| match pinned_toolchain(subject) {
        Some(_) => last_gopls_built_by(go),
        None => last_gopls_for(go),
    });
    install::built(subject, &format!("golang.org/x/tools/gopls@{}", release.unwrap_or("latest")), Tool::Gopls)
}

/// Finds an old gopls: it reads sources with the packages of the Go that built it.
fn gopls_too_old(subject: &Subject, target: &Target) -> Option<Finding> {
    let real = subject.host.canonical(&target.path).ok()?;
    let built = Version::parse(&elf::build_info(subject.host, &real)?.go)?;
    let go = native_version(subject)?;
    (built.release() < go.release()).then(|| {
        Finding::warn(Code::GW257, target.path.clone(), format!("gopls was built with go{built}, older than go{go}"))
            .why(format!(
                "It cannot read the syntax of newer releases: `This application uses version go{} of the \
                 source-processing packages but runs version go{} of 'go list'`.",
                built.release(),
                go.release()
            ))
            .fix(install_gopls(subject))
    })
}

/// Finds scripts that are first on PATH and start a Windows program.
fn ways_to_windows(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    for tool in [Tool::Go, Tool::Gofmt, Tool::Dlv] {
        let outcome = subject.outcome(tool);
        let target = outcome.as_ref().ok().map(|plan| plan.target.path.clone());
        let candidates = match outcome {
            Ok(plan) => &plan.decisions.candidates,
            Err(rejection) => &rejection.decisions.candidates,
        };
        let mut files: Vec<Vec<u8>> = target.into_iter().chain(candidates.iter().map(|row| row.path.clone())).collect();
        files.extend(subject.on_path(tool));
        files.dedup();
        let Some(file) = files.into_iter().find(|file| starts_windows_program(subject, file)) else { continue };
        let name = tool.name();
        let what = match subject.is_on_drive(&file) {
            true => "is a script on a Windows drive, which starts Windows tools".to_owned(),
            false => format!("is a script that starts the Windows program {name}.exe"),
        };
        let mut finding = Finding::warn(Code::GW258, file.clone(), format!("{} {what}", shown(&file))).why(
            "Windows' tools build for Windows, and fail where the folder is not on a drive. gowrap prefers every Linux \
             tool and passes the script's arguments unchanged; other programs start the script.",
        );
        let is_elf = |file: &[u8]| subject.host.binary(file).is_ok_and(|binary| binary.format == Format::Elf);
        let has_linux_tool = subject.target(tool).is_some_and(|target| target.format == Format::Elf)
            || subject.on_path(tool).iter().any(|file| is_elf(file));
        if has_linux_tool && !subject.is_on_drive(&file) {
            finding = finding.fix(format!("{0}mv {1} {1}.old", subject.sudo_for(&file), word(&file)));
        } else if tool != Tool::Dlv {
            let away = match subject.is_on_drive(&file) {
                true => String::new(),
                false => format!("{0}mv {1} {1}.old && ", subject.sudo_for(&file), word(&file)),
            };
            finding.fix = fixes(install::go(subject).into_iter().map(|command| format!("{away}{command}")));
        }
        findings.push(finding);
    }
    findings
}

/// Returns true if it is a script whose command is a Windows program.
fn starts_windows_program(subject: &Subject, file: &[u8]) -> bool {
    // A script on a drive belongs to Windows. If it is a candidate, the plan has already read it.
    if subject.is_on_drive(file) {
        return subject.target(Tool::Go).is_some_and(|target| target.path == file && target.format == Format::Script);
    }
    subject.host.binary(file).is_ok_and(|binary| binary.starts.iter().any(Started::is_of_windows))
}

/// Finds a script whose first line ends in a carriage return: it cannot start.
fn carriage_return(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    for tool in [Tool::Go, Tool::Gofmt, Tool::Dlv, Tool::Gopls] {
        let ends_in_cr = |file: &Vec<u8>| {
            let is_script = subject.host.binary(file).is_ok_and(|binary| binary.format == Format::Script);
            let text = if is_script { subject.host.read(file, 1 << 16).unwrap_or_default() } else { Vec::new() };
            text.split(|&byte| byte == b'\n').next().is_some_and(|line| line.ends_with(b"\r"))
        };
        let Some(file) = subject.on_path(tool).into_iter().find(ends_in_cr) else { continue };
        findings.push(
            Finding::fail(Code::GW286, file.clone(), format!("{} is a script with Windows line ends", shown(&file)))
                .why("Its interpreter's name ends in a carriage return: `no such file or directory`.")
                .fix(format!("{}sed -i 's/\\r$//' {}", subject.sudo_for(&file), word(&file))),
        );
    }
    findings
}

/// Finds a 32-bit Go on a 64-bit machine. It builds 32-bit programs, which a 64-bit Delve does not debug.
fn narrow(subject: &Subject) -> Option<Finding> {
    let target = subject.target(Tool::Go).filter(|target| target.format == Format::Elf)?;
    let machine = target.machine.filter(|machine| is_narrow(subject.host.machine(), *machine))?;
    let mut finding = Finding::warn(
        Code::GW256,
        target.path.clone(),
        format!("{} is a 32-bit Go ({})", shown(&target.path), machine.name()),
    )
    .why(
        "It builds 32-bit programs unless GOARCH is set. A 64-bit dlv refuses them, `go test -race` does \
             not support them, and cgo needs a 32-bit C library.",
    );
    finding.fix = fixes(install::newest(subject));
    Some(finding)
}

/// Finds a Go in a known folder that is not on PATH. gowrap finds it, but other programs do not.
fn not_on_path(subject: &Subject) -> Option<Finding> {
    // Linux programs look for `go`, but a Windows Go has only `go.exe`.
    let is_linux = |target: &&Target| target.source == CandidateSource::WellKnown && target.format != Format::Pe;
    let target = subject.target(Tool::Go).filter(is_linux)?;
    let folder = dirname(&target.path);
    // sudo sets its own PATH, which a line in a profile does not change.
    if subject.is_below_sudo() {
        return None;
    }
    Some(
        Finding::warn(Code::GW245, "PATH", format!("go is installed in {}, which is not on PATH", shown(folder)))
            .why(
                "gowrap finds it; other programs fail: `Failed to run \"go env\" to find GOPATH as the \
                 \"go\" binary cannot be found in either GOROOT or PATH`. An editor's server often starts without the \
                 profile in which PATH is set.",
            )
            .fix(path::front(subject, folder)),
    )
}

/// Returns the commands that give a Go of at least that release. If one is installed, only the order on PATH changes.
fn newer(subject: &Subject, required: Version) -> Vec<String> {
    let is_enough = |version: Version| {
        (version.release(), version.patch.unwrap_or(0)) >= (required.release(), required.patch.unwrap_or(0))
    };
    let mut here: Vec<(Version, Vec<u8>)> = others(subject).filter(|(version, _)| is_enough(*version)).collect();
    here.sort_by_key(|(version, _)| (version.release(), version.patch));
    match here.pop() {
        Some((_, folder)) => vec![path::front(subject, &folder)],
        None => install::newest(subject).into_iter().collect(),
    }
}

fn fixes(commands: impl IntoIterator<Item = String>) -> Vec<Fix> {
    commands.into_iter().map(Fix::Type).collect()
}

/// Returns every Go on PATH and in the folders of Go's archives and downloads: its version and its folder.
fn others<'s>(subject: &'s Subject) -> impl Iterator<Item = (Version, Vec<u8>)> + 's {
    let sdk = subject.home().map(|home| join(home, b"sdk")).unwrap_or_default();
    let sdks = subject.host.list(&sdk).unwrap_or_default().into_iter();
    let sdks = sdks.map(move |name| join(&join(&join(&sdk, &name), b"bin"), b"go"));
    let files = subject.on_path(Tool::Go).into_iter().chain([b"/usr/local/go/bin/go".to_vec()]).chain(sdks);
    let elf = files.filter(|file| subject.host.binary(file).is_ok_and(|binary| binary.format == Format::Elf));
    elf.filter_map(|file| Some((version_of(subject, &file)?, dirname(&file).to_vec())))
}

fn too_old(subject: &Subject, version: Version) -> Option<Finding> {
    if version.release() >= KNOWS_C {
        return None;
    }
    let path = subject.target(Tool::Go)?.path.clone();
    let mut finding = Finding::fail(Code::GW246, path, format!("go{version} does not know -C"))
        .why("Editors and build tools pass `-C DIR` first: `flag provided but not defined: -C`. Go 1.20 added it.");
    finding.fix = fixes(newer(subject, KNOWS_C));
    Some(finding)
}

/// Returns GOTOOLCHAIN if it forbids go to download another toolchain.
fn pinned_toolchain(subject: &Subject) -> Option<GoSetting> {
    setting(subject, b"GOTOOLCHAIN").filter(|set| stays(&set.value))
}

/// Finds a module or a workspace that needs a newer Go. Go 1.21 and later downloads it, unless GOTOOLCHAIN forbids
/// that.
fn older_than_module(subject: &Subject, version: Version) -> Option<Finding> {
    let module = subject.upward(b"go.mod").map(|folder| join(&folder, b"go.mod"));
    let files = [module, project::workspace(subject)].into_iter().flatten();
    let asking = files.filter_map(|path| Some((required_version(subject, &path)?, path)));
    let (required, path) = asking.max_by_key(|(required, _)| *required)?;
    let toolchain = pinned_toolchain(subject);
    let fetches = version.release() >= SWITCHES && toolchain.is_none();
    // A Go that knows toolchains also compares the patch version.
    let is_met = match version.release() >= SWITCHES {
        true => (required.release(), required.patch.unwrap_or(0)) <= (version.release(), version.patch.unwrap_or(0)),
        false => required.release() <= version.release(),
    };
    if is_met || fetches {
        return None;
    }
    let name = basename(&path);
    let asks = if name == b"go.mod" { "module" } else { "workspace" };
    let title = format!("the {asks} needs go {required}, but this go is {version}");
    let mut finding = Finding::fail(Code::GW247, path.clone(), title);
    match toolchain.filter(|_| version.release() >= SWITCHES) {
        Some(set) => {
            let value = shown(&set.value);
            finding.why = format!(
                "GOTOOLCHAIN={value} forbids downloading a newer one: `{} requires go >= {required} (running go \
                 {version}; GOTOOLCHAIN={value})`.",
                shown(name)
            );
            finding.fix = match set.origin {
                GoSettingOrigin::Toolchain(_) => fixes(["go env -w GOTOOLCHAIN=auto".to_owned()]),
                _ => fixes([set.undo(b"GOTOOLCHAIN")]),
            };
            finding.fix.extend(fixes(newer(subject, required)));
        }
        None => {
            finding.why = "It is too old to download a newer toolchain, and fails at unknown syntax.".to_owned();
            finding.fix = fixes(newer(subject, required));
        }
    }
    Some(finding)
}

/// `go 1.25.3` in `go.mod` or `go.work`.
fn required_version(subject: &Subject, path: &[u8]) -> Option<Version> {
    let text = subject.host.read(path, 1 << 20).ok()?;
    let text = String::from_utf8_lossy(&text).into_owned();
    text.lines().find_map(|line| match line.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["go", version, ..] => Version::parse(version),
        _ => None,
    })
}

/// Returns true if this GOTOOLCHAIN forbids go to download another toolchain. `auto` and `NAME+auto` allow it
/// (https://go.dev/doc/toolchain).
fn stays(value: &[u8]) -> bool {
    value != b"auto" && !value.ends_with(b"+auto")
}
