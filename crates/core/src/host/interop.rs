//! Facts about interop: the entries of binfmt_misc, `/init`, and the sockets of the interop servers.

use core::time::Duration;

use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};

use crate::prelude::*;
use crate::text::errno::Errno;
use crate::text::hex;

use crate::host::{BinfmtEntry, Files, Magic, SocketState};

const BINFMT: &[u8] = b"/proc/sys/fs/binfmt_misc";

/// Longest wait for an interop server to accept a connection.
const PATIENCE: Duration = Duration::from_millis(200);

/// Returns the entries of binfmt_misc, newest first: the kernel adds each at the head of its list, and the folder shows
/// the list in that order.
#[must_use]
pub(super) fn binfmt_entries(host: &impl Files) -> Vec<BinfmtEntry> {
    let mut names = host.list(BINFMT).unwrap_or_default();
    names.retain(|name| name != b"register" && name != b"status");
    let read = |name: Vec<u8>| {
        let text = host.read(&[BINFMT, b"/", &name].concat(), 4096).ok()?;
        Some(parse_entry(name, &text))
    };
    names.into_iter().filter_map(read).collect()
}

/// Parses the file of an entry (fs/binfmt_misc.c, `entry_status`).
fn parse_entry(name: Vec<u8>, text: &[u8]) -> BinfmtEntry {
    let mut entry = BinfmtEntry { name, enabled: false, interpreter: Vec::new(), flags: Vec::new(), magic: None };
    let (mut offset, mut magic, mut mask) = (0, None, Vec::new());
    for line in text.split(|&byte| byte == b'\n') {
        let (key, value) = match line.iter().position(|&byte| byte == b' ') {
            Some(blank) => (&line[..blank], line[blank + 1..].trim_ascii()),
            None => (line, &b""[..]),
        };
        match key {
            b"enabled" => entry.enabled = true,
            b"interpreter" => entry.interpreter = value.to_vec(),
            b"flags:" => entry.flags = value.to_vec(),
            b"offset" => offset = core::str::from_utf8(value).ok().and_then(|digits| digits.parse().ok()).unwrap_or(0),
            b"magic" => magic = Some(hex::decode(value)),
            b"mask" => mask = hex::decode(value),
            _ => {}
        }
    }
    entry.magic = magic.map(|bytes| Magic { offset, bytes, mask });
    entry
}

/// Returns true if `/init` and the link `wslinfo` to it exist: builds of WSL inside Windows 10, whose `/init` has
/// another calling convention, have no such link.
#[must_use]
pub(super) fn has_init(host: &impl Files) -> bool {
    let is_link_to_init = |path: &[u8]| host.canonical(path).is_ok_and(|path| path == b"/init");
    host.stat(b"/init").is_ok() && (is_link_to_init(b"/bin/wslinfo") || is_link_to_init(b"/usr/bin/wslinfo"))
}

/// Tries one connection and closes it at once. connect(2) waits while the server's queue is full, because the server is
/// busy or hung. A server that does not accept in time counts as hung.
#[must_use]
pub(super) fn try_socket(path: &[u8]) -> SocketState {
    try_for(path, PATIENCE)
}

fn try_for(path: &[u8], patience: Duration) -> SocketState {
    let attempt = || -> Result<(), Errno> {
        let address = SocketAddrUnix::new(path)?;
        let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
        set_socket_timeout(&socket, Timeout::Send, Some(patience))?;
        Ok(connect(&socket, &address)?)
    };
    match attempt() {
        Ok(()) => SocketState::Live,
        // connect(2) on a stream socket of AF_UNIX fails with EAGAIN after the timeout.
        Err(Errno::EAGAIN) => SocketState::Hung,
        Err(Errno::ENOENT | Errno::ENOTDIR) => SocketState::Missing,
        Err(_) => SocketState::Refused,
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;

    use nix::sys::socket::{AddressFamily, SockFlag, SockType, UnixAddr, connect, socket};

    use super::{Duration, Magic, SocketState, hex, parse_entry, try_for, try_socket};

    #[test]
    fn an_entry_is_parsed_as_the_kernel_prints_it() {
        let wsl = parse_entry(b"WSLInterop".to_vec(), b"enabled\ninterpreter /init\nflags: PF\noffset 0\nmagic 4d5a\n");
        assert!(wsl.enabled);
        assert_eq!((wsl.interpreter.as_slice(), wsl.flags.as_slice()), (&b"/init"[..], &b"PF"[..]));
        assert_eq!(wsl.magic, Some(Magic { offset: 0, bytes: b"MZ".to_vec(), mask: Vec::new() }));

        let ending = parse_entry(b"jar".to_vec(), b"disabled\ninterpreter /usr/bin/jar run\nflags: \nextension .jar\n");
        assert!(!ending.enabled);
        assert_eq!(ending.interpreter, b"/usr/bin/jar run");
        assert_eq!(ending.magic, None);
    }

    #[test]
    fn a_mask_ignores_bits() {
        let magic = Magic { offset: 1, bytes: hex::decode(b"0400"), mask: hex::decode(b"feff") };
        assert!(magic.matches(b"x\x04\x00"));
        assert!(magic.matches(b"x\x05\x00rest"));
        assert!(!magic.matches(b"x\x06\x00"));
        assert!(!magic.matches(b"x\x04"));
    }

    #[test]
    fn a_socket_is_live_refused_or_missing() {
        let folder = std::env::temp_dir().join(format!("gowrap-socket-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("1_interop");
        let bytes = path.as_os_str().as_encoded_bytes();
        assert_eq!(try_socket(bytes), SocketState::Missing);
        let server = std::os::unix::net::UnixListener::bind(&path).unwrap();
        assert_eq!(try_socket(bytes), SocketState::Live);
        drop(server);
        assert_eq!(try_socket(bytes), SocketState::Refused);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    /// Fills the queue of a server, so that the next client has to wait.
    fn crowd(path: &std::path::Path) -> (std::os::fd::OwnedFd, Vec<std::os::fd::OwnedFd>) {
        let address = UnixAddr::new(path).unwrap();
        let stream = |flags| socket(AddressFamily::Unix, SockType::Stream, flags, None).unwrap();
        let server = stream(SockFlag::SOCK_CLOEXEC);
        nix::sys::socket::bind(server.as_raw_fd(), &address).unwrap();
        nix::sys::socket::listen(&server, nix::sys::socket::Backlog::new(1).unwrap()).unwrap();
        let mut waiting = Vec::new();
        loop {
            let client = stream(SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK);
            match connect(client.as_raw_fd(), &address) {
                Ok(()) => waiting.push(client),
                Err(errno) => {
                    assert_eq!(errno, nix::errno::Errno::EAGAIN);
                    return (server, waiting);
                }
            }
        }
    }

    #[test]
    fn the_wait_for_a_busy_server_ends() {
        let folder = std::env::temp_dir().join(format!("gowrap-busy-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("1_interop");
        let bytes = path.as_os_str().as_encoded_bytes();
        let (server, _waiting) = crowd(&path);
        assert_eq!(try_socket(bytes), SocketState::Hung);

        std::thread::scope(|scope| {
            let busy = scope.spawn(|| try_for(bytes, Duration::from_secs(600)));
            let accepted = nix::sys::socket::accept(server.as_raw_fd()).unwrap();
            assert_eq!(busy.join().unwrap(), SocketState::Live);
            nix::unistd::close(accepted).unwrap();
        });
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
