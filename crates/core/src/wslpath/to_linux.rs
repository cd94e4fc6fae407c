//! Translates Windows paths to Linux: `wslpath -u`. It uses only the text: the path may not exist, and links are not
//! followed.

use crate::prelude::*;
use crate::text::lexical::{collapse, flip};
use crate::wslpath::path::{PathForm, Refusal, Standpoint, UnixPath, WinPath, relative_to};
use crate::wslpath::{escape, to_windows};

/// Returns the Linux name of a Windows path.
///
/// # Errors
/// The path has no name on the other side: see [`Refusal`].
pub fn to_linux(path: &WinPath, form: PathForm, from: &Standpoint<'_>) -> Result<UnixPath, Refusal> {
    let cwd = from.cwd()?;
    let path = flip(path.as_bytes(), b'\\');
    if is_absolute(&path) {
        return absolute(&canonical(&path)?, from).map(UnixPath);
    }
    let windows_cwd = to_windows::absolute(cwd, from)?;
    let path = canonical(&join(&windows_cwd, &path)?)?;
    let linux = absolute(&path, from)?;
    match form {
        PathForm::Given => relative_to(cwd, linux).map(UnixPath),
        PathForm::Absolute => Ok(UnixPath(linux)),
    }
}

/// Returns true for an absolute path, by WSL's test: `C:` alone is the name of a file, and `C:x` is absolute and fails
/// later.
fn is_absolute(path: &[u8]) -> bool {
    match path {
        [b'\\', b'\\', _, ..] => true,
        [letter, b':', _, ..] => letter.is_ascii_alphabetic(),
        _ => false,
    }
}

/// Translates a relative path, below the working directory or below the root of its drive.
fn join(cwd: &[u8], path: &[u8]) -> Result<Vec<u8>, Refusal> {
    match (path, cwd) {
        ([b'\\', ..], [letter, b':', ..]) if letter.is_ascii_alphabetic() => Ok([&[*letter, b':'], path].concat()),
        ([b'\\', ..], _) => Err(Refusal::NoCurrentDrive),
        _ => Ok([cwd, b"\\", path].concat()),
    }
}

/// Removes `.` and `..`, and the `\\?\` of a long path.
fn canonical(path: &[u8]) -> Result<Vec<u8>, Refusal> {
    let collapsed = match path {
        [b'\\', b'\\', b'?', b'\\', long @ ..] => collapse(long, b'\\'),
        // The host's name is the root of a share: its backslashes stay, and `..` does not lead above it.
        [b'\\', b'\\', share @ ..] => collapse(share, b'\\').map(|share| [br"\\", &*share].concat()),
        [_, b':', b'\\', ..] => collapse(path, b'\\'),
        _ => return Err(Refusal::DriveRelative),
    };
    collapsed.ok_or(Refusal::AboveRoot)
}

/// Returns the Linux name of a canonical path: below the mount of its drive or share, or for a path below
/// `\\wsl.localhost` of this distribution.
fn absolute(path: &[u8], from: &Standpoint<'_>) -> Result<Vec<u8>, Refusal> {
    if let Some(split) = from.mounts.split_windows(path, from.tags) {
        // Private characters stay, because on a drive they are in the file's name.
        return Ok([split.base, &flip(split.rest, b'/')].concat());
    }
    let Some(inside) = below_distro_host(path) else { return Err(unplaced(path)) };
    let distro = from.distro.filter(|name| !name.is_empty()).ok_or(Refusal::UnknownDistro)?;
    match strip_prefix_fold(inside, distro) {
        Some([]) => Ok(vec![b'/']),
        Some(rest @ [b'\\', ..]) => Ok(escape::unescape(&flip(rest, b'/'))),
        _ => Err(Refusal::ForeignShare),
    }
}

/// Returns the text after one of the two host names under which Windows shows distributions' file systems.
fn below_distro_host(path: &[u8]) -> Option<&[u8]> {
    strip_prefix_fold(path, br"\\wsl.localhost\").or_else(|| strip_prefix_fold(path, br"\\wsl$\"))
}

/// Returns the reason why no mount has this canonical path.
fn unplaced(path: &[u8]) -> Refusal {
    match path {
        [b'\\', b'\\', b'.' | b'?'] | [b'\\', b'\\', b'.', b'\\', ..] => Refusal::Device,
        [b'\\', b'\\', ..] => Refusal::ForeignShare,
        [_, b':'] | [_, b':', b'\\', ..] => Refusal::NotMounted,
        _ => Refusal::Device,
    }
}

/// Returns the text behind a prefix. ASCII letters match in either case.
fn strip_prefix_fold<'a>(path: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = path.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use crate::text::errno::Errno;
    use proptest::prelude::*;

    use super::*;
    use crate::wslpath::world::{at, mounts, no_links};

    fn linux(path: &str, form: PathForm, from: &Standpoint<'_>) -> Result<String, Refusal> {
        to_linux(&WinPath::new(path), form, from).map(|path| String::from_utf8_lossy(path.as_bytes()).into_owned())
    }

    #[test]
    fn a_path_without_a_linux_form_has_a_reason() {
        let mounts = mounts();
        let table: &[(&str, &str, Refusal)] = &[
            ("/home/me", r"E:\x", Refusal::NotMounted),
            ("/home/me", r"\\?\E:", Refusal::NotMounted),
            ("/home/me", "C:x", Refusal::DriveRelative),
            ("/home/me", "C:..", Refusal::DriveRelative),
            ("/home/me", r"C:\..", Refusal::AboveRoot),
            ("/home/me", r"\x", Refusal::NoCurrentDrive),
            ("/mnt/share", r"\x", Refusal::NoCurrentDrive),
            ("/home/me", r"\\srv\other", Refusal::ForeignShare),
            ("/home/me", r"\\wsl.localhost\Debian\x", Refusal::ForeignShare),
            ("/home/me", r"\\wsl.localhost\Ubuntu2", Refusal::ForeignShare),
            ("/home/me", r"\\wsl.localhost\..\x", Refusal::AboveRoot),
            ("/home/me", r"\\?\UNC\srv\share", Refusal::Device),
            ("/home/me", r"\\?\Volume{1}\", Refusal::Device),
            ("/home/me", r"\\.\COM1", Refusal::Device),
            ("/home/me", r"..\me", Refusal::EmptyName),
            ("/", ".", Refusal::EmptyName),
        ];
        for (cwd, path, refusal) in table {
            assert_eq!(linux(path, PathForm::Given, &at(cwd, &mounts)), Err(*refusal), "{path} in {cwd}");
        }
    }

    #[test]
    fn without_a_distribution_name_no_share_of_it_is_translated() {
        let mounts = mounts();
        for distro in [None, Some(&b""[..])] {
            let from = Standpoint { distro, ..at("/home/me", &mounts) };
            let table: &[(&str, Result<&str, Refusal>)] = &[
                (r"C:\x", Ok("/mnt/c/x")),
                (r"\\wsl.localhost\Ubuntu\x", Err(Refusal::UnknownDistro)),
                (r"\\wsl.localhost\\x", Err(Refusal::UnknownDistro)),
                ("x", Err(Refusal::UnknownDistro)),
            ];
            for (path, expected) in table {
                assert_eq!(linux(path, PathForm::Given, &from), expected.map(str::to_owned), "{path}");
            }
        }
    }

    #[test]
    fn without_a_working_directory_nothing_is_translated() {
        let mounts = mounts();
        let from = Standpoint { cwd: Err(Errno::ENOENT), ..at("/", &mounts) };
        assert_eq!(linux(r"C:\x", PathForm::Given, &from), Err(Refusal::NoCwd(Errno::ENOENT)));
    }

    proptest! {
        #[test]
        fn a_windows_path_survives_a_round_trip(
            drive in "[CD]:|\\\\\\\\srv\\\\share|C:\\\\vol",
            names in proptest::collection::vec("[ !#-)+-.0-9;=@A-\\[\\]^-{}~\u{e9}\u{ff08}]{1,8}", 1..6),
        ) {
            prop_assume!(names.iter().all(|name| name != "." && name != ".."));
            // A mount on a folder hides it, so it has no name on the other side.
            prop_assume!(drive != "C:" || !["vol", "tmp"].contains(&&*names[0].to_ascii_lowercase()));
            let mounts = mounts();
            let from = at("/home/me", &mounts);
            let windows = WinPath::new(format!(r"{drive}\{}", names.join(r"\")));
            let linux = to_linux(&windows, PathForm::Given, &from).expect("mounted");
            prop_assert!(linux.as_bytes().starts_with(b"/mnt/"));
            prop_assert_eq!(to_windows::to_windows(&linux, PathForm::Given, &no_links, &from), Ok(windows));
        }

        #[test]
        fn any_bytes_are_translated_without_panic(
            path in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'\\'), Just(b'/'), Just(b'.'), Just(b':'), Just(b'?')], 0..24),
            cwd in "/|/mnt/c|/mnt/c/a/b|/home/me|/mnt/share",
        ) {
            let mounts = mounts();
            let from = at(&cwd, &mounts);
            let absolute = to_linux(&WinPath::new(path.clone()), PathForm::Absolute, &from);
            if let Ok(linux) = &absolute {
                prop_assert!(linux.as_bytes().starts_with(b"/"));
            }
            let given = to_linux(&WinPath::new(path), PathForm::Given, &from);
            prop_assert!(given.is_err() || absolute.is_ok(), "{:?} {:?}", given, absolute);
        }
    }
}
