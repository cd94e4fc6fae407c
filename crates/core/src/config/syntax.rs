//! Parses a configuration file: TOML to settings, with the position of each mistake.
//!
//! A mistake is an error, because a setting of the user would be missing. An unknown key is a note: a setting of a newer
//! gowrap must not stop `go` under an older one.

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

/// Applies the settings of a file.
pub(super) fn apply(config: &mut Config, file: &[u8], text: &[u8], lines: Lines) -> Result<(), Failure> {
    // Editors on Windows begin a file with a byte order mark, which is no column of the first line.
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

/// Returns the parser's reason. For a bare word the reason is the missing quotes: the parser reads one such as `never` as a
/// number, and no key here has a number.
fn reason(message: &str) -> &str {
    let is_bare = ["string values must be quoted", "invalid float", "invalid boolean"];
    if is_bare.iter().any(|reason| message.starts_with(reason)) { "a string must be in quotes" } else { message }
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

/// Returns the rows of a table in the order of the file, so that its first mistake is the one reported.
fn in_order<'t, 'f>(table: &'t DeTable<'f>) -> Vec<(&'t Key<'f>, &'t Value<'f>)> {
    let mut rows: Vec<_> = table.iter().collect();
    rows.sort_by_key(|(key, _)| key.span().start);
    rows
}

fn name<'t>(key: &'t Key) -> &'t str {
    key.get_ref()
}

/// The file that is parsed, for the origins of settings and the positions of mistakes.
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
        let wrong = || self.failure(value.span(), &format!("expected a string, found {}", kind(value)));
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
            _ => Err(self.failure(value.span(), &format!("expected true or false, found {}", kind(value)))),
        }
    }

    /// Returns a tool's path. It must be absolute: a relative path depends on the working directory.
    fn pin(&self, value: &Value) -> Result<Setting<Vec<u8>>, Failure> {
        let path = self.string(value)?;
        let wrong = |what| Err(self.failure(value.span(), what));
        match path.as_bytes() {
            [b'~', ..] => wrong("`~` is not expanded here: write the whole path"),
            [letter, b':', ..] if letter.is_ascii_alphabetic() => {
                wrong("expected a Linux path (`gowrap path` translates a Windows path)")
            }
            bytes if !bytes.starts_with(b"/") => wrong("not an absolute path"),
            bytes if bytes.contains(&0) => wrong("a path must not have a NUL"),
            bytes => Ok(self.setting(bytes.to_vec())),
        }
    }

    /// Returns the names of variables.
    fn names(&self, value: &Value) -> Result<Setting<Vec<Vec<u8>>>, Failure> {
        let wrong = || self.failure(value.span(), &format!("expected a list of names, found {}", kind(value)));
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
            // The parser's reason may quote the file.
            Lines::Private => {
                let label = caret::label(self.file, self.text, place.start);
                [label.as_slice(), b": not a setting (the line is not shown, because the file is private)"].concat()
            }
        };
        Failure { exit: Exit::Own, code: Code::GW908, message, fix: vec![b"see gowrap.toml(5)".to_vec()] }
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
