//! Machines, environments and plans for the tests of this folder.

use std::borrow::Cow;
use std::ffi::{CStr, CString};

use crate::host::binary::{Format, Machine};
use crate::host::environ::Environ;
use crate::plan::{CandidateSource, Decisions, LastComponent, Plan, Target, Via};
use crate::record::Record;

/// A machine without WSL.
pub(super) const LINUX: &str = "call.cwd = '/home/me/p'\n";

/// A machine with WSL2 where everything works.
pub(super) const WSL2: &str = r"
kind = 'wsl2'
distro = 'Ubuntu-24.04'
call.cwd = '/home/me/p'
network.mode = 'nat'
interop = { binfmt = 'enabled', init = true, sockets = { '/run/WSL/1_interop' = 'live' } }

[[mounts]]
line = '60 1 8:32 / / rw,relatime - ext4 /dev/sdc rw,discard'

[[mounts]]
line = '90 60 0:50 / /mnt/c rw,noatime - 9p C:\134 rw,aname=drvfs;path=C:\;uid=1000;symlinkroot=/mnt/'

[[mounts]]
line = '91 60 0:51 / /mnt/d rw,noatime - 9p D:\134 rw,aname=drvfs;path=D:\;uid=1000;symlinkroot=/mnt/'

[[mounts]]
line = '92 60 0:52 / /mnt/vol rw - 9p C:\134vol rw,aname=drvfs;path=C:\vol'
";

/// The machine of a record's text.
pub(super) fn machine(toml: &str) -> Record {
    Record::parse(toml.as_bytes(), b"a test").unwrap_or_else(|failure| panic!("{}", failure.message.escape_ascii()))
}

pub(super) fn environ<S: AsRef<[u8]>>(entries: &[S]) -> Environ<'static> {
    let entry = |entry: &S| Cow::Owned(CString::new(entry.as_ref()).unwrap());
    Environ::new(entries.iter().map(entry).collect())
}

/// A plan that runs this argument list in this environment and has changed nothing.
pub(super) fn plan<'a>(argv: &[&'a CStr], environ: Environ<'a>) -> Plan<'a> {
    Plan {
        target: Target {
            path: argv[0].to_bytes().to_vec(),
            last_component: LastComponent::File,
            format: Format::Elf,
            machine: Some(Machine::X86_64),
            via: Via::Direct,
            source: CandidateSource::Path,
            leads_to: crate::plan::LeadsTo::ItsOwn,
        },
        decisions: Decisions {
            argv: argv.iter().map(|arg| Cow::Borrowed(*arg)).collect(),
            environ,
            ..Decisions::default()
        },
    }
}
