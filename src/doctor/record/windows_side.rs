//! Makes the rows of a record about the network and interop.

use crate::bytes::Bytes;
use crate::host::{BinfmtEntry, SocketState, Windows};
use crate::inspect::Inspect;
use crate::record::format::{BinfmtRow, InteropTable, NetworkTable, OwnEntry, SocketWord};
use crate::record::values::{Hex, Ordered};
use crate::record::witness::Witness;

pub(super) fn network(live: &dyn Inspect) -> NetworkTable {
    if !live.kind().is_wsl() {
        return NetworkTable::default();
    }
    let network = live.configured_network().clone();
    NetworkTable {
        mode: network.mode,
        localhost_forwarding: network.localhost_forwarding,
        linux_address: network.linux_address.map(Bytes),
        gateway: network.gateway.map(Bytes),
        portproxy: None,
    }
}

/// Returns WSL's own entry, if it has WSL's name and comes last. Otherwise it is a row of `[[binfmt]]`.
fn own_entry(entries: &[BinfmtEntry]) -> Option<&BinfmtEntry> {
    entries.last().filter(|entry| {
        let magic = entry.magic.as_ref();
        entry.name == b"WSLInterop"
            && entry.interpreter == b"/init"
            && magic.is_some_and(|magic| magic.offset == 0 && magic.bytes == b"MZ" && magic.mask.is_empty())
    })
}

pub(super) fn foreign_entries(live: &dyn Windows) -> Vec<BinfmtEntry> {
    let mut entries = live.binfmt();
    if own_entry(&entries).is_some() {
        entries.pop();
    }
    entries
}

pub(super) fn binfmt_row(entry: BinfmtEntry) -> BinfmtRow {
    let offset = entry.magic.as_ref().and_then(|magic| u16::try_from(magic.offset).ok()).unwrap_or(0);
    let mask = entry.magic.as_ref().map(|magic| magic.mask.clone()).filter(|mask| !mask.is_empty());
    BinfmtRow {
        name: Bytes(entry.name),
        magic: entry.magic.map(|magic| Hex(magic.bytes)),
        mask: mask.map(Hex),
        offset,
        interpreter: Bytes(entry.interpreter),
        flags: Bytes(entry.flags),
        enabled: entry.enabled,
    }
}

pub(super) fn interop(live: &dyn Inspect, witness: &Witness) -> InteropTable {
    if !live.kind().is_wsl() {
        return InteropTable::default();
    }
    let entries = live.binfmt();
    let own = own_entry(&entries);
    let word = |state| match state {
        SocketState::Live => Some(SocketWord::Live),
        SocketState::Refused => Some(SocketWord::Refused),
        SocketState::Hung => Some(SocketWord::Hung),
        SocketState::Missing => None,
    };
    let sockets =
        witness.sockets().into_iter().filter_map(|(path, state)| Some((String::from_utf8(path).ok()?, word(state)?)));
    InteropTable {
        binfmt: Some(match own {
            Some(own) if own.enabled => OwnEntry::Enabled,
            Some(_) => OwnEntry::Disabled,
            None => OwnEntry::Missing,
        }),
        flags: own.map(|own| Bytes(own.flags.clone())),
        init: Some(live.has_init()),
        sockets: Ordered(sockets.collect()),
        enabled: live.interop_enabled(),
    }
}
