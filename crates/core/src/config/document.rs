//! Parses a text in TOML 1.1 (https://toml.io/en/v1.1.0) to a tree of tables and values, each with its position.
//!
//! It is gowrap's own parser, because gowrap-shim contains it: the parser of the crate `toml` is five times as large, a
//! third of gowrap-shim. No setting is a number or a date, so their values are only checked. The tests compare it with
//! that crate.

use alloc::borrow::Cow;
use core::ops::Range;

use crate::prelude::*;

/// Part of a text, in bytes.
pub(super) type Span = Range<usize>;

/// A mistake, with its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mistake {
    pub(super) span: Span,
    pub(super) what: &'static str,
}

/// A key or a string, without quotes and escapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TomlText<'t> {
    pub(super) text: Cow<'t, str>,
    pub(super) span: Span,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value<'t> {
    String(Cow<'t, str>),
    Switch(bool),
    Number,
    Date,
    List(Vec<Item<'t>>),
    Table(Table<'t>),
    /// The tables of `[[a]]`. Each further header of this form adds one.
    Tables(Vec<Table<'t>>),
}

/// A value with its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item<'t> {
    pub(super) value: Value<'t>,
    pub(super) span: Span,
}

/// The rows of a table, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table<'t> {
    pub(super) rows: Vec<(TomlText<'t>, Item<'t>)>,
    made: TableOrigin,
}

/// Way in which a table was made. It decides what may be added to the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TableOrigin {
    /// By its own header, `[a]`. The table of the whole text is one too.
    Header,
    /// By the header of a table in it, `[a.b]`.
    Above,
    /// By a dotted key before `=`.
    Dotted,
    /// In braces. Nothing may be added.
    Braces,
}

/// Largest depth of values. Deeper ones are refused, because each level needs a part of the stack.
const DEEPEST: usize = 80;

const DUPLICATE: &str = "duplicate key";

impl<'t> Table<'t> {
    fn new(made: TableOrigin) -> Self {
        Table { rows: Vec::new(), made }
    }

    fn position(&self, key: &TomlText) -> Option<usize> {
        self.rows.iter().position(|(known, _)| known.text == key.text)
    }

    /// Returns the table on the path of a header or a dotted key. Makes it if it is missing.
    fn enter(&mut self, key: &TomlText<'t>, made: TableOrigin) -> Result<&mut Table<'t>, Mistake> {
        let at = match self.position(key) {
            Some(at) => at,
            None => {
                let table = Item { value: Value::Table(Table::new(made)), span: key.span.clone() };
                self.rows.push((key.clone(), table));
                self.rows.len() - 1
            }
        };
        let mistake = |what| Err(Mistake { span: key.span.clone(), what });
        match self.rows.get_mut(at).map(|(_, item)| &mut item.value) {
            Some(Value::Tables(tables)) => tables.last_mut().map_or_else(|| mistake(DUPLICATE), Ok),
            Some(Value::Table(table)) => match (table.made, made) {
                (TableOrigin::Braces, _) => mistake("a table in braces cannot be extended"),
                // Only a header can add to the table of another header.
                (TableOrigin::Header, TableOrigin::Dotted) => mistake(DUPLICATE),
                _ => Ok(table),
            },
            _ => mistake("the key has a value that is no table"),
        }
    }

    /// Adds a value under a dotted key.
    fn add(&mut self, mut path: Vec<TomlText<'t>>, item: Item<'t>) -> Result<(), Mistake> {
        let Some(key) = path.pop() else { return Ok(()) };
        let mut table = self;
        for key in &path {
            table = table.enter(key, TableOrigin::Dotted)?;
        }
        // A dotted key can add only to tables of dotted keys.
        if table.position(&key).is_some() || (table.made != TableOrigin::Dotted && !path.is_empty()) {
            return Err(Mistake { span: key.span, what: DUPLICATE });
        }
        table.rows.push((key, item));
        Ok(())
    }

    /// Adds the table of a header.
    fn header(&mut self, mut path: Vec<TomlText<'t>>, is_list: bool) -> Result<(), Mistake> {
        let Some(key) = path.pop() else { return Ok(()) };
        let mut table = self;
        for key in &path {
            table = table.enter(key, TableOrigin::Above)?;
        }
        let new = Table::new(TableOrigin::Header);
        let Some(at) = table.position(&key) else {
            let value = if is_list { Value::Tables(vec![new]) } else { Value::Table(new) };
            let item = Item { value, span: key.span.clone() };
            table.rows.push((key, item));
            return Ok(());
        };
        match table.rows.get_mut(at).map(|(_, item)| &mut item.value) {
            Some(Value::Tables(tables)) if is_list => tables.push(new),
            Some(Value::Table(table)) if !is_list && table.made == TableOrigin::Above => {
                table.made = TableOrigin::Header
            }
            _ => return Err(Mistake { span: key.span, what: DUPLICATE }),
        }
        Ok(())
    }
}

/// Reads a whole text.
pub(super) fn read(text: &str) -> Result<Table<'_>, Mistake> {
    let mut reader = TomlReader { text, bytes: text.as_bytes(), at: 0, depth: 0 };
    let mut root = Table::new(TableOrigin::Header);
    let mut header: Vec<TomlText> = Vec::new();
    loop {
        reader.skip(Skip::Lines)?;
        match reader.peek() {
            None => return Ok(root),
            Some(b'[') => header = reader.header(&mut root)?,
            Some(_) => {
                let path = reader.key()?;
                let item = reader.assigned()?;
                // The header has already been checked. This only finds its table again.
                let mut table = &mut root;
                for key in &header {
                    table = table.enter(key, TableOrigin::Above)?;
                }
                table.add(path, item)?;
            }
        }
        reader.end_of_line()?;
    }
}

/// Bytes that may separate two parts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Skip {
    /// Blanks and tabs.
    Blanks,
    /// Also line ends and comments.
    Lines,
}

struct TomlReader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    depth: usize,
}

impl<'t> TomlReader<'t> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn starts_with(&self, word: &str) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes()))
    }

    /// Skips a word, if it is the next text.
    fn take(&mut self, word: &str) -> bool {
        let is_here = self.starts_with(word);
        if is_here {
            self.at += word.len();
        }
        is_here
    }

    /// Returns the text from a position to the present one.
    fn since(&self, start: usize) -> &'t str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Returns a mistake at the next character.
    fn here<T>(&self, what: &'static str) -> Result<T, Mistake> {
        let length = self.text.get(self.at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let length = if matches!(self.peek(), Some(b'\n' | b'\r')) { 0 } else { length };
        Err(Mistake { span: self.at..self.at + length, what })
    }

    /// Skips the bytes that pass the test.
    fn while_byte(&mut self, passes: impl Fn(u8) -> bool) -> &'t str {
        let start = self.at;
        while self.peek().is_some_and(&passes) {
            self.at += 1;
        }
        self.since(start)
    }

    fn newline(&mut self) -> bool {
        self.take("\n") || self.take("\r\n")
    }

    fn skip(&mut self, what: Skip) -> Result<(), Mistake> {
        loop {
            self.while_byte(|byte| byte == b' ' || byte == b'\t');
            if what == Skip::Blanks {
                return Ok(());
            }
            self.comment()?;
            if !self.newline() {
                return Ok(());
            }
        }
    }

    fn comment(&mut self) -> Result<(), Mistake> {
        if !self.take("#") {
            return Ok(());
        }
        self.while_byte(|byte| byte == b'\t' || (byte >= b' ' && byte != 0x7f));
        if self.peek().is_some() && !self.starts_with("\n") && !self.starts_with("\r\n") {
            return self.here("a comment cannot have this character");
        }
        Ok(())
    }

    fn end_of_line(&mut self) -> Result<(), Mistake> {
        self.skip(Skip::Blanks)?;
        self.comment()?;
        if self.peek().is_some() && !self.newline() {
            let start = self.at;
            self.while_byte(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'#' | b','));
            let span = start..self.at.max(start + 1).min(self.bytes.len());
            return Err(Mistake { span, what: "the line does not end here, expected a newline or `#`" });
        }
        Ok(())
    }

    /// Reads `[a.b]` or `[[a.b]]`. Returns the path of the table for the rows below it.
    fn header(&mut self, root: &mut Table<'t>) -> Result<Vec<TomlText<'t>>, Mistake> {
        let is_list = self.take("[[");
        let close = if is_list { "]]" } else { "]" };
        if !is_list {
            self.at += 1;
        }
        self.skip(Skip::Blanks)?;
        let path = self.key()?;
        self.skip(Skip::Blanks)?;
        if !self.take(close) {
            return self.here(if is_list {
                "unclosed array table, expected `]]`"
            } else {
                "unclosed table, expected `]`"
            });
        }
        root.header(path.clone(), is_list)?;
        Ok(path)
    }

    /// Reads a key with its dots.
    fn key(&mut self) -> Result<Vec<TomlText<'t>>, Mistake> {
        let mut path = Vec::new();
        loop {
            let start = self.at;
            let text = match self.peek() {
                Some(quote @ (b'"' | b'\'')) => {
                    if self.starts_with("\"\"\"") || self.starts_with("'''") {
                        return self.here("a key cannot have more than one line");
                    }
                    self.string(quote)?
                }
                _ => {
                    let bare = self.while_byte(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
                    if bare.is_empty() {
                        return self.here("expected a key: letters, digits, `_` and `-`, or any text in quotes");
                    }
                    Cow::Borrowed(bare)
                }
            };
            path.push(TomlText { text, span: start..self.at });
            let end = self.at;
            self.skip(Skip::Blanks)?;
            if !self.take(".") {
                self.at = end;
                return if path.len() <= DEEPEST { Ok(path) } else { self.here("the key has too many parts") };
            }
            self.skip(Skip::Blanks)?;
        }
    }

    /// Reads `= value`.
    fn assigned(&mut self) -> Result<Item<'t>, Mistake> {
        self.skip(Skip::Blanks)?;
        if !self.take("=") {
            return self.here("key with no value, expected `=`");
        }
        self.skip(Skip::Blanks)?;
        self.value()
    }

    fn value(&mut self) -> Result<Item<'t>, Mistake> {
        let start = self.at;
        self.depth += 1;
        if self.depth > DEEPEST {
            return self.here("the value has too many levels");
        }
        let value = match self.peek() {
            Some(quote @ (b'"' | b'\'')) => Value::String(self.string(quote)?),
            Some(b'[') => self.list()?,
            Some(b'{') => self.braces()?,
            _ => self.bare()?,
        };
        self.depth -= 1;
        Ok(Item { value, span: start..self.at })
    }

    fn list(&mut self) -> Result<Value<'t>, Mistake> {
        let mut items = Vec::new();
        self.at += 1;
        loop {
            self.skip(Skip::Lines)?;
            if self.take("]") {
                return Ok(Value::List(items));
            }
            items.push(self.value()?);
            self.skip(Skip::Lines)?;
            if !self.take(",") && !self.starts_with("]") {
                return self.here("unclosed array, expected `]`");
            }
        }
    }

    fn braces(&mut self) -> Result<Value<'t>, Mistake> {
        let mut table = Table::new(TableOrigin::Header);
        self.at += 1;
        loop {
            self.skip(Skip::Lines)?;
            if self.take("}") {
                table.made = TableOrigin::Braces;
                return Ok(Value::Table(table));
            }
            let path = self.key()?;
            let item = self.assigned()?;
            table.add(path, item)?;
            self.skip(Skip::Lines)?;
            if !self.take(",") && !self.starts_with("}") {
                return self.here("unclosed inline table, expected `}`");
            }
        }
    }

    /// Reads a value without quotes and brackets.
    fn bare(&mut self) -> Result<Value<'t>, Mistake> {
        let start = self.at;
        let word =
            self.while_byte(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'_' | b'.' | b':'));
        let value = match word {
            "true" => Some(Value::Switch(true)),
            "false" => Some(Value::Switch(false)),
            _ if scalar::is_number(word.as_bytes()) => Some(Value::Number),
            _ if scalar::is_date(word.as_bytes()) => {
                // A blank may replace the T between date and time.
                let end = self.at;
                if word.len() == scalar::DAY && self.take(" ") {
                    self.while_byte(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b':'));
                    if !scalar::is_date(self.since(start).as_bytes()) {
                        self.at = end;
                    }
                }
                Some(Value::Date)
            }
            _ => None,
        };
        if let Some(value) = value {
            return Ok(value);
        }
        let what = if word.is_empty() { "expected a value" } else { "a string must be in quotes" };
        let wrong = start + scalar::number_start(word.as_bytes());
        let end = if word.is_empty() { return self.here(what) } else { self.at };
        Err(Mistake { span: wrong..end, what })
    }

    /// Reads a string of one of the four kinds.
    fn string(&mut self, quote: u8) -> Result<Cow<'t, str>, Mistake> {
        let (one, three) = if quote == b'"' { ("\"", "\"\"\"") } else { ("'", "'''") };
        let is_long = self.take(three);
        if is_long {
            self.newline();
        } else {
            self.at += 1;
        }
        let close = if is_long { three } else { one };
        let mut text = Cow::Borrowed("");
        loop {
            let start = self.at;
            self.while_byte(|byte| byte == b'\t' || (byte >= b' ' && byte != 0x7f && byte != quote && byte != b'\\'));
            append(&mut text, self.since(start));
            let start = self.at;
            match self.peek() {
                Some(b'\\') if quote == b'"' => {
                    if let Some(letter) = self.escape(is_long)? {
                        text.to_mut().push(letter);
                    }
                }
                Some(b'\\') => {
                    self.at += 1;
                    append(&mut text, self.since(start));
                }
                Some(byte) if byte == quote => {
                    if self.take(close) {
                        // Up to two quotes may come before the three that end it.
                        for _ in 0..if is_long { 2 } else { 0 } {
                            if self.take(one) {
                                text.to_mut().push_str(one);
                            }
                        }
                        return Ok(text);
                    }
                    self.at += 1;
                    append(&mut text, self.since(start));
                }
                _ if is_long && self.newline() => append(&mut text, self.since(start)),
                None | Some(b'\n' | b'\r') => {
                    return self.here(if quote == b'"' {
                        "invalid basic string, expected `\"`"
                    } else {
                        "invalid literal string, expected `'`"
                    });
                }
                Some(_) => return self.here("a string cannot have this character as it is"),
            }
        }
    }

    /// Reads the bytes after a backslash. Returns the character that they name, or none for the end of a line in a long
    /// string, which joins that line to the next text.
    fn escape(&mut self, is_long: bool) -> Result<Option<char>, Mistake> {
        let start = self.at;
        self.at += 1;
        let kind = self.peek();
        let digits = match kind {
            Some(b'x') => 2,
            Some(b'u') => 4,
            Some(b'U') => 8,
            _ => 0,
        };
        let letter = match kind {
            Some(b'b') => '\u{8}',
            Some(b't') => '\t',
            Some(b'n') => '\n',
            Some(b'f') => '\u{c}',
            Some(b'r') => '\r',
            Some(b'e') => '\u{1b}',
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'x' | b'u' | b'U') => {
                let code = self
                    .text
                    .get(self.at + 1..self.at + 1 + digits)
                    .filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
                let code = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
                match code {
                    Some(letter) => letter,
                    None => return Err(Mistake { span: start..self.at + 1, what: "the escape has no such character" }),
                }
            }
            _ if is_long => {
                self.while_byte(|byte| byte == b' ' || byte == b'\t');
                if !self.newline() {
                    return self.here("a backslash joins lines only at the end of one");
                }
                while self.newline() || !self.while_byte(|byte| byte == b' ' || byte == b'\t').is_empty() {}
                return Ok(None);
            }
            _ => {
                return Err(Mistake {
                    span: start..self.at,
                    what: "a backslash stands for itself only in single quotes",
                });
            }
        };
        self.at += 1 + digits;
        Ok(Some(letter))
    }
}

/// Adds to a string. The first part is not copied.
fn append<'t>(text: &mut Cow<'t, str>, more: &'t str) {
    if text.is_empty() {
        *text = Cow::Borrowed(more);
    } else if !more.is_empty() {
        text.to_mut().push_str(more);
    }
}

/// Numbers and dates: their forms. The length of a month is not checked.
mod scalar {
    /// The length of `1979-05-27`.
    pub(super) const DAY: usize = 10;

    /// Integers and fractions.
    pub(super) fn is_number(word: &[u8]) -> bool {
        let radix = match word {
            [b'0', b'x', ..] => 16,
            [b'0', b'o', ..] => 8,
            [b'0', b'b', ..] => 2,
            _ => 10,
        };
        if radix != 10 {
            return digits(&word[2..], radix) == word.len() - 2 && word.len() > 2;
        }
        let unsigned = without_sign(word);
        matches!(unsigned, b"inf" | b"nan") || (!word.is_empty() && number_start(word) == word.len())
    }

    /// Returns the length of the longest number at the beginning of the word.
    pub(super) fn number_start(word: &[u8]) -> usize {
        let unsigned = without_sign(word);
        let mut end = match unsigned {
            [b'0', ..] => 1,
            _ => digits(unsigned, 10),
        };
        if end == 0 {
            return 0;
        }
        if let Some([b'.', fraction @ ..]) = unsigned.get(end..) {
            let length = digits(fraction, 10);
            end += if length > 0 { 1 + length } else { 0 };
        }
        if let Some([b'e' | b'E', exponent @ ..]) = unsigned.get(end..) {
            let digits_of = without_sign(exponent);
            let length = digits(digits_of, 10);
            end += if length > 0 { 1 + exponent.len() - digits_of.len() + length } else { 0 };
        }
        end + word.len() - unsigned.len()
    }

    fn without_sign(word: &[u8]) -> &[u8] {
        match word {
            [b'+' | b'-', rest @ ..] => rest,
            _ => word,
        }
    }

    /// Returns the length of the digits at the beginning. An underscore may be between two digits.
    fn digits(word: &[u8], radix: u32) -> usize {
        let is_digit = |at: usize| word.get(at).is_some_and(|&byte| char::from(byte).is_digit(radix));
        let mut at = 0;
        while is_digit(at) || (at > 0 && word.get(at) == Some(&b'_') && word[at - 1] != b'_' && is_digit(at + 1)) {
            at += 1;
        }
        at
    }

    /// Checks a date, a time, or both, with or without an offset.
    pub(super) fn is_date(word: &[u8]) -> bool {
        if is_time(word) {
            return true;
        }
        let Some((day, rest)) = word.split_at_checked(DAY) else { return false };
        let is_day = has_form(day, b"dddd-dd-dd") && in_range(&day[5..7], 1, 12) && in_range(&day[8..], 1, 31);
        let [b'T' | b't' | b' ', time @ ..] = rest else { return is_day && rest.is_empty() };
        let offset = time.iter().position(|byte| matches!(byte, b'Z' | b'z' | b'+' | b'-')).unwrap_or(time.len());
        let (time, offset) = time.split_at(offset);
        let is_offset = match offset {
            [] | [b'Z' | b'z'] => true,
            [_, hours @ ..] => {
                has_form(hours, b"dd:dd") && in_range(&hours[..2], 0, 23) && in_range(&hours[3..], 0, 59)
            }
        };
        is_day && is_time(time) && is_offset
    }

    /// `07:32`, `07:32:00`, `07:32:00.5`.
    fn is_time(word: &[u8]) -> bool {
        let Some((minutes, seconds)) = word.split_at_checked(5) else { return false };
        let is_seconds = match seconds {
            [] => true,
            [b':', seconds @ ..] => {
                let (whole, fraction) = seconds.split_at(seconds.len().min(2));
                let is_fraction = match fraction {
                    [] => true,
                    [b'.', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
                    _ => false,
                };
                has_form(whole, b"dd") && in_range(whole, 0, 60) && is_fraction
            }
            _ => false,
        };
        has_form(minutes, b"dd:dd") && in_range(&minutes[..2], 0, 23) && in_range(&minutes[3..], 0, 59) && is_seconds
    }

    /// Returns true if the text has a digit for each `d` of the form, and the same byte for every other one.
    fn has_form(word: &[u8], form: &[u8]) -> bool {
        let fits = |(byte, form): (&u8, &u8)| if *form == b'd' { byte.is_ascii_digit() } else { byte == form };
        word.len() == form.len() && word.iter().zip(form).all(fits)
    }

    fn in_range(digits: &[u8], least: u32, most: u32) -> bool {
        let number = digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit.wrapping_sub(b'0')));
        (least..=most).contains(&number)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use toml::de::{DeTable, DeValue};

    use super::*;

    /// A tree without positions and without the order of rows, which the crate does not keep.
    #[derive(Debug, PartialEq)]
    enum PlainTree {
        String(String),
        Switch(bool),
        Number,
        Date,
        List(Vec<PlainTree>),
        Table(BTreeMap<String, PlainTree>),
    }

    fn ours(text: &str) -> Result<PlainTree, Mistake> {
        fn table(table: &Table) -> PlainTree {
            PlainTree::Table(table.rows.iter().map(|(key, item)| (key.text.to_string(), tree(&item.value))).collect())
        }
        fn tree(value: &Value) -> PlainTree {
            match value {
                Value::String(text) => PlainTree::String(text.to_string()),
                Value::Switch(value) => PlainTree::Switch(*value),
                Value::Number => PlainTree::Number,
                Value::Date => PlainTree::Date,
                Value::List(items) => PlainTree::List(items.iter().map(|item| tree(&item.value)).collect()),
                Value::Table(rows) => table(rows),
                Value::Tables(tables) => PlainTree::List(tables.iter().map(table).collect()),
            }
        }
        read(text).map(|root| table(&root))
    }

    fn theirs(text: &str) -> Option<PlainTree> {
        fn table(table: &DeTable) -> PlainTree {
            PlainTree::Table(
                table.iter().map(|(key, value)| (key.get_ref().to_string(), tree(value.get_ref()))).collect(),
            )
        }
        fn tree(value: &DeValue) -> PlainTree {
            match value {
                DeValue::String(text) => PlainTree::String(text.to_string()),
                DeValue::Boolean(value) => PlainTree::Switch(*value),
                DeValue::Integer(_) | DeValue::Float(_) => PlainTree::Number,
                DeValue::Datetime(_) => PlainTree::Date,
                DeValue::Array(items) => PlainTree::List(items.iter().map(|item| tree(item.get_ref())).collect()),
                DeValue::Table(rows) => table(rows),
            }
        }
        DeTable::parse(text).ok().map(|root| table(root.get_ref()))
    }

    fn compare(text: &str) {
        let ours = ours(text);
        if let Err(mistake) = &ours {
            assert!(text.get(mistake.span.clone()).is_some(), "{text:?}: {mistake:?}");
        }
        assert_eq!(ours.as_ref().ok(), theirs(text).as_ref(), "{text:?}: {ours:?}");
    }

    #[test]
    fn it_reads_what_the_crate_reads() {
        let texts = "a = 'x'|a.b = 1\na.c = 2|a = {b = 1, c.d = 2,}|a = {b = 1}\na.c = 2|[a]\n[a]|[a.b]\n[a]\nc = 1\n[a.c]|[a]\nb.c = 1\n[a.b]|\
            [a.b]\n[a]\nb.x = 1|[[a]]\nb = 1\n[[a]]\n[a.c]|[[a]]\n[a]|[a]\n[[a]]|a = []\n[[a]]|a = [{}]\n[a.b]|[a.b.c]\n[a]\nb.d = 1|a = 1\na.b = 2|\
            \"\" = 1|'a.b'.\"c\\n\" = '''\n x'''|\"\"\"a\"\"\" = 1|a = \"\"\"\"\"\"|a = \"\"\"b\"\"\"\"\"|a = ''''b'''''|a = ''''''''|a = \"\\u00e9\\x41\\e\\U0001F600\"|a = \"\\ud800\"|\
            a = \"\\q\"|a = 'b\nc'|a = \"\"\"b \\  \n\n  c\"\"\"|a = \"\"\"b \\ c\"\"\"|a = \"b|a = [1, 'x', [true], # c\n {a = 1},\n]|a = [1 2]|a = [,]|a = {,}|a = {b = 1\n, c = 2 # x\n}|\
            a = 1 b = 2|a = 1 # b\n# \u{7}|a =|a|a.|.a = 1|= 1|[]|[a|[a.]|[ a . b ] # c|[[a]|[ [a]]|a = inf|a = +nan|a = -0|a = 01|a = 1_0|a = 1__0|a = _1|a = 0xfF_0|a = -0x1|a = 0o8|a = 0b1|\
            a = 1.5e+3|a = 1.|a = .5|a = 1e|a = 1e0_1|a = 07:32|a = 25:00|a = 07:32:00.5|a = 1979-05-27|a = 1979-13-27|a = 1979-05-27 07:32:00Z|a = 1979-05-27T07:32-07:00|a = 1979-05-27 x|\
            a = 1979-05-27 # x|a = true\r\nb = false\r\n|a = 1\rb = 2|\t a\t=\t1\t|a = tru|é = 1|a = 'é' é|a = \"\u{7f}\"|a.b.c = 1\na.b.d = 2\n[a.e]|a = {b.c = 1, b.d = 2}|a = {b.c = 1, b = 2}|a = {b = {}, b.c = 1}|\
            [a]\nb = {c = 1}\n[a.b.d]|[[a.b]]\n[a]\nb.c = 1|[a]\n[a.b]\n[c]\n[a.d]\n[a]";
        texts.split('|').for_each(compare);
        compare(&format!("a = {}1{}", "[".repeat(60), "]".repeat(60)));
        assert!(ours(&format!("a = {}1{}", "[".repeat(100_000), "]".repeat(100_000))).is_err());
        assert!(ours(&format!("a{} = 1", ".a".repeat(100_000))).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn it_reads_any_text_as_the_crate_does(text in "(a|b|a\\.b|\\[a\\]|\\[a\\.b\\]|\\[\\[a\\]\\]|=|=|'|\"|\\{|\\}|,|\\[|\\]|1|true|\\n|\\n| |\\\\n|\\\\|#|\"\"\"|'''|x = 1\\n|a = 'b'\\n|b\\.a = 2\\n|é){0,24}") {
            compare(&text);
        }

        #[test]
        fn it_reads_a_number_or_a_date_as_the_crate_does(value in "[-+]?(0|[1-9][0-9]{0,3}(_[0-9]{1,3}){0,2})(\\.[0-9]{1,3})?([eE][-+]?[0-9]{1,2})?|0x[0-9a-fA-F]{1,4}|[0-9]{4}-[01][0-9]-[0-2][0-8][T ][0-2][0-9]:[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,3})?)?(Z|[-+][0-2][0-9]:[0-5][0-9])?") {
            compare(&format!("a = {value}"));
        }

        // The crate accepts more than TOML allows: `0x`, `1_0Z`.
        #[test]
        fn it_reads_no_value_that_the_crate_refuses(value in "[-+0-9_.:eExobTZ i]{0,14}") {
            let text = format!("a = {value}");
            if let Ok(tree) = ours(&text) {
                prop_assert_eq!(Some(tree), theirs(&text));
            }
        }
    }
}
