//! Translates Linux paths to Windows: `wslpath -w`.

use crate::prelude::*;
use crate::text::errno::Errno;

use crate::text::lexical::collapse;
use crate::wslpath::escape;
use crate::wslpath::path::{PathForm, Refusal, Standpoint, UnixPath, WinPath, relative_to};

/// realpath(3): returns the path without links, `.` and `..`, or the error of the call.
pub type Realpath<'a> = dyn Fn(&[u8]) -> Result<Vec<u8>, Errno> + 'a;

/// Returns the Windows name of a Linux path, which may not exist.
///
/// # Errors
/// The path has no name on the other side: see [`Refusal`].
pub fn to_windows(
    path: &UnixPath,
    form: PathForm,
    realpath: &Realpath<'_>,
    from: &Standpoint<'_>,
) -> Result<WinPath, Refusal> {
    let cwd = from.cwd()?;
    let real = resolve(path.as_bytes(), realpath)?;
    let path = real.as_deref().unwrap_or(path.as_bytes());
    if path.starts_with(b"/") {
        return absolute(&collapse(path, b'/').ok_or(Refusal::AboveRoot)?, from).map(WinPath);
    }
    let path = [cwd, b"/", path].concat();
    let windows = absolute(&collapse(&path, b'/').ok_or(Refusal::AboveRoot)?, from)?;
    match (form, absolute(cwd, from)) {
        (PathForm::Given, Ok(cwd)) => relative_to(&cwd, windows).map(WinPath),
        // The caller asked for an absolute path, or the working directory has no Windows name.
        (PathForm::Absolute, _) | (PathForm::Given, Err(_)) => Ok(WinPath(windows)),
    }
}

/// Follows links, and keeps a slash at the end; none if the path does not exist.
fn resolve(path: &[u8], realpath: &Realpath<'_>) -> Result<Option<Vec<u8>>, Refusal> {
    match realpath(path) {
        Ok(mut real) => {
            if path.ends_with(b"/") {
                real.push(b'/');
            }
            Ok(Some(real))
        }
        Err(Errno::ENOENT) => Ok(None),
        Err(errno) => Err(Refusal::RealPath(errno)),
    }
}

/// Returns the Windows name of an absolute, collapsed path: on a drive the drive's, else below `\\wsl.localhost`.
pub(super) fn absolute(path: &[u8], from: &Standpoint<'_>) -> Result<Vec<u8>, Refusal> {
    if let Some(split) = from.mounts.split_linux(path, from.tags) {
        let rest = match (split.base, split.rest) {
            ([_, b':'], []) => vec![b'\\'],
            (_, rest) => escape::escape(rest),
        };
        return Ok([split.base, &rest].concat());
    }
    let distro = from.distro.filter(|name| !name.is_empty()).ok_or(Refusal::UnknownDistro)?;
    Ok([br"\\wsl.localhost\", distro, &escape::escape(path)].concat())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wslpath::to_linux;
    use crate::wslpath::world::{at, mounts, no_links};

    fn windows(path: &str, form: PathForm, realpath: &Realpath<'_>, from: &Standpoint<'_>) -> Result<String, Refusal> {
        to_windows(&UnixPath::new(path), form, realpath, from)
            .map(|path| String::from_utf8_lossy(path.as_bytes()).into_owned())
    }

    #[test]
    fn links_are_followed_where_the_path_exists() {
        let mounts = mounts();
        let from = at("/home/me", &mounts);
        let realpath = |path: &[u8]| match path {
            b"go" | b"go/" | b"/home/me/go" => Ok(b"/mnt/c/go".to_vec()),
            b"main.go/" => Err(Errno::ENOTDIR),
            b"loop" => Err(Errno::ELOOP),
            _ => Err(Errno::ENOENT),
        };
        let table: &[(&str, &Realpath<'_>, Result<&str, Refusal>)] = &[
            ("/home/me/go", &realpath, Ok(r"C:\go")),
            ("/home/me/go", &no_links, Ok(r"\\wsl.localhost\Ubuntu\home\me\go")),
            ("go", &realpath, Ok(r"C:\go")),
            ("go/", &realpath, Ok(r"C:\go\")),
            ("go", &no_links, Ok("go")),
            ("new", &realpath, Ok("new")),
            ("main.go/", &realpath, Err(Refusal::RealPath(Errno::ENOTDIR))),
            ("loop", &realpath, Err(Refusal::RealPath(Errno::ELOOP))),
            ("../../..", &realpath, Err(Refusal::AboveRoot)),
            ("../me", &no_links, Err(Refusal::EmptyName)),
        ];
        for (path, links, expected) in table {
            assert_eq!(windows(path, PathForm::Given, links, &from), expected.map(str::to_owned), "{path}");
        }
    }

    #[test]
    fn without_a_distribution_name_only_drives_are_translated() {
        let mounts = mounts();
        let from = Standpoint { distro: None, ..at("/mnt/c/a", &mounts) };
        let table: &[(&str, Result<&str, Refusal>)] = &[
            ("/mnt/c/x", Ok(r"C:\x")),
            ("x", Ok("x")),
            ("/home", Err(Refusal::UnknownDistro)),
            ("/mnt/c/tmp/x", Err(Refusal::UnknownDistro)),
        ];
        for (path, expected) in table {
            assert_eq!(windows(path, PathForm::Given, &no_links, &from), expected.map(str::to_owned), "{path}");
        }
        // The working directory has no Windows name, so the result cannot be relative to it.
        let from = Standpoint { distro: None, ..at("/mnt/c/tmp", &mounts) };
        assert_eq!(windows("../x", PathForm::Given, &no_links, &from), Ok(r"C:\x".to_owned()));
    }

    #[test]
    fn without_a_working_directory_nothing_is_translated() {
        let mounts = mounts();
        let from = Standpoint { cwd: Err(Errno::ENOENT), ..at("/", &mounts) };
        assert_eq!(windows("/x", PathForm::Given, &no_links, &from), Err(Refusal::NoCwd(Errno::ENOENT)));
    }

    proptest! {
        /// Outside drives, every name is the same after both translations, unless it has private characters, which are
        /// decoded.
        #[test]
        fn a_path_of_the_distribution_survives_a_round_trip(
            names in proptest::collection::vec(proptest::collection::vec(1..=255_u8, 1..12), 0..6),
            end in "/?",
        ) {
            prop_assume!(names.iter().all(|name| !name.contains(&b'/') && name != b"." && name != b".."));
            prop_assume!(!names.concat().contains(&0xef));
            let path = [&[&b"/home"[..]], &*names.iter().map(Vec::as_slice).collect::<Vec<_>>()].concat().join(&b'/');
            let path = UnixPath::new([&path, end.as_bytes()].concat());
            let mounts = mounts();
            let from = at("/home/me", &mounts);
            let windows = to_windows(&path, PathForm::Given, &no_links, &from).expect("it has a name");
            prop_assert!(windows.as_bytes().starts_with(br"\\wsl.localhost\Ubuntu\"));
            prop_assert_eq!(to_linux(&windows, PathForm::Given, &from), Ok(path));
        }

        /// On a drive, only names without an escape are the same: WSL does not decode private characters there.
        #[test]
        fn a_path_on_a_drive_survives_a_round_trip(names in proptest::collection::vec("[^/\u{0}-\u{1f}\"*:<>?\\\\|]{1,8}", 1..6)) {
            prop_assume!(names.iter().all(|name| name != "." && name != "..") && names[0] != "tmp");
            prop_assume!(!names[0].eq_ignore_ascii_case("vol"));
            let path = UnixPath::new(format!("/mnt/c/{}", names.join("/")));
            let mounts = mounts();
            let from = at("/home/me", &mounts);
            let windows = to_windows(&path, PathForm::Given, &no_links, &from).expect("it has a name");
            prop_assert!(windows.as_bytes().starts_with(br"C:\"));
            prop_assert_eq!(to_linux(&windows, PathForm::Given, &from), Ok(path));
        }

        #[test]
        fn no_name_has_a_character_that_windows_forbids(path in proptest::collection::vec(1..=255_u8, 1..24)) {
            let mounts = mounts();
            let from = at("/", &mounts);
            if let Ok(windows) = to_windows(&UnixPath::new(path), PathForm::Absolute, &no_links, &from) {
                let tail = windows.as_bytes().strip_prefix(b"C:").unwrap_or(windows.as_bytes());
                prop_assert!(!tail.iter().any(|byte| matches!(byte, 1..=31 | b'"' | b'*' | b':' | b'<' | b'>' | b'?' | b'|')));
            }
        }
    }
}
