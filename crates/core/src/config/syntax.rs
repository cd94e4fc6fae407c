//! Parses a configuration file: TOML to settings, with the position of each mistake.
//!
//! A mistake is an error, because a setting of the user would be missing. An unknown key is a note: a setting of a
//! newer gowrap must not stop `go` under an older one.

use core::ops::Range;

use crate::config::document::{self, Item, Table, TomlText, Value};
use crate::config::settings::{AnyAddress, BindPolicy, ClientPolicy, Config, Origin, PePolicy, Setting, Switch};
use crate::config::trust::LineVisibility;
use crate::diagnosis::{Code, Exit, Failure, Note, wording};
use crate::prelude::*;
use crate::text::caret;
use crate::tools::Tool;

/// Reads the rows of a table, one line a key. The keys that a note about an unknown one lists are those of the lines.
macro_rules! rows {
    ($table:ident, $config:ident, $source:ident, $prefix:literal, |$key:ident, $value:ident| {
        $first:literal => $read_first:expr;
        $($name:literal => $read:expr;)*
    }) => {
        for ($key, $value) in &$table.rows {
            match name($key) {
                $first => $read_first,
                $($name => $read,)*
                // One text, since each pointer of a list costs a relocation at every start.
                _ => $config.notes.push($source.unknown($key, $prefix, concat!($first $(, ", ", $name)*))),
            }
        }
    };
}

/// Applies the settings of a file.
pub(super) fn apply(config: &mut Config, file: &[u8], text: &[u8], lines: LineVisibility) -> Result<(), Failure> {
    // Editors on Windows begin a file with a byte order mark, which is no column of the first line.
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let source = ConfigText { file, text, lines };
    let text = core::str::from_utf8(text).map_err(|error| {
        let start = error.valid_up_to();
        source.failure(start..start + 1, || "this byte is not UTF-8".to_owned())
    })?;
    let document = document::read(text).map_err(|mistake| source.failure(mistake.span, || mistake.what.to_owned()))?;
    rows!(document, config, source, "", |key, value| {
        "pe" => config.pe = source.word(value, PePolicy::named, PePolicy::WORDS)?;
        "tools" => tools(config, &source, source.table(key, value)?)?;
        "restore" => restore(config, &source, source.table(key, value)?)?;
        "debug" => debug(config, &source, source.table(key, value)?)?;
        "paths" => paths(config, &source, source.table(key, value)?)?;
    });
    Ok(())
}

fn tools(config: &mut Config, source: &ConfigText, table: &Table) -> Result<(), Failure> {
    for (tool_key, value) in &table.rows {
        let Some(tool) = Tool::named(name(tool_key).as_bytes()) else {
            config.notes.push(source.unknown(tool_key, "tools.", &wording(|| Tool::ALL.map(Tool::name).join(", "))));
            continue;
        };
        for (key, value) in &source.table(tool_key, value)?.rows {
            match name(key) {
                "path" => {
                    let pin = source.pin(value)?;
                    config.pins.retain(|(pinned, _)| *pinned != tool);
                    config.pins.push((tool, pin));
                }
                _ => config.notes.push(source.unknown(key, &wording(|| format!("tools.{}.", tool.name())), "path")),
            }
        }
    }
    Ok(())
}

fn restore(config: &mut Config, source: &ConfigText, table: &Table) -> Result<(), Failure> {
    rows!(table, config, source, "restore.", |key, value| {
        "enabled" => config.restore = source.switch(value, Switch::On, Switch::Off)?;
        "names" => config.restore_names = source.names(value)?;
    });
    Ok(())
}

fn debug(config: &mut Config, source: &ConfigText, table: &Table) -> Result<(), Failure> {
    rows!(table, config, source, "debug.", |key, value| {
        "client" => config.client = source.word(value, ClientPolicy::named, ClientPolicy::WORDS)?;
        "bind" => config.bind = source.word(value, BindPolicy::named, BindPolicy::WORDS)?;
        "allow_any" => config.allow_any = source.switch(value, AnyAddress::Allowed, AnyAddress::Narrowed)?;
    });
    Ok(())
}

fn paths(config: &mut Config, source: &ConfigText, table: &Table) -> Result<(), Failure> {
    rows!(table, config, source, "paths.", |key, value| {
        "translate" => config.translate = source.switch(value, Switch::On, Switch::Off)?;
    });
    Ok(())
}

fn name<'k>(key: &'k TomlText) -> &'k str {
    &key.text
}

/// The file that is parsed, for the origins of settings and the positions of mistakes.
struct ConfigText<'s> {
    file: &'s [u8],
    text: &'s [u8],
    lines: LineVisibility,
}

impl ConfigText<'_> {
    fn setting<T>(&self, value: T) -> Setting<T> {
        Setting { value, origin: Origin::File(self.file.to_vec()) }
    }

    fn table<'t, 'f>(&self, key: &TomlText, item: &'t Item<'f>) -> Result<&'t Table<'f>, Failure> {
        match &item.value {
            Value::Table(table) => Ok(table),
            _ => {
                Err(self
                    .failure(key.span.clone(), || format!("expected a table for `{}`, got {}", name(key), kind(item))))
            }
        }
    }

    fn string<'t>(&self, item: &'t Item) -> Result<&'t str, Failure> {
        match &item.value {
            Value::String(text) => Ok(text),
            _ => Err(self.failure(item.span.clone(), || format!("expected a string, got {}", kind(item)))),
        }
    }

    fn word<T>(&self, item: &Item, read: fn(&[u8]) -> Option<T>, words: &str) -> Result<Setting<T>, Failure> {
        let text = self.string(item)?;
        let wrong = || self.failure(item.span.clone(), || format!("expected {words}, got \"{text}\""));
        read(text.as_bytes()).map(|read| self.setting(read)).ok_or_else(wrong)
    }

    fn switch<T>(&self, item: &Item, yes: T, no: T) -> Result<Setting<T>, Failure> {
        match item.value {
            Value::Switch(true) => Ok(self.setting(yes)),
            Value::Switch(false) => Ok(self.setting(no)),
            _ => Err(self.failure(item.span.clone(), || format!("expected true or false, got {}", kind(item)))),
        }
    }

    /// Returns a tool's path. It must be absolute: a relative path depends on the working directory.
    fn pin(&self, item: &Item) -> Result<Setting<Vec<u8>>, Failure> {
        let path = self.string(item)?;
        let wrong = |what: &str| Err(self.failure(item.span.clone(), || what.to_owned()));
        match path.as_bytes() {
            [b'~', ..] => wrong("`~` is not expanded here: write the whole path"),
            [letter, b':', ..] if letter.is_ascii_alphabetic() => {
                wrong("expected a Linux path (`gowrap path` translates a Windows path)")
            }
            bytes if !bytes.starts_with(b"/") => {
                Err(self.failure(item.span.clone(), || format!("expected an absolute path, got \"{path}\"")))
            }
            bytes if bytes.contains(&0) => wrong("a path must not have a NUL"),
            bytes => Ok(self.setting(bytes.to_vec())),
        }
    }

    /// Returns the names of variables.
    fn names(&self, item: &Item) -> Result<Setting<Vec<Vec<u8>>>, Failure> {
        let Value::List(items) = &item.value else {
            let what = || format!("expected a list of names, got {}", kind(item));
            return Err(self.failure(item.span.clone(), what));
        };
        let mut names = Vec::new();
        for item in items {
            let text = self.string(item)?;
            let name = text.as_bytes();
            if name.is_empty() || name.contains(&b'=') || name.contains(&0) {
                let what = || format!("expected the name of a variable, got \"{text}\"");
                return Err(self.failure(item.span.clone(), what));
            }
            names.push(name.to_vec());
        }
        Ok(self.setting(names))
    }

    fn unknown(&self, key: &TomlText, prefix: &str, known: &str) -> Note {
        Note::warn(Code::GW909, wording(|| self.unknown_wording(key, prefix, known)))
    }

    fn unknown_wording(&self, key: &TomlText, prefix: &str, known: &str) -> Vec<u8> {
        let place = caret::label(self.file, self.text, key.span.start);
        let what = match self.lines {
            LineVisibility::Public => format!(": unknown key `{prefix}{}`, expected one of {known}", name(key)),
            LineVisibility::Private => format!(": unknown key, expected one of {known}"),
        };
        [place, what.into_bytes()].concat()
    }

    fn failure(&self, place: Range<usize>, what: impl FnOnce() -> String) -> Failure {
        let message = || match self.lines {
            LineVisibility::Public => caret::point(self.file, self.text, place, &what()),
            // The parser's reason may quote the file.
            LineVisibility::Private => {
                let label = caret::label(self.file, self.text, place.start);
                [label.as_slice(), b": not a setting (the line is not shown, because the file is private)"].concat()
            }
        };
        let fix = || vec![b"`man gowrap.toml` describes the settings".to_vec()];
        Failure { exit: Exit::Own, code: Code::GW908, message: wording(message), fix: wording(fix) }
    }
}

/// Returns the type of a value, as text for the user.
fn kind(item: &Item) -> &'static str {
    match item.value {
        Value::String(_) => "a string",
        Value::Number => "a number",
        Value::Switch(_) => "true or false",
        Value::Date => "a date",
        Value::List(_) | Value::Tables(_) => "a list",
        Value::Table(_) => "a table",
    }
}
