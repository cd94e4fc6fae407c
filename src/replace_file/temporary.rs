//! Names of temporary files and of backups.

/// Infix of a temporary file's name, between the file's name and the process id.
pub(super) const UNFINISHED: &[u8] = b".gowrap-";

/// Suffix of a backup file's name.
pub(super) const BACKUP: &[u8] = b".gowrap-back";

/// Returns the name of this process's temporary file for a file.
pub(super) fn fresh_name(name: &[u8]) -> Vec<u8> {
    [b".", name, UNFINISHED, std::process::id().to_string().as_bytes()].concat()
}

/// Returns the name of the backup of a file.
pub(super) fn backup_name(name: &[u8]) -> Vec<u8> {
    [b".", name, BACKUP].concat()
}

/// Returns true if an entry is a temporary file or a backup of the file of this name.
pub(super) fn is_leftover(entry: &[u8], name: &[u8]) -> bool {
    let Some(rest) = entry.strip_prefix(b".").and_then(|entry| entry.strip_prefix(name)) else { return false };
    rest == BACKUP
        || rest
            .strip_prefix(UNFINISHED)
            .is_some_and(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit))
}
