//! Does this value belong to the other side, and what is it called on this one?
//!
//! The translator of `wslpath` takes whatever it is given for a path of the other world. Here are the guards in front of
//! it: a value that is in this side's form already, or in neither, stays as it is.

use alloc::borrow::Cow;

use crate::prelude::*;
use crate::text::errno::Errno;

use crate::host::Host;
use crate::host::environ::Environ;
use crate::host::mounts::Tags;
use crate::text::path::join;
use crate::wslpath::{Form, Links, Refusal, Shape, Standpoint, UnixPath, WinPath, to_linux, to_windows};

/// Which side the values are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toward {
    /// A Linux tool gets them.
    Linux,
    /// A Windows tool gets them.
    Windows,
}

/// The use that a tool makes of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It reads what is there, which may have a backslash in its own name.
    Input,
    /// It writes, and would make a file of whatever name it is given.
    Output,
}

/// A path of the other side that has no name on this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unnamed {
    /// The path.
    pub path: Vec<u8>,
    /// The use that the tool makes of it.
    pub purpose: Purpose,
    /// The reason, where the translation of paths gives one.
    pub refusal: Option<Refusal>,
    /// The same for a person.
    pub why: Cow<'static, str>,
}

impl Unnamed {
    /// A value that was translated and cannot be written in the place where it stood.
    #[must_use]
    pub fn unwritable(path: &[u8], why: &'static str) -> Unnamed {
        Unnamed { path: path.to_vec(), purpose: Purpose::Input, refusal: None, why: why.into() }
    }

    /// The letter of a drive that is not mounted.
    #[must_use]
    pub fn missing_drive(&self) -> Option<u8> {
        match (self.refusal, Shape::of(&self.path)) {
            (Some(Refusal::NotMounted), Shape::Drive(letter) | Shape::LongDrive(letter)) => Some(letter),
            _ => None,
        }
    }

    /// The path and the reason, for a person.
    #[must_use]
    pub fn describe(&self) -> Vec<u8> {
        match self.missing_drive() {
            Some(letter) => {
                let (upper, lower) = (char::from(letter), char::from(letter.to_ascii_lowercase()));
                let why = format!("`: drive {upper} is not mounted; {}", mount_line(upper, lower));
                [b"`", self.path.as_slice(), why.as_bytes()].concat()
            }
            None => [b"`", self.path.as_slice(), b"`: ", self.why.as_bytes()].concat(),
        }
    }
}

/// The commands that mount a drive.
#[must_use]
pub fn mount_line(upper: char, lower: char) -> String {
    format!("mount it: `sudo mkdir -p /mnt/{lower} && sudo mount -t drvfs {upper}: /mnt/{lower}`")
}

/// Outcome for a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Translated {
    /// It is none of the other side's.
    Same,
    /// Its name on this side.
    Becomes(Vec<u8>),
    /// It is the other side's, but has no name here.
    Stuck(Unnamed),
}

impl Translated {
    /// The same with the new value put into something larger.
    #[must_use]
    pub fn map(self, with: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Translated {
        match self {
            Translated::Becomes(value) => Translated::Becomes(with(value)),
            other => other,
        }
    }
}

/// Several values: all of them as they are to be, or the one that is stuck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Each {
    /// None changes.
    Same,
    /// Every value, changed or not.
    Becomes(Vec<Vec<u8>>),
    /// One of them has no name here.
    Stuck(Unnamed),
}

impl Each {
    /// The values joined into one.
    #[must_use]
    pub fn map(self, join: impl FnOnce(Vec<Vec<u8>>) -> Vec<u8>) -> Translated {
        match self {
            Each::Same => Translated::Same,
            Each::Becomes(values) => Translated::Becomes(join(values)),
            Each::Stuck(unnamed) => Translated::Stuck(unnamed),
        }
    }
}

/// Translates values toward one side, from the standpoint of one call.
#[derive(Clone)]
pub struct Translator<'h> {
    host: &'h dyn Host,
    distro: Option<Vec<u8>>,
    toward: Toward,
    /// The folder that the tool changes to before it reads a path, where that is not the working directory.
    folder: Option<Vec<u8>>,
}

impl<'h> Translator<'h> {
    /// A translator for this machine. The distribution's name is WSL's own, else the variable's.
    #[must_use]
    pub fn new(host: &'h dyn Host, environ: &Environ, toward: Toward) -> Self {
        let distro = host.distro().or_else(|| environ.get_nonempty(b"WSL_DISTRO_NAME").map(<[u8]>::to_vec));
        Translator { host, distro, toward, folder: None }
    }

    /// The same for a tool that changes to this folder first, as `go -C DIR` does.
    #[must_use]
    pub fn below(&self, folder: &[u8]) -> Self {
        let folder =
            if folder.starts_with(b"/") { folder.to_vec() } else { join(self.host.cwd().unwrap_or_default(), folder) };
        Translator { folder: Some(folder), ..self.clone() }
    }

    /// Tells whether these bytes can hold anything to translate. Asked for every argument before any grammar.
    #[must_use]
    pub fn may_concern(&self, bytes: &[u8]) -> bool {
        let each_slash = |is_sign: fn(&[u8]) -> bool| {
            let mut slashes = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'/');
            slashes.any(|(at, _)| bytes.get(at..).is_some_and(is_sign))
        };
        match self.toward {
            Toward::Linux => {
                bytes.iter().any(|byte| matches!(byte, b'\\' | b':' | b';'))
                    || each_slash(|rest| rest.starts_with(b"//") || DriveFolder::begins(rest))
            }
            Toward::Windows => bytes.contains(&b'/'),
        }
    }

    /// Is this an absolute path of the other side, whether or not it has a name on this one?
    #[must_use]
    pub fn is_foreign(&self, value: &[u8]) -> bool {
        let shape = Shape::of(value);
        match self.toward {
            Toward::Linux => is_of_windows(shape),
            Toward::Windows => shape == Shape::Unix,
        }
    }

    /// The reason that goes with every change.
    #[must_use]
    pub fn why(&self) -> &'static str {
        match self.toward {
            Toward::Linux => "a Windows path means nothing to a Linux tool",
            Toward::Windows => "a Linux path means nothing to a Windows tool",
        }
    }

    /// A path that the tool reads.
    #[must_use]
    pub fn path(&self, value: &[u8]) -> Translated {
        self.path_for(value, Purpose::Input)
    }

    /// A path, for what the tool does with it.
    #[must_use]
    pub fn path_for(&self, value: &[u8], purpose: Purpose) -> Translated {
        let settled = |result: Result<Vec<u8>, Refusal>| match result {
            Ok(path) if path == value => Translated::Same,
            Ok(path) => Translated::Becomes(path),
            Err(refusal) => Translated::Stuck(Unnamed {
                path: value.to_vec(),
                purpose,
                refusal: Some(refusal),
                why: refusal.describe().into(),
            }),
        };
        match (self.toward, Shape::of(value)) {
            (Toward::Linux, Shape::Drive(_) | Shape::LongDrive(_) | Shape::Distro(_) | Shape::Share) => {
                let linux = to_linux(&WinPath::new(value), Form::Given, &self.standpoint());
                settled(linux.map(UnixPath::into_bytes))
            }
            (Toward::Linux, Shape::DriveRelative(_)) => settled(Err(Refusal::DriveRelative)),
            (Toward::Linux, Shape::Device) => settled(Err(Refusal::Device)),
            (Toward::Linux, shape) => match with_slashes(value) {
                None => self.respelled(value).map_or(Translated::Same, Translated::Becomes),
                Some(_) if purpose == Purpose::Input && self.is_there(value) => Translated::Same,
                // The drive of the working directory, if that is on one.
                Some(turned) if shape == Shape::Rooted && turned.starts_with(b"/") => {
                    let linux = to_linux(&WinPath::new(value), Form::Absolute, &self.standpoint());
                    settled(linux.map(UnixPath::into_bytes))
                }
                Some(turned) => settled(Ok(self.respelled(&turned).unwrap_or(turned))),
            },
            // cmd/go compares `-o` with the name of the null device of the system that it runs on.
            (Toward::Windows, Shape::Unix) if value == b"/dev/null" => Translated::Becomes(b"NUL".to_vec()),
            (Toward::Windows, Shape::Unix) => {
                let respelled = self.respelled(value);
                let canonical = |path: &[u8]| self.host.canonical(path);
                let links = Links::Follow(&canonical);
                let linux = UnixPath::new(respelled.as_deref().unwrap_or(value));
                let windows = to_windows(&linux, Form::Given, &links, &self.standpoint());
                settled(windows.map(WinPath::into_bytes))
            }
            _ => Translated::Same,
        }
    }

    /// A file or a directory in a variable's value: a person may have put the quotes of a command line into it.
    #[must_use]
    pub fn value(&self, value: &[u8]) -> Translated {
        match value {
            [b'"', inside @ .., b'"'] if self.is_foreign(inside) => self.path(inside),
            _ => self.path(value),
        }
    }

    /// A list as PATH is one: `:` between its elements on Linux, `;` on Windows.
    #[must_use]
    pub fn list(&self, value: &[u8]) -> Translated {
        // An open quote leaves no way to tell where an element ends.
        if value.iter().filter(|&&byte| byte == b'"').count() % 2 == 1 {
            return Translated::Same;
        }
        let List { elements, separator } = List::of(value);
        let joined = |with: &'static [u8]| move |elements: Vec<Vec<u8>>| elements.join(with);
        match self.toward {
            Toward::Linux => match self.each(elements.iter().map(Vec::as_slice)).map(joined(b":")) {
                // To a Linux tool `/a;/b` is one folder.
                Translated::Same if separator == Separator::Semicolon && all_of_linux(&elements) => {
                    if self.is_there(value) { Translated::Same } else { Translated::Becomes(elements.join(&b':')) }
                }
                translated => translated,
            },
            // A list that is Windows' own already has a colon behind each drive letter.
            Toward::Windows if !elements.iter().any(|element| element.starts_with(b"/")) => Translated::Same,
            Toward::Windows => self.each(elements.iter().map(Vec::as_slice)).map(joined(b";")),
        }
    }

    /// Addresses of module proxies, separated by `,` or `|`: a `file:` address holds a path.
    #[must_use]
    pub fn addresses(&self, value: &[u8]) -> Translated {
        let mut translated = Vec::with_capacity(value.len());
        for piece in value.split_inclusive(|byte| matches!(byte, b',' | b'|')) {
            let end = piece.len() - usize::from(matches!(piece.last(), Some(b',' | b'|')));
            let (address, separator) = piece.split_at(end);
            // Of `file:///C:/x` Go makes the path `/C:/x` on Linux, and `C:/x` on Windows.
            let (scheme, path) = match (self.toward, address) {
                (Toward::Linux, [b'f', b'i', b'l', b'e', b':', b'/', b'/', b'/', path @ ..]) => (7, path),
                (Toward::Windows, [b'f', b'i', b'l', b'e', b':', b'/', b'/', ..]) => (7, &address[7..]),
                _ => (0, &b""[..]),
            };
            match self.path(path) {
                _ if scheme == 0 || !self.is_foreign(path) => translated.extend_from_slice(address),
                Translated::Same => translated.extend_from_slice(address),
                Translated::Becomes(path) => {
                    // The host of a share is the address's own.
                    translated.extend_from_slice(match path.first() {
                        Some(b'/') => b"file://",
                        Some(b'\\') => b"file:",
                        _ => b"file:///",
                    });
                    translated.extend(path.iter().map(|&byte| if byte == b'\\' { b'/' } else { byte }));
                }
                stuck @ Translated::Stuck(_) => return stuck,
            }
            translated.extend_from_slice(separator);
        }
        if translated == value { Translated::Same } else { Translated::Becomes(translated) }
    }

    /// Several paths that the tool reads, of which either all can be named here or none is changed.
    pub fn each<'v>(&self, values: impl Iterator<Item = &'v [u8]>) -> Each {
        let mut same = true;
        let mut all = Vec::new();
        for value in values {
            match self.path(value) {
                Translated::Same => all.push(value.to_vec()),
                Translated::Becomes(new) => {
                    same = false;
                    all.push(new);
                }
                Translated::Stuck(unnamed) => return Each::Stuck(unnamed),
            }
        }
        if same { Each::Same } else { Each::Becomes(all) }
    }

    /// The path below a drive's mount point, where it is written as Cygwin or MSYS write it (`/cygdrive/c/x`, `/c/x`), or
    /// as WSL does by default (`/mnt/c/x`) on a machine that mounts its drives at the root.
    ///
    /// A folder of that name is the person's own, and then the path stays. readlink(2) tells of one without asking a
    /// drive: Windows may be gone.
    fn respelled(&self, path: &[u8]) -> Option<Vec<u8>> {
        let folder = DriveFolder::of(path)?;
        let at_root = [b'/', folder.letter.to_ascii_lowercase()];
        let is_absent = |folder: &[u8]| self.host.read_link(folder) == Err(Errno::ENOENT);
        let is_free = match folder.style {
            DriveStyle::Msys => is_absent(&path[..folder.end]),
            DriveStyle::Cygwin => is_absent(CYGDRIVE),
            // The mount table is dear: `/c` is asked for first, which is missing where drives are not at the root.
            DriveStyle::Wsl => {
                !is_absent(&at_root)
                    && !self.host.mounts().is_on_drive(&path[..folder.end])
                    && is_absent(&path[..folder.end])
            }
        };
        if !is_free {
            return None;
        }
        let point = self.host.mounts().mount_point_of_drive(folder.letter)?;
        if folder.style == DriveStyle::Wsl && point != at_root {
            return None;
        }
        let rest = &path[folder.end..];
        let new = if rest.is_empty() { point.to_vec() } else { [point, rest].concat() };
        (new != path).then_some(new)
    }

    /// Looks for a file of this literal name. Asked only where a backslash in it decides.
    fn is_there(&self, name: &[u8]) -> bool {
        let path = match &self.folder {
            Some(folder) if !name.starts_with(b"/") => Cow::Owned(join(folder, name)),
            _ => Cow::Borrowed(name),
        };
        self.host.lstat(&path).is_ok()
    }

    fn standpoint(&self) -> Standpoint<'_> {
        Standpoint {
            cwd: self.folder.as_deref().map_or_else(|| self.host.cwd(), Ok),
            distro: self.distro.as_deref(),
            mounts: self.host.mounts(),
            tags: Tags::Every,
        }
    }
}

/// Tells the forms that only Windows has and that lead away from the working directory.
#[must_use]
pub fn is_of_windows(shape: Shape) -> bool {
    matches!(
        shape,
        Shape::Drive(_)
            | Shape::LongDrive(_)
            | Shape::DriveRelative(_)
            | Shape::Distro(_)
            | Shape::Share
            | Shape::Device
    )
}

/// The shape of a variable's value, around which a person may have put the quotes of a command line.
#[must_use]
pub fn shape_of_value(value: &[u8]) -> Shape<'_> {
    match value {
        [b'"', inside @ .., b'"'] => Shape::of(inside),
        _ => Shape::of(value),
    }
}

/// Tells whether a path changed that was written for Cygwin, MSYS or another mount point: that deserves a note.
#[must_use]
pub fn was_respelled(from: &[u8], to: &[u8]) -> bool {
    let parts = |text| <[u8]>::split(text, |byte| matches!(byte, b'=' | b':' | b';' | b',' | b' ' | b'"' | b'\''));
    parts(from).any(|part| DriveFolder::of(part).is_some() && !parts(to).any(|other| other == part))
}

/// The ways to write the name of a drive's folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DriveStyle {
    /// `/c`
    Msys,
    /// `/cygdrive/c`
    Cygwin,
    /// `/mnt/c`
    Wsl,
}

/// The folder of a drive at the beginning of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct DriveFolder {
    style: DriveStyle,
    letter: u8,
    end: usize,
}

const CYGDRIVE: &[u8] = b"/cygdrive";

/// The spellings, and what stands before the letter.
const DRIVE_STYLES: [(DriveStyle, &[u8]); 3] =
    [(DriveStyle::Msys, b"/"), (DriveStyle::Cygwin, b"/cygdrive/"), (DriveStyle::Wsl, b"/mnt/")];

impl DriveFolder {
    fn of(path: &[u8]) -> Option<DriveFolder> {
        DRIVE_STYLES.iter().find_map(|(style, before)| match path.strip_prefix(*before) {
            Some([letter, rest @ ..]) if letter.is_ascii_alphabetic() && matches!(rest.first(), None | Some(b'/')) => {
                Some(DriveFolder { style: *style, letter: *letter, end: before.len() + 1 })
            }
            _ => None,
        })
    }

    /// Tells whether one can begin here. The text around the path decides about its end.
    fn begins(text: &[u8]) -> bool {
        DRIVE_STYLES.iter().any(|(_, before)| match text.strip_prefix(*before) {
            Some([letter, rest @ ..]) => {
                letter.is_ascii_alphabetic() && !rest.first().is_some_and(u8::is_ascii_alphanumeric)
            }
            _ => false,
        })
    }
}

/// The path with slashes for its backslashes, or none where there is none that separates names: one before a blank, a
/// quote or a sign of a pattern keeps that from a shell.
fn with_slashes(path: &[u8]) -> Option<Vec<u8>> {
    let mut turned = Vec::with_capacity(path.len());
    let mut rest = path;
    let mut seen = false;
    while let [byte, tail @ ..] = rest {
        if *byte != b'\\' {
            turned.push(*byte);
            rest = tail;
            continue;
        }
        let run = rest.iter().take_while(|byte| **byte == b'\\').count();
        let (backslashes, after) = rest.split_at(run);
        rest = after;
        match after.first() {
            Some(b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'`' | b'*' | b'?' | b'[' | b']' | b'{' | b'}') => {
                turned.extend_from_slice(backslashes);
            }
            _ => {
                seen = true;
                if turned.last() != Some(&b'/') {
                    turned.push(b'/');
                }
            }
        }
    }
    seen.then_some(turned)
}

/// A list, taken apart.
struct List {
    elements: Vec<Vec<u8>>,
    separator: Separator,
}

/// The separators between a list's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Separator {
    /// Colons alone.
    Colon,
    /// A semicolon too.
    Semicolon,
}

impl List {
    /// Both systems' rules at once: `;` and `:` separate, but for the colon behind a letter with which an element begins,
    /// and for what stands between double quotes, which are no part of a name (Go's `filepath.SplitList` on Windows).
    fn of(value: &[u8]) -> List {
        let (mut elements, mut element, mut quoted) = (Vec::new(), Vec::<u8>::new(), false);
        let mut separator = Separator::Colon;
        for &byte in value {
            match byte {
                b'"' => quoted = !quoted,
                b';' if !quoted => {
                    separator = Separator::Semicolon;
                    elements.push(core::mem::take(&mut element));
                }
                b':' if !quoted && !matches!(element.as_slice(), [letter] if letter.is_ascii_alphabetic()) => {
                    elements.push(core::mem::take(&mut element));
                }
                byte => element.push(byte),
            }
        }
        elements.push(element);
        if separator == Separator::Semicolon {
            elements.retain(|element| !element.is_empty());
        }
        List { elements, separator }
    }
}

/// The elements of a list as PATH is one, by both systems' rules.
#[must_use]
pub fn list_elements(value: &[u8]) -> Vec<Vec<u8>> {
    List::of(value).elements
}

fn all_of_linux(elements: &[Vec<u8>]) -> bool {
    elements.len() > 1 && elements.iter().all(|element| element.starts_with(b"/"))
}
