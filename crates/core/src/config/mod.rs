//! The settings, each with its origin.
//!
//! The layers are `/etc/gowrap/config.toml`, the user's file, `GOWRAP_*` and options; a later layer takes precedence.
//! Nothing is read from the project's folder: cloning a repository must not change which program runs. Without files,
//! the cost is two failed open(2) and one pass over the environment.

mod document;
mod places;
mod settings;
mod syntax;
mod trust;
mod variables;

#[cfg(test)]
mod tests;

use crate::diagnosis::Failure;
use crate::host::Host;
use crate::host::environ::Environ;
use variables::GowrapVariables;

pub use settings::{AnyAddress, BindPolicy, ClientPolicy, ClientSide, Config, Origin, PePolicy, Setting, Switch};
pub use variables::bad_variable;

impl Config {
    /// Reads every layer of this machine. `named` is the file of `--config`, which replaces the user's file and takes
    /// precedence over `GOWRAP_CONFIG`.
    ///
    /// # Errors
    /// A file or a variable has an invalid value, or the user's own file can be changed by others.
    pub fn load(environ: &Environ, host: &dyn Host, named: Option<&[u8]>) -> Result<Config, Failure> {
        let variables = GowrapVariables::of(environ);
        let mut config = Config::default();
        config.add_file(places::of_machine(), host)?;
        let user = match (named, variables.config) {
            (Some(path), _) => places::by_option(path),
            (None, Some(path)) => places::by_variable(path)?,
            (None, None) => places::of_user(environ, host),
        };
        if let Some(place) = user {
            config.add_file(place, host)?;
        }
        variables.apply(&mut config)?;
        Ok(config)
    }

    /// Returns the settings for a recorded call and its environment. No file counts except the one that `--config`
    /// names, which is read from `host`, the live machine.
    ///
    /// # Errors
    /// Those of [`Config::load`].
    pub fn for_record(environ: &Environ, host: &dyn Host, named: Option<&[u8]>) -> Result<Config, Failure> {
        let mut config = Config::default();
        if let Some(place) = named.and_then(places::by_option) {
            config.add_file(place, host)?;
        }
        GowrapVariables::of(environ).apply(&mut config)?;
        Ok(config)
    }

    fn add_file(&mut self, place: places::ConfigFile, host: &dyn Host) -> Result<(), Failure> {
        match trust::read(&place, host)? {
            trust::FileOutcome::Absent => Ok(()),
            trust::FileOutcome::Ignored(note) => {
                self.notes.push(note);
                Ok(())
            }
            trust::FileOutcome::Obeyed(text, lines) => syntax::apply(self, &place.path, &text, lines),
        }
    }
}
