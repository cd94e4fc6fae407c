//! Finds the programs that a shell script starts, in its first bytes.
//!
//! A script called `go` may start a Linux go, a version manager or go.exe; only its text shows which. This is not a
//! shell: it finds the first word of each command, removes its quotes, and replaces a variable that the script has set
//! before. Text that a shell does not run (comments, here-documents, patterns of `case`) gives no command.

use crate::prelude::*;

/// A command of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The word that names the program, without quotes.
    pub word: Vec<u8>,
    /// The way it is started.
    pub how: How,
}

/// Ways in which a script starts a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It replaces the script (`exec`).
    InPlace,
    /// As a child process.
    AsChild,
    /// In `$(…)` or backquotes, for its output, or only looked for (`command -v`).
    ForOutput,
}

/// Maximum number of commands.
const MOST: usize = 64;

/// Maximum depth of `$(…)`.
const DEEPEST: usize = 8;

impl Started {
    /// Returns true if the name is that of a Windows program.
    #[must_use]
    pub fn is_of_windows(&self) -> bool {
        is_windows_program(&self.word)
    }

    /// Returns the program's name, without its folder and without `.exe`.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        let end = self.word.len() - if self.is_of_windows() { 4 } else { 0 };
        let word = &self.word[..end];
        word.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or(word)
    }
}

/// Returns true if the name is that of a Windows program.
#[must_use]
pub fn is_windows_program(word: &[u8]) -> bool {
    word.len() > 4 && word[word.len() - 4..].eq_ignore_ascii_case(b".exe")
}

/// Returns the commands of a script, in order.
#[must_use]
pub fn commands(text: &[u8]) -> Vec<Started> {
    let mut reader = Reading { variables: Vec::new(), found: Vec::new() };
    reader.read(text, 0);
    reader.found
}

/// The expected next part of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// The command's name, or an assignment before it.
    Name(How),
    /// The name after `exec`, `env` or a similar word.
    Behind(How),
    /// An argument of `exec -a` or `env -u`, before the name.
    Operand(How),
    /// Arguments of a program that starts or finds the program that one of them names (`timeout`, `which`).
    Program(How),
    /// Arguments.
    Arguments,
}

struct Reading {
    variables: Vec<(Vec<u8>, Vec<u8>)>,
    found: Vec<Started>,
}

struct ShellWord {
    text: Vec<u8>,
    /// True if a part of the word was in quotes.
    quoted: bool,
    end: usize,
}

impl Reading {
    fn read(&mut self, text: &[u8], depth: usize) {
        let (mut at, mut next, mut open) = (0, Next::Name(How::AsChild), 0_usize);
        // Commands from here on may be patterns of `case`.
        let mut since = self.found.len();
        let mut documents: Vec<Vec<u8>> = Vec::new();
        while let Some(&byte) = text.get(at) {
            if self.found.len() >= MOST || depth > DEEPEST {
                return;
            }
            let rest = &text[at..];
            match byte {
                b' ' | b'\t' | b'\r' => at += 1,
                b'\\' if rest.get(1) == Some(&b'\n') => at += 2,
                b'#' => at += line_length(rest),
                b'\n' => {
                    at += 1;
                    for end in documents.drain(..) {
                        at += document_length(text.get(at..).unwrap_or_default(), &end);
                    }
                    (next, since) = (Next::Name(How::AsChild), self.found.len());
                }
                b';' | b'&' | b'|' => {
                    if rest.starts_with(b";;") {
                        since = self.found.len();
                    }
                    at += 1;
                    next = Next::Name(How::AsChild);
                }
                // `name() {` defines a function.
                b'(' if next == Next::Arguments && rest.starts_with(b"()") => {
                    self.found.pop();
                    at += 2;
                    next = Next::Name(How::AsChild);
                }
                b'(' => {
                    open += 1;
                    at += 1;
                    next = Next::Name(How::AsChild);
                }
                b')' => {
                    if open == 0 {
                        self.found.truncate(since);
                    }
                    open = open.saturating_sub(1);
                    at += 1;
                    next = Next::Name(How::AsChild);
                }
                b'<' | b'>' => {
                    let signs = rest.iter().take_while(|byte| matches!(byte, b'<' | b'>' | b'&' | b'-' | b'|')).count();
                    let is_document = rest.starts_with(b"<<") && !rest.starts_with(b"<<<");
                    at += signs;
                    at += text
                        .get(at..)
                        .unwrap_or_default()
                        .iter()
                        .take_while(|byte| matches!(byte, b' ' | b'\t'))
                        .count();
                    let target = self.word(text, at, depth);
                    // A character that is no part of a word ends the redirection, like the end of the line.
                    at = target.end;
                    if is_document {
                        documents.push(target.text);
                    }
                }
                _ => {
                    let word = self.word(text, at, depth);
                    if word.end == at {
                        at += 1;
                        continue;
                    }
                    at = word.end;
                    // The `2` of `2>` is no word of the command.
                    let is_descriptor = word.text.iter().all(u8::is_ascii_digit);
                    if is_descriptor && matches!(text.get(at), Some(b'<' | b'>')) {
                        continue;
                    }
                    next = self.place(word, next);
                }
            }
        }
    }

    /// Handles a word, and returns the expected next part.
    fn place(&mut self, word: ShellWord, next: Next) -> Next {
        let how = match next {
            Next::Arguments => {
                // After the `in` of `case` and of `for` there is no command.
                return Next::Arguments;
            }
            Next::Program(how) => {
                let started = Started { word: self.expanded(word.text), how };
                if !started.is_of_windows() {
                    return next;
                }
                self.found.push(started);
                return Next::Arguments;
            }
            Next::Operand(how) => return Next::Behind(how),
            Next::Name(how) | Next::Behind(how) => how,
        };
        if let Some((name, value)) = assignment(&word) {
            self.variables.push((name.to_vec(), value.to_vec()));
            return next;
        }
        if let Next::Behind(how) = next
            && word.text.starts_with(b"-")
            && !word.quoted
        {
            return match word.text.as_slice() {
                // Options of exec and env that take an argument.
                b"-a" | b"-u" => Next::Operand(how),
                // `command -v`.
                b"-v" => Next::Program(How::ForOutput),
                _ => next,
            };
        }
        if !word.quoted {
            match word.text.as_slice() {
                b"if" | b"then" | b"else" | b"elif" | b"do" | b"while" | b"until" | b"!" | b"{" | b"time" => {
                    return next;
                }
                b"fi" | b"done" | b"esac" | b"}" | b"case" | b"for" | b"select" | b"function" => {
                    return Next::Arguments;
                }
                b"exec" => return Next::Behind(How::InPlace),
                b"env" | b"/usr/bin/env" | b"command" | b"nohup" => return Next::Behind(how),
                text if text.iter().any(|byte| matches!(byte, b'*' | b'?')) => return Next::Arguments,
                _ => {}
            }
        }
        let started = Started { word: self.expanded(word.text), how };
        let after = match started.name() {
            b"which" | b"type" | b"wslpath" => Next::Program(How::ForOutput),
            b"nice" | b"timeout" | b"setsid" | b"stdbuf" | b"sudo" | b"eval" => Next::Program(how),
            _ => Next::Arguments,
        };
        self.found.push(started);
        after
    }

    /// Returns the value of a variable if the word is only the variable, and the script has set it or gives a default
    /// (`${GO:-go.exe}`), else the word.
    fn expanded(&self, word: Vec<u8>) -> Vec<u8> {
        let inside = match word.as_slice() {
            [b'$', b'{', inside @ .., b'}'] | [b'$', inside @ ..] => inside,
            _ => return word,
        };
        let end = inside.iter().position(|byte| matches!(byte, b':' | b'-' | b'=')).unwrap_or(inside.len());
        let (name, default) = inside.split_at(end);
        let set = self.variables.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_slice());
        let default = default.strip_prefix(b":").unwrap_or(default).get(1..).filter(|default| !default.is_empty());
        set.or(default).map(<[u8]>::to_vec).unwrap_or(word)
    }

    /// Reads the commands of a substitution.
    fn substituted(&mut self, text: &[u8], depth: usize) {
        let outside = self.found.len();
        self.read(text, depth + 1);
        for started in self.found.iter_mut().skip(outside) {
            started.how = How::ForOutput;
        }
    }

    /// Reads the word that begins here, without quotes, and the commands in its `$(…)` and backquotes.
    fn word(&mut self, text: &[u8], start: usize, depth: usize) -> ShellWord {
        let mut word = ShellWord { text: Vec::new(), quoted: false, end: start };
        let mut at = start;
        let mut quote = None;
        while let Some(&byte) = text.get(at) {
            let rest = &text[at..];
            match (quote, byte) {
                (None, b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>') => break,
                (None, b'"' | b'\'') => {
                    quote = Some(byte);
                    word.quoted = true;
                    at += 1;
                }
                (Some(open), byte) if open == byte => {
                    quote = None;
                    at += 1;
                }
                // Between double quotes, only these have a meaning behind a backslash.
                (Some(b'"'), b'\\') if !matches!(rest.get(1), Some(b'"' | b'\\' | b'$' | b'`' | b'\n')) => {
                    word.text.push(byte);
                    at += 1;
                }
                (None | Some(b'"'), b'\\') => {
                    word.text.extend(rest.get(1));
                    at += 2;
                }
                (None | Some(b'"'), b'$') if rest.starts_with(b"$(") => {
                    let length = substitution_length(&rest[2..]);
                    self.substituted(&rest[2..2 + length], depth);
                    at += length + 3;
                    word.text.extend_from_slice(b"$()");
                }
                (None | Some(b'"'), b'`') => {
                    let length = rest[1..].iter().position(|byte| *byte == b'`').unwrap_or(rest.len() - 1);
                    self.substituted(&rest[1..=length], depth);
                    at += length + 2;
                    word.text.extend_from_slice(b"$()");
                }
                (_, byte) => {
                    word.text.push(byte);
                    at += 1;
                }
            }
        }
        word.end = at.min(text.len());
        word
    }
}

/// Splits `NAME=VALUE` before a command.
fn assignment(word: &ShellWord) -> Option<(&[u8], &[u8])> {
    let equals = word.text.iter().position(|byte| *byte == b'=')?;
    let (name, value) = (&word.text[..equals], &word.text[equals + 1..]);
    let is_name = !name.is_empty()
        && !name[0].is_ascii_digit()
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    is_name.then_some((name, value))
}

/// Returns the length up to the end of the line, without the newline.
fn line_length(text: &[u8]) -> usize {
    text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len())
}

/// Returns the length up to and with the last line of a here-document.
fn document_length(text: &[u8], end: &[u8]) -> usize {
    let mut length = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        length += line.len();
        if line.trim_ascii() == end {
            break;
        }
    }
    length
}

/// Returns the length up to the parenthesis that closes a `$(`.
fn substitution_length(text: &[u8]) -> usize {
    let mut open = 1;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'(' => open += 1,
            b')' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Returns the commands of a script, with a mark for those that replace it and those in substitutions.
    fn words(text: &str) -> Vec<String> {
        let mark = |started: Started| {
            let word = String::from_utf8_lossy(&started.word).into_owned();
            match started.how {
                How::InPlace => format!("!{word}"),
                How::AsChild => word,
                How::ForOutput => format!("${word}"),
            }
        };
        commands(text.as_bytes()).into_iter().map(mark).collect()
    }

    #[test]
    fn the_commands_of_a_script_are_found() {
        let table: &[(&str, &[&str])] = &[
            ("", &[]),
            ("#!/bin/sh\nexec go.exe \"$@\"\n", &["!go.exe"]),
            ("#!/bin/sh\nexec \"/mnt/c/Program Files/Go/bin/go.exe\" \"$@\"", &["!/mnt/c/Program Files/Go/bin/go.exe"]),
            ("exec /mnt/c/Program\\ Files/Go/bin/go.exe \"$@\"", &["!/mnt/c/Program Files/Go/bin/go.exe"]),
            ("exec -a go go.exe", &["!go.exe"]),
            ("exec \"${GO:-go.exe}\"; ${GO=a.exe}; GO=b; ${GO:-c}; ${1-}", &["!go.exe", "a.exe", "b", "${1-}"]),
            ("exec \"$(which go.exe)\" \"$@\"", &["$which", "$go.exe", "!$()"]),
            ("command -v go.exe >/dev/null && type x", &["$go.exe", "type"]),
            ("GO=$(wslpath -u \"C:\\Go\\bin\\go.exe\")", &["$wslpath", "$C:\\Go\\bin\\go.exe"]),
            ("exec timeout 60 go.exe a.exe; nice go b", &["!timeout", "!go.exe", "nice"]),
            ("echo \"\\$(go.exe)\"", &["echo"]),
            ("exec -c env -u X A=b go.exe", &["!go.exe"]),
            ("GOOS=windows go.exe build", &["go.exe"]),
            ("env GOOS=windows go.exe build", &["go.exe"]),
            ("/usr/bin/env go.exe", &["go.exe"]),
            (
                "if [ -x /usr/bin/go ]; then exec /usr/bin/go \"$@\"; else go.exe \"$@\"; fi",
                &["[", "!/usr/bin/go", "go.exe"],
            ),
            ("test -n \"$A\" && go.exe || gofmt.exe", &["test", "go.exe", "gofmt.exe"]),
            ("GO='/mnt/c/Go/bin/go.exe'\nexec \"$GO\" \"$@\"", &["!/mnt/c/Go/bin/go.exe"]),
            ("GO=/mnt/c/Go/bin/go.exe; ${GO} version", &["/mnt/c/Go/bin/go.exe"]),
            ("exec \"$GOROOT/bin/go\" \"$@\"", &["!$GOROOT/bin/go"]),
            ("dir=$(wslpath -w \"$PWD\") go.exe", &["$wslpath", "go.exe"]),
            ("exec go.exe -C \"`wslpath -w .`\"", &["!go.exe", "$wslpath"]),
            ("exec go.exe -C \"$(wslpath -w \"$(pwd)\")\"", &["!go.exe", "$wslpath", "$pwd"]),
            ("x=$(exec a.exe); exec go", &["$a.exe", "!go"]),
            ("# exec go.exe\necho go.exe # go.exe", &["echo"]),
            ("cat <<EOF\ngo.exe build\nEOF\nexec go", &["cat", "!go"]),
            ("case $1 in\n  go.exe|x.exe) exec go;;\n *.exe) true ;;\nesac", &["!go", "true"]),
            ("run() {\n go.exe \"$@\"\n}\nrun", &["go.exe", "run"]),
            ("2>/dev/null go.exe >/tmp/x.exe 2>&1", &["go.exe"]),
            ("(cd /mnt/c && go.exe)", &["cd", "go.exe"]),
            ("exec go.exe \\\n \"$@\"", &["!go.exe"]),
            ("for x in a.exe b.exe; do go.exe $x; done", &["go.exe"]),
            ("exec asdf exec \"go\" \"$@\" # asdf_allow: ' asdf '", &["!asdf"]),
            (
                "export X=\"/home/me/.goenv\"\nexec \"/home/me/.goenv/libexec/goenv\" exec \"$p\"",
                &["export", "!/home/me/.goenv/libexec/goenv"],
            ),
        ];
        for (text, expected) in table {
            assert_eq!(words(text), *expected, "{text}");
        }
    }

    #[test]
    fn a_windows_program_is_recognized_by_its_extension() {
        for (word, name, is_of_windows) in [
            ("/mnt/c/Program Files/Go/bin/go.exe", "go", true),
            ("GO.EXE", "GO", true),
            (r"C:\Go\bin\go.exe", "go", true),
            ("go", "go", false),
            ("/usr/bin/go", "go", false),
            (".exe", ".exe", false),
            ("go.exe.sh", "go.exe.sh", false),
        ] {
            let started = Started { word: word.into(), how: How::AsChild };
            assert_eq!((started.name(), started.is_of_windows()), (name.as_bytes(), is_of_windows), "{word}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_scanned_without_panic(text in "[a-z.=$(){}<>|&;'\"`\\\\#\n *-]{0,64}") {
            let found = commands(text.as_bytes());
            prop_assert!(found.len() <= MOST + 1);
            prop_assert!(found.iter().all(|started| started.word.len() <= text.len() + 3));
        }
    }
}
