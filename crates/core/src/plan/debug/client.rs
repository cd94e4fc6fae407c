//! Detects the side of a debugger's client: first from variables, which cost no system call, then from ancestors.
//!
//! An editor inside WSL sets variables for every process that it starts, and its debug client runs in WSL too. A
//! process that `wsl.exe -e` starts is a direct child of WSL's relay and has no terminal: a program on Windows started
//! it.

use crate::config::ClientSide;
use crate::diagnosis::wording;
use crate::host::Process;
use crate::prelude::*;
use crate::text::escape::escape;
use crate::text::path::basename;
use crate::tools::editors;

/// Side of the client, with the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Evidence {
    /// Side of the client.
    pub side: ClientSide,
    /// Evidence, as text for the user.
    pub why: String,
}

/// Terminal of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Terminal {
    /// Standard input, output or error is a terminal.
    Present,
    /// None of them is a terminal.
    Absent,
}

/// Maximum number of ancestors that are checked.
const FARTHEST: usize = 64;

/// Detects the client's side. `variable` reads this process's environment. `ancestors` are sorted nearest first.
/// `is_of_vscode` returns true if a process was started with a variable of VS Code.
pub(super) fn detect<'e>(
    variable: impl Fn(&[u8]) -> Option<&'e [u8]>,
    ancestors: impl Iterator<Item = Process>,
    is_of_vscode: impl Fn(u32) -> bool,
    terminal: Terminal,
) -> Evidence {
    if let Some((name, editor)) = by_variables(variable) {
        return linux(|| format!("{editor}: {name}"));
    }
    let mut by_relay = None;
    for (nth, process) in ancestors.take(FARTHEST).enumerate() {
        if let Some(editor) = editors::of_process(basename(&process.name)) {
            return linux(|| format!("{editor}: ancestor process {} ({})", process.pid, escape(&process.name)));
        }
        if is_node(&process.name) && is_of_vscode(process.pid) {
            return linux(|| format!("VS Code's server: ancestor process {}", process.pid));
        }
        if nth == 0 && terminal == Terminal::Absent && is_relay(&process) {
            by_relay = Some(process.pid);
        }
    }
    match by_relay {
        Some(pid) => Evidence {
            side: ClientSide::Windows,
            why: wording(|| {
                format!("started from Windows (`wsl.exe -e`): direct child of WSL's relay (process {pid}), no terminal")
            }),
        },
        None => {
            let why = wording(|| "no editor process or variable found".to_owned());
            Evidence { side: ClientSide::Unknown, why }
        }
    }
}

fn linux(why: impl FnOnce() -> String) -> Evidence {
    Evidence { side: ClientSide::Linux, why: wording(why) }
}

fn by_variables<'e>(variable: impl Fn(&[u8]) -> Option<&'e [u8]>) -> Option<(&'static str, &'static str)> {
    let seen = editors::of_variables(&variable);
    // VS Code's server puts its own commands on PATH for every process below it.
    let on_path = |path: &[u8]| path.split(|&byte| byte == b':').any(|entry| entry.ends_with(b"/bin/remote-cli"));
    seen.or_else(|| variable(b"PATH").filter(|path| on_path(path)).map(|_| ("remote-cli on PATH", "VS Code's server")))
}

fn is_node(name: &[u8]) -> bool {
    matches!(name, b"node" | b"MainThread")
}

/// Returns true for WSL's relay: `Relay(PID)` today, a second `init` in earlier releases and on WSL1.
#[must_use]
pub(super) fn is_relay(process: &Process) -> bool {
    let is_init = process.name == b"init" || process.name.starts_with(b"init(");
    let is_session =
        matches!(process.name.as_slice(), b"Relay" | b"SessionLeader") || process.name.starts_with(b"Relay(");
    is_session || (is_init && process.pid != 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weigh(variables: &[(&str, &str)], ancestors: &[(u32, &str)], terminal: Terminal) -> Evidence {
        let variable = |name: &[u8]| {
            variables.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, value)| value.as_bytes())
        };
        let process = |&(pid, name): &(u32, &str)| Process { pid, uid: 1000, name: name.as_bytes().to_vec() };
        detect(variable, ancestors.iter().map(process), |pid| pid == 77, terminal)
    }

    #[test]
    fn evidence_for_a_client_inside_wsl() {
        let variables: &[(&str, &str)] = &[
            ("VSCODE_IPC_HOOK_CLI", "/run/user/1000/vscode-ipc-1.sock"),
            ("VSCODE_AGENT_FOLDER", "/home/me/.vscode-server"),
            ("TERM_PROGRAM", "vscode"),
            ("PATH", "/home/me/.vscode-server/bin/1/bin/remote-cli:/usr/bin"),
            ("NVIM", "/run/user/1000/nvim.1.0"),
            ("NVIM_LISTEN_ADDRESS", "/tmp/n"),
            ("VIMRUNTIME", "/usr/share/vim/vim91"),
            ("INSIDE_EMACS", "29.4,comint"),
            ("ZED_TERM", "true"),
        ];
        for mark in variables {
            let evidence = weigh(&[*mark], &[], Terminal::Absent);
            assert_eq!(evidence.side, ClientSide::Linux, "{mark:?}");
            assert!(evidence.why.contains(if mark.0 == "PATH" { "remote-cli" } else { mark.0 }), "{}", evidence.why);
        }
        let server = weigh(&[], &[(78, "node"), (77, "node"), (7, "Relay(8)")], Terminal::Absent);
        assert_eq!((server.side, server.why.as_str()), (ClientSide::Linux, "VS Code's server: ancestor process 77"));
    }

    #[test]
    fn an_editor_among_the_ancestors_is_inside_wsl() {
        for (editor, names) in [
            ("Neovim", "nvim neovide"),
            ("Vim", "vi vim gvim vim.basic vim.tiny vim.nox vim.gtk3"),
            ("Helix", "hx helix"),
            ("Kakoune", "kak"),
            // A record may hold a name that the kernel would have truncated.
            ("Zed", "zed zed-editor zeditor zed-remote-serv zed-remote-server delve-shim-dap"),
            ("VS Code", "code-server code-tunnel code wslServer.sh"),
            ("VS Code Insiders", "code-insiders"),
            ("Code - OSS", "code-oss"),
            ("VSCodium", "codium codium-server"),
            ("Cursor", "cursor cursor-server"),
            ("Windsurf", "windsurf windsurf-server"),
            ("a JetBrains IDE", "goland goland64 goland.sh idea idea.sh remote-dev-serv remote-dev-server.sh"),
            ("LiteIDE", "liteide"),
            ("Sublime Text", "sublime_text"),
            ("Emacs", "emacs emacs-gtk"),
        ] {
            for name in names.split(' ') {
                let evidence = weigh(&[], &[(9, "bash"), (8, name), (7, "Relay(8)")], Terminal::Absent);
                let why = format!("{editor}: ancestor process 8 ({name})");
                assert_eq!((evidence.side, evidence.why), (ClientSide::Linux, why));
            }
        }
    }

    #[test]
    fn evidence_for_a_client_on_windows() {
        let today = [(9, "Relay(10)"), (8, "SessionLeader"), (1, "systemd")];
        for ancestors in [&today[..], &[(9, "Relay")], &[(9, "init"), (1, "init")]] {
            assert_eq!(weigh(&[], ancestors, Terminal::Absent).side, ClientSide::Windows, "{ancestors:?}");
            assert_eq!(weigh(&[], ancestors, Terminal::Present).side, ClientSide::Unknown, "{ancestors:?}");
            assert_eq!(weigh(&[("NVIM", "/x")], ancestors, Terminal::Absent).side, ClientSide::Linux);
        }
    }

    #[test]
    fn variables_and_processes_that_are_no_evidence() {
        for (variables, ancestors) in [
            (&[][..], &[][..]),
            (&[], &[(9, "bash"), (8, "Relay(9)")]),
            (&[], &[(1, "init")]),
            (&[], &[(9, "systemd"), (1, "systemd")]),
            (&[], &[(78, "node"), (9, "bash")]),
            // VS Code's terminal on Windows gives its variables to a shell, whose client may be on either side.
            (&[], &[(77, "bash")]),
            (
                &[("NVIM", ""), ("TERM_PROGRAM", "WezTerm"), ("VSCODE_CWD", "C:\\x"), ("PATH", "/usr/bin")],
                &[(9, "zsh")],
            ),
        ] {
            let evidence = weigh(variables, ancestors, Terminal::Absent);
            assert_eq!(evidence.side, ClientSide::Unknown, "{variables:?} {ancestors:?}");
        }
    }
}
