//! Which file is the tool: every place where it could be, in order, until one can run.
//!
//! PATH entries on Linux file systems come first and entries on Windows drives after them, whatever their order in PATH:
//! a look at a drive costs a millisecond, and with a native tool present there is no reason to take it.

use core::cell::Cell;

use crate::config::Config;
use crate::host::environ::Environ;
use crate::host::{Answer, FileId, FileKind, Host, MountsAbove};
use crate::plan::find::classify::{Place, Verdict, classify};
use crate::plan::find::places;
use crate::plan::invocation::Named;
use crate::plan::model::{Candidate, Reason, Source, Target};
use crate::prelude::*;
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
    let (ways, drive_scripts) = (Vec::new(), Vec::new());
    let mut search = Search {
        host,
        tool,
        environ,
        tried,
        found: Resolution::default(),
        ways,
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
const ON_A_DRIVE: &str = "its folder is on a Windows drive, where owner and mode do not say who can write it";

struct Search<'s> {
    host: &'s dyn Host,
    tool: Tool,
    environ: &'s Environ<'s>,
    tried: &'s [FileId],
    found: Resolution,
    /// Scripts that run where no Linux tool is found: shims whose manager is missing, then those that start Windows
    /// programs.
    ways: Vec<Target>,
    drive_scripts: Vec<Target>,
    knows_mounts: Cell<bool>,
}

impl<'s> Search<'s> {
    /// A pin names one file: if that cannot run, another must not take its place unnoticed.
    fn pinned(&mut self, path: &[u8]) {
        let place = self.place(path);
        match classify(self.host, self.tool, path.to_vec(), Source::Pinned, place, self.tried) {
            Verdict::Absent => self.lose(path.to_vec(), Reason::Dangling, "does not exist"),
            Verdict::DriveScript(target) | Verdict::WayToWindows(target, _) => self.found.native = Some(target),
            verdict => _ = self.settle(verdict),
        }
    }

    fn everywhere(&mut self) {
        let (tool, environ, host): (_, &'s Environ, &'s dyn Host) = (self.tool, self.environ, self.host);
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
        for folder in places::on_linux(tool, environ, host).filter(|folder| !host.is_shim_folder(folder)) {
            match self.place(&folder) {
                // Owner and mode prove nothing there, so that a look would be in vain.
                Place::Drive => self.lose(join(&folder, name), Reason::ForeignOwner, ON_A_DRIVE),
                Place::Linux => {
                    if self.consider(join(&folder, name), Source::WellKnown, Place::Linux) {
                        return;
                    }
                }
            }
        }
        // A script of the person's own ranks before what is looked for on the Windows side without being asked.
        if !self.ways.is_empty() {
            let way = self.ways.remove(0);
            self.found.losers.retain(|row| row.path != way.path);
            self.found.native = Some(way);
            return;
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
            self.consider_windows(join(entry, &name), Source::Path);
        }
        // These are found by looking into folders on drives.
        if self.host.mounts().drives().any(|drive| self.host.answers(drive.point()) == Answer::Missing) {
            return;
        }
        for folder in places::on_windows(tool, drive_entries, self.host) {
            self.consider_windows(join(&folder, &name), Source::WellKnown);
        }
    }

    /// Judges one path; true where it is the tool and the search is over.
    fn consider(&mut self, path: Vec<u8>, source: Source, place: Place) -> bool {
        // PATH may name a folder twice, or one of the well-known ones.
        if self.found.losers.iter().any(|row| row.path == path) {
            return false;
        }
        if place == Place::Drive && self.host.answers(&path) == Answer::Missing {
            self.lose(path, Reason::NotAFile, NO_ANSWER);
            return false;
        }
        let verdict = classify(self.host, self.tool, path, source, place, self.tried);
        self.settle(verdict)
    }

    /// Judges one path of the Windows side, where nothing but a Windows program counts. No owner is asked: the drive's mount
    /// is root's, and a person who can write there owns Windows anyway.
    fn consider_windows(&mut self, path: Vec<u8>, source: Source) {
        if self.found.losers.iter().any(|row| row.path == path) {
            return;
        }
        if self.host.answers(&path) == Answer::Missing {
            self.lose(path, Reason::NotAFile, NO_ANSWER);
            return;
        }
        match classify(self.host, self.tool, path, Source::Path, Place::Drive, self.tried) {
            Verdict::Windows(mut target, row) => {
                target.source = source;
                self.settle(Verdict::Windows(target, row));
            }
            Verdict::Native(target)
            | Verdict::DriveScript(target)
            | Verdict::WayToWindows(target, _)
            | Verdict::NeedsManager(target, _) => {
                self.lose(target.path, Reason::OtherFormat, "not a Windows program");
            }
            verdict => _ = self.settle(verdict),
        }
    }

    fn settle(&mut self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Absent => {}
            Verdict::Native(target) => {
                self.found.native = Some(target);
                return true;
            }
            Verdict::DriveScript(target) => self.drive_scripts.push(target),
            Verdict::WayToWindows(target, row) => {
                self.found.losers.push(row);
                self.ways.push(target);
            }
            Verdict::NeedsManager(target, manager) => {
                if self.is_on_path(&manager) {
                    self.found.native = Some(target);
                    return true;
                }
                let detail = [b"needs ", manager.as_slice(), b", which PATH does not have"].concat();
                let row = Candidate { path: target.path.clone(), reason: Reason::MissingInterpreter, detail };
                self.found.losers.push(row);
                // PATH is the caller's choice: with no version to take its place the shim is what was asked for.
                if target.source == Source::Path {
                    self.ways.insert(0, target);
                }
            }
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

    /// Looks for a program of this name in the entries of PATH on the Linux side: a shim for Linux calls none of Windows.
    fn is_on_path(&self, name: &[u8]) -> bool {
        let entries = self.environ.get_nonempty(b"PATH").unwrap_or_default().split(|&byte| byte == b':');
        let mut entries = entries.filter(|entry| entry.starts_with(b"/") && self.place(entry) == Place::Linux);
        entries.any(|entry| {
            let path = join(entry, name);
            self.host.stat(&path).is_ok_and(|stat| stat.kind == FileKind::Regular)
                && self.host.may_execute(&path).is_ok()
        })
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

    /// Reading the mount table costs more than everything else together: a path below a folder that only Linux has is taken
    /// for what it looks like, and for another the kernel is asked whether a mount is on the way.
    fn place(&self, path: &[u8]) -> Place {
        const LINUX_ONLY: [&[u8]; 6] = [b"/usr/", b"/bin/", b"/home/", b"/opt/", b"/root/", b"/snap/"];
        let below = |folder: &&[u8]| path.starts_with(folder) || path == &folder[..folder.len() - 1];
        if !self.host.kind().is_wsl() || LINUX_ONLY.iter().any(below) {
            return Place::Linux;
        }
        // Once the table is read, it costs nothing more.
        if !self.knows_mounts.get() && self.host.mounts_above(path) == MountsAbove::Nothing {
            return Place::Linux;
        }
        self.knows_mounts.set(true);
        if self.host.mounts().is_on_drive(path) { Place::Drive } else { Place::Linux }
    }
}
