//! What a plan says of interop in one word: by WSL's binfmt_misc entry, through `/init`, or why not at all.

use crate::host::environ::Environ;
use crate::host::{Host, Kind};
use crate::plan::interop::way::{Socket, Way, socket, way};

/// How Windows programs can be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InteropState {
    /// By executing them: the registration is there.
    Binfmt,
    /// By executing `/init` on them: the registration is lost, shadowed or of no use.
    Init,
    /// Somebody switched it off.
    Disabled,
    /// There is a way, but nobody at its other end.
    Unreachable,
    /// There is no way.
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

    /// Reads it off a machine.
    #[must_use]
    pub fn of(host: &dyn Host, environ: &Environ) -> InteropState {
        let state = match way(host) {
            Way::Binfmt => InteropState::Binfmt,
            Way::Init(_) => InteropState::Init,
            Way::Disabled(_) => return InteropState::Disabled,
            Way::Absent(_) => return InteropState::Absent,
        };
        // WSL1 has no sockets.
        let named = environ.get_nonempty(b"WSL_INTEROP");
        match host.kind() == Kind::Wsl2 && matches!(socket(host, named), Socket::NoneLeft(_)) {
            true => InteropState::Unreachable,
            false => state,
        }
    }
}
