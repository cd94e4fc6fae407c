//! What must not be shown: secrets by the name of their variable, and the credentials of URLs.
//!
//! A plan is pasted into a bug report, a log is kept, a record is attached to it. Masking rather errs on the side of
//! hiding: it is a display, and `--explain=sh` alone is exact.

use alloc::borrow::Cow;

use crate::prelude::*;

/// What stands in a secret's place.
pub const MASK: &[u8] = b"***";

/// Does the name say that the value is a secret?
#[must_use]
pub fn is_secret(name: &[u8]) -> bool {
    contains(name, b"TOKEN") || contains(name, b"SECRET") || contains(name, b"PASSWORD") || contains(name, b"KEY")
}

/// A variable's value as it may be shown. An empty value hides nothing and stays.
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

/// An argument as it may be shown: `NAME=value`, as `go env -w` takes it, by its name, anything else by its URLs.
#[must_use]
pub fn argument(argument: &[u8]) -> Cow<'_, [u8]> {
    let Some(equals) = argument.iter().position(|&byte| byte == b'=') else { return text(argument) };
    let (name, original) = (&argument[..equals], &argument[equals + 1..]);
    if !is_name(name) {
        return text(argument);
    }
    let shown = value(name, original);
    if shown == original { Cow::Borrowed(argument) } else { Cow::Owned([name, b"=", shown.as_ref()].concat()) }
}

/// Any text as it may be shown: without the credentials of the URLs in it.
///
/// The user goes with the password, since forges take a token in either place (`https://TOKEN:x-oauth-basic@…`); in
/// `http` and `https` a lone user goes too, for the same reason. `ssh://git@…` stays.
#[must_use]
pub fn text(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut shown = Vec::new();
    let mut rest = bytes;
    while let Some(scheme) = rest.windows(3).position(|window| window == b"://") {
        let (before, after) = rest.split_at(scheme + 3);
        let lone = ends_with(&rest[..scheme], b"http") || ends_with(&rest[..scheme], b"https");
        shown.extend_from_slice(before);
        rest = after;
        if let Some(user) = userinfo(after).filter(|user| lone || user.contains(&b':')) {
            shown.extend_from_slice(MASK);
            rest = &after[user.len()..];
        }
    }
    shown.extend_from_slice(rest);
    if shown == bytes { Cow::Borrowed(bytes) } else { Cow::Owned(shown) }
}

/// What stands before the `@` of an authority. It ends at a slash or a blank and nowhere else: a password that should
/// have been percent-encoded, and was not, is a password all the same.
fn userinfo(after: &[u8]) -> Option<&[u8]> {
    let end = after.iter().position(|byte| *byte == b'/' || byte.is_ascii_whitespace()).unwrap_or(after.len());
    let at = after[..end].iter().rposition(|&byte| byte == b'@')?;
    (at > 0).then(|| &after[..at])
}

/// The value of a proxy variable: a URL, whose scheme net/http and curl let one leave out.
fn proxy(value: &[u8]) -> Cow<'_, [u8]> {
    match userinfo(value) {
        Some(user) if user.contains(&b':') && !value.windows(3).any(|window| window == b"://") => {
            Cow::Owned([MASK, &value[user.len()..]].concat())
        }
        _ => text(value),
    }
}

fn is_name(name: &[u8]) -> bool {
    let starts = name.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    starts && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

fn contains(name: &[u8], word: &[u8]) -> bool {
    name.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
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
    fn a_secret_is_known_by_its_name() {
        let table: &[(&str, &str, &str)] = &[
            ("GITHUB_TOKEN", "ghp_1", "***"),
            ("github_token", "ghp_1", "***"),
            ("MySecretThing", "x", "***"),
            ("PGPASSWORD", "x", "***"),
            ("AWS_ACCESS_KEY_ID", "x", "***"),
            ("GITHUB_TOKEN", "", ""),
            ("GOPATH", "/home/me/go", "/home/me/go"),
            ("PASSWD", "x", "x"),
        ];
        for (name, original, masked) in table {
            assert_eq!(shown(value(name.as_bytes(), original.as_bytes())), *masked, "{name}");
        }
    }

    #[test]
    fn a_url_keeps_everything_but_its_credentials() {
        let table: &[(&str, &str)] = &[
            ("https://proxy.golang.org,direct", "https://proxy.golang.org,direct"),
            ("https://u:p@h,direct", "https://***@h,direct"),
            ("https://u:p@h/x|https://a:b@i", "https://***@h/x|https://***@i"),
            ("https://a,https://u:p@h,direct", "https://a,https://***@h,direct"),
            ("https://u:p,w@h", "https://***@h"),
            ("https://u:p#?w@h", "https://***@h"),
            ("https://u:p@w@h/p", "https://***@h/p"),
            ("https://ghp_token@github.com/o/r", "https://***@github.com/o/r"),
            ("HTTPS://ghp_token@github.com", "HTTPS://***@github.com"),
            ("https://:p@h", "https://***@h"),
            ("https://@h", "https://@h"),
            ("ssh://git@github.com/o/r", "ssh://git@github.com/o/r"),
            ("ssh://git:p@github.com/o/r", "ssh://***@github.com/o/r"),
            ("git@github.com:o/r", "git@github.com:o/r"),
            ("https://h:8080/mod/@v/list", "https://h:8080/mod/@v/list"),
            ("-ldflags=-X main.url=https://u:p@h/ -s", "-ldflags=-X main.url=https://***@h/ -s"),
            ("see https://h, then mail a:b@c", "see https://h, then mail a:b@c"),
            ("example.com/m@v1.2.3", "example.com/m@v1.2.3"),
            ("://", "://"),
        ];
        for (original, masked) in table {
            assert_eq!(shown(text(original.as_bytes())), *masked);
            assert_eq!(shown(value(b"GOPROXY", original.as_bytes())), *masked);
        }
    }

    #[test]
    fn a_proxy_may_leave_out_its_scheme() {
        let table: &[(&str, &str, &str)] = &[
            ("HTTP_PROXY", "u:p@proxy:3128", "***@proxy:3128"),
            ("https_proxy", "u:p@proxy:3128", "***@proxy:3128"),
            ("https_proxy", "http://u:p@proxy:3128", "http://***@proxy:3128"),
            ("NO_PROXY", "localhost:80,10.0.0.0/8", "localhost:80,10.0.0.0/8"),
            ("GOFLAGS", "u:p@proxy", "u:p@proxy"),
        ];
        for (name, original, masked) in table {
            assert_eq!(shown(value(name.as_bytes(), original.as_bytes())), *masked, "{name}");
        }
    }

    #[test]
    fn an_argument_that_sets_a_variable_goes_by_its_name() {
        let table: &[(&str, &str)] = &[
            ("MY_TOKEN=abc", "MY_TOKEN=***"),
            ("MY_TOKEN=", "MY_TOKEN="),
            ("MY_TOKEN=***", "MY_TOKEN=***"),
            ("GOPROXY=https://u:p@h", "GOPROXY=https://***@h"),
            ("GOFLAGS=-mod=mod", "GOFLAGS=-mod=mod"),
            ("-X=main.token=abc", "-X=main.token=abc"),
            ("https://u:p@h?token=1", "https://***@h?token=1"),
            ("./...", "./..."),
            ("=", "="),
            ("", ""),
        ];
        for (original, masked) in table {
            assert_eq!(shown(argument(original.as_bytes())), *masked);
        }
    }

    proptest! {
        #[test]
        fn no_password_survives(before in "[a-z ,|=-]{0,9}", user in "[a-z]{0,5}", after in "(/[a-z@:]{0,9})?(,direct)?") {
            let line = format!("{before}https://{user}:hunter2@host{after}");
            let masked = shown(text(line.as_bytes()));
            prop_assert!(!masked.contains("hunter2"), "{masked}");
            prop_assert_eq!(shown(text(masked.as_bytes())), masked.clone(), "masking twice changes nothing");
        }

        #[test]
        fn what_has_no_url_is_untouched(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            prop_assume!(!bytes.windows(3).any(|window| window == b"://"));
            prop_assert!(matches!(text(&bytes), Cow::Borrowed(_)));
        }
    }
}
