//! Finds the file to run: lists candidates, classifies each, and chooses one or refuses.

pub mod chain;
pub mod classify;
pub mod modules;
pub mod places;
pub mod resolve;
pub mod verdict;
pub mod version_of;
