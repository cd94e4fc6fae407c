//! Checks of interop: Windows programs can be started from here, or binfmt_misc, wsl.conf or a missing socket prevents
//! it.

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, Fix, set_row, shown};
use crate::doctor::subject::Subject;
use crate::doctor::wsl_conf;
use crate::host::wslconf::WslConf;
use crate::host::{Host, LinuxKind};
use crate::plan::interop::way;
use crate::plan::interop::way::{BinfmtProblem, ENTRY, ENTRY_FLAGS, InteropSwitch, InteropWay, Socket, missing_flag};

const REGISTER: &str = "/proc/sys/fs/binfmt_misc/register";
const SHUTDOWN: &str = "on Windows: wsl.exe --shutdown";
const BINFMT: &str = "/proc/sys/fs/binfmt_misc";

/// The checks of the group `interop`.
#[must_use]
pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    if !subject.host.kind().is_wsl() {
        return Vec::new();
    }
    let conf = wsl_conf::read(subject.host);
    let mut findings = vec![registration(subject)];
    findings.extend(socket(subject));
    findings.extend(unprotected(&conf));
    findings.extend(persistent_entry(subject.host));
    findings.extend(windows_path(subject, &conf));
    findings
}

/// Returns the command that writes WSL's entry to a file.
fn write_entry(file: &str) -> String {
    format!("echo '{ENTRY}' | sudo tee {file}")
}

fn registration(subject: &Subject) -> Finding {
    match way::way(subject.host) {
        InteropWay::Binfmt => Finding::ok(Code::GW160, BINFMT, "the kernel starts Windows programs through WSL's /init"),
        InteropWay::Init(BinfmtProblem::Shadowed(name)) | InteropWay::Absent(BinfmtProblem::Shadowed(name)) => {
            let name = shown(&name);
            Finding::fail(Code::GW230, format!("{BINFMT}/{name}"), format!("{name} takes Windows programs before WSL does"))
                .why(
                    "The handler that was registered last takes precedence: it gets cmd.exe, code and go.exe. gowrap \
                     uses /init instead, other programs fail. The package that registers the handler (wine-binfmt, \
                     binfmt-support, APE) registers it again at the next start.",
                )
                .fix(format!("echo -1 | sudo tee {BINFMT}/{name}"))
        }
        InteropWay::Init(BinfmtProblem::WithoutFlag(flag)) | InteropWay::Absent(BinfmtProblem::WithoutFlag(flag)) => {
            Finding::fail(Code::GW229, BINFMT, format!("WSL's binfmt_misc entry lacks the flag {}", flag.letter()))
                .why(flag.why())
                .fix(format!("echo -1 | sudo tee {BINFMT}/WSLInterop; {}", write_entry(REGISTER)))
        }
        InteropWay::Init(_) | InteropWay::Absent(_) => {
            Finding::fail(Code::GW224, BINFMT, "WSL's binfmt_misc entry is missing")
                .why(
                    "Every Windows program ends in `Exec format error`. systemd-binfmt removes all entries when it \
                     starts or stops, in any distribution. gowrap uses /init if it exists, other programs fail.",
                )
                .fix(write_entry(REGISTER))
                .fix(Fix::Change(SHUTDOWN.to_owned()))
        }
        InteropWay::Disabled(InteropSwitch::Entry(name)) => {
            let name = shown(&name);
            Finding::warn(Code::GW221, format!("{BINFMT}/{name}"), format!("interop is switched off: {name} is disabled"))
                .why("Windows programs end in `Exec format error`. gowrap treats this as your decision and does not work around it.")
                .fix(format!("echo 1 | sudo tee {BINFMT}/{name}"))
        }
        InteropWay::Disabled(InteropSwitch::Table) => {
            Finding::warn(Code::GW221, format!("{BINFMT}/status"), "interop is switched off: binfmt_misc is disabled as a whole")
                .why("Windows programs end in `Exec format error`. gowrap treats this as your decision and does not work around it.")
                .fix(format!("echo 1 | sudo tee {BINFMT}/status"))
        }
        InteropWay::Disabled(InteropSwitch::WslConf) => {
            let registered = subject.host.binfmt().iter().any(|entry| entry.enabled && entry.interpreter == b"/init");
            let why = if registered {
                "The binfmt_misc entry of another distribution still exists, so Windows programs start, find no server \
                 and fail with `connect failed` or `Permission denied`."
            } else {
                "Windows programs end in `Exec format error` or `Permission denied`."
            };
            Finding::warn(Code::GW222, "/etc/wsl.conf", "interop is switched off: [interop] enabled=false in /etc/wsl.conf")
                .why(format!("{why} gowrap treats this as your decision and does not work around it."))
                .fix(set_row("/etc/wsl.conf", "interop", "enabled", "true"))
        }
    }
}

/// Checks the interop socket. WSL does not restart a server that has ended.
fn socket(subject: &Subject) -> Option<Finding> {
    if subject.host.kind() != LinuxKind::Wsl2
        || !matches!(way::way(subject.host), InteropWay::Binfmt | InteropWay::Init(_))
    {
        return None;
    }
    match way::socket(subject.host, subject.environ.get_nonempty(b"WSL_INTEROP")) {
        Socket::Usable(_) => None,
        Socket::Replaced(path, why) => {
            let path = shown(&path);
            let why_it_matters = match subject.environ.get_nonempty(b"WSL_INTEROP") {
                None => {
                    "sudo, ssh, cron and services start programs without it: Windows programs fail with `connect failed` \
                     or `Invalid argument`. gowrap uses the one that answers."
                }
                Some(_) => {
                    "It belongs to a terminal that was closed (tmux, screen, an editor's server): Windows programs fail with \
                     `connect failed 111` or `accept4 failed 110`. gowrap uses the one that answers."
                }
            };
            Some(
                Finding::warn(Code::GW162, "WSL_INTEROP", format!("{why}, but {path} answers"))
                    .why(why_it_matters)
                    .fix(format!("export WSL_INTEROP={path}")),
            )
        }
        Socket::NoneAnswers(why) => Some(
            Finding::fail(
                Code::GW223,
                "WSL_INTEROP",
                format!("Windows cannot be reached: {why}, and no other socket answers"),
            )
            .why("Windows programs fail with `connect failed` or hang for ten seconds.")
            .fix(Fix::Change(SHUTDOWN.to_owned())),
        ),
    }
}

/// Finds protectBinfmt=false. With systemd, only `[boot] protectBinfmt` keeps WSL's entry.
fn unprotected(conf: &WslConf) -> Option<Finding> {
    if conf.switch("boot", "systemd") != Some(true) || conf.switch("boot", "protectBinfmt") != Some(false) {
        return None;
    }
    Some(
        Finding::warn(
            Code::GW161,
            "/etc/wsl.conf",
            "[boot] protectBinfmt=false: systemd may drop WSL's binfmt_misc entry",
        )
        .why("After the next start of systemd-binfmt, in any distribution, no Windows program starts.")
        .fix(set_row("/etc/wsl.conf", "boot", "protectBinfmt", "true")),
    )
}

/// Checks the file with which users make systemd register the entry again.
fn persistent_entry(host: &dyn Host) -> Option<Finding> {
    for folder in ["/etc/binfmt.d", "/run/binfmt.d", "/usr/lib/binfmt.d"] {
        let path = format!("{folder}/WSLInterop.conf");
        let Ok(text) = host.read(path.as_bytes(), 1 << 16) else { continue };
        let text = String::from_utf8_lossy(&text).into_owned();
        let entry = ENTRY.strip_suffix(ENTRY_FLAGS).unwrap_or(ENTRY);
        let flags = text.lines().find_map(|line| line.trim().strip_prefix(entry));
        if let Some(flag) = flags.and_then(|flags| missing_flag(flags.as_bytes())) {
            let title = format!("{path} registers WSL's entry without the flag {}", flag.letter());
            return Some(
                Finding::fail(Code::GW163, path.clone(), title)
                    .why(format!("After the next start {}", flag.effect()))
                    .fix(write_entry(&path)),
            );
        }
    }
    None
}

/// Reports appendWindowsPath=false, which keeps Windows' folders off PATH.
fn windows_path(subject: &Subject, conf: &WslConf) -> Option<Finding> {
    let path = subject.environ.get(b"PATH").unwrap_or_default();
    if path.split(|&byte| byte == b':').any(|entry| entry.starts_with(b"/") && subject.host.mounts().is_on_drive(entry))
    {
        return None;
    }
    let off = conf.switch("interop", "appendWindowsPath") == Some(false);
    let place = if off { "/etc/wsl.conf" } else { "PATH" };
    let system = subject.host.mounts().mount_point_of_drive(b'C').map(shown)?;
    let because = if off { " (appendWindowsPath=false)" } else { "" };
    let title = format!("Windows' folders are not on PATH{because}: `cmd.exe` and `where.exe` are not found by name");
    Some(Finding::ok(Code::GW164, place, title).why(format!("Its full path works: {system}/Windows/System32/cmd.exe.")))
}
