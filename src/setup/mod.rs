//! `gowrap setup`: makes `go` start gowrap, for a user, for the machine or for an editor, and removes that again.
//!
//! The plan is a list of [`Change`]s. `--dry-run` prints it, and [`apply`] alone carries it out. The receipt at the end
//! of gowrap's `env` file lists what earlier runs made. `--remove` removes only that, so each byte of the home is as
//! before.

mod apply;
pub(crate) mod change;
mod check;
pub(crate) mod command;
mod completeness;
pub(crate) mod dotfile;
mod editor;
mod folder_trust;
pub(crate) mod json_value;
mod lock;
pub mod places;
mod receipt;
mod removal;
pub(crate) mod replaced;
pub(crate) mod run;
pub(crate) mod scripts;
pub mod shells;
mod shim_path;
mod system;
mod user_file;
mod verdict;
pub mod vscode;

pub use change::{Change, Changes};
