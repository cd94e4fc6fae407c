//! Parses a configuration file: TOML to settings, with the position of each mistake.
//!
//! A mistake is an error, because a setting of the user would be missing. An unknown key is a note: a newer
//! gowrap's setting must not stop `go` where an older one is in front of it.

use core::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::trust::Lines;
use crate::config::{AnyAddress, BindPolicy, ClientPolicy, Config, Origin, PePolicy, Setting, Switch};
use crate::diagnosis::{Code, Exit, Failure, Note};
use crate::prelude::*;
use crate::text::caret;
use crate::tools::Tool;

type Key<'t> = Spanned<alloc::borrow::Cow<'t, str>>;
type Value<'t> = Spanned<DeValue<'t>>;

/// Takes over the settings of a file.
pub(super) fn apply(config: &mut Config, file: &[u8], text: &[u8], lines: Lines) -> Result<(), Failure> {
    // Windows editors begin a file with a byte order mark, which is no column of its first line.
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let source = Source { file, text, lines };
    let text = core::str::from_utf8(text).map_err(|error| {
        let start = error.valid_up_to();
        source.failure(start..start + 1, "this byte is not UTF-8")
    })?;
    let document =
        DeTable::parse(text).map_err(|error| source.failure(error.span().unwrap_or(0..0), reason(error.message())))?;
    for (key, value) in in_order(document.get_ref()) {
        match name(key) {
            "pe" => config.pe = source.word(value, PePolicy::named, PePolicy::WORDS)?,
            "tools" => tools(config, &source, source.table(key, value)?)?,
            "restore" => restore(config, &source, source.table(key, value)?)?,
            "debug" => debug(config, &source, source.table(key, value)?)?,
            "paths" => paths(config, &source, source.table(key, value)?)?,
            _ => config.notes.push(source.unknown(key, "", "pe, tools, restore, debug, paths")),
        }
    }
    Ok(())
}

/// The parser's reason. It takes a bare `never` for the number nan, which is a misspelling here: no key has a number.
fn reason(message: &str) -> &str {
    let is_bare = ["string values must be quoted", "invalid float", "invalid boolean"];
    if is_bare.iter().any(|reason| message.starts_with(reason)) { "a string has to be in quotes" } else { message }
}

fn tools(config: &mut Config, source: &Source, table: &DeTable) -> Result<(), Failure> {
    for (tool_key, value) in in_order(table) {
        let Some(tool) = Tool::named(name(tool_key).as_bytes()) else {
            config.notes.push(source.unknown(tool_key, "tools.", &Tool::ALL.map(Tool::name).join(", ")));
            continue;
        };
        for (key, value) in in_order(source.table(tool_key, value)?) {
            match name(key) {
                "path" => {
                    let pin = source.pin(value)?;
                    config.pins.retain(|(pinned, _)| *pinned != tool);
                    config.pins.push((tool, pin));
                }
                _ => config.notes.push(source.unknown(key, &format!("tools.{}.", tool.name()), "path")),
            }
        }
    }
    Ok(())
}

fn restore(config: &mut Config, source: &Source, table: &DeTable) -> Result<(), Failure> {
    for (key, value) in in_order(table) {
        match name(key) {
            "enabled" => config.restore = source.switch(value, Switch::On, Switch::Off)?,
            "names" => config.restore_names = source.names(value)?,
            _ => config.notes.push(source.unknown(key, "restore.", "enabled, names")),
        }
    }
    Ok(())
}

fn debug(config: &mut Config, source: &Source, table: &DeTable) -> Result<(), Failure> {
    for (key, value) in in_order(table) {
        match name(key) {
            "client" => config.client = source.word(value, ClientPolicy::named, ClientPolicy::WORDS)?,
            "bind" => config.bind = source.word(value, BindPolicy::named, BindPolicy::WORDS)?,
            "allow_any" => config.allow_any = source.switch(value, AnyAddress::Allowed, AnyAddress::Narrowed)?,
            _ => config.notes.push(source.unknown(key, "debug.", "client, bind, allow_any")),
        }
    }
    Ok(())
}

fn paths(config: &mut Config, source: &Source, table: &DeTable) -> Result<(), Failure> {
    for (key, value) in in_order(table) {
        match name(key) {
            "translate" => config.translate = source.switch(value, Switch::On, Switch::Off)?,
            _ => config.notes.push(source.unknown(key, "paths.", "translate")),
        }
    }
    Ok(())
}

/// The rows of a table as they stand in the file, so that its first mistake is the one that is told.
fn in_order<'t, 'f>(table: &'t DeTable<'f>) -> Vec<(&'t Key<'f>, &'t Value<'f>)> {
    let mut rows: Vec<_> = table.iter().collect();
    rows.sort_by_key(|(key, _)| key.span().start);
    rows
}

fn name<'t>(key: &'t Key) -> &'t str {
    key.get_ref()
}

/// The file that is read, for its settings' origins and its mistakes' places.
struct Source<'s> {
    file: &'s [u8],
    text: &'s [u8],
    lines: Lines,
}

impl Source<'_> {
    fn setting<T>(&self, value: T) -> Setting<T> {
        Setting { value, origin: Origin::File(self.file.to_vec()) }
    }

    fn table<'t, 'f>(&self, key: &Key, value: &'t Value<'f>) -> Result<&'t DeTable<'f>, Failure> {
        let wrong = || self.failure(key.span(), &format!("`{}` is a table, not {}", name(key), kind(value)));
        value.get_ref().as_table().ok_or_else(wrong)
    }

    fn string<'t>(&self, value: &'t Value) -> Result<&'t str, Failure> {
        let wrong = || self.failure(value.span(), &format!("a string is wanted, not {}", kind(value)));
        value.get_ref().as_str().ok_or_else(wrong)
    }

    fn word<T>(&self, value: &Value, read: fn(&[u8]) -> Option<T>, words: &str) -> Result<Setting<T>, Failure> {
        let read = read(self.string(value)?.as_bytes());
        read.map(|read| self.setting(read)).ok_or_else(|| self.failure(value.span(), &format!("not {words}")))
    }

    fn switch<T>(&self, value: &Value, yes: T, no: T) -> Result<Setting<T>, Failure> {
        match value.get_ref() {
            DeValue::Boolean(true) => Ok(self.setting(yes)),
            DeValue::Boolean(false) => Ok(self.setting(no)),
            _ => Err(self.failure(value.span(), &format!("true or false is wanted, not {}", kind(value)))),
        }
    }

    /// A tool's path. It must mean the same file in every folder.
    fn pin(&self, value: &Value) -> Result<Setting<Vec<u8>>, Failure> {
        let path = self.string(value)?;
        let wrong = |what| Err(self.failure(value.span(), what));
        match path.as_bytes() {
            [b'~', ..] => wrong("`~` is not expanded here, give the whole path"),
            [letter, b':', ..] if letter.is_ascii_alphabetic() => {
                wrong("a Linux path is wanted (`gowrap path` turns a Windows path into one)")
            }
            bytes if !bytes.starts_with(b"/") => wrong("not an absolute path"),
            bytes if bytes.contains(&0) => wrong("a path has no NUL in it"),
            bytes => Ok(self.setting(bytes.to_vec())),
        }
    }

    /// The names of variables.
    fn names(&self, value: &Value) -> Result<Setting<Vec<Vec<u8>>>, Failure> {
        let wrong = || self.failure(value.span(), &format!("a list of names is wanted, not {}", kind(value)));
        let mut names = Vec::new();
        for value in value.get_ref().as_array().ok_or_else(wrong)? {
            let name = self.string(value)?.as_bytes();
            if name.is_empty() || name.contains(&b'=') || name.contains(&0) {
                return Err(self.failure(value.span(), "not the name of a variable"));
            }
            names.push(name.to_vec());
        }
        Ok(self.setting(names))
    }

    fn unknown(&self, key: &Key, prefix: &str, known: &str) -> Note {
        let place = caret::label(self.file, self.text, key.span().start);
        let what = match self.lines {
            Lines::Public => format!(": unknown key `{prefix}{}`, only {known}", name(key)),
            Lines::Private => format!(": unknown key, only {known}"),
        };
        Note::warn(Code::GW909, [place, what.into_bytes()].concat())
    }

    fn failure(&self, place: Range<usize>, what: &str) -> Failure {
        let message = match self.lines {
            Lines::Public => caret::point(self.file, self.text, place, what),
            // The parser's own reason may quote the file, too.
            Lines::Private => {
                let label = caret::label(self.file, self.text, place.start);
                [label.as_slice(), b": not a setting (the line is not shown, because the file is private)"].concat()
            }
        };
        Failure {
            exit: Exit::Own,
            code: Code::GW908,
            message,
            fix: vec![b"`man gowrap.toml` describes the settings".to_vec()],
        }
    }
}

/// Returns the type of a value, as text for the user.
fn kind(value: &Value) -> &'static str {
    match value.get_ref() {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
