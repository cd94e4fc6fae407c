//! `gowrap doctor --record`: writes this machine as a host record that gives the same plans.
//!
//! The calls that matter are planned and the machine is examined in front of a witness; what was looked at is what the
//! record holds. Of the environment only the names that restoring and planning know go in, of other programs' files only
//! what concerns Go, and all of it masked: a record is made to be shared.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::CStr;

use toml::Spanned;

use crate::bytes::Bytes;
use crate::config::Config;
use crate::doctor::shareable;
use crate::doctor::shareable::GoPaths;
use crate::doctor::subject::{AskWindows, Subject};
use crate::doctor::{elf, examine, go_settings, project, proxy, windows};
use crate::host::binary::{Format, Maker, Release};
use crate::host::environ::Environ;
use crate::host::{BinfmtEntry, FileKind, FileStat, Files, Identity, LineEnds, Snapshot, SocketState, Windows};
use crate::inspect::{GoBuild, Inspect};
use crate::plan::interop::state::InteropState;
use crate::plan::invocation::{Invocation, Named};
use crate::plan::restore::names;
use crate::plan::{Depth, plan};
use crate::record::format::{
    AncestorRow, BinfmtRow, CallTable, FileRow, FormatWord, InteropTable, MountRow, NetworkTable, OwnEntry, RecordFile,
    SocketWord,
};
use crate::record::values::{GrantText, Hex, MachineName, Ordered, PermissionBits};
use crate::record::witness::Witness;
use crate::text::mask;
use crate::text::path::dirname;
use crate::text::path::join;
use crate::tools::Tool;
use crate::tools::editors;
use crate::tools::go::variables;

/// MAXSYMLINKS of include/linux/namei.h.
const MOST_LINKS: usize = 40;

/// Records the machine. Facts that only Windows has are included if `windows` allows asking it.
#[must_use]
pub fn record(live: &dyn Inspect, environ: &Environ, config: &Config, windows: AskWindows) -> RecordFile {
    let witness = Witness::new(live);
    let calls: [(Tool, &[&'static CStr]); 4] = [
        (Tool::Go, &[c"go", c"build", c"./..."]),
        (Tool::Go, &[c"go", c"test", c"."]),
        (Tool::Dlv, &[c"dlv", c"dap", c"--listen=127.0.0.1:2345"]),
        (Tool::DlvDap, &[c"dlv-dap", c"dap"]),
    ];
    for (tool, argv) in calls {
        let call = Invocation { tool, named: Named::ByName, argv: argv.to_vec(), environ: environ.clone() };
        // The result is not needed: the plan has looked at the files that it needs.
        _ = plan(&call, config, &witness, Depth::Full);
    }
    let subject = Subject::new(&witness, environ, config);
    _ = examine(&subject, None);
    let go_env = go_settings::user_file(&subject);
    let go_work = project::workspace(&subject);
    let named = GoPaths { go_env: go_env.as_deref(), go_work: go_work.as_deref() };
    if live.kind().is_wsl() {
        _ = InteropState::of(&witness, environ);
        for process in live.ancestors() {
            _ = witness.try_socket(format!("/run/WSL/{}_interop", process.pid).as_bytes());
        }
        _ = witness.try_socket(b"/run/WSL/1_interop");
        for tag in live.list(b"/run/wsl/virtiofs").unwrap_or_default() {
            _ = witness.lstat(&join(b"/run/wsl/virtiofs", &tag));
        }
    }
    let user = live.user();
    RecordFile {
        kind: live.kind(),
        distro: live.distro().map(Bytes),
        machine: MachineName(live.machine()),
        uid: live.uid(),
        user: user.map(|user| Bytes(user.name.clone())),
        home: user.map(|user| Bytes(user.home.clone())),
        own: live.own_path().map(Bytes),
        shims: shims(live, environ).map(Bytes),
        network: match windows {
            AskWindows::Yes => {
                let portproxy = windows::port_proxies(live, environ).ok().map(|text| Bytes(windows::rebuilt(&text)));
                NetworkTable { portproxy, ..network(live) }
            }
            AskWindows::No => network(live),
        },
        interop: interop(live, &witness),
        binfmt: foreign_entries(live).into_iter().map(binfmt_row).collect(),
        mounts: mounts(live),
        files: files(&RecordSources { live, witness: &witness, named }),
        ancestors: ancestors(live),
        snapshot: match live.snapshot() {
            Snapshot::Present(variables) => Some(table(variables.into_iter(), names::is_listed)),
            Snapshot::Absent | Snapshot::Refused(_) => None,
        },
        call: CallTable {
            cwd: live.cwd().ok().map(Bytes::from),
            env: table(environ.iter().map(|(name, value)| (name.to_vec(), value.to_vec())), is_known),
            tty: Some(live.has_terminal()),
        },
        ..RecordFile::default()
    }
}

/// Returns true if a plan or a finding depends on this variable.
fn is_known(name: &[u8]) -> bool {
    names::is_listed(name)
        || variables::kind(name).is_some()
        || name.starts_with(b"WSL")
        || name.starts_with(b"GOWRAP_")
        || editors::is_mark(name)
        || name == b"SUDO_UID"
}

fn table(variables: impl Iterator<Item = (Vec<u8>, Vec<u8>)>, keep: impl Fn(&[u8]) -> bool) -> Ordered<Bytes> {
    let mut rows: Vec<(String, Bytes)> = Vec::new();
    for (name, value) in variables {
        let value = mask::value(&name, &value).into_owned();
        // The first entry of a name counts, and a table has only one.
        match String::from_utf8(name) {
            Ok(name) if keep(name.as_bytes()) && rows.iter().all(|(known, _)| *known != name) => {
                rows.push((name, Bytes(value)));
            }
            _ => {}
        }
    }
    Ordered(rows)
}

fn shims(live: &dyn Identity, environ: &Environ) -> Option<Vec<u8>> {
    let path = environ.get(b"PATH").unwrap_or_default();
    let entry = path.split(|&byte| byte == b':').find(|entry| entry.starts_with(b"/") && live.is_shim_folder(entry));
    entry.map(<[u8]>::to_vec)
}

fn network(live: &dyn Inspect) -> NetworkTable {
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

/// WSL's own entry by the name that WSL gives it, where it comes last, as a record has it. Elsewhere it is a row.
fn own_entry(entries: &[BinfmtEntry]) -> Option<&BinfmtEntry> {
    entries.last().filter(|entry| {
        let magic = entry.magic.as_ref();
        entry.name == b"WSLInterop"
            && entry.interpreter == b"/init"
            && magic.is_some_and(|magic| magic.offset == 0 && magic.bytes == b"MZ" && magic.mask.is_empty())
    })
}

fn foreign_entries(live: &dyn Windows) -> Vec<BinfmtEntry> {
    let mut entries = live.binfmt();
    if own_entry(&entries).is_some() {
        entries.pop();
    }
    entries
}

fn binfmt_row(entry: BinfmtEntry) -> BinfmtRow {
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

fn interop(live: &dyn Inspect, witness: &Witness) -> InteropTable {
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

fn mounts(live: &dyn Files) -> Vec<MountRow> {
    let text = live.read(b"/proc/self/mountinfo", 16 << 20).unwrap_or_default();
    let lines = text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| MountRow { line: Bytes(mask::text(line).into_owned()) }).collect()
}

fn ancestors(live: &dyn Inspect) -> Vec<AncestorRow> {
    let own = live.uid();
    let row = |process: crate::host::Process| {
        // The name of such a variable is evidence. Its value is not recorded.
        let names = RefCell::new(Vec::new());
        let is_evidence = |name: &[u8]| crate::plan::restore::is_mark(name) || name.starts_with(b"VSCODE_");
        live.has_variable(process.pid, &|name| {
            names.borrow_mut().push((name.to_vec(), mask::MASK.to_vec()));
            false
        });
        let env = table(names.into_inner().into_iter(), is_evidence);
        AncestorRow {
            pid: process.pid,
            uid: (process.uid != own).then_some(process.uid),
            name: Bytes(process.name),
            env,
        }
    };
    live.ancestors().map(row).collect()
}

/// A machine, and the facts that the plans and the checks read.
struct RecordSources<'a> {
    live: &'a dyn Inspect,
    witness: &'a Witness<'a>,
    named: GoPaths<'a>,
}

/// Returns every file that was looked up, with the links that lead to it.
fn files(seen: &RecordSources) -> Vec<FileRow> {
    let mut rows = BTreeMap::new();
    for path in seen.witness.paths() {
        if is_recorded(&path) {
            place(seen, &path, &mut rows);
        }
        // The path of a table of sockets has links that name this process.
        if proxy::LISTENERS.contains(&path.as_slice()) && seen.witness.was_read_as(&path) {
            let table = seen.live.read(&path, 16 << 20).ok();
            let mut row = empty(&path);
            row.text = table.and_then(|table| shareable::shareable(&path, seen.named, &table)).map(Bytes);
            rows.insert(path, row);
        }
    }
    rows.into_values().collect()
}

/// Returns true if the file belongs to the machine. Files that the kernel makes for this process do not, except those that
/// the checks read.
fn is_recorded(path: &[u8]) -> bool {
    let is_read = path.starts_with(b"/proc/sys/kernel/yama/") || path == b"/proc/sys/fs/binfmt_misc/status";
    let made_up = [&b"/proc/"[..], b"/sys/", b"/dev/", b"/run/WSL"].iter().any(|folder| path.starts_with(folder));
    path.starts_with(b"/") && (!made_up || is_read)
}

fn place(seen: &RecordSources, path: &[u8], rows: &mut BTreeMap<Vec<u8>, FileRow>) {
    let live = seen.live;
    let mut rest: Vec<Vec<u8>> = components(path);
    let mut at: Vec<u8> = Vec::new();
    let mut links = 0;
    while let Some(name) = rest.pop() {
        if name == b".." {
            at = if dirname(&at) == b"/" { Vec::new() } else { dirname(&at).to_vec() };
            continue;
        }
        let next = [at.as_slice(), b"/", &name].concat();
        let Ok(stat) = live.lstat(&next) else { return };
        match stat.kind {
            FileKind::Link => {
                let Ok(target) = live.read_link(&next) else { return };
                links += 1;
                if links > MOST_LINKS {
                    return;
                }
                rest.extend(components(&target));
                if target.starts_with(b"/") {
                    at.clear();
                }
                let mut row = empty(&next);
                row.link = Some(Bytes(target));
                row.uid = stat.uid;
                rows.entry(next).or_insert(row);
            }
            FileKind::Directory if !rest.is_empty() => {
                // A folder that others can change makes its files untrusted.
                if (stat.uid != 0 && stat.uid != live.uid()) || stat.mode & 0o022 != 0 {
                    let mut row = empty(&next);
                    row.format = Some(FormatWord::Dir);
                    access(live, &next, &stat, &mut row);
                    rows.entry(next.clone()).or_insert(row);
                }
                at = next;
            }
            FileKind::Directory | FileKind::Special | FileKind::Regular => {
                let mut row = empty(&next);
                access(live, &next, &stat, &mut row);
                match stat.kind {
                    FileKind::Directory => row.format = Some(FormatWord::Dir),
                    FileKind::Special => row.format = Some(FormatWord::Fifo),
                    _ => describe(seen, &next, &mut row),
                }
                rows.entry(next).or_insert(row);
                return;
            }
        }
    }
}

fn access(live: &dyn Inspect, path: &[u8], stat: &FileStat, row: &mut FileRow) {
    (row.mode, row.uid) = (PermissionBits(stat.mode), stat.uid);
    row.gid = Some(stat.gid).filter(|gid| *gid != stat.uid);
    row.acl = grants(live, path);
}

/// The names in a path, last first.
fn components(path: &[u8]) -> Vec<Vec<u8>> {
    let names = path.split(|&byte| byte == b'/').filter(|name| !name.is_empty() && *name != b".");
    names.rev().map(<[u8]>::to_vec).collect()
}

fn empty(path: &[u8]) -> FileRow {
    FileRow {
        path: Spanned::new(0..0, Bytes::from(path)),
        format: None,
        link: None,
        machine: None,
        mode: PermissionBits::default(),
        uid: 0,
        interpreter: None,
        text: None,
        gid: None,
        acl: Vec::new(),
        crlf: false,
        build: None,
        package: None,
    }
}

/// Returns the ACL of a file. A drive has none, and an access costs a round trip to Windows.
fn grants(live: &dyn Inspect, path: &[u8]) -> Vec<GrantText> {
    if live.mounts().is_on_drive(path) {
        return Vec::new();
    }
    live.acl(path).unwrap_or_default().into_iter().map(GrantText).collect()
}

fn describe(seen: &RecordSources, path: &[u8], row: &mut FileRow) {
    let RecordSources { live, witness, named } = *seen;
    let asked = witness.asked_for(path);
    row.package = witness.package(path).map(Bytes);
    row.crlf =
        (witness.was_asked_for_line_ends(path) || !asked.is_empty()) && live.line_ends(path) == Ok(LineEnds::CrLf);
    let Ok(binary) = live.binary(path) else {
        row.format = Some(FormatWord::Other);
        return;
    };
    row.format = Some(match binary.format {
        Format::Elf => FormatWord::Elf,
        Format::Pe => FormatWord::Pe,
        Format::Script => FormatWord::Script,
        Format::Other => FormatWord::Other,
    });
    row.machine = binary.machine.filter(|machine| *machine != live.machine()).map(MachineName);
    row.interpreter = binary.interpreter.map(Bytes);
    if binary.format == Format::Elf {
        let build = elf::build_info(live, path);
        let build = build.map(|GoBuild { go, module, version }| [go, module, version].join(" "));
        let build = match binary.maker {
            Maker::Gowrap(Release::Other) => Some("gowrap another".to_owned()),
            Maker::Gowrap(Release::Same) if !live.stat(path).is_ok_and(|stat| live.is_own(stat.id)) => {
                Some("gowrap".to_owned())
            }
            _ => build,
        };
        row.build = build.map(|words| Bytes(words.trim_end().as_bytes().to_vec()));
    }
    if matches!(binary.format, Format::Other | Format::Script) {
        let text = live.read(path, 4 << 20);
        let form = |text: &Vec<u8>| asked.iter().find_map(|asked| shareable::shareable(asked, named, text));
        row.text = match (text, binary.format) {
            // The commands of a script show its target.
            (Ok(text), Format::Script) => Some(form(&text).unwrap_or_else(|| shareable::script(&text))),
            (text, _) if !asked.is_empty() => form(&text.unwrap_or_default()),
            _ => None,
        }
        .map(Bytes);
        if let Some(text) = row.text.as_mut().filter(|_| row.crlf) {
            text.0 = without_crlf(&text.0);
        }
    }
}

/// A text whose lines end in LF.
fn without_crlf(text: &[u8]) -> Vec<u8> {
    let lines = text.split_inclusive(|&byte| byte == b'\n');
    let ended = lines.map(|line| match line.strip_suffix(b"\r\n") {
        Some(line) => [line, b"\n"].concat(),
        None => line.to_vec(),
    });
    ended.collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;

    #[test]
    fn a_record_has_only_known_variables_and_no_secret() {
        let pairs = [
            "PATH=/bin",
            "GITHUB_TOKEN=x",
            "GOPROXY=https://u:p@h",
            "MY=1",
            "WSLENV=",
            "GOWRAP_LOG=info",
            "PATH=2",
            "__GOWRAP_CHAIN=1",
        ];
        let pairs = pairs.iter().filter_map(|pair| pair.split_once('='));
        let rows = table(pairs.map(|(name, value)| (name.into(), value.into())), is_known).0;
        let shown: Vec<String> =
            rows.iter().map(|(name, value)| format!("{name}={}", String::from_utf8_lossy(value))).collect();
        assert_eq!(shown, ["PATH=/bin", "GOPROXY=https://***@h", "WSLENV=", "GOWRAP_LOG=info"]);
    }

    #[test]
    fn a_record_keeps_access_and_line_ends() {
        let text = "kind = 'wsl2'\nhome = '/home/me'\nuser = 'me'\n\
            [[files]]\npath = '/usr/local/go/bin/go'\nformat = 'elf'\nmode = '0775'\nuid = 7\ngid = 8\nacl = ['u:1001:rw', 'g::r']\nbuild = 'go1.27.3 cmd/go'\n\
            [[files]]\npath = '/p/go.mod'\nformat = 'other'\ncrlf = true\ntext = \"module p\\n\"\n\
            [call]\ncwd = '/p'\nenv = { PATH = '/usr/local/go/bin', WSL_DISTRO_NAME = 'U' }\n";
        let machine = Record::parse(text.as_bytes(), b"machine").unwrap();
        let written = record(&machine, &machine.environ(), &Config::default(), AskWindows::No);
        let copy = Record::parse(toml::to_string(&written).unwrap().as_bytes(), b"copy").unwrap();
        let access = |host: &Record| {
            (
                host.acl(b"/usr/local/go/bin/go"),
                host.stat(b"/usr/local/go/bin/go").map(|stat| (stat.uid, stat.gid, stat.mode)),
            )
        };
        assert_eq!(access(&copy), access(&machine));
        assert_eq!(copy.acl(b"/usr/local/go/bin/go").map(|acl| acl.len()), Ok(2));
        assert_eq!(copy.recorded_build(b"/usr/local/go/bin/go"), machine.recorded_build(b"/usr/local/go/bin/go"));
        assert_eq!(copy.read(b"/p/go.mod", 99).as_deref(), Ok(&b"module p\r\n"[..]));
        assert_eq!(copy.line_ends(b"/p/go.mod"), Ok(LineEnds::CrLf));
    }

    #[test]
    fn a_record_keeps_every_answer_about_a_file() {
        let machine = Record::parse(b"[[files]]\npath = '/a.go'\ncrlf = true\n[[files]]\npath = '/usr/bin/dlv'\nformat = 'elf'\npackage = 'delve 1.20.2-1'\n", b"machine").unwrap();
        let witness = Witness::new(&machine);
        let seen = RecordSources { live: &machine, witness: &witness, named: GoPaths::default() };
        assert_eq!(files(&seen), []);
        _ = (witness.line_ends(b"/a.go"), witness.package_of(b"/usr/bin/dlv"));
        let rows = files(&seen);
        assert_eq!(
            rows.iter().map(|row| (row.crlf, row.text.clone())).collect::<Vec<_>>(),
            [(true, None), (false, None)]
        );
        assert_eq!(rows[1].package.as_deref(), Some(&b"delve 1.20.2-1"[..]));
    }

    #[test]
    fn the_requested_name_determines_the_row() {
        let text = r#"
kind = "wsl2"
home = "/home/me"
user = "me"
files = [
    { path = "/usr/local/go/bin/go", format = "elf" },
    { path = "/p/go.mod", link = "../home/me/.ssh/id_ed25519" },
    { path = "/home/me/.ssh/id_ed25519", uid = 1000, mode = "0600", text = "-----BEGIN hunter2-----\nhunter2hunter2\n" },
    { path = "/home/me/.bashrc", link = "dotfiles/bashrc" },
    { path = "/home/me/.profile", link = "dotfiles/go.mod" },
    { path = "/home/me/dotfiles/bashrc", uid = 1000, text = "export NPM_PAT=hunter2\nuse ./hunter2\n" },
    { path = "/home/me/dotfiles/go.mod", uid = 1000, text = "use ./hunter2\n" },
    { path = "/home/me/.config/go/env", uid = 1000, text = "GOAUTH=git hunter2\nNPM_PAT=hunter2\nGOPROXY=https://u:hunter2@h\nGOFLAGS=-mod=mod\n" },
    { path = "/etc/wsl.conf", link = "/root/secrets" },
    { path = "/root/secrets", text = "[hunter2]\nhunter2=hunter2\n" },
    { path = "/p/.vscode/settings.json", link = "/root/keys.json" },
    { path = "/root/keys.json", text = '{ "hunter2": "hunter2", "go.goroot": { "hunter2": "hunter2" } }' },
]
[call]
cwd = "/p"
env = { PATH = "/usr/local/go/bin", HOME = "/home/me", WSL_DISTRO_NAME = "U", NPM_PAT = "hunter2" }
"#;
        let machine = Record::parse(text.as_bytes(), b"machine").unwrap();
        let written = record(&machine, &machine.environ(), &Config::default(), AskWindows::No);
        let written = toml::to_string(&written).unwrap();
        assert!(!written.contains("hunter2"), "{written}");
        let copy = Record::parse(written.as_bytes(), b"copy").unwrap();
        let env = copy.read(b"/home/me/.config/go/env", 999).unwrap();
        assert_eq!(String::from_utf8_lossy(&env), "GOAUTH=***\n\nGOPROXY=https://***@h\nGOFLAGS=-mod=mod\n");
        assert_eq!(copy.read_link(b"/p/go.mod").as_deref(), Ok(&b"../home/me/.ssh/id_ed25519"[..]));
        let key = written.split("[[files]]").find(|row| row.contains(".ssh/id_ed25519\"\n") && !row.contains("link"));
        assert!(key.is_some_and(|row| row.contains("text = \"\"")), "a go.mod without a line: {written}");
    }
}
