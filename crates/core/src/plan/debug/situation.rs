//! Inputs and result of the debug-address decision.

use alloc::borrow::Cow;

use crate::config::{AnyAddress, BindPolicy, ClientSide};
use crate::diagnosis::{Note, wording};
use crate::host::{LinuxKind, Network, NetworkMode};
use crate::plan::debug::address;
use crate::plan::debug::address::{ListenAddress, Reach};
use crate::plan::edit;
use crate::plan::edit::{Action, Edit};
use crate::plan::model::{ArgChange, Listen};
use crate::prelude::*;
use crate::tools::dlv;
use crate::tools::dlv::DlvCommandLine;

/// Side of `dlv` itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DlvSide {
    /// A native binary.
    Linux,
    /// `dlv.exe`, started through interop.
    Windows,
}

/// Basis on which the client's side is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Set in the configuration or a variable.
    Configured,
    /// Detected from variables and processes. Never widens an address.
    Evidence,
}

/// Inputs of the decision, beside the command line.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'s> {
    /// Side of `dlv`.
    pub dlv: DlvSide,
    /// Kind of Linux: WSL1, WSL2 or other.
    pub kind: LinuxKind,
    /// Network of WSL.
    pub network: &'s Network,
    /// Side of the client.
    pub client: ClientSide,
    /// Basis on which that is known.
    pub basis: Basis,
    /// Evidence, as text for the user.
    pub client_why: &'s str,
    /// `debug.bind`.
    pub bind: &'s BindPolicy,
    /// `debug.allow_any`.
    pub allow_any: AnyAddress,
}

impl Situation<'_> {
    /// Returns true if the decision needs the network. Returns false if `dlv` is native, its client is inside WSL, and
    /// the address is a loopback address or becomes one. An editor inside WSL then does not wait for files on Windows
    /// drives.
    #[must_use]
    pub fn needs_network(&self, line: &DlvCommandLine, argv: &[&[u8]]) -> bool {
        if !line.listens(argv) {
            return self.client == ClientSide::Windows && !line.client_addr.is_empty();
        }
        if self.dlv == DlvSide::Windows || self.client != ClientSide::Linux || *self.bind != BindPolicy::Auto {
            return true;
        }
        match ListenAddress::parse(line.listen.last().map_or(dlv::DEFAULT_LISTEN, |given| given.text(argv))) {
            ListenAddress::Tcp { host, .. } => match address::reach(host) {
                Reach::Wildcard => self.allow_any == AnyAddress::Allowed,
                reach => reach == Reach::Other,
            },
            ListenAddress::Unix(_) | ListenAddress::Malformed(_) => false,
        }
    }
}

/// Result of the decision.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Changes of the command line, sorted by index.
    pub edits: Vec<Edit>,
    /// Listen address of `dlv`, if it listens.
    pub listen: Option<Listen>,
    /// Notes for the user.
    pub notes: Vec<Note>,
}

impl Decision {
    /// Returns the changed argument list; `make` builds an element from a new argument's bytes.
    pub fn apply<T>(&self, argv: Vec<T>, make: impl Fn(&[u8]) -> T) -> Vec<T> {
        edit::apply(&self.edits, argv, make)
    }

    /// Converts the edits to the rows of a plan.
    #[must_use]
    pub fn changes(&self, argv: &[&[u8]]) -> Vec<ArgChange> {
        edit::changes(&self.edits, argv)
    }

    /// Adds a note, in a program that prints it.
    pub(super) fn note(&mut self, note: impl FnOnce() -> Note) {
        self.notes.extend(wording(|| Some(note())));
    }

    pub(super) fn edit(&mut self, at: usize, action: Action, why: impl Into<Cow<'static, str>>) {
        self.edits.push(Edit { at, action, why: wording(|| why.into()) });
    }
}

/// Route from Windows to a socket in WSL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// WSL1: Linux sockets are Windows sockets.
    Wsl1,
    /// Mirrored or consomme: 127.0.0.1 is the same on both sides.
    Shared,
    /// NAT or bridged, with the relay: 127.0.0.1 of Windows is forwarded.
    Relay,
    /// NAT or bridged, without the relay: only WSL's own address.
    Direct,
    /// No network.
    None,
}

impl Route {
    /// Returns the route, and true if it is an assumption.
    #[must_use]
    pub fn of(kind: LinuxKind, network: &Network) -> (Route, bool) {
        match (kind, network.mode, network.localhost_forwarding) {
            (LinuxKind::Wsl1, ..) => (Route::Wsl1, false),
            (_, NetworkMode::Mirrored | NetworkMode::Consomme, _) => (Route::Shared, false),
            (_, NetworkMode::None, _) => (Route::None, false),
            (_, NetworkMode::Nat | NetworkMode::Bridged, Some(false)) => (Route::Direct, false),
            (_, NetworkMode::Nat | NetworkMode::Bridged, forwarding) => (Route::Relay, forwarding.is_none()),
            (_, NetworkMode::Unknown, _) => (Route::Relay, true),
        }
    }
}
