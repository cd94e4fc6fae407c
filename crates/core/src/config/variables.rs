//! The settings that variables of the environment make.
//!
//! An empty variable counts as unset, as it does to cmd/go.

use crate::config::settings::{ClientPolicy, Config, Origin, PePolicy, Setting, Switch};
use crate::diagnosis::{Code, Exit, Failure};
use crate::host::environ::Environ;
use crate::prelude::*;

const PREFIX: &[u8; 7] = b"GOWRAP_";

/// The variables that settings come from, as one look over the environment finds them.
#[derive(Debug, Default)]
pub(super) struct Variables<'e> {
    /// The file that stands in for the user's.
    pub(super) config: Option<&'e [u8]>,
    pe: Option<&'e [u8]>,
    restore: Option<&'e [u8]>,
    client: Option<&'e [u8]>,
}

impl<'e> Variables<'e> {
    pub(super) fn of(environ: &'e Environ) -> Self {
        let mut variables = Variables::default();
        for entry in environ.entries() {
            let entry = entry.to_bytes();
            // The seventh byte first: most names have another one there, or none.
            if entry.get(6) != Some(&PREFIX[6]) || !entry.starts_with(PREFIX) {
                continue;
            }
            let rest = &entry[PREFIX.len()..];
            let Some(equals) = rest.iter().position(|&byte| byte == b'=') else { continue };
            let slot = match &rest[..equals] {
                b"CONFIG" => &mut variables.config,
                b"PE" => &mut variables.pe,
                b"RESTORE" => &mut variables.restore,
                b"DEBUG_CLIENT" => &mut variables.client,
                _ => continue,
            };
            // The first of a name counts, as everywhere.
            slot.get_or_insert(&rest[equals + 1..]);
        }
        let Variables { config, pe, restore, client } = &mut variables;
        for slot in [config, pe, restore, client] {
            *slot = slot.filter(|value| !value.is_empty());
        }
        variables
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

/// The refusal of a variable of gowrap's own that says what gowrap does not know.
pub fn bad_variable(name: &str, word: &[u8], words: &str) -> Failure {
    Failure {
        exit: Exit::Own,
        code: Code::GW903,
        message: [name.as_bytes(), b"=", word, b" is not known, only ", words.as_bytes()].concat(),
        fix: vec![format!("set it to {words}, or unset {name}").into_bytes()],
    }
}
