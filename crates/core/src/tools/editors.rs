//! Editors that gowrap knows, one row each.
//!
//! A row has, for an editor that `gowrap setup` and `gowrap doctor` know, the word on the command line, the title in
//! messages, the folder below the home in which its server keeps its data, the folder below the config folder in which
//! the editor on Linux keeps its settings, and their form; empty where it has none. For all editors it has the
//! variables that one sets for the processes that it starts, and the names of its processes in WSL.
//!
//! The rows are a macro, since each pointer of a table costs a relocation at every start of gowrap-shim: it has the
//! variables as one string, and compares the processes' names in code.

/// Calls a macro with the rows.
///
/// A mark is `NAME=any`, `NAME=path` or `NAME=WORD`: the value that the variable must have. A path must be a Linux
/// path: editors on Windows set the same names to Windows paths and pipes, and WSLENV may share those. The kernel keeps
/// 15 bytes of a process name (TASK_COMM_LEN). A star at the end of one stands for any bytes.
#[macro_export]
macro_rules! editors {
    ($make:ident) => {
        $make! {
            { "vscode", "VS Code", ".vscode-server", "Code", VsCode }
                "VS Code", "VS Code's server",
                "VSCODE_IPC_HOOK_CLI=any VSCODE_AGENT_FOLDER=path VSCODE_GIT_IPC_HANDLE=path VSCODE_CWD=path TERM_PROGRAM=vscode",
                ["code", "code-server", "code-tunnel", "wslServer.sh"];
            { "vscode-insiders", "VS Code Insiders", ".vscode-server-insiders", "Code - Insiders", VsCode }
                "VS Code Insiders", "", "", ["code-insiders", "code-server-ins"];
            { "vscodium", "VSCodium", ".vscodium-server", "VSCodium", VsCode }
                "VSCodium", "", "", ["codium", "codium-server", "codium-tunnel"];
            { "code-oss", "Code - OSS", ".vscode-server-oss", "Code - OSS", VsCode }
                "Code - OSS", "", "", ["code-oss", "code-server-oss"];
            { "cursor", "Cursor", ".cursor-server", "Cursor", VsCode }
                "Cursor", "", "", ["cursor", "cursor-server", "cursor-tunnel"];
            { "windsurf", "Windsurf", ".windsurf-server", "Windsurf", VsCode }
                "Windsurf", "", "", ["windsurf", "windsurf-server", "windsurf-tunnel"];
            { "goland", "GoLand", "", "", GoLand }
                "a JetBrains IDE", "", "", ["goland", "goland64", "goland.sh", "idea", "idea.sh", "remote-dev-serv"];
            { "neovim", "Neovim", "", "", Neovim }
                "Neovim", "Neovim", "NVIM=any NVIM_LISTEN_ADDRESS=any", ["nvim", "neovide"];
            { "vim", "Vim with vim-go", "", "", VimGo }
                "Vim", "Vim", "VIM_TERMINAL=any VIMRUNTIME=path",
                ["vi", "vim", "gvim", "vim.basic", "vim.tiny", "vim.nox", "vim.gtk3"];
            { "emacs", "Emacs", "", "", Emacs }
                "Emacs", "Emacs", "INSIDE_EMACS=any", ["emacs*"];
            { "zed", "Zed", "", "", Zed }
                "Zed", "Zed", "ZED_TERM=any ZED_ENVIRONMENT=any",
                ["zed", "zed-editor", "zeditor", "zed-remote-serv", "delve-shim-dap"];
            { "helix", "Helix", "", "", Helix }
                "Helix", "", "", ["hx", "helix"];
            { }
                "Kakoune", "", "", ["kak"];
            { }
                "LiteIDE", "", "", ["liteide"];
            { }
                "Sublime Text", "", "", ["sublime_text"];
        }
    };
}

macro_rules! lines {
    ($({ $($known:tt)* } $process_of:literal, $variable_of:literal, $marks:literal, [$($process:literal),*];)+) => {
        concat!($($variable_of, "|", $marks, "\n"),+)
    };
}

/// The variables of the rows.
const ROWS: &str = editors!(lines);

struct VariableRow {
    variable_of: &'static str,
    marks: &'static str,
}

fn rows() -> impl Iterator<Item = VariableRow> {
    ROWS.lines().filter_map(|line| line.split_once('|')).map(|(variable_of, marks)| VariableRow { variable_of, marks })
}

/// Bytes of a process name that the kernel keeps.
const KEPT: usize = 15;

/// Returns the editor of a process name. A record may hold a longer name than the kernel keeps.
#[must_use]
pub fn of_process(name: &[u8]) -> Option<&'static str> {
    let name = name.get(..KEPT).unwrap_or(name);
    macro_rules! compare {
        ($({ $($known:tt)* } $process_of:literal, $variable_of:literal, $marks:literal, [$($process:literal),*];)+) => {
            $(if false $(|| is_process(name, $process))* {
                return Some($process_of);
            })+
        };
    }
    editors!(compare);
    None
}

/// Returns true if a name matches the row. It is always inlined, so that a comparison with a known name takes few
/// instructions.
#[inline(always)]
fn is_process(name: &[u8], known: &'static str) -> bool {
    match known.as_bytes() {
        [start @ .., b'*'] => name.starts_with(start),
        known => name == known.get(..KEPT).unwrap_or(known),
    }
}

/// Returns the first variable that an editor has set, and the editor. `variable` reads the environment.
pub fn of_variables<'e>(variable: impl Fn(&[u8]) -> Option<&'e [u8]>) -> Option<(&'static str, &'static str)> {
    rows().find_map(|row| {
        let counts = |mark: &str| {
            let (name, holds) = mark.split_once('=')?;
            let value = variable(name.as_bytes()).filter(|value| !value.is_empty())?;
            let counts = match holds {
                "any" => true,
                "path" => value.starts_with(b"/"),
                word => value == word.as_bytes(),
            };
            counts.then_some(mark.len() - holds.len() - 1)
        };
        row.marks.split(' ').find_map(|mark| Some((mark.get(..counts(mark)?)?, row.variable_of)))
    })
}

/// Returns true for a variable that an editor sets.
#[must_use]
pub fn is_mark(name: &[u8]) -> bool {
    let is_name = |mark: &str| mark.split_once('=').is_some_and(|(mark, _)| mark.as_bytes() == name);
    rows().any(|row| row.marks.split(' ').any(is_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! processes {
        ($({ $($known:tt)* } $process_of:literal, $variable_of:literal, $marks:literal, [$($process:literal),*];)+) => {
            [$(($process_of, &[$($process),*] as &[&str])),+]
        };
    }

    #[test]
    fn each_row_is_found_by_each_of_its_processes_and_variables() {
        for (editor, processes) in editors!(processes) {
            for process in processes {
                assert_eq!(of_process(process.trim_end_matches('*').as_bytes()), Some(editor), "{process}");
            }
        }
        for row in rows() {
            for (name, holds) in row.marks.split(' ').filter_map(|mark| mark.split_once('=')) {
                let value = if holds == "path" { "/x" } else { holds };
                let found = of_variables(|asked| (asked == name.as_bytes()).then_some(value.as_bytes()));
                assert_eq!(found, Some((name, row.variable_of)), "{name}");
                assert!(is_mark(name.as_bytes()) && !row.variable_of.is_empty(), "{name}");
            }
        }
        assert_eq!(rows().count(), ROWS.lines().count());
    }

    #[test]
    fn other_names_are_no_editor() {
        for name in ["", "bash", "node", "co", "code-", "cursors", "*", "windsurf-serve"] {
            assert_eq!(of_process(name.as_bytes()), None, "{name}");
        }
        assert_eq!(of_process(b"windsurf-server-main"), Some("Windsurf"));
        for name in ["", "any", "VSCODE", "NVIM=any", "PATH"] {
            assert!(!is_mark(name.as_bytes()), "{name}");
        }
    }
}
