//! Bytes as hexadecimal digits.

use crate::prelude::*;

/// Decodes hexadecimal digits. An odd digit or any other character ends them.
#[must_use]
pub fn decode(digits: &[u8]) -> Vec<u8> {
    let value = |digit: u8| char::from(digit).to_digit(16);
    let byte = |pair: &[u8]| Some((value(pair[0])? * 16 + value(pair[1])?) as u8);
    digits.chunks_exact(2).map_while(byte).collect()
}

/// Encodes bytes as lower-case digits.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_both_cases_are_decoded_up_to_the_first_other_character() {
        for (digits, bytes) in
            [("04fF", &b"\x04\xff"[..]), ("4", b""), ("", b""), ("41x", b"A"), ("41 42", b"A"), ("g0", b"")]
        {
            assert_eq!(decode(digits.as_bytes()), bytes, "{digits}");
        }
        assert_eq!(encode(b"\x04\xff"), "04ff");
    }
}
