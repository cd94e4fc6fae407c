//! The settings, each with the layer that it comes from.
//!
//! `/etc/gowrap/config.toml`, then the user's, then `GOWRAP_*`, then flags; the later one wins. Nothing is ever read
//! from the project's folder: cloning a repository must not change what runs. With no file there, all this is two
//! failed opens and one look over the environment.

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
use variables::Variables;

pub use settings::{AnyAddress, BindPolicy, ClientPolicy, ClientSide, Config, Origin, PePolicy, Setting, Switch};
pub use variables::bad_variable;

impl Config {
    /// Reads every layer of this machine. `named` is the file of `--config`: like `GOWRAP_CONFIG`'s, which it beats, it
    /// stands in for the user's own.
    ///
    /// # Errors
    /// A file or a variable that says what cannot be understood, and a file that must not be obeyed.
    pub fn load(environ: &Environ, host: &dyn Host, named: Option<&[u8]>) -> Result<Config, Failure> {
        let variables = Variables::of(environ);
        let mut config = Config::default();
        config.add_file(places::SYSTEM, host)?;
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

    /// The settings for a recorded call, whose environment is the record's: no file of either machine counts, but for
    /// the one that `--config` names. That one is read from `host`, the machine that gowrap runs on.
    ///
    /// # Errors
    /// Those of [`Config::load`].
    pub fn for_record(environ: &Environ, host: &dyn Host, named: Option<&[u8]>) -> Result<Config, Failure> {
        let mut config = Config::default();
        if let Some(place) = named.and_then(places::by_option) {
            config.add_file(place, host)?;
        }
        Variables::of(environ).apply(&mut config)?;
        Ok(config)
    }

    fn add_file(&mut self, place: places::Place, host: &dyn Host) -> Result<(), Failure> {
        match trust::read(&place, host)? {
            trust::Finding::Absent => Ok(()),
            trust::Finding::Ignored(note) => {
                self.notes.push(note);
                Ok(())
            }
            trust::Finding::Obeyed(text, lines) => syntax::apply(self, &place.path, &text, lines),
        }
    }
}
