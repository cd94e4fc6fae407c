//! Chooses the address on which a debugger listens.

pub mod address;
pub mod client;
pub mod debugger;
pub mod hints;
pub mod listen;
pub mod situation;
