//! Chooses how a Windows program is started.

pub mod cross_run;
pub mod state;
pub mod way;
