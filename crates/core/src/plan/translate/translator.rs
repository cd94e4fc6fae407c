//! Decides whether a value has the other side's form, and translates it to this side.
//!
//! `wslpath` translates every value as a path of the other side. This module checks first: a value in this side's form,
//! or in neither, stays unchanged.

use alloc::borrow::Cow;

use crate::prelude::*;
use crate::text::errno::Errno;

use crate::diagnosis::wording;
use crate::host::Host;
use crate::host::environ::Environ;
use crate::host::mounts::Tags;
use crate::text::path::join;
use crate::wslpath::{PathForm, PathShape, Refusal, Standpoint, UnixPath, WinPath, to_linux, to_windows};

/// Side that the values are translated to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toward {
    /// For a Linux tool.
    Linux,
    /// For a Windows tool.
    Windows,
}

/// Use that a tool makes of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It reads the file, whose name may contain a backslash.
    Input,
    /// It writes the file, and would create one of any given name.
    Output,
}

/// Path of the other side that has no name on this side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untranslatable {
    /// Path.
    pub path: Vec<u8>,
    /// Use that the tool makes of it.
    pub purpose: Purpose,
    /// Reason, if the translation gives one.
    pub refusal: Option<Refusal>,
    /// Reason as text for the user.
    pub why: Cow<'static, str>,
    /// The value that holds the path, with its other parts translated, if they can be used without this one.
    pub rest: Option<Vec<u8>>,
}

impl Untranslatable {
    /// Returns the error for a translated value that its place cannot hold.
    #[must_use]
    pub fn unwritable(path: &[u8], why: &'static str) -> Untranslatable {
        Untranslatable {
            path: path.to_vec(),
            purpose: Purpose::Input,
            refusal: None,
            why: wording(|| why.into()),
            rest: None,
        }
    }

    /// Returns the letter of a drive that is not mounted.
    #[must_use]
    pub fn missing_drive(&self) -> Option<u8> {
        match (self.refusal, PathShape::of(&self.path)) {
            (Some(Refusal::NotMounted), PathShape::Drive(letter) | PathShape::LongDrive(letter)) => Some(letter),
            _ => None,
        }
    }

    /// Formats the path and the reason for the user.
    #[must_use]
    pub fn describe(&self) -> Vec<u8> {
        match self.missing_drive() {
            Some(letter) => {
                let (upper, lower) = (char::from(letter), char::from(letter.to_ascii_lowercase()));
                let why = format!("drive {upper} is not mounted, so `");
                let fix = format!("` has no Linux path; {}", mount_line(upper, lower));
                [why.as_bytes(), self.path.as_slice(), fix.as_bytes()].concat()
            }
            None => [b"`", self.path.as_slice(), b"` cannot be translated, because ", self.why.as_bytes()].concat(),
        }
    }
}

/// Returns the commands that mount a drive.
#[must_use]
pub fn mount_line(upper: char, lower: char) -> String {
    format!("mount it: `sudo mkdir -p /mnt/{lower} && sudo mount -t drvfs {upper}: /mnt/{lower}`")
}

/// Result for one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Translated {
    /// The value does not have the other side's form.
    Same,
    /// The value on this side.
    Becomes(Vec<u8>),
    /// The value has the other side's form, but no name on this side.
    NoCounterpart(Untranslatable),
}

impl Translated {
    /// Returns the result for a value that the tool only reads.
    #[must_use]
    pub fn read_only(self) -> Translated {
        match self {
            Translated::NoCounterpart(untranslatable) => {
                Translated::NoCounterpart(Untranslatable { purpose: Purpose::Input, ..untranslatable })
            }
            other => other,
        }
    }

    /// Inserts a translated value into a larger one.
    #[must_use]
    pub fn map(self, with: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Translated {
        match self {
            Translated::Becomes(value) => Translated::Becomes(with(value)),
            Translated::NoCounterpart(untranslatable) => {
                let rest = untranslatable.rest.map(with);
                Translated::NoCounterpart(Untranslatable { rest, ..untranslatable })
            }
            Translated::Same => Translated::Same,
        }
    }
}

/// Result for several values: all of them, or the first that cannot be translated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TranslatedList {
    /// None changes.
    Same,
    /// Every value, changed or not.
    Becomes(Vec<Vec<u8>>),
    /// One of them has no name on this side.
    NoCounterpart(Untranslatable),
}

impl TranslatedList {
    /// Joins the values into one.
    #[must_use]
    pub fn map(self, join: impl FnOnce(Vec<Vec<u8>>) -> Vec<u8>) -> Translated {
        match self {
            TranslatedList::Same => Translated::Same,
            TranslatedList::Becomes(values) => Translated::Becomes(join(values)),
            TranslatedList::NoCounterpart(untranslatable) => Translated::NoCounterpart(untranslatable),
        }
    }
}

/// Translates values to one side, for one call.
#[derive(Clone)]
pub struct Translator<'h> {
    host: &'h dyn Host,
    distro: Option<Vec<u8>>,
    toward: Toward,
    /// Folder that the tool changes to before it reads a path, if it is not the working directory.
    folder: Option<Vec<u8>>,
}

impl<'h> Translator<'h> {
    /// Returns a translator for this machine. The distribution's name comes from WSL, else from the variable.
    #[must_use]
    pub fn new(host: &'h dyn Host, environ: &Environ, toward: Toward) -> Self {
        let distro = host.distro().or_else(|| environ.get_nonempty(b"WSL_DISTRO_NAME").map(<[u8]>::to_vec));
        Translator { host, distro, toward, folder: None }
    }

    /// Returns a translator for a tool that changes to this folder first, as `go -C DIR` does.
    #[must_use]
    pub fn below(&self, folder: &[u8]) -> Self {
        let folder =
            if folder.starts_with(b"/") { folder.to_vec() } else { join(self.host.cwd().unwrap_or_default(), folder) };
        Translator { folder: Some(folder), ..self.clone() }
    }

    /// Returns true if these bytes may hold a value to translate. Runs for every argument before any grammar.
    #[must_use]
    pub fn may_concern(&self, bytes: &[u8]) -> bool {
        let each_slash = |is_sign: fn(&[u8]) -> bool| {
            let mut slashes = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'/');
            slashes.any(|(at, _)| bytes.get(at..).is_some_and(is_sign))
        };
        match self.toward {
            Toward::Linux => {
                bytes.iter().any(|byte| matches!(byte, b'\\' | b':' | b';'))
                    || bytes.windows(3).any(|word| word.eq_ignore_ascii_case(b"NUL"))
                    || each_slash(|rest| rest.starts_with(b"//") || DriveFolder::begins(rest))
            }
            Toward::Windows => bytes.contains(&b'/'),
        }
    }

    /// Returns the reason of every change.
    #[must_use]
    pub fn why(&self) -> &'static str {
        match self.toward {
            Toward::Linux => "a Linux tool cannot use a Windows path",
            Toward::Windows => "a Windows tool cannot use a Linux path",
        }
    }

    /// Translates a path that the tool reads.
    #[must_use]
    pub fn path(&self, value: &[u8]) -> Translated {
        self.path_for(value, Purpose::Input)
    }

    /// Translates a path that the tool reads or writes.
    #[must_use]
    pub fn path_for(&self, value: &[u8], purpose: Purpose) -> Translated {
        let translated = |result: Result<Vec<u8>, Refusal>| match result {
            Ok(path) if path == value => Translated::Same,
            Ok(path) => Translated::Becomes(path),
            Err(refusal) => Translated::NoCounterpart(Untranslatable {
                path: value.to_vec(),
                purpose,
                refusal: Some(refusal),
                why: wording(|| refusal.describe().into()),
                rest: None,
            }),
        };
        if let Some(inside) = unquoted(value)
            && !(purpose == Purpose::Input && self.is_there(value))
        {
            return self.path_for(inside, purpose);
        }
        match (self.toward, PathShape::of(value)) {
            // cmd/go on Windows discards what it would write there, and creates a file of that name on Linux.
            (Toward::Linux, _) if purpose == Purpose::Output && is_null_device(value) => {
                Translated::Becomes(b"/dev/null".to_vec())
            }
            (
                Toward::Linux,
                PathShape::Drive(_) | PathShape::LongDrive(_) | PathShape::Distro(_) | PathShape::Share,
            ) => {
                let linux = to_linux(&WinPath::new(value), PathForm::Given, &self.standpoint());
                translated(linux.map(UnixPath::into_bytes))
            }
            (Toward::Linux, PathShape::DriveRelative(_)) => translated(Err(Refusal::DriveRelative)),
            (Toward::Linux, PathShape::Device) => translated(Err(Refusal::Device)),
            (Toward::Linux, shape) => match with_slashes(value) {
                None => self.respelled(value).map_or(Translated::Same, Translated::Becomes),
                Some(_) if purpose == Purpose::Input && self.is_there(value) => Translated::Same,
                Some(turned) if begins_with_variable(value) || (!turned.starts_with(b"/") && value.contains(&b':')) => {
                    let why = if begins_with_variable(value) {
                        "it begins with a variable that no shell has replaced"
                    } else {
                        "no Windows name has a colon behind other text than a drive's letter"
                    };
                    Translated::NoCounterpart(Untranslatable { purpose, ..Untranslatable::unwritable(value, why) })
                }
                // Relative to the drive of the working directory, if that is on a drive.
                Some(turned) if shape == PathShape::Rooted && turned.starts_with(b"/") => {
                    let linux = to_linux(&WinPath::new(value), PathForm::Absolute, &self.standpoint());
                    translated(linux.map(UnixPath::into_bytes))
                }
                // The backslash of `\?x\y` is none of a path.
                Some(turned) if shape == PathShape::Rooted && !turned.starts_with(b"/") => Translated::Same,
                Some(turned) => translated(Ok(self.respelled(&turned).unwrap_or(turned))),
            },
            // cmd/go compares `-o` with the null device of its own system.
            (Toward::Windows, PathShape::Unix) if value == b"/dev/null" => Translated::Becomes(b"NUL".to_vec()),
            (Toward::Windows, PathShape::Unix) => {
                let respelled = self.respelled(value);
                let canonical = |path: &[u8]| self.host.canonical(path);
                let linux = UnixPath::new(respelled.as_deref().unwrap_or(value));
                let windows = to_windows(&linux, PathForm::Given, &canonical, &self.standpoint());
                translated(windows.map(WinPath::into_bytes))
            }
            _ => Translated::Same,
        }
    }

    /// Translates a list like PATH: `:` separates elements on Linux, `;` on Windows.
    #[must_use]
    pub fn list(&self, value: &[u8]) -> Translated {
        match self.list_once(value) {
            // `C;\x` would become `C:/mnt/c/x`, which a nested call would read as a path on drive C.
            Translated::Becomes(new)
                if self.toward == Toward::Linux && matches!(self.list_once(&new), Translated::Becomes(_)) =>
            {
                Translated::NoCounterpart(Untranslatable::unwritable(
                    value,
                    "its elements cannot be told apart when `:` separates them",
                ))
            }
            translated => translated,
        }
    }

    fn list_once(&self, value: &[u8]) -> Translated {
        // Behind an open quote, the end of an element is not known.
        if value.iter().filter(|&&byte| byte == b'"').count() % 2 == 1 {
            return Translated::Same;
        }
        let List { elements, separator } = List::of(value);
        let joined = |with: &'static [u8]| move |elements: Vec<Vec<u8>>| elements.join(with);
        match self.toward {
            Toward::Linux => match self.each(elements.iter().map(Vec::as_slice)).map(joined(b":")) {
                // For a Linux tool, `/a;/b` is one folder.
                Translated::Same if separator == Separator::Semicolon && all_of_linux(&elements) => {
                    if self.is_there(value) { Translated::Same } else { Translated::Becomes(elements.join(&b':')) }
                }
                translated => translated,
            },
            Toward::Windows => match self.each(elements.iter().map(Vec::as_slice)).map(joined(b";")) {
                // Windows reads `C:\a:C:\b` as one name.
                Translated::Same if separator == Separator::Colon && all_on_drives(&elements) => {
                    Translated::Becomes(elements.join(&b';'))
                }
                translated => translated,
            },
        }
    }

    /// Translates addresses of module proxies, separated by `,` or `|`. A `file:` address holds a path.
    #[must_use]
    pub fn addresses(&self, value: &[u8]) -> Translated {
        let mut translated = Vec::with_capacity(value.len());
        for piece in value.split_inclusive(|byte| matches!(byte, b',' | b'|')) {
            let end = piece.len() - usize::from(matches!(piece.last(), Some(b',' | b'|')));
            let (address, separator) = piece.split_at(end);
            // Go reads `file:///C:/x` as the path `/C:/x` on Linux, and as `C:/x` on Windows.
            let path = address.strip_prefix(b"file://").filter(|path| path.starts_with(b"/")).map(|path| {
                match (self.toward, &path[1..]) {
                    (Toward::Linux, windows) if is_of_windows(PathShape::of(windows)) => windows,
                    _ => path,
                }
            });
            match path.map_or(Translated::Same, |path| self.path(path)) {
                Translated::Same => translated.extend_from_slice(address),
                Translated::Becomes(path) => {
                    // The host of a share is the address's host.
                    translated.extend_from_slice(match path.first() {
                        Some(b'/') => b"file://",
                        Some(b'\\') => b"file:",
                        _ => b"file:///",
                    });
                    translated.extend(path.iter().map(|&byte| if byte == b'\\' { b'/' } else { byte }));
                }
                untranslatable @ Translated::NoCounterpart(_) => return untranslatable,
            }
            translated.extend_from_slice(separator);
        }
        if translated == value { Translated::Same } else { Translated::Becomes(translated) }
    }

    /// Translates several paths that the tool reads. Either all change, or none.
    pub fn each<'v>(&self, values: impl Iterator<Item = &'v [u8]>) -> TranslatedList {
        let mut same = true;
        let mut all = Vec::new();
        for value in values {
            match self.path(value) {
                Translated::Same => all.push(value.to_vec()),
                Translated::Becomes(new) => {
                    same = false;
                    all.push(new);
                }
                Translated::NoCounterpart(untranslatable) => return TranslatedList::NoCounterpart(untranslatable),
            }
        }
        if same { TranslatedList::Same } else { TranslatedList::Becomes(all) }
    }

    /// Returns the path below a drive's mount point, if it is written as Cygwin or MSYS do (`/cygdrive/c/x`, `/c/x`),
    /// or as WSL does by default (`/mnt/c/x`) on a machine with another mount root.
    ///
    /// An existing folder of that name belongs to the user, and the path stays. readlink(2) finds it without reading a
    /// drive, which may not answer.
    fn respelled(&self, path: &[u8]) -> Option<Vec<u8>> {
        let folder = DriveFolder::of(path)?;
        let at_root = [b'/', folder.letter.to_ascii_lowercase()];
        let is_absent = |folder: &[u8]| self.host.read_link(folder) == Err(Errno::ENOENT);
        let is_free = match folder.style {
            DriveStyle::Msys => is_absent(&path[..folder.end]),
            DriveStyle::Cygwin => is_absent(CYGDRIVE),
            // The mount table is slow: `/c` is checked first, and is missing if drives are not mounted at the root.
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

    /// Returns true if a changed value has a path in the form of Cygwin, MSYS or another mount point, which gets a
    /// note.
    #[must_use]
    pub fn respells(&self, value: &[u8]) -> bool {
        let is_separator = |byte: &u8| matches!(byte, b'=' | b':' | b';' | b',' | b' ' | b'"' | b'\'');
        let starts = value.iter().enumerate().filter(|&(at, &byte)| {
            byte == b'/'
                && match &value[..at] {
                    // The slash of `C:/x`.
                    [before @ .., letter, b':'] if letter.is_ascii_alphabetic() => {
                        !(before.last().is_none_or(is_separator) || before.ends_with(b"//"))
                    }
                    [.., b'/', b'/'] => true,
                    before => before.last().is_none_or(is_separator),
                }
        });
        starts.map(|(at, _)| &value[at..]).any(|rest| {
            let end = rest.iter().position(is_separator).unwrap_or(rest.len());
            // `/C` of `file:///C:/x` is a drive and no folder.
            let is_drive = end == 2 && matches!(rest.get(end..), Some([b':', b'/' | b'\\', ..]));
            !is_drive && self.respelled(&rest[..end]).is_some()
        })
    }

    /// Returns true if a file of this literal name exists. Called only if a backslash in the name matters.
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

/// Returns true for the forms that only Windows has and that do not depend on the working directory.
#[must_use]
pub fn is_of_windows(shape: PathShape) -> bool {
    matches!(
        shape,
        PathShape::Drive(_)
            | PathShape::LongDrive(_)
            | PathShape::DriveRelative(_)
            | PathShape::Distro(_)
            | PathShape::Share
            | PathShape::Device
    )
}

/// Returns the shape of a variable's value, without the quotes of a command line.
#[must_use]
pub fn shape_of_value(value: &[u8]) -> PathShape<'_> {
    match value {
        [b'"', inside @ .., b'"'] => PathShape::of(inside),
        _ => PathShape::of(value),
    }
}

/// Forms of the name of a drive's folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DriveStyle {
    /// `/c`
    Msys,
    /// `/cygdrive/c`
    Cygwin,
    /// `/mnt/c`
    Wsl,
}

/// Folder of a drive at the beginning of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct DriveFolder {
    style: DriveStyle,
    letter: u8,
    end: usize,
}

const CYGDRIVE: &[u8] = b"/cygdrive";

/// Forms, and the text before the drive letter.
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

    /// Returns true if one may begin here. The text around the path decides where it ends.
    fn begins(text: &[u8]) -> bool {
        DRIVE_STYLES.iter().any(|(_, before)| match text.strip_prefix(*before) {
            Some([letter, rest @ ..]) => {
                letter.is_ascii_alphabetic() && !rest.first().is_some_and(u8::is_ascii_alphanumeric)
            }
            _ => false,
        })
    }
}

/// Returns a path without the quotes of a command line around it. No Windows name has a quote.
fn unquoted(path: &[u8]) -> Option<&[u8]> {
    match path {
        [b'"', inside @ .., b'"'] | [b'\'', inside @ .., b'\''] => Some(inside),
        _ => None,
    }
}

/// Returns true for `%NAME%\x`, `$NAME\x` and `$env:NAME\x`.
fn begins_with_variable(path: &[u8]) -> bool {
    let end = path.iter().position(|byte| matches!(byte, b'\\' | b'/')).unwrap_or(path.len());
    matches!(&path[..end], [b'%', _, .., b'%'] | [b'$', _, ..])
}

/// Returns true for the null device of Windows, in any case of letters.
fn is_null_device(path: &[u8]) -> bool {
    let name = path.strip_prefix(br"\\.\").unwrap_or(path);
    name.strip_suffix(b":").unwrap_or(name).eq_ignore_ascii_case(b"NUL")
}

/// Replaces backslashes with slashes. Returns `None` if no backslash separates names: before a blank, a quote or a
/// pattern sign it escapes that character for a shell.
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

/// Split list.
struct List {
    elements: Vec<Vec<u8>>,
    separator: Separator,
}

/// Separators of a list's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Separator {
    /// Only colons.
    Colon,
    /// Also semicolons.
    Semicolon,
}

impl List {
    /// Splits by the rules of both systems: `;` and `:` separate, except the colon behind a drive letter at the start
    /// of an element, and text in double quotes, which are not part of a name (Go's `filepath.SplitList` on Windows).
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
                b':' if !quoted && !is_drive_letter(&element) => {
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

/// Returns true for the letter of `C:\x` and of `\\?\C:\x`.
fn is_drive_letter(text: &[u8]) -> bool {
    let letter = text.strip_prefix(br"\\?\").or_else(|| text.strip_prefix(b"//?/")).unwrap_or(text);
    matches!(letter, [letter] if letter.is_ascii_alphabetic())
}

/// Returns the elements of a list like PATH, by the rules of both systems.
#[must_use]
pub fn list_elements(value: &[u8]) -> Vec<Vec<u8>> {
    List::of(value).elements
}

fn all_on_drives(elements: &[Vec<u8>]) -> bool {
    elements.len() > 1 && elements.iter().all(|element| matches!(PathShape::of(element), PathShape::Drive(_)))
}

fn all_of_linux(elements: &[Vec<u8>]) -> bool {
    !elements.is_empty() && elements.iter().all(|element| element.starts_with(b"/"))
}
