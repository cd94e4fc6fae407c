//! `gowrap setup`: makes `go` start gowrap, for a user, for the machine or for an editor, and removes that again.
//!
//! The plan is a list of [`Change`]s. `--dry-run` prints it, and [`apply`] alone carries it out. The receipt at the end of
//! gowrap's `env` file lists what earlier runs made. `--remove` removes only that, so each byte of the home is as before.

pub mod apply;
pub mod change;
pub mod check;
pub mod command;
mod completeness;
pub mod dotfile;
pub mod editor;
mod folder_trust;
pub mod json_value;
pub mod lock;
pub mod places;
pub mod receipt;
pub mod removal;
pub mod replaced;
pub mod run;
pub mod scripts;
pub mod shells;
mod shim_path;
pub mod system;
mod user_file;
pub mod verdict;
pub mod vscode;

pub use change::{Change, Changes};
