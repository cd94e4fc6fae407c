//! The settings, as values with their origin.

use alloc::borrow::Cow;

use crate::diagnosis::Note;
use crate::prelude::*;
use crate::tools::Tool;

/// Layer that sets a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Built-in default.
    Default,
    /// A configuration file.
    File(Vec<u8>),
    /// A variable of the environment.
    Variable(&'static str),
    /// An option of gowrap's command line.
    Option(&'static str),
}

/// A value and its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// The layer that set it.
    pub origin: Origin,
}

impl<T> Setting<T> {
    /// Returns a built-in default.
    pub const fn default(value: T) -> Self {
        Setting { value, origin: Origin::Default }
    }
}

/// Policy for Windows binaries (`pe`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PePolicy {
    /// Started through interop if that can work, else refused.
    Auto,
    /// Refused.
    Reject,
    /// Started whenever interop is available; if it may not work, a note warns.
    Reroute,
}

impl PePolicy {
    pub(super) const WORDS: &str = "auto, reject or reroute";

    pub(super) fn named(word: &[u8]) -> Option<PePolicy> {
        Some(match word {
            b"auto" => PePolicy::Auto,
            b"reject" => PePolicy::Reject,
            b"reroute" => PePolicy::Reroute,
            _ => return None,
        })
    }
}

/// State of a stage: on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// The stage runs.
    On,
    /// The stage does not run.
    Off,
}

/// Side of a debugger's client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientSide {
    /// Inside WSL.
    Linux,
    /// On Windows.
    Windows,
    /// No evidence.
    Unknown,
}

impl ClientSide {
    /// The word used in plans.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            ClientSide::Linux => "linux",
            ClientSide::Windows => "windows",
            ClientSide::Unknown => "unknown",
        }
    }
}

/// Setting `debug.client`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientPolicy {
    /// Detected from variables and processes.
    Auto,
    /// Set by the user.
    Fixed(ClientSide),
}

impl ClientPolicy {
    pub(super) const WORDS: &str = "auto, linux or windows";

    pub(super) fn named(word: &[u8]) -> Option<ClientPolicy> {
        Some(match word {
            b"auto" => ClientPolicy::Auto,
            b"linux" => ClientPolicy::Fixed(ClientSide::Linux),
            b"windows" => ClientPolicy::Fixed(ClientSide::Windows),
            _ => return None,
        })
    }
}

/// Setting `debug.bind`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BindPolicy {
    /// The narrowest address that the client can reach.
    Auto,
    /// The address of the command line.
    Keep,
    /// This IP address, without a port and without brackets.
    Address(Vec<u8>),
}

impl BindPolicy {
    pub(super) const WORDS: &str = "auto, keep or an IP address without a port";

    pub(super) fn named(word: &[u8]) -> Option<BindPolicy> {
        Some(match word {
            b"auto" => BindPolicy::Auto,
            b"keep" => BindPolicy::Keep,
            _ => {
                let bracketed = word.strip_prefix(b"[").and_then(|word| word.strip_suffix(b"]"));
                let literal = bracketed.unwrap_or(word);
                let address: core::net::IpAddr = core::str::from_utf8(literal).ok()?.parse().ok()?;
                if bracketed.is_some() && address.is_ipv4() {
                    return None;
                }
                BindPolicy::Address(literal.to_vec())
            }
        })
    }
}

/// Setting `debug.allow_any`: permission to listen on every address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnyAddress {
    /// A debugger may listen on every address.
    Allowed,
    /// An address for every interface is narrowed.
    Narrowed,
}

/// Every setting.
#[derive(Debug, Clone)]
pub struct Config {
    /// `pe`.
    pub pe: Setting<PePolicy>,
    /// `tools.NAME.path`.
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
    /// Notes on the files: ignored files, unknown keys.
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
    /// Returns the path that a tool is pinned to.
    #[must_use]
    pub fn pin(&self, tool: Tool) -> Option<&Setting<Vec<u8>>> {
        self.pins.iter().find(|(pinned, _)| *pinned == tool).map(|(_, path)| path)
    }
}

impl Origin {
    /// Returns the layer as text for the user: `default`, a file's path, a variable's name, an option.
    #[must_use]
    pub fn describe(&self) -> Cow<'_, [u8]> {
        match self {
            Origin::Default => Cow::Borrowed(b"default"),
            Origin::File(path) => Cow::Borrowed(path),
            Origin::Variable(name) | Origin::Option(name) => Cow::Borrowed(name.as_bytes()),
        }
    }
}
