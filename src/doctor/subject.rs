//! The subject of an examination: a machine, the environment of the call, and the plans of calls there.

use std::borrow::Cow;
use std::ffi::CStr;

use crate::config::Config;
use crate::editors::EDITORS;
use crate::host::FileKind;
use crate::host::environ::Environ;
use crate::inspect::Inspect;
use crate::plan::invocation::{Invocation, Named};
use crate::plan::translate::translator::{Toward, Translated, Translator, is_of_windows};
use crate::plan::{Depth, plan};
use crate::plan::{Plan, Rejection, Target};
use crate::text::path::dirname;
use crate::text::path::join;
use crate::tools::Tool;
use crate::wslpath::PathShape;

/// Plan of a call, or its refusal.
pub type Outcome<'a> = Result<Plan<'a>, Box<Rejection<'a>>>;

/// Maximum number of parent folders that are searched.
const HIGHEST: usize = 32;

/// Permission to start a Windows program for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskWindows {
    /// The user asked for that.
    Yes,
    /// The user did not ask for that.
    No,
}

/// A machine under examination. Each plan is made once, because a refused plan has searched every folder.
pub struct Subject<'a> {
    /// The machine.
    pub host: &'a dyn Inspect,
    /// The environment of the call.
    pub environ: &'a Environ<'a>,
    /// The settings.
    pub config: &'a Config,
    /// Permission to ask Windows.
    pub windows: AskWindows,
    /// `go version`, planned.
    pub go: Outcome<'a>,
    /// `gofmt`, planned.
    pub gofmt: Outcome<'a>,
    /// `dlv version`, planned.
    pub dlv: Outcome<'a>,
    /// `gopls version`, planned.
    pub gopls: Outcome<'a>,
}

impl<'a> Subject<'a> {
    /// Returns a subject for this machine, with its calls planned.
    #[must_use]
    pub fn new(host: &'a dyn Inspect, environ: &'a Environ<'a>, config: &'a Config) -> Subject<'a> {
        let planned = |tool: Tool, argv: &[&'static CStr]| {
            let call = Invocation { tool, named: Named::ByName, argv: argv.to_vec(), environ: environ.clone() };
            plan(&call, config, host, Depth::Full)
        };
        Subject {
            host,
            environ,
            config,
            windows: AskWindows::No,
            go: planned(Tool::Go, &[c"go", c"version"]),
            gofmt: planned(Tool::Gofmt, &[c"gofmt"]),
            dlv: planned(Tool::Dlv, &[c"dlv", c"version"]),
            gopls: planned(Tool::Gopls, &[c"gopls", c"version"]),
        }
    }

    /// Returns the subject with this permission to ask Windows.
    #[must_use]
    pub fn with(self, windows: AskWindows) -> Subject<'a> {
        Subject { windows, ..self }
    }

    /// The plan for a tool.
    pub fn outcome(&self, tool: Tool) -> &Outcome<'a> {
        match tool {
            Tool::Gofmt => &self.gofmt,
            Tool::Dlv | Tool::DlvDap => &self.dlv,
            Tool::Gopls => &self.gopls,
            Tool::Go | Tool::WindowsAmd64Exec | Tool::Windows386Exec | Tool::WindowsArm64Exec => &self.go,
        }
    }

    /// Returns the file that would run for a tool.
    #[must_use]
    pub fn target(&self, tool: Tool) -> Option<&Target> {
        self.outcome(tool).as_ref().ok().map(|plan| &plan.target)
    }

    /// Returns a variable as `go` would get it, with gowrap's fixes; none if it is unset or empty.
    #[must_use]
    pub fn repaired(&self, name: &[u8]) -> Option<&[u8]> {
        let environ = match &self.go {
            Ok(plan) => &plan.decisions.environ,
            Err(rejection) => &rejection.decisions.environ,
        };
        environ.get_nonempty(name)
    }

    /// Returns the home in `/etc/passwd`, else HOME.
    #[must_use]
    pub fn home(&self) -> Option<&[u8]> {
        let passwd = self.host.user().map(|user| user.home.as_slice()).filter(|home| home.starts_with(b"/"));
        passwd.or_else(|| self.environ.get_nonempty(b"HOME").filter(|home| home.starts_with(b"/")))
    }

    /// Returns true if this path is on a Windows drive. Links are followed as far as possible.
    #[must_use]
    pub fn is_on_drive(&self, path: &[u8]) -> bool {
        self.host.kind().is_wsl() && path.starts_with(b"/") && self.host.mounts().is_on_drive(&self.real(path))
    }

    /// Returns the path without links. If it does not exist, only its nearest existing folder is resolved.
    #[must_use]
    pub fn real(&self, path: &[u8]) -> Vec<u8> {
        let mut above = path;
        for _ in 0..HIGHEST {
            if let Ok(real) = self.host.canonical(above) {
                return [real.as_slice(), path.get(above.len()..).unwrap_or_default()].concat();
            }
            match above {
                b"/" | b"." | b"" => break,
                _ => above = dirname(above),
            }
        }
        path.to_vec()
    }

    /// Returns true if it is a path in Windows' form.
    #[must_use]
    pub fn is_windows_path(&self, value: &[u8]) -> bool {
        is_of_windows(PathShape::of(value))
    }

    /// Returns the path of a file on the command line. A Windows path is translated if no file has this name.
    #[must_use]
    pub fn named<'p>(&self, path: &'p [u8]) -> Cow<'p, [u8]> {
        match Translator::new(self.host, self.environ, Toward::Linux).path(path) {
            Translated::Becomes(own) if self.host.lstat(path).is_err() => Cow::Owned(own),
            _ => Cow::Borrowed(path),
        }
    }

    /// Returns true if it is a regular file.
    #[must_use]
    pub fn is_file(&self, path: &[u8]) -> bool {
        self.host.stat(path).is_ok_and(|stat| stat.kind == FileKind::Regular)
    }

    /// Returns `sudo ` if this user does not own that file and its folder, else nothing.
    #[must_use]
    pub fn sudo_for(&self, path: &[u8]) -> &'static str {
        let is_own = |path: &[u8]| self.host.stat(path).is_ok_and(|stat| stat.uid == self.host.uid());
        let below_home = self.home().is_some_and(|home| path.starts_with(home));
        if self.host.uid() == 0 || below_home || is_own(dirname(path)) { "" } else { "sudo " }
    }

    /// Returns the files of a tool's name on PATH, in order, without drives and gowrap's own.
    #[must_use]
    pub fn on_path(&self, tool: Tool) -> Vec<Vec<u8>> {
        let path = self.environ.get(b"PATH").unwrap_or_default();
        let entries = path.split(|&byte| byte == b':').filter(|entry| entry.starts_with(b"/"));
        let linux = entries.filter(|entry| !self.host.mounts().is_on_drive(entry) && !self.host.is_shim_folder(entry));
        let files = linux.map(|entry| join(entry, tool.name().as_bytes()));
        files.filter(|file| self.is_file(file) && !self.is_gowrap(file)).collect()
    }

    /// Returns true if a program of that name is on the PATH that go would get.
    #[must_use]
    pub fn is_on_path(&self, program: &[u8]) -> bool {
        let path = self.repaired(b"PATH").unwrap_or_default();
        let mut folders = path.split(|&byte| byte == b':').filter(|folder| folder.starts_with(b"/"));
        folders.any(|folder| self.is_file(&join(folder, program)))
    }

    /// Returns true if this file is gowrap's own. Links are followed.
    #[must_use]
    pub fn is_gowrap(&self, file: &[u8]) -> bool {
        self.host.stat(file).is_ok_and(|stat| self.host.is_own(stat.id))
    }

    /// Returns true if `go` in this folder starts gowrap.
    #[must_use]
    pub fn leads_to_gowrap(&self, folder: &[u8]) -> bool {
        self.host.is_shim_folder(folder) || self.is_gowrap(&join(folder, Tool::Go.name().as_bytes()))
    }

    /// Returns the first folder on PATH whose `go` starts gowrap. Drives are not read.
    #[must_use]
    pub fn shims(&self) -> Option<&[u8]> {
        let path = self.environ.get(b"PATH").unwrap_or_default();
        let mut entries = path.split(|&byte| byte == b':').filter(|entry| entry.starts_with(b"/"));
        entries.find(|entry| !self.host.mounts().is_on_drive(entry) && self.leads_to_gowrap(entry))
    }

    /// Returns true if users edit and debug here: in WSL, or if an editor's server runs or has run here.
    #[must_use]
    pub fn has_editor(&self) -> bool {
        let is_there = |folder: Vec<u8>| self.host.stat(&folder).is_ok();
        let mut servers = EDITORS.iter().filter_map(|editor| editor.server_folder(self.home()?));
        self.host.kind().is_wsl() || self.environ.get(b"TERM_PROGRAM") == Some(b"vscode") || servers.any(is_there)
    }

    /// Returns true if sudo started this as root: PATH is the one of sudoers(5), and no start file of a shell changes
    /// it.
    #[must_use]
    pub fn is_below_sudo(&self) -> bool {
        self.host.uid() == 0 && self.environ.get_nonempty(b"SUDO_UID").is_some_and(|uid| uid != b"0")
    }

    /// The nearest folder, from the working directory up, that holds this file or folder.
    #[must_use]
    pub fn upward(&self, name: &[u8]) -> Option<Vec<u8>> {
        self.nearest(|folder| self.host.stat(&join(folder, name)).is_ok().then(|| folder.to_vec()))
    }

    /// The first result in the working directory and those above it.
    #[must_use]
    pub fn nearest<T>(&self, find: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
        let mut folder = self.host.cwd().ok()?;
        for _ in 0..HIGHEST {
            if let Some(found) = find(folder) {
                return Some(found);
            }
            match folder {
                b"/" | b"." => break,
                _ => folder = dirname(folder),
            }
        }
        None
    }
}
