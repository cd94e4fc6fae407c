//! Text and bytes, without any policy.

pub mod caret;
pub mod errno;
pub mod escape;
pub mod hex;
pub(crate) mod lexical;
pub mod mask;
pub mod path;
pub(crate) mod sort;
