//! Settings for editors, with this machine's paths: text to copy, since only settings of VS Code's form can be edited with
//! certainty.

use crate::diagnosis::Failure;
use crate::editors::{Editor, Settings};
use crate::setup::places::{Places, refused};
use crate::setup::vscode;
use crate::text::path::join;
use crate::tools::Tool;

/// The settings of an editor with this machine's paths, comments included, and the file that they belong to.
///
/// # Errors
/// Where a path is not UTF-8, which none of these files can hold.
pub fn snippet(editor: Editor, places: &Places) -> Result<String, Failure> {
    let plain = shim(Tool::Dlv, places)?;
    let dlv = serde_json::Value::from(plain.as_str()).to_string();
    Ok(match editor.settings {
        Settings::VsCode => format!(
            "// ~/{}/data/Machine/settings.json: in {}, \"Preferences: Open Remote Settings (JSON)\".\n\
             {{\n    {}\n}}\n",
            editor.server,
            editor.title,
            vscode::member(places)?
        ),
        Settings::GoLand => format!(
            "# Help > Edit Custom Properties, in the GoLand that runs on the same side as the Go SDK; then restart it.\n\
             # GoLand brings a dlv of its own and looks on no PATH. Its SDK must be a real GOROOT, never the links' folder.\n\
             dlv.path={}\n",
            plain.replace('\\', "\\\\")
        ),
        Settings::Neovim => format!(
            "-- With nvim-dap-go. Without this it takes the first dlv on PATH. With vim-go: gowrap setup --editor vim.\n\
             require(\"dap-go\").setup({{ delve = {{ path = {dlv} }} }})\n"
        ),
        Settings::VimGo => format!(
            "\" ~/.vimrc, and ~/.config/nvim/init.vim for Neovim. vim-go looks in GOBIN and GOPATH/bin before PATH without this.\n\
             let g:go_search_bin_path_first = 0\n\
             let $PATH = '{}:' . $PATH\n",
            text(&places.shims)?.replace('\'', "''")
        ),
        Settings::Emacs => format!(
            ";; Both dape and dap-mode look in exec-path, which is not PATH where Emacs was not started from a shell.\n\
             (add-to-list 'exec-path {folder})\n\
             (setenv \"PATH\" (concat {folder} \":\" (getenv \"PATH\")))\n",
            folder = serde_json::Value::from(text(&places.shims)?)
        ),
        Settings::Zed => format!(
            "// ~/.config/zed/settings.json\n\
             {{\n    \"dap\": {{\n        \"Delve\": {{ \"binary\": {dlv} }}\n    }}\n}}\n"
        ),
        Settings::Helix => format!(
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
