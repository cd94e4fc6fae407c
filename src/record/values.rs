//! Forms of single values in a record: an architecture by name, permission bits in octal, bytes in hexadecimal, and
//! tables with an order.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use toml::Spanned;

use crate::host::acl::Grant;
use crate::host::binary::Machine;
use crate::text::hex;

/// An architecture by its name, as in `uname -m`; an unknown one as `machine 8`, with the number of the ELF header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MachineName(pub Machine);

impl Serialize for MachineName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.name())
    }
}

impl<'de> Deserialize<'de> for MachineName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let number = || name.strip_prefix("machine ")?.parse().ok().map(Machine::Number);
        Machine::named(&name)
            .or_else(number)
            .map(MachineName)
            .ok_or_else(|| D::Error::custom(format_args!("unknown machine `{name}`, expected a name as in `uname -m`")))
    }
}

/// Permission bits in the form of chmod(1): `"0755"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PermissionBits(pub u32);

impl Default for PermissionBits {
    fn default() -> Self {
        PermissionBits(0o755)
    }
}

impl Serialize for PermissionBits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{:04o}", self.0))
    }
}

impl<'de> Deserialize<'de> for PermissionBits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digits = String::deserialize(deserializer)?;
        match u32::from_str_radix(&digits, 8) {
            Ok(mode) if mode <= 0o7777 && !digits.starts_with('+') => Ok(PermissionBits(mode)),
            _ => Err(D::Error::custom(format_args!("bad mode `{digits}`, expected octal digits such as \"0755\""))),
        }
    }
}

/// An entry of an ACL in the form of setfacl(1): `"u:1001:rw"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrantText(pub Grant);

impl Serialize for GrantText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.text())
    }
}

impl<'de> Deserialize<'de> for GrantText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Grant::parse(&text).map(GrantText).ok_or_else(|| {
            D::Error::custom(format_args!("bad grant `{text}`, expected one such as \"u:1001:rw\" or \"g:50:r\""))
        })
    }
}

/// Bytes as hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hex(pub Vec<u8>);

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digits = String::deserialize(deserializer)?;
        let bytes = hex::decode(digits.as_bytes());
        // The digits are all of the text, and no other character ends them.
        let is_whole = bytes.len() * 2 == digits.len();
        is_whole.then_some(Hex(bytes)).ok_or_else(|| D::Error::custom("bad hexadecimal digits"))
    }
}

/// A table with an order, such as an environment. When it is written, values that are not UTF-8 move to the end: they
/// are tables, and TOML requires that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordered<V>(pub Vec<(String, V)>);

impl<V> Default for Ordered<V> {
    fn default() -> Self {
        Ordered(Vec::new())
    }
}

impl<V> Ordered<V> {
    /// Returns true if the table is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the value of that name.
    #[must_use]
    pub fn get(&self, name: &[u8]) -> Option<&V> {
        self.0.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, value)| value)
    }
}

impl<V: Serialize> Serialize for Ordered<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Ordered<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder(PhantomData))
    }
}

struct InOrder<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for InOrder<V> {
    type Value = Ordered<V>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a table")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered<V>, A::Error> {
        // The parser sorts a table by name; the position of each name restores the order of the file.
        let mut rows: Vec<(Spanned<String>, V)> = Vec::new();
        while let Some(row) = map.next_entry()? {
            rows.push(row);
        }
        rows.sort_by_key(|(name, _)| name.span().start);
        Ok(Ordered(rows.into_iter().map(|(name, value)| (name.into_inner(), value)).collect()))
    }
}
