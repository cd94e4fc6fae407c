//! gowrap stands in front of `go`, `gofmt`, `dlv` and Go's cross-run helpers inside WSL.

#![deny(unsafe_code)]

pub mod host;
pub mod tool;
pub mod wslpath;
