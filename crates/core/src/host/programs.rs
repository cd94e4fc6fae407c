//! Names of gowrap's two programs, which stand beside each other.

use crate::prelude::*;
use crate::text::path::{basename, dirname, join};

/// The name of the program that the links lead to.
pub const SHIM: &[u8] = b"gowrap-shim";

/// The name of the program that prints.
pub const GOWRAP: &[u8] = b"gowrap";

/// The path of the other of gowrap's two programs.
#[must_use]
pub fn partner_of(own: &[u8]) -> Vec<u8> {
    join(dirname(own), if basename(own) == SHIM { GOWRAP } else { SHIM })
}
