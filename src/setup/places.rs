//! Where things are or are going to be: gowrap's own file, the links, the files of ours.

use crate::diagnosis::{Code, Exit, Failure};
use crate::host::binary::{Maker, Release};
use crate::host::environ::Environ;
use crate::host::{FileKind, Host, partner_of};
use crate::text::escape::escape;
use crate::text::path::dirname;
use crate::text::path::join;

/// The places of one person on one machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The home, as `/etc/passwd` has it.
    pub home: Vec<u8>,
    /// Gowrap's own file, by the name that stays when it is replaced by a newer one.
    pub own: Vec<u8>,
    /// Our folder below the person's data folder.
    pub data: Vec<u8>,
    /// The folder of the links.
    pub shims: Vec<u8>,
    /// Who put the links there.
    pub links: Links,
    /// The person's folder of settings.
    pub config: Vec<u8>,
}

/// Who is in charge of the links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// We are.
    Ours,
    /// Whoever installed gowrap below a prefix, links included.
    Prefix,
}

impl Places {
    /// Finds them.
    ///
    /// # Errors
    /// Where HOME is not the home of the effective user: under `sudo` with a kept HOME it would be root who writes into
    /// somebody's files.
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
        let links = if prefix.is_some() { Links::Prefix } else { Links::Ours };
        let shims = prefix.unwrap_or_else(|| join(&data, b"shims"));
        for path in [&data, &config] {
            only_own(path, host)?;
        }
        for path in [&home, &own, &data, &shims, &config] {
            // A line of a shell's file cannot hold them, and PATH cannot hold a colon.
            if path.iter().any(u8::is_ascii_control) || path.contains(&b':') {
                return Err(refused(
                    format!("`{}` cannot be put into PATH or a shell's file", escape(path)),
                    Vec::new(),
                ));
            }
        }
        Ok(Places { home, own, data, shims, links, config })
    }

    /// The file that POSIX shells read.
    #[must_use]
    pub fn env(&self) -> Vec<u8> {
        join(&self.data, b"env")
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

    /// Our file there.
    #[must_use]
    pub fn fish_file(&self) -> Vec<u8> {
        join(&self.fish(), b"gowrap.fish")
    }
}

fn home(environ: &Environ, host: &dyn Host) -> Result<Vec<u8>, Failure> {
    let uid = host.uid();
    let user = host.user().ok_or_else(|| {
        refused(format!("user {uid} is not in /etc/passwd"), vec![b"add the user to /etc/passwd".to_vec()])
    })?;
    let kept = environ.get(b"HOME").unwrap_or_default();
    let resolved = |path: &[u8]| host.canonical(path).ok();
    let same = kept.starts_with(b"/") && (kept == user.home || resolved(kept) == resolved(&user.home));
    if !same || resolved(&user.home).is_none() {
        let message =
            format!("HOME is `{}`, but the home of {} is `{}`", escape(kept), escape(&user.name), escape(&user.home));
        return Err(refused(
            message,
            vec![
                b"run it as the user whose files are to be changed, without sudo".to_vec(),
                b"sudo gowrap setup --system    # for everybody".to_vec(),
            ],
        ));
    }
    Ok(user.home.clone())
}

/// `sudo -E` keeps XDG_CONFIG_HOME and XDG_DATA_HOME as it keeps HOME.
fn only_own(folder: &[u8], host: &dyn Host) -> Result<(), Failure> {
    let mut there = folder;
    let stat = loop {
        match host.stat(there) {
            Ok(stat) => break stat,
            Err(_) if there.len() < 2 => return Ok(()),
            Err(_) => there = dirname(there),
        }
    };
    if stat.uid == host.uid() || stat.uid == 0 {
        return Ok(());
    }
    Err(refused(
        format!("{} belongs to another user", escape(there)),
        vec![b"run it as that user, or unset XDG_CONFIG_HOME and XDG_DATA_HOME".to_vec()],
    ))
}

/// `/proc/self/exe` names the file behind all links; the name in `~/.local/bin` outlives an update.
fn own(home: &[u8], host: &dyn Host) -> Result<Vec<u8>, Failure> {
    let usual = join(home, b".local/bin/gowrap");
    if host.stat(&usual).is_ok_and(|stat| host.is_own(stat.id)) {
        return Ok(usual);
    }
    host.own_path()
        .filter(|path| path.starts_with(b"/") && host.stat(path).is_ok())
        .ok_or_else(|| refused("gowrap's own file cannot be found".to_owned(), vec![b"install gowrap again".to_vec()]))
}

/// Finds the program that the links lead to: gowrap-shim beside this gowrap, if it is there and of the same version. gowrap
/// itself does the same under a tool's name, only slower.
pub(super) fn launcher(own: &[u8], host: &dyn Host) -> Vec<u8> {
    let shim = partner_of(own);
    match host.binary(&shim).map(|binary| binary.maker) {
        Ok(Maker::Gowrap(Release::Same)) => shim,
        _ => own.to_vec(),
    }
}

/// The links that came with `PREFIX/bin/gowrap`.
fn installed_links(own: &[u8], host: &dyn Host) -> Option<Vec<u8>> {
    let prefix = dirname(own).strip_suffix(b"/bin")?;
    let folders = [&b"share/gowrap/shims"[..], b"lib/gowrap/shims"].map(|folder| join(prefix, folder));
    folders.into_iter().find(|folder| host.stat(folder).is_ok_and(|stat| stat.kind == FileKind::Directory))
}

/// Setup says no.
pub(super) fn refused(message: String, fix: Vec<Vec<u8>>) -> Failure {
    Failure { exit: Exit::Own, code: Code::GW920, message: message.into_bytes(), fix }
}
