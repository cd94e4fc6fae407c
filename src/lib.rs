//! gowrap stands in front of `go`, `gofmt`, `dlv` and Go's cross-run helpers inside WSL.

#![deny(unsafe_code)]

pub mod binary;
pub mod config;
pub mod environ;
pub mod host;
pub mod invocation;
pub mod plan;
pub mod tool;
pub mod wslpath;
