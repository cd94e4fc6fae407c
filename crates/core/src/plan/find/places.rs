//! Folders where installers and version managers put Go and its tools: one row a folder, in the order of the search.
//!
//! They are searched if PATH has no tool, as under cron, ssh and editors' servers, which do not read the profile. A
//! name that ends in `*` matches every version in that folder, newest first. A manager's shims come before its
//! versions, because a shim follows the project's own choice. The search checks who can change such a folder.
//!
//! A row holds the bytes of its path, not a pointer: each pointer of a table costs a relocation at every start.

use crate::host::environ::Environ;
use crate::host::{Files, Host};
use crate::prelude::*;
use crate::text::path::join;
use crate::text::sort;
use crate::tools::{Installed, Tool};

/// Tools that one installation provides together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Family {
    /// `go` and `gofmt`.
    Toolchain,
    /// `dlv` and `gopls`, which `go install` builds.
    Built,
    /// All of them.
    Any,
}

/// Base folder of a row's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Root {
    /// The root of the file system.
    Top,
    /// The home directory in /etc/passwd.
    Home,
    /// The folder that GOROOT names.
    Goroot,
    /// The folder that GOBIN names.
    Gobin,
    /// Each folder of GOPATH.
    Gopath,
    /// The system drive of Windows, and each drive of an entry of PATH.
    Drive,
    /// Each home directory on Windows that contains an entry of PATH.
    WindowsHome,
}

/// Maximum length of a row's path, in bytes.
const LONGEST: usize = 40;

struct KnownFolder {
    family: Family,
    root: Root,
    length: u8,
    path: [u8; LONGEST],
}

impl KnownFolder {
    fn path(&self) -> &[u8] {
        self.path.split_at(self.length as usize).0
    }

    fn serves(&self, tool: Tool) -> bool {
        let family = match tool.installed() {
            Installed::Toolchain => Family::Toolchain,
            Installed::Built => Family::Built,
            Installed::Unknown => return false,
        };
        self.family == family || self.family == Family::Any
    }

    /// Returns the folders that the row matches below one base folder.
    fn below(&self, root: &[u8], host: &dyn Files) -> Vec<Vec<u8>> {
        let path = self.path();
        let Some(star) = path.iter().position(|&byte| byte == b'*') else {
            return vec![if path.is_empty() { root.to_vec() } else { join(root, path) }];
        };
        let start = path[..star].iter().rposition(|&byte| byte == b'/').map_or(0, |at| at + 1);
        let dir = join(root, path[..start].strip_suffix(b"/").unwrap_or(&path[..start]));
        let tail = path[star + 1..].strip_prefix(b"/").unwrap_or_default();
        newest_first(host, &dir, &path[start..star]).into_iter().map(|name| join(&join(&dir, &name), tail)).collect()
    }
}

const fn row(family: Family, root: Root, path: &str) -> KnownFolder {
    let from = path.as_bytes();
    let mut bytes = [0; LONGEST];
    let mut at = 0;
    while at < from.len() {
        bytes[at] = from[at];
        at += 1;
    }
    KnownFolder { family, root, length: from.len() as u8, path: bytes }
}

use Family::{Any, Built, Toolchain};
use Root::{Drive, Gobin, Gopath, Goroot, Home, Top, WindowsHome};

static KNOWN_FOLDERS: [KnownFolder; 54] = [
    row(Toolchain, Goroot, "bin"),
    row(Toolchain, Top, "usr/local/go/bin"),
    row(Toolchain, Top, "usr/lib/go*/bin"),
    row(Toolchain, Home, "sdk/go*/bin"),
    row(Built, Gobin, ""),
    row(Built, Gopath, "bin"),
    row(Any, Home, "go/bin"),
    row(Toolchain, Top, "home/linuxbrew/.linuxbrew/bin"),
    row(Toolchain, Top, "snap/bin"),
    // cron's PATH has neither this folder nor those of the user.
    row(Any, Top, "usr/local/bin"),
    row(Any, Home, ".local/bin"),
    row(Any, Home, "bin"),
    // asdf: the plugin golang keeps Go in `go`, and sets GOBIN and GOPATH beside it.
    row(Any, Home, ".asdf/shims"),
    row(Toolchain, Home, ".asdf/installs/golang/*/go/bin"),
    row(Built, Home, ".asdf/installs/golang/*/bin"),
    row(Built, Home, ".asdf/installs/golang/*/packages/bin"),
    // goenv, which sets GOPATH to `~/go/VERSION`.
    row(Any, Home, ".goenv/shims"),
    row(Toolchain, Home, ".goenv/versions/*/bin"),
    row(Built, Home, "go/1*/bin"),
    // mise, which sets GOBIN beside `go`.
    row(Any, Home, ".local/share/mise/shims"),
    row(Any, Home, ".local/share/mise/installs/go/*/bin"),
    // gvm.
    row(Toolchain, Home, ".gvm/gos/go*/bin"),
    row(Built, Home, ".gvm/pkgsets/go*/global/bin"),
    // g, under both of its names.
    row(Toolchain, Home, ".g/go/bin"),
    row(Toolchain, Home, ".g/versions/*/bin"),
    row(Toolchain, Home, ".go/.versions/*/bin"),
    // gobrew.
    row(Toolchain, Home, ".gobrew/current/bin"),
    row(Toolchain, Home, ".gobrew/versions/*/go/bin"),
    // goup, under both of its names.
    row(Toolchain, Home, ".go/current/bin"),
    row(Toolchain, Home, ".go/go*/bin"),
    row(Toolchain, Home, ".goup/current/bin"),
    row(Toolchain, Home, ".goup/go*/bin"),
    // webi.
    row(Toolchain, Home, ".local/opt/go/bin"),
    row(Toolchain, Home, ".local/opt/go-bin-v*/bin"),
    // Nix: of the user, of the machine, and of NixOS.
    row(Any, Home, ".nix-profile/bin"),
    row(Any, Home, ".local/state/nix/profile/bin"),
    row(Any, Top, "nix/var/nix/profiles/default/bin"),
    row(Any, Top, "run/current-system/sw/bin"),
    // Guix.
    row(Any, Home, ".guix-profile/bin"),
    row(Any, Home, ".guix-home/profile/bin"),
    row(Any, Top, "run/current-system/profile/bin"),
    // An unpacked archive of go.dev.
    row(Toolchain, Top, "opt/go/bin"),
    row(Toolchain, Home, ".go/bin"),
    row(Toolchain, Home, ".local/go/bin"),
    // Windows: the installer, for all users or for one. winget and Chocolatey use it too.
    row(Any, Drive, "Program Files/Go/bin"),
    row(Any, Drive, "Go/bin"),
    row(Any, WindowsHome, "AppData/Local/Programs/Go/bin"),
    row(Toolchain, WindowsHome, "sdk/go*/bin"),
    row(Any, WindowsHome, "scoop/shims"),
    row(Any, Drive, "ProgramData/scoop/shims"),
    row(Toolchain, WindowsHome, "scoop/apps/go/current/bin"),
    row(Any, WindowsHome, "AppData/Local/mise/installs/go/*/bin"),
    row(Any, WindowsHome, "AppData/Local/mise/shims"),
    row(Built, WindowsHome, "go/bin"),
];

/// Returns true for the name of a version manager, which shims may call without a folder.
#[must_use]
pub fn is_manager(command: &[u8]) -> bool {
    matches!(command, b"asdf" | b"goenv" | b"mise" | b"gvm" | b"gobrew" | b"goup" | b"rtx" | b"vfox" | b"proto")
}

/// Returns the folders on the Linux side, in the order of the search.
pub fn on_linux<'a>(tool: Tool, environ: &'a Environ, host: &'a dyn Host) -> impl Iterator<Item = Vec<u8>> {
    let home = host.user().map(|user| user.home.as_slice());
    let roots = move |root: Root| -> Vec<&'a [u8]> {
        let named = |name| environ.get_nonempty(name).into_iter();
        let roots: Vec<&[u8]> = match root {
            Root::Top => vec![b"/"],
            Root::Home => home.into_iter().collect(),
            Root::Goroot => named(b"GOROOT").collect(),
            Root::Gobin => named(b"GOBIN").collect(),
            Root::Gopath => named(b"GOPATH").flat_map(|list| list.split(|&byte| byte == b':')).collect(),
            Root::Drive | Root::WindowsHome => Vec::new(),
        };
        roots.into_iter().filter(|root| root.starts_with(b"/")).collect()
    };
    let rows = KNOWN_FOLDERS.iter().filter(move |row| row.serves(tool));
    rows.flat_map(move |row| roots(row.root).into_iter().flat_map(|root| row.below(root, host)).collect::<Vec<_>>())
}

/// Returns the folders on the Windows side, in the order of the search. `entries` are the PATH entries on drives.
pub fn on_windows<'a>(tool: Tool, entries: &'a [&'a [u8]], host: &'a dyn Files) -> impl Iterator<Item = Vec<u8>> {
    let mut drives: Vec<Vec<u8>> = Vec::new();
    let mut homes: Vec<Vec<u8>> = Vec::new();
    let add = |list: &mut Vec<Vec<u8>>, folder: Vec<u8>| {
        if !list.contains(&folder) {
            list.push(folder);
        }
    };
    if let Some(system) = host.mounts().mount_point_of_drive(b'C') {
        add(&mut drives, system.to_vec());
    }
    for entry in entries {
        let Some(point) = host.mounts().mount_of(entry).map(|mount| mount.point()) else { continue };
        add(&mut drives, point.to_vec());
        let mut names =
            entry.get(point.len()..).unwrap_or_default().split(|&byte| byte == b'/').filter(|name| !name.is_empty());
        if let (Some(users), Some(name), Some(_)) = (names.next(), names.next(), names.next())
            && users.eq_ignore_ascii_case(b"Users")
        {
            add(&mut homes, join(&join(point, users), name));
        }
    }
    let rows = KNOWN_FOLDERS.iter().filter(move |row| row.serves(tool));
    rows.flat_map(move |row| {
        let roots = match row.root {
            Root::Drive => drives.as_slice(),
            Root::WindowsHome => homes.as_slice(),
            _ => &[],
        };
        roots.iter().flat_map(|root| row.below(root, host)).collect::<Vec<_>>()
    })
}

/// Returns the names in a folder with that prefix, highest version first. Numbers compare as numbers: `go1.10` is newer
/// than `go1.9`.
fn newest_first(host: &dyn Files, dir: &[u8], prefix: &[u8]) -> Vec<Vec<u8>> {
    let names = host.list(dir).unwrap_or_default().into_iter().filter(|name| name.starts_with(prefix));
    let mut names: Vec<_> = names.map(|name| (version(&name), name)).collect();
    sort::by(&mut names, |one, other| one > other);
    names.into_iter().map(|(_, name)| name).collect()
}

/// Returns the numbers in a name. A beta and a release candidate sort before their release.
fn version(name: &[u8]) -> Vec<u64> {
    let release = if name.windows(2).any(|pair| pair == b"rc") || name.contains(&b'b') { 0 } else { u64::MAX };
    let numbers = name.split(|byte| !byte.is_ascii_digit()).filter(|digits| !digits.is_empty());
    let mut key: Vec<u64> = numbers
        .map(|digits| {
            digits.iter().fold(0u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
        })
        .collect();
    if key.len() >= 2 {
        key.insert(2, release);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_versions_come_first() {
        let mut names: Vec<&[u8]> =
            vec![b"go1.9", b"go", b"go1.21.3", b"go-1.22", b"go1.22rc1", b"go1.10", b"go1.22.0", b"go1.21.13"];
        names.sort_by_key(|name| std::cmp::Reverse(version(name)));
        let sorted: Vec<_> = names.iter().map(|name| name.escape_ascii().to_string()).collect();
        assert_eq!(sorted, ["go1.22.0", "go-1.22", "go1.22rc1", "go1.21.13", "go1.21.3", "go1.10", "go1.9", "go"]);
    }

    #[test]
    fn rows_are_relative_and_have_one_star_at_most() {
        for row in &KNOWN_FOLDERS {
            let path = row.path();
            assert!(!path.starts_with(b"/") && !path.ends_with(b"/"), "{}", path.escape_ascii());
            assert!(path.iter().filter(|&&byte| byte == b'*').count() <= 1, "{}", path.escape_ascii());
            assert!(!path.is_empty() || row.root == Root::Gobin);
        }
    }

    /// Returns the text between quotes behind every `NAME = `.
    fn values<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
        let assigned = format!("{name} = ");
        let starts = text.match_indices(assigned.as_str()).map(|(at, found)| &text[at + found.len()..]);
        starts
            .filter_map(|rest| {
                let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
                rest[1..].split(quote).next()
            })
            .collect()
    }

    fn texts(folder: &std::path::Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).expect("the cases").map(|entry| entry.expect("an entry").path());
        entries
            .flat_map(
                |path| if path.is_dir() { texts(&path) } else { vec![std::fs::read_to_string(path).expect("a case")] },
            )
            .collect()
    }

    /// Returns true if this folder of a target is one that the row stands for, with `*` for the rest of a name.
    fn is_of(folder: &str, base: &str, path: &str) -> bool {
        let Some(rest) = folder.strip_prefix(base).map(|rest| rest.trim_start_matches('/')) else { return false };
        match path.split_once('*') {
            None => rest == path,
            Some((before, after)) => rest
                .strip_prefix(before)
                .and_then(|rest| rest.strip_suffix(after))
                .is_some_and(|version| !version.is_empty() && !version.contains('/')),
        }
    }

    #[test]
    fn every_row_is_the_target_of_a_case() {
        let cases = texts(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases"));
        let is_target = |row: &KnownFolder, case: &String| {
            let Some((record, expect)) = case.split_once("[expect]") else { return false };
            let path = core::str::from_utf8(row.path()).expect("a path of the table");
            values(expect, "target = { path").iter().any(|target| {
                let Some((folder, _)) = target.rsplit_once('/') else { return false };
                let bases: Vec<String> = match row.root {
                    Root::Top => vec!["".into()],
                    Root::Home => vec!["/home/me".into()],
                    Root::Goroot => values(record, "GOROOT").into_iter().map(String::from).collect(),
                    Root::Gobin => values(record, "GOBIN").into_iter().map(String::from).collect(),
                    Root::Gopath => values(record, "GOPATH")
                        .into_iter()
                        .flat_map(|list| list.split(':'))
                        .map(String::from)
                        .collect(),
                    Root::Drive => vec!["/mnt/c".into(), "/mnt/d".into()],
                    Root::WindowsHome => vec!["/mnt/c/Users/me".into(), "/mnt/d/Users/me".into()],
                };
                bases.iter().any(|base| is_of(folder, base, path))
            })
        };
        let missing: Vec<_> = KNOWN_FOLDERS
            .iter()
            .filter(|row| !cases.iter().any(|case| is_target(row, case)))
            .map(|row| format!("{:?} {:?} {}", row.family, row.root, String::from_utf8_lossy(row.path())))
            .collect();
        assert_eq!(missing, Vec::<String>::new(), "no case in tests/cases has its target there");
    }
}
