//! The Linux distribution, by os-release(5), and the commands of its package manager.

use crate::prelude::*;

use super::Files;

/// The text of `/etc/os-release`.
pub struct OsRelease(Vec<(String, String)>);

impl OsRelease {
    /// Reads the file of this machine.
    #[must_use]
    pub fn read(host: &dyn Files) -> OsRelease {
        let text = host.read(b"/etc/os-release", 1 << 16).or_else(|_| host.read(b"/usr/lib/os-release", 1 << 16));
        OsRelease::parse(&text.unwrap_or_default())
    }

    /// Parses `NAME=value` lines, with or without quotes around the value.
    #[must_use]
    pub fn parse(text: &[u8]) -> OsRelease {
        let text = String::from_utf8_lossy(text);
        let row = |line: &str| {
            let (name, value) = line.trim().split_once('=')?;
            Some((name.to_owned(), value.trim_matches(['"', '\'']).to_owned()))
        };
        OsRelease(text.lines().filter_map(row).collect())
    }

    /// Returns the value of a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns the names of the distribution and of those that it is derived from, nearest first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.get("ID").into_iter().chain(self.get("ID_LIKE").into_iter().flat_map(str::split_whitespace))
    }
}

/// A package that a fix installs, in the order of the columns of [`MANAGERS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Package {
    /// Go.
    Go,
    /// The C compiler that Go calls, with the C library's headers.
    Gcc,
    /// Git.
    Git,
}

/// Joins the rows of [`MANAGERS`] into one text: a table of pointers would have to be relocated at each start of a
/// tool.
macro_rules! managers {
    ($($names:literal $command:literal { go: $go:literal, gcc: $gcc:literal, git: $git:literal })*) => {
        concat!($($names, "|", $command, "|", $go, "|", $gcc, "|", $git, "\n"),*)
    };
}

/// A line for each package manager: its distributions, by their names in os-release; the install command; the names of
/// its packages, empty if there is none.
const MANAGERS: &str = managers! {
    "debian ubuntu kali pengwin linuxmint" "sudo apt update && sudo apt install" { go: "golang-go", gcc: "gcc libc6-dev", git: "git" }
    "fedora rhel centos almalinux rocky ol amzn" "sudo dnf install" { go: "golang", gcc: "gcc", git: "git" }
    "arch manjaro" "sudo pacman -S" { go: "go", gcc: "gcc", git: "git" }
    "alpine" "sudo apk add" { go: "go", gcc: "gcc musl-dev", git: "git" }
    "opensuse suse opensuse-leap opensuse-tumbleweed sles" "sudo zypper install" { go: "go", gcc: "gcc", git: "git" }
    "void" "sudo xbps-install -S" { go: "go", gcc: "gcc", git: "git" }
    "gentoo" "sudo emerge --ask" { go: "dev-lang/go", gcc: "sys-devel/gcc", git: "dev-vcs/git" }
    "nixos" "nix-env -iA" { go: "nixos.go", gcc: "nixos.gcc", git: "nixos.git" }
    "azurelinux mariner" "sudo tdnf install" { go: "golang", gcc: "gcc glibc-devel kernel-headers binutils", git: "git" }
};

/// Returns the command that installs a package. Looks up the distribution, then those that it is derived from. Returns
/// none if the distribution is unknown or does not have the package.
#[must_use]
pub fn install(release: &OsRelease, package: Package) -> Option<String> {
    let of = |name: &str| {
        MANAGERS.lines().map(|line| line.split('|')).find_map(|mut fields| {
            let is_it = fields.next()?.split(' ').any(|known| known == name);
            is_it.then_some(fields)
        })
    };
    let mut fields = release.names().find_map(of)?;
    let command = fields.next()?;
    let name = fields.nth(package as usize).filter(|name| !name.is_empty())?;
    Some(format!("{command} {name}"))
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
        assert!(MANAGERS.lines().all(|line| line.split('|').count() == 5), "{MANAGERS}");
    }
}
