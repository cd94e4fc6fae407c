//! Everything that gowrap learns about the machine.

pub mod mounts;
