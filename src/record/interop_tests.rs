//! The state of interop that a plan reports, on recorded machines.

use std::borrow::Cow;

use crate::host::environ::Environ;
use crate::plan::interop::state::InteropState;
use crate::record::Record;

/// Returns the interop word of a WSL2 machine with these keys, below a shell of session 8.
fn word(interop: &str, socket: &'static std::ffi::CStr) -> &'static str {
    let text = format!("kind = 'wsl2'\nancestors = [{{ pid = 812 }}, {{ pid = 8 }}, {{ pid = 1 }}]\n{interop}");
    let host = Record::parse(text.as_bytes(), b"a test").unwrap();
    InteropState::of(&host, &Environ::new(vec![Cow::Borrowed(socket)])).word()
}

#[test]
fn the_registration_determines_the_way_to_start_a_windows_program() {
    const WINE: &str = "{ name = 'wine', magic = '4d5a', interpreter = '/usr/bin/wine' }";
    const LATE: &str = "{ name = 'WSLInterop-late', magic = '4d5a', interpreter = '/tools/init', flags = 'P' }";
    const APE: &str = "{ name = 'APE', magic = '4d5a71467044', interpreter = '/usr/bin/ape' }";
    const QEMU: &str = "{ name = 'qemu-arm', magic = '7f454c46', interpreter = '/usr/bin/qemu-arm', flags = 'F' }";
    const OFF: &str = "{ name = 'wine', magic = '4d5a', interpreter = '/usr/bin/wine', enabled = false }";
    const WIDE: &str = "{ name = 'wide', magic = '4d78', mask = 'ff00', interpreter = '/usr/bin/wide' }";
    const NARROW: &str = "{ name = 'narrow', magic = '4d78', mask = 'ffff', interpreter = '/usr/bin/narrow' }";
    let table: &[(&str, &str, &[&str], &str)] = &[
        ("as WSL registers it", "binfmt = 'enabled', init = true", &[], "binfmt"),
        ("without /init, as far as is known", "binfmt = 'enabled', init = false", &[], "binfmt"),
        ("lost", "binfmt = 'missing', init = true", &[], "init"),
        ("lost, without /init", "binfmt = 'missing', init = false", &[], "absent"),
        ("without P it loses argv[0]", "binfmt = 'enabled', flags = 'F', init = true", &[], "init"),
        ("WSL before 0.58, which knew no P", "binfmt = 'enabled', flags = 'F', init = false", &[], "binfmt"),
        ("wine came later", "binfmt = 'enabled', init = true", &[WINE], "init"),
        ("wine came first", "binfmt = 'missing', init = true", &[LATE, WINE], "binfmt"),
        ("a handler for some of them", "binfmt = 'enabled', init = true", &[APE], "init"),
        ("a handler that is off", "binfmt = 'enabled', init = true", &[OFF], "binfmt"),
        ("another format's", "binfmt = 'enabled', init = true", &[QEMU], "binfmt"),
        ("a mask that lets MZ through", "binfmt = 'enabled', init = true", &[WIDE], "init"),
        ("a mask that does not", "binfmt = 'enabled', init = true", &[NARROW], "binfmt"),
        ("switched off", "binfmt = 'disabled', init = true", &[], "disabled"),
        ("one of two switched off", "binfmt = 'disabled', init = true", &[LATE], "binfmt"),
        ("switched off in wsl.conf", "binfmt = 'enabled', init = true, enabled = false", &[], "disabled"),
    ];
    for (name, interop, entries, state) in table {
        let machine = format!("binfmt = [{}]\ninterop = {{ {interop} }}", entries.join(", "));
        assert_eq!(word(&machine, c"WSL_INTEROP=/run/WSL/8_interop"), *state, "{name}");
    }
    let host = Record::parse(b"interop = { binfmt = 'enabled', init = true }", b"a test").unwrap();
    assert_eq!(InteropState::of(&host, &Environ::default()).word(), "absent", "outside WSL");
}

#[test]
fn wsl2_needs_a_socket_with_a_server() {
    let none = c"HOME=/";
    let table: &[(&str, &std::ffi::CStr, &str, &str)] = &[
        ("the session's own is trusted without a look", c"WSL_INTEROP=/run/WSL/8_interop", "", "binfmt"),
        ("another's is tried", c"WSL_INTEROP=/run/WSL/77_interop", "", "unreachable"),
        ("and may answer", c"WSL_INTEROP=/run/WSL/77_interop", "'/run/WSL/77_interop' = 'live'", "binfmt"),
        ("none named", none, "", "unreachable"),
        ("an ancestor's", none, "'/run/WSL/8_interop' = 'live'", "binfmt"),
        ("an ancestor's, hung", none, "'/run/WSL/8_interop' = 'hung'", "unreachable"),
        ("the one of WSL's init", none, "'/run/WSL/1_interop' = 'live'", "binfmt"),
    ];
    for (name, named, sockets, state) in table {
        let machine = format!("interop = {{ binfmt = 'enabled', init = true, sockets = {{ {sockets} }} }}");
        assert_eq!(word(&machine, named), *state, "{name}");
    }
    let wsl1 = Record::parse(b"kind = 'wsl1'\ninterop = { binfmt = 'enabled', init = true }", b"a test").unwrap();
    assert_eq!(InteropState::of(&wsl1, &Environ::default()).word(), "binfmt", "WSL1 has no sockets");
}
