//! State of interop: Windows programs start through WSL's binfmt_misc entry, through `/init`, or not at all.

use crate::host::environ::Environ;
use crate::host::{Host, LinuxKind};
use crate::plan::interop::way::{InteropWay, Socket, socket, way};

/// Way in which Windows programs can be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InteropState {
    /// By executing them: WSL's binfmt_misc entry works.
    Binfmt,
    /// By executing `/init`: the entry is lost, shadowed or not usable.
    Init,
    /// Interop is switched off.
    Disabled,
    /// Interop is set up, but no server answers.
    Unreachable,
    /// Interop is not available.
    Absent,
}

impl InteropState {
    /// The word used in plans.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            InteropState::Binfmt => "binfmt",
            InteropState::Init => "init",
            InteropState::Disabled => "disabled",
            InteropState::Unreachable => "unreachable",
            InteropState::Absent => "absent",
        }
    }

    /// Reads the state of a machine.
    #[must_use]
    pub fn of(host: &dyn Host, environ: &Environ) -> InteropState {
        let state = match way(host) {
            InteropWay::Binfmt => InteropState::Binfmt,
            InteropWay::Init(_) => InteropState::Init,
            InteropWay::Disabled(_) => return InteropState::Disabled,
            InteropWay::Absent(_) => return InteropState::Absent,
        };
        // WSL1 has no sockets.
        let named = environ.get_nonempty(b"WSL_INTEROP");
        match host.kind() == LinuxKind::Wsl2 && matches!(socket(host, named), Socket::NoneAnswers(_)) {
            true => InteropState::Unreachable,
            false => state,
        }
    }
}
