//! Paths of setup: gowrap's own binary, the shims, and the files that gowrap writes.

use crate::diagnosis::{Code, Exit, Failure};
use crate::host::binary::{Maker, Release};
use crate::host::environ::Environ;
use crate::host::trust::Judged;
use crate::host::{FileKind, Files, Host, partner_of};
use crate::setup::check;
use crate::setup::folder_trust::{self, FolderDoubt};
use crate::shells::Shell;
use crate::text::escape::escape;
use crate::text::path::dirname;
use crate::text::path::join;

/// The paths of one user on one machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The home in `/etc/passwd`.
    pub home: Vec<u8>,
    /// Gowrap's own file, under the path that an update keeps.
    pub own: Vec<u8>,
    /// Gowrap's folder below the user's data folder.
    pub data: Vec<u8>,
    /// The folder of the shims.
    pub shims: Vec<u8>,
    /// The origin of the shims.
    pub links: ShimOrigin,
    /// The user's folder of settings.
    pub config: Vec<u8>,
    /// The folder of zsh's files, if it is not the home.
    pub zdotdir: Option<Vec<u8>>,
}

/// The origin of the shims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShimOrigin {
    /// Setup makes them.
    Ours,
    /// They were installed with gowrap below a prefix.
    Prefix,
}

impl Places {
    /// The places of a home `/h`, for tests.
    #[cfg(test)]
    pub(super) fn example() -> Places {
        let path = |path: &str| path.as_bytes().to_vec();
        Places {
            home: path("/h"),
            own: path("/h/.local/bin/gowrap"),
            data: path("/d"),
            shims: path("/s"),
            links: ShimOrigin::Ours,
            config: path("/c"),
            zdotdir: None,
        }
    }

    /// Finds them.
    ///
    /// # Errors
    /// HOME is not the home of the effective user: under `sudo` with a kept HOME root would write into another user's
    /// files.
    pub fn find(environ: &Environ, host: &dyn Host) -> Result<Places, Failure> {
        let home = home(environ, host)?;
        let below = |variable: &[u8], default: &[u8]| {
            let set = environ.get(variable).filter(|value| value.starts_with(b"/"));
            set.map_or_else(|| join(&home, default), <[u8]>::to_vec)
        };
        let data = join(&below(b"XDG_DATA_HOME", b".local/share"), b"gowrap");
        let config = below(b"XDG_CONFIG_HOME", b".config");
        let own = own(&home, host)?;
        let prefix = installed_links(&own, host).filter(|_| own != join(&home, b".local/bin/gowrap"));
        let links = if prefix.is_some() { ShimOrigin::Prefix } else { ShimOrigin::Ours };
        let shims = prefix.unwrap_or_else(|| join(&data, b"shims"));
        for path in [&data, &shims, &config] {
            if path != &shims || links == ShimOrigin::Ours {
                only_own(path, &home, host)?;
            }
        }
        for path in [&home, &own, &data, &shims, &config] {
            // A line of a shell's file cannot have these characters, and an entry of PATH cannot have a colon.
            if path.iter().any(u8::is_ascii_control) || path.contains(&b':') {
                return Err(refused(
                    format!("`{}` cannot be written to PATH or a shell's file", escape(path)),
                    Vec::new(),
                ));
            }
        }
        let zdotdir = zdotdir(&home, environ, host);
        Ok(Places { home, own, data, shims, links, config, zdotdir })
    }

    /// The file that has the receipt while a run makes or removes the folder of the `env` file.
    #[must_use]
    pub fn journal(&self) -> Vec<u8> {
        join(&self.home, b".gowrap-setup")
    }

    /// The file that POSIX shells read.
    #[must_use]
    pub fn env(&self) -> Vec<u8> {
        join(&self.data, b"env")
    }

    /// The file that an interactive bash reads from there.
    #[must_use]
    pub fn hook_bash(&self) -> Vec<u8> {
        join(&self.data, b"hook.bash")
    }

    /// The file that an interactive zsh reads from there.
    #[must_use]
    pub fn hook_zsh(&self) -> Vec<u8> {
        join(&self.data, b"hook.zsh")
    }

    /// The file that fish reads.
    #[must_use]
    pub fn env_fish(&self) -> Vec<u8> {
        join(&self.data, b"env.fish")
    }

    /// The folder from which fish reads every file when it starts.
    #[must_use]
    pub fn fish(&self) -> Vec<u8> {
        join(&self.config, b"fish/conf.d")
    }

    /// Gowrap's file there.
    #[must_use]
    pub fn fish_file(&self) -> Vec<u8> {
        join(&self.fish(), b"gowrap.fish")
    }

    /// The file of the user's own that fish reads last.
    #[must_use]
    pub fn fish_config(&self) -> Vec<u8> {
        join(&self.config, b"fish/config.fish")
    }
}

fn home(environ: &Environ, host: &dyn Host) -> Result<Vec<u8>, Failure> {
    let uid = host.uid();
    let user = host.user().ok_or_else(|| {
        refused(format!("user {uid} is not in /etc/passwd"), vec![b"add the user to /etc/passwd".to_vec()])
    })?;
    let kept = environ.get(b"HOME").unwrap_or_default();
    // Another name of the home counts only if no other user can change where it leads.
    let has_alias = || host.judge(kept).is_ok_and(|kept| host.canonical(&user.home) == Ok(kept.path));
    let same = kept.starts_with(b"/") && (kept == user.home || has_alias());
    if !same || host.canonical(&user.home).is_err() {
        let message =
            format!("HOME is `{}`, but the home of {} is `{}`", escape(kept), escape(&user.name), escape(&user.home));
        return Err(refused(
            message,
            vec![
                b"run it as the user whose files it changes, without sudo".to_vec(),
                b"sudo gowrap setup --system    # for all users".to_vec(),
            ],
        ));
    }
    Ok(user.home.clone())
}

/// The folder that ZDOTDIR names, in the environment or in the first file that zsh reads.
///
/// If one of them names it, zsh is asked for the value, because a file can set it with any expression.
fn zdotdir(home: &[u8], environ: &Environ, host: &dyn Host) -> Option<Vec<u8>> {
    let set = environ.get(b"ZDOTDIR").filter(|value| value.starts_with(b"/")).map(<[u8]>::to_vec);
    let names_it =
        |path: &[u8]| host.read(path, 1 << 20).is_ok_and(|text| text.windows(7).any(|part| part == b"ZDOTDIR"));
    let files = [join(home, b".zshenv"), b"/etc/zsh/zshenv".to_vec(), b"/etc/zshenv".to_vec()];
    let is_asked = set.is_some() || files.iter().any(|path| names_it(path));
    let program = Shell::named(b"zsh")?.programs().find(|program| host.stat(program).is_ok());
    let variables = check::terminal_variables(environ, home, host);
    let asked = program.filter(|_| is_asked).and_then(|program| check::zdotdir(&program, &variables));
    let folder = asked.or(set)?;
    let is_usable = folder != home
        && host
            .judge(&folder)
            .is_ok_and(|Judged { stat, .. }| stat.kind == FileKind::Directory && stat.uid == host.uid())
        && !folder.iter().any(u8::is_ascii_control);
    is_usable.then_some(folder)
}

/// Refuses a folder that another user can change.
fn only_own(folder: &[u8], home: &[u8], host: &dyn Host) -> Result<(), Failure> {
    let Some(FolderDoubt { why, open }) = folder_trust::doubt(folder, home, host) else { return Ok(()) };
    let message = format!("{} is not used: {why}", escape(folder));
    let fix = match open {
        Some(component) => {
            format!("chmod go-w {}, then the same command again", shell_words::quote(&escape(&component)))
        }
        None => "run it as that user, or unset XDG_CONFIG_HOME and XDG_DATA_HOME".to_owned(),
    };
    Err(refused(message, vec![fix.into_bytes()]))
}

/// Returns the path of gowrap. `/proc/self/exe` has no links; the path in `~/.local/bin` stays the same after an
/// update.
fn own(home: &[u8], host: &dyn Host) -> Result<Vec<u8>, Failure> {
    let usual = join(home, b".local/bin/gowrap");
    if host.stat(&usual).is_ok_and(|stat| host.is_own(stat.id)) {
        return Ok(usual);
    }
    host.own_path()
        .filter(|path| path.starts_with(b"/") && host.stat(path).is_ok())
        .ok_or_else(|| refused("gowrap's own file cannot be found".to_owned(), vec![b"install gowrap again".to_vec()]))
}

/// Finds the program that the shims start: gowrap-shim beside this gowrap, if it exists and has the same version.
/// Otherwise, gowrap itself does the same under a tool's name, but slower.
pub(super) fn launcher(own: &[u8], host: &dyn Files) -> Vec<u8> {
    let shim = partner_of(own);
    match host.binary(&shim).map(|binary| binary.maker) {
        Ok(Maker::Gowrap(Release::Same)) => shim,
        _ => own.to_vec(),
    }
}

/// The shims that came with `PREFIX/bin/gowrap`.
fn installed_links(own: &[u8], host: &dyn Files) -> Option<Vec<u8>> {
    let prefix = dirname(own).strip_suffix(b"/bin")?;
    let folders = [&b"share/gowrap/shims"[..], b"lib/gowrap/shims"].map(|folder| join(prefix, folder));
    folders.into_iter().find(|folder| host.stat(folder).is_ok_and(|stat| stat.kind == FileKind::Directory))
}

/// Returns the refusal of setup.
pub(super) fn refused(message: String, fix: Vec<Vec<u8>>) -> Failure {
    Failure { exit: Exit::Own, code: Code::GW920, message: message.into_bytes(), fix }
}
