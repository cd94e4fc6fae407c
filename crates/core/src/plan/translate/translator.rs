//! Does this value belong to the other side, and what is it called on this one?
//!
//! The translator of `wslpath` takes whatever it is given for a path of the other world. Here are the guards in front of
//! it: a value that is in this side's form already, or in neither, stays as it is.

use crate::host::Host;
use crate::host::environ::Environ;
use crate::host::mounts::Tags;
use crate::wslpath::{Form, Links, Refusal, Shape, Standpoint, UnixPath, WinPath, to_linux, to_windows};

/// Which side the values are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toward {
    /// A Linux tool gets them.
    Linux,
    /// A Windows tool gets them.
    Windows,
}

/// What became of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Translated {
    /// It is none of the other side's.
    Same,
    /// Its name on this side.
    Becomes(Vec<u8>),
    /// It is the other side's, but has no name here: the reason.
    Stuck(String),
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

/// Several values: all of them as they are to be, or why one of them is stuck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Each {
    /// None changes.
    Same,
    /// Every value, changed or not.
    Becomes(Vec<Vec<u8>>),
    /// One of them has no name here.
    Stuck(String),
}

impl Each {
    /// The values joined into one.
    #[must_use]
    pub fn map(self, join: impl FnOnce(Vec<Vec<u8>>) -> Vec<u8>) -> Translated {
        match self {
            Each::Same => Translated::Same,
            Each::Becomes(values) => Translated::Becomes(join(values)),
            Each::Stuck(why) => Translated::Stuck(why),
        }
    }
}

/// Translates values toward one side, from the standpoint of one call.
pub struct Translator<'h> {
    host: &'h dyn Host,
    distro: Option<Vec<u8>>,
    toward: Toward,
}

impl<'h> Translator<'h> {
    /// A translator for this machine. The distribution's name is WSL's own, else the variable's.
    #[must_use]
    pub fn new(host: &'h dyn Host, environ: &Environ, toward: Toward) -> Self {
        let distro = host.distro().or_else(|| environ.get_nonempty(b"WSL_DISTRO_NAME").map(<[u8]>::to_vec));
        Translator { host, distro, toward }
    }

    /// Could these bytes hold anything to translate? Asked for every argument before any grammar is.
    #[must_use]
    pub fn may_concern(&self, bytes: &[u8]) -> bool {
        match self.toward {
            Toward::Linux => {
                bytes.contains(&b'\\') || bytes.contains(&b':') || bytes.windows(2).any(|pair| pair == b"//")
            }
            Toward::Windows => bytes.contains(&b'/'),
        }
    }

    /// Is this an absolute path of the other side, whether or not it has a name on this one?
    #[must_use]
    pub fn is_foreign(&self, value: &[u8]) -> bool {
        let shape = Shape::of(value);
        match self.toward {
            Toward::Linux => matches!(
                shape,
                Shape::Drive(_)
                    | Shape::LongDrive(_)
                    | Shape::DriveRelative(_)
                    | Shape::Distro(_)
                    | Shape::Share
                    | Shape::Device
            ),
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

    /// One path.
    #[must_use]
    pub fn path(&self, value: &[u8]) -> Translated {
        match (self.toward, Shape::of(value)) {
            (Toward::Linux, Shape::Drive(_) | Shape::LongDrive(_) | Shape::Distro(_) | Shape::Share) => {
                let linux = to_linux(&WinPath::new(value), Form::Given, &self.standpoint());
                settle(linux.map(UnixPath::into_bytes))
            }
            (Toward::Linux, Shape::DotRelative) => {
                Translated::Becomes(value.iter().map(|&byte| if byte == b'\\' { b'/' } else { byte }).collect())
            }
            (Toward::Linux, Shape::DriveRelative(_)) => settle(Err(Refusal::DriveRelative)),
            (Toward::Linux, Shape::Device) => settle(Err(Refusal::Device)),
            // cmd/go compares `-o` with the name of the null device of the system that it runs on.
            (Toward::Windows, Shape::Unix) if value == b"/dev/null" => Translated::Becomes(b"NUL".to_vec()),
            (Toward::Windows, Shape::Unix) => {
                let canonical = |path: &[u8]| self.host.canonical(path);
                let links = Links::Follow(&canonical);
                let windows = to_windows(&UnixPath::new(value), Form::Given, &links, &self.standpoint());
                settle(windows.map(WinPath::into_bytes))
            }
            // A backslash in the middle may be part of a name, which Linux allows.
            _ => Translated::Same,
        }
    }

    /// A list as PATH is one: `:` between its elements on Linux, `;` on Windows.
    #[must_use]
    pub fn list(&self, value: &[u8]) -> Translated {
        match self.toward {
            Toward::Linux => {
                let elements = windows_list(value);
                self.each(elements.iter().map(Vec::as_slice)).map(|elements| elements.join(&b":"[..]))
            }
            // A list that is Windows' own already has a colon behind each drive letter.
            Toward::Windows if !value.starts_with(b"/") => Translated::Same,
            Toward::Windows => self.each(value.split(|&byte| byte == b':')).map(|elements| elements.join(&b";"[..])),
        }
    }

    /// Several paths, of which either all can be named here or none is changed.
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
                Translated::Stuck(why) => return Each::Stuck(why),
            }
        }
        if same { Each::Same } else { Each::Becomes(all) }
    }

    fn standpoint(&self) -> Standpoint<'_> {
        Standpoint {
            cwd: self.host.cwd(),
            distro: self.distro.as_deref(),
            mounts: self.host.mounts(),
            tags: Tags::Every,
        }
    }
}

/// The elements of a list on Windows, where a `;` between double quotes separates nothing and quotes are no part of a name
/// (Go's `filepath.SplitList`).
fn windows_list(value: &[u8]) -> Vec<Vec<u8>> {
    let (mut elements, mut element, mut quoted) = (Vec::new(), Vec::new(), false);
    for &byte in value {
        match byte {
            b'"' => quoted = !quoted,
            b';' if !quoted => elements.push(std::mem::take(&mut element)),
            byte => element.push(byte),
        }
    }
    elements.push(element);
    elements
}

fn settle(result: Result<Vec<u8>, Refusal>) -> Translated {
    match result {
        Ok(path) => Translated::Becomes(path),
        Err(refusal) => Translated::Stuck(refusal.describe()),
    }
}
