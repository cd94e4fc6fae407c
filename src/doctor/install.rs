//! The commands that install Go here: the distribution's package, and Go's own archive for this machine.

use crate::doctor::finding::word;
use crate::doctor::go_settings::setting;
use crate::doctor::path;
use crate::doctor::subject::Subject;
use crate::host::binary::Machine;
use crate::host::distribution::{self, OsRelease, Package};
use crate::text::path::join;
use crate::tools::Tool;

/// Returns the command that installs a package of the distribution; none if it is unknown.
#[must_use]
pub(super) fn package(subject: &Subject, package: Package) -> Option<String> {
    distribution::install(&OsRelease::read(subject.host), package)
}

/// The commands, the distribution's first.
#[must_use]
pub(super) fn go(subject: &Subject) -> Vec<String> {
    package(subject, Package::Go).into_iter().chain(newest(subject)).collect()
}

/// The folder in Go's archive.
const FOLDER: &[u8] = b"/usr/local/go/bin";

/// Returns the command that installs the newest Go; a distribution's package is usually older. It removes an older Go
/// first, because files of both would mix (https://go.dev/doc/install). It puts the new Go before an older one on PATH.
#[must_use]
pub(super) fn newest(subject: &Subject) -> Option<String> {
    let architecture = goarch(subject.host.machine())?;
    let mut command = format!(
        "curl -fsSL -o /tmp/go.tgz \"https://go.dev/dl/$(curl -fsSL 'https://go.dev/VERSION?m=text' | head -n 1).linux-\
         {architecture}.tar.gz\" && "
    );
    if subject.host.stat(b"/usr/local/go").is_ok() {
        command.push_str("sudo rm -rf /usr/local/go && ");
    }
    command.push_str("sudo tar -C /usr/local -xzf /tmp/go.tgz");
    if !path::is_first(subject, FOLDER, b"go") {
        command.push_str(" && ");
        command.push_str(&path::front(subject, FOLDER));
    }
    Some(command)
}

/// Returns the command that builds a tool with this Go. The tool is written to GOBIN or GOPATH/bin. If PATH has another
/// file of its name before that folder, the command puts the folder first.
#[must_use]
pub(super) fn built(subject: &Subject, module: &str, tool: Tool) -> String {
    // gowrap searches drives last, so the new program comes before a program on a drive.
    let on_linux = |bin: &Vec<u8>| !subject.is_on_drive(bin);
    if let (Some(bin), Some(home)) = (bin(subject).filter(|bin| !on_linux(bin)), subject.home()) {
        let own = join(home, b"go/bin");
        let command = format!("GOBIN={} go install {module}", word(&own));
        return match bin != own && path::is_hidden(subject, &own, tool.name().as_bytes()) {
            true => format!("{command} && {}", path::front(subject, &own)),
            false => command,
        };
    }
    let command = format!("go install {module}");
    match bin(subject).filter(|bin| path::is_hidden(subject, bin, tool.name().as_bytes())) {
        Some(bin) => format!("{command} && {}", path::front(subject, &bin)),
        None => command,
    }
}

/// The folder that `go install` writes to.
fn bin(subject: &Subject) -> Option<Vec<u8>> {
    if let Some(bin) = setting(subject, b"GOBIN") {
        return Some(bin.value);
    }
    let gopath = setting(subject, b"GOPATH").map(|set| set.value).or_else(|| Some(join(subject.home()?, b"go")))?;
    Some(join(gopath.split(|&byte| byte == b':').next()?, b"bin"))
}

/// The name that Go's archives have for a machine.
#[must_use]
pub(super) fn goarch(machine: Machine) -> Option<&'static str> {
    Some(match machine {
        Machine::X86_64 => "amd64",
        Machine::X86 => "386",
        Machine::Aarch64 => "arm64",
        Machine::Arm => "armv6l",
        Machine::Riscv64 => "riscv64",
        Machine::Ppc64le => "ppc64le",
        Machine::S390x => "s390x",
        Machine::Number(_) => return None,
    })
}
