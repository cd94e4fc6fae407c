//! The decisions of gowrap: facts about the machine, the plan, and its execution.
//!
//! [`host`] reads facts, [`plan`] makes a plan from them, and [`exec`] replaces the process.

#![cfg_attr(not(test), no_std)]
#![deny(unsafe_code)]
#![cfg_attr(not(test), warn(clippy::panic, clippy::unreachable, clippy::unimplemented))]

extern crate alloc;

pub mod config;
pub mod diagnosis;
pub mod exec;
pub mod host;
pub mod partner;
pub mod plan;
mod prelude;
pub mod start;
pub mod text;
pub mod tools;
pub mod wslpath;
