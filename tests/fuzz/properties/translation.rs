//! Both directions of path translation. Input: the working directory, the distribution's name and a path, a line each.

use std::sync::LazyLock;

use gowrap::host::mounts::{MountTable, Tags};
use gowrap::path_command;
use gowrap::text::errno::Errno;
use gowrap::wslpath::{PathForm, PathShape, Refusal, Standpoint, UnixPath, WinPath, to_linux, to_windows};

use super::lines;

/// Two drives, a share, a folder of a drive mounted by itself, virtiofs, and a folder of a drive that something covers.
static MOUNTS: LazyLock<MountTable> = LazyLock::new(|| {
    let text = br"60 1 8:32 / / rw,relatime - ext4 /dev/sdc rw
90 60 0:50 / /mnt/c rw,noatime - 9p C:\134 rw,aname=drvfs;path=C:\;uid=1000,msize=65536
91 60 0:51 / /mnt/d rw,noatime - 9p D:\134 rw,aname=drvfs;path=D:\;uid=1000,msize=65536
92 60 0:52 / /mnt/share rw,noatime - 9p x rw,aname=drvfs;path=UNC\srv\share;uid=1000
93 60 0:53 / /mnt/vol rw,noatime - 9p x rw,aname=drvfs;path=C:\vol;uid=1000
94 90 0:60 / /mnt/c/tmp rw,relatime - tmpfs tmpfs rw
95 60 0:61 / /mnt/e rw,noatime - virtiofs 01234567-89ab-cdef-0123-456789abcdef rw
";
    MountTable::parse(text, |_| Some(b"E:\\".to_vec()))
});

pub fn holds(input: &[u8]) {
    let (cwd, rest) = lines::first(input);
    let (distro, path) = lines::first(rest);
    let cwd = [b"/", cwd.strip_prefix(b"/").unwrap_or(cwd)].concat();
    let from = Standpoint {
        cwd: Ok(&cwd),
        distro: (!distro.is_empty()).then_some(distro),
        mounts: &MOUNTS,
        tags: Tags::Newest,
    };
    _ = PathShape::of(path);
    windows_to_linux(path, &from);
    linux_to_windows(path, &from);
    the_command_says_the_same(path, &from);
}

fn windows_to_linux(path: &[u8], from: &Standpoint) {
    let windows = WinPath::new(path);
    let absolute = to_linux(&windows, PathForm::Absolute, from);
    let given = to_linux(&windows, PathForm::Given, from);
    assert_eq!(to_linux(&windows.with_forward_slashes(), PathForm::Absolute, from), absolute, "slashes are one");
    let linux = match (given, absolute) {
        (Err(Refusal::EmptyName), Ok(_)) => return,
        (given, Err(refusal)) => return assert_eq!(given, Err(refusal)),
        (given, Ok(absolute)) => {
            assert!(absolute.as_bytes().starts_with(b"/"));
            the_short_form_is_the_end_of_the_long(given.unwrap().as_bytes(), absolute.as_bytes());
            absolute
        }
    };
    // What came out has a name on the other side, unless that takes the distribution's, and it leads back.
    let back = match to_windows(&linux, PathForm::Absolute, &no_links, from) {
        Ok(back) => back,
        Err(Refusal::UnknownDistro) => return,
        Err(refusal) => panic!("{}: {refusal:?}", linux.as_bytes().escape_ascii()),
    };
    if is_plain(linux.as_bytes()) && has_plain_name(from) {
        // Not always by the same name: a folder of a drive may be mounted once more by itself.
        let again = to_linux(&back, PathForm::Absolute, from).expect("it was made from a Linux path");
        same_on_windows(&again, &back, from);
    }
}

fn linux_to_windows(path: &[u8], from: &Standpoint) {
    let linux = UnixPath::new(path);
    let absolute = to_windows(&linux, PathForm::Absolute, &no_links, from);
    let given = to_windows(&linux, PathForm::Given, &no_links, from);
    let windows = match (given, absolute) {
        (Err(Refusal::EmptyName), Ok(_)) => return,
        (given, Err(refusal)) => return assert_eq!(given, Err(refusal)),
        (given, Ok(absolute)) => {
            the_short_form_is_the_end_of_the_long(given.unwrap().as_bytes(), absolute.as_bytes());
            absolute
        }
    };
    if has_plain_name(from) {
        assert!(!windows.as_bytes().contains(&b'/'), "{}", windows.as_bytes().escape_ascii());
        let shape = PathShape::of(windows.as_bytes());
        assert!(matches!(shape, PathShape::Drive(_) | PathShape::Distro(_) | PathShape::Share), "{shape:?}");
    }
    if has_plain_name(from) && is_plain(path) && is_plain(from.cwd.unwrap()) {
        let back = to_linux(&windows, PathForm::Absolute, from).expect("it was made from a Linux path");
        same_on_windows(&back, &windows, from);
    }
}

/// A realpath(3) for paths that do not exist.
fn no_links(_: &[u8]) -> Result<Vec<u8>, Errno> {
    Err(Errno::ENOENT)
}

/// Windows does not tell letters by their case.
fn same_on_windows(linux: &UnixPath, windows: &WinPath, from: &Standpoint) {
    let again = to_windows(linux, PathForm::Absolute, &no_links, from).expect("it has a name");
    assert!(again.as_bytes().eq_ignore_ascii_case(windows.as_bytes()), "{again:?} {windows:?}");
}

/// A relative answer is what is left of the absolute one behind the working directory.
fn the_short_form_is_the_end_of_the_long(short: &[u8], long: &[u8]) {
    assert!(short == b"." || long.ends_with(short), "{} {}", short.escape_ascii(), long.escape_ascii());
}

fn the_command_says_the_same(path: &[u8], from: &Standpoint) {
    let windows = to_windows(&UnixPath::new(path), PathForm::Given, &no_links, from).map(WinPath::into_bytes);
    let linux = to_linux(&WinPath::new(path), PathForm::Given, from).map(UnixPath::into_bytes);
    for (option, expected) in [(b"-w", windows), (b"-u", linux)] {
        let answer = path_command::run(path_command::CalledAs::Wslpath, &[option, b"--", path], from, &no_links);
        assert_eq!(answer.status, u8::from(expected.is_err()));
        if let Ok(expected) = expected {
            assert_eq!(answer.stdout, [&*expected, b"\n"].concat());
        }
        assert!(answer.stdout.is_empty() || answer.stderr.is_empty());
    }
}

/// Returns true if the distribution's name can be part of a path.
fn has_plain_name(from: &Standpoint) -> bool {
    from.distro.is_none_or(|name| is_plain(name) && !name.contains(&b'/') && !matches!(name, b"." | b".."))
}

/// Returns true for a path without the characters that Windows forbids, and without the private ones that replace them.
fn is_plain(path: &[u8]) -> bool {
    !path.iter().any(|byte| matches!(byte, 0..=0x1f | b'"' | b'*' | b':' | b'<' | b'>' | b'?' | b'\\' | b'|' | 0xef))
}
