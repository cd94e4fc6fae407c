//! Makes the rows of a record about the files that the plans and the checks looked up.

use std::collections::BTreeMap;

use toml::Spanned;

use crate::bytes::Bytes;
use crate::doctor::shareable::{self, GoPaths};
use crate::doctor::{elf, proxy};
use crate::host::binary::{Format, Maker, Release};
use crate::host::{FileKind, FileStat, LineEnds};
use crate::inspect::{GoBuild, Inspect};
use crate::record::format::{FileRow, FormatWord};
use crate::record::values::{GrantText, MachineName, PermissionBits};
use crate::record::witness::Witness;
use crate::text::path::dirname;

/// MAXSYMLINKS of include/linux/namei.h.
const MOST_LINKS: usize = 40;

/// A machine, and the facts that the plans and the checks read.
pub(super) struct RecordSources<'a> {
    pub(super) live: &'a dyn Inspect,
    pub(super) witness: &'a Witness<'a>,
    pub(super) named: GoPaths<'a>,
}

/// Returns every file that was looked up, with the links that lead to it.
pub(super) fn files(seen: &RecordSources) -> Vec<FileRow> {
    let mut rows = BTreeMap::new();
    for path in seen.witness.paths() {
        if is_recorded(&path) {
            place(seen, &path, &mut rows);
        }
        // The path of a table of sockets has links that name this process.
        if proxy::LISTENERS.contains(&path.as_slice()) && seen.witness.was_read_as(&path) {
            let table = seen.live.read(&path, 16 << 20).ok();
            let mut row = empty(&path);
            row.text = table.and_then(|table| shareable::shareable(&path, seen.named, &table)).map(Bytes);
            rows.insert(path, row);
        }
    }
    rows.into_values().collect()
}

/// Returns true if the file belongs to the machine. Files that the kernel makes for this process do not, except those
/// that the checks read.
fn is_recorded(path: &[u8]) -> bool {
    let is_read = path.starts_with(b"/proc/sys/kernel/yama/") || path == b"/proc/sys/fs/binfmt_misc/status";
    let made_up = [&b"/proc/"[..], b"/sys/", b"/dev/", b"/run/WSL"].iter().any(|folder| path.starts_with(folder));
    path.starts_with(b"/") && (!made_up || is_read)
}

fn place(seen: &RecordSources, path: &[u8], rows: &mut BTreeMap<Vec<u8>, FileRow>) {
    let live = seen.live;
    let mut rest: Vec<Vec<u8>> = components(path);
    let mut at: Vec<u8> = Vec::new();
    let mut links = 0;
    while let Some(name) = rest.pop() {
        if name == b".." {
            at = if dirname(&at) == b"/" { Vec::new() } else { dirname(&at).to_vec() };
            continue;
        }
        let next = [at.as_slice(), b"/", &name].concat();
        let Ok(stat) = live.lstat(&next) else { return };
        match stat.kind {
            FileKind::Link => {
                let Ok(target) = live.read_link(&next) else { return };
                links += 1;
                if links > MOST_LINKS {
                    return;
                }
                rest.extend(components(&target));
                if target.starts_with(b"/") {
                    at.clear();
                }
                let mut row = empty(&next);
                row.link = Some(Bytes(target));
                row.uid = stat.uid;
                rows.entry(next).or_insert(row);
            }
            FileKind::Directory if !rest.is_empty() => {
                // A folder that others can change makes its files untrusted.
                if (stat.uid != 0 && stat.uid != live.uid()) || stat.mode & 0o022 != 0 {
                    let mut row = empty(&next);
                    row.format = Some(FormatWord::Dir);
                    access(live, &next, &stat, &mut row);
                    rows.entry(next.clone()).or_insert(row);
                }
                at = next;
            }
            FileKind::Directory | FileKind::Special | FileKind::Regular => {
                let mut row = empty(&next);
                access(live, &next, &stat, &mut row);
                match stat.kind {
                    FileKind::Directory => row.format = Some(FormatWord::Dir),
                    FileKind::Special => row.format = Some(FormatWord::Fifo),
                    _ => describe(seen, &next, &mut row),
                }
                rows.entry(next).or_insert(row);
                return;
            }
        }
    }
}

fn access(live: &dyn Inspect, path: &[u8], stat: &FileStat, row: &mut FileRow) {
    (row.mode, row.uid) = (PermissionBits(stat.mode), stat.uid);
    row.gid = Some(stat.gid).filter(|gid| *gid != stat.uid);
    row.acl = grants(live, path);
}

/// The names in a path, last first.
fn components(path: &[u8]) -> Vec<Vec<u8>> {
    let names = path.split(|&byte| byte == b'/').filter(|name| !name.is_empty() && *name != b".");
    names.rev().map(<[u8]>::to_vec).collect()
}

fn empty(path: &[u8]) -> FileRow {
    FileRow {
        path: Spanned::new(0..0, Bytes::from(path)),
        format: None,
        link: None,
        machine: None,
        mode: PermissionBits::default(),
        uid: 0,
        interpreter: None,
        text: None,
        gid: None,
        acl: Vec::new(),
        crlf: false,
        build: None,
        package: None,
    }
}

/// Returns the ACL of a file. A drive has none, and an access costs a round trip to Windows.
fn grants(live: &dyn Inspect, path: &[u8]) -> Vec<GrantText> {
    if live.mounts().is_on_drive(path) {
        return Vec::new();
    }
    live.acl(path).unwrap_or_default().into_iter().map(GrantText).collect()
}

fn describe(seen: &RecordSources, path: &[u8], row: &mut FileRow) {
    let RecordSources { live, witness, named } = *seen;
    let asked = witness.asked_for(path);
    row.package = witness.package(path).map(Bytes);
    row.crlf =
        (witness.was_asked_for_line_ends(path) || !asked.is_empty()) && live.line_ends(path) == Ok(LineEnds::CrLf);
    let Ok(binary) = live.binary(path) else {
        row.format = Some(FormatWord::Other);
        return;
    };
    row.format = Some(match binary.format {
        Format::Elf => FormatWord::Elf,
        Format::Pe => FormatWord::Pe,
        Format::Script => FormatWord::Script,
        Format::Other => FormatWord::Other,
    });
    row.machine = binary.machine.filter(|machine| *machine != live.machine()).map(MachineName);
    row.interpreter = binary.interpreter.map(Bytes);
    if binary.format == Format::Elf {
        let build = elf::build_info(live, path);
        let build = build.map(|GoBuild { go, module, version }| [go, module, version].join(" "));
        let build = match binary.maker {
            Maker::Gowrap(Release::Other) => Some("gowrap another".to_owned()),
            Maker::Gowrap(Release::Same) if !live.stat(path).is_ok_and(|stat| live.is_own(stat.id)) => {
                Some("gowrap".to_owned())
            }
            _ => build,
        };
        row.build = build.map(|words| Bytes(words.trim_end().as_bytes().to_vec()));
    }
    if matches!(binary.format, Format::Other | Format::Script) {
        let text = live.read(path, 4 << 20);
        let form = |text: &Vec<u8>| asked.iter().find_map(|asked| shareable::shareable(asked, named, text));
        row.text = match (text, binary.format) {
            // The commands of a script show its target.
            (Ok(text), Format::Script) => Some(form(&text).unwrap_or_else(|| shareable::script::rebuild(&text))),
            (text, _) if !asked.is_empty() => form(&text.unwrap_or_default()),
            _ => None,
        }
        .map(Bytes);
        if let Some(text) = row.text.as_mut().filter(|_| row.crlf) {
            text.0 = without_crlf(&text.0);
        }
    }
}

/// A text whose lines end in LF.
fn without_crlf(text: &[u8]) -> Vec<u8> {
    let lines = text.split_inclusive(|&byte| byte == b'\n');
    let ended = lines.map(|line| match line.strip_suffix(b"\r\n") {
        Some(line) => [line, b"\n"].concat(),
        None => line.to_vec(),
    });
    ended.collect::<Vec<_>>().concat()
}
