//! Input and output of an explanation: the call, the form, and the printed bytes.

use std::ffi::CStr;

use crate::host::environ::Environ;
use crate::plan::invocation::Invocation;

macro_rules! forms {
    ($($(#[doc = $doc:literal])+ $name:ident, $word:literal;)+) => {
        /// The form of an explanation.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ExplainForm {
            $($(#[doc = $doc])+ $name,)+
        }

        impl ExplainForm {
            /// The words of all forms.
            pub const WORDS: &[&str] = &[$($word),+];

            fn named(word: &[u8]) -> Option<ExplainForm> {
                $(if word == $word.as_bytes() {
                    return Some(ExplainForm::$name);
                })+
                None
            }
        }
    };
}

// One row a form. The command line, the completions and the refusal of `GOWRAP_EXPLAIN` are made from the words.
forms! {
    /// For a person.
    Text, "text";
    /// For a program: one JSON object, schema 1.
    Json, "json";
    /// For a shell: a command line with the same effect.
    Sh, "sh";
}

/// A word that names no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownForm;

impl ExplainForm {
    /// Returns the form that `GOWRAP_EXPLAIN` or `--explain=` asks for; none if it is off.
    ///
    /// # Errors
    /// The word is unknown.
    pub fn parse(word: &[u8]) -> Result<Option<ExplainForm>, UnknownForm> {
        match word {
            b"" | b"0" => Ok(None),
            b"1" => Ok(Some(ExplainForm::Text)),
            _ => ExplainForm::named(word).map(Some).ok_or(UnknownForm),
        }
    }
}

/// The known facts about a call: a refusal may come before there is an [`Invocation`].
#[derive(Debug, Clone, Copy)]
pub struct ExplainedCall<'a> {
    /// The tool's name.
    pub tool: &'a [u8],
    /// The arguments of the call.
    pub argv: &'a [&'a CStr],
    /// The environment of the call.
    pub environ: &'a Environ<'a>,
}

impl<'a> From<&'a Invocation<'a>> for ExplainedCall<'a> {
    fn from(call: &'a Invocation<'a>) -> Self {
        ExplainedCall { tool: call.tool.name().as_bytes(), argv: &call.argv, environ: &call.environ }
    }
}

/// An explanation, and the exit status of the dry run that prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The bytes for standard output.
    pub bytes: Vec<u8>,
    /// 0 if the tool would run, else the status of the refusal; 125 if the form cannot express the plan.
    pub status: u8,
}
