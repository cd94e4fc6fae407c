//! Checks of the machine: its kind, its distribution, and its limits for a debugger.

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, Fix, shown, word};
use crate::doctor::subject::Subject;
use crate::host::LinuxKind;
use crate::host::distribution::OsRelease;

const PTRACE_SCOPE: &[u8] = b"/proc/sys/kernel/yama/ptrace_scope";

/// The checks of the group `host`.
#[must_use]
pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    let mut findings = vec![what_it_is(subject)];
    findings.extend(wsl1(subject));
    findings.extend(ptrace(subject));
    findings
}

fn what_it_is(subject: &Subject) -> Finding {
    let release = OsRelease::read(subject.host);
    let name = release.get("PRETTY_NAME").unwrap_or("Linux");
    let place = match subject.host.kind() {
        LinuxKind::Linux => "without WSL",
        LinuxKind::Wsl1 => "in WSL1",
        LinuxKind::Wsl2 => "in WSL2",
    };
    let title = format!("{} {place}, {}", shown(name.as_bytes()), subject.host.machine().name());
    Finding::ok(Code::GW140, "/etc/os-release", title)
}

fn wsl1(subject: &Subject) -> Option<Finding> {
    if subject.host.kind() != LinuxKind::Wsl1 {
        return None;
    }
    let distro = subject.host.distro();
    let distro = distro.as_deref().or_else(|| subject.environ.get_nonempty(b"WSL_DISTRO_NAME")).unwrap_or(b"DISTRO");
    let why = "WSL1 has no complete ptrace: dlv hangs after `API server listening at` or fails with `operation not \
               permitted`, and Delve does not support it. Its file system refuses to rename folders that are in use \
               (`rename …: permission denied` in go get), and programs that poll fail with `epollwait on fd 4 failed \
               with 38`.";
    let finding = Finding::fail(Code::GW141, "uname", "this is WSL1, on which Delve does not work");
    Some(finding.why(why).fix(Fix::Change(format!("on Windows: wsl.exe --set-version {} 2", word(distro)))))
}

/// Checks ptrace_scope (Documentation/admin-guide/LSM/Yama.rst): with 0, a process can trace others of its user; with
/// 1, only its children; with 2, only root can trace; with 3, no process can.
fn ptrace(subject: &Subject) -> Option<Finding> {
    let scope = subject.host.read(PTRACE_SCOPE, 64).ok()?;
    let root = subject.host.uid() == 0;
    match scope.trim_ascii() {
        b"1" if !root => Some(
            Finding::warn(Code::GW142, PTRACE_SCOPE, "dlv cannot attach to a process that it did not start")
                .why(
                    "Yama lets a process trace its own children only: `dlv attach` fails with `Could not attach to \
                    pid …: \
                     this could be caused by a kernel security setting`. Launching a program is not affected.",
                )
                .fix("echo 0 | sudo tee /proc/sys/kernel/yama/ptrace_scope"),
        ),
        scope @ (b"2" | b"3") if !root || scope == b"3" => Some(
            Finding::fail(Code::GW143, PTRACE_SCOPE, "the kernel forbids debugging")
                .why(format!(
                    "Yama's ptrace_scope is {}: dlv can neither launch a program nor attach to one (`operation not \
                     permitted`).",
                    shown(scope)
                ))
                .fix(if scope == b"3" {
                    // The kernel never lowers 3 again.
                    Fix::Change(
                        "in /etc/sysctl.d, remove kernel.yama.ptrace_scope = 3; then, on Windows: wsl.exe \
                    --shutdown"
                            .to_owned(),
                    )
                } else {
                    Fix::Type("echo 0 | sudo tee /proc/sys/kernel/yama/ptrace_scope".to_owned())
                }),
        ),
        _ => None,
    }
}
