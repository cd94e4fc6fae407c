//! The part of the editors' rows that `gowrap setup --editor`, `gowrap doctor` and the shell completions are made from.

use crate::text::path::join;

/// The form of an editor's settings, which decides what setup writes or prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsForm {
    /// VS Code's `settings.json` with the Go extension's `go.alternateTools`.
    VsCode,
    /// JetBrains' custom properties.
    GoLand,
    /// Lua for nvim-dap-go.
    Neovim,
    /// Vim script for vim-go.
    VimGo,
    /// Emacs Lisp.
    Emacs,
    /// Zed's `settings.json`.
    Zed,
    /// Helix's `languages.toml`.
    Helix,
}

/// One editor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Editor {
    /// The word on the command line.
    pub word: &'static str,
    /// The name in messages.
    pub title: &'static str,
    /// The folder below the home in which its server keeps its data inside WSL; empty if it has no server.
    pub server: &'static str,
    /// The folder below the config folder if the editor runs on Linux; empty if it has none.
    pub program: &'static str,
    /// The form of its settings.
    pub settings: SettingsForm,
}

macro_rules! known {
    (@row $rows:ident $at:ident { $word:literal, $title:literal, $server:literal, $program:literal, $settings:ident }) => {
        $rows[$at] = Editor {
            word: $word,
            title: $title,
            server: $server,
            program: $program,
            settings: SettingsForm::$settings,
        };
        $at += 1;
    };
    (@row $rows:ident $at:ident { }) => {};
    (@count { $($known:tt)+ }) => { 1 };
    (@count { }) => { 0 };
    ($({ $($known:tt)* } $process_of:literal, $variable_of:literal, $marks:literal, $processes:tt;)+) => {
        const COUNT: usize = 0 $(+ known!(@count { $($known)* }))+;

        /// All editors with a word on the command line; VS Code and its forks come first.
        pub const EDITORS: [Editor; COUNT] = {
            let mut rows = [Editor { word: "", title: "", server: "", program: "", settings: SettingsForm::VsCode }; COUNT];
            let mut at = 0;
            $(known!(@row rows at { $($known)* });)+
            assert!(at == rows.len());
            rows
        };
    };
}

gowrap_core::editors!(known);

impl Editor {
    /// Returns the editor of this word.
    #[must_use]
    pub fn named(word: &str) -> Option<Editor> {
        EDITORS.into_iter().find(|editor| editor.word == word)
    }

    /// Returns the folder of its server below this home.
    #[must_use]
    pub fn server_folder(self, home: &[u8]) -> Option<Vec<u8>> {
        (!self.server.is_empty()).then(|| join(home, self.server.as_bytes()))
    }

    /// Returns the settings file of its server below this home.
    #[must_use]
    pub fn server_settings(self, home: &[u8]) -> Option<Vec<u8>> {
        self.server_folder(home).map(|folder| join(&folder, b"data/Machine/settings.json"))
    }

    /// Returns the settings file of the editor below this config folder.
    #[must_use]
    pub fn program_settings(self, config: &[u8]) -> Option<Vec<u8>> {
        let folder = (!self.program.is_empty()).then(|| join(config, self.program.as_bytes()));
        folder.map(|folder| join(&folder, b"User/settings.json"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_or_a_folder_names_one_editor() {
        for column in [|editor: &Editor| editor.word, |editor: &Editor| editor.server, |editor: &Editor| editor.program]
        {
            let mut seen: Vec<&str> = EDITORS.iter().map(column).filter(|value| !value.is_empty()).collect();
            let count = seen.len();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), count);
        }
    }

    #[test]
    fn settings_are_below_the_home_or_the_config_folder() {
        let cursor = Editor::named("cursor").unwrap();
        assert_eq!(cursor.server_settings(b"/h").unwrap(), b"/h/.cursor-server/data/Machine/settings.json");
        assert_eq!(cursor.program_settings(b"/c").unwrap(), b"/c/Cursor/User/settings.json");
        assert_eq!(Editor::named("emacs").unwrap().server_settings(b"/h"), None);
        assert_eq!(Editor::named("ed"), None);
    }
}
