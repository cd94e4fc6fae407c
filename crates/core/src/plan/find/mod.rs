//! Finds the file to run: lists candidates, classifies each, and chooses one or refuses.

pub(crate) mod chain;
pub(crate) mod classify;
mod modules;
pub mod places;
pub(crate) mod resolve;
pub(crate) mod verdict;
pub(crate) mod version_of;
