//! The program under test, and the user who runs the tests.

#![allow(dead_code, clippy::unwrap_used, reason = "not every test program asks for both; a test may unwrap")]

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

/// Returns the absolute path of the binary under test: the one that GOWRAP_BIN names, else the one that Cargo has just
/// built.
pub(crate) fn gowrap() -> PathBuf {
    match std::env::var_os("GOWRAP_BIN") {
        Some(path) => fs::canonicalize(&path).unwrap_or_else(|error| panic!("GOWRAP_BIN={path:?}: {error}")),
        None => PathBuf::from(env!("CARGO_BIN_EXE_gowrap")),
    }
}

/// Returns true if root runs the tests.
pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}
