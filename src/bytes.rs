//! Byte strings in TOML and JSON: a string if the bytes are UTF-8, else `{ "b64": "…" }`.
//!
//! Linux defines no encoding for paths, arguments and variables; both formats hold Unicode only.

use std::fmt;
use std::ops::Deref;

use base64ct::{Base64, Encoding};
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Key of a byte string that is not UTF-8.
const BASE64_KEY: &str = "b64";

/// Bytes from outside, in the form that serde writes and reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub Vec<u8>);

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Bytes {
        Bytes(bytes.to_vec())
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Ok(text) = std::str::from_utf8(&self.0) {
            return serializer.serialize_str(text);
        }
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(BASE64_KEY, &Base64::encode_string(&self.0))?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        deserializer.deserialize_any(Either)
    }
}

/// Serializes a value as its `Display` text.
///
/// # Errors
/// Those of the serializer.
pub fn as_displayed<T: fmt::Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

struct Either;

impl<'de> Visitor<'de> for Either {
    type Value = Bytes;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a string, or { b64 = \"…\" } for bytes that are not UTF-8")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Bytes, E> {
        Ok(Bytes(text.as_bytes().to_vec()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Bytes, A::Error> {
        let Some((key, code)) = map.next_entry::<String, String>()? else {
            return Err(A::Error::missing_field(BASE64_KEY));
        };
        if key != BASE64_KEY {
            return Err(A::Error::unknown_field(&key, &[BASE64_KEY]));
        }
        if let Some(key) = map.next_key::<String>()? {
            return Err(A::Error::unknown_field(&key, &[BASE64_KEY]));
        }
        Base64::decode_vec(&code).map(Bytes).map_err(|_| A::Error::custom("bad base64"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_stays_text_and_the_rest_becomes_base64() {
        let table: &[(&[u8], &str)] = &[
            (b"", r#""""#),
            (b"/mnt/c", r#""/mnt/c""#),
            ("Grüße".as_bytes(), r#""Grüße""#),
            (b"a\xffb", r#"{"b64":"Yf9i"}"#),
        ];
        for (bytes, json) in table {
            assert_eq!(serde_json::to_string(&Bytes::from(*bytes)).unwrap(), *json);
            assert_eq!(serde_json::from_str::<Bytes>(json).unwrap().0, *bytes);
        }
    }

    #[test]
    fn any_other_json_is_an_error() {
        for json in ["1", "[]", "{}", r#"{"b46":"Yf9i"}"#, r#"{"b64":"?"}"#, r#"{"b64":"Yf9i","x":""}"#] {
            assert!(serde_json::from_str::<Bytes>(json).is_err(), "{json}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_survive_a_round_trip(bytes: Vec<u8>) {
            let json = serde_json::to_string(&Bytes(bytes.clone())).unwrap();
            prop_assert_eq!(serde_json::from_str::<Bytes>(&json).unwrap().0, bytes);
        }
    }
}
