//! Reads the IPv4 addresses of this machine's interfaces through rtnetlink(7), as getifaddrs(3) does.

use core::net::Ipv4Addr;

use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socket_with};

use crate::prelude::*;
use crate::text::errno::Errno;

/// Size of a receive buffer, in bytes: the largest message of the kernel (NLMSG_GOODSIZE).
const PIECE: usize = 8 << 10;

// include/uapi/linux/netlink.h and rtnetlink.h.
const ERROR: u16 = 2;
const DONE: u16 = 3;
const NEW_ADDRESS: u16 = 20;
const GET_ADDRESS: u16 = 22;
const REQUEST_DUMP: u16 = 0x301;
const INET: u8 = 2;
/// The length of `struct nlmsghdr`.
const MESSAGE_HEAD: usize = 16;
/// The length of `struct ifaddrmsg`.
const ADDRESS_HEAD: usize = 8;
/// The length of `struct rtattr`.
const ATTRIBUTE_HEAD: usize = 4;
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const IFA_LABEL: u16 = 3;

/// An address of an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InterfaceAddress {
    /// The interface's name.
    pub(super) interface: Vec<u8>,
    /// The interface's own address.
    pub(super) address: Ipv4Addr,
    /// The length of its network's prefix.
    pub(super) prefix: u32,
}

/// Returns all IPv4 addresses.
pub(super) fn all() -> Result<Vec<InterfaceAddress>, Errno> {
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)?;
    send(&socket, &request(), SendFlags::empty())?;
    let mut addresses = Vec::new();
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        // The kernel answers during the request, so a missing message will not arrive later.
        recv(&socket, rustix::buffer::spare_capacity(&mut piece), RecvFlags::DONTWAIT)?;
        if read(&piece, &mut addresses)? == Dump::AtItsEnd {
            return Ok(addresses);
        }
    }
}

fn request() -> [u8; MESSAGE_HEAD + ADDRESS_HEAD] {
    let mut request = [0; MESSAGE_HEAD + ADDRESS_HEAD];
    request[..4].copy_from_slice(&((MESSAGE_HEAD + ADDRESS_HEAD) as u32).to_ne_bytes());
    request[4..6].copy_from_slice(&GET_ADDRESS.to_ne_bytes());
    request[6..8].copy_from_slice(&REQUEST_DUMP.to_ne_bytes());
    request[MESSAGE_HEAD] = INET;
    request
}

/// The state of an answer in several pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dump {
    GoesOn,
    AtItsEnd,
}

/// Reads a piece of the answer.
fn read(piece: &[u8], addresses: &mut Vec<InterfaceAddress>) -> Result<Dump, Errno> {
    let mut rest = piece;
    while let Some((length, kind)) = head_of_message(rest) {
        let message = rest.get(MESSAGE_HEAD..length).ok_or(Errno::EIO)?;
        match kind {
            DONE => return Ok(Dump::AtItsEnd),
            ERROR => return Err(Errno::EIO),
            NEW_ADDRESS => addresses.extend(address(message)),
            _ => {}
        }
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    // A piece without a message is an error: otherwise it would be requested for ever.
    if piece.is_empty() { Err(Errno::EIO) } else { Ok(Dump::GoesOn) }
}

fn head_of_message(bytes: &[u8]) -> Option<(usize, u16)> {
    let length = u32::from_ne_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
    let kind = u16::from_ne_bytes(bytes.get(4..6)?.try_into().ok()?);
    (length >= MESSAGE_HEAD).then_some((length, kind))
}

/// Returns the address in the body of a message. If an interface has a peer, IFA_ADDRESS is the peer's address and
/// IFA_LOCAL its own.
fn address(body: &[u8]) -> Option<InterfaceAddress> {
    let (head, mut rest) = body.split_at_checked(ADDRESS_HEAD)?;
    let (mut interface, mut address, mut local) = (None, None, None);
    while let Some((length, kind)) = head_of_attribute(rest) {
        let value = rest.get(ATTRIBUTE_HEAD..length)?;
        let ip = || Some(Ipv4Addr::from(<[u8; 4]>::try_from(value).ok()?));
        match kind {
            IFA_ADDRESS => address = ip(),
            IFA_LOCAL => local = ip(),
            IFA_LABEL => interface = Some(value.strip_suffix(b"\0").unwrap_or(value).to_vec()),
            _ => {}
        }
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Some(InterfaceAddress { interface: interface?, address: local.or(address)?, prefix: u32::from(head[1]) })
}

fn head_of_attribute(bytes: &[u8]) -> Option<(usize, u16)> {
    let length = u16::from_ne_bytes(bytes.get(..2)?.try_into().ok()?);
    let kind = u16::from_ne_bytes(bytes.get(2..4)?.try_into().ok()?);
    let length = usize::from(length);
    (length >= ATTRIBUTE_HEAD).then_some((length, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_addresses_are_those_of_getifaddrs() {
        let ours: Vec<(String, Ipv4Addr, u32)> = all()
            .unwrap()
            .into_iter()
            .map(|row| (String::from_utf8(row.interface).unwrap(), row.address, row.prefix))
            .collect();
        let theirs: Vec<_> = nix::ifaddrs::getifaddrs()
            .unwrap()
            .filter_map(|row| {
                let ip = |storage: Option<nix::sys::socket::SockaddrStorage>| Some(storage?.as_sockaddr_in()?.ip());
                Some((row.interface_name.clone(), ip(row.address)?, u32::from(ip(row.netmask)?).count_ones()))
            })
            .collect();
        assert_eq!(ours, theirs);
    }

    #[test]
    fn reading_a_damaged_answer_ends() {
        let message = |kind: u16, length: u32, body: &[u8]| {
            [&length.to_ne_bytes()[..], &kind.to_ne_bytes(), &[0; 10], body].concat()
        };
        let mut none = Vec::new();
        assert_eq!(read(b"", &mut none), Err(Errno::EIO));
        assert_eq!(read(&message(DONE, 16, b""), &mut none), Ok(Dump::AtItsEnd));
        assert_eq!(read(&message(ERROR, 16, b""), &mut none), Err(Errno::EIO));
        assert_eq!(read(&message(NEW_ADDRESS, 99, b""), &mut none), Err(Errno::EIO));
        assert_eq!(read(&message(NEW_ADDRESS, 3, b""), &mut none), Ok(Dump::GoesOn));
        assert_eq!(read(&message(NEW_ADDRESS, 28, &[0; 12]), &mut none), Ok(Dump::GoesOn));
        assert!(none.is_empty());
    }
}
