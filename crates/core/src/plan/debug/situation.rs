//! The inputs and the result of the decision where a debugger listens.

use alloc::borrow::Cow;

use crate::config::{AnyAddress, BindPolicy, ClientSide};
use crate::diagnosis::Note;
use crate::host::{Kind, Network, NetworkMode};
use crate::plan::debug::address;
use crate::plan::debug::address::{Address, Reach};
use crate::plan::edit;
use crate::plan::edit::{Action, Edit};
use crate::plan::model::{ArgChange, Listen};
use crate::prelude::*;
use crate::tools::dlv;
use crate::tools::dlv::Line;

/// Which side `dlv` itself is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DlvSide {
    /// A native binary.
    Linux,
    /// `dlv.exe`, through interop.
    Windows,
}

/// How the client's side is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// A person said so: configuration or variable.
    Configured,
    /// Told by what is there to see. Never widens an address.
    Evidence,
}

/// What decides, beside the command line.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'s> {
    /// Which `dlv` runs.
    pub dlv: DlvSide,
    /// Which Linux this is.
    pub kind: Kind,
    /// Its network.
    pub network: &'s Network,
    /// Where the client is.
    pub client: ClientSide,
    /// How that is known.
    pub basis: Basis,
    /// What speaks for it, for a person.
    pub client_why: &'s str,
    /// `debug.bind`.
    pub bind: &'s BindPolicy,
    /// `debug.allow_any`.
    pub allow_any: AnyAddress,
}

impl Situation<'_> {
    /// Does anything hang on the network? Not where a native `dlv` has its client beside it, and the address is this
    /// machine's alone or becomes so: an editor inside WSL does not wait until files of Windows are read.
    #[must_use]
    pub fn hangs_on_network(&self, line: &Line, argv: &[&[u8]]) -> bool {
        if !line.listens(argv) {
            return self.client == ClientSide::Windows && !line.client_addr.is_empty();
        }
        if self.dlv == DlvSide::Windows || self.client != ClientSide::Linux || *self.bind != BindPolicy::Auto {
            return true;
        }
        match Address::parse(line.listen.last().map_or(dlv::DEFAULT_LISTEN, |given| given.text(argv))) {
            Address::Tcp { host, .. } => match address::reach(host) {
                Reach::Wildcard => self.allow_any == AnyAddress::Allowed,
                reach => reach == Reach::Other,
            },
            Address::Unix(_) | Address::Malformed(_) => false,
        }
    }
}

/// What becomes of the command line.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// What changes in it, in order.
    pub edits: Vec<Edit>,
    /// Where `dlv` listens, if it does.
    pub listen: Option<Listen>,
    /// What the person may want to know.
    pub notes: Vec<Note>,
}

impl Decision {
    /// The argument list with the changes made; `make` builds an element from the bytes of a new argument.
    pub fn apply<T>(&self, argv: Vec<T>, make: impl Fn(&[u8]) -> T) -> Vec<T> {
        edit::apply(&self.edits, argv, make)
    }

    /// The changes as a plan shows them.
    #[must_use]
    pub fn changes(&self, argv: &[&[u8]]) -> Vec<ArgChange> {
        edit::changes(&self.edits, argv)
    }

    pub(super) fn edit(&mut self, at: usize, action: Action, why: impl Into<Cow<'static, str>>) {
        self.edits.push(Edit { at, action, why: why.into() });
    }
}

/// The ways from Windows to a socket in this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// WSL1: the sockets are Windows' own.
    Wsl1,
    /// Mirrored or consomme: 127.0.0.1 is the same on both sides.
    Shared,
    /// NAT or bridged with the relay: Windows' 127.0.0.1 is forwarded.
    Relay,
    /// NAT or bridged without it: only the machine's own address.
    Direct,
    /// No network.
    None,
}

impl Route {
    /// The route, and whether it had to be assumed.
    #[must_use]
    pub fn of(kind: Kind, network: &Network) -> (Route, bool) {
        match (kind, network.mode, network.localhost_forwarding) {
            (Kind::Wsl1, ..) => (Route::Wsl1, false),
            (_, NetworkMode::Mirrored | NetworkMode::Consomme, _) => (Route::Shared, false),
            (_, NetworkMode::None, _) => (Route::None, false),
            (_, NetworkMode::Nat | NetworkMode::Bridged, Some(false)) => (Route::Direct, false),
            (_, NetworkMode::Nat | NetworkMode::Bridged, forwarding) => (Route::Relay, forwarding.is_none()),
            (_, NetworkMode::Unknown, _) => (Route::Relay, true),
        }
    }
}
