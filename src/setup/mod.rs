//! `gowrap setup`: puts gowrap in front of Go for a person, for a machine or for an editor, and takes it out again.
//!
//! What is going to be done is worked out first, as a list of [`Change`]s; `--dry-run` prints that list, [`apply`] is the
//! one place that carries it out. What `--remove` may take away is what the receipt at the end of our own `env` file says
//! that an earlier run made, so that the home is afterwards what it was before, to the byte.

pub mod apply;
pub mod change;
pub mod check;
pub mod command;
mod completeness;
pub mod dotfile;
pub mod editor;
pub mod lock;
pub mod places;
pub mod receipt;
pub mod removal;
pub mod scripts;
pub mod shells;
pub mod system;
pub mod verdict;
pub mod vscode;

pub use change::{Change, Changes};
