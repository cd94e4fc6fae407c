//! Checks of variables that break Go or the programs that it starts: in the environment, a profile or Go's settings
//! file.

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, Severity, shown, word};
use crate::doctor::go_settings::{setting, user_file};
use crate::doctor::install::goarch;
use crate::doctor::subject::Subject;
use crate::doctor::toolchain::root_of;
use crate::doctor::{path, shell_file_checks, wslenv};
use crate::host::Host;
use crate::host::binary::Format;
use crate::plan::translate::translator::{Toward, Translated, Translator, list_elements, mount_line};
use crate::plan::{EnvChange, Stage};
use crate::text::mask;
use crate::text::path::join;
use crate::tools::Tool;
use crate::tools::go::variables;

/// The checks of the group `environment`.
#[must_use]
pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(carriage_returns(subject));
    findings.extend(shell_file_checks::check(subject));
    let environ: Vec<(Vec<u8>, Vec<u8>)> =
        subject.environ.iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect();
    for (name, value) in &environ {
        findings.extend(target(subject, name, value, name));
    }
    findings.extend(goflags(subject));
    findings.extend(repaired(subject));
    findings.extend(passed_on(subject));
    findings.extend(unmounted(subject));
    findings.extend(in_container(subject));
    findings.extend(foreign_goroot(subject));
    findings.extend(home(subject));
    findings.extend(folders(subject));
    findings.extend(path::check(subject));
    findings.extend(wslenv::check(subject));
    findings.extend(go_env(subject));
    if findings.is_empty() {
        findings.push(Finding::ok(Code::GW440, "environment", "no variable causes a problem"));
    }
    findings
}

fn concerns_go(name: &[u8]) -> bool {
    variables::kind(name).is_some() || matches!(name, b"PATH" | b"WSLENV")
}

/// Finds values with a carriage return, from a profile with Windows line endings.
fn carriage_returns(subject: &Subject) -> Vec<Finding> {
    let clean = |name: &[u8], value: &[u8]| {
        let clean: Vec<u8> = value.iter().copied().filter(|byte| *byte != b'\r').collect();
        let name_shown = shown(name);
        match *mask::value(name, &clean) == *clean {
            true => format!("export {name_shown}={}", word(&clean)),
            // The command reads the secret from the shell, so it is not printed.
            false => format!("export {name_shown}=\"$(printf %s \"${name_shown}\" | tr -d '\\r')\""),
        }
    };
    let variables = subject.environ.iter().filter(|(name, value)| concerns_go(name) && value.contains(&b'\r'));
    let finding = |(name, value): (&[u8], &[u8])| {
        let name_shown = shown(name);
        Finding::fail(
            Code::GW441,
            name,
            format!("{name_shown} has a carriage return: {}", shown(&mask::value(name, value))),
        )
        .why(
            "It comes from a file with Windows line ends. The folder with that name does not exist, and messages \
                 are garbled: `: no such file or directoryep/cmd/dep: mkdir …`.",
        )
        .fix(clean(name, value))
    };
    variables.map(finding).collect()
}

/// Returns true for a GOOS or GOARCH of another system.
#[must_use]
pub(super) fn is_foreign_target(host: &dyn Host, name: &[u8], value: &[u8]) -> bool {
    let own = match name {
        b"GOOS" => Some("linux"),
        b"GOARCH" => goarch(host.machine()).map(|name| if name == "armv6l" { "arm" } else { name }),
        _ => None,
    };
    own.is_some_and(|own| !value.is_empty() && value != own.as_bytes() && !(own == "amd64" && value == b"386"))
}

/// The systems that Go builds for (`go tool dist list`).
const SYSTEMS: [&[u8]; 15] = [
    b"aix",
    b"android",
    b"darwin",
    b"dragonfly",
    b"freebsd",
    b"illumos",
    b"ios",
    b"js",
    b"linux",
    b"netbsd",
    b"openbsd",
    b"plan9",
    b"solaris",
    b"wasip1",
    b"windows",
];

/// Returns true if Go builds for that system. `Windows_NT` is the value of Windows' variable OS.
fn is_a_target(name: &[u8], value: &[u8]) -> bool {
    name != b"GOOS" || SYSTEMS.contains(&value)
}

/// Finds a GOOS or GOARCH that is set permanently: go then builds its own helpers for another system, too.
fn target(subject: &Subject, name: &[u8], value: &[u8], place: &[u8]) -> Option<Finding> {
    // A carriage return at its end is another finding.
    let value = value.strip_suffix(b"\r").unwrap_or(value);
    if !is_foreign_target(subject.host, name, value) {
        return None;
    }
    let (name, value) = (shown(name), shown(value));
    let fix = match place == name.as_bytes() {
        true if is_a_target(name.as_bytes(), value.as_bytes()) => {
            format!("unset {name}    # for one command: {name}={value} go build")
        }
        true => format!("unset {name}"),
        false => format!("go env -u {name}"),
    };
    Some(
        Finding::fail(Code::GW444, place, format!("{name}={value} is set permanently"))
            .why(
                "Programs that go run, go test, go generate and dlv start are built for another system: `fork/exec \
                 …: exec format error`, `build constraints exclude all Go files`, `could not launch process: not an \
                 executable file`.",
            )
            .fix(fix),
    )
}

fn goflags(subject: &Subject) -> Option<Finding> {
    let flags = setting(subject, b"GOFLAGS")?;
    let text = String::from_utf8_lossy(&flags.value).into_owned();
    let strips = text
        .split(|c: char| c.is_whitespace() || matches!(c, '=' | '\'' | '"'))
        .any(|word| word == "-s" || word == "-w");
    let trims = text.split_whitespace().any(|word| matches!(word, "-trimpath" | "--trimpath" | "-trimpath=true"));
    if !strips && !trims {
        return None;
    }
    let (what, why) = if strips {
        (
            "-ldflags with -s or -w",
            "Every program is built without debug information: dlv says `could not open debug info`.",
        )
    } else {
        (
            "-trimpath",
            "Programs name their sources by module, and breakpoints that an editor sets by path are not found.",
        )
    };
    Some(Finding::warn(Code::GW445, "GOFLAGS", format!("GOFLAGS holds {what}")).why(why).fix(flags.undo(b"GOFLAGS")))
}

/// Finds variables that gowrap fixes for each call. Programs that do not use gowrap get them unchanged.
fn repaired(subject: &Subject) -> Vec<Finding> {
    let changes = match &subject.go {
        Ok(plan) => &plan.decisions.env,
        Err(rejection) => &rejection.decisions.env,
    };
    let translated = changes.iter().filter(|change| change.stage == Stage::Env && change.source != "trimmed");
    let translator = Translator::new(subject.host, subject.environ, Toward::Linux);
    let mut findings: Vec<Finding> = translated.map(|change| one_repair(change, &translator)).collect();
    let restored: Vec<String> =
        changes.iter().filter(|change| change.stage == Stage::Restore).map(|change| shown(&change.name)).collect();
    if !restored.is_empty() {
        findings.push(
            Finding::warn(
                Code::GW448,
                "environment",
                format!("the environment was stripped; gowrap restores {}", restored.join(", ")),
            )
            .why(
                "sudo, ssh, cron and editors' servers start programs without the variables of a login shell. `gowrap \
                 --explain go version` shows where each value comes from.",
            ),
        );
    }
    findings
}

/// The variables of the call that hold a path or several: name, value, and the elements.
fn path_variables<'s>(subject: &'s Subject) -> impl Iterator<Item = (&'s [u8], &'s [u8], Vec<Vec<u8>>)> {
    let is_path = |(name, value): &(&[u8], &[u8])| !value.is_empty() && variables::is_path(name, value);
    subject.environ.iter().filter(is_path).map(|(name, value)| (name, value, list_elements(value)))
}

/// Finds values that cannot be translated, such as a path on a drive that is not mounted. gowrap does not change them,
/// and Go cannot use them.
fn unmounted(subject: &Subject) -> Vec<Finding> {
    if !subject.host.kind().is_wsl() {
        return Vec::new();
    }
    let translator = Translator::new(subject.host, subject.environ, Toward::Linux);
    let mut findings = Vec::new();
    for (name, value, elements) in path_variables(subject) {
        let untranslatable = |element: &Vec<u8>| match translator.path(element) {
            Translated::NoCounterpart(untranslatable) => Some(untranslatable),
            _ => None,
        };
        let Some(untranslatable) = elements.iter().find_map(untranslatable) else { continue };
        let name_shown = shown(name);
        let mount = untranslatable.missing_drive().map_or(String::new(), |letter| {
            let line = mount_line(char::from(letter), char::from(letter.to_ascii_lowercase()));
            format!(" If the drive exists: {line}.")
        });
        let title = format!(
            "{name_shown}={} cannot be translated: {}",
            shown(&mask::value(name, value)),
            shown(untranslatable.why.as_bytes())
        );
        findings.push(
            Finding::fail(Code::GW402, name, title)
                .why(format!("gowrap does not change it, and Go cannot use it.{mount}"))
                .fix(format!("unset {name_shown}")),
        );
    }
    findings
}

/// Finds Windows paths in a container, where gowrap fixes nothing.
fn in_container(subject: &Subject) -> Vec<Finding> {
    if subject.host.kind().is_wsl() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (name, value, elements) in path_variables(subject) {
        if !elements.iter().any(|element| subject.is_windows_path(element)) {
            continue;
        }
        let name_shown = shown(name);
        findings.push(
            Finding::fail(Code::GW446, name, format!("{name_shown} is in Windows' form: {}", shown(value)))
                .why(
                    "It was passed on from a Windows machine. There is no Windows drive here, so it is not \
                      translated: go refuses it or creates a folder of that name.",
                )
                .fix(format!("unset {name_shown}")),
        );
    }
    findings
}

/// Finds Windows paths in variables that gowrap passes on unchanged, because the tool is a script that starts a Windows
/// program.
fn passed_on(subject: &Subject) -> Vec<Finding> {
    let Some(plan) = subject.go.as_ref().ok().filter(|plan| plan.target.format == Format::Script) else {
        return Vec::new();
    };
    let translator = Translator::new(subject.host, subject.environ, Toward::Linux);
    let is_repaired = |name: &[u8]| plan.decisions.env.iter().any(|change| change.name == name);
    let mut findings = Vec::new();
    for (name, value, _) in path_variables(subject).filter(|(name, ..)| !is_repaired(name)) {
        if let Translated::Becomes(to) = translator.list(value) {
            findings.push(in_windows_form(name, value, &to));
        }
    }
    findings
}

fn in_windows_form(name: &[u8], from: &[u8], to: &[u8]) -> Finding {
    let shown_name = shown(name);
    let (from, to) = (shown(&mask::value(name, from)), mask::value(name, to).into_owned());
    Finding::warn(Code::GW446, name, format!("{shown_name} is in Windows' form: {from}"))
        .why("gowrap translates it for each call; other programs create folders of that name, or fail.")
        .fix(format!("export {shown_name}={}", word(&to)))
}

fn one_repair(change: &EnvChange, translator: &Translator) -> Finding {
    let name = shown(&change.name);
    let from = change.from.as_deref().map(|value| shown(&mask::value(&change.name, value))).unwrap_or_default();
    match &change.to {
        Some(to) if change.from.as_deref().is_some_and(|from| translator.respells(from)) => {
            let to = mask::value(&change.name, to).into_owned();
            Finding::warn(Code::GW456, change.name.clone(), format!("{name}={from} is a path of MSYS or Cygwin"))
                .why(
                    "It comes from Git Bash or Cygwin. gowrap translates it for each call; other programs do not find \
                      it.",
                )
                .fix(format!("export {name}={}", word(&to)))
        }
        Some(to) => in_windows_form(&change.name, change.from.as_deref().unwrap_or_default(), to),
        None => Finding::warn(Code::GW447, change.name.clone(), format!("{name}={from} has no Go for Linux"))
            .why("Without gowrap, go fails with `go: cannot find GOROOT directory`, or uses the library of another Go.")
            .fix(format!("unset {name}    # go finds its own")),
    }
}

/// Finds a GOROOT that is not the toolchain of the go that runs.
fn foreign_goroot(subject: &Subject) -> Option<Finding> {
    let root = subject.repaired(b"GOROOT")?;
    let go = subject.target(Tool::Go).filter(|target| target.format == Format::Elf)?;
    let own = root_of(subject, &go.path);
    if subject.real(root) == own || subject.host.stat(&join(&own, b"VERSION")).is_err() {
        return None;
    }
    Some(
        Finding::warn(Code::GW449, "GOROOT", format!("GOROOT={} is not where go is ({})", shown(root), shown(&own)))
            .why("If the releases differ: `compile: version \"go1.x\" does not match go tool version \"go1.y\"`.")
            .fix("unset GOROOT    # go finds its own"),
    )
}

fn home(subject: &Subject) -> Option<Finding> {
    let user = subject.host.user().filter(|user| !user.home.is_empty())?;
    let home = subject.environ.get(b"HOME");
    if home == Some(user.home.as_slice()) || home.is_some_and(|home| subject.is_windows_path(home)) {
        return None;
    }
    let own = shown(&user.home);
    let (title, why) = match home.filter(|home| !home.is_empty()) {
        Some(home) => (
            format!("HOME={} is not this user's home ({own})", shown(home)),
            "Go looks there for its settings, caches and tools. Files that it creates there have the wrong owner.",
        ),
        None => (
            "HOME is not set".to_owned(),
            "`build cache is required, but could not be located: GOCACHE is not defined and neither $XDG_CACHE_HOME \
             nor $HOME are defined`.",
        ),
    };
    let plan = match (home, subject.repaired(b"HOME")) {
        (None, Some(_)) => " gowrap takes it from /etc/passwd for each call.",
        (None, None) if subject.host.kind().is_wsl() => {
            " gowrap does not set it: a parent process has it, so a program such as `env -i` removed it on purpose."
        }
        _ => "",
    };
    Some(
        Finding::warn(Code::GW450, "HOME", title)
            .why(format!("{why}{plan}"))
            .fix(format!("export HOME={}", word(&user.home))),
    )
}

/// Finds folders that are not absolute: go refuses them.
fn folders(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in [&b"XDG_CACHE_HOME"[..], b"XDG_CONFIG_HOME", b"GOCACHE", b"GOMODCACHE", b"GOBIN", b"GOPATH"] {
        let Some(value) = subject.repaired(name) else { continue };
        if value.starts_with(b"/") || subject.is_windows_path(value) || (name == b"GOCACHE" && value == b"off") {
            continue;
        }
        let title = format!("{}={} is not absolute", shown(name), shown(value));
        findings.push(
            Finding::fail(Code::GW451, name, title)
                .why(
                    "go refuses it: `GOPATH entry is relative; must be absolute path`, `build cache is required, \
                      but could not be located`.",
                )
                .fix(format!("unset {}", shown(name))),
        );
    }
    findings
}

/// Checks Go's settings file. gowrap cannot fix its values, because go reads it.
fn go_env(subject: &Subject) -> Vec<Finding> {
    let Some(path) = user_file(subject) else { return Vec::new() };
    let Ok(text) = subject.host.read(&path, 1 << 20) else { return Vec::new() };
    // A file on a drive belongs to Windows' Go. Its values are correct there, and `go env -u` would remove them.
    let is_shared = subject.repaired(b"GOENV").is_some() && subject.is_on_drive(&path);
    let undo = |name: &str| match is_shared {
        true => "unset GOENV".to_owned(),
        false => format!("go env -u {name}"),
    };
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(text.split(|&byte| byte == b'\n')) {
        let Some(equals) = line.iter().position(|&byte| byte == b'=') else { continue };
        let (name, value) = (line.get(..equals).unwrap_or_default(), line.get(equals + 1..).unwrap_or_default());
        // A variable takes precedence over the file.
        if line.starts_with(b"#") || subject.repaired(name).is_some() {
            continue;
        }
        let place = [path.as_slice(), format!(":{number}").as_bytes()].concat();
        let (clean, cr) = match value.strip_suffix(b"\r") {
            Some(clean) => (clean, true),
            None => (value, false),
        };
        let shown_name = shown(name);
        if cr {
            findings.push(
                Finding::fail(
                    Code::GW442,
                    place.clone(),
                    format!("{shown_name} ends in a carriage return in Go's settings"),
                )
                .why("go reads it as a part of the value.")
                .fix(if is_shared {
                    undo(&shown_name)
                } else {
                    format!("sed -i 's/\\r$//' {}", word(&path))
                }),
            );
        }
        if variables::is_path(name, clean)
            && clean.split(|&byte| byte == b';').any(|entry| subject.is_windows_path(entry))
        {
            findings.push(
                Finding::new(
                    Severity::Fail,
                    Code::GW453,
                    place.clone(),
                    format!("{shown_name}={} in Go's settings is a Windows path", shown(clean)),
                )
                .why("go reads this file itself, so gowrap cannot fix it: GOPATH and GOROOT break every command.")
                .fix(undo(&shown_name)),
            );
        }
        findings.extend(
            target(subject, name, clean, &place)
                .map(|finding| Finding { fix: vec![undo(&shown(name)).into()], ..finding }),
        );
    }
    findings
}
