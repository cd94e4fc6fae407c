//! Names of gowrap's two programs, which are in the same folder.

use crate::prelude::*;
use crate::text::path::{basename, dirname, join};

/// Name of the program that the shims lead to.
pub const SHIM: &[u8] = b"gowrap-shim";

/// Name of the program that prints.
pub const GOWRAP: &[u8] = b"gowrap";

/// Returns the path of the other of gowrap's two programs.
#[must_use]
pub fn partner_of(own: &[u8]) -> Vec<u8> {
    join(dirname(own), if basename(own) == SHIM { GOWRAP } else { SHIM })
}
