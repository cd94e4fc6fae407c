//! Lexical form of a path. No filesystem is read.
//!
//! [`to_linux`](super::to_linux) and [`to_windows`](super::to_windows) read any bytes as a path of the side that they
//! translate from. The shape shows the side of an argument. The rules are those of Windows, with one exception: two forward
//! slashes begin a share only before WSL's host name, because `//x` is an absolute path on Linux.

use crate::text::lexical::is_separator;

/// The form of a path, from its bytes alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape<'a> {
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
    /// `a`, `a/b`, `./a`, `..`: the same in both worlds.
    Plain,
}

impl<'a> Shape<'a> {
    /// The shape of these bytes.
    #[must_use]
    pub fn of(path: &'a [u8]) -> Shape<'a> {
        match path {
            [letter, b':', rest @ ..] if letter.is_ascii_alphabetic() => {
                let letter = letter.to_ascii_uppercase();
                match rest.first() {
                    Some(byte) if is_separator(*byte) => Shape::Drive(letter),
                    _ => Shape::DriveRelative(letter),
                }
            }
            [one, two, name @ ..] if is_separator(*one) && is_separator(*two) => {
                let share = share(name);
                if *one == b'/' && matches!(share, Shape::Share | Shape::Device) { Shape::Unix } else { share }
            }
            [b'/', ..] => Shape::Unix,
            [b'\\', ..] => Shape::Rooted,
            [b'.', b'\\', ..] | [b'.', b'.', b'\\', ..] => Shape::DotRelative,
            _ if path.contains(&b'\\') => Shape::Backslashed,
            _ => Shape::Plain,
        }
    }
}

/// The shape of a path with two leading separators, which are cut off here.
fn share(path: &[u8]) -> Shape<'_> {
    let mut segments = path.split(|byte| is_separator(*byte));
    match (segments.next().unwrap_or_default(), segments.next()) {
        (b"?", Some([letter, b':'])) if letter.is_ascii_alphabetic() => Shape::LongDrive(letter.to_ascii_uppercase()),
        (b"?" | b".", _) => Shape::Device,
        (host, Some(name)) if is_wsl(host) => Shape::Distro(name),
        _ => Shape::Share,
    }
}

/// Is this the host under which Windows shows distributions?
fn is_wsl(host: &[u8]) -> bool {
    host.eq_ignore_ascii_case(b"wsl.localhost") || host.eq_ignore_ascii_case(b"wsl$")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_the_shape_of_its_form() {
        let table: &[(&str, Shape<'_>)] = &[
            (r"C:\x", Shape::Drive(b'C')),
            ("c:/x", Shape::Drive(b'C')),
            (r"C:\", Shape::Drive(b'C')),
            ("C:", Shape::DriveRelative(b'C')),
            ("c:x", Shape::DriveRelative(b'C')),
            ("C:..", Shape::DriveRelative(b'C')),
            (r"\\?\C:\x", Shape::LongDrive(b'C')),
            ("//?/c:/x", Shape::LongDrive(b'C')),
            (r"\\?\C:", Shape::LongDrive(b'C')),
            (r"\\?\C:x", Shape::Device),
            (r"\\?\1:\x", Shape::Device),
            (r"\\wsl.localhost\Ubuntu\home", Shape::Distro(b"Ubuntu")),
            (r"\\WSL$\Ubuntu", Shape::Distro(b"Ubuntu")),
            ("//wsl.localhost/Ubuntu/home", Shape::Distro(b"Ubuntu")),
            (r"\\wsl.localhost\", Shape::Distro(b"")),
            (r"\\wsl.localhost", Shape::Share),
            (r"\\wsl.localhost2\Ubuntu", Shape::Share),
            (r"\\srv\share\x", Shape::Share),
            (r"\\", Shape::Share),
            (r"\\?\UNC\srv\share", Shape::Device),
            (r"\\?\Volume{1}\x", Shape::Device),
            (r"\\.\COM1", Shape::Device),
            (r"\??\C:\x", Shape::Rooted),
            (r"\Users", Shape::Rooted),
            (r".\x", Shape::DotRelative),
            (r"..\x", Shape::DotRelative),
            (r".\...", Shape::DotRelative),
            (r"a\b", Shape::Backslashed),
            (r"...\x", Shape::Backslashed),
            (r"../x\y", Shape::Backslashed),
            ("/mnt/c", Shape::Unix),
            ("//srv/share", Shape::Unix),
            ("//./x", Shape::Unix),
            ("/", Shape::Unix),
            (r"/a\b", Shape::Unix),
            ("./...", Shape::Plain),
            ("..", Shape::Plain),
            ("a", Shape::Plain),
            ("1:\\x", Shape::Backslashed),
            ("", Shape::Plain),
        ];
        for (path, shape) in table {
            assert_eq!(Shape::of(path.as_bytes()), *shape, "{path:?}");
        }
    }
}
