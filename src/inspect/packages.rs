//! Finds the distribution's package that owns a file, in the files of dpkg, pacman and apk.
//!
//! Only doctor needs it. No package manager is started. The database of rpm, in SQLite form, is not read.

use crate::host::Files;

/// Largest list that is read, in bytes. Debian's status file has a few megabytes.
const LARGEST: usize = 64 << 20;

/// Returns the name and version of the package that owns the file.
pub(crate) fn owner(host: &dyn Files, path: &[u8]) -> Option<Vec<u8>> {
    let real = host.canonical(path).ok()?;
    // Packages own files below /usr. On a system whose /bin leads to /usr/bin some packages still list /bin.
    let below_usr = real.strip_prefix(b"/usr").filter(|rest| rest.starts_with(b"/"))?;
    if below_usr.starts_with(b"/local/") {
        return None;
    }
    let names = [real.as_slice(), below_usr];
    let (package, version) = dpkg(host, names).or_else(|| pacman(host, names)).or_else(|| apk(host, names))?;
    Some([package.as_slice(), b" ", &version].concat())
}

type NameAndVersion = (Vec<u8>, Vec<u8>);

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'\n')
}

/// dpkg(1): a list of files for each package, named after the package and, for some, its architecture.
fn dpkg(host: &dyn Files, names: [&[u8]; 2]) -> Option<NameAndVersion> {
    const FOLDER: &[u8] = b"/var/lib/dpkg/info";
    let lists = host.list(FOLDER).ok()?;
    let owner =
        lists.iter().filter_map(|list| Some((list, list.strip_suffix(b".list")?))).find_map(|(list, package)| {
            let text = host.read(&[FOLDER, b"/", list].concat(), LARGEST).ok()?;
            lines(&text).any(|line| names.contains(&line)).then(|| package.to_vec())
        })?;
    let package = owner.split(|&byte| byte == b':').next()?.to_vec();
    let status = host.read(b"/var/lib/dpkg/status", LARGEST).ok()?;
    let heading = [b"Package: ", package.as_slice()].concat();
    let stanza = lines(&status).skip_while(|line| *line != heading).take_while(|line| !line.is_empty());
    let version = stanza.filter_map(|line| line.strip_prefix(b"Version: ")).map(<[u8]>::to_vec).next()?;
    Some((package, version))
}

/// pacman(8): a folder for each package, named `NAME-VERSION-RELEASE`, with a list of files without their first slash.
fn pacman(host: &dyn Files, names: [&[u8]; 2]) -> Option<NameAndVersion> {
    const FOLDER: &[u8] = b"/var/lib/pacman/local";
    host.list(FOLDER).ok()?.into_iter().find_map(|folder| {
        let text = host.read(&[FOLDER, b"/", &folder, b"/files"].concat(), LARGEST).ok()?;
        lines(&text).any(|line| names.iter().any(|name| name[1..] == *line)).then_some(())?;
        let mut parts = folder.rsplitn(3, |&byte| byte == b'-');
        let (release, version, name) = (parts.next()?, parts.next()?, parts.next()?);
        Some((name.to_vec(), [version, b"-", release].concat()))
    })
}

/// apk(5), the installed database: `P:` name, `V:` version, then `F:` a folder and `R:` each file in it.
fn apk(host: &dyn Files, names: [&[u8]; 2]) -> Option<NameAndVersion> {
    let installed = [&b"/lib/apk/db/installed"[..], b"/usr/lib/apk/db/installed"];
    let text = installed.iter().find_map(|path| host.read(path, LARGEST).ok())?;
    let (mut package, mut version, mut folder): (&[u8], &[u8], &[u8]) = (b"", b"", b"");
    for line in lines(&text) {
        let (key, value) = line.split_at_checked(2).unwrap_or_default();
        match key {
            b"P:" => package = value,
            b"V:" => version = value,
            b"F:" => folder = value,
            b"R:" if names.contains(&[b"/", folder, b"/", value].concat().as_slice()) => {
                return Some((package.to_vec(), version.to_vec()));
            }
            _ => {}
        }
    }
    None
}
