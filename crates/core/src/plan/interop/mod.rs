//! Chooses how a Windows program is started.

pub(crate) mod cross_run;
pub mod state;
pub mod way;
