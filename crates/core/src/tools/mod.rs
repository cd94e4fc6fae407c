//! The tools that gowrap wraps, and the grammars of their command lines.

pub mod dlv;
pub mod editors;
pub mod go;
pub mod gofmt;
pub mod test_binary;
pub mod token;

use crate::text::path::basename;

/// Grammar of a tool's command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grammar {
    /// That of go.
    Go,
    /// That of gofmt.
    Gofmt,
    /// That of dlv.
    Dlv,
    /// That of cmd/go's cross-run helpers: the program to run, which may be a test binary, and its arguments.
    CrossRun,
    /// None: no argument is translated.
    Unread,
}

/// Folder in which a tool is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Installed {
    /// The toolchain's own folder.
    Toolchain,
    /// The folder that `go install` writes to.
    Built,
    /// None: only PATH names it.
    Unknown,
}

macro_rules! tools {
    ($($(#[doc = $doc:literal])+ $variant:ident, $name:literal, $grammar:ident, $installed:ident, $install:literal;)+) => {
        /// A tool. The name under which gowrap is called selects it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Tool {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Tool {
            /// Every tool, in the order of help texts.
            pub const ALL: [Tool; [$($name),+].len()] = [$(Tool::$variant),+];

            /// Returns the name on PATH.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Tool::$variant => $name,)+
                }
            }

            /// Returns the grammar of its command line.
            #[must_use]
            pub fn grammar(self) -> Grammar {
                match self {
                    $(Tool::$variant => Grammar::$grammar,)+
                }
            }

            /// Returns the place where it is installed.
            #[must_use]
            pub fn installed(self) -> Installed {
                match self {
                    $(Tool::$variant => Installed::$installed,)+
                }
            }

            /// Returns the line that says how to install it; empty for the toolchain, whose package has another name in
            /// each distribution.
            #[must_use]
            pub fn install(self) -> &'static str {
                match self {
                    $(Tool::$variant => $install,)+
                }
            }
        }
    };
}

// One row a tool: its name, the grammar of its command line, its place, and the line that says how to install it.
tools! {
    /// The Go command.
    Go, "go", Go, Toolchain, "";
    /// Go's formatter.
    Gofmt, "gofmt", Gofmt, Toolchain, "";
    /// Delve.
    Dlv, "dlv", Dlv, Built, "install Delve for Linux: `go install github.com/go-delve/delve/cmd/dlv@latest`";
    /// Delve under the name that older editors use.
    DlvDap, "dlv-dap", Dlv, Built, "install Delve for Linux: `go install github.com/go-delve/delve/cmd/dlv@latest`";
    /// Go's language server. It speaks a protocol full of paths, and the editor sets its few flags.
    Gopls, "gopls", Unread, Built, "install gopls for Linux: `go install golang.org/x/tools/gopls@latest`";
    /// Helper of cmd/go that starts a binary of another system (`go_$GOOS_$GOARCH_exec`): GOARCH amd64.
    WindowsAmd64Exec, "go_windows_amd64_exec", CrossRun, Unknown, "";
    /// The helper for GOARCH 386.
    Windows386Exec, "go_windows_386_exec", CrossRun, Unknown, "";
    /// The helper for GOARCH arm64.
    WindowsArm64Exec, "go_windows_arm64_exec", CrossRun, Unknown, "";
}

impl Tool {
    /// Returns the tool of exactly this name.
    #[must_use]
    pub fn named(name: &[u8]) -> Option<Tool> {
        Tool::ALL.into_iter().find(|tool| tool.name().as_bytes() == name)
    }

    /// Returns the tool that a path's last component names, without `.exe` and without a version as in `go1.22.3`.
    #[must_use]
    pub fn of_path(path: &[u8]) -> Option<Tool> {
        let name = basename(path);
        let stem = match name.len().checked_sub(4) {
            Some(at) if name[at..].eq_ignore_ascii_case(b".exe") => &name[..at],
            _ => name,
        };
        Tool::named(stem).or_else(|| Tool::named(without_version(stem)))
    }

    /// Returns true for cmd/go's cross-run helpers, whose first argument is the program to run.
    #[must_use]
    pub fn is_windows_exec(self) -> bool {
        self.grammar() == Grammar::CrossRun
    }
}

/// Removes a version: `1.22.3` of `go1.22.3`, `1.23rc1` of `go1.23rc1`.
fn without_version(name: &[u8]) -> &[u8] {
    let letters = name.iter().take_while(|byte| !byte.is_ascii_digit()).count();
    let version = &name[letters..];
    let plausible = version.contains(&b'.') && version.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'.');
    if plausible { &name[..letters] } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_its_tool() {
        let table: &[(&str, Option<Tool>)] = &[
            ("go", Some(Tool::Go)),
            ("/usr/local/go/bin/go", Some(Tool::Go)),
            ("/mnt/c/Program Files/Go/bin/go.exe", Some(Tool::Go)),
            ("GO.EXE", None),
            ("go.EXE", Some(Tool::Go)),
            ("/root/go/bin/go1.22.3", Some(Tool::Go)),
            ("go1.23rc1.exe", Some(Tool::Go)),
            ("go2", None),
            ("dlv-dap", Some(Tool::DlvDap)),
            ("go_windows_386_exec", Some(Tool::Windows386Exec)),
            ("gotip", None),
            ("", None),
            ("/usr/bin/", None),
        ];
        for (path, tool) in table {
            assert_eq!(Tool::of_path(path.as_bytes()), *tool, "{path:?}");
        }
    }
}
