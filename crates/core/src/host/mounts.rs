//! The mount table: the paths on Windows drives, and the mount point of each drive.
//!
//! It is built once from the bytes of `/proc/self/mountinfo`. A path is on the last mount whose mount point is a prefix
//! of it, component by component: later mounts hide earlier ones. The root counts only if no other mount matches,
//! because mounts of an initial RAM disk are listed before it.

use alloc::borrow::Cow;
use alloc::collections::BinaryHeap;

use crate::host::mountinfo::MountinfoLine;
use crate::host::share::{Share, share_of};
use crate::prelude::*;

/// Mount point of the device that holds WSL's virtiofs drives as folders. Users do not open it.
const INTERNAL: &[u8] = b"/run/wsl/virtiofs-mounts";

/// The mounts of this mount namespace.
#[derive(Debug, Clone, Default)]
pub struct MountTable {
    /// In the order of mountinfo.
    mounts: Vec<Mount>,
    /// The last mount on each mount point, ordered by mount point.
    visible: Vec<usize>,
    /// The drives among them, in the order of mountinfo, without WSL's internal mounts. There may be thousands of
    /// mounts and a handful of drives.
    drives: Vec<usize>,
}

/// One mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    id: u32,
    point: Vec<u8>,
    root: Vec<u8>,
    fstype: Vec<u8>,
    source: Vec<u8>,
    super_options: Vec<u8>,
    exec: Exec,
    share: Share,
}

/// Tags of virtiofs that name a Windows folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tags {
    /// The tags that the newest `wslpath` resolves.
    Newest,
    /// Also the tags of WSL 2.7.0 and earlier, which the `wslpath` of that release resolved.
    Every,
}

/// A kind of mount on which owner and mode do not prove who can change a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unproven {
    /// A drive: the mount's options set owner and mode.
    Drive,
    /// FUSE: a program of any user may set owner and mode.
    Fuse,
    /// A mount that a user made (`user_id=`).
    ByUser,
    /// A removable medium: the filesystem was written on another machine.
    Removable,
    /// The proc filesystem, whose links do not show their targets.
    Proc,
    /// No line of the mount table.
    Unlisted,
}

impl Unproven {
    /// Returns the kind as text after "is on".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Unproven::Drive => "a Windows drive, where owner and mode do not show who can change it",
            Unproven::Fuse => "a FUSE mount, where owner and mode prove nothing",
            Unproven::ByUser => "a mount that a user made, where owner and mode prove nothing",
            Unproven::Removable => "a removable medium, where owner and mode prove nothing",
            Unproven::Proc => "the proc file system, whose links do not show their targets",
            Unproven::Unlisted => "a mount that the mount table does not list",
        }
    }
}

/// Permission to execute files on a mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exec {
    Allowed,
    Noexec,
}

impl Mount {
    fn new(line: MountinfoLine<'_>, tag_target: &mut dyn FnMut(&[u8]) -> Option<Vec<u8>>) -> Mount {
        let noexec = line.options.split(|byte| *byte == b',').any(|option| option == b"noexec");
        Mount {
            share: if is_by_user(&line) { Share::None } else { share_of(&line, tag_target) },
            id: line.id,
            point: line.point.into_owned(),
            root: line.root.into_owned(),
            fstype: line.fstype.to_vec(),
            source: line.source.into_owned(),
            super_options: line.super_options.to_vec(),
            exec: if noexec { Exec::Noexec } else { Exec::Allowed },
        }
    }

    /// Returns the reason why owner and mode prove nothing on it, if there is one.
    #[must_use]
    pub fn unproven(&self) -> Option<Unproven> {
        let is_below = |folder: &[u8]| matches!(self.point.strip_prefix(folder), Some([b'/', ..]));
        if is_fuse(&self.fstype) {
            Some(Unproven::Fuse)
        } else if is_made_by_user(&self.super_options) {
            Some(Unproven::ByUser)
        } else if self.is_drive() {
            Some(Unproven::Drive)
        } else if is_below(b"/media") || is_below(b"/run/media") {
            // udisks mounts media and image files here for the user at the console. The image decides about owners:
            // files may belong to root.
            Some(Unproven::Removable)
        } else if self.fstype == b"proc" {
            Some(Unproven::Proc)
        } else {
            None
        }
    }

    /// Returns its id in mountinfo and statx(2).
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Mount point.
    #[must_use]
    pub fn point(&self) -> &[u8] {
        &self.point
    }

    /// Folder of the filesystem that is mounted: `/` except for bind mounts.
    #[must_use]
    pub fn root(&self) -> &[u8] {
        &self.root
    }

    /// Returns the filesystem type, such as `9p`.
    #[must_use]
    pub fn fstype(&self) -> &[u8] {
        &self.fstype
    }

    /// Returns the source in mountinfo: a device, a tag, `C:\`.
    #[must_use]
    pub fn source(&self) -> &[u8] {
        &self.source
    }

    /// Returns the options of the filesystem, raw, such as `path=C:\;uid=1000;fmask=111` of a drive.
    #[must_use]
    pub fn super_options(&self) -> &[u8] {
        &self.super_options
    }

    /// Returns true if the kernel refuses to execute files on it.
    #[must_use]
    pub fn is_noexec(&self) -> bool {
        self.exec == Exec::Noexec
    }

    /// Returns true for a Windows drive or share, or a folder of one.
    #[must_use]
    pub fn is_drive(&self) -> bool {
        self.share != Share::None
    }

    /// Returns its Windows folder, if the table has it: `C:\`, `C:\vol`, `\\srv\share`.
    #[must_use]
    pub fn windows_root(&self) -> Option<Vec<u8>> {
        match &self.share {
            Share::Known(path) | Share::Opaque(Some(path)) => Some(match **path {
                [letter, b':'] => vec![letter, b':', b'\\'],
                _ => path.clone(),
            }),
            Share::Opaque(None) | Share::None => None,
        }
    }

    /// Returns the letter, upper case, of a mount of a whole drive.
    #[must_use]
    pub fn letter(&self) -> Option<u8> {
        match &self.share {
            Share::Known(path) | Share::Opaque(Some(path)) => match **path {
                [letter, b':'] => Some(letter.to_ascii_uppercase()),
                _ => None,
            },
            Share::Opaque(None) | Share::None => None,
        }
    }

    /// Returns the Windows folder by these tags, without a backslash at its end.
    fn folder(&self, tags: Tags) -> Option<&[u8]> {
        match (&self.share, tags) {
            (Share::Known(path), _) | (Share::Opaque(Some(path)), Tags::Every) => Some(path),
            (Share::Opaque(_) | Share::None, _) => None,
        }
    }

    fn is_internal(&self) -> bool {
        matches!(self.point.strip_prefix(INTERNAL), Some([] | [b'/', ..]))
    }
}

/// A path split at a mount: the replacement of its beginning, and the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Split<'a> {
    /// The mount's name on the other side, without a separator at its end.
    pub(crate) base: &'a [u8],
    /// The rest of the path: empty, or beginning with a separator of the path's side.
    pub(crate) rest: &'a [u8],
}

impl MountTable {
    /// Parses the text of `/proc/self/mountinfo`. A malformed line is skipped.
    ///
    /// `tag_target` returns the target of the link `/run/wsl/virtiofs/<guid>`, in which WSL stores the Windows path of
    /// a virtiofs tag. It is called only for mounts with such a tag.
    #[must_use]
    pub fn parse(mountinfo: &[u8], mut tag_target: impl FnMut(&[u8]) -> Option<Vec<u8>>) -> MountTable {
        let lines = mountinfo.split(|byte| *byte == b'\n').filter_map(MountinfoLine::parse);
        let mounts: Vec<Mount> = lines.map(|line| Mount::new(line, &mut tag_target)).collect();
        // A heap sorts in little code; the sort of slices takes 3 KB.
        let by_point: BinaryHeap<(&[u8], usize)> = mounts.iter().map(Mount::point).zip(0..).collect();
        let by_point = by_point.into_sorted_vec();
        let visible = by_point.chunk_by(|one, other| one.0 == other.0).filter_map(|same| same.last());
        let visible = visible.map(|(_, index)| *index).collect();
        let drives = mounts.iter().zip(0..).filter(|(mount, _)| mount.is_drive() && !mount.is_internal());
        let drives = drives.map(|(_, index)| index).collect();
        MountTable { mounts, visible, drives }
    }

    /// Returns every mount, in the order of mountinfo.
    #[must_use]
    pub fn all(&self) -> &[Mount] {
        &self.mounts
    }

    /// Returns the drives that no later mount hides, in the order of mountinfo.
    pub fn drives(&self) -> impl Iterator<Item = &Mount> {
        let reachable = self.drives.iter().filter(|index| self.is_reachable(**index));
        reachable.filter_map(|index| self.mounts.get(*index))
    }

    /// Returns the mount of an absolute path. `.` and `..` are removed as text; the caller has to resolve links.
    #[must_use]
    pub fn mount_of(&self, path: &[u8]) -> Option<&Mount> {
        let path = cleaned(path);
        let index = self.last_above(&path).or_else(|| self.last_at(b"/"))?;
        self.mounts.get(index)
    }

    /// Returns the mount of this id, which `/proc/self/fdinfo` shows for an open file.
    #[must_use]
    pub fn by_id(&self, id: u32) -> Option<&Mount> {
        self.mounts.iter().rev().find(|mount| mount.id == id)
    }

    /// Returns true if an absolute path is on a drive.
    #[must_use]
    pub fn is_on_drive(&self, path: &[u8]) -> bool {
        self.mount_of(path).is_some_and(Mount::is_drive)
    }

    /// Returns true if an absolute path is on a noexec mount.
    #[must_use]
    pub fn is_noexec(&self, path: &[u8]) -> bool {
        self.mount_of(path).is_some_and(Mount::is_noexec)
    }

    /// Returns the mount point of a whole drive, by its letter; the last of several.
    #[must_use]
    pub fn mount_point_of_drive(&self, letter: u8) -> Option<&[u8]> {
        self.drives().filter(|mount| mount.letter() == Some(letter.to_ascii_uppercase())).last().map(Mount::point)
    }

    /// Splits a Linux path by WSL's rule: the last mount above the path decides, of any kind. The path is absolute and
    /// has no `.` and `..`.
    pub(crate) fn split_linux<'a>(&'a self, path: &'a [u8], tags: Tags) -> Option<Split<'a>> {
        let mount = self.mounts.get(self.last_above(path)?)?;
        Some(Split { base: mount.folder(tags)?, rest: path.get(mount.point.len()..)? })
    }

    /// Splits a Windows path by WSL's rule: the longest Windows folder above the path decides, ignoring case, and the
    /// later line of two with the same folder. If a later mount hides that mount point, the path has no Linux form.
    pub(crate) fn split_windows<'a>(&'a self, path: &'a [u8], tags: Tags) -> Option<Split<'a>> {
        let folder_of = |index: usize| Some((self.mounts.get(index)?.folder(tags)?, index));
        let folders = self.drives.iter().filter_map(|index| folder_of(*index));
        let above = folders.filter(|(folder, _)| is_above(folder, path));
        let (folder, index) = above.max_by_key(|(folder, index)| (folder.len(), *index))?;
        let base = self.mounts.get(index)?.point();
        self.is_reachable(index).then_some(Split { base, rest: path.get(folder.len()..)? })
    }

    /// Returns true if no later mount hides this one.
    fn is_reachable(&self, index: usize) -> bool {
        self.mounts.get(index).is_some_and(|mount| self.last_above(&mount.point) == Some(index))
    }

    /// Returns the last mount whose mount point is the path or a folder above it, except the root.
    fn last_above(&self, path: &[u8]) -> Option<usize> {
        let separators = path.iter().enumerate().skip(1).filter(|(_, byte)| **byte == b'/');
        let folders = separators.filter_map(|(at, _)| self.last_at(path.get(..at)?));
        folders.chain(self.last_at(path)).max()
    }

    /// Returns the last mount on exactly this mount point.
    fn last_at(&self, point: &[u8]) -> Option<usize> {
        let point_of = |index: &usize| self.mounts.get(*index).map_or(&[][..], Mount::point);
        let found = self.visible.binary_search_by(|index| point_of(index).cmp(point)).ok()?;
        self.visible.get(found).copied()
    }
}

/// Returns true for FUSE in any of its types: `fuse`, `fuse.sshfs`, `fuseblk`. A program of any user may implement it.
fn is_fuse(fstype: &[u8]) -> bool {
    fstype.starts_with(b"fuse")
}

/// Returns true if the option `user_id=` names a user other than root.
fn is_made_by_user(super_options: &[u8]) -> bool {
    let mut options = super_options.split(|byte| *byte == b',');
    options.any(|option| option.strip_prefix(b"user_id=").is_some_and(|uid| uid != b"0"))
}

/// Returns true for a mount that a user made. It is never a drive: any user can make one with the source `C:`.
fn is_by_user(line: &MountinfoLine<'_>) -> bool {
    is_fuse(line.fstype) || is_made_by_user(line.super_options)
}

/// Returns true if this Windows folder is the path or above it. ASCII letters are compared ignoring case.
fn is_above(folder: &[u8], path: &[u8]) -> bool {
    match path.split_at_checked(folder.len()) {
        Some((start, rest)) => matches!(rest.first(), None | Some(b'\\')) && start.eq_ignore_ascii_case(folder),
        None => false,
    }
}

/// Returns the path without empty, `.` and `..` components; most paths have none.
fn cleaned(path: &[u8]) -> Cow<'_, [u8]> {
    let odd = |component: &[u8]| matches!(component, b"" | b"." | b"..");
    if !path.split(|byte| *byte == b'/').skip(1).any(odd) {
        return Cow::Borrowed(path);
    }
    Cow::Owned(crate::text::path::clean(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "a1b2c3d4-1111-2222-3333-444455556666";

    /// Returns a table of these lines: fields four to six (root, mount point, options) and the fields after the dash.
    fn table(lines: &[&str]) -> MountTable {
        let lines: Vec<String> = lines.iter().map(|line| format!("90 60 0:50 {line}")).collect();
        MountTable::parse(lines.join("\n").as_bytes(), |guid| (guid == GUID.as_bytes()).then(|| b"C:\\".to_vec()))
    }

    const ROOT: &str = "/ / rw,relatime - ext4 /dev/sdc rw";
    const C: &str = r"/ /mnt/c rw,noatime - 9p C:\134 rw,aname=drvfs;path=C:\;symlinkroot=/mnt/";
    const D: &str = r"/ /mnt/d rw,noexec,noatime - 9p D:\134 rw,aname=drvfs;path=D:\;symlinkroot=/mnt/";
    const VOL: &str = r"/ /mnt/vol rw - 9p C:\134vol rw,aname=drvfs;path=C:\vol";
    const BIND: &str = r"/Users/me/src /home/me/bind rw - 9p C:\134 rw,aname=drvfs;path=C:\";

    #[test]
    fn a_path_lies_on_the_last_mount_above_it() {
        let mounts = table(&[
            "/ /sys ro,noexec - sysfs sysfs rw",
            ROOT,
            C,
            D,
            "/ /mnt/c/tmp rw - tmpfs tmpfs rw",
            "/ /mnt/c/tmp/d rw - ext4 /dev/sdd rw",
            r"/ /srv/old rw - 9p E:\134 rw,aname=drvfs;path=E:\",
            "/ /srv rw - tmpfs tmpfs rw",
        ]);
        let table: &[(&str, &str, &str)] = &[
            ("on the drive", "/mnt/c/Users", "/mnt/c"),
            ("the mount point itself", "/mnt/c", "/mnt/c"),
            ("with a slash", "/mnt/c/", "/mnt/c"),
            ("a name that begins alike", "/mnt/cx", "/"),
            ("below a mount on the drive", "/mnt/c/tmp/x", "/mnt/c/tmp"),
            ("below a mount on that", "/mnt/c/tmp/d/x", "/mnt/c/tmp/d"),
            ("beside it", "/mnt/c/tmp2", "/mnt/c"),
            ("covered by a later mount above", "/srv/old/x", "/srv"),
            ("listed before the root", "/sys/kernel", "/sys"),
            ("the root", "/", "/"),
            ("anywhere else", "/home/me", "/"),
            ("case counts", "/mnt/C/Users", "/"),
            ("empty components", "//mnt//c///Users", "/mnt/c"),
            ("out of the drive again", "/mnt/c/../../home", "/"),
            ("and into it", "/home/../mnt/./c", "/mnt/c"),
        ];
        for (name, path, point) in table {
            let mount = mounts.mount_of(path.as_bytes()).map(Mount::point);
            assert_eq!(mount, Some(point.as_bytes()), "{name}");
        }
    }

    #[test]
    fn drives_and_noexec_mounts_are_recognized() {
        let mounts =
            table(&[ROOT, C, D, r"/ /opt/x rw - overlay C:\134 rw,lowerdir=/c", "/ /tmp rw,noexecx - tmpfs t rw"]);
        let table: &[(&str, bool, bool)] = &[
            ("/mnt/c/x", true, false),
            ("/mnt/d/x", true, true),
            ("/opt/x/y", true, false),
            ("/tmp/x", false, false),
            ("/home", false, false),
        ];
        for (path, drive, noexec) in table {
            assert_eq!(mounts.is_on_drive(path.as_bytes()), *drive, "{path}");
            assert_eq!(mounts.is_noexec(path.as_bytes()), *noexec, "{path}");
        }
        assert!(!MountTable::default().is_on_drive(b"/mnt/c"));
        assert!(!MountTable::default().is_noexec(b"/"));
    }

    #[test]
    fn drives_are_the_mounts_that_no_later_mount_hides() {
        let aggregate = format!("/{GUID} /mnt/c rw - virtiofs drvfsa rw");
        let lines = [
            ROOT,
            "/ /run/wsl/virtiofs-mounts/drvfsa rw - virtiofs drvfsa rw",
            &aggregate,
            D,
            VOL,
            BIND,
            r"/ /mnt/share rw - 9p x rw,aname=drvfs;path=UNC\srv\share",
            "/ /mnt/e rw - virtiofs drvfsE0 rw",
            "/ /usr/lib/wsl/drivers ro - 9p drivers ro,aname=drivers;fmask=222",
            r"/ /mnt/f rw - 9p F:\134 rw,aname=drvfs;path=F:\",
            "/ /mnt/f rw - tmpfs tmpfs rw",
            r"/ /mnt/g rw - drvfs g: rw",
        ];
        let mounts = table(&lines);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let drives: Vec<_> = mounts
            .drives()
            .map(|mount| {
                let letter = mount.letter().map(char::from);
                (letter, text(mount.point()), text(mount.fstype()), mount.windows_root().map(|root| text(&root)))
            })
            .collect();
        let drive = |letter: Option<char>, point: &str, fstype: &str, root: &str| {
            (letter, point.to_owned(), fstype.to_owned(), Some(root.to_owned()))
        };
        assert_eq!(
            drives,
            [
                drive(Some('C'), "/mnt/c", "virtiofs", r"C:\"),
                drive(Some('D'), "/mnt/d", "9p", r"D:\"),
                drive(None, "/mnt/vol", "9p", r"C:\vol"),
                drive(None, "/home/me/bind", "9p", r"C:\Users\me\src"),
                drive(None, "/mnt/share", "9p", r"\\srv\share"),
                drive(Some('E'), "/mnt/e", "virtiofs", r"E:\"),
                drive(Some('G'), "/mnt/g", "drvfs", r"g:\"),
            ]
        );
        assert_eq!(mounts.mount_point_of_drive(b'c'), Some(&b"/mnt/c"[..]));
        assert_eq!(mounts.mount_point_of_drive(b'F'), None, "covered");
        assert!(mounts.is_on_drive(b"/run/wsl/virtiofs-mounts/drvfsa/x"), "the device behind the drives is one too");
    }

    #[test]
    fn a_windows_folder_is_found_by_the_longest_name() {
        let table_of = |lines: &[&str]| table(&[&[ROOT], lines].concat());
        let again = r"/ /home/me/c rw - 9p c:\134 rw,aname=drvfs;path=c:\";
        let shared = r"/ /mnt/share rw - 9p x rw,aname=drvfs;path=UNC\srv\share";
        let on_vol = "/ /mnt/vol rw - tmpfs t rw";
        let internal = format!("/{GUID} /run/wsl/virtiofs-mounts/x rw - virtiofs drvfs rw");
        type Case<'a> = (&'a str, MountTable, &'a str, Option<(&'a str, &'a str)>);
        let table: &[Case<'_>] = &[
            ("a drive", table_of(&[C]), r"C:\Users", Some(("/mnt/c", r"\Users"))),
            ("in lower case", table_of(&[C]), r"c:\", Some(("/mnt/c", r"\"))),
            ("the drive alone", table_of(&[C]), "C:", Some(("/mnt/c", ""))),
            ("relative to the drive", table_of(&[C]), "C:x", None),
            ("another drive", table_of(&[C]), r"D:\x", None),
            ("a folder of its own", table_of(&[VOL, C]), r"C:\VOL\x", Some(("/mnt/vol", r"\x"))),
            ("a name that begins alike", table_of(&[VOL, C]), r"C:\volx", Some(("/mnt/c", r"\volx"))),
            ("a folder bound elsewhere", table_of(&[C, BIND]), r"C:\Users\me\src", Some(("/home/me/bind", ""))),
            ("twice: the later", table_of(&[C, again]), r"C:\x", Some(("/home/me/c", r"\x"))),
            ("a share", table_of(&[shared]), r"\\SRV\Share\x", Some(("/mnt/share", r"\x"))),
            ("another share", table_of(&[shared]), r"\\srv\share2", None),
            ("covered", table_of(&[C, "/ /mnt rw - tmpfs t rw"]), r"C:\x", None),
            (
                "covered, then mounted again",
                table_of(&[C, "/ /mnt rw - tmpfs t rw", C]),
                r"C:\x",
                Some(("/mnt/c", r"\x")),
            ),
            ("the folder covered: no second choice", table_of(&[C, VOL, on_vol]), r"C:\vol\x", None),
            ("the device behind the drives", table_of(&[&internal]), r"C:\x", None),
            ("not a drive that WSL translates", table_of(&["/ /mnt/c rw - virtiofs drvfsC0 rw"]), r"C:\x", None),
        ];
        for (name, mounts, path, expected) in table {
            let split = mounts.split_windows(path.as_bytes(), Tags::Newest).map(|split| (split.base, split.rest));
            assert_eq!(split, expected.map(|(base, rest)| (base.as_bytes(), rest.as_bytes())), "{name}");
        }
        let old = table_of(&["/ /mnt/c rw - virtiofs drvfsC0 rw"]);
        assert_eq!(old.split_windows(br"C:\x", Tags::Every).map(|split| split.base), Some(&b"/mnt/c"[..]));
        assert_eq!(old.split_linux(b"/mnt/c/x", Tags::Every).map(|split| split.base), Some(&b"C:"[..]));
    }

    #[test]
    fn fifty_thousand_mounts_are_read_in_linear_time() {
        // One comparison of each with each would be two and a half thousand million: the test would take hours.
        let lines: Vec<String> = (0..50_000)
            .map(|n| format!(r"90 60 0:50 / /mnt/point{n} rw - 9p x rw,aname=drvfs;path=C:\folder{n}"))
            .collect();
        let mounts = MountTable::parse(lines.join("\n").as_bytes(), |_| None);
        assert_eq!(mounts.drives().count(), 50_000);
        for n in 0..50_000 {
            assert!(mounts.is_on_drive(format!("/mnt/point{n}/a/b/c").as_bytes()));
        }
    }
}
