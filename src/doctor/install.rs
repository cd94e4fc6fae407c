//! The commands that install Go here: the distribution's package, and Go's own archive for this machine.

use crate::doctor::machine::OsRelease;
use crate::doctor::subject::Subject;
use crate::host::binary::Machine;

/// The commands, the distribution's first.
#[must_use]
pub fn go(subject: &Subject) -> Vec<String> {
    package(&OsRelease::read(subject.host)).map(str::to_owned).into_iter().chain(newest(subject)).collect()
}

/// The command that installs the newest Go, which a distribution's package rarely is. Unpacked over an older one it would be
/// a mixture of both (https://go.dev/doc/install), and behind an older one on PATH it would not be found.
#[must_use]
pub fn newest(subject: &Subject) -> Option<String> {
    let architecture = goarch(subject.host.machine())?;
    let mut command = format!(
        "curl -fsSL -o /tmp/go.tgz \"https://go.dev/dl/$(curl -fsSL 'https://go.dev/VERSION?m=text' | head -n 1).linux-\
         {architecture}.tar.gz\" && "
    );
    if subject.host.stat(b"/usr/local/go").is_ok() {
        command.push_str("sudo rm -rf /usr/local/go && ");
    }
    command.push_str("sudo tar -C /usr/local -xzf /tmp/go.tgz");
    let path = subject.repaired(b"PATH").unwrap_or_default();
    if !path.split(|&byte| byte == b':').any(|entry| entry == b"/usr/local/go/bin") {
        command.push_str(" && echo 'export PATH=\"/usr/local/go/bin:$PATH\"' >> ~/.profile");
    }
    Some(command)
}

/// The distribution's package, by its own name or by that of the one that it comes from (os-release(5)).
fn package(release: &OsRelease) -> Option<&'static str> {
    release.names().find_map(|name| {
        Some(match name {
            "debian" | "ubuntu" | "kali" | "pengwin" | "linuxmint" => {
                "sudo apt-get update && sudo apt-get install golang-go"
            }
            "fedora" | "rhel" | "centos" | "almalinux" | "rocky" | "ol" | "amzn" => "sudo dnf install golang",
            "arch" | "manjaro" => "sudo pacman -S go",
            "alpine" => "sudo apk add go",
            "opensuse" | "suse" | "opensuse-leap" | "opensuse-tumbleweed" | "sles" => "sudo zypper install go",
            "void" => "sudo xbps-install -S go",
            "gentoo" => "sudo emerge --ask dev-lang/go",
            "nixos" => "nix-env -iA nixos.go",
            _ => return None,
        })
    })
}

/// The name that Go's archives have for a machine.
#[must_use]
pub fn goarch(machine: Machine) -> Option<&'static str> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_distribution_has_its_own_command() {
        let table: &[(&str, Option<&str>)] = &[
            ("ID=ubuntu\nID_LIKE=debian\n", Some("apt-get")),
            ("ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"\n", Some("zypper")),
            ("ID=nobara\nID_LIKE='rhel centos fedora'\n", Some("dnf")),
            ("ID=arch\n", Some("pacman")),
            ("ID=alpine\n", Some("apk")),
            ("ID=somebodys\n", None),
            ("", None),
        ];
        for (text, expected) in table {
            let command = package(&OsRelease::parse(text.as_bytes()));
            assert_eq!(command.is_some(), expected.is_some(), "{text}");
            assert!(command.unwrap_or_default().contains(expected.unwrap_or_default()), "{text}");
        }
    }
}
