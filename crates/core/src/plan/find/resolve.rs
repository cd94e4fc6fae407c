//! Which file is the tool: every place where it could be, in order, until one can run.
//!
//! PATH entries on Linux file systems come first and entries on Windows drives after them, whatever their order in PATH:
//! a look at a drive costs a millisecond, and with a native tool present there is no reason to take it.

use crate::config::Config;
use crate::host::environ::Environ;
use crate::host::{FileId, Host};
use crate::plan::find::classify::{Place, Verdict, classify};
use crate::plan::invocation::Named;
use crate::plan::{Candidate, Reason, Source, Target};
use crate::text::path::join;
use crate::tools::Tool;

/// What was found on the way.
#[derive(Debug, Default)]
pub struct Resolution {
    /// The tool that the kernel runs, if there is one.
    pub native: Option<Target>,
    /// Windows binaries, best first, each with the row that it gets if it does not run.
    pub windows: Vec<(Target, Candidate)>,
    /// Every candidate that lost, in the order in which they were looked at. Windows binaries are among them.
    pub losers: Vec<Candidate>,
}

/// Looks for the tool. `tried` are the files that have already led back to gowrap in this process.
pub fn resolve(
    tool: Tool,
    named: Named,
    environ: &Environ,
    config: &Config,
    host: &dyn Host,
    tried: &[FileId],
) -> Resolution {
    let mut search = Search { host, tried, found: Resolution::default(), drive_scripts: Vec::new() };
    let pin = match named {
        Named::ByPath(path) => Some(path),
        Named::ByName => config.pin(tool).map(|pin| pin.value.as_slice()),
    };
    match pin {
        Some(pin) => search.pinned(pin),
        None => search.everywhere(tool, environ),
    }
    search.found
}

struct Search<'s> {
    host: &'s dyn Host,
    tried: &'s [FileId],
    found: Resolution,
    drive_scripts: Vec<Target>,
}

impl Search<'_> {
    /// A pin names one file: if that cannot run, another must not take its place unnoticed.
    fn pinned(&mut self, path: &[u8]) {
        let place = self.place(path);
        match classify(self.host, path.to_vec(), Source::Pinned, place, self.tried) {
            Verdict::Absent => self.lose(path.to_vec(), Reason::Dangling, "does not exist"),
            Verdict::DriveScript(target) => self.found.native = Some(target),
            verdict => _ = self.settle(verdict),
        }
    }

    fn everywhere(&mut self, tool: Tool, environ: &Environ) {
        let name = tool.name().as_bytes();
        let mut drive_entries = Vec::new();
        for entry in environ.get_nonempty(b"PATH").unwrap_or_default().split(|&byte| byte == b':') {
            match entry {
                // POSIX reads an empty entry as the working directory: what runs must not depend on where one stands.
                b"" => self.skip(entry, environ, Reason::EmptyEntry, "an empty PATH entry is not searched"),
                [b'/', ..] if self.host.is_shim_folder(entry) => {
                    self.lose(join(entry, name), Reason::Own, "gowrap's own folder");
                }
                [b'/', ..] if self.place(entry) == Place::Drive => drive_entries.push(entry),
                [b'/', ..] => {
                    if self.consider(join(entry, name), Source::Path, Place::Linux) {
                        return;
                    }
                }
                _ => self.skip(entry, environ, Reason::RelativeEntry, "a relative PATH entry is not searched"),
            }
        }
        for entry in &drive_entries {
            if self.consider(join(entry, name), Source::Path, Place::Drive) {
                return;
            }
        }
        for folder in well_known(tool, environ, self.host) {
            let place = self.place(&folder);
            if self.consider(join(&folder, name), Source::WellKnown, place) {
                return;
            }
        }
        self.windows_side(tool, &drive_entries);
        // Last of all, and never before a Windows binary: a script on a drive is a version manager's shim for Windows.
        if self.found.windows.is_empty() && !self.drive_scripts.is_empty() {
            self.found.native = Some(self.drive_scripts.remove(0));
        }
    }

    /// `NAME.exe` where Windows has it.
    fn windows_side(&mut self, tool: Tool, drive_entries: &[&[u8]]) {
        if !self.host.kind().is_wsl() {
            return;
        }
        let name = [tool.name().as_bytes(), b".exe"].concat();
        for entry in drive_entries {
            self.consider(join(entry, &name), Source::Path, Place::Drive);
        }
        if let Some(system_drive) = self.host.mounts().mount_point_of_drive(b'C') {
            let system_drive = system_drive.to_vec();
            for folder in ["Program Files/Go/bin", "Go/bin"] {
                self.consider(join(&join(&system_drive, folder.as_bytes()), &name), Source::WellKnown, Place::Drive);
            }
        }
    }

    /// Judges one path; true where it is the tool and the search is over.
    fn consider(&mut self, path: Vec<u8>, source: Source, place: Place) -> bool {
        // PATH may name a folder twice, or one of the well-known ones.
        if self.found.losers.iter().any(|row| row.path == path) {
            return false;
        }
        // On a drive, mode bits and owners are made up by the mount, and whoever can write there owns Windows anyway.
        let judged = if place == Place::Drive && source == Source::WellKnown { Source::Path } else { source };
        let mut verdict = classify(self.host, path, judged, place, self.tried);
        if let Verdict::Native(target) | Verdict::DriveScript(target) | Verdict::Windows(target, _) = &mut verdict {
            target.source = source;
        }
        self.settle(verdict)
    }

    fn settle(&mut self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Absent => {}
            Verdict::Native(target) => {
                self.found.native = Some(target);
                return true;
            }
            Verdict::DriveScript(target) => self.drive_scripts.push(target),
            Verdict::Windows(target, row) => {
                self.found.losers.push(row.clone());
                if !self.found.windows.iter().any(|(known, _)| known.path == target.path) {
                    self.found.windows.push((target, row));
                }
            }
            Verdict::Lost(row) => self.found.losers.push(row),
        }
        false
    }

    fn lose(&mut self, path: Vec<u8>, reason: Reason, detail: &str) {
        self.found.losers.push(Candidate { path, reason, detail: detail.into() });
    }

    /// An unset or empty PATH is one empty entry to `split`, but no entry to a person.
    fn skip(&mut self, entry: &[u8], environ: &Environ, reason: Reason, detail: &str) {
        if environ.get_nonempty(b"PATH").is_some() {
            self.lose(entry.to_vec(), reason, detail);
        }
    }

    /// Reading the mount table costs more than everything else together, so that a path below a folder that only Linux
    /// has is taken for what it looks like.
    fn place(&self, path: &[u8]) -> Place {
        const LINUX_ONLY: [&[u8]; 6] = [b"/usr/", b"/bin/", b"/home/", b"/opt/", b"/root/", b"/snap/"];
        let below = |folder: &&[u8]| path.starts_with(folder) || path == &folder[..folder.len() - 1];
        if !self.host.kind().is_wsl() || LINUX_ONLY.iter().any(below) || !self.host.mounts().is_on_drive(path) {
            Place::Linux
        } else {
            Place::Drive
        }
    }
}

/// The folders where installers put the tool, best first.
fn well_known(tool: Tool, environ: &Environ, host: &dyn Host) -> Vec<Vec<u8>> {
    let mut folders = Vec::new();
    let mut absolute = |folder: Vec<u8>| {
        if folder.starts_with(b"/") && !host.is_shim_folder(&folder) {
            folders.push(folder);
        }
    };
    let home = host.user().map(|user| user.home.as_slice());
    let at_home = |tail: &[u8]| home.map(|home| join(home, tail)).unwrap_or_default();
    match tool {
        Tool::Go | Tool::Gofmt => {
            absolute(environ.get_nonempty(b"GOROOT").map(|root| join(root, b"bin")).unwrap_or_default());
            absolute(b"/usr/local/go/bin".to_vec());
            newest_first(host, b"/usr/lib", b"go").into_iter().for_each(&mut absolute);
            newest_first(host, &at_home(b"sdk"), b"go").into_iter().for_each(&mut absolute);
            absolute(at_home(b"go/bin"));
            absolute(b"/home/linuxbrew/.linuxbrew/bin".to_vec());
            absolute(b"/snap/bin".to_vec());
        }
        Tool::Dlv | Tool::DlvDap | Tool::Gopls => {
            absolute(environ.get_nonempty(b"GOBIN").unwrap_or_default().to_vec());
            let gopath = environ.get_nonempty(b"GOPATH").unwrap_or_default();
            for entry in gopath.split(|&byte| byte == b':').filter(|entry| !entry.is_empty()) {
                absolute(join(entry, b"bin"));
            }
            absolute(at_home(b"go/bin"));
        }
        Tool::WindowsAmd64Exec | Tool::Windows386Exec | Tool::WindowsArm64Exec => {}
    }
    folders
}

/// `DIR/PREFIX*/bin`, the highest version first: numbers compare as numbers, `go1.10` being newer than `go1.9`.
fn newest_first(host: &dyn Host, dir: &[u8], prefix: &[u8]) -> Vec<Vec<u8>> {
    if dir.is_empty() {
        return Vec::new();
    }
    let mut names: Vec<_> = host.list(dir).unwrap_or_default();
    names.retain(|name| name.starts_with(prefix));
    names.sort_by(|one, other| version(other).cmp(&version(one)).then_with(|| other.cmp(one)));
    names.into_iter().map(|name| join(&join(dir, &name), b"bin")).collect()
}

/// The numbers in a name; a release candidate comes before its release.
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
}
