//! Variables that break Go or its neighbours, whether the environment has them, a profile or Go's own settings file.

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, Level, shown, word};
use crate::doctor::go_settings::{setting, user_file};
use crate::doctor::golang::root_of;
use crate::doctor::install::goarch;
use crate::doctor::subject::Subject;
use crate::host::Host;
use crate::host::binary::Format;
use crate::plan::{EnvChange, Stage};
use crate::text::mask;
use crate::text::path::join;
use crate::tools::Tool;
use crate::tools::go::variables;

/// The files that shells read at their start, below the home.
const PROFILES: [&str; 7] = [".profile", ".bash_profile", ".bash_login", ".bashrc", ".zshenv", ".zprofile", ".zshrc"];

/// The checks of the group `environment`.
#[must_use]
pub fn check(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(carriage_returns(subject));
    findings.extend(profiles(subject));
    let environ: Vec<(Vec<u8>, Vec<u8>)> =
        subject.environ.iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect();
    for (name, value) in &environ {
        findings.extend(target(subject, name, value, name));
    }
    findings.extend(goflags(subject));
    findings.extend(repaired(subject));
    findings.extend(foreign_goroot(subject));
    findings.extend(home(subject));
    findings.extend(folders(subject));
    findings.extend(windows_first(subject));
    findings.extend(go_env(subject));
    if findings.is_empty() {
        findings.push(Finding::ok(Code::GW440, "environment", "no variable is in Go's way"));
    }
    findings
}

fn concerns_go(name: &[u8]) -> bool {
    variables::kind(name).is_some() || matches!(name, b"PATH" | b"WSLENV")
}

/// From a profile that was saved with Windows line ends.
fn carriage_returns(subject: &Subject) -> Vec<Finding> {
    let variables = subject.environ.iter().filter(|(name, value)| concerns_go(name) && value.contains(&b'\r'));
    let finding = |(name, value): (&[u8], &[u8])| {
        let name_shown = shown(name);
        Finding::fail(Code::GW441, name, format!("{name_shown} holds a carriage return: {}", shown(&mask::value(name, value))))
            .why(
                "It comes from a file with Windows line ends. The folder that it names does not exist, and messages come out \
                 garbled: `: no such file or directoryep/cmd/dep: mkdir …`.",
            )
            .fix("sed -i 's/\\r$//' ~/.profile ~/.bashrc    # whichever file sets it")
    };
    variables.map(finding).collect()
}

fn profiles(subject: &Subject) -> Vec<Finding> {
    let Some(home) = subject.home() else { return Vec::new() };
    let path_has_blanks = subject.environ.get(b"PATH").is_some_and(|path| path.contains(&b' '));
    let mut findings = Vec::new();
    for name in PROFILES {
        let path = join(home, name.as_bytes());
        let Ok(text) = subject.host.read(&path, 1 << 20) else { continue };
        for (number, line) in (1..).zip(text.split(|&byte| byte == b'\n')) {
            let place = [path.as_slice(), format!(":{number}").as_bytes()].concat();
            if line.ends_with(b"\r") {
                findings.push(
                    Finding::fail(Code::GW442, place, format!("~/{name} has Windows line ends"))
                        .why("Every value that it sets ends in a carriage return, which no folder's name does.")
                        .fix(format!("sed -i 's/\\r$//' ~/{name}")),
                );
                break;
            }
            if path_has_blanks && is_unquoted_path(line) {
                findings.push(
                    Finding::warn(
                        Code::GW443,
                        place,
                        format!("~/{name} sets PATH without quotes, and PATH holds blanks"),
                    )
                    .why(
                        "Some shells split it there: `export: 'Files/WindowsApps/…': not a valid identifier`, and \
                             everything behind the blank is gone from PATH.",
                    )
                    .fix(format!("put it in double quotes: sed -i '{number}s/PATH=\\(.*\\)$/PATH=\"\\1\"/' ~/{name}")),
                );
            }
        }
    }
    findings
}

/// `export PATH=$PATH:/x`, where the value is not in quotes.
fn is_unquoted_path(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let Some(value) = line.strip_prefix(b"export PATH=") else { return false };
    let mentions = value.windows(5).any(|part| part == b"$PATH") || value.windows(7).any(|part| part == b"${PATH}");
    mentions && !value.contains(&b'"') && !value.contains(&b'\'')
}

/// Is it a GOOS or GOARCH of another system?
#[must_use]
pub fn is_foreign_target(host: &dyn Host, name: &[u8], value: &[u8]) -> bool {
    let own = match name {
        b"GOOS" => Some("linux"),
        b"GOARCH" => goarch(host.machine()).map(|name| if name == "armv6l" { "arm" } else { name }),
        _ => None,
    };
    own.is_some_and(|own| !value.is_empty() && value != own.as_bytes() && !(own == "amd64" && value == b"386"))
}

/// Set for good, it lets every helper that go builds for itself come out wrong.
fn target(subject: &Subject, name: &[u8], value: &[u8], place: &[u8]) -> Option<Finding> {
    // A carriage return behind it is named by itself.
    let value = value.strip_suffix(b"\r").unwrap_or(value);
    if !is_foreign_target(subject.host, name, value) {
        return None;
    }
    let (name, value) = (shown(name), shown(value));
    let fix = match place == name.as_bytes() {
        true => format!("unset {name}    # and for one command: {name}={value} go build"),
        false => format!("go env -u {name}"),
    };
    Some(
        Finding::fail(Code::GW444, place, format!("{name}={value} is set for good"))
            .why(
                "What go run, go test, go generate and dlv start is built for another system: `fork/exec …: exec format \
                 error`, `build constraints exclude all Go files`, `could not launch process: not an executable file`.",
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
            "Every program comes out without debug information: dlv says `could not open debug info`.",
        )
    } else {
        (
            "-trimpath",
            "Programs name their sources by module, and breakpoints that an editor sets by path are not found.",
        )
    };
    Some(Finding::warn(Code::GW445, "GOFLAGS", format!("GOFLAGS holds {what}")).why(why).fix(flags.undo(b"GOFLAGS")))
}

/// What gowrap repairs for each call, nobody repairs for programs that do not go through it.
fn repaired(subject: &Subject) -> Vec<Finding> {
    let (changes, notes) = match &subject.go {
        Ok(plan) => (&plan.decisions.env, &plan.decisions.notes),
        Err(rejection) => (&rejection.decisions.env, &rejection.decisions.notes),
    };
    let translated = changes.iter().filter(|change| change.stage == Stage::Env && change.source != "trimmed");
    let mut findings: Vec<Finding> = translated.map(one_repair).collect();
    let restored: Vec<String> =
        changes.iter().filter(|change| change.stage == Stage::Restore).map(|change| shown(&change.name)).collect();
    if !restored.is_empty() {
        findings.push(
            Finding::warn(
                Code::GW448,
                "environment",
                format!("the environment was stripped; gowrap restores {}", restored.join(", ")),
            )
            .why("sudo, ssh, cron and editors' servers start programs without what a login shell sets.")
            .fix("gowrap --explain go version    # shows where each value comes from"),
        );
    }
    for note in notes.iter().filter(|note| matches!(note.code, Code::GW402)) {
        findings.push(Finding::fail(note.code, "environment", shown(&note.text)).why("Go cannot use it either."));
    }
    findings
}

fn one_repair(change: &EnvChange) -> Finding {
    let name = shown(&change.name);
    let from = change.from.as_deref().map(|value| shown(&mask::value(&change.name, value))).unwrap_or_default();
    match &change.to {
        Some(to) => {
            let to = mask::value(&change.name, to).into_owned();
            Finding::warn(Code::GW446, change.name.clone(), format!("{name} is in Windows' form: {from}"))
                .why("gowrap translates it for each call; other programs make folders named like that, or fail.")
                .fix(format!("export {name}={}", word(&to)))
        }
        None => Finding::warn(Code::GW447, change.name.clone(), format!("{name}={from} holds no Go for Linux"))
            .why(
                "Without gowrap go stops with `go: cannot find GOROOT directory`, or builds with another Go's library.",
            )
            .fix(format!("unset {name}    # go finds its own")),
    }
}

/// A GOROOT that is a toolchain, but not that of the go that runs.
fn foreign_goroot(subject: &Subject) -> Option<Finding> {
    let root = subject.repaired(b"GOROOT")?;
    let go = subject.target(Tool::Go).filter(|target| target.format == Format::Elf)?;
    let own = root_of(subject, &go.path);
    if subject.real(root) == own || subject.host.stat(&join(&own, b"VERSION")).is_err() {
        return None;
    }
    Some(
        Finding::warn(Code::GW449, "GOROOT", format!("GOROOT={} is not where go is ({})", shown(root), shown(&own)))
            .why("Where the releases differ: `compile: version \"go1.x\" does not match go tool version \"go1.y\"`.")
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
            "Go's settings, caches and tools are looked for there, and files of another owner are left behind.",
        ),
        None => (
            "HOME is not set".to_owned(),
            "`build cache is required, but could not be located: GOCACHE is not defined and neither $XDG_CACHE_HOME nor $HOME \
             are defined`. On WSL gowrap takes it from /etc/passwd.",
        ),
    };
    Some(Finding::warn(Code::GW450, "HOME", title).why(why).fix(format!("export HOME={}", word(&user.home))))
}

/// Go refuses folders that are not absolute.
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
                .why("go refuses it: `GOPATH entry is relative; must be absolute path`, `build cache is required, but could not be located`.")
                .fix(format!("unset {}", shown(name))),
        );
    }
    findings
}

/// gowrap looks at drives last; everything else takes the first that it finds.
fn windows_first(subject: &Subject) -> Option<Finding> {
    if !subject.host.kind().is_wsl() {
        return None;
    }
    let path = subject.environ.get_nonempty(b"PATH")?;
    let entries: Vec<&[u8]> = path.split(|&byte| byte == b':').filter(|entry| entry.starts_with(b"/")).collect();
    let on_drive = |entry: &&[u8]| subject.host.mounts().is_on_drive(entry);
    let first_drive = entries.iter().position(on_drive)?;
    let behind = entries.iter().skip(first_drive).find(|entry| !on_drive(entry))?;
    let drive = entries.get(first_drive)?;
    Some(
        Finding::warn(Code::GW452, "PATH", format!("{} stands on PATH before {}", shown(drive), shown(behind)))
            .why(
                "Windows' tools shadow those of Linux, and each look there costs a millisecond; a go of Windows' makes VS \
                 Code say `Unexpected end of JSON input`. gowrap itself looks at drives last.",
            )
            .fix("put the Linux folders first: export PATH=\"/usr/local/go/bin:$HOME/go/bin:$PATH\"")
            .fix("appendWindowsPath=false under [interop] in /etc/wsl.conf"),
    )
}

/// Go's own settings file, which no repair of the environment reaches.
fn go_env(subject: &Subject) -> Vec<Finding> {
    let Some(path) = user_file(subject) else { return Vec::new() };
    let Ok(text) = subject.host.read(&path, 1 << 20) else { return Vec::new() };
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(text.split(|&byte| byte == b'\n')) {
        let Some(equals) = line.iter().position(|&byte| byte == b'=') else { continue };
        let (name, value) = (line.get(..equals).unwrap_or_default(), line.get(equals + 1..).unwrap_or_default());
        // The environment goes before the file.
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
                .why("go takes it for a part of the value.")
                .fix(format!("sed -i 's/\\r$//' {}", word(&path))),
            );
        }
        if variables::is_path(name, clean)
            && clean.split(|&byte| byte == b';').any(|entry| subject.is_windows_path(entry))
        {
            findings.push(
                Finding::new(Level::Fail, Code::GW453, place.clone(), format!("{shown_name}={} in Go's settings is a Windows path", shown(clean)))
                    .why("go reads this file by itself, where gowrap cannot repair it: GOPATH and GOROOT break every command.")
                    .fix(format!("go env -u {shown_name}")),
            );
        }
        findings.extend(target(subject, name, clean, &place));
    }
    findings
}
