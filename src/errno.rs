//! Conversion of nix errors into gowrap's own.

use crate::text::errno::Errno;

/// Returns the same error as gowrap's type.
#[must_use]
pub(crate) fn own(errno: nix::errno::Errno) -> Errno {
    Errno::from_raw(errno as i32)
}
