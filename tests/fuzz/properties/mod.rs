//! Properties that hold for any input: one function for each fuzz target, which panics if a property does not hold.
//!
//! The fuzzers call them with generated inputs, the tests with the corpora: each test run checks every input that a
//! fuzzer has found. Inputs are text where possible: one argument or one variable a line.

#![allow(unreachable_pub, missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "this is a test")]

pub mod binary;
pub mod config;
pub mod dlv_line;
pub mod go_line;
pub mod lines;
pub mod machines;
pub mod mount_table;
pub mod plan;
pub mod record;
pub mod translation;
pub mod wsl_conf;
pub mod wslenv;

/// A function that panics where its input breaks a rule.
pub type Holds = fn(&[u8]);

/// Every target and its function.
pub const TARGETS: [(&str, Holds); 10] = [
    ("binary", binary::holds),
    ("config", config::holds),
    ("dlv_line", dlv_line::holds),
    ("go_line", go_line::holds),
    ("mount_table", mount_table::holds),
    ("plan", plan::holds),
    ("record", record::holds),
    ("translation", translation::holds),
    ("wsl_conf", wsl_conf::holds),
    ("wslenv", wslenv::holds),
];
