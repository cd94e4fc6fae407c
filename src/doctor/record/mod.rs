//! `gowrap doctor --record`: writes this machine as a host record that gives the same plans.
//!
//! gowrap plans the most important calls and runs the checks on a witness, which notes the facts that are read. The
//! record has these facts. Of the environment, it has only the names that plans depend on; of other programs' files,
//! only what concerns Go. Everything is masked, because users share records.

mod files;
#[cfg(test)]
mod tests;
mod windows_side;

use std::cell::RefCell;
use std::ffi::CStr;

use crate::bytes::Bytes;
use crate::config::Config;
use crate::doctor::shareable::GoPaths;
use crate::doctor::subject::{AskWindows, Subject};
use crate::doctor::{examine, go_settings, project, windows};
use crate::host::environ::Environ;
use crate::host::{Files, Identity, Snapshot, Windows};
use crate::inspect::Inspect;
use crate::plan::interop::state::InteropState;
use crate::plan::invocation::{Invocation, Named};
use crate::plan::restore::names;
use crate::plan::{Depth, plan};
use crate::record::format::{AncestorRow, CallTable, MountRow, NetworkTable, RecordFile};
use crate::record::values::{MachineName, Ordered};
use crate::record::witness::Witness;
use crate::text::mask;
use crate::text::path::join;
use crate::tools::Tool;
use crate::tools::editors;
use crate::tools::go::variables;

use files::{RecordSources, files};
use windows_side::{binfmt_row, foreign_entries, interop, network};

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
