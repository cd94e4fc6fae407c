//! Decides on which address `dlv` listens: one that its client can reach and that other users and machines cannot.
//!
//! The rules rest on these facts (delve's `service/internal/sameuser`, and WSL's relay):
//!
//! * On a loopback address, delve accepts only a client that is a socket of the same user in `/proc/net/tcp`.
//! * On any other address, delve accepts every client. A client can run code.
//! * A client on Windows reaches WSL through a process of root (NAT), or is not in that table (mirrored). On 127.0.0.1,
//!   delve refuses it, unless `--only-same-user=false` is given.
//! * A wildcard address is one dual-stack socket. Under NAT, the relay forwards it only to Windows' `::1`.
//!
//! So a wildcard address usually becomes 127.0.0.1, with `--only-same-user=false` if the client may be on Windows.
//! Other addresses mostly stay: [`native_row`] has the cases. The port never changes, because an editor connects to the
//! port that it chose. gowrap tries no connection, because one connection ends `dlv dap`.

use alloc::borrow::Cow;

use crate::config::ClientSide;
use crate::config::{AnyAddress, BindPolicy};
use crate::diagnosis::{Code, Exit, Failure, Note, wording};
use crate::host::{LinuxKind, Network, NetworkMode};
use crate::plan::debug::address;
use crate::plan::debug::address::{ListenAddress, Reach};
use crate::plan::debug::hints;
use crate::plan::debug::situation::{Basis, Decision, DlvSide, Route, Situation};
use crate::plan::edit::Action;
use crate::plan::model::Listen;
use crate::prelude::*;
use crate::text::sort;
use crate::tools::dlv;
use crate::tools::dlv::{DlvCommandLine, Given};

/// Decides the listen address and the other changes of a `dlv` command line.
///
/// # Errors
/// Returns a refusal if the client cannot reach `dlv.exe`.
pub fn decide(line: &DlvCommandLine, argv: &[&[u8]], situation: &Situation) -> Result<Decision, Failure> {
    let mut decision = Decision::default();
    if !situation.kind.is_wsl() || line.subcommand.is_none() {
        return Ok(decision);
    }
    if let Some(at) = line.misspelt_listen {
        decision.note(|| hints::misspelt_listen(argv.get(at).copied().unwrap_or_default()));
    }
    if line.listens(argv) {
        listen(line, argv, situation, &mut decision)?;
    } else {
        dial_out(line, argv, situation, &mut decision);
    }
    if situation.dlv == DlvSide::Windows {
        drop_descriptors(line, argv, &mut decision);
    }
    if decision.edits.is_empty() {
        return Ok(decision);
    }
    sort::by(&mut decision.edits, |one, other| one.at < other.at);
    if !reads_the_same(line, argv, &decision) {
        let text = "the debug address is unchanged, because with the change dlv would read another word as the command";
        return Ok(Decision { notes: vec![Note::warn(Code::GW518, text)], ..Decision::default() });
    }
    Ok(decision)
}

/// Returns true if delve finds the same command in the changed list. cobra lets an unknown flag take the next word, so
/// one word more or less can change the command.
fn reads_the_same(line: &DlvCommandLine, argv: &[&[u8]], decision: &Decision) -> bool {
    let changed = decision.apply(argv.iter().map(|arg| arg.to_vec()).collect(), <[u8]>::to_vec);
    let changed: Vec<&[u8]> = changed.iter().map(Vec::as_slice).collect();
    let after = dlv::scan(&changed);
    after.subcommand == line.subcommand
        && after.listens(&changed) == line.listens(argv)
        && after.unparsed_from.is_some() == line.unparsed_from.is_some()
}

/// Row of the decision table. `host` is the address to listen on; `None` keeps the given one.
struct TableRow<'s> {
    host: Option<Cow<'s, [u8]>>,
    /// True if the row adds `--only-same-user=false`.
    allow_other_users: bool,
    why: &'static str,
}

const LOOPBACK: &[u8] = b"127.0.0.1";

impl TableRow<'_> {
    const fn unchanged(why: &'static str) -> Self {
        TableRow { host: None, allow_other_users: false, why }
    }

    const fn loopback(allow_other_users: bool, why: &'static str) -> Self {
        TableRow { host: Some(Cow::Borrowed(LOOPBACK)), allow_other_users, why }
    }
}

fn listen(
    line: &DlvCommandLine,
    argv: &[&[u8]],
    situation: &Situation,
    decision: &mut Decision,
) -> Result<(), Failure> {
    let last = line.listen.last();
    if last.is_none() && line.unparsed_from.is_some() {
        // An argument that could not be parsed may hold an address.
        decision.note(hints::unplaced);
        return Ok(());
    }
    let asked = last.map_or(dlv::DEFAULT_LISTEN, |given| given.text(argv));
    decision.note(|| hints::client(situation));
    if situation.kind == LinuxKind::Wsl1 && situation.dlv == DlvSide::Linux {
        decision.note(hints::wsl1);
    }
    let (host, port) = match ListenAddress::parse(asked) {
        _ if last.is_some_and(|given| Some(given.flag) == line.misspelt_listen) => {
            decision.listen = wording(|| Some(as_asked(asked, situation, "dlv cannot listen on this address")));
            return Ok(());
        }
        ListenAddress::Malformed(error) => {
            decision.note(|| hints::malformed(asked, error));
            decision.listen = wording(|| Some(as_asked(asked, situation, "dlv cannot listen on this address")));
            return Ok(());
        }
        ListenAddress::Unix(_) => {
            let is_reached = situation.dlv == DlvSide::Linux && situation.client != ClientSide::Windows;
            decision.listen = wording(|| {
                let connect = if is_reached { vec![asked.to_vec()] } else { Vec::new() };
                Some(Listen { connect, ..as_asked(asked, situation, "a unix socket is not changed") })
            });
            return Ok(());
        }
        ListenAddress::Tcp { host, port } => (host, port),
    };
    let (route, assumed) = Route::of(situation.kind, situation.network);
    if assumed && situation.needs_network(line, argv) {
        decision.note(|| hints::assumed(situation.network));
    }
    if route == Route::None && !is_on_dlvs_side(situation) {
        decision.note(|| hints::no_network(situation.dlv));
    }
    let reached = address::reach(host);
    let row = match by_configuration(situation, reached, route) {
        Some(row) => row,
        None => match situation.dlv {
            DlvSide::Linux => native_row(situation, host, route, decision),
            DlvSide::Windows => windows_row(situation, reached, route)?,
        },
    };
    let new_host = row.host.as_deref().filter(|new| *new != host);
    let to = new_host.map_or_else(|| asked.to_vec(), |new| address::join(new, port));
    if to != asked {
        set_address(line, last, argv, &to, row.why, decision);
    }
    if row.allow_other_users {
        add_allow_other_users(line, last, decision);
    }
    let bound = new_host.unwrap_or(host);
    decision.notes.extend(wording(|| hints::after(situation, reached, bound, port, route)));
    decision.listen = wording(|| {
        let connect = hints::connect(situation, bound, port, route);
        let why = Cow::Borrowed(row.why);
        Some(Listen { from: asked.to_vec(), to, client: situation.client, connect, why })
    });
    Ok(())
}

fn as_asked(asked: &[u8], situation: &Situation, why: &'static str) -> Listen {
    let connect = Vec::new();
    Listen { from: asked.to_vec(), to: asked.to_vec(), client: situation.client, connect, why: Cow::Borrowed(why) }
}

/// Returns true if the client is, as far as known, on the side that `dlv` runs on.
fn is_on_dlvs_side(situation: &Situation) -> bool {
    match situation.dlv {
        DlvSide::Linux => situation.client != ClientSide::Windows,
        DlvSide::Windows => situation.client == ClientSide::Windows,
    }
}

/// Returns the row that the settings choose. `debug.bind` overrides every row, `debug.allow_any` those that narrow a
/// wildcard.
fn by_configuration<'s>(situation: &Situation<'s>, asked: Reach, route: Route) -> Option<TableRow<'s>> {
    let unreachable = situation.dlv == DlvSide::Windows && is_out_of_reach(situation, route);
    match situation.bind {
        BindPolicy::Address(literal) => {
            let host = literal.strip_prefix(b"[").and_then(|inside| inside.strip_suffix(b"]")).unwrap_or(literal);
            // A loopback address from the settings has the same clients as one from the table.
            let is_loopback = matches!(address::reach(host), Reach::Loopback4 | Reach::Loopback6);
            let allow_other_users = is_loopback
                && situation.dlv == DlvSide::Linux
                && match situation.client {
                    // The flag lets every user of this machine connect, so only a client that is known to be on Windows
                    // gets it.
                    ClientSide::Linux | ClientSide::Unknown => false,
                    ClientSide::Windows => matches!(route, Route::Relay | Route::Shared),
                };
            Some(TableRow { host: Some(Cow::Borrowed(host)), allow_other_users, why: "debug.bind names this address" })
        }
        BindPolicy::Keep if !unreachable => Some(TableRow::unchanged("debug.bind is keep")),
        BindPolicy::Auto if asked == Reach::Wildcard && situation.allow_any == AnyAddress::Allowed && !unreachable => {
            Some(TableRow::unchanged("debug.allow_any allows every address"))
        }
        BindPolicy::Keep | BindPolicy::Auto => None,
    }
}

/// Returns the row of a native `dlv`.
fn native_row<'s>(situation: &Situation<'s>, asked: &[u8], route: Route, decision: &mut Decision) -> TableRow<'s> {
    let narrowed = address::reach(asked) == Reach::Wildcard;
    match (situation.client, route) {
        (ClientSide::Linux, _) if narrowed => {
            TableRow::loopback(false, "on every address, other machines could connect and run code")
        }
        (ClientSide::Linux, _) => TableRow::unchanged("the client is inside WSL and reaches this address"),
        (ClientSide::Unknown, Route::Direct) if narrowed => {
            decision.note(|| hints::not_widened(situation.basis));
            OUT_OF_WINDOWS_REACH
        }
        (ClientSide::Unknown, Route::None) if narrowed => OUT_OF_WINDOWS_REACH,
        (ClientSide::Unknown, _) if narrowed => {
            TableRow::loopback(true, "WSL and Windows reach it, other machines do not")
        }
        (ClientSide::Unknown, _) => {
            TableRow::unchanged("no sign of a client on Windows; if there is one, set debug.client = \"windows\"")
        }
        (ClientSide::Windows, Route::Wsl1) => TableRow::loopback(false, "WSL1 shares Windows' sockets"),
        (ClientSide::Windows, Route::None) => TableRow::unchanged("there is no network between Windows and WSL"),
        (ClientSide::Windows, Route::Relay | Route::Shared) if address::is_beyond(asked) => {
            TableRow::unchanged("an explicit address of this machine: a client may be configured to connect to it")
        }
        (ClientSide::Windows, Route::Relay) => {
            TableRow::loopback(true, "the client is on Windows, and WSL's relay forwards it to 127.0.0.1")
        }
        (ClientSide::Windows, Route::Shared) => {
            TableRow::loopback(true, "the client is on Windows, which shares 127.0.0.1 with WSL")
        }
        (ClientSide::Windows, Route::Direct) => match (situation.basis, &situation.network.linux_address) {
            (Basis::Configured, Some(eth0)) => {
                let host = Some(Cow::Borrowed(eth0.as_slice()));
                TableRow {
                    host,
                    allow_other_users: false,
                    why: "the client is on Windows, and localhostForwarding is off, so it reaches only WSL's own \
                          address",
                }
            }
            (basis, _) => {
                decision.note(|| hints::not_widened(basis));
                if narrowed {
                    OUT_OF_WINDOWS_REACH
                } else {
                    TableRow::unchanged(
                        "Windows cannot reach it; an address that Windows reaches may be open to other machines too",
                    )
                }
            }
        },
    }
}

/// Row that narrows a wildcard to loopback if Windows cannot reach it. Other users are allowed, as for an unknown
/// client: a connection from Windows would come from a process of root.
const OUT_OF_WINDOWS_REACH: TableRow =
    TableRow::loopback(true, "only WSL reaches it: Windows and other machines do not");

/// Returns the row of a `dlv.exe`. delve has no same-user check on Windows.
fn windows_row<'s>(situation: &Situation<'s>, asked: Reach, route: Route) -> Result<TableRow<'s>, Failure> {
    if is_out_of_reach(situation, route) {
        return Err(out_of_reach(situation.network));
    }
    Ok(if asked == Reach::Wildcard {
        TableRow::loopback(false, "on every address, other machines could connect and run code")
    } else {
        TableRow::unchanged("dlv.exe listens on Windows, on this address only")
    })
}

/// Returns true if the client is not on dlv's side and the two sides have separate networks (NAT or bridged).
fn is_out_of_reach(situation: &Situation, route: Route) -> bool {
    !is_on_dlvs_side(situation) && matches!(route, Route::Relay | Route::Direct)
}

fn out_of_reach(network: &Network) -> Failure {
    let message = || {
        let mode = match network.mode {
            NetworkMode::Unknown => "an unknown network (assumed: NAT)",
            NetworkMode::Bridged => "a bridged network",
            _ => "a NAT network",
        };
        format!("`dlv` is a Windows program here, and on {mode} a client in WSL cannot connect to it").into_bytes()
    };
    Failure {
        exit: Exit::CannotRun,
        code: hints::OUT_OF_REACH,
        message: wording(message),
        fix: wording(|| {
            vec![
                b"install Delve for Linux: `go install github.com/go-delve/delve/cmd/dlv@latest`".to_vec(),
                b"share the network: set networkingMode=mirrored under [wsl2] in %UserProfile%\\.wslconfig, then type \
              `wsl.exe --shutdown`"
                    .to_vec(),
                b"if the client runs on Windows, set debug.client = \"windows\" or GOWRAP_DEBUG_CLIENT=windows"
                    .to_vec(),
                b"set the address on which dlv.exe listens on Windows: debug.bind = \"ADDRESS\"".to_vec(),
            ]
        }),
    }
}

/// Sets the address: in the last `--listen`, or in a new one behind the subcommand.
fn set_address(
    line: &DlvCommandLine,
    last: Option<&Given>,
    argv: &[&[u8]],
    to: &[u8],
    why: &'static str,
    decision: &mut Decision,
) {
    match last {
        Some(given) => {
            let token = argv.get(given.value).copied().unwrap_or_default();
            let before = token.get(..given.bytes.start).unwrap_or_default();
            decision.edit(given.value, Action::Replace([before, to].concat()), why);
        }
        None => {
            if let Some(at) = line.subcommand_at {
                let flag = [b"--listen=".as_slice(), to].concat();
                decision.edit(line.position_after(at), Action::Insert(flag), why);
            }
        }
    }
}

/// Adds `--only-same-user=false`, unless the user gave that flag.
fn add_allow_other_users(line: &DlvCommandLine, last: Option<&Given>, decision: &mut Decision) {
    if let Some(explicit) = line.only_same_user.last() {
        if explicit.value {
            decision.note(hints::same_user_insisted);
        }
        return;
    }
    if let Some(at) = last.map(|given| given.value).or(line.subcommand_at) {
        let why = "without it, dlv refuses a client on Windows, because for dlv it is another user";
        decision.edit(line.position_after(at), Action::Insert(b"--only-same-user=false".to_vec()), why);
    }
}

/// Handles `dap --client-addr`: delve connects to the editor. In NAT mode, Windows is the default gateway.
fn dial_out(line: &DlvCommandLine, argv: &[&[u8]], situation: &Situation, decision: &mut Decision) {
    let Some(given) = line.client_addr.last() else { return };
    let ListenAddress::Tcp { host, port } = ListenAddress::parse(given.text(argv)) else { return };
    let is_local = !matches!(address::reach(host), Reach::Other);
    let (route, _) = Route::of(situation.kind, situation.network);
    let is_separate = matches!(route, Route::Relay | Route::Direct);
    if *situation.bind == BindPolicy::Keep
        || situation.dlv != DlvSide::Linux
        || situation.client != ClientSide::Windows
        || !is_local
        || !is_separate
    {
        return;
    }
    decision.note(|| hints::client(situation));
    match &situation.network.gateway {
        Some(gateway) if situation.network.mode != NetworkMode::Bridged => {
            let to = address::join(gateway, port);
            decision.note(|| hints::dials_gateway(&to, port));
            set_address(
                line,
                Some(given),
                argv,
                &to,
                "the client listens on Windows, which is the default gateway",
                decision,
            );
        }
        _ => decision.note(hints::cannot_dial),
    }
}

/// Removes `--log-dest` descriptors: only 0 to 2 cross to Windows, and `dlv.exe` reads a number there as a file.
fn drop_descriptors(line: &DlvCommandLine, argv: &[&[u8]], decision: &mut Decision) {
    for given in line.log_dest.iter().filter(|given| dlv::is_descriptor(given.text(argv))) {
        let why = "a Windows program gets only descriptors 0 to 2";
        decision.edit(given.flag, Action::Drop, why);
        if given.value != given.flag {
            decision.edit(given.value, Action::Drop, why);
        }
        decision.note(|| hints::log_dest_dropped(given.text(argv)));
    }
}
