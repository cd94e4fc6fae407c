//! Input and output of an explanation: the call, the form, and the printed bytes.

use std::ffi::CStr;

use crate::host::environ::Environ;
use crate::plan::invocation::Invocation;

/// The form of an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For a person.
    Text,
    /// For a program: one object, schema 1.
    Json,
    /// For a shell: a line with the same effect.
    Sh,
}

/// A word that names no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownForm;

impl Form {
    /// The form that `GOWRAP_EXPLAIN` or `--explain=` asks for; none where it is switched off.
    ///
    /// # Errors
    /// Where the word is none of the known ones.
    pub fn parse(word: &[u8]) -> Result<Option<Form>, UnknownForm> {
        match word {
            b"" | b"0" => Ok(None),
            b"1" | b"text" => Ok(Some(Form::Text)),
            b"json" => Ok(Some(Form::Json)),
            b"sh" => Ok(Some(Form::Sh)),
            _ => Err(UnknownForm),
        }
    }
}

/// What was asked, as far as it is known: a refusal may come before there is an [`Invocation`].
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The name that was called.
    pub tool: &'a [u8],
    /// The argument list that came in.
    pub argv: &'a [&'a CStr],
    /// The environment that came in.
    pub environ: &'a Environ<'a>,
}

impl<'a> From<&'a Invocation<'a>> for Subject<'a> {
    fn from(call: &'a Invocation<'a>) -> Self {
        Subject { tool: call.tool.name().as_bytes(), argv: &call.argv, environ: &call.environ }
    }
}

/// An explanation, and the exit status of the dry run that prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// What goes to standard output.
    pub bytes: Vec<u8>,
    /// 0 where the tool would run, else the status of the refusal; 125 where the form cannot say it.
    pub status: u8,
}
