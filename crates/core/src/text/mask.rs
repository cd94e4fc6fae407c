//! Masks secrets in all output, because users put plans, logs and records into bug reports. Masked are:
//!
//! * the value of a variable, of a linker setting (`-X name=value`) or of a URL's query whose name has a word such as
//!   TOKEN or KEY in it;
//! * the values of GOAUTH and GIT_SSH_COMMAND, and the password of `sshpass -p`;
//! * the user and password of a URL of any scheme.
//!
//! Any other `name=value` word of a command line is not masked, because it is more often the name of a test than a
//! secret. In doubtful cases, more is masked. Only `--explain=sh` shows everything.

use alloc::borrow::Cow;
use core::ops::Range;

use crate::prelude::*;

/// The text that replaces a secret.
pub const MASK: &[u8] = b"***";

/// Words in the name of a secret, separated by blanks. A name is split at every byte that is not a letter, and where
/// the case changes.
const WORDS: &[u8] =
    b"TOKEN TOKENS SECRET SECRETS PASSWORD PASSWORDS PASSWD PASSPHRASE PASSPHRASES PWD PAT KEY KEYS APIKEY \
CREDENTIAL CREDENTIALS AUTH COOKIE COOKIES DSN SAS SSHPASS CONNECTIONSTRING";

/// Endings of a word that mean the same, as in PGPASSWORD. No other word ends with one of them.
const ENDINGS: &[u8] = b"TOKEN SECRET PASSWORD PASSWD PASSPHRASE APIKEY";

/// Words in a URL's query that mean the same: a signed URL of Azure or AWS gives access like a password.
const QUERY_WORDS: &[u8] = b"SIG SIGNATURE";

/// Names of shell variables that have such a word but are no secret.
const FOLDERS: &[u8] = b"PWD OLDPWD";

/// Variables that hold commands or credentials. Commands of git and curl can have a password in them.
const COMMANDS: &[u8] = b"GOAUTH GIT_SSH_COMMAND";

/// Returns the words of a list.
fn each(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.split(|&byte| byte == b' ')
}

/// Returns true if the name shows that the value is a secret.
#[must_use]
pub fn is_secret(name: &[u8]) -> bool {
    if each(FOLDERS).any(|folder| folder == name) {
        return false;
    }
    if each(COMMANDS).any(|command| command == name) {
        return true;
    }
    let words = words_of(name);
    let has_two = |one: &[u8], two: &[u8]| {
        words.windows(2).any(|pair| pair[0].eq_ignore_ascii_case(one) && pair[1].eq_ignore_ascii_case(two))
    };
    words.iter().any(|word| is_one_of(WORDS, word) || each(ENDINGS).any(|ending| ends_with(word, ending)))
        || has_two(b"CONNECTION", b"STRING")
}

/// Returns the words of a name: `apiKey`, `API_KEY`, `APIKey` and `api-key2` have the word KEY; MONKEY and KEYBOARD do
/// not.
fn words_of(name: &[u8]) -> Vec<&[u8]> {
    let mut words = Vec::new();
    for run in name.split(|byte| !byte.is_ascii_alphabetic() && byte.is_ascii()) {
        let mut start = 0;
        for at in 1..run.len() {
            let [before, here] = [run[at - 1], run[at]];
            let after_is_lower = run.get(at + 1).is_some_and(u8::is_ascii_lowercase);
            let begins = here.is_ascii_uppercase() && (!before.is_ascii_uppercase() || after_is_lower);
            if begins {
                words.push(&run[start..at]);
                start = at;
            }
        }
        words.push(&run[start..]);
    }
    words
}

fn is_one_of(list: &[u8], word: &[u8]) -> bool {
    each(list).any(|known| known.eq_ignore_ascii_case(word))
}

/// Returns true if a part of a variable's value must not be shown or saved.
#[must_use]
pub fn holds_a_secret(name: &[u8], value: &[u8]) -> bool {
    self::value(name, value) != value
}

/// Returns a variable's value with secrets masked. An empty value stays.
#[must_use]
pub fn value<'v>(name: &[u8], value: &'v [u8]) -> Cow<'v, [u8]> {
    if value.is_empty() {
        Cow::Borrowed(value)
    } else if is_secret(name) {
        Cow::Borrowed(MASK)
    } else if ends_with(name, b"PROXY") {
        proxy(value)
    } else {
        text(value)
    }
}

/// Returns an argument with secrets masked. `NAME=value`, as for `go env -w`, is masked if the variable holds a command
/// or a proxy.
#[must_use]
pub fn argument(argument: &[u8]) -> Cow<'_, [u8]> {
    let Some((name, original)) = setting(argument) else { return text(argument) };
    let shown = match name {
        name if each(COMMANDS).any(|command| command == name) || ends_with(name, b"PROXY") => value(name, original),
        _ => return text(argument),
    };
    if *shown == *original { Cow::Borrowed(argument) } else { Cow::Owned([name, b"=", &*shown].concat()) }
}

/// Returns the words of a command line with secrets masked. Each word is masked separately, except `-X name=value` and
/// `sshpass -p PASSWORD`, which have two words.
#[must_use]
pub fn command_line<'a>(words: &[&'a [u8]]) -> Vec<Cow<'a, [u8]>> {
    let mut sshpass = Sshpass::Outside;
    let mut before: &[u8] = b"";
    let mut shown = Vec::with_capacity(words.len());
    for &word in words {
        let kept = sshpass.next(word);
        shown.push(match kept {
            Some(kept) if kept < word.len() => Cow::Owned([&word[..kept], MASK].concat()),
            _ if matches!(before, b"-X" | b"--X") => linker_setting(word),
            _ => argument(word),
        });
        before = word;
    }
    shown
}

/// Returns text with secrets masked: the credentials of URLs, the secrets in linker settings, the password of
/// `sshpass`, and the values of GOAUTH and GIT_SSH_COMMAND.
#[must_use]
pub fn text(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut shown = urls(bytes);
    for pass in [linker_settings, sshpass_passwords, commands] {
        if let Some(changed) = pass(&shown) {
            shown = Cow::Owned(changed);
        }
    }
    shown
}

/// Splits `NAME=value`, if the name is valid for a variable.
fn setting(word: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = word.iter().position(|&byte| byte == b'=')?;
    let name = &word[..equals];
    is_name(name).then_some((name, &word[equals + 1..]))
}

/// Masks `main.token=value`, the argument of the linker's `-X`.
fn linker_setting(word: &[u8]) -> Cow<'_, [u8]> {
    let Some(equals) = word.iter().position(|&byte| byte == b'=') else { return text(word) };
    let (name, value) = word.split_at(equals + 1);
    match is_secret(name) && !value.is_empty() && value != MASK {
        true => Cow::Owned([name, MASK].concat()),
        false => text(word),
    }
}

/// Replaces these ranges with the mask. They are in order and do not overlap.
fn masked(bytes: &[u8], ranges: &[Range<usize>]) -> Option<Vec<u8>> {
    let mut shown = Vec::with_capacity(bytes.len());
    let mut end = 0;
    for range in ranges {
        shown.extend_from_slice(&bytes[end..range.start]);
        shown.extend_from_slice(MASK);
        end = range.end;
    }
    shown.extend_from_slice(&bytes[end..]);
    (shown != bytes).then_some(shown)
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'\'' | b'"' | b'`')
}

/// Returns true if a word begins here: at the start, or after a blank, a quote or an equals sign.
fn begins_word(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(1).is_none_or(|before| {
        let before = bytes[before];
        before.is_ascii_whitespace() || is_quote(before) || before == b'='
    })
}

/// Returns the range of the word, or of the text in quotes, that begins here.
fn word_at(bytes: &[u8], at: usize) -> Range<usize> {
    let rest = &bytes[at..];
    match rest.first() {
        Some(&quote) if is_quote(quote) => {
            let length = rest[1..].iter().position(|&byte| byte == quote).unwrap_or(rest.len() - 1);
            at + 1..at + 1 + length
        }
        _ => {
            let end = |byte: &u8| byte.is_ascii_whitespace() || is_quote(*byte);
            at..at + rest.iter().position(end).unwrap_or(rest.len())
        }
    }
}

fn skip_blanks(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Masks the values in `-X name=value` and `-X=name=value` of cmd/link whose names are those of secrets.
fn linker_settings(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for at in 0..bytes.len() {
        let after = if bytes[at..].starts_with(b"-X") { at + 2 } else { continue };
        let begins = begins_word(bytes, at) || (bytes[at - 1] == b'-' && begins_word(bytes, at - 1));
        let separated = bytes.get(after).is_some_and(|byte| *byte == b'=' || byte.is_ascii_whitespace());
        if !begins || !separated || ranges.last().is_some_and(|last| last.end > at) {
            continue;
        }
        let word = word_at(bytes, skip_blanks(bytes, after + usize::from(bytes[after] == b'=')));
        if let Some(equals) = bytes[word.clone()].iter().position(|&byte| byte == b'=') {
            let value = word.start + equals + 1..word.end;
            if is_secret(&bytes[word.start..value.start]) && !value.is_empty() {
                // In `-X name='a b'`, the quote comes before the value.
                ranges.push(if value.is_empty() { word_at(bytes, value.start) } else { value });
            }
        }
    }
    masked(bytes, &ranges)
}

/// Position in a command line of sshpass(1): its options end at the first word without a dash.
#[derive(Clone, Copy)]
enum Sshpass {
    Outside,
    Options,
    Password,
    OtherValue,
}

impl Sshpass {
    /// Reads the next word. If it has a password, returns the length of the part before the password.
    fn next(&mut self, word: &[u8]) -> Option<usize> {
        let (state, kept) = match (*self, word) {
            (Sshpass::Password, _) => (Sshpass::Options, Some(0)),
            (Sshpass::OtherValue, _) => (Sshpass::Options, None),
            (Sshpass::Options, b"-p") => (Sshpass::Password, None),
            (Sshpass::Options, [b'-', b'p', ..]) => (Sshpass::Options, Some(2)),
            (Sshpass::Options, b"-f" | b"-d" | b"-P") => (Sshpass::OtherValue, None),
            (Sshpass::Options, [b'-', ..]) => (Sshpass::Options, None),
            (_, word) if word.rsplit(|&byte| byte == b'/').next() == Some(b"sshpass") => (Sshpass::Options, None),
            _ => (Sshpass::Outside, None),
        };
        *self = state;
        kept
    }
}

fn sshpass_passwords(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.windows(7).any(|window| window == b"sshpass") {
        return None;
    }
    let mut ranges = Vec::new();
    let mut state = Sshpass::Outside;
    let mut at = 0;
    while at < bytes.len() {
        let here = bytes[at];
        if here.is_ascii_whitespace() || here == b'=' || (is_quote(here) && !matches!(state, Sshpass::Password)) {
            at += 1;
            continue;
        }
        let mut word = word_at(bytes, at);
        if matches!(state, Sshpass::Outside) {
            // `GIT_SSH_COMMAND=sshpass` is an assignment and a command.
            let equals = bytes[word.clone()].iter().position(|&byte| byte == b'=').unwrap_or(word.len());
            word.end = word.start + equals;
        }
        if let Some(kept) = state.next(&bytes[word.clone()]) {
            // In `-p'a b'`, the quote comes after the option.
            let password =
                if kept > 0 && word.len() == kept { word_at(bytes, word.end) } else { word.start + kept..word.end };
            word.end = password.end.max(word.end);
            if !password.is_empty() {
                ranges.push(password);
            }
        }
        at = word.end.max(at + 1);
    }
    masked(bytes, &ranges)
}

/// Masks the values in `GOAUTH=…` and `GIT_SSH_COMMAND=…`, up to the closing quote, else up to the end of the line.
fn commands(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for at in 0..bytes.len() {
        let named = |name: &&[u8]| bytes[at..].starts_with(name) && bytes.get(at + name.len()) == Some(&b'=');
        let Some(name) = each(COMMANDS).find(named) else { continue };
        if !begins_word(bytes, at) || ranges.last().is_some_and(|last| last.end > at) {
            continue;
        }
        let start = at + name.len() + 1;
        let quote = at.checked_sub(1).map(|before| bytes[before]).filter(|before| is_quote(*before));
        let value = match (bytes.get(start), quote) {
            (Some(&inner), _) if is_quote(inner) => word_at(bytes, start),
            (_, outer) => {
                let ends = |byte: &u8| Some(*byte) == outer || *byte == b'\n';
                start..start + bytes[start..].iter().position(ends).unwrap_or(bytes.len() - start)
            }
        };
        if !value.is_empty() {
            ranges.push(value);
        }
    }
    masked(bytes, &ranges)
}

/// Masks the credentials of the URLs in a text.
///
/// The user is masked too, also one without a password, because forges accept a token in both positions
/// (`https://TOKEN:x-oauth-basic@…`). `ssh://git@…` stays: every forge has that user.
fn urls(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut ranges = Vec::new();
    let mut at = 0;
    while let Some(scheme) = find(&bytes[at..], b"://") {
        let start = at + scheme + 3;
        let end = start + end_of_url(&bytes[start..]);
        let url = &bytes[start..end];
        let userinfo = userinfo(url).filter(|user| *user > 0 && !matches!(&url[..*user], b"git" | b"hg"));
        if let Some(length) = userinfo {
            ranges.push(start..start + length);
        }
        let queries = secret_queries(&url[userinfo.unwrap_or(0)..]);
        let base = start + userinfo.unwrap_or(0);
        ranges.extend(queries.into_iter().map(|range| base + range.start..base + range.end));
        at = end;
    }
    masked(bytes, &ranges).map_or(Cow::Borrowed(bytes), Cow::Owned)
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// Returns the length of the text after `://`, up to a blank or the scheme of the next URL.
fn end_of_url(rest: &[u8]) -> usize {
    let blank = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
    let word = &rest[..blank];
    let Some(next) = find(word, b"://") else { return blank };
    let scheme = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-');
    next - word[..next].iter().rev().take_while(scheme).count()
}

/// Returns the length of the user and password of a URL, after its scheme: up to the last `@` before the path. A
/// password that should be percent-encoded, but is not, can have a slash or an `@`.
fn userinfo(url: &[u8]) -> Option<usize> {
    let authority = url.iter().position(|&byte| byte == b'/').unwrap_or(url.len());
    let at = url[..authority].iter().rposition(|&byte| byte == b'@');
    let before = &url[..at.unwrap_or(authority)];
    // `host:8080/…` and `[::1]/…` have no password, but `user:pass/word@host` has one.
    let port =
        |colon: usize| at.is_none() && before[colon + 1..].iter().all(u8::is_ascii_digit) && before.len() > colon + 1;
    let has_password =
        !before.starts_with(b"[") && before.iter().position(|&byte| byte == b':').is_some_and(|colon| !port(colon));
    if !has_password {
        return at;
    }
    let path = &url[authority..];
    // A query may have an `@`. It does not count if the user and password already end before it.
    let query = path.iter().position(|byte| matches!(byte, b'?' | b'#')).filter(|_| at.is_some());
    let path = &path[..query.unwrap_or(path.len())];
    // Go's module proxies have `/@v/` and `@v1.2.3` in their paths.
    let is_version =
        |at: usize| matches!(path[at + 1..], [b'v', digit, ..] if digit.is_ascii_digit()) || path[..at].ends_with(b"/");
    let later = (0..path.len()).rev().find(|&at| path[at] == b'@' && !is_version(at));
    later.map(|later| authority + later).or(at)
}

/// Returns the positions of the values in a URL's query or fragment whose names are those of secrets.
fn secret_queries(url: &[u8]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let Some(mut at) = url.iter().position(|byte| matches!(byte, b'?' | b'#')) else { return ranges };
    while at < url.len() {
        let start = at + 1;
        let ends = |byte: &u8| matches!(byte, b'&' | b';' | b'#' | b'?') || is_quote(*byte);
        let end = start + url[start..].iter().position(ends).unwrap_or(url.len() - start);
        let pair = &url[start..end];
        if let Some(equals) = pair.iter().position(|&byte| byte == b'=') {
            let (name, value) = (&pair[..equals], &pair[equals + 1..]);
            let is_signature = words_of(name).iter().any(|word| is_one_of(QUERY_WORDS, word));
            let value = value.len() - list_end(value);
            if (is_secret(name) || is_signature) && value > 0 {
                ranges.push(start + equals + 1..start + equals + 1 + value);
            }
        }
        at = end;
    }
    ranges
}

/// Returns the length of the end of a value in GOPROXY: `,direct`, `|off`, or a separator before the next URL.
fn list_end(value: &[u8]) -> usize {
    let last = value.iter().rposition(|byte| matches!(byte, b',' | b'|'));
    last.map(|last| value.len() - last)
        .filter(|length| {
            let word = &value[value.len() - length + 1..];
            word.is_empty() || word == b"direct" || word == b"off"
        })
        .unwrap_or(0)
}

/// Masks the value of a proxy variable: a URL, which may have no scheme for net/http and curl.
fn proxy(value: &[u8]) -> Cow<'_, [u8]> {
    if find(value, b"://").is_some() {
        return text(value);
    }
    match userinfo(value).filter(|length| *length > 0) {
        Some(length) => Cow::Owned([MASK, &value[length..]].concat()),
        None => text(value),
    }
}

fn is_name(name: &[u8]) -> bool {
    let starts = name.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    starts && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

fn ends_with(name: &[u8], word: &[u8]) -> bool {
    name.len().checked_sub(word.len()).is_some_and(|at| name[at..].eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(bytes: Cow<[u8]>) -> String {
        String::from_utf8(bytes.into_owned()).unwrap()
    }

    #[test]
    fn a_word_of_its_name_makes_a_variable_secret() {
        let secret = [
            "GITHUB_TOKEN",
            "github_token",
            "MySecretThing",
            "PGPASSWORD",
            "AWS_ACCESS_KEY_ID",
            "NPM_PAT",
            "DB_PWD",
            "MYSQL_PWD",
            "APP_PASSPHRASE",
            "AWS_CREDENTIALS",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "SESSION_COOKIE",
            "COOKIES",
            "HTTP_AUTH",
            "DATABASE_DSN",
            "CONNECTION_STRING",
            "AZURE_STORAGE_CONNECTION_STRING",
            "dbConnectionString",
            "ConnectionString",
            "PASSWD",
            "api-key",
            "apiKey",
            "APIKey",
            "APIKEY",
            "main.apiKey",
            "main.token",
            "x.y.Secret",
            "KEY",
            "KEY2",
            "P4PASSWD",
            "AZURE_SAS",
            "sasUrl",
            "GITHUBTOKEN",
            "SSHPASS",
            "SSH_AUTH_SOCK",
            "GOAUTH",
            "GIT_SSH_COMMAND",
            "x-amz-security-token",
        ];
        let plain = [
            "PWD",
            "OLDPWD",
            "PATH",
            "GOPATH",
            "MONKEY",
            "KEYBOARD",
            "MONKEY_PATCH",
            "AUTHOR",
            "AUTHORS",
            "COMPAT",
            "PATTERN",
            "PASS",
            "TOKENIZER",
            "SECRETARY",
            "SASS_PATH",
            "GOFLAGS",
            "GIT_SSH",
            "CONNECTION",
            "STRING",
            "STRING_CONNECTION",
            "DSNS",
            "HOME",
            "",
            "_",
            "main.Version",
            "GOPROXY",
            "keyring",
        ];
        for name in secret {
            assert!(is_secret(name.as_bytes()), "{name}");
            assert_eq!(shown(value(name.as_bytes(), b"x")), "***", "{name}");
            assert_eq!(shown(value(name.as_bytes(), b"")), "", "{name}");
        }
        for name in plain.iter() {
            assert!(!is_secret(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn a_url_keeps_everything_but_its_credentials() {
        let table: &[(&str, &str)] = &[
            ("https://proxy.golang.org,direct", "https://proxy.golang.org,direct"),
            ("https://u:p@h,direct", "https://***@h,direct"),
            ("https://u:p@h/x|https://a:b@i", "https://***@h/x|https://***@i"),
            ("https://a,https://u:p@h,direct", "https://a,https://***@h,direct"),
            ("https://a:80/x,https://u:p@h,direct", "https://a:80/x,https://***@h,direct"),
            ("https://u:p,w@h", "https://***@h"),
            ("https://u:p#?w@h", "https://***@h"),
            ("https://u:p@w@h/p", "https://***@h/p"),
            ("https://u:p/w@h/p", "https://***@h/p"),
            ("https://u:/w@h/p", "https://***@h/p"),
            ("https://u:p@x/y@h/p", "https://***@h/p"),
            ("https://u:p@h/m/@v/list", "https://***@h/m/@v/list"),
            ("https://u:p@h/m@v1.2.3", "https://***@h/m@v1.2.3"),
            ("https://u:p@h/m?mail=a@b", "https://***@h/m?mail=a@b"),
            ("https://ghp_token@github.com/o/r", "https://***@github.com/o/r"),
            ("HTTPS://ghp_token@github.com", "HTTPS://***@github.com"),
            ("https://:p@h", "https://***@h"),
            ("https://@h", "https://@h"),
            ("https://[::1]:80/x@y", "https://[::1]:80/x@y"),
            ("ssh://git@github.com/o/r", "ssh://git@github.com/o/r"),
            ("ssh://git:p@github.com/o/r", "ssh://***@github.com/o/r"),
            ("ssh://tok@github.com/o/r", "ssh://***@github.com/o/r"),
            ("git+ssh://tok@h/r", "git+ssh://***@h/r"),
            ("socks5://u:p@h:1080", "socks5://***@h:1080"),
            ("postgres://u:p@h/db", "postgres://***@h/db"),
            ("ftp://tok@h", "ftp://***@h"),
            ("git@github.com:o/r", "git@github.com:o/r"),
            ("https://h:8080/mod/@v/list", "https://h:8080/mod/@v/list"),
            ("https://h/x@y", "https://h/x@y"),
            ("-ldflags=-X main.url=https://u:p@h/ -s", "-ldflags=-X main.url=https://***@h/ -s"),
            ("see https://h, then mail a:b@c", "see https://h, then mail a:b@c"),
            ("example.com/m@v1.2.3", "example.com/m@v1.2.3"),
            ("://", "://"),
            ("https://h/?access_token=abc", "https://h/?access_token=***"),
            ("https://h/?a=1&access_token=abc&b=2", "https://h/?a=1&access_token=***&b=2"),
            ("https://h?token=abc,direct", "https://h?token=***,direct"),
            ("https://h?token=abc|https://i?key=d", "https://h?token=***|https://i?key=***"),
            ("https://h/x?sv=1&sig=abc%2B", "https://h/x?sv=1&sig=***"),
            ("https://h/x?X-Amz-Signature=abc", "https://h/x?X-Amz-Signature=***"),
            ("https://h/#access_token=abc", "https://h/#access_token=***"),
            ("https://u:p@h/?private_token=abc", "https://***@h/?private_token=***"),
            ("ws://h/?apikey=abc x", "ws://h/?apikey=*** x"),
            ("https://h/?token=", "https://h/?token="),
            ("https://h/?monkey=1", "https://h/?monkey=1"),
        ];
        for (original, masked) in table {
            assert_eq!(shown(text(original.as_bytes())), *masked);
            assert_eq!(shown(text(masked.as_bytes())), *masked, "masking twice");
            assert_eq!(shown(value(b"GOPROXY", original.as_bytes())).contains("tok"), masked.contains("tok"));
        }
    }

    #[test]
    fn a_proxy_may_leave_out_its_scheme() {
        let table: &[(&str, &str, &str)] = &[
            ("HTTP_PROXY", "u:p@proxy:3128", "***@proxy:3128"),
            ("https_proxy", "u:p@proxy:3128", "***@proxy:3128"),
            ("https_proxy", "u:p/w@proxy:3128", "***@proxy:3128"),
            ("https_proxy", "u@proxy:3128", "***@proxy:3128"),
            ("https_proxy", "http://u:p@proxy:3128", "http://***@proxy:3128"),
            ("NO_PROXY", "localhost:80,10.0.0.0/8", "localhost:80,10.0.0.0/8"),
            ("GOFLAGS", "u:p@proxy", "u:p@proxy"),
        ];
        for (name, original, masked) in table {
            assert_eq!(shown(value(name.as_bytes(), original.as_bytes())), *masked, "{name}");
        }
    }

    #[test]
    fn linker_settings_are_masked_by_name() {
        let table: &[(&str, &str)] = &[
            ("-X main.token=abc", "-X main.token=***"),
            ("-X=main.token=abc", "-X=main.token=***"),
            ("--X main.token=abc", "--X main.token=***"),
            ("-ldflags=-X main.token=abc -s", "-ldflags=-X main.token=*** -s"),
            ("-ldflags=-X=example.com/p.apiKey=a=b", "-ldflags=-X=example.com/p.apiKey=***"),
            ("-s -X 'main.token=a b' -w", "-s -X 'main.token=***' -w"),
            ("-X \"main.token=a b\"", "-X \"main.token=***\""),
            ("'-X main.token=a' -w", "'-X main.token=***' -w"),
            ("-X main.version=1 -X main.password=x", "-X main.version=1 -X main.password=***"),
            ("-X main.token=", "-X main.token="),
            ("-X main.version=1", "-X main.version=1"),
            ("-x main.token=1", "-x main.token=1"),
            ("a-X main.token=1", "a-X main.token=1"),
            ("-X", "-X"),
            ("-X ", "-X "),
            ("-X=", "-X="),
        ];
        for (original, masked) in table {
            assert_eq!(shown(text(original.as_bytes())), *masked);
            assert_eq!(shown(value(b"GOFLAGS", original.as_bytes())), *masked);
            assert_eq!(shown(argument(original.as_bytes())), *masked);
        }
    }

    #[test]
    fn passwords_in_a_command_are_masked() {
        let table: &[(&str, &str)] = &[
            ("sshpass -p hunter2 ssh h", "sshpass -p *** ssh h"),
            ("sshpass -phunter2 ssh -p 22 h", "sshpass -p*** ssh -p 22 h"),
            ("/usr/bin/sshpass -v -P prompt -p 'hunter2 x' ssh", "/usr/bin/sshpass -v -P prompt -p '***' ssh"),
            ("sshpass -p'hunter2 x' ssh", "sshpass -p'***' ssh"),
            ("env A=1 sshpass -p hunter2", "env A=1 sshpass -p ***"),
            ("X='sshpass -p hunter2 ssh'", "X='sshpass -p *** ssh'"),
            ("sshpass -f file ssh -p 22", "sshpass -f file ssh -p 22"),
            ("sshpass -e ssh -p 22 h", "sshpass -e ssh -p 22 h"),
            ("ssh -p 22 h", "ssh -p 22 h"),
            ("GOAUTH=git /x hunter2", "GOAUTH=***"),
            ("set 'GOAUTH=git hunter2' and go", "set 'GOAUTH=***' and go"),
            ("GIT_SSH_COMMAND='ssh -i hunter2' go", "GIT_SSH_COMMAND='***' go"),
            ("A=1\nGOAUTH=x\nB=2", "A=1\nGOAUTH=***\nB=2"),
            ("MYGOAUTH=x", "MYGOAUTH=x"),
            ("GOAUTH=", "GOAUTH="),
        ];
        for (original, masked) in table {
            assert_eq!(shown(text(original.as_bytes())), *masked);
            assert_eq!(shown(text(masked.as_bytes())), *masked, "masking twice");
        }
    }

    #[test]
    fn other_settings_on_a_command_line_stay() {
        let table: &[(&str, &str)] = &[
            ("MY_TOKEN=abc", "MY_TOKEN=abc"),
            ("-run=TestKey=1", "-run=TestKey=1"),
            ("token=abc", "token=abc"),
            ("GOAUTH=git x", "GOAUTH=***"),
            ("GOAUTH=", "GOAUTH="),
            ("GOAUTH=***", "GOAUTH=***"),
            ("GIT_SSH_COMMAND=ssh -i x", "GIT_SSH_COMMAND=***"),
            ("https_proxy=u:p@h", "https_proxy=***@h"),
            ("GOPROXY=https://u:p@h", "GOPROXY=https://***@h"),
            ("GOFLAGS=-mod=mod", "GOFLAGS=-mod=mod"),
            ("GOFLAGS=-ldflags=-X=main.token=abc", "GOFLAGS=-ldflags=-X=main.token=***"),
            ("https://u:p@h?token=1", "https://***@h?token=***"),
            ("./...", "./..."),
            ("=", "="),
            ("", ""),
        ];
        for (original, masked) in table {
            assert_eq!(shown(argument(original.as_bytes())), *masked);
        }
    }

    #[test]
    fn a_flag_and_its_value_may_be_two_words() {
        let table: &[(&[&str], &[&str])] = &[
            (&["go", "tool", "link", "-X", "main.token=abc"], &["go", "tool", "link", "-X", "main.token=***"]),
            (&["go", "tool", "link", "-X", "main.v=1", "a"], &["go", "tool", "link", "-X", "main.v=1", "a"]),
            (&["go", "build", "-ldflags", "-X main.token=abc"], &["go", "build", "-ldflags", "-X main.token=***"]),
            (&["dlv", "exec", "sshpass", "-p", "a b", "ssh"], &["dlv", "exec", "sshpass", "-p", "***", "ssh"]),
            (&["/usr/bin/sshpass", "-pab", "ssh", "-p", "22"], &["/usr/bin/sshpass", "-p***", "ssh", "-p", "22"]),
            (&["go", "run", ".", "token=1", "-p", "x"], &["go", "run", ".", "token=1", "-p", "x"]),
            (&["go", "-X"], &["go", "-X"]),
            (&[], &[]),
        ];
        for (original, masked) in table {
            let words: Vec<&[u8]> = original.iter().map(|word| word.as_bytes()).collect();
            let line: Vec<String> = command_line(&words).into_iter().map(shown).collect();
            assert_eq!(line, *masked);
        }
    }

    proptest! {
        #[test]
        fn no_password_survives(
            before in "[a-z ,|=-]{0,9}", scheme in "(https?|ssh|socks5|postgres)", user in "[a-z]{0,5}",
            odd in "[@/:#?,;]{0,2}", after in "(/[a-z:]{0,9})?(,direct)?",
        ) {
            let line = format!("{before}{scheme}://{user}:hun{odd}ter2@host{after}");
            let masked = shown(text(line.as_bytes()));
            prop_assert!(!masked.contains("ter2"), "{line} {masked}");
            prop_assert_eq!(shown(text(masked.as_bytes())), masked.clone(), "masking twice changes nothing");
        }

        #[test]
        fn masking_twice_changes_nothing_more(bytes in "[ -~]{0,40}", name in "(GOAUTH|token|-X a.key|sshpass -p|https://u:p)") {
            let line = format!("{bytes}{name}={bytes}");
            let once = text(line.as_bytes()).into_owned();
            prop_assert_eq!(text(&once).into_owned(), once.clone());
            _ = (argument(&once), proxy(&once), is_secret(&once), command_line(&[&once, &once]));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            _ = (text(&bytes), argument(&bytes), proxy(&bytes), is_secret(&bytes), value(&bytes, &bytes));
        }

        #[test]
        fn plain_words_are_untouched(bytes in "[ a-z./]{0,60}") {
            prop_assume!(!bytes.contains("sshpass"));
            prop_assert!(matches!(text(bytes.as_bytes()), Cow::Borrowed(_)));
        }
    }
}
