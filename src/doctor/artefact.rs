//! What a file needs to run here: `gowrap doctor FILE`.
//!
//! Only the tables that answer are read, since a Go binary's debug information can be hundreds of megabytes. Shared
//! libraries are looked for where ld.so(8) looks, its cache aside.

use goblin::container::Ctx;
use goblin::elf::dynamic::Dynamic;
use goblin::elf::header::Header;
use goblin::elf::program_header::{PT_DYNAMIC, PT_LOAD, ProgramHeader};
use goblin::elf::section_header::SectionHeader;
use goblin::elf::{Elf, dynamic};
use nix::errno::Errno;

use super::finding::{Finding, shown, word};
use super::subject::Subject;
use crate::binary::{Binary, Format, HEAD};
use crate::host::{FileKind, GoBuild, Host};
use crate::plan::interop_state::InteropState;
use crate::plan::resolve::join;
use crate::tool::dirname;

/// A table of a file that is larger is damaged.
const TABLE: usize = 16 << 20;

/// Looks at a file.
///
/// # Errors
/// Where it cannot be looked at: a missing file, a folder.
pub fn check(subject: &Subject, path: &[u8]) -> Result<Vec<Finding>, Errno> {
    let stat = subject.host.stat(path)?;
    match stat.kind {
        FileKind::Regular => {}
        FileKind::Directory => return Err(Errno::EISDIR),
        FileKind::Link | FileKind::Special => return Err(Errno::EINVAL),
    }
    let binary = subject.host.binary(path)?;
    let mut findings = vec![match binary.format {
        Format::Elf => elf(subject, path, &binary),
        Format::Pe => pe(subject, path, &binary),
        Format::Script => script(subject, path, &binary),
        Format::Other => other(subject, path, &binary),
    }];
    if binary.format == Format::Elf {
        findings.extend(interpreter(subject, path, &binary));
        findings.extend(libraries(subject, path));
        findings.extend(debug_information(subject, path));
    }
    if binary.format != Format::Other {
        findings.extend(permission(subject, path));
    }
    Ok(findings)
}

fn elf(subject: &Subject, path: &[u8], binary: &Binary) -> Finding {
    let machine = binary.machine.map_or("an unknown machine".to_owned(), |machine| machine.name());
    let made = match build_info(subject.host, path) {
        Some(build) if build.version.is_empty() => format!(", built with {}", shown(build.go.as_bytes())),
        Some(build) => {
            let module = shown(format!("{} {}", build.module, build.version).as_bytes());
            format!(", {module}, built with {}", shown(build.go.as_bytes()))
        }
        None => String::new(),
    };
    if binary.machine.is_some_and(|machine| !subject.host.machine().runs(machine)) {
        return Finding::fail("GW281", path, format!("a Linux program for {machine}{made}"))
            .why(format!(
                "This machine is {}: `exec format error`, unless an emulator is registered with binfmt_misc.",
                subject.host.machine().name()
            ))
            .fix("build it with GOOS and GOARCH unset")
            .fix("sudo apt-get install qemu-user-static");
    }
    let linked = match &binary.interpreter {
        Some(interpreter) => format!("loaded by {}", shown(interpreter)),
        None => "statically linked".to_owned(),
    };
    Finding::ok("GW280", path, format!("a Linux program for {machine}, {linked}{made}"))
}

fn pe(subject: &Subject, path: &[u8], binary: &Binary) -> Finding {
    let machine = binary.machine.map(|machine| format!(" for {}", machine.name())).unwrap_or_default();
    let title = format!("a {}{machine}", binary.detail);
    let why = "It was built with GOOS=windows. A dlv for Linux refuses it with `could not launch process: not an \
               executable file`.";
    match InteropState::of(subject.host, subject.environ) {
        InteropState::Binfmt => Finding::warn("GW284", path, title).why(format!("{why} It runs through interop.")),
        state => Finding::fail("GW284", path, title)
            .why(format!("{why} It cannot run here: interop is {} (`exec format error`).", state.word())),
    }
    .fix("unset GOOS, and build it again")
}

fn script(subject: &Subject, path: &[u8], binary: &Binary) -> Finding {
    let interpreter = binary.interpreter.clone().unwrap_or_default();
    if interpreter.ends_with(b"\r") {
        return Finding::fail("GW286", path, "a script with Windows line ends")
            .why("The kernel looks for an interpreter whose name ends in a carriage return: `no such file or directory`.")
            .fix(format!("sed -i 's/\\r$//' {}", word(path)));
    }
    if subject.is_file(&interpreter) {
        return Finding::ok("GW280", path, format!("a script for {}", shown(&interpreter)));
    }
    Finding::fail("GW282", path, format!("its interpreter {} is missing", shown(&interpreter)))
        .why("`no such file or directory`, though the script is there.")
        .fix("correct its first line, or install the interpreter")
}

fn other(subject: &Subject, path: &[u8], binary: &Binary) -> Finding {
    let is_archive = subject.host.read_part(path, 0, 8).is_ok_and(|head| head == b"!<arch>\n");
    if is_archive {
        return Finding::fail("GW287", path, "an archive of a package, not a program")
            .why("Only package main is built into a program: `could not launch process: not an executable file`.")
            .fix("name a folder whose files say `package main`");
    }
    Finding::fail("GW287", path, format!("no program: {}", binary.detail))
        .why("The kernel executes nothing of that format: `exec format error`.")
        .fix("build it again")
}

fn permission(subject: &Subject, path: &[u8]) -> Option<Finding> {
    subject.host.may_execute(path).err()?;
    let real = subject.real(path);
    if subject.host.mounts().is_noexec(&real) {
        return Some(
            Finding::fail("GW285", path, "it is on a mount that forbids executing (noexec)")
                .why("`fork/exec …: permission denied`.")
                .fix("build it elsewhere: `go build -o ~/bin/…`, `dlv debug --output=/tmp/…`"),
        );
    }
    let fix = match subject.is_on_drive(path) {
        true => "take fmask=111 out of the drive's mount options in /etc/wsl.conf".to_owned(),
        false => format!("chmod +x {}", word(path)),
    };
    Some(
        Finding::fail("GW285", path, "it has no execute permission")
            .why("`permission denied`, and from dlv `could not launch process: not an executable file`.")
            .fix(fix),
    )
}

fn interpreter(subject: &Subject, path: &[u8], binary: &Binary) -> Option<Finding> {
    let interpreter = binary.interpreter.as_deref()?;
    if subject.host.stat(interpreter).is_ok() {
        return None;
    }
    let musl = interpreter.windows(7).any(|part| part == b"ld-musl");
    let package = if musl { "sudo apt-get install musl" } else { "install the C library (glibc) of this distribution" };
    Some(
        Finding::fail("GW282", path, format!("its ELF interpreter {} is missing", shown(interpreter)))
            .why("`no such file or directory`, though the file is there: it was linked for another C library.")
            .fix("build it here, or without C: CGO_ENABLED=0 go build")
            .fix(package),
    )
}

fn libraries(subject: &Subject, path: &[u8]) -> Option<Finding> {
    let needs = Needs::read(subject.host, path)?;
    let folders = needs.folders(subject, path);
    let is_there = |name: &[u8]| match name.contains(&b'/') {
        true => subject.host.stat(name).is_ok(),
        false => folders.iter().any(|folder| subject.host.stat(&join(folder, name)).is_ok()),
    };
    let missing: Vec<String> = needs.libraries.iter().filter(|name| !is_there(name)).map(|name| shown(name)).collect();
    if missing.is_empty() {
        return None;
    }
    let names = missing.join(", ");
    Some(
        Finding::fail("GW283", path, format!("shared libraries are missing: {names}"))
            .why("It ends before it begins: `error while loading shared libraries`.")
            .fix(format!("apt-file search {}", missing.first().map(String::as_str).unwrap_or_default()))
            .fix("build it without C: CGO_ENABLED=0 go build"),
    )
}

/// `-ldflags=-s -w` and `-trimpath` leave a debugger nothing to go by.
fn debug_information(subject: &Subject, path: &[u8]) -> Option<Finding> {
    let sections = Sections::read(subject.host, path)?;
    let is_go = sections.find(b".go.buildinfo").is_some();
    let has = [&b".debug_info"[..], b".zdebug_info"].into_iter().any(|name| sections.find(name).is_some());
    if !is_go || has {
        return None;
    }
    Some(
        Finding::warn("GW288", path, "it holds no debug information")
            .why("It was linked with -s or -w: dlv says `could not open debug info`.")
            .fix("take -s and -w out of -ldflags (see GOFLAGS too) to debug it"),
    )
}

/// The shared libraries that an ELF file asks for, and where it wants them looked for.
struct Needs {
    libraries: Vec<Vec<u8>>,
    paths: Vec<Vec<u8>>,
}

impl Needs {
    fn read(host: &dyn Host, path: &[u8]) -> Option<Needs> {
        let head = host.read_part(path, 0, HEAD).ok()?;
        let (header, context) = header(&head)?;
        let length = usize::from(header.e_phnum) * usize::from(header.e_phentsize);
        let table = host.read_part(path, header.e_phoff, length).ok()?;
        let segments = ProgramHeader::parse(&table, 0, usize::from(header.e_phnum), context).ok()?;
        let segment = segments.iter().find(|segment| segment.p_type == PT_DYNAMIC)?;
        let bytes = host.read_part(path, segment.p_offset, usize::try_from(segment.p_filesz).ok()?.min(TABLE)).ok()?;
        // As if the file consisted of this segment alone.
        let moved = ProgramHeader { p_offset: 0, p_filesz: bytes.len() as u64, ..segment.clone() };
        let dynamic = Dynamic::parse(&bytes, &[moved], context).ok()??;
        let value = |tag: u64| dynamic.dyns.iter().find(|entry| entry.d_tag == tag).map(|entry| entry.d_val);
        // The table's place in memory; the segment that is loaded there says where that is in the file.
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
        Some(Needs { libraries: text(dynamic::DT_NEEDED).collect(), paths: paths.collect() })
    }

    fn folders(&self, subject: &Subject, path: &[u8]) -> Vec<Vec<u8>> {
        let real = subject.real(path);
        let origin = dirname(&real);
        let mut folders: Vec<Vec<u8>> = self.paths.iter().map(|path| with_origin(path, origin)).collect();
        let given = subject.environ.get_nonempty(b"LD_LIBRARY_PATH").unwrap_or_default();
        folders.extend(given.split(|&byte| byte == b':').filter(|folder| !folder.is_empty()).map(<[u8]>::to_vec));
        folders.extend(configured(subject.host));
        let triplet = format!("{}-linux-gnu", subject.host.machine().name());
        for parent in ["/lib", "/usr/lib"] {
            folders.push(format!("{parent}/{triplet}").into_bytes());
        }
        folders.extend([&b"/lib64"[..], b"/usr/lib64", b"/lib", b"/usr/lib", b"/usr/local/lib"].map(<[u8]>::to_vec));
        folders
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

/// The folders of `/etc/ld.so.conf.d`, where distributions put their own.
fn configured(host: &dyn Host) -> Vec<Vec<u8>> {
    let folder = b"/etc/ld.so.conf.d";
    let names = host.list(folder).unwrap_or_default().into_iter().filter(|name| name.ends_with(b".conf"));
    let mut folders = Vec::new();
    for name in names {
        let text = host.read(&join(folder, &name), 1 << 16).unwrap_or_default();
        let lines = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
        folders.extend(lines.filter(|line| line.starts_with(b"/")).map(<[u8]>::to_vec));
    }
    folders
}

fn header(head: &[u8]) -> Option<(Header, Ctx)> {
    let header = Elf::parse_header(head).ok()?;
    let context = Ctx::new(header.container().ok()?, header.endianness().ok()?);
    Some((header, context))
}

/// The sections of an ELF file by name.
struct Sections {
    headers: Vec<SectionHeader>,
    names: Vec<u8>,
}

impl Sections {
    fn read(host: &dyn Host, path: &[u8]) -> Option<Sections> {
        let head = host.read_part(path, 0, HEAD).ok()?;
        let (header, context) = header(&head)?;
        let length = usize::from(header.e_shnum) * usize::from(header.e_shentsize);
        // For the parser, a table at the very start would be none.
        let shift = usize::from(header.e_shentsize);
        let mut table = vec![0; shift];
        table.extend(host.read_part(path, header.e_shoff, length).ok()?);
        let headers = SectionHeader::parse(&table, shift, usize::from(header.e_shnum), context).ok()?;
        let names = headers.get(usize::from(header.e_shstrndx))?;
        let names = host.read_part(path, names.sh_offset, usize::try_from(names.sh_size).ok()?.min(TABLE)).ok()?;
        Some(Sections { headers, names })
    }

    fn find(&self, name: &[u8]) -> Option<&SectionHeader> {
        self.headers.iter().find(|header| {
            let rest = self.names.get(header.sh_name..).unwrap_or_default();
            rest.split(|&byte| byte == 0).next() == Some(name)
        })
    }
}

/// Reads what `go version -m` prints, without starting anything.
#[must_use]
pub fn build_info(host: &dyn Host, path: &[u8]) -> Option<GoBuild> {
    if let Some(build) = host.recorded_build(path) {
        return Some(build);
    }
    let sections = Sections::read(host, path)?;
    let section = sections.find(b".go.buildinfo")?;
    let bytes = host.read_part(path, section.sh_offset, usize::try_from(section.sh_size).ok()?.min(TABLE)).ok()?;
    parse_build_info(&bytes)
}

/// The format of Go 1.18 and later (debug/buildinfo): a magic, a flag that says that the strings follow, and from byte 32
/// on two strings, each with its length as a varint in front. Sixteen bytes stand around the second.
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
    fn build_information_as_go_writes_it() {
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
        let needs = Needs::read(&host, b"/proc/self/exe").unwrap();
        assert!(needs.libraries.iter().any(|name| name.starts_with(b"libc.")), "{:?}", needs.libraries);
        assert!(Sections::read(&host, b"/proc/self/exe").unwrap().find(b".dynamic").is_some());
        assert_eq!(build_info(&host, b"/proc/self/exe"), None);
    }
}
