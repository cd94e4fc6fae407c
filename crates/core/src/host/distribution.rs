//! The Linux distribution, by os-release(5), and the commands of its package manager.

use crate::prelude::*;

use super::Host;

/// The text of `/etc/os-release`.
pub struct OsRelease(Vec<(String, String)>);

impl OsRelease {
    /// Reads the machine's.
    #[must_use]
    pub fn read(host: &dyn Host) -> OsRelease {
        let text = host.read(b"/etc/os-release", 1 << 16).or_else(|_| host.read(b"/usr/lib/os-release", 1 << 16));
        OsRelease::parse(&text.unwrap_or_default())
    }

    /// `NAME=value` lines, the values quoted or not.
    #[must_use]
    pub fn parse(text: &[u8]) -> OsRelease {
        let text = String::from_utf8_lossy(text);
        let row = |line: &str| {
            let (name, value) = line.trim().split_once('=')?;
            Some((name.to_owned(), value.trim_matches(['"', '\'']).to_owned()))
        };
        OsRelease(text.lines().filter_map(row).collect())
    }

    /// A field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The names of the distribution and of those that it comes from, nearest first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.get("ID").into_iter().chain(self.get("ID_LIKE").into_iter().flat_map(str::split_whitespace))
    }
}

/// A package that a fix installs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Package {
    /// Go.
    Go,
    /// The C compiler that Go calls, with the C library's headers.
    Gcc,
    /// Git.
    Git,
    /// Emulators for programs of other machines.
    Qemu,
    /// The C library musl.
    Musl,
}

/// A package manager: the command that installs, and the names that packages have there.
struct Manager {
    /// Distributions that have it, by their name in os-release.
    names: &'static [&'static str],
    command: &'static str,
    go: &'static str,
    gcc: &'static str,
    git: &'static str,
    qemu: Option<&'static str>,
    musl: Option<&'static str>,
}

const MANAGERS: [Manager; 9] = [
    Manager {
        names: &["debian", "ubuntu", "kali", "pengwin", "linuxmint"],
        command: "sudo apt update && sudo apt install",
        go: "golang-go",
        gcc: "gcc libc6-dev",
        git: "git",
        qemu: Some("qemu-user-static"),
        musl: Some("musl"),
    },
    Manager {
        names: &["fedora", "rhel", "centos", "almalinux", "rocky", "ol", "amzn"],
        command: "sudo dnf install",
        go: "golang",
        gcc: "gcc",
        git: "git",
        qemu: Some("qemu-user-static"),
        musl: Some("musl-libc"),
    },
    Manager {
        names: &["arch", "manjaro"],
        command: "sudo pacman -S",
        go: "go",
        gcc: "gcc",
        git: "git",
        qemu: Some("qemu-user-static qemu-user-static-binfmt"),
        musl: Some("musl"),
    },
    Manager {
        names: &["alpine"],
        command: "sudo apk add",
        go: "go",
        gcc: "gcc musl-dev",
        git: "git",
        qemu: None,
        musl: Some("musl"),
    },
    Manager {
        names: &["opensuse", "suse", "opensuse-leap", "opensuse-tumbleweed", "sles"],
        command: "sudo zypper install",
        go: "go",
        gcc: "gcc",
        git: "git",
        qemu: Some("qemu-linux-user"),
        musl: Some("musl"),
    },
    Manager {
        names: &["void"],
        command: "sudo xbps-install -S",
        go: "go",
        gcc: "gcc",
        git: "git",
        qemu: Some("qemu-user-static"),
        musl: None,
    },
    Manager {
        names: &["gentoo"],
        command: "sudo emerge --ask",
        go: "dev-lang/go",
        gcc: "sys-devel/gcc",
        git: "dev-vcs/git",
        qemu: Some("app-emulation/qemu"),
        musl: None,
    },
    Manager {
        names: &["nixos"],
        command: "nix-env -iA",
        go: "nixos.go",
        gcc: "nixos.gcc",
        git: "nixos.git",
        qemu: None,
        musl: None,
    },
    Manager {
        names: &["azurelinux", "mariner"],
        command: "sudo tdnf install",
        go: "golang",
        gcc: "gcc glibc-devel kernel-headers binutils",
        git: "git",
        qemu: None,
        musl: None,
    },
];

/// The command that installs a package, by the distribution's own name or by that of the one that it comes from; none
/// where the distribution is not known, or has no such package.
#[must_use]
pub fn install(release: &OsRelease, package: Package) -> Option<String> {
    let manager = release.names().find_map(|name| MANAGERS.iter().find(|manager| manager.names.contains(&name)))?;
    let name = match package {
        Package::Go => Some(manager.go),
        Package::Gcc => Some(manager.gcc),
        Package::Git => Some(manager.git),
        Package::Qemu => manager.qemu,
        Package::Musl => manager.musl,
    }?;
    Some(format!("{} {name}", manager.command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distribution_determines_the_install_command() {
        let table: &[(&str, Option<&str>)] = &[
            ("ID=ubuntu\nID_LIKE=debian\n", Some("sudo apt update && sudo apt install golang-go")),
            ("ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"\n", Some("sudo zypper install go")),
            ("ID=nobara\nID_LIKE='rhel centos fedora'\n", Some("sudo dnf install golang")),
            ("ID=arch\n", Some("sudo pacman -S go")),
            ("ID=alpine\n", Some("sudo apk add go")),
            ("ID=unheard\n", None),
            ("", None),
        ];
        for (text, expected) in table {
            let command = install(&OsRelease::parse(text.as_bytes()), Package::Go);
            assert_eq!(command.as_deref(), *expected, "{text}");
        }
        let alpine = OsRelease::parse(b"ID=alpine");
        assert_eq!(install(&alpine, Package::Gcc).as_deref(), Some("sudo apk add gcc musl-dev"));
        assert_eq!(install(&alpine, Package::Qemu), None);
    }
}
