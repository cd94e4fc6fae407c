//! What an editor is to be told, with this machine's paths: text to copy, since only VS Code's settings can be edited with
//! certainty.

use crate::diagnosis::Failure;
use crate::setup::places::{Places, refused};
use crate::setup::vscode;
use crate::text::path::join;
use crate::tools::Tool;

/// The editors that are known by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Editor {
    /// Visual Studio Code, with its Go extension.
    VsCode,
    /// JetBrains' GoLand.
    GoLand,
    /// Neovim, with nvim-dap-go.
    Neovim,
    /// Emacs, with dape or dap-mode.
    Emacs,
    /// Zed.
    Zed,
    /// Helix.
    Helix,
}

impl Editor {
    /// All of them.
    pub const ALL: [Editor; 6] =
        [Editor::VsCode, Editor::GoLand, Editor::Neovim, Editor::Emacs, Editor::Zed, Editor::Helix];

    /// The word on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Editor::VsCode => "vscode",
            Editor::GoLand => "goland",
            Editor::Neovim => "neovim",
            Editor::Emacs => "emacs",
            Editor::Zed => "zed",
            Editor::Helix => "helix",
        }
    }

    /// The editor of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Editor> {
        Editor::ALL.into_iter().find(|editor| editor.name() == name)
    }

    /// What to put where, comments included.
    ///
    /// # Errors
    /// Where a path is not UTF-8, which none of these files can hold.
    pub fn snippet(self, places: &Places) -> Result<String, Failure> {
        let plain = shim(Tool::Dlv, places)?;
        let dlv = serde_json::Value::from(plain.as_str()).to_string();
        Ok(match self {
            Editor::VsCode => format!(
                "// ~/.vscode-server/data/Machine/settings.json: in VS Code, \"Preferences: Open Remote Settings (JSON)\".\n\
                 {{\n    {}\n}}\n",
                vscode::member(places)?
            ),
            Editor::GoLand => format!(
                "# Help > Edit Custom Properties, in the GoLand that runs on the same side as the Go SDK; then restart it.\n\
                 # GoLand brings a dlv of its own and looks on no PATH. Its SDK must be a real GOROOT, never the links' folder.\n\
                 dlv.path={}\n",
                plain.replace('\\', "\\\\")
            ),
            Editor::Neovim => format!(
                "-- With nvim-dap-go. Without this it takes the first dlv on PATH.\n\
                 require(\"dap-go\").setup({{ delve = {{ path = {dlv} }} }})\n"
            ),
            Editor::Emacs => format!(
                ";; Both dape and dap-mode look in exec-path, which is not PATH where Emacs was not started from a shell.\n\
                 (add-to-list 'exec-path {folder})\n\
                 (setenv \"PATH\" (concat {folder} \":\" (getenv \"PATH\")))\n",
                folder = serde_json::Value::from(text(&places.shims)?)
            ),
            Editor::Zed => format!(
                "// ~/.config/zed/settings.json\n\
                 {{\n    \"dap\": {{\n        \"Delve\": {{ \"binary\": {dlv} }}\n    }}\n}}\n"
            ),
            Editor::Helix => format!(
                "# ~/.config/helix/languages.toml. Without this Helix takes the first dlv on PATH.\n\
                 # Helix takes this table in place of its own, so that it is here as a whole.\n\
                 [[language]]\nname = \"go\"\n\n[language.debugger]\nname = \"go\"\ntransport = \"tcp\"\ncommand = {dlv}\n\
                 args = [\"dap\"]\nport-arg = \"-l 127.0.0.1:{{}}\"\n{}{}{}",
                helix_template("source", "entrypoint", "debug"),
                helix_template("test", "tests", "test"),
                helix_template("binary", "binary", "exec"),
            ),
        })
    }
}

/// A way to start the debugger, as Helix's `:debug-start` offers it.
fn helix_template(name: &str, asked: &str, mode: &str) -> String {
    format!(
        "\n[[language.debugger.templates]]\nname = \"{name}\"\nrequest = \"launch\"\n\
         completion = [{{ name = \"{asked}\", completion = \"filename\", default = \".\" }}]\n\
         args = {{ mode = \"{mode}\", program = \"{{0}}\" }}\n"
    )
}

/// The path of a tool's link.
pub(super) fn shim(tool: Tool, places: &Places) -> Result<String, Failure> {
    text(&join(&places.shims, tool.name().as_bytes()))
}

fn text(path: &[u8]) -> Result<String, Failure> {
    String::from_utf8(path.to_vec())
        .map_err(|_| refused("an editor's settings cannot name a path that is not UTF-8".to_owned(), Vec::new()))
}
