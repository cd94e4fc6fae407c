//! What a plan says of interop in one word: by WSL's binfmt_misc entry, through `/init`, or why not at all.

use crate::environ::Environ;
use crate::host::{Host, Kind};
use crate::plan::interop::{self, Socket, Way};

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
        let state = match interop::way(host) {
            Way::Binfmt => InteropState::Binfmt,
            Way::Init(_) => InteropState::Init,
            Way::Disabled(_) => return InteropState::Disabled,
            Way::Absent(_) => return InteropState::Absent,
        };
        // WSL1 has no sockets.
        let named = environ.get_nonempty(b"WSL_INTEROP");
        match host.kind() == Kind::Wsl2 && matches!(interop::socket(host, named), Socket::NoneLeft(_)) {
            true => InteropState::Unreachable,
            false => state,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::fake::{Fake, entry, environ};
    use crate::host::Magic;
    use crate::host::{BinfmtEntry, SocketState};

    fn state(change: impl FnOnce(&mut Fake)) -> InteropState {
        with(&["WSL_INTEROP=/run/WSL/8_interop"], change)
    }

    fn with(environment: &[&str], change: impl FnOnce(&mut Fake)) -> InteropState {
        let mut fake = Fake::wsl2();
        change(&mut fake);
        InteropState::of(&fake, &environ(environment))
    }

    #[test]
    fn the_registration_decides_how() {
        let wine = || entry("wine", b"MZ", "/usr/bin/wine", "");
        assert_eq!(state(|_| {}), InteropState::Binfmt);
        assert_eq!(state(|host| host.init = false), InteropState::Binfmt);
        assert_eq!(state(|host| host.binfmt.clear()), InteropState::Init, "lost");
        assert_eq!(state(|host| host.binfmt[0].flags.clear()), InteropState::Init, "without P it loses argv[0]");
        assert_eq!(state(|host| host.binfmt.insert(0, wine())), InteropState::Init, "wine came later");
        assert_eq!(state(|host| host.binfmt.push(wine())), InteropState::Binfmt, "wine came first");
        assert_eq!(
            state(|host| host.binfmt.insert(0, entry("APE", b"MZqFpD", "/usr/bin/ape", ""))),
            InteropState::Init
        );
        let off = |host: &mut Fake| host.binfmt.insert(0, BinfmtEntry { enabled: false, ..wine() });
        assert_eq!(state(off), InteropState::Binfmt, "a handler that is switched off takes nothing");
        let qemu = |host: &mut Fake| host.binfmt.insert(0, entry("qemu-arm", b"\x7fELF", "/usr/bin/qemu-arm", "F"));
        assert_eq!(state(qemu), InteropState::Binfmt, "another format's");
        assert_eq!(state(|host| host.binfmt[0].interpreter = b"/tools/init".to_vec()), InteropState::Binfmt);
        assert_eq!(state(|host| host.binfmt[0].name = b"WSLInterop-late".to_vec()), InteropState::Binfmt);
        let neither = |host: &mut Fake| {
            host.binfmt.clear();
            host.init = false;
        };
        assert_eq!(state(neither), InteropState::Absent);
    }

    #[test]
    fn a_mask_widens_what_a_handler_takes() {
        let masked = |mask: &[u8]| {
            state(|host| {
                let mut foreign = entry("foreign", b"Mx", "/usr/bin/foreign", "");
                foreign.magic = Some(Magic { offset: 0, bytes: b"Mx".to_vec(), mask: mask.to_vec() });
                host.binfmt.insert(0, foreign);
            })
        };
        assert_eq!(masked(b"\xff\x00"), InteropState::Init);
        assert_eq!(masked(b"\xff\xff"), InteropState::Binfmt);
    }

    #[test]
    fn a_decision_against_it_is_told_from_a_fault() {
        assert_eq!(state(|host| host.interop = false), InteropState::Disabled);
        assert_eq!(state(|host| host.binfmt[0].enabled = false), InteropState::Disabled);
        let one_of_two = |host: &mut Fake| {
            host.binfmt[0].enabled = false;
            host.binfmt.push(entry("WSLInterop-late", b"MZ", "/init", "P"));
        };
        assert_eq!(state(one_of_two), InteropState::Binfmt);
        assert_eq!(state(|host| host.kind = Kind::Linux), InteropState::Absent);
    }

    #[test]
    fn on_wsl2_somebody_must_listen() {
        let none: &[&str] = &[];
        let dead = |host: &mut Fake| host.sockets.clear();
        assert_eq!(state(dead), InteropState::Binfmt, "the session's own is trusted without a look");
        assert_eq!(with(&["WSL_INTEROP=/run/WSL/77_interop"], dead), InteropState::Unreachable);
        assert_eq!(with(none, dead), InteropState::Unreachable);
        assert_eq!(with(none, |_| {}), InteropState::Binfmt, "an ancestor's");
        let first = |host: &mut Fake| host.sockets = vec![("/run/WSL/1_interop", SocketState::Live)];
        assert_eq!(with(none, first), InteropState::Binfmt);
        let orphan = |host: &mut Fake| host.sockets = vec![("/run/WSL/77_interop", SocketState::Live)];
        assert_eq!(with(&["WSL_INTEROP=/run/WSL/77_interop"], orphan), InteropState::Binfmt);
        let hung = |host: &mut Fake| host.sockets = vec![("/run/WSL/8_interop", SocketState::Hung)];
        assert_eq!(with(none, hung), InteropState::Unreachable);
        let wsl1 = |host: &mut Fake| {
            host.kind = Kind::Wsl1;
            host.sockets.clear();
        };
        assert_eq!(with(none, wsl1), InteropState::Binfmt, "WSL1 has no sockets");
    }
}
