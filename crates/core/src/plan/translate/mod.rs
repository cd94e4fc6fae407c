//! Translates the paths in arguments and variables to the side that the target runs on.

pub mod args;
pub mod env;
pub mod slot;
pub mod translator;
pub(crate) mod windows_env;
pub mod wslenv;
