//! Contents of files on the live machine.

use rustix::fd::OwnedFd;

use crate::prelude::*;
use crate::text::errno::Errno;

use crate::host::acl::{self, Grant};
use crate::host::binary::HEAD;
use crate::host::calls::{self, file_stat};
use crate::host::facts::{FileKind, FileStat, LineEnds};

/// Opens a file for reading.
pub(super) fn open(path: &[u8]) -> Result<OwnedFd, Errno> {
    calls::open_at(calls::HERE, path, calls::TO_READ)
}

/// Opens a regular file for reading. Returns it with its fstat(2).
pub(super) fn open_regular(path: &[u8]) -> Result<(FileStat, OwnedFd), Errno> {
    let file = open(path)?;
    let stat = file_stat(&calls::fstat(&file)?);
    if stat.kind == FileKind::Regular { Ok((stat, file)) } else { Err(Errno::EINVAL) }
}

/// Reads the rest of a file of at most `limit` bytes. Files of /proc have the size 0, so the size is not used.
pub(super) fn read_all(file: &OwnedFd, limit: usize) -> Result<Vec<u8>, Errno> {
    let mut contents = Vec::new();
    let mut chunk = [0; HEAD];
    loop {
        match calls::read(file, &mut chunk)? {
            0 => return Ok(contents),
            length => contents.extend_from_slice(&chunk[..length]),
        }
        if contents.len() > limit {
            return Err(Errno::EFBIG);
        }
    }
}

/// Reads the first bytes of a file.
pub(super) fn read_start(file: &OwnedFd, buffer: &mut [u8]) -> Result<usize, Errno> {
    let mut length = 0;
    while length < buffer.len() {
        match calls::read(file, &mut buffer[length..])? {
            0 => break,
            more => length += more,
        }
    }
    Ok(length)
}

/// Reads a part of a regular file: `length` bytes from `offset` on, or fewer at its end.
///
/// # Errors
/// Those of open(2) and read(2); EINVAL if it is no regular file.
pub fn read_part(path: &[u8], offset: u64, length: usize) -> Result<Vec<u8>, Errno> {
    let (stat, file) = open_regular(path)?;
    let rest = usize::try_from(stat.size.saturating_sub(offset)).unwrap_or(usize::MAX);
    let mut part = vec![0; length.min(rest)];
    let length = calls::read_from(&file, &mut part, offset)?;
    part.truncate(length);
    Ok(part)
}

/// Returns the line ends of a file, from its first bytes.
///
/// # Errors
/// Those of open(2) and read(2).
pub fn line_ends(path: &[u8]) -> Result<LineEnds, Errno> {
    let mut head = [0; HEAD];
    let length = read_start(&open(path)?, &mut head)?;
    Ok(LineEnds::of(&head[..length]))
}

/// Returns the rights that the ACL of a file grants, with links followed; none if it has no ACL.
///
/// # Errors
/// Those of getxattr(2), except for a file or a filesystem without ACLs.
pub fn acl(path: &[u8]) -> Result<Vec<Grant>, Errno> {
    let mut value = vec![0; 1024];
    loop {
        let length = match rustix::fs::getxattr(path, acl::ATTRIBUTE, value.as_mut_slice()) {
            Ok(length) => length,
            // include/uapi/linux/limits.h: XATTR_SIZE_MAX.
            Err(rustix::io::Errno::RANGE) if value.len() < 1 << 16 => {
                value.resize(1 << 16, 0);
                continue;
            }
            Err(rustix::io::Errno::NODATA | rustix::io::Errno::OPNOTSUPP) => return Ok(Vec::new()),
            Err(errno) => return Err(errno.into()),
        };
        return Ok(acl::parse_attribute(&value[..length]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acl_is_read_from_the_target_of_a_link() {
        let folder = std::env::temp_dir().join(format!("gowrap-acl-{}", std::process::id()));
        std::fs::create_dir(&folder).expect("a folder of its own");
        let (file, link) = (folder.join("file"), folder.join("link"));
        std::fs::write(&file, "").expect("a file");
        std::os::unix::fs::symlink("file", &link).expect("a link");
        // u::rw, u:1001:rwx, g::r, m::rw, o::-
        let entries: [(u16, u16, u32); 5] =
            [(1, 6, u32::MAX), (2, 7, 1001), (4, 4, u32::MAX), (0x10, 6, u32::MAX), (0x20, 0, u32::MAX)];
        let mut value = 2u32.to_le_bytes().to_vec();
        for (tag, rights, id) in entries {
            value.extend([tag.to_le_bytes(), rights.to_le_bytes()].concat());
            value.extend(id.to_le_bytes());
        }
        let acl_of = |path: &std::path::Path| {
            let grants = acl(path.as_os_str().as_encoded_bytes());
            grants.map(|grants| grants.into_iter().map(Grant::text).collect::<Vec<_>>())
        };
        let (before, gone) = (acl_of(&file), acl_of(&folder.join("gone")));
        let set = rustix::fs::setxattr(
            file.as_os_str().as_encoded_bytes(),
            acl::ATTRIBUTE,
            &value,
            rustix::fs::XattrFlags::empty(),
        );
        let (after, by_link) = (acl_of(&file), acl_of(&link));
        std::fs::remove_dir_all(&folder).expect("the folder is removed");
        assert_eq!((before, gone), (Ok(vec![]), Err(Errno::ENOENT)));
        // The filesystem may not support ACLs.
        let expected = if set.is_ok() { vec!["u:1001:rw".to_owned(), "g::r".to_owned()] } else { Vec::new() };
        assert_eq!((after, by_link), (Ok(expected.clone()), Ok(expected)));
    }
}
