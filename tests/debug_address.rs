//! The address that `dlv` listens on, for every side, client, network and kind of address, in every spelling.

#![allow(clippy::unwrap_used)]

use gowrap::config::ClientSide;
use gowrap::config::{AnyAddress, BindPolicy};
use gowrap::diagnosis::Code;
use gowrap::diagnosis::Failure;
use gowrap::host::{LinuxKind, Network, NetworkMode};
use gowrap::plan::debug::address;
use gowrap::plan::debug::address::{ListenAddress, Reach};
use gowrap::plan::debug::listen::decide;
use gowrap::plan::debug::situation::{Basis, Decision, DlvSide, Situation};
use gowrap::tools::dlv;
use proptest::prelude::*;

const CLIENTS: [&str; 4] = ["linux", "unknown", "windows", "windows!"];
const NETWORKS: [&str; 11] =
    ["wsl1", "nat+", "nat?", "nat-", "bridged+", "bridged?", "bridged-", "mirrored", "consomme", "none", "unknown"];
const ASKED: [(&str, &str); 7] = [
    ("any", "0.0.0.0"),
    ("any6", "[::]"),
    ("nohost", ""),
    ("loop", "127.0.0.1"),
    ("name", "localhost"),
    ("loop6", "[::1]"),
    ("lan", "10.1.2.3"),
];
const ETH0: &str = "172.29.112.10";
const GATEWAY: &str = "172.29.112.1";

/// A situation in words: `linux windows! nat-` is a native dlv, a client said to be on Windows, NAT without relay.
#[derive(Debug, Clone)]
struct Case {
    dlv: DlvSide,
    kind: LinuxKind,
    network: Network,
    client: ClientSide,
    basis: Basis,
    bind: BindPolicy,
    allow_any: AnyAddress,
}

fn case(words: &str) -> Case {
    let mut words = words.split(' ');
    let dlv = if words.next() == Some("windows") { DlvSide::Windows } else { DlvSide::Linux };
    let client = words.next().unwrap();
    let network = words.next().unwrap();
    let mode = match network.trim_end_matches(['+', '?', '-']) {
        "nat" => NetworkMode::Nat,
        "bridged" => NetworkMode::Bridged,
        "mirrored" => NetworkMode::Mirrored,
        "consomme" => NetworkMode::Consomme,
        "none" => NetworkMode::None,
        _ => NetworkMode::Unknown,
    };
    let localhost_forwarding = match network.chars().last() {
        Some('+') => Some(true),
        Some('-') => Some(false),
        _ => None,
    };
    Case {
        dlv,
        kind: match network {
            "wsl1" => LinuxKind::Wsl1,
            "linux" => LinuxKind::Linux,
            _ => LinuxKind::Wsl2,
        },
        network: Network {
            mode,
            localhost_forwarding,
            linux_address: Some(ETH0.into()),
            gateway: Some(GATEWAY.into()),
        },
        client: match client {
            "linux" => ClientSide::Linux,
            "unknown" => ClientSide::Unknown,
            _ => ClientSide::Windows,
        },
        basis: if client.ends_with('!') { Basis::Configured } else { Basis::Evidence },
        bind: BindPolicy::Auto,
        allow_any: AnyAddress::Narrowed,
    }
}

impl Case {
    fn bind(mut self, address: &str) -> Case {
        self.bind = match address {
            "keep" => BindPolicy::Keep,
            literal => BindPolicy::Address(literal.into()),
        };
        self
    }

    fn allow_any(mut self) -> Case {
        self.allow_any = AnyAddress::Allowed;
        self
    }

    fn situation(&self) -> Situation<'_> {
        Situation {
            dlv: self.dlv,
            kind: self.kind,
            network: &self.network,
            client: self.client,
            basis: self.basis,
            client_why: "a test",
            bind: &self.bind,
            allow_any: self.allow_any,
        }
    }

    fn decide(&self, argv: &[&[u8]]) -> Result<Decision, Failure> {
        decide(&dlv::scan(argv), argv, &self.situation())
    }

    fn needs_network(&self, command_line: &str) -> bool {
        let argv: Vec<&[u8]> = command_line.split(' ').map(str::as_bytes).collect();
        self.situation().needs_network(&dlv::scan(&argv), &argv)
    }

    /// The decision on a command line, and the command line that it makes.
    fn run(&self, command_line: &str) -> Result<(Decision, String), Failure> {
        let argv: Vec<&[u8]> = command_line.split(' ').map(str::as_bytes).collect();
        let decision = self.decide(&argv)?;
        let words: Vec<String> = command_line.split(' ').map(String::from).collect();
        let words = decision.apply(words, |arg| String::from_utf8_lossy(arg).into_owned());
        Ok((decision, words.join(" ")))
    }

    fn becomes(&self, command_line: &str) -> String {
        self.run(command_line).unwrap().1
    }

    fn codes(&self, command_line: &str) -> Vec<Code> {
        self.run(command_line).unwrap().0.notes.iter().map(|note| note.code).collect()
    }
}

struct Row {
    dlv: String,
    clients: Vec<String>,
    networks: Vec<String>,
    asked: Vec<String>,
    host: String,
    flag: bool,
    note: Option<String>,
}

fn table() -> Vec<Row> {
    let list = |cell: &str, all: &[&str]| -> Vec<String> {
        if cell == "*" {
            all.iter().map(|word| (*word).into()).collect()
        } else {
            cell.split(',').map(String::from).collect()
        }
    };
    let rows = include_str!("vectors/debug_address.tsv").lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        Row {
            dlv: cells[0].into(),
            clients: list(cells[1], &CLIENTS),
            networks: list(cells[2], &NETWORKS),
            asked: list(cells[3], &ASKED.map(|(name, _)| name)),
            host: cells[4].into(),
            flag: cells[5] == "added",
            note: (cells[6] != "-").then(|| cells[6].into()),
        }
    })
    .collect()
}

#[test]
fn every_row_holds_in_every_network_and_spelling() {
    let table = table();
    let has = |list: &[String], word: &str| list.iter().any(|known| known == word);
    for dlv in ["linux", "windows"] {
        for client in CLIENTS {
            for network in NETWORKS {
                for (asked, host) in ASKED {
                    let mut rows = table.iter().filter(|row| {
                        row.dlv == dlv
                            && has(&row.clients, client)
                            && has(&row.networks, network)
                            && has(&row.asked, asked)
                    });
                    let name = format!("{dlv} {client} {network} {asked}");
                    let row = rows.next().unwrap_or_else(|| panic!("{name}: no row"));
                    assert!(rows.next().is_none(), "{name}: two rows");
                    check(row, &case(&name), host, &name);
                }
            }
        }
    }
}

fn check(row: &Row, case: &Case, host: &str, name: &str) {
    let from = format!("{host}:2345");
    for spelling in ["--listen=V", "--listen V", "-l V", "-lV", "-l=V"] {
        for (before, after) in [
            ("dlv dap", "--log"),
            ("dlv exec ./x --headless", "-- -l :1"),
            ("dlv", "--headless test"),
            ("dlv -l :9 dap", ""),
        ] {
            let line = |address: &str, flag: &str| {
                let parts = [before, &spelling.replace('V', address), flag, after];
                parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
            };
            if row.host == "refuse" {
                let failure = case.run(&line(&from, "")).unwrap_err();
                assert_eq!((failure.exit as u8, Some(failure.code.to_string())), (126, row.note.clone()), "{name}");
                assert!(failure.fix.len() >= 2, "{name}");
                continue;
            }
            let to = match row.host.as_str() {
                "same" => from.clone(),
                "eth0" => format!("{ETH0}:2345"),
                host => format!("{host}:2345"),
            };
            let (decision, becomes) = case.run(&line(&from, "")).unwrap();
            assert_eq!(becomes, line(&to, if row.flag { "--only-same-user=false" } else { "" }), "{name}");
            let listen = decision.listen.unwrap();
            assert_eq!((listen.from, listen.to), (from.clone().into_bytes(), to.into_bytes()), "{name}");
            assert!(!listen.why.is_empty() && decision.edits.iter().all(|edit| !edit.why.is_empty()), "{name}");
            let noted = |code: &String| decision.notes.iter().any(|note| note.code.to_string() == *code);
            assert!(row.note.as_ref().is_none_or(noted), "{name}: {:?}", decision.notes);
        }
    }
}

#[test]
fn command_lines_of_editors() {
    for (situation, from, to) in [
        // VS Code inside WSL, nvim-dap, Emacs, Helix: not a byte changes.
        ("linux linux nat+", "dlv dap --listen=127.0.0.1:38697 --log-dest=3", ""),
        ("linux linux nat+", "dlv dap -l 127.0.0.1:38697", ""),
        ("linux unknown nat+", "dlv dap --listen 127.0.0.1:38697", ""),
        // VS Code's dlvFlags stand before its own address, which wins.
        ("linux linux nat+", "dlv dap --listen=0.0.0.0:1 --listen=127.0.0.1:38697 --log-dest=3", ""),
        (
            "linux windows nat+",
            "dlv dap --listen=0.0.0.0:1 --listen=0.0.0.0:38697 --log-dest=3",
            "dlv dap --listen=0.0.0.0:1 --listen=127.0.0.1:38697 --only-same-user=false --log-dest=3",
        ),
        // The legacy adapter.
        (
            "linux windows mirrored",
            "dlv debug /p --headless=true --listen=127.0.0.1:24557 --api-version=2 --build-flags=-tags=a -- -l :1",
            "dlv debug /p --headless=true --listen=127.0.0.1:24557 --only-same-user=false --api-version=2 --build-flags=-tags=a -- -l :1",
        ),
        // GoLand sets it; its flags come before the subcommand.
        (
            "linux windows nat+",
            "dlv --listen=0.0.0.0:38697 --headless=true --only-same-user=false exec /tmp/x --",
            "dlv --listen=127.0.0.1:38697 --headless=true --only-same-user=false exec /tmp/x --",
        ),
        ("linux windows nat+", "dlv tool test2json -t dlv --listen=0.0.0.0:1 exec x.test", ""),
        // LiteIDE gives no address.
        (
            "linux windows nat+",
            "dlv --headless --api-version=2 exec /x -- -l :1",
            "dlv --headless --api-version=2 exec --only-same-user=false /x -- -l :1",
        ),
        ("linux unknown nat+", "dlv --headless --api-version=2 exec /x", ""),
        // dlv.exe.
        ("windows windows nat+", "dlv dap --listen=127.0.0.1:38697 --log-dest=3", "dlv dap --listen=127.0.0.1:38697"),
        ("windows linux mirrored", "dlv dap --log-dest 3 --listen=:38697", "dlv dap --listen=127.0.0.1:38697"),
        (
            "windows windows nat+",
            "dlv dap --log-dest C:\\dlv.log -l :1",
            "dlv dap --log-dest C:\\dlv.log -l 127.0.0.1:1",
        ),
    ] {
        let to = if to.is_empty() { from } else { to };
        assert_eq!(case(situation).becomes(from), to, "{situation}: {from}");
    }
}

#[test]
fn addresses_in_all_their_forms() {
    for (situation, from, to) in [
        // Nothing, or no port: the kernel's choice stays the kernel's.
        ("linux linux nat+", "dlv dap --listen=", "dlv dap --listen=127.0.0.1:0"),
        ("linux linux nat+", "dlv dap --listen=:", "dlv dap --listen=127.0.0.1:"),
        ("linux linux nat+", "dlv dap -l :0", "dlv dap -l 127.0.0.1:0"),
        ("linux windows nat+", "dlv dap", "dlv dap --only-same-user=false"),
        ("linux windows! nat-", "dlv dap", "dlv dap --listen=172.29.112.10:0"),
        ("linux unknown nat+", "dlv dap", ""),
        // Ports keep their form.
        ("linux linux nat+", "dlv dap -l:http", "dlv dap -l127.0.0.1:http"),
        ("linux windows nat+", "dlv dap -l=me.local:02345", "dlv dap -l=127.0.0.1:02345 --only-same-user=false"),
        // Other ways to say every address.
        ("linux linux nat+", "dlv dap -l [0.0.0.0]:1", "dlv dap -l 127.0.0.1:1"),
        ("linux linux nat+", "dlv dap -l [::%lo]:1", "dlv dap -l 127.0.0.1:1"),
        ("linux linux nat+", "dlv dap -l [::ffff:0.0.0.0]:1", "dlv dap -l 127.0.0.1:1"),
        // A unix socket is protected by its folder.
        ("linux windows nat+", "dlv dap -l unix:/run/dlv.sock", ""),
        // An address that Go refuses stays unchanged.
        ("linux windows nat+", "dlv dap --listen=2345", ""),
        ("linux windows nat+", "dlv dap --listen=::1:2345", ""),
        ("linux windows nat+", "dlv dap -l=", ""),
        // A bundle that takes its value from behind the subcommand.
        (
            "linux windows nat+",
            "dlv -cl core :1 --headless a b",
            "dlv -cl core 127.0.0.1:1 --only-same-user=false --headless a b",
        ),
        (
            "linux windows nat+",
            "dlv -cr core in --headless a b",
            "dlv -cr core in --only-same-user=false --headless a b",
        ),
    ] {
        let to = if to.is_empty() { from } else { to };
        assert_eq!(case(situation).becomes(from), to, "{situation}: {from}");
    }
}

#[test]
fn the_network_is_read_if_the_decision_needs_it() {
    for (case, line, needs) in [
        (case("linux linux nat+"), "dlv dap", false),
        (case("linux linux nat+"), "dlv dap --listen=127.0.0.1:1", false),
        (case("linux linux nat+"), "dlv dap --listen=[::1]:1", false),
        (case("linux linux nat+"), "dlv dap --listen=localhost:1", false),
        (case("linux linux nat+"), "dlv dap --listen=:1", false),
        (case("linux linux nat+"), "dlv dap --listen=unix:/s", false),
        (case("linux linux nat+"), "dlv dap --listen=1", false),
        // An address that other machines may reach.
        (case("linux linux nat+"), "dlv dap --listen=10.1.2.3:1", true),
        (case("linux linux nat+").allow_any(), "dlv dap --listen=:1", true),
        (case("linux linux nat+").allow_any(), "dlv dap --listen=127.0.0.1:1", false),
        (case("linux linux nat+").bind("keep"), "dlv dap", true),
        (case("linux linux nat+").bind("10.1.2.3"), "dlv dap", true),
        (case("linux unknown nat+"), "dlv dap", true),
        (case("linux windows nat+"), "dlv dap", true),
        (case("windows linux nat+"), "dlv dap", true),
        // dlv connects to its client: the address of one on Windows follows from the network.
        (case("linux windows nat+"), "dlv dap --client-addr=:1", true),
        (case("linux linux nat+"), "dlv dap --client-addr=:1", false),
        (case("linux unknown nat+"), "dlv dap --client-addr=:1", false),
        (case("linux windows nat+"), "dlv debug ./x", false),
        (case("windows linux nat+"), "dlv debug ./x", false),
    ] {
        assert_eq!(case.needs_network(line), needs, "{line}: {case:?}");
    }
}

#[test]
fn a_decision_that_does_not_need_the_network_is_the_same_in_every_network() {
    let settings: [fn(Case) -> Case; 4] =
        [|case| case, Case::allow_any, |case| case.bind("keep"), |case| case.bind("127.0.0.1")];
    let sides = ["linux linux", "linux unknown", "linux windows", "linux windows!", "windows linux", "windows windows"];
    let addresses =
        ["--listen=127.0.0.1:1", "--listen=:1", "--listen=10.1.2.3:1", "--listen=unix:/s", "--client-addr=:1"];
    for (side, address) in sides.into_iter().flat_map(|side| addresses.map(|address| (side, address))) {
        for set in settings {
            let line = format!("dlv dap {address}");
            let of = |network: &str| set(case(&format!("{side} {network}")));
            if of("unknown").needs_network(&line) {
                continue;
            }
            let argv: Vec<&[u8]> = line.split(' ').map(str::as_bytes).collect();
            let expected = of("unknown").decide(&argv).unwrap();
            for network in NETWORKS.into_iter().filter(|network| *network != "wsl1") {
                assert_eq!(of(network).decide(&argv).unwrap(), expected, "{side} {network} {line}");
            }
        }
    }
}

#[test]
fn a_line_that_does_not_listen_is_not_changed() {
    for line in [
        "dlv debug --listen=0.0.0.0:1",
        "dlv trace --headless --listen=0.0.0.0:1 re",
        "dlv connect 0.0.0.0:1",
        "dlv version --headless --listen=:1",
        "dlv dap --help --listen=:1",
        "dlv --listen=:1",
        "dlv -- dap --listen=:1",
        "dlv __complete dap --listen=:1",
        "dlv exec x -- --headless --listen=:1",
        "dlv dap --client-addr=10.0.0.1:1 --listen=:1",
        "dlv --unknown=1 dap --listen=:1",
        "dlv dap --unknown --listen=:1",
    ] {
        for situation in ["linux windows! nat+", "linux unknown nat+", "windows linux nat+"] {
            let (decision, becomes) = case(situation).run(line).unwrap();
            assert_eq!((becomes.as_str(), &decision.listen), (line, &None), "{situation}: {line}");
        }
    }
    // Outside WSL no address is touched.
    assert_eq!(case("linux windows! linux").run("dlv dap -l :1").unwrap().0, Decision::default());
}

#[test]
fn explicit_flags_and_settings_win() {
    let windows = || case("linux windows nat+");
    // --only-same-user is never contradicted; that it shuts the client out is said.
    for spoken in ["--only-same-user", "--only-same-user=true", "--only-same-user=false --only-same-user=1"] {
        let line = format!("dlv dap {spoken} --listen=127.0.0.1:1");
        assert_eq!(windows().becomes(&line), line);
        assert!(windows().codes(&line).contains(&Code::GW503), "{line}");
    }
    let line = "dlv dap --listen=127.0.0.1:1 --only-same-user=f";
    assert_eq!(windows().becomes(line), line);
    assert!(!windows().codes(line).contains(&Code::GW503));

    // debug.bind = "keep" changes nothing.
    for line in ["dlv dap --listen=0.0.0.0:1", "dlv dap", "dlv dap -l 10.1.2.3:1"] {
        assert_eq!(windows().bind("keep").becomes(line), line);
    }
    assert!(windows().bind("keep").codes("dlv dap --listen=0.0.0.0:1").contains(&Code::GW502));
    assert_eq!(case("windows linux nat+").bind("keep").run("dlv dap -l :1").unwrap_err().code, Code::GW520);
    assert_eq!(windows().bind("keep").becomes("dlv dap --client-addr=:1"), "dlv dap --client-addr=:1");

    // An address of the person's own beats every row, dlv.exe's refusal too.
    for (situation, address, from, to) in [
        ("linux linux nat+", "10.9.8.7", "dlv dap -l 127.0.0.1:1", "dlv dap -l 10.9.8.7:1"),
        ("linux linux nat+", "10.9.8.7", "dlv dap", "dlv dap --listen=10.9.8.7:0"),
        ("linux windows nat+", "10.9.8.7", "dlv dap -l:1", "dlv dap -l10.9.8.7:1"),
        ("linux windows nat+", "127.0.0.1", "dlv dap -l:1", "dlv dap -l127.0.0.1:1 --only-same-user=false"),
        // A client that nothing is known of is not let in for: the flag lets every user of this machine in.
        ("linux unknown nat+", "127.0.0.1", "dlv dap -l 127.0.0.1:1", "dlv dap -l 127.0.0.1:1"),
        ("linux unknown nat+", "127.0.0.1", "dlv dap -l :1", "dlv dap -l 127.0.0.1:1"),
        ("linux unknown mirrored", "::1", "dlv dap -l :1", "dlv dap -l [::1]:1"),
        ("linux linux nat+", "fe80::1", "dlv dap -l :1", "dlv dap -l [fe80::1]:1"),
        ("linux linux nat+", "[::1]", "dlv dap -l :1", "dlv dap -l [::1]:1"),
        ("windows linux nat+", "172.29.112.1", "dlv dap -l :1 --log-dest=3", "dlv dap -l 172.29.112.1:1"),
        ("windows unknown unknown", "172.29.112.1", "dlv dap", "dlv dap --listen=172.29.112.1:0"),
    ] {
        assert_eq!(case(situation).bind(address).becomes(from), to, "{situation} {address}: {from}");
    }

    // debug.allow_any allows every address, and nothing else.
    for situation in ["linux linux nat+", "linux unknown nat+", "linux windows nat+", "windows windows nat+"] {
        let line = "dlv dap --listen=0.0.0.0:1";
        assert_eq!(case(situation).allow_any().becomes(line), line, "{situation}");
        assert!(case(situation).allow_any().codes(line).contains(&Code::GW502), "{situation}");
    }
    let line = "dlv dap --listen=[::1]:1";
    assert_eq!(windows().allow_any().becomes(line), "dlv dap --listen=127.0.0.1:1 --only-same-user=false");
    assert!(case("windows linux nat+").allow_any().run("dlv dap -l :1").is_err());
}

#[test]
fn delve_dials_windows_through_the_gateway() {
    for (situation, from, to) in [
        ("linux windows nat+", "dlv dap --client-addr=:1", "dlv dap --client-addr=172.29.112.1:1"),
        ("linux windows nat-", "dlv dap --client-addr=127.0.0.1:1", "dlv dap --client-addr=172.29.112.1:1"),
        ("linux windows! unknown", "dlv dap --client-addr localhost:1", "dlv dap --client-addr 172.29.112.1:1"),
        ("linux windows nat+", "dlv dap --client-addr=[::1]:1", "dlv dap --client-addr=172.29.112.1:1"),
        ("linux windows nat+", "dlv dap --client-addr=10.0.0.1:1", ""),
        ("linux windows nat+", "dlv dap --client-addr=unix:/x", ""),
        ("linux windows nat+", "dlv dap --client-addr=1", ""),
        ("linux windows mirrored", "dlv dap --client-addr=:1", ""),
        ("linux windows consomme", "dlv dap --client-addr=:1", ""),
        ("linux windows bridged+", "dlv dap --client-addr=:1", ""),
        ("linux windows wsl1", "dlv dap --client-addr=:1", ""),
        ("linux linux nat+", "dlv dap --client-addr=:1", ""),
        ("linux unknown nat+", "dlv dap --client-addr=:1", ""),
        ("windows linux nat+", "dlv dap --client-addr=:1 --log-dest=3", "dlv dap --client-addr=:1"),
    ] {
        let to = if to.is_empty() { from } else { to };
        assert_eq!(case(situation).becomes(from), to, "{situation}: {from}");
    }
    let (decision, _) = case("linux windows nat+").run("dlv dap --client-addr=:41355").unwrap();
    let note = decision.notes.iter().find(|note| note.code == Code::GW512).unwrap();
    assert!(String::from_utf8_lossy(&note.text).contains("New-NetFirewallRule"), "{note:?}");
    assert!(case("linux windows bridged+").codes("dlv dap --client-addr=:1").contains(&Code::GW513));
}

#[test]
fn the_plan_shows_the_address_for_the_client() {
    for (situation, address, typed) in [
        ("linux linux nat+", "0.0.0.0:1", "127.0.0.1:1"),
        ("linux linux nat+", "[::1]:1", "[::1]:1"),
        ("linux unknown nat+", ":1", "127.0.0.1:1"),
        ("linux unknown nat-", "127.0.0.1:1", "127.0.0.1:1"),
        ("linux windows nat+", "127.0.0.1:1", "127.0.0.1:1"),
        ("linux windows mirrored", "10.1.2.3:1", "10.1.2.3:1"),
        ("linux windows! nat-", ":1", "172.29.112.10:1"),
        ("linux windows nat-", "127.0.0.1:1", ""),
        ("linux windows none", "127.0.0.1:1", ""),
        ("linux unknown nat+", "unix:/x", "unix:/x"),
        ("linux windows nat+", "unix:/x", ""),
        ("linux windows nat+", ":0", ""),
        ("windows windows nat+", ":1", "127.0.0.1:1"),
        ("windows linux mirrored", ":1", "127.0.0.1:1"),
    ] {
        let (decision, _) = case(situation).run(&format!("dlv dap -l {address}")).unwrap();
        let connect = decision.listen.unwrap().connect;
        let connect: Vec<_> = connect.iter().map(|address| String::from_utf8_lossy(address)).collect();
        assert_eq!(connect.join(" "), typed, "{situation}: {address}");
    }
    let wide = |situation: &str| {
        let (decision, _) = case(situation).allow_any().run("dlv dap -l :1").unwrap();
        String::from_utf8(decision.listen.unwrap().connect.join(&b" "[..])).unwrap()
    };
    assert_eq!(wide("linux windows nat+"), "[::1]:1 172.29.112.10:1");
    assert_eq!(wide("linux unknown nat+"), "127.0.0.1:1 [::1]:1 172.29.112.10:1");
    assert_eq!(wide("linux windows mirrored"), "127.0.0.1:1");
}

/// The requested address is kept, and only the way to it is explained.
#[test]
fn how_windows_reaches_a_socket_inside_wsl() {
    for row in include_str!("vectors/from_windows.tsv").lines().filter(|line| !line.starts_with('#')).skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [networks, listener, windows] = cells[..] else { panic!("{row}") };
        for network in networks.split(',') {
            let case = case(&format!("linux windows {network}")).bind("keep");
            let (decision, _) = case.run(&format!("dlv dap -l {listener}:1")).unwrap();
            let connect = String::from_utf8(decision.listen.unwrap().connect.join(&b" "[..])).unwrap();
            let expected: Vec<_> =
                windows.split(' ').filter(|host| *host != "-").map(|host| format!("{host}:1")).collect();
            assert_eq!(connect, expected.join(" "), "{network} {listener}");
        }
    }
}

/// With NAT, 127.0.0.1 is not Windows. With a shared network, a client on Linux reaches a dlv.exe on it.
#[test]
fn how_linux_reaches_a_socket_on_windows() {
    for (network, listener, expected) in [
        ("mirrored", "127.0.0.1", Some("127.0.0.1:1")),
        ("consomme", "127.0.0.1", Some("127.0.0.1:1")),
        ("consomme", "0.0.0.0", Some("127.0.0.1:1")),
        ("mirrored", "[::1]", Some("")),
        ("consomme", "[::1]", Some("")),
        ("wsl1", "127.0.0.1", Some("127.0.0.1:1")),
        ("nat+", "127.0.0.1", None),
        ("nat-", "0.0.0.0", None),
        ("bridged+", "127.0.0.1", None),
    ] {
        let told = case(&format!("windows linux {network}")).bind("keep").run(&format!("dlv dap -l {listener}:1")).ok();
        let connect = told.map(|(decision, _)| decision.listen.unwrap().connect.join(&b" "[..]));
        assert_eq!(connect, expected.map(|typed| typed.as_bytes().to_vec()), "{network} {listener}");
    }
}

#[test]
fn a_refusal_names_the_network() {
    for (network, words) in
        [("nat+", "a NAT network"), ("bridged+", "a bridged network"), ("unknown", "an unknown network (assumed: NAT)")]
    {
        let failure = case(&format!("windows linux {network}")).run("dlv dap -l :1").unwrap_err();
        assert!(String::from_utf8_lossy(&failure.message).contains(words), "{network}: {failure:?}");
    }
}

/// In NAT mode the default gateway is Windows. On a bridged network it is another machine.
#[test]
fn how_linux_reaches_an_address_that_the_user_sets_on_windows() {
    for (network, bind, expected) in [
        ("nat+", "0.0.0.0", "172.29.112.1:1"),
        ("nat-", "::", "172.29.112.1:1"),
        ("bridged+", "0.0.0.0", ""),
        ("mirrored", "0.0.0.0", "127.0.0.1:1"),
        ("wsl1", "0.0.0.0", "127.0.0.1:1"),
        ("nat+", "127.0.0.1", ""),
        ("nat+", "::1", ""),
        ("nat+", "10.1.2.3", "10.1.2.3:1"),
    ] {
        let (decision, _) = case(&format!("windows linux {network}")).bind(bind).run("dlv dap -l :1").unwrap();
        let connect = decision.listen.unwrap().connect.join(&b" "[..]);
        assert_eq!(String::from_utf8_lossy(&connect), expected, "{network} {bind}");
    }
}

#[test]
fn notes_for_the_user() {
    for (case, line, code, text) in [
        (case("linux linux nat+"), "dlv dap -listen=0.0.0.0:1", "GW510", "`isten=0.0.0.0:1`"),
        (case("linux linux nat+"), "dlv exec -listen :1 ./x", "GW510", "--listen"),
        (case("linux linux nat+"), "dlv dap -l 127.0.0.1:80", "GW509", "1024"),
        (case("linux linux nat+"), "dlv dap -l 127.0.0.1:http", "GW509", "1024"),
        (case("linux linux nat+"), "dlv dap", "GW515", "dlv prints it"),
        (case("linux linux nat+"), "dlv dap -l 2345", "GW516", "missing port"),
        (case("linux linux nat+"), "dlv dap --new --listen=:1", "GW517", "does not know a flag"),
        (case("linux windows nat?"), "dlv dap -l :1", "GW506", "localhostForwarding"),
        (case("linux windows unknown"), "dlv dap -l :1", "GW506", "assumed: NAT"),
        (case("linux windows wsl1"), "dlv dap -l :1", "GW504", "WSL1"),
        (case("linux linux wsl1"), "dlv dap -l unix:/x", "GW504", "WSL1"),
        (case("linux windows wsl1").bind("keep"), "dlv dap -l :1", "GW504", "WSL1"),
        (case("linux windows none"), "dlv dap -l :1", "GW505", "none"),
        (case("linux windows none").allow_any(), "dlv dap -l :1", "GW505", "on Windows cannot connect"),
        (case("windows unknown none"), "dlv dap -l :1", "GW505", "inside WSL"),
        (case("linux windows nat-"), "dlv dap -l :1", "GW507", "debug.client"),
        (case("linux windows! nat-"), "dlv dap -l :1", "GW508", "172.29.112.10"),
        (case("linux unknown nat+").allow_any(), "dlv dap -l :1", "GW502", "[::1]"),
        (case("linux linux mirrored").allow_any(), "dlv dap -l :2345", "GW514", "New-NetFirewallHyperVRule"),
        (case("linux linux mirrored").allow_any(), "dlv dap -l :2345", "GW514", "-LocalPorts 2345"),
        (case("windows linux nat+").bind("0.0.0.0"), "dlv dap -l :2345", "GW514", "New-NetFirewallRule"),
        (case("windows windows nat+"), "dlv dap -l :1 --log-dest=3", "GW511", "--log-dest=3"),
        (case("windows windows nat+"), "dlv exec x --log-dest 5", "GW511", "standard output"),
        (case("linux windows nat+"), "dlv dap -l :1", "GW500", "windows: a test"),
    ] {
        let (decision, _) = case.run(line).unwrap();
        let found = decision
            .notes
            .iter()
            .any(|note| note.code.to_string() == *code && String::from_utf8_lossy(&note.text).contains(text));
        assert!(found, "{line}: no {code} with {text:?} in {:?}", decision.notes);
    }
    for (case, line, code, text) in [
        (case("linux unknown mirrored").allow_any(), "dlv dap -l :1", "GW502", "[::1]"),
        (case("windows windows nat+").allow_any(), "dlv dap -l :1", "GW502", "[::1]"),
        // A firewall does not stop a connection to 127.0.0.1.
        (case("linux linux mirrored"), "dlv dap -l 127.0.0.1:2345", "GW514", ""),
        (case("linux linux mirrored"), "dlv dap -l [::1]:2345", "GW514", ""),
        (case("linux linux mirrored"), "dlv dap -l 127.0.0.2:2345", "GW514", ""),
        // WSL1 has no network of its own.
        (case("windows linux wsl1").bind("0.0.0.0"), "dlv dap -l :2345", "GW514", ""),
        // A client beside dlv.exe, and one that shares its addresses, crosses no firewall.
        (case("windows windows nat+").bind("0.0.0.0"), "dlv dap -l :2345", "GW514", ""),
        (case("windows linux mirrored").bind("0.0.0.0"), "dlv dap -l :2345", "GW514", ""),
        (case("linux linux nat+").allow_any(), "dlv dap -l :2345", "GW514", ""),
        // dlv.exe debugs Windows programs, which WSL1's ptrace does not concern.
        (case("windows windows wsl1"), "dlv dap -l :1", "GW504", ""),
        (case("linux linux nat+"), "dlv dap -l :1", "GW504", ""),
        // A client beside dlv needs no network, and there is one in the other modes.
        (case("linux linux none"), "dlv dap -l :1", "GW505", ""),
        (case("linux windows nat+"), "dlv dap -l :1", "GW505", ""),
    ] {
        let (decision, _) = case.run(line).unwrap();
        let is_unwanted = |note: &&gowrap::diagnosis::Note| {
            note.code.to_string() == *code && String::from_utf8_lossy(&note.text).contains(text)
        };
        assert_eq!(decision.notes.iter().find(is_unwanted), None, "{line}");
    }
    // The misspelt flag is pointed out and left to delve, which fails.
    let line = "dlv dap -listen=0.0.0.0:1";
    assert_eq!(case("linux windows nat+").becomes(line), line);
    // eth0 without an address: said, and nothing is widened.
    let mut homeless = case("linux windows! nat-");
    homeless.network.linux_address = None;
    assert_eq!(homeless.becomes("dlv dap -l :1"), "dlv dap -l 127.0.0.1:1 --only-same-user=false");
    assert!(homeless.codes("dlv dap -l :1").contains(&Code::GW507));
}

/// cobra lets `--continue` take the next word. Without the descriptor, that word is the subcommand.
#[test]
fn no_edit_makes_another_command_of_the_line() {
    for (line, changes) in [
        ("dlv --continue --log-dest=3 exec test", false),
        ("dlv --continue --log-dest=3 exec dap", false),
        ("dlv --continue --log-dest=3 exec", false),
        ("dlv --continue --log-dest=3 exec --headless ./x", false),
        ("dlv exec --continue --log-dest=3 test", true),
    ] {
        let windows = case("windows windows nat+");
        assert_eq!(windows.becomes(line) != line, changes, "{line}");
        assert_eq!(windows.codes(line).contains(&Code::GW518), !changes, "{line}");
    }
}

#[test]
fn edits_have_the_indexes_that_a_plan_shows() {
    let argv: Vec<&[u8]> = vec![b"dlv", b"dap", b"--log-dest", b"3", b"-l", b":1", b"--log"];
    let rows = |decision: Decision| {
        let text = |bytes: &Option<Vec<u8>>| bytes.as_ref().map(|b| String::from_utf8_lossy(b).into_owned());
        decision.changes(&argv).iter().map(|c| (c.index, text(&c.from), text(&c.to))).collect::<Vec<_>>()
    };
    let some = |text: &str| Some(text.to_owned());
    let dropped = [(2, some("--log-dest"), None), (3, some("3"), None), (5, some(":1"), some("127.0.0.1:1"))];
    assert_eq!(rows(case("windows windows nat+").decide(&argv).unwrap()), dropped);
    let added = [(5, some(":1"), some("127.0.0.1:1")), (6, None, some("--only-same-user=false"))];
    assert_eq!(rows(case("linux windows nat+").decide(&argv).unwrap()), added);
}

fn any_case() -> impl Strategy<Value = Case> {
    let binds = proptest::sample::select(vec!["", "keep", "127.0.0.1", "10.9.8.7", "::1"]);
    let words = (
        proptest::sample::select(vec!["linux", "windows"]),
        proptest::sample::select(CLIENTS.to_vec()),
        proptest::sample::select([&NETWORKS[..], &["linux"]].concat()),
    );
    (words, binds, any::<bool>()).prop_map(|((dlv, client, network), bind, allow)| {
        let case = case(&format!("{dlv} {client} {network}"));
        let case = if bind.is_empty() { case } else { case.bind(bind) };
        if allow { case.allow_any() } else { case }
    })
}

fn any_argument() -> impl Strategy<Value = Vec<u8>> {
    let words = vec![
        "dap",
        "exec",
        "core",
        "--headless",
        "--listen",
        "--listen=",
        "-l",
        "-l:1",
        "-l=0.0.0.0:2",
        "--listen=[::]:3",
        ":4",
        "127.0.0.1:5",
        "-listen=:6",
        "--only-same-user",
        "--only-same-user=false",
        "--client-addr=:7",
        "--log-dest=3",
        "--log-dest",
        "3",
        "--",
        "--new",
        "-cl",
        "unix:/x",
        "[::1]:8",
        "eth0:9",
        "",
        "x",
    ];
    prop_oneof![
        6 => proptest::sample::select(words).prop_map(|word| word.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..12),
    ]
}

fn split(address: &[u8]) -> Option<(Reach, &[u8])> {
    match ListenAddress::parse(address) {
        ListenAddress::Tcp { host, port } => Some((address::reach(host), port)),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn no_decision_widens_or_moves_the_port(
        case in any_case(),
        tail in proptest::collection::vec(any_argument(), 0..9),
    ) {
        let mut argv: Vec<&[u8]> = vec![b"dlv"];
        argv.extend(tail.iter().map(Vec::as_slice));
        let Ok(decision) = case.decide(&argv) else { return Ok(()) };
        let line = dlv::scan(&argv);
        let new: Vec<Vec<u8>> = decision.apply(argv.iter().map(|arg| arg.to_vec()).collect(), |arg| arg.to_vec());
        let new: Vec<&[u8]> = new.iter().map(Vec::as_slice).collect();
        let after = dlv::scan(&new);

        // It still is the same command line to delve.
        prop_assert_eq!(after.subcommand, line.subcommand);
        prop_assert_eq!(after.listens(&new), line.listens(&argv));
        prop_assert_eq!(after.unparsed_from.is_some(), line.unparsed_from.is_some());

        // The plan says what happens.
        for change in decision.changes(&argv) {
            match (&change.from, &change.to) {
                (None, Some(to)) => prop_assert_eq!(new[change.index], to.as_slice()),
                (Some(from), _) => prop_assert_eq!(argv[change.index], from.as_slice()),
                (None, None) => prop_assert!(false),
            }
        }

        let asked = line.listen.last().map_or(dlv::DEFAULT_LISTEN, |given| given.text(&argv));
        let bound = after.listen.last().map_or(dlv::DEFAULT_LISTEN, |given| given.text(&new));
        if let Some(listen) = &decision.listen {
            prop_assert_eq!(&listen.from, asked);
            prop_assert_eq!(&listen.to, bound);
        } else {
            prop_assert_eq!(asked, bound);
        }
        match (split(asked), split(bound)) {
            (Some((from, port)), Some((to, new_port))) => {
                prop_assert_eq!(port, new_port);
                prop_assert!(to != Reach::Wildcard || from == Reach::Wildcard);
                let may_widen = case.basis == Basis::Configured || matches!(case.bind, BindPolicy::Address(_));
                prop_assert!(may_widen || to == from || to == Reach::Loopback4, "{:?} -> {:?}", from, to);
            }
            _ => prop_assert_eq!(asked, bound),
        }

        // A person's own --only-same-user is the only one.
        if !line.only_same_user.is_empty() {
            prop_assert_eq!(after.only_same_user.len(), line.only_same_user.len());
        }
    }

    #[test]
    fn a_client_inside_wsl_and_a_loopback_address_change_nothing(
        network in proptest::sample::select(NETWORKS.to_vec()),
        host in proptest::sample::select(vec!["127.0.0.1", "localhost", "[::1]", "127.0.0.2"]),
        port in any::<u16>(),
        words in proptest::collection::vec(proptest::sample::select(vec![
            "--log", "--log-dest=3", "--log-dest 3", "-l :1", "--listen=0.0.0.0:1", "--only-same-user", "--headless",
            "--only-same-user=false", "--accept-multiclient", "--build-flags -tags=a", "--wd=/p", "x",
        ]), 0..6),
    ) {
        let command_line = format!("dlv dap {} --listen={host}:{port}", words.join(" "));
        let argv: Vec<&[u8]> = command_line.split_ascii_whitespace().map(str::as_bytes).collect();
        let decision = case(&format!("linux linux {network}")).decide(&argv).unwrap();
        prop_assert_eq!(&decision.edits, &[]);
        prop_assert_eq!(decision.apply(argv.clone(), |_| b""), argv);
        prop_assert!(decision.listen.is_some());
    }
}
