//! Settings from `GOWRAP_*` variables.
//!
//! An empty variable counts as unset, as for cmd/go.

use crate::config::settings::{ClientPolicy, Config, Origin, PePolicy, Setting, Switch};
use crate::diagnosis::{Code, Exit, Failure, wording};
use crate::host::environ::Environ;
use crate::prelude::*;

/// The `GOWRAP_*` variables that set something.
#[derive(Debug)]
pub(super) struct GowrapVariables<'e> {
    /// The file that replaces the user's.
    pub(super) config: Option<&'e [u8]>,
    pe: Option<&'e [u8]>,
    restore: Option<&'e [u8]>,
    client: Option<&'e [u8]>,
}

impl<'e> GowrapVariables<'e> {
    pub(super) fn of(environ: &'e Environ) -> Self {
        GowrapVariables {
            config: environ.get_nonempty(b"GOWRAP_CONFIG"),
            pe: environ.get_nonempty(b"GOWRAP_PE"),
            restore: environ.get_nonempty(b"GOWRAP_RESTORE"),
            client: environ.get_nonempty(b"GOWRAP_DEBUG_CLIENT"),
        }
    }

    pub(super) fn apply(&self, config: &mut Config) -> Result<(), Failure> {
        set(&mut config.pe, "GOWRAP_PE", self.pe, PePolicy::named, PePolicy::WORDS)?;
        set(&mut config.restore, "GOWRAP_RESTORE", self.restore, switch, "on or off")?;
        set(&mut config.client, "GOWRAP_DEBUG_CLIENT", self.client, ClientPolicy::named, ClientPolicy::WORDS)
    }
}

fn switch(word: &[u8]) -> Option<Switch> {
    Some(match word {
        b"on" => Switch::On,
        b"off" => Switch::Off,
        _ => return None,
    })
}

fn set<T>(
    setting: &mut Setting<T>,
    name: &'static str,
    value: Option<&[u8]>,
    read: fn(&[u8]) -> Option<T>,
    words: &str,
) -> Result<(), Failure> {
    let Some(word) = value else { return Ok(()) };
    let value = read(word).ok_or_else(|| bad_variable(name, word, words))?;
    *setting = Setting { value, origin: Origin::Variable(name) };
    Ok(())
}

/// Returns the refusal of a `GOWRAP_*` variable with an unknown word.
pub fn bad_variable(name: &str, word: &[u8], words: &str) -> Failure {
    Failure {
        exit: Exit::Own,
        code: Code::GW903,
        message: wording(|| [name.as_bytes(), b"=", word, b": expected ", words.as_bytes()].concat()),
        fix: wording(|| vec![format!("set it to {words}, or unset {name}").into_bytes()]),
    }
}
