//! Facts in an ELF file: its purpose, the libraries that it needs, and the compiler that built it.
//!
//! Only the needed tables are read, because a Go binary's debug information can be hundreds of megabytes. Shared
//! libraries are searched in the folders of ld.so(8), without its cache.

use goblin::container::Ctx;
use goblin::elf::dynamic::{Dyn, Dynamic};
use goblin::elf::header::{ET_CORE, ET_DYN, ET_REL, Header};
use goblin::elf::program_header::{PT_DYNAMIC, PT_INTERP, PT_LOAD, ProgramHeader};
use goblin::elf::section_header::SectionHeader;
use goblin::elf::{Elf, dynamic};

use crate::doctor::subject::Subject;
use crate::doctor::version::Version;
use crate::host::Files;
use crate::host::binary::{HEAD, Machine};
use crate::inspect::{GoBuild, Inspect};
use crate::text::path::dirname;
use crate::text::path::join;

/// Largest table that is read, in bytes. A larger one is damaged.
const TABLE: usize = 16 << 20;

/// The shared libraries that an ELF file needs, and its own search folders.
pub(super) struct SharedLibraries {
    /// Their names.
    pub libraries: Vec<Vec<u8>>,
    paths: Vec<Vec<u8>>,
}

impl SharedLibraries {
    /// Reads them; none if the file needs none.
    #[must_use]
    pub(super) fn read(host: &dyn Inspect, path: &[u8]) -> Option<SharedLibraries> {
        let (segments, dynamic) = dynamic_section(host, path)?;
        let value = |tag: u64| dynamic.dyns.iter().find(|entry| entry.d_tag == tag).map(|entry| entry.d_val);
        // The table's address in memory. The segment that is loaded there gives its offset in the file.
        let strings = value(dynamic::DT_STRTAB)?;
        let holder = segments.iter().filter(|segment| segment.p_type == PT_LOAD).find(|segment| {
            let end = segment.p_vaddr.saturating_add(segment.p_filesz);
            segment.p_vaddr <= strings && strings < end
        })?;
        let offset = (strings - holder.p_vaddr).checked_add(holder.p_offset)?;
        let size = usize::try_from(value(dynamic::DT_STRSZ)?).ok()?.min(TABLE);
        let strings = host.read_part(path, offset, size).ok()?;
        let text = |tag: u64| {
            let entries = dynamic.dyns.iter().filter(move |entry| entry.d_tag == tag);
            entries.filter_map(|entry| {
                let rest = strings.get(usize::try_from(entry.d_val).ok()?..)?;
                rest.split(|&byte| byte == 0).next().map(<[u8]>::to_vec)
            })
        };
        let paths = text(dynamic::DT_RUNPATH).chain(text(dynamic::DT_RPATH));
        let paths = paths.flat_map(|list| list.split(|&byte| byte == b':').map(<[u8]>::to_vec).collect::<Vec<_>>());
        Some(SharedLibraries { libraries: text(dynamic::DT_NEEDED).collect(), paths: paths.collect() })
    }

    /// Folders in which they are searched for.
    #[must_use]
    pub(super) fn folders(&self, subject: &Subject, path: &[u8], machine: Machine) -> Vec<Vec<u8>> {
        let real = subject.real(path);
        let origin = dirname(&real);
        let mut folders: Vec<Vec<u8>> = self.paths.iter().map(|path| with_origin(path, origin)).collect();
        let given = subject.environ.get_nonempty(b"LD_LIBRARY_PATH").unwrap_or_default();
        folders.extend(given.split(|&byte| byte == b':').filter(|folder| !folder.is_empty()).map(<[u8]>::to_vec));
        folders.extend(configured(subject.host));
        let triplet = triplet(machine);
        for parent in ["/lib", "/usr/lib"] {
            folders.push(format!("{parent}/{triplet}").into_bytes());
        }
        folders.extend([&b"/lib64"[..], b"/usr/lib64", b"/lib", b"/usr/lib", b"/usr/local/lib"].map(<[u8]>::to_vec));
        folders
    }
}

/// Returns the library folder of an architecture on Debian and its derivatives.
fn triplet(machine: Machine) -> String {
    match machine {
        Machine::X86 => "i386-linux-gnu".to_owned(),
        Machine::Arm => "arm-linux-gnueabihf".to_owned(),
        Machine::Ppc64le => "powerpc64le-linux-gnu".to_owned(),
        other => format!("{}-linux-gnu", other.name()),
    }
}

fn with_origin(path: &[u8], origin: &[u8]) -> Vec<u8> {
    for name in [&b"$ORIGIN"[..], b"${ORIGIN}"] {
        if let Some(rest) = path.strip_prefix(name) {
            return [origin, rest].concat();
        }
    }
    path.to_vec()
}

/// The folders of `/etc/ld.so.conf` and of the files in `/etc/ld.so.conf.d`, where distributions put their own.
fn configured(host: &dyn Files) -> Vec<Vec<u8>> {
    let folder = b"/etc/ld.so.conf.d";
    let names = host.list(folder).unwrap_or_default().into_iter().filter(|name| name.ends_with(b".conf"));
    let files = names.map(|name| join(folder, &name)).chain([b"/etc/ld.so.conf".to_vec()]);
    let mut folders = Vec::new();
    for file in files {
        let text = host.read(&file, 1 << 16).unwrap_or_default();
        let lines = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
        folders.extend(lines.filter(|line| line.starts_with(b"/")).map(<[u8]>::to_vec));
    }
    folders
}

/// Returns the segments, and the one for the loader. Its offsets count from its own start.
fn dynamic_section(host: &dyn Inspect, path: &[u8]) -> Option<(Vec<ProgramHeader>, Dynamic)> {
    let head = host.read_part(path, 0, HEAD).ok()?;
    let (header, context) = header(&head)?;
    let length = usize::from(header.e_phnum) * usize::from(header.e_phentsize);
    let table = host.read_part(path, header.e_phoff, length).ok()?;
    let segments = ProgramHeader::parse(&table, 0, usize::from(header.e_phnum), context).ok()?;
    let segment = segments.iter().find(|segment| segment.p_type == PT_DYNAMIC)?;
    let bytes = host.read_part(path, segment.p_offset, usize::try_from(segment.p_filesz).ok()?.min(TABLE)).ok()?;
    let moved = ProgramHeader { p_offset: 0, p_filesz: bytes.len() as u64, ..segment.clone() };
    let dynamic = Dynamic::parse(&bytes, &[moved], context).ok()??;
    Some((segments, dynamic))
}

/// Purpose of an ELF file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ElfKind {
    /// It is started.
    Program,
    /// It is linked.
    Object,
    /// A program loads it.
    Library,
    /// Memory of a program that crashed.
    Core,
}

impl ElfKind {
    /// Reads it. A library that names an interpreter, as the C library does, is a program too. A static
    /// position-independent program differs from a library only by a flag.
    #[must_use]
    pub(super) fn read(host: &dyn Inspect, path: &[u8]) -> ElfKind {
        let head = host.read_part(path, 0, HEAD).unwrap_or_default();
        match header(&head).map(|(header, _)| header.e_type) {
            Some(ET_REL) => ElfKind::Object,
            Some(ET_CORE) => ElfKind::Core,
            Some(ET_DYN) => {
                let Some((segments, dynamic)) = dynamic_section(host, path) else { return ElfKind::Program };
                let has_interpreter = segments.iter().any(|segment| segment.p_type == PT_INTERP);
                let is_pie = |entry: &Dyn| entry.d_tag == dynamic::DT_FLAGS_1 && entry.d_val & dynamic::DF_1_PIE != 0;
                if has_interpreter || dynamic.dyns.iter().any(is_pie) { ElfKind::Program } else { ElfKind::Library }
            }
            _ => ElfKind::Program,
        }
    }
}

fn header(head: &[u8]) -> Option<(Header, Ctx)> {
    let header = Elf::parse_header(head).ok()?;
    let context = Ctx::new(header.container().ok()?, header.endianness().ok()?);
    Some((header, context))
}

/// The sections of an ELF file by name.
pub(super) struct Sections {
    headers: Vec<SectionHeader>,
    names: Vec<u8>,
}

impl Sections {
    /// Reads them.
    #[must_use]
    pub(super) fn read(host: &dyn Inspect, path: &[u8]) -> Option<Sections> {
        let head = host.read_part(path, 0, HEAD).ok()?;
        let (header, context) = header(&head)?;
        let length = usize::from(header.e_shnum) * usize::from(header.e_shentsize);
        // The parser reads a table at offset 0 as no table.
        let shift = usize::from(header.e_shentsize);
        let mut table = vec![0; shift];
        table.extend(host.read_part(path, header.e_shoff, length).ok()?);
        let headers = SectionHeader::parse(&table, shift, usize::from(header.e_shnum), context).ok()?;
        let names = headers.get(usize::from(header.e_shstrndx))?;
        let names = host.read_part(path, names.sh_offset, usize::try_from(names.sh_size).ok()?.min(TABLE)).ok()?;
        Some(Sections { headers, names })
    }

    /// The section of that name.
    #[must_use]
    pub(super) fn find(&self, name: &[u8]) -> Option<&SectionHeader> {
        self.headers.iter().find(|header| {
            let rest = self.names.get(header.sh_name..).unwrap_or_default();
            rest.split(|&byte| byte == 0).next() == Some(name)
        })
    }
}

/// Reads the facts that `go version -m` prints, without starting a program.
#[must_use]
pub(super) fn build_info(host: &dyn Inspect, path: &[u8]) -> Option<GoBuild> {
    if let Some(build) = host.recorded_build(path) {
        return Some(build);
    }
    let sections = Sections::read(host, path)?;
    let section = sections.find(b".go.buildinfo")?;
    let bytes = host.read_part(path, section.sh_offset, usize::try_from(section.sh_size).ok()?.min(TABLE)).ok()?;
    parse_build_info(&bytes)
}

/// Returns the version of the distribution's package that a program belongs to: from the package manager's data, else
/// from the note that Fedora and related distributions put into programs.
#[must_use]
pub(super) fn package_version(host: &dyn Inspect, path: &[u8]) -> Option<Version> {
    let owner = host.package_of(path).map(|owner| String::from_utf8_lossy(&owner).into_owned());
    let text = owner.and_then(|owner| owner.split(' ').nth(1).map(str::to_owned)).or_else(|| noted(host, path))?;
    // An epoch and a colon can come before the version.
    Version::parse(text.rsplit(':').next()?)
}

/// `.note.package`: a JSON object (https://systemd.io/ELF_PACKAGE_METADATA).
fn noted(host: &dyn Inspect, path: &[u8]) -> Option<String> {
    let sections = Sections::read(host, path)?;
    let section = sections.find(b".note.package")?;
    let bytes = host.read_part(path, section.sh_offset, usize::try_from(section.sh_size).ok()?.min(TABLE)).ok()?;
    let start = bytes.iter().position(|&byte| byte == b'{')?;
    let end = bytes.iter().rposition(|&byte| byte == b'}')?;
    let value: serde_json::Value = serde_json::from_slice(bytes.get(start..=end)?).ok()?;
    value.get("version")?.as_str().map(str::to_owned)
}

/// Reads the format of Go 1.18 and later (debug/buildinfo): a magic, a flag that strings follow, and from byte 32 on
/// two strings. Each string has its length as a varint before it. The second has 16 bytes before and after it.
fn parse_build_info(bytes: &[u8]) -> Option<GoBuild> {
    const MAGIC: &[u8] = b"\xff Go buildinf:";
    const INLINE: u8 = 2;
    if !bytes.starts_with(MAGIC) || bytes.get(15)? & INLINE == 0 {
        return None;
    }
    let (go, rest) = string(bytes.get(32..)?)?;
    let (modules, _) = string(rest).unwrap_or_default();
    let modules = String::from_utf8_lossy(modules.get(16..modules.len().saturating_sub(16)).unwrap_or_default());
    let main = modules.lines().find_map(|line| line.strip_prefix("mod\t")).unwrap_or_default();
    let mut fields = main.split('\t');
    let module = fields.next().unwrap_or_default().to_owned();
    let version = fields.next().filter(|version| *version != "(devel)").unwrap_or_default().to_owned();
    Some(GoBuild { go: String::from_utf8_lossy(go).into_owned(), module, version })
}

fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0usize;
    for (index, byte) in bytes.iter().take(5).enumerate() {
        length |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            let rest = bytes.get(index + 1..)?;
            return (length <= rest.len()).then(|| rest.split_at(length));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_information_is_read_as_go_writes_it() {
        let module = b"0123456789abcdefpath\tgithub.com/go-delve/delve/cmd/dlv\nmod\tgithub.com/go-delve/delve\tv1.24.1\th1:x\n0123456789abcdef";
        let mut bytes = b"\xff Go buildinf:\x08\x02".to_vec();
        bytes.resize(32, 0);
        bytes.push(8);
        bytes.extend_from_slice(b"go1.24.1");
        bytes.push(0x80 | (module.len() & 0x7f) as u8);
        bytes.push((module.len() >> 7) as u8);
        bytes.extend_from_slice(module);
        let build = parse_build_info(&bytes).unwrap();
        assert_eq!((build.go.as_str(), build.version.as_str()), ("go1.24.1", "v1.24.1"));
        for end in 0..bytes.len() {
            let _ = parse_build_info(&bytes[..end]);
        }
        assert_eq!(parse_build_info(b"\xff Go buildinf:\x08\x00"), None);
    }

    #[test]
    fn this_test_needs_what_it_was_linked_with() {
        use crate::host::live::{Auxiliary, Live};
        let host = Live::new(Auxiliary { execfn: None, euid: 0 });
        let needs = SharedLibraries::read(&host, b"/proc/self/exe").unwrap();
        assert!(needs.libraries.iter().any(|name| name.starts_with(b"libc.")), "{:?}", needs.libraries);
        assert!(Sections::read(&host, b"/proc/self/exe").unwrap().find(b".dynamic").is_some());
        assert_eq!(build_info(&host, b"/proc/self/exe"), None);
    }
}
