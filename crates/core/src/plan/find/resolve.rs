//! Searches for the tool: tries each folder in order, until a file can run.
//!
//! PATH entries on Linux file systems come first, entries on Windows drives last, whatever their order in PATH. Reading
//! a drive costs a millisecond, which is not needed if a native tool is present.

use core::cell::Cell;

use crate::config::Config;
use crate::diagnosis::wording;
use crate::host::environ::Environ;
use crate::host::{DriveResponse, FileId, FileKind, Host, MountsAbove};
use crate::plan::find::classify::{FileSystem, Verdict, classify};
use crate::plan::find::places;
use crate::plan::invocation::Named;
use crate::plan::model::{Candidate, CandidateSource, Reason, Target};
use crate::prelude::*;
use crate::text::path::join;
use crate::tools::Tool;

/// Result of the search.
#[derive(Debug, Default)]
pub(crate) struct Resolution {
    /// Tool that the kernel runs, if there is one.
    pub native: Option<Target>,
    /// Windows binaries, best first, each with its row for the case that it does not run.
    pub windows: Vec<(Target, Candidate)>,
    /// Every rejected candidate, in the order of the search. Windows binaries are included.
    pub rejected: Vec<Candidate>,
}

/// Searches for the tool. `tried` are the files that have already started gowrap again in this process.
pub(crate) fn resolve(
    tool: Tool,
    named: Named,
    environ: &Environ,
    config: &Config,
    host: &dyn Host,
    tried: &[FileId],
) -> Resolution {
    let (last_resorts, drive_scripts) = (Vec::new(), Vec::new());
    let mut search = Search {
        host,
        tool,
        environ,
        tried,
        found: Resolution::default(),
        last_resorts,
        drive_scripts,
        knows_mounts: Cell::new(false),
    };
    let pin = match named {
        Named::ByPath(path) => Some(path),
        Named::ByName => config.pin(tool).map(|pin| pin.value.as_slice()),
    };
    match pin {
        Some(pin) => search.pinned(pin),
        None => search.everywhere(),
    }
    search.found
}

const NO_ANSWER: &str = "its drive does not answer: type `wsl.exe --shutdown` on Windows";
const ON_A_DRIVE: &str = "its folder is on a Windows drive, where owner and mode do not show who can change it";

/// State of a search.
struct Search<'s> {
    host: &'s dyn Host,
    tool: Tool,
    environ: &'s Environ<'s>,
    tried: &'s [FileId],
    found: Resolution,
    /// Scripts that run if no Linux tool is found: shims whose manager is missing, then scripts that start Windows
    /// programs.
    last_resorts: Vec<Target>,
    /// Scripts on drives, which run if no other file is found.
    drive_scripts: Vec<Target>,
    /// True if the mount table is needed, and so is read anyway.
    knows_mounts: Cell<bool>,
}

impl<'s> Search<'s> {
    /// Checks a pinned path. If the pinned file cannot run, no other file replaces it.
    fn pinned(&mut self, path: &[u8]) {
        let place = self.place(path);
        match classify(self.host, self.tool, path.to_vec(), CandidateSource::Pinned, place, self.tried) {
            Verdict::Absent => self.reject(path.to_vec(), Reason::Absent, "does not exist"),
            Verdict::DriveScript(target) | Verdict::WindowsScript(target, _) => self.found.native = Some(target),
            verdict => _ = self.record(verdict),
        }
    }

    /// Searches PATH, the known folders, and the Windows side.
    fn everywhere(&mut self) {
        let (tool, environ, host): (_, &'s Environ, &'s dyn Host) = (self.tool, self.environ, self.host);
        let name = tool.name().as_bytes();
        let mut drive_entries = Vec::new();
        for entry in environ.get_nonempty(b"PATH").unwrap_or_default().split(|&byte| byte == b':') {
            match entry {
                // POSIX reads an empty entry as the working directory. The tool must not depend on the working
                // directory.
                b"" => self.skip(entry, environ, Reason::EmptyEntry, "an empty PATH entry is not searched"),
                [b'/', ..] if self.host.is_shim_folder(entry) => {
                    self.reject(join(entry, name), Reason::Own, "gowrap's own shim");
                }
                [b'/', ..] => {
                    let path = join(entry, name);
                    match self.place_of(entry, &path) {
                        Some(FileSystem::Drive) => drive_entries.push(entry),
                        Some(FileSystem::Linux) if self.consider(path, CandidateSource::Path, FileSystem::Linux) => {
                            return;
                        }
                        Some(FileSystem::Linux) | None => {}
                    }
                }
                _ => self.skip(entry, environ, Reason::RelativeEntry, "a relative PATH entry is not searched"),
            }
        }
        for entry in &drive_entries {
            if self.consider(join(entry, name), CandidateSource::Path, FileSystem::Drive) {
                return;
            }
        }
        for folder in places::on_linux(tool, environ, host).filter(|folder| !host.is_shim_folder(folder)) {
            match self.place(&folder) {
                // Owner and mode prove nothing on a drive, so the file is rejected without a check.
                FileSystem::Drive => self.reject(join(&folder, name), Reason::ForeignOwner, ON_A_DRIVE),
                FileSystem::Linux => {
                    if self.consider(join(&folder, name), CandidateSource::WellKnown, FileSystem::Linux) {
                        return;
                    }
                }
            }
        }
        // A script of the user ranks before the Windows side, which the user did not ask for.
        if !self.last_resorts.is_empty() {
            let script = self.last_resorts.remove(0);
            self.found.rejected.retain(|row| row.path != script.path);
            self.found.native = Some(script);
            return;
        }
        self.windows_side(tool, &drive_entries);
        // A script on a drive is a version manager's shim for Windows, so it comes last, after every Windows binary.
        if self.found.windows.is_empty() && !self.drive_scripts.is_empty() {
            self.found.native = Some(self.drive_scripts.remove(0));
        }
    }

    /// Searches for `NAME.exe` on the Windows side.
    fn windows_side(&mut self, tool: Tool, drive_entries: &[&[u8]]) {
        if !self.host.kind().is_wsl() {
            return;
        }
        let name = [tool.name().as_bytes(), b".exe"].concat();
        for entry in drive_entries {
            self.consider_windows(join(entry, &name), CandidateSource::Path);
        }
        // The well-known folders are found by listing folders on drives, which blocks if a drive does not answer.
        if self.host.mounts().drives().any(|drive| self.host.drive_response(drive.point()) == DriveResponse::TimedOut) {
            return;
        }
        for folder in places::on_windows(tool, drive_entries, self.host) {
            self.consider_windows(join(&folder, &name), CandidateSource::WellKnown);
        }
    }

    /// Classifies one path. Returns true if it is the tool, which ends the search.
    fn consider(&mut self, path: Vec<u8>, source: CandidateSource, place: FileSystem) -> bool {
        // PATH may contain a folder twice, or a folder that is also well-known.
        if self.found.rejected.iter().any(|row| row.path == path) {
            return false;
        }
        if place == FileSystem::Drive && self.host.drive_response(&path) == DriveResponse::TimedOut {
            self.reject(path, Reason::NotAFile, NO_ANSWER);
            return false;
        }
        let verdict = classify(self.host, self.tool, path, source, place, self.tried);
        self.record(verdict)
    }

    /// Classifies one path of the Windows side, where only a Windows program counts. The owner is not checked: the
    /// mount belongs to root, and a user who can write there already controls Windows.
    fn consider_windows(&mut self, path: Vec<u8>, source: CandidateSource) {
        if self.found.rejected.iter().any(|row| row.path == path) {
            return;
        }
        if self.host.drive_response(&path) == DriveResponse::TimedOut {
            self.reject(path, Reason::NotAFile, NO_ANSWER);
            return;
        }
        match classify(self.host, self.tool, path, CandidateSource::Path, FileSystem::Drive, self.tried) {
            Verdict::Windows(mut target, row) => {
                target.source = source;
                self.record(Verdict::Windows(target, row));
            }
            Verdict::Native(target)
            | Verdict::DriveScript(target)
            | Verdict::WindowsScript(target, _)
            | Verdict::NeedsManager(target, _) => {
                self.reject(target.path, Reason::OtherFormat, "not a Windows program");
            }
            verdict => _ = self.record(verdict),
        }
    }

    /// Stores the result for one file. Returns true if the file is the tool, which ends the search.
    fn record(&mut self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Absent => {}
            Verdict::Native(target) => {
                self.found.native = Some(target);
                return true;
            }
            Verdict::DriveScript(target) => self.drive_scripts.push(target),
            Verdict::WindowsScript(target, row) => {
                self.found.rejected.push(row);
                self.last_resorts.push(target);
            }
            Verdict::NeedsManager(target, manager) => {
                if self.is_on_path(&manager) {
                    self.found.native = Some(target);
                    return true;
                }
                let detail = wording(|| [b"needs ", manager.as_slice(), b", which is not on PATH"].concat());
                let row = Candidate { path: target.path.clone(), reason: Reason::MissingInterpreter, detail };
                self.found.rejected.push(row);
                // The caller chose PATH, so this shim runs if no Linux tool is found.
                if target.source == CandidateSource::Path {
                    self.last_resorts.insert(0, target);
                }
            }
            Verdict::Windows(target, row) => {
                self.found.rejected.push(row.clone());
                if !self.found.windows.iter().any(|(known, _)| known.path == target.path) {
                    self.found.windows.push((target, row));
                }
            }
            Verdict::Rejected(row) => self.found.rejected.push(row),
        }
        false
    }

    /// Returns true if a PATH entry on a Linux file system has this program. A Linux shim calls no Windows program.
    fn is_on_path(&self, name: &[u8]) -> bool {
        let entries = self.environ.get_nonempty(b"PATH").unwrap_or_default().split(|&byte| byte == b':');
        let mut entries = entries.filter(|entry| entry.starts_with(b"/") && self.place(entry) == FileSystem::Linux);
        entries.any(|entry| {
            let path = join(entry, name);
            self.host.stat(&path).is_ok_and(|stat| stat.kind == FileKind::Regular)
                && self.host.may_execute(&path).is_ok()
        })
    }

    /// Adds a row for a rejected candidate.
    fn reject(&mut self, path: Vec<u8>, reason: Reason, detail: &str) {
        self.found.rejected.push(Candidate { path, reason, detail: wording(|| detail.into()) });
    }

    /// Adds a row for a skipped entry. `split` gives one empty entry for an unset or empty PATH, which gets no row.
    fn skip(&mut self, entry: &[u8], environ: &Environ, reason: Reason, detail: &str) {
        if environ.get_nonempty(b"PATH").is_some() {
            self.reject(entry.to_vec(), reason, detail);
        }
    }

    /// Returns the file system of a path.
    fn place(&self, path: &[u8]) -> FileSystem {
        // The slash makes the kernel follow a link at the end of the path.
        self.place_of(path, &[path, b"/"].concat()).unwrap_or(FileSystem::Linux)
    }

    /// Returns the file system of a folder, or `None` if the candidate in it is known to be absent. Reading the mount
    /// table costs more than the rest of a call. A path below a folder that only Linux has is therefore on Linux; for
    /// any other path, the kernel is asked for a mount above the candidate.
    fn place_of(&self, folder: &[u8], candidate: &[u8]) -> Option<FileSystem> {
        let top = folder.get(1..).and_then(|below| below.split(|&byte| byte == b'/').next());
        let is_for_linux = matches!(top, Some(b"usr" | b"bin" | b"home" | b"opt" | b"root" | b"snap"));
        if is_for_linux || !self.host.kind().is_wsl() {
            return Some(FileSystem::Linux);
        }
        // A mount table that is already read costs nothing.
        if !self.knows_mounts.get() {
            match self.host.mounts_above(candidate) {
                MountsAbove::Nothing => return Some(FileSystem::Linux),
                MountsAbove::Absent => return None,
                MountsAbove::Unknown => self.knows_mounts.set(true),
            }
        }
        Some(if self.host.mounts().is_on_drive(folder) { FileSystem::Drive } else { FileSystem::Linux })
    }
}
