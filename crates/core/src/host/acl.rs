//! Access control lists: the rights that a file grants beside its mode.
//!
//! The kernel keeps a list in the extended attribute `system.posix_acl_access`, in the form of
//! include/uapi/linux/posix_acl_xattr.h. In a list that names users or groups, the group bits of the file's mode are
//! the mask (acl(5)): no named user and no group has a right that the mask lacks.

use crate::prelude::*;

/// The right to read.
const READ: u32 = 4;
/// The right to write.
const WRITE: u32 = 2;
/// The right to execute, or to search.
const EXECUTE: u32 = 1;

/// The name of the extended attribute that holds a list.
pub const ATTRIBUTE: &str = "system.posix_acl_access";

/// The user or the group that a right is granted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grantee {
    /// A user, by id.
    User(u32),
    /// A group, by id.
    Group(u32),
    /// The group that the file belongs to.
    OwningGroup,
}

/// An entry of a list: the rights that are left after the mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// The user or the group.
    pub to: Grantee,
    /// The rights: 4 reads, 2 writes, 1 executes.
    pub rights: u32,
}

impl Grant {
    /// True if it grants writing.
    #[must_use]
    pub fn is_write(self) -> bool {
        self.rights & WRITE != 0
    }

    /// Returns the grant limited to the rights of the mask.
    #[must_use]
    pub fn masked(self, mask: u32) -> Grant {
        Grant { rights: self.rights & mask & 7, ..self }
    }

    /// Parses `u:1001:rw`, `g:50:r` or `g::rx`, the form of setfacl(1).
    #[must_use]
    pub fn parse(text: &str) -> Option<Grant> {
        let mut fields = text.split(':');
        let (kind, id, letters) = (fields.next()?, fields.next()?, fields.next()?);
        if fields.next().is_some() || id.starts_with('+') {
            return None;
        }
        let to = match (kind, id) {
            ("u", id) => Grantee::User(id.parse().ok()?),
            ("g", "") => Grantee::OwningGroup,
            ("g", id) => Grantee::Group(id.parse().ok()?),
            _ => return None,
        };
        let right = |letter| match letter {
            'r' => Some(READ),
            'w' => Some(WRITE),
            'x' => Some(EXECUTE),
            '-' => Some(0),
            _ => None,
        };
        let rights = letters.chars().try_fold(0, |rights, letter| Some(rights | right(letter)?))?;
        Some(Grant { to, rights })
    }

    /// Returns the text that [`Grant::parse`] reads.
    #[must_use]
    pub fn text(self) -> String {
        let letters = [(READ, 'r'), (WRITE, 'w'), (EXECUTE, 'x')];
        let rights: String =
            letters.iter().filter(|(right, _)| self.rights & right != 0).map(|(_, letter)| letter).collect();
        let rights = if rights.is_empty() { "-" } else { &rights };
        match self.to {
            Grantee::User(id) => format!("u:{id}:{rights}"),
            Grantee::Group(id) => format!("g:{id}:{rights}"),
            Grantee::OwningGroup => format!("g::{rights}"),
        }
    }
}

/// Parses the value of the extended attribute. Returns no grant for a list without named users and groups, which equals
/// the mode, and for a value of another version.
#[must_use]
pub fn parse_attribute(value: &[u8]) -> Vec<Grant> {
    const VERSION: [u8; 4] = 2u32.to_le_bytes();
    const USER: u16 = 0x02;
    const GROUP_OBJ: u16 = 0x04;
    const GROUP: u16 = 0x08;
    const MASK: u16 = 0x10;
    let Some(entries) = value.strip_prefix(&VERSION) else { return Vec::new() };
    let mut grants = Vec::new();
    let mut mask = None;
    for entry in entries.chunks_exact(8) {
        let &[tag_low, tag_high, rights_low, _, a, b, c, d] = entry else { continue };
        let (rights, id) = (u32::from(rights_low), u32::from_le_bytes([a, b, c, d]));
        let to = match u16::from_le_bytes([tag_low, tag_high]) {
            USER => Grantee::User(id),
            GROUP => Grantee::Group(id),
            GROUP_OBJ => Grantee::OwningGroup,
            MASK => {
                mask = Some(rights);
                continue;
            }
            _ => continue,
        };
        grants.push(Grant { to, rights });
    }
    let Some(mask) = mask else { return Vec::new() };
    grants.into_iter().map(|grant| grant.masked(mask)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_has_the_form_of_setfacl() {
        let table: &[(&str, Option<(Grantee, u32)>, &str)] = &[
            ("u:1001:rw", Some((Grantee::User(1001), 6)), "u:1001:rw"),
            ("u:0:rw-", Some((Grantee::User(0), 6)), "u:0:rw"),
            ("g:50:r-x", Some((Grantee::Group(50), 5)), "g:50:rx"),
            ("g::rwx", Some((Grantee::OwningGroup, 7)), "g::rwx"),
            ("u:7:---", Some((Grantee::User(7), 0)), "u:7:-"),
            ("u:7:", Some((Grantee::User(7), 0)), "u:7:-"),
            ("u::rw", None, ""),
            ("o::r", None, ""),
            ("u:me:rw", None, ""),
            ("u:+1:rw", None, ""),
            ("u:1:rq", None, ""),
            ("u:1", None, ""),
            ("u:1:r:w", None, ""),
            ("", None, ""),
        ];
        for (text, expected, written) in table {
            let grant = Grant::parse(text);
            assert_eq!(grant, expected.map(|(to, rights)| Grant { to, rights }), "{text}");
            assert_eq!(grant.map(Grant::text).unwrap_or_default(), *written, "{text}");
        }
    }

    /// Returns an attribute's value with these entries: tag, rights, id.
    fn attribute(entries: &[(u16, u16, u32)]) -> Vec<u8> {
        let mut value = 2u32.to_le_bytes().to_vec();
        for (tag, rights, id) in entries {
            value.extend(tag.to_le_bytes());
            value.extend(rights.to_le_bytes());
            value.extend(id.to_le_bytes());
        }
        value
    }

    #[test]
    fn the_mask_limits_named_users_and_every_group() {
        let none = u32::MAX;
        let list = attribute(&[
            (0x01, 6, none),
            (0x02, 7, 1001),
            (0x04, 6, none),
            (0x08, 2, 50),
            (0x10, 4, none),
            (0x20, 4, none),
        ]);
        let texts: Vec<String> = parse_attribute(&list).into_iter().map(Grant::text).collect();
        assert_eq!(texts, ["u:1001:r", "g::r", "g:50:-"]);
        assert_eq!(parse_attribute(&attribute(&[(0x01, 6, none), (0x04, 4, none), (0x20, 4, none)])), []);
        assert_eq!(parse_attribute(&list[..list.len() - 3]).len(), 3, "the end of a damaged value is left out");
        assert_eq!(parse_attribute(b"\x01\0\0\0rest"), []);
        assert_eq!(parse_attribute(b""), []);
    }
}
