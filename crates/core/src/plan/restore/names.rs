//! Names of the variables that are saved in the snapshot and restored: the built-in list.
//!
//! The list has the variables that tell Go and its helpers (git, gcc, pkg-config) how to build and how to reach the
//! network, and the variables of the user and of WSL. It lacks GOOS and GOARCH, because `GOOS=windows` for one command
//! must not apply to the next. It lacks GOROOT, which belongs to the found toolchain. It lacks sockets, because a saved
//! socket may be gone, and another user can create one of the same name.

use crate::config::Config;
use crate::prelude::*;
use crate::tools::go::variables;

/// Names that sudo may keep for root's go, if an administrator allows it. None holds a program, flags, a folder or a
/// settings file: root would run or write a file that another user chose.
pub const KEPT_BY_SUDO: [&str; 13] = [
    "GOPROXY",
    "GONOPROXY",
    "GOPRIVATE",
    "GONOSUMDB",
    "GOSUMDB",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
];

/// The line for sudoers(5) that keeps them.
#[must_use]
pub fn sudoers_line() -> String {
    format!("Defaults env_keep += \"{}\"", KEPT_BY_SUDO.join(" "))
}

/// Returns true for a variable that is restored.
#[must_use]
pub fn is_restorable(name: &[u8], config: &Config) -> bool {
    let is_configured = || config.restore_names.value.iter().any(|more| more == name);
    !is_socket(name) && (is_listed(name) || is_configured())
}

fn is_socket(name: &[u8]) -> bool {
    matches!(name, b"WSL_INTEROP" | b"SSH_AUTH_SOCK")
}

/// Names that are restored beside Go's settings, in one string: a table of pointers would cost a relocation for each
/// row at every start. A star stands for any bytes, at the end or at the beginning.
const LISTED: &str = "\
PATH HOME USER LOGNAME XDG_CONFIG_HOME XDG_CACHE_HOME \
WSL_DISTRO_NAME WSLENV \
SSL_CERT_* GIT_SSH* *_proxy *_PROXY PKG_CONFIG*";

/// First bytes of the rows without a star at the beginning; bit N stands for byte N. `CAN_END` has the last bytes of
/// the other rows.
const CAN_BEGIN: u128 = first_bytes(LISTED);
const CAN_END: u128 = last_bytes(LISTED);

const fn first_bytes(rows: &str) -> u128 {
    let (bytes, mut set, mut at) = (rows.as_bytes(), 0, 0);
    while at < bytes.len() {
        if (at == 0 || bytes[at - 1] == b' ') && bytes[at] != b'*' {
            set |= 1 << bytes[at];
        }
        at += 1;
    }
    set
}

const fn last_bytes(rows: &str) -> u128 {
    let (bytes, mut set, mut at) = (rows.as_bytes(), 0, 0);
    let mut begins_with_star = false;
    while at < bytes.len() {
        if at == 0 || bytes[at - 1] == b' ' {
            begins_with_star = bytes[at] == b'*';
        }
        if begins_with_star && (at + 1 == bytes.len() || bytes[at + 1] == b' ') {
            set |= 1 << bytes[at];
        }
        at += 1;
    }
    set
}

const fn holds(set: u128, byte: u8) -> bool {
    byte < 128 && set & (1 << byte) != 0
}

/// Returns true for a name on the built-in list.
#[must_use]
pub fn is_listed(name: &[u8]) -> bool {
    let (Some(&first), Some(&last)) = (name.first(), name.last()) else { return false };
    let is_row = |row: &str| match (row.strip_prefix('*'), row.strip_suffix('*')) {
        (Some(end), _) => name.ends_with(end.as_bytes()),
        (_, Some(start)) => name.starts_with(start.as_bytes()),
        _ => name == row.as_bytes(),
    };
    // A snapshot checks every variable, and two bytes exclude most names.
    let can_be_row = holds(CAN_BEGIN, first) || holds(CAN_END, last);
    (can_be_row && LISTED.split(' ').any(is_row)) || is_setting_of_go(name)
}

/// Returns true for a setting of Go, also `CC` and `CXX`, but not for GOOS, GOARCH and GOROOT.
fn is_setting_of_go(name: &[u8]) -> bool {
    variables::is_settable(name) && !matches!(name, b"GOOS" | b"GOARCH" | b"GOROOT")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Origin, Setting};

    #[test]
    fn each_row_is_restored() {
        for row in LISTED.split(' ') {
            assert!(is_listed(row.replace('*', "A").as_bytes()) || row.starts_with('*'), "{row}");
            assert!(is_listed(row.replace('*', "").as_bytes()), "{row}");
            assert!(is_listed(row.replace('*', "\u{e9}").as_bytes()), "{row}");
        }
        assert!(!holds(CAN_BEGIN, b'*') && !holds(CAN_BEGIN, b' ') && !holds(CAN_END, b'*'));
    }

    #[test]
    fn restorable_names() {
        let names = "PATH HOME USER LOGNAME GOPATH GOPROXY GOFLAGS GOAMD64 CGO_CFLAGS CGO_LDFLAGS_ALLOW FC \
                     GOENV GOWORK GOTOOLCHAIN CC CXX PKG_CONFIG PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR \
                     http_proxy https_proxy no_proxy all_proxy ftp_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY \
                     SSL_CERT_FILE SSL_CERT_DIR GIT_SSH GIT_SSH_COMMAND GIT_SSH_VARIANT XDG_CONFIG_HOME \
                     XDG_CACHE_HOME WSL_DISTRO_NAME WSLENV";
        for name in names.split_whitespace() {
            assert!(is_listed(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn every_setting_of_go_comes_back_but_for_the_target_and_the_toolchain() {
        let table = include_str!("../../../../../tests/vectors/go_env.tsv");
        let names = table
            .lines()
            .skip(1)
            .filter(|line| line.ends_with("\tsettable"))
            .filter_map(|line| line.split('\t').next());
        let (stay, come): (Vec<&str>, Vec<&str>) = names.partition(|name| !is_listed(name.as_bytes()));
        assert_eq!(stay, ["GOROOT", "GOOS", "GOARCH"]);
        assert!(come.len() > 50, "{come:?}");
    }

    #[test]
    fn names_that_are_never_restored() {
        let names = "GOOS GOARCH GOROOT WSL_INTEROP SSH_AUTH_SOCK GOWRAP_SESSION GOWRAP_CONFIG __GOWRAP_CHAIN LD_PRELOAD BASH_ENV SHELL PWD OLDPWD \
                     TMPDIR TERM LANG SUDO_USER XDG_RUNTIME_DIR XDG_DATA_HOME DISPLAY GITHUB_TOKEN AWS_SECRET_ACCESS_KEY \
                     path gopath Http_Proxy PROXY GODEBUG GIT_DIR GIT_ASKPASS SSH_ASKPASS NETRC MY_PATH";
        for name in names.split_whitespace() {
            assert!(!is_listed(name.as_bytes()), "{name}");
        }
        assert!(!is_listed(b""));
        assert!(!is_listed(b"\xff"));
    }

    /// sudo keeps no name that holds a program, flags, a folder or a settings file, and the manual lists the kept
    /// names.
    #[test]
    fn sudo_keeps_addresses_and_patterns_alone() {
        use crate::diagnosis::Code;
        use crate::tools::go::variables::VariableKind;
        for name in KEPT_BY_SUDO {
            assert!(is_listed(name.as_bytes()), "{name}");
            let is_proxy = name.to_ascii_lowercase().ends_with("_proxy");
            let is_harmless =
                matches!(variables::kind(name.as_bytes()), Some(VariableKind::Addresses | VariableKind::Text));
            assert_ne!(is_proxy, is_harmless, "{name}");
        }
        let proxies = ["http", "https", "no", "all"].map(|kind| format!("{kind}_proxy"));
        let proxies = proxies.iter().flat_map(|name| [name.clone(), name.to_ascii_uppercase()]);
        let five = ["GOPROXY", "GONOPROXY", "GOPRIVATE", "GONOSUMDB", "GOSUMDB"].map(str::to_owned);
        let (mut allowed, mut kept): (Vec<String>, Vec<String>) =
            (five.into_iter().chain(proxies).collect(), KEPT_BY_SUDO.map(str::to_owned).to_vec());
        allowed.sort();
        kept.sort();
        assert_eq!(kept, allowed);
        let fix = Code::GW423.entry().fix;
        assert!(fix.contains(&format!("`{}`", sudoers_line())), "{fix}");
    }

    #[test]
    fn the_configuration_adds_to_the_list() {
        let value = [&b"CARGO_HOME"[..], b"WSL_INTEROP", b"SSH_AUTH_SOCK"].map(<[u8]>::to_vec).to_vec();
        let names = Setting { value, origin: Origin::Default };
        let config = Config { restore_names: names, ..Config::default() };
        assert!(is_restorable(b"CARGO_HOME", &config));
        assert!(is_restorable(b"GOPATH", &config));
        assert!(!is_restorable(b"CARGO", &config));
        assert!(!is_restorable(b"WSL_INTEROP", &config));
        assert!(!is_restorable(b"SSH_AUTH_SOCK", &config));
    }

    #[test]
    fn the_marks_are_two_names() {
        use crate::plan::restore::is_mark;
        assert!(is_mark(b"WSL_DISTRO_NAME") && is_mark(b"GOWRAP_SESSION"));
        assert!(!is_mark(b"GOPATH") && !is_mark(b""));
    }
}
