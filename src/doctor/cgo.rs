//! Checks of the programs that cgo and go start: a missing C compiler, one for Windows, and libraries of Windows.

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, shown};
use crate::doctor::go_settings::{GoSetting, GoSettingOrigin, setting};
use crate::doctor::install;
use crate::doctor::subject::Subject;
use crate::host::binary::Format;
use crate::host::distribution::Package;
use crate::text::path::basename;
use crate::text::path::join;
use crate::tools::Tool;

/// The checks of cgo.
#[must_use]
pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Only a Go for Linux starts these programs.
    if subject.target(Tool::Go).is_none_or(|target| target.format == Format::Pe) {
        return findings;
    }
    findings.extend(on_windows(subject));
    findings.extend(missing(subject));
    findings.extend(no_compiler(subject));
    findings.extend(pkg_config(subject));
    findings
}

/// Variables that name a program which a Linux go starts.
const PROGRAMS: [&[u8]; 9] =
    [b"CC", b"CXX", b"AR", b"FC", b"GCCGO", b"PKG_CONFIG", b"GIT_SSH", b"GIT_SSH_COMMAND", b"GOCACHEPROG"];

/// The program that a variable names: its first word, which may be quoted.
fn program(value: &[u8]) -> Option<Vec<u8>> {
    let value = value.trim_ascii();
    match value.first()? {
        quote @ (b'"' | b'\'') => Some(value.get(1..)?.split(|byte| byte == quote).next()?.to_vec()),
        _ => {
            // A blank is read as a part of a path on a drive, because few such compilers have arguments.
            let exe = value.windows(4).position(|part| part.eq_ignore_ascii_case(b".exe"));
            let end = exe.map(|at| at + 4).or_else(|| value.iter().position(|&byte| byte == b' '));
            Some(value.get(..end.unwrap_or(value.len()))?.to_vec())
        }
    }
}

fn set(subject: &Subject, name: &[u8]) -> Option<(GoSetting, Vec<u8>)> {
    let set = setting(subject, name).filter(|set| !matches!(set.origin, GoSettingOrigin::Toolchain(_)))?;
    let program = program(&set.value).filter(|program| !program.is_empty())?;
    Some((set, program))
}

/// The file of a program, by its path or through PATH.
fn file(subject: &Subject, program: &[u8]) -> Option<Vec<u8>> {
    if program.contains(&b'/') {
        return program.starts_with(b"/").then(|| program.to_vec()).filter(|file| subject.is_file(file));
    }
    let path = subject.repaired(b"PATH").unwrap_or_default();
    let mut entries = path.split(|&byte| byte == b':').filter(|entry| entry.starts_with(b"/"));
    entries.find_map(|entry| Some(join(entry, program)).filter(|file| subject.is_file(file)))
}

/// Finds compilers and helpers that are Windows programs.
fn on_windows(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in PROGRAMS {
        let Some((set, program)) = set(subject, name) else { continue };
        let is_pe = basename(&program).to_ascii_lowercase().ends_with(b".exe")
            || file(subject, &program)
                .is_some_and(|file| subject.host.binary(&file).is_ok_and(|binary| binary.format == Format::Pe));
        if !is_pe {
            continue;
        }
        let name_shown = shown(name);
        findings.push(
            Finding::fail(Code::GW259, name, format!("{name_shown} is the Windows program {}", shown(&program)))
                .why(
                    "A Linux go passes it Linux paths, which it cannot find. The files that it makes are for \
                     Windows: `cannot find the file specified`, `gcc.exe: error: /tmp/go-build…: No such file or \
                     directory`.",
                )
                .fix(set.undo(name)),
        );
    }
    findings
}

/// Checks `CC` and `CXX`. go searches them on PATH, which may be incomplete in an editor's server.
fn missing(subject: &Subject) -> Option<Finding> {
    let (name, set, program) = [&b"CC"[..], b"CXX"].into_iter().find_map(|name| {
        let (set, program) = set(subject, name)?;
        let program = program.trim_ascii_end().to_vec();
        let is_there = match program.contains(&b'/') {
            // go chooses the folder that a relative path starts from.
            true => !program.starts_with(b"/") || subject.host.stat(&program).is_ok(),
            false => subject.is_on_path(&program),
        };
        let is_windows = basename(&program).to_ascii_lowercase().ends_with(b".exe");
        (!is_there && !is_windows).then_some((name, set, program))
    })?;
    let program_shown = shown(&program);
    let (title, message) = match program.contains(&b'/') {
        true => ("which does not exist", "no such file or directory"),
        false => ("which is not on PATH", "executable file not found in $PATH"),
    };
    Some(
        Finding::fail(Code::GW248, name, format!("{} names {program_shown}, {title}", shown(name)))
            .why(format!(
                "cgo fails: `exec: \"{program_shown}\": {message}`. If this happens only in an editor, its server did \
                not read the file that sets PATH.",
            ))
            .fix(set.undo(name)),
    )
}

/// Finds a missing compiler. Then Go disables cgo (since Go 1.20), and packages that need cgo do not build.
fn no_compiler(subject: &Subject) -> Option<Finding> {
    let is_off = setting(subject, b"CGO_ENABLED").is_some_and(|set| set.value == b"0");
    let has_own = setting(subject, b"CC").is_some_and(|set| !matches!(set.origin, GoSettingOrigin::Toolchain(_)));
    let compilers = [&b"gcc"[..], b"clang", b"cc"];
    let has_path = subject.repaired(b"PATH").is_some();
    if is_off || has_own || !has_path || compilers.iter().any(|name| file(subject, name).is_some()) {
        return None;
    }
    let finding = Finding::warn(Code::GW249, "PATH", "there is no C compiler: gcc is not on PATH").why(
        "Packages that use cgo do not build, and `go test -race` does not run: `cgo: C compiler \"gcc\" not found: \
         exec: \"gcc\": executable file not found in $PATH`.",
    );
    let finding = match install::package(subject, Package::Gcc) {
        Some(command) => finding.fix(command),
        None => finding,
    };
    Some(finding.fix("go env -w CGO_ENABLED=0    # if no package needs cgo"))
}

/// Finds Windows libraries, which a Linux compiler cannot use.
fn pkg_config(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in [&b"PKG_CONFIG_PATH"[..], b"PKG_CONFIG_LIBDIR", b"PKG_CONFIG_SYSROOT_DIR"] {
        let Some(value) = subject.environ.get_nonempty(name) else { continue };
        let leads_away = |entry: &&[u8]| subject.is_on_drive(entry) || subject.is_windows_path(entry);
        let is_windows = subject.is_windows_path(value);
        let Some(entry) = value.split(|&byte| byte == b':').find(leads_away).or(is_windows.then_some(value)) else {
            continue;
        };
        let name_shown = shown(name);
        findings.push(
            Finding::warn(Code::GW458, name, format!("{name_shown} leads to Windows: {}", shown(entry)))
                .why(
                    "pkg-config gives cgo Windows headers and libraries: `undefined reference`, `file format not \
                      recognized`.",
                )
                .fix(format!("unset {name_shown}")),
        );
    }
    findings
}
