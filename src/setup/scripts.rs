//! The text of our own files: what a POSIX shell and fish are to do. Each of bash, dash and zsh must read the first one,
//! with `set -eu` too, and none may start a process for it but gowrap itself.

use crate::setup::places::Places;
use crate::setup::receipt::Receipt;

/// What our lines in other people's files end with.
pub const MARK: &[u8] = b"# added by gowrap setup";

/// The same, where the file did not end with a newline: the one before the line is ours then.
pub const MARK_WITH_NEWLINE: &[u8] = b"# added by gowrap setup, with the newline before it";

const ENV: &str = r#"# Written by `gowrap setup`, which `gowrap setup --remove` undoes; changes in here get lost.
# shellcheck shell=sh disable=SC2089,SC2090
_gowrap_shims=@SHIMS@
_gowrap_path=:${PATH:-/usr/local/bin:/usr/bin:/bin}:
while :; do
    case $_gowrap_path in
    *:"$_gowrap_shims":*) _gowrap_path=${_gowrap_path%%:"$_gowrap_shims":*}:${_gowrap_path#*:"$_gowrap_shims":} ;;
    *) break ;;
    esac
done
_gowrap_path=${_gowrap_path#:}
PATH=$_gowrap_shims${_gowrap_path:+:}${_gowrap_path%:}
export PATH

# A login shell's environment is whole only where its files end: each of them asks for a snapshot, and the last one stays.
# An interactive shell without a login has one taken if none above it has.
case $- in
*i*) _gowrap_shell=interactive ;;
*) _gowrap_shell=script ;;
esac
case $0 in
-*) _gowrap_shell=login ;;
esac
# shellcheck disable=SC3044
if [ -n "${BASH_VERSION-}" ] && shopt -q login_shell; then _gowrap_shell=login; fi
if [ -n "${ZSH_VERSION-}" ]; then
    case $- in
    *l*) _gowrap_shell=login ;;
    *i*) ;;
    # Each zsh reads .zshenv, in a stripped environment too, and none of that makes it whole.
    *) _gowrap_shell=none ;;
    esac
fi
case $_gowrap_shell${GOWRAP_SESSION-} in
login* | interactive)
    if [ -x @OWN@ ]; then @OWN@ env capture >/dev/null 2>&1 || :; fi
    ;;
esac
if [ "$_gowrap_shell" != none ]; then
    GOWRAP_SESSION=1
    export GOWRAP_SESSION
fi
unset _gowrap_shims _gowrap_path _gowrap_shell
"#;

const ENV_FISH: &str = r"# Written by `gowrap setup`, which `gowrap setup --remove` undoes; changes in here get lost.
set -l shims @SHIMS@
set -gx PATH $shims (string match --invert -- $shims $PATH)
if status is-login; or status is-interactive
    if test -x @OWN@; and begin; status is-login; or not set -q GOWRAP_SESSION; end
        @OWN@ env capture >/dev/null 2>&1
    end
    set -gx GOWRAP_SESSION 1
end
";

/// The `env` file, the receipt at its end.
#[must_use]
pub fn env(places: &Places, receipt: &Receipt) -> Vec<u8> {
    [filled(ENV, places, posix_word), receipt.encode()].concat()
}

/// The `env.fish` file.
#[must_use]
pub fn env_fish(places: &Places) -> Vec<u8> {
    filled(ENV_FISH, places, fish_word)
}

/// The line for a POSIX shell's file. Where the file is gone, a login must still work.
#[must_use]
pub fn line(places: &Places) -> Vec<u8> {
    let env = posix_word(&places.env());
    [b"if [ -r ", env.as_slice(), b" ]; then . ", &env, b"; fi"].concat()
}

/// The file that such a line reads, taken from between the quotes that [`posix_word`] puts.
#[must_use]
pub fn env_of(line: &[u8]) -> Option<Vec<u8>> {
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

/// Our file in fish's `conf.d`.
#[must_use]
pub fn fish_file(places: &Places) -> Vec<u8> {
    let env = fish_word(&places.env_fish());
    [b"test -r ", env.as_slice(), b"; and source ", &env, b" ", MARK, b"\n"].concat()
}

fn filled(template: &str, places: &Places, word: fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut text = Vec::new();
    for (index, part) in template.split('@').enumerate() {
        match (index % 2, part) {
            (0, _) => text.extend_from_slice(part.as_bytes()),
            (_, "SHIMS") => text.extend(word(&places.shims)),
            (_, _) => text.extend(word(&places.own)),
        }
    }
    text
}

/// One word for a POSIX shell, whatever is in it.
#[must_use]
pub fn posix_word(bytes: &[u8]) -> Vec<u8> {
    quoted(bytes, |byte| if byte == b'\'' { b"'\\''" } else { b"" })
}

/// One word for fish, where a backslash means itself unless a quote or another one follows it.
#[must_use]
pub fn fish_word(bytes: &[u8]) -> Vec<u8> {
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
