//! Collects the inputs of the debug-address decision (the client's side and the network), and applies the decision.
//!
//! The inputs are read only if dlv listens or dials out and the decision needs them. `dlv version` therefore costs as
//! much as `go version`, and an editor inside WSL does not wait for the network's facts.

use alloc::borrow::Cow;

use crate::config::ClientSide;
use crate::config::{ClientPolicy, Config};
use crate::diagnosis::{Failure, wording};
use crate::host::binary::Format;
use crate::host::environ::c_string;
use crate::host::process::is_like;
use crate::host::{Host, Network, NetworkMode, Processes};
use crate::plan::debug::client;
use crate::plan::debug::client::Terminal;
use crate::plan::debug::listen;
use crate::plan::debug::situation::{Basis, DlvSide, Situation};
use crate::plan::model::{Decisions, Target};
use crate::prelude::*;
use crate::text::escape::escape;
use crate::tools::dlv;

/// Empty network facts, for command lines whose decision does not read them.
const UNSEEN: Network =
    Network { mode: NetworkMode::Unknown, localhost_forwarding: None, linux_address: None, gateway: None };

/// Chooses the debug address of a `dlv` that is about to run, and changes its arguments.
///
/// # Errors
/// Returns a refusal if the client cannot reach `dlv.exe`.
pub(crate) fn choose_address(
    target: &Target,
    config: &Config,
    host: &dyn Host,
    decisions: &mut Decisions,
) -> Result<(), Failure> {
    if target.format != Format::Pe && !decisions.argv.iter().any(|arg| dlv::may_concern_address(arg.to_bytes())) {
        return Ok(());
    }
    let decision = {
        let argv: Vec<&[u8]> = decisions.argv.iter().map(|arg| arg.to_bytes()).collect();
        let line = dlv::scan(&argv);
        let connects = line.listens(&argv) || !line.client_addr.is_empty();
        let (client, basis, client_why) = match config.client.value {
            ClientPolicy::Fixed(side) => {
                let why = wording(|| format!("set by {}", escape(&config.client.origin.describe())));
                (side, Basis::Configured, why)
            }
            ClientPolicy::Auto if connects => {
                let evidence = evidence(host, decisions);
                (evidence.side, Basis::Evidence, evidence.why)
            }
            ClientPolicy::Auto => (ClientSide::Unknown, Basis::Evidence, String::new()),
        };
        let mut situation = Situation {
            dlv: if target.format == Format::Pe { DlvSide::Windows } else { DlvSide::Linux },
            kind: host.kind(),
            network: &UNSEEN,
            client,
            basis,
            client_why: &client_why,
            bind: &config.bind.value,
            allow_any: config.allow_any.value,
        };
        if situation.needs_network(&line, &argv) {
            // Only this row needs localhostForwarding, which is read from a file on drive C.
            let asks_windows = (client, basis) == (ClientSide::Windows, Basis::Configured);
            situation.network = if asks_windows { host.configured_network() } else { host.network() };
        }
        let decision = listen::decide(&line, &argv, &situation)?;
        decisions.args.extend(wording(|| decision.changes(&argv)));
        decision
    };
    let argv = core::mem::take(&mut decisions.argv);
    decisions.argv = decision.apply(argv, |arg| Cow::Owned(c_string(arg.to_vec())));
    decisions.listen = decision.listen;
    decisions.notes.extend(decision.notes);
    Ok(())
}

fn evidence(host: &dyn Processes, decisions: &Decisions) -> client::Evidence {
    let terminal = if host.has_terminal() { Terminal::Present } else { Terminal::Absent };
    let is_of_vscode = |pid| host.has_variable(pid, &is_like(b"VSCODE_*"));
    client::detect(|name| decisions.environ.get(name), host.ancestors(), is_of_vscode, terminal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every subcommand in delve's table that listens is found by the first, cheap check.
    #[test]
    fn a_line_that_listens_has_a_word_that_may_concern_the_address() {
        for name in dlv::flags::Subcommand::names() {
            for more in [None, Some(&b"--headless"[..])] {
                let argv: Vec<&[u8]> = [b"dlv", name].into_iter().chain(more).collect();
                let listens = dlv::scan(&argv).listens(&argv);
                assert!(!listens || argv.iter().any(|arg| dlv::may_concern_address(arg)), "{}", name.escape_ascii());
            }
        }
    }

    proptest! {
        #[test]
        fn a_line_without_such_a_word_neither_listens_nor_dials(
            words in proptest::collection::vec(proptest::sample::select(vec![
                "dap", "debug", "exec", "test", "attach", "core", "replay", "trace", "version", "--", "./x", "12", "--headless",
                "--headless=true", "--headless=false", "--listen", "--listen=:1", "-l", "-l:1", "-l=:1", "-listen=:1", "-tlisten",
                "--client-addr=:1", "--client-addr", "--log", "--unknown", "--unknown=1", "-c", "--wd", "--accept-multiclient",
            ]), 0..6),
        ) {
            let argv: Vec<&[u8]> = std::iter::once("dlv").chain(words).map(str::as_bytes).collect();
            let line = dlv::scan(&argv);
            let concerned = line.listens(&argv) || !line.client_addr.is_empty() || line.misspelt_listen.is_some();
            prop_assert!(!concerned || argv.iter().any(|arg| dlv::may_concern_address(arg)));
        }
    }
}
