//! The plan: everything that will happen, with a reason for each change.
//!
//! [`plan`] is a list of stages that only read. `exec` carries a plan out, `explain` prints it; both get the same value,
//! so that what is shown is what would be done.

pub mod decisions;

pub use decisions::*;
