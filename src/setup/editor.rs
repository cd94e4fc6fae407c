//! Settings for editors, with this machine's paths, as text to copy. Only settings in VS Code's form can be edited
//! safely.

use crate::diagnosis::Failure;
use crate::editors::{Editor, SettingsForm};
use crate::setup::places::Places;
use crate::setup::shim_path::{shim, text};
use crate::setup::vscode;
use crate::tools::Tool;

/// The settings of an editor with this machine's paths, comments included, and the file that they belong to.
///
/// # Errors
/// A path is not UTF-8: these files cannot hold it.
pub(super) fn snippet(editor: Editor, places: &Places) -> Result<String, Failure> {
    let plain = shim(Tool::Dlv, places)?;
    let dlv = serde_json::Value::from(plain.as_str()).to_string();
    Ok(match editor.settings {
        SettingsForm::VsCode => format!(
            "// For ~/{}/data/Machine/settings.json. In {}, run \"Preferences: Open Remote Settings (JSON)\".\n\
             {{\n    {}\n}}\n",
            editor.server,
            editor.title,
            vscode::member(places)?
        ),
        SettingsForm::GoLand => format!(
            "# For Help > Edit Custom Properties, in the GoLand that runs on the same side as the Go SDK. Then \
            restart GoLand.\n\
             # GoLand does not search PATH for dlv. Its GOROOT must be a real toolchain, never the shim folder.\n\
             dlv.path={}\n",
            plain.replace('\\', "\\\\")
        ),
        SettingsForm::Neovim => format!(
            "-- For nvim-dap-go. Without this line, it takes the first dlv on PATH. For vim-go: gowrap setup --editor \
            vim.\n\
             require(\"dap-go\").setup({{ delve = {{ path = {dlv} }} }})\n"
        ),
        SettingsForm::VimGo => format!(
            "\" For ~/.vimrc or ~/.config/nvim/init.vim. Without these lines, vim-go looks in GOBIN and GOPATH/bin \
            before PATH.\n\
             let g:go_search_bin_path_first = 0\n\
             let $PATH = '{}:' . $PATH\n",
            text(&places.shims)?.replace('\'', "''")
        ),
        SettingsForm::Emacs => format!(
            ";; For init.el. Emacs looks for programs in exec-path. If it was not started from a shell, the shims are \
            not there.\n\
             (add-to-list 'exec-path {folder})\n\
             (setenv \"PATH\" (concat {folder} \":\" (getenv \"PATH\")))\n",
            folder = serde_json::Value::from(text(&places.shims)?)
        ),
        SettingsForm::Zed => format!(
            "// For ~/.config/zed/settings.json.\n\
             {{\n    \"dap\": {{\n        \"Delve\": {{ \"binary\": {dlv} }}\n    }}\n}}\n"
        ),
        SettingsForm::Helix => format!(
            "# For ~/.config/helix/languages.toml. Without this table, Helix takes the first dlv on PATH.\n\
             # The table replaces Helix's own table for Go, so it is complete.\n\
             [[language]]\nname = \"go\"\n\n[language.debugger]\nname = \"go\"\ntransport = \"tcp\"\ncommand = {dlv}\n\
             args = [\"dap\"]\nport-arg = \"-l 127.0.0.1:{{}}\"\n{}{}{}",
            helix_template("source", "entrypoint", "debug"),
            helix_template("test", "tests", "test"),
            helix_template("binary", "binary", "exec"),
        ),
    })
}

/// A template of Helix's `:debug-start`.
fn helix_template(name: &str, asked: &str, mode: &str) -> String {
    format!(
        "\n[[language.debugger.templates]]\nname = \"{name}\"\nrequest = \"launch\"\n\
         completion = [{{ name = \"{asked}\", completion = \"filename\", default = \".\" }}]\n\
         args = {{ mode = \"{mode}\", program = \"{{0}}\" }}\n"
    )
}
