//! A recorded machine: the second implementation of [`Host`].
//!
//! A record holds all facts that gowrap would read from the machine. A bug report is a record and a command line, and a
//! test is a record and a plan. A path without a row of `files` does not exist, except for
//! * the parents of named paths, the mount points, the home and the working directory, which are directories;
//! * gowrap's two programs, one at `self` and the other beside it, and a shim for each tool in the folder `shims`;
//! * `/init` and the link `/usr/bin/wslinfo` if `interop.init` is true.

mod files;
pub mod format;
pub(crate) mod printable;
mod replay;
pub mod values;
pub(crate) mod witness;

use std::borrow::Cow;
use std::ops::Range;

use crate::diagnosis::{Code, Exit, Failure};
use crate::host::binary::{Binary, Format, Machine, Maker, Release};
use crate::host::environ::{Environ, c_string};
use crate::host::mounts::MountTable;
use crate::host::{FileId, Files, Network, ProcessIdentity, SHIM, User, partner_of};
use crate::text::caret;
use crate::text::path::basename;
use crate::tools::Tool;
use files::{Content, FileAccess, FinalLink, NodeOrigin, Obstacle, Tree};
use format::{FileRow, FormatWord, RecordFile};

/// Name of the built-in record.
pub const DEMO: &[u8] = b"demo";

const DEMO_TEXT: &str = include_str!("demo.toml");

/// The process of a recorded call. No live process has its id (`PID_MAX_LIMIT`).
const PROCESS: ProcessIdentity = ProcessIdentity { pid: 4_194_304, start: 1 };

/// A recorded machine and the call on it.
#[derive(Debug)]
pub struct Record {
    file: RecordFile,
    user: Option<User>,
    network: Network,
    mounts: MountTable,
    tree: Tree,
    own: Vec<FileId>,
}

impl Record {
    /// Parses a record. `name` is the file name for messages.
    ///
    /// # Errors
    /// The text is not TOML, has an unknown key, or has a file whose path is not possible. The message has the
    /// position.
    pub fn parse(bytes: &[u8], name: &[u8]) -> Result<Record, Failure> {
        let fail = |place: Range<usize>, what: &str| Failure {
            exit: Exit::Own,
            code: Code::GW905,
            message: caret::point(name, bytes, place, what),
            fix: Vec::new(),
        };
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let at = error.valid_up_to();
            fail(at..at + 1, "not UTF-8; write { b64 = \"…\" } for a string that is not")
        })?;
        let file: RecordFile =
            toml::from_str(text).map_err(|error| fail(error.span().unwrap_or(0..0), error.message()))?;
        Record::from_file(file).map_err(|(place, what)| fail(place, &what))
    }

    /// Reads a record from a file; `demo` is the built-in one.
    ///
    /// # Errors
    /// Those of [`Record::parse`]; the file cannot be read.
    pub fn open(name: &[u8]) -> Result<Record, Failure> {
        use std::os::unix::ffi::OsStrExt;
        if name == DEMO {
            return Record::demo();
        }
        let text = std::fs::read(std::ffi::OsStr::from_bytes(name)).map_err(|error| Failure {
            exit: Exit::Own,
            code: Code::GW905,
            message: [b"cannot read the host record ", name, b": ", error.to_string().as_bytes()].concat(),
            fix: vec![b"`gowrap doctor --record FILE` writes a record; `--host demo` uses the built-in one".to_vec()],
        })?;
        Record::parse(&text, name)
    }

    /// Returns the built-in machine, for a first look without WSL and without Go.
    ///
    /// # Errors
    /// None; a test parses it.
    pub fn demo() -> Result<Record, Failure> {
        Record::parse(DEMO_TEXT.as_bytes(), DEMO)
    }

    /// Returns the machine that a record describes.
    ///
    /// # Errors
    /// The path of a row of `files` is not possible: its position in the text, and the reason.
    pub fn from_file(file: RecordFile) -> Result<Record, (Range<usize>, String)> {
        let mut record = Record {
            user: match (&file.user, &file.home) {
                (None, None) => None,
                (name, home) => {
                    let (name, home) = (name.clone().unwrap_or_default().0, home.clone().unwrap_or_default().0);
                    Some(User { name, home })
                }
            },
            network: Network {
                mode: file.network.mode,
                localhost_forwarding: file.network.localhost_forwarding,
                linux_address: file.network.linux_address.clone().map(|address| address.0),
                gateway: file.network.gateway.clone().map(|address| address.0),
            },
            mounts: MountTable::default(),
            tree: Tree::new(file.uid),
            own: Vec::new(),
            file,
        };
        record.place_files()?;
        record.mounts = record.mount_table();
        record.place_what_is_implied();
        let programs = record.file.own.as_ref().map(|own| [own.to_vec(), partner_of(own)]);
        let nodes = programs.iter().flatten().filter_map(|path| record.tree.walk(path, FinalLink::Follow).ok());
        record.own = nodes.map(|node| record.tree.id(node)).collect();
        Ok(record)
    }

    /// Returns the environment of the call, in the order of the record.
    #[must_use]
    pub fn environ(&self) -> Environ<'static> {
        let entries = self.file.call.env.0.iter();
        let entry = |name: &str, value: &[u8]| Cow::Owned(c_string([name.as_bytes(), b"=", value].concat()));
        Environ::new(entries.map(|(name, value)| entry(name, value)).collect())
    }

    fn place_files(&mut self) -> Result<(), (Range<usize>, String)> {
        // Links first, those nearest the root before others: a path may go through a link of a later row.
        let mut rows: Vec<(usize, &FileRow)> = self.file.files.iter().enumerate().collect();
        rows.sort_by_key(|(_, row)| match row.link {
            Some(_) => row.path.get_ref().iter().filter(|&&byte| byte == b'/').count(),
            None => usize::MAX,
        });
        for (number, row) in rows {
            let wrong = |what: String| Err((row.path.span(), what));
            let path = row.path.get_ref();
            let content = match content_of(row, self.file.machine.0) {
                Ok(content) => content,
                Err(what) => return wrong(what.to_owned()),
            };
            let access = FileAccess {
                uid: row.uid,
                gid: row.gid.unwrap_or(row.uid),
                mode: row.mode.0,
                acl: row.acl.iter().map(|grant| grant.0).collect(),
            };
            let shown = String::from_utf8_lossy(path);
            match self.tree.insert(path, content, access, NodeOrigin::Row(number)) {
                Ok(_) => {}
                Err(Obstacle::Taken) => return wrong(format!("there is another row for `{shown}`")),
                Err(Obstacle::NoDirectory) => {
                    return wrong(format!(
                        "`{shown}` is below a path that is not a \
                directory"
                    ));
                }
                Err(Obstacle::NoName) => return wrong(format!("`{shown}` is not the absolute path of a file")),
            }
        }
        Ok(())
    }

    fn mount_table(&self) -> MountTable {
        let mut text = Vec::new();
        for row in &self.file.mounts {
            text.extend_from_slice(&row.line);
            text.push(b'\n');
        }
        let target = |tag: &[u8]| self.read_link(&[b"/run/wsl/virtiofs/", tag].concat()).ok();
        MountTable::parse(&text, target)
    }

    fn place_what_is_implied(&mut self) {
        let RecordFile { own, shims, home, call, interop, machine, .. } = &self.file;
        for mount in self.mounts.all() {
            self.tree.imply_directory(mount.point());
        }
        for directory in [home, &call.cwd, shims].into_iter().flatten() {
            self.tree.imply_directory(directory);
        }
        let binary = |maker| Binary { machine: Some(machine.0), maker, ..Binary::of(Format::Elf, "") };
        if let Some(own) = own {
            let partner = partner_of(own);
            for program in [&own[..], &partner] {
                let content = Content::Regular(binary(Maker::Gowrap(Release::Same)), None);
                self.tree.imply(program, content, FileAccess::DEFAULT);
            }
            let shim = if basename(own) == SHIM { &own[..] } else { &partner };
            for (shims, tool) in shims.iter().flat_map(|shims| Tool::ALL.map(|tool| (shims, tool))) {
                let path = [shims, &b"/"[..], tool.name().as_bytes()].concat();
                self.tree.imply(&path, Content::Link(shim.to_vec()), FileAccess::DEFAULT);
            }
        }
        if interop.init == Some(true) {
            self.tree.imply(b"/init", Content::Regular(binary(Maker::Other), None), FileAccess::DEFAULT);
            self.tree.imply(b"/usr/bin/wslinfo", Content::Link(b"/init".to_vec()), FileAccess::DEFAULT);
        }
        if let Some(home) = home.as_ref().filter(|home| ***home != *b"/") {
            self.tree.give_home(home);
        }
    }
}

/// Returns the text with CR and LF at the end of each line. Existing CRs are not doubled.
fn with_crlf(text: &[u8]) -> Vec<u8> {
    let lines = text.split_inclusive(|&byte| byte == b'\n');
    let ended = lines.map(|line| match line.strip_suffix(b"\n") {
        Some(line) => [line.strip_suffix(b"\r").unwrap_or(line), b"\r\n"].concat(),
        None => line.to_vec(),
    });
    ended.collect::<Vec<_>>().concat()
}

/// Returns the contents of a row's node.
fn content_of(row: &FileRow, machine: Machine) -> Result<Content, &'static str> {
    let text = row.text.as_ref().map(|text| if row.crlf { with_crlf(text) } else { text.0.clone() });
    if let Some(target) = &row.link {
        let is_only_a_link = row.format.is_none() && text.is_none() && row.interpreter.is_none();
        return if is_only_a_link {
            Ok(Content::Link(target.0.clone()))
        } else {
            Err("a row with `link` can have no other key")
        };
    }
    let parsed = text.as_deref().map(Binary::parse);
    let binary_of = |format, detail| match &parsed {
        Some(parsed) if parsed.format == format => parsed.clone(),
        _ => Binary::of(format, detail),
    };
    let mut binary = match row.format {
        Some(FormatWord::Dir) => return Ok(Content::directory()),
        Some(FormatWord::Fifo) => return Ok(Content::Fifo),
        Some(FormatWord::Elf) => Binary { machine: Some(machine), ..Binary::of(Format::Elf, "") },
        Some(FormatWord::Pe) => Binary { machine: Some(machine), ..Binary::of(Format::Pe, "Windows program") },
        Some(FormatWord::Script) => binary_of(Format::Script, ""),
        Some(FormatWord::Other) => binary_of(Format::Other, "neither a binary nor a script with an interpreter"),
        None => parsed.unwrap_or_else(|| Binary::of(Format::Other, "of an unknown format")),
    };
    if let Some(machine) = row.machine {
        binary.machine = Some(machine.0);
    }
    if let Some(interpreter) = &row.interpreter {
        binary.interpreter = Some(interpreter.0.clone());
    }
    match row.build.as_ref().and_then(|build| build.strip_prefix(b"gowrap")) {
        Some(b"") => binary.maker = Maker::Gowrap(Release::Same),
        Some([b' ', ..]) => binary.maker = Maker::Gowrap(Release::Other),
        _ => {}
    }
    Ok(Content::Regular(binary, text))
}

#[cfg(test)]
mod config_tests;
#[cfg(test)]
mod interop_tests;
#[cfg(test)]
mod network_tests;
#[cfg(test)]
mod package_tests;
#[cfg(test)]
mod restore_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trust_tests;
