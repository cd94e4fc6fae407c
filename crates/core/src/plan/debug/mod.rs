//! Chooses the address on which a debugger listens.

pub mod address;
mod client;
pub(crate) mod debugger;
mod hints;
pub mod listen;
pub mod situation;
