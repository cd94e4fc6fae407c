//! The text of gowrap's own files, from the templates in `scripts/`. Bash, dash and zsh read `env.sh`, which also works
//! with `set -eu`. It starts no process except gowrap. An interactive bash or zsh then reads its hook, which dash could
//! not parse.

use crate::setup::dotfile::MARK;
use crate::setup::places::Places;
use crate::setup::receipt::Receipt;

const ENV: &str = include_str!("scripts/env.sh");
const ENV_FISH: &str = include_str!("scripts/env.fish");
const HOOK_BASH: &str = include_str!("scripts/hook.bash");
const HOOK_ZSH: &str = include_str!("scripts/hook.zsh");

/// The `env` file, the receipt at its end.
#[must_use]
pub(crate) fn env(places: &Places, receipt: &Receipt) -> Vec<u8> {
    [filled(ENV, places, posix_word), receipt.encode()].concat()
}

/// The `env.fish` file.
#[must_use]
pub(crate) fn env_fish(places: &Places) -> Vec<u8> {
    filled(ENV_FISH, places, fish_word)
}

/// The file that an interactive bash reads, and the one that an interactive zsh reads.
#[must_use]
pub(crate) fn hooks(places: &Places) -> [(Vec<u8>, Vec<u8>); 2] {
    [(places.hook_bash(), HOOK_BASH), (places.hook_zsh(), HOOK_ZSH)]
        .map(|(path, template)| (path, filled(template, places, posix_word)))
}

/// Returns the line for a POSIX shell's file. If the `env` file is missing, a login must still work.
#[must_use]
pub(crate) fn line(places: &Places) -> Vec<u8> {
    let env = posix_word(&places.env());
    [b"if [ -r ", env.as_slice(), b" ]; then . ", &env, b"; fi"].concat()
}

/// Returns the file that such a line reads: the text between the quotes of [`posix_word`].
#[must_use]
pub(crate) fn env_of(line: &[u8]) -> Option<Vec<u8>> {
    let mut rest = line.strip_prefix(b"if [ -r '")?;
    let mut path = Vec::new();
    loop {
        let (&byte, after) = rest.split_first()?;
        match rest.strip_prefix(b"'\\''") {
            Some(after) => {
                path.push(b'\'');
                rest = after;
            }
            None if byte == b'\'' => return Some(path),
            None => {
                path.push(byte);
                rest = after;
            }
        }
    }
}

/// Returns the text of gowrap's file in fish's `conf.d`.
#[must_use]
pub(crate) fn fish_file(places: &Places) -> Vec<u8> {
    [fish_line(places).as_slice(), b" ", MARK, b"\n"].concat()
}

/// The line for fish's files.
#[must_use]
pub(crate) fn fish_line(places: &Places) -> Vec<u8> {
    let env = fish_word(&places.env_fish());
    [b"test -r ", env.as_slice(), b"; and source ", &env].concat()
}

fn filled(template: &str, places: &Places, word: fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let paths = [
        ("@SHIMS@", places.shims.clone()),
        ("@OWN@", places.own.clone()),
        ("@BASH@", places.hook_bash()),
        ("@ZSH@", places.hook_zsh()),
    ];
    let (mut text, mut rest) = (Vec::new(), template);
    while let Some((at, (name, path))) =
        paths.iter().filter_map(|path| Some((rest.find(path.0)?, path))).min_by_key(|(at, _)| *at)
    {
        text.extend_from_slice(&rest.as_bytes()[..at]);
        text.extend(word(path));
        rest = &rest[at + name.len()..];
    }
    text.extend_from_slice(rest.as_bytes());
    text
}

/// Returns the text as one word for a POSIX shell.
#[must_use]
pub(crate) fn posix_word(bytes: &[u8]) -> Vec<u8> {
    quoted(bytes, |byte| if byte == b'\'' { b"'\\''" } else { b"" })
}

/// Returns the text as one word for fish. There, a backslash is literal unless a quote or a backslash follows.
#[must_use]
pub(crate) fn fish_word(bytes: &[u8]) -> Vec<u8> {
    quoted(bytes, |byte| match byte {
        b'\'' => b"\\'",
        b'\\' => b"\\\\",
        _ => b"",
    })
}

fn quoted(bytes: &[u8], escaped: fn(u8) -> &'static [u8]) -> Vec<u8> {
    let mut word = vec![b'\''];
    for &byte in bytes {
        match escaped(byte) {
            [] => word.push(byte),
            escape => word.extend_from_slice(escape),
        }
    }
    word.push(b'\'');
    word
}
