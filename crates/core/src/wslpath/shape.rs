//! Lexical form of a path. No filesystem is read.
//!
//! [`to_linux`](super::to_linux) and [`to_windows`](super::to_windows) read any bytes as a path of the side that they
//! translate from. The shape shows the side of an argument. The rules are those of Windows, with one exception: two
//! forward slashes begin a share only before WSL's host name, because `//x` is an absolute path on Linux.

use crate::text::lexical::is_separator;

/// The form of a path, from its bytes alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathShape<'a> {
    /// `C:\x`, `C:/x`: absolute on a drive. The letter is upper case.
    Drive(u8),
    /// `\\?\C:\x`: the same as a long path.
    LongDrive(u8),
    /// `C:x`, `C:`: relative to a drive's own working directory, which Linux does not have.
    DriveRelative(u8),
    /// `\\wsl.localhost\D\x`, `\\wsl$\D\x`, or with forward slashes: a path in a distribution, and that one's name.
    Distro(&'a [u8]),
    /// `\\srv\share\x`: a share of some other host.
    Share,
    /// `\\.\x`, `\\?\UNC\srv\share`, `\\?\Volume{…}`: a device's name.
    Device,
    /// `\x`: absolute on the drive of the working directory.
    Rooted,
    /// `.\x`, `..\x`, `.\...`: relative, and certainly written for Windows.
    DotRelative,
    /// `a\b`: a relative Windows path, or a Linux name with a backslash in it.
    Backslashed,
    /// `/x`: absolute on Linux.
    Unix,
    /// `a`, `a/b`, `./a`, `..`: the same on both sides.
    Plain,
}

impl<'a> PathShape<'a> {
    /// Returns the shape of these bytes.
    #[must_use]
    pub fn of(path: &'a [u8]) -> PathShape<'a> {
        match path {
            [letter, b':', rest @ ..] if letter.is_ascii_alphabetic() => {
                let letter = letter.to_ascii_uppercase();
                match rest.first() {
                    Some(byte) if is_separator(*byte) => PathShape::Drive(letter),
                    _ => PathShape::DriveRelative(letter),
                }
            }
            [one, two, name @ ..] if is_separator(*one) && is_separator(*two) => {
                let share = share(name);
                if *one == b'/' && matches!(share, PathShape::Share | PathShape::Device) {
                    PathShape::Unix
                } else {
                    share
                }
            }
            [b'/', ..] => PathShape::Unix,
            [b'\\', ..] => PathShape::Rooted,
            [b'.', b'\\', ..] | [b'.', b'.', b'\\', ..] => PathShape::DotRelative,
            _ if path.contains(&b'\\') => PathShape::Backslashed,
            _ => PathShape::Plain,
        }
    }
}

/// Returns the shape of a path with two leading separators, from the text after them.
fn share(path: &[u8]) -> PathShape<'_> {
    let mut segments = path.split(|byte| is_separator(*byte));
    match (segments.next().unwrap_or_default(), segments.next()) {
        (b"?", Some([letter, b':'])) if letter.is_ascii_alphabetic() => {
            PathShape::LongDrive(letter.to_ascii_uppercase())
        }
        (b"?" | b".", _) => PathShape::Device,
        (host, Some(name)) if is_wsl(host) => PathShape::Distro(name),
        _ => PathShape::Share,
    }
}

/// Returns true for a host name under which Windows shows distributions.
fn is_wsl(host: &[u8]) -> bool {
    host.eq_ignore_ascii_case(b"wsl.localhost") || host.eq_ignore_ascii_case(b"wsl$")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_the_shape_of_its_form() {
        let table: &[(&str, PathShape<'_>)] = &[
            (r"C:\x", PathShape::Drive(b'C')),
            ("c:/x", PathShape::Drive(b'C')),
            (r"C:\", PathShape::Drive(b'C')),
            ("C:", PathShape::DriveRelative(b'C')),
            ("c:x", PathShape::DriveRelative(b'C')),
            ("C:..", PathShape::DriveRelative(b'C')),
            (r"\\?\C:\x", PathShape::LongDrive(b'C')),
            ("//?/c:/x", PathShape::LongDrive(b'C')),
            (r"\\?\C:", PathShape::LongDrive(b'C')),
            (r"\\?\C:x", PathShape::Device),
            (r"\\?\1:\x", PathShape::Device),
            (r"\\wsl.localhost\Ubuntu\home", PathShape::Distro(b"Ubuntu")),
            (r"\\WSL$\Ubuntu", PathShape::Distro(b"Ubuntu")),
            ("//wsl.localhost/Ubuntu/home", PathShape::Distro(b"Ubuntu")),
            (r"\\wsl.localhost\", PathShape::Distro(b"")),
            (r"\\wsl.localhost", PathShape::Share),
            (r"\\wsl.localhost2\Ubuntu", PathShape::Share),
            (r"\\srv\share\x", PathShape::Share),
            (r"\\", PathShape::Share),
            (r"\\?\UNC\srv\share", PathShape::Device),
            (r"\\?\Volume{1}\x", PathShape::Device),
            (r"\\.\COM1", PathShape::Device),
            (r"\??\C:\x", PathShape::Rooted),
            (r"\Users", PathShape::Rooted),
            (r".\x", PathShape::DotRelative),
            (r"..\x", PathShape::DotRelative),
            (r".\...", PathShape::DotRelative),
            (r"a\b", PathShape::Backslashed),
            (r"...\x", PathShape::Backslashed),
            (r"../x\y", PathShape::Backslashed),
            ("/mnt/c", PathShape::Unix),
            ("//srv/share", PathShape::Unix),
            ("//./x", PathShape::Unix),
            ("/", PathShape::Unix),
            (r"/a\b", PathShape::Unix),
            ("./...", PathShape::Plain),
            ("..", PathShape::Plain),
            ("a", PathShape::Plain),
            ("1:\\x", PathShape::Backslashed),
            ("", PathShape::Plain),
        ];
        for (path, shape) in table {
            assert_eq!(PathShape::of(path.as_bytes()), *shape, "{path:?}");
        }
    }
}
