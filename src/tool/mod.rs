//! The tools that gowrap stands in front of, and the grammar of their command lines.

pub mod dlv;
pub mod go;
pub mod token;
