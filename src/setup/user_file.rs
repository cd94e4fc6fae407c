//! The user's files that setup may edit, and gowrap's own files.

use crate::host::{FileKind, Host};
use crate::setup::dotfile::MARK;
use crate::text::errno::words;
use crate::text::escape::escape;

/// Largest size of a shell's file, in bytes.
pub(super) const LIMIT: usize = 4 << 20;

/// A file of the user that may be edited.
pub(super) struct UserFile {
    /// All links followed.
    pub(super) path: Vec<u8>,
    /// Its contents, if it exists.
    pub(super) before: Option<Vec<u8>>,
}

impl UserFile {
    /// Reads it.
    ///
    /// # Errors
    /// The reason why it is not changed: it is a link to another user's file, or it is protected.
    pub(super) fn read(name: &[u8], host: &dyn Host) -> Result<UserFile, String> {
        let shown = escape(name);
        if host.lstat(name).is_err() {
            return Ok(UserFile { path: name.to_vec(), before: None });
        }
        let path = host
            .canonical(name)
            .map_err(|_| format!("{shown} is a link to a file that does not exist: not changed"))?;
        let (stat, before) = host
            .read_and_stat(&path, LIMIT)
            .map_err(|errno| format!("{shown} cannot be read ({}): it stays", words(errno)))?;
        let leads = if path == name { String::new() } else { format!(" leads to {}, which", escape(&path)) };
        if stat.uid != host.uid() {
            return Err(format!("{shown}{leads} belongs to another user: it stays"));
        }
        // Another user who can change the folder could change the link before the write.
        if let Err(why) = if path == name { Ok(()) } else { host.judge(name).map(drop) } {
            return Err(format!("{shown}{leads} is not used, because {}: it stays", escape(&why.words())));
        }
        if stat.mode & 0o200 == 0 {
            return Err(format!("{shown}{leads} is write-protected: it stays"));
        }
        Ok(UserFile { path, before: Some(before) })
    }
}

/// Returns the contents of gowrap's own file, if it exists.
///
/// # Errors
/// The reason why it is not gowrap's.
pub(super) fn gowraps_file(path: &[u8], host: &dyn Host) -> Result<Option<Vec<u8>>, String> {
    match host.lstat(path) {
        Err(_) => return Ok(None),
        Ok(stat) if stat.kind != FileKind::Regular || stat.uid != host.uid() => {
            return Err("is not a regular file of yours".to_owned());
        }
        Ok(_) => {}
    }
    let contents = host.read(path, LIMIT).map_err(|errno| format!("cannot be read ({})", words(errno)))?;
    let is_ours = contents.starts_with(b"# Written by `gowrap setup`") || contents.trim_ascii_end().ends_with(MARK);
    if is_ours { Ok(Some(contents)) } else { Err("is not gowrap's".to_owned()) }
}
