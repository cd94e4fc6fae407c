//! The check of one file, `gowrap doctor FILE`: the conditions for it to run here.

use crate::diagnosis::Code;
use crate::text::errno::Errno;

use crate::doctor::elf::{ElfKind, Sections, SharedLibraries, build_info};
use crate::doctor::finding::{Finding, Fix, set_row, shown, word};
use crate::doctor::subject::Subject;
use crate::host::FileKind;
use crate::host::binary::{Binary, Format};
use crate::plan::interop::state::InteropState;
use crate::text::path::basename;
use crate::text::path::join;

/// Bytes of a script's first line that the kernel reads (BINPRM_BUF_SIZE of include/uapi/linux/binfmts.h).
const FIRST_LINE: usize = 256;

/// Examines a file.
///
/// # Errors
/// The file cannot be examined: it is missing, or it is a folder.
pub(super) fn check(subject: &Subject, path: &[u8]) -> Result<Vec<Finding>, Errno> {
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
    let is_program = findings.iter().all(|finding| finding.code != Code::GW287);
    if binary.format == Format::Elf && is_program {
        findings.extend(interpreter(subject, path, &binary));
        findings.extend(libraries(subject, path, &binary));
        findings.extend(debug_information(subject, path));
    }
    if is_program {
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
        return Finding::fail(Code::GW281, path, format!("a Linux program for {machine}{made}")).why(format!(
            "This machine is {}: `exec format error`, unless an emulator is registered with binfmt_misc (the package \
                 qemu-user-static). Build it with GOOS and GOARCH unset.",
            subject.host.machine().name()
        ));
    }
    let not_program = match ElfKind::read(subject.host, path) {
        ElfKind::Program => None,
        ElfKind::Object => Some(("an object file, which is not linked to a program", "go build -o PROGRAM ./FOLDER")),
        ElfKind::Library => Some(("a shared library, not a program", "start the program that uses it")),
        ElfKind::Core => Some(("a core dump, not a program", "dlv core PROGRAM FILE")),
    };
    if let Some((title, fix)) = not_program {
        return Finding::fail(Code::GW287, path, title).why(format!(
            "The kernel does not start it, or it crashes at once: `exec format error`, `Segmentation fault`. Use \
                 instead: {fix}."
        ));
    }
    let linked = match &binary.interpreter {
        Some(interpreter) => format!("loaded by {}", shown(interpreter)),
        None => "statically linked".to_owned(),
    };
    Finding::ok(Code::GW280, path, format!("a Linux program for {machine}, {linked}{made}"))
}

fn pe(subject: &Subject, path: &[u8], binary: &Binary) -> Finding {
    let machine = binary.machine.map(|machine| format!(" for {}", machine.name())).unwrap_or_default();
    let title = format!("a {}{machine}", binary.detail);
    let why = "It was built with GOOS=windows. A dlv for Linux refuses it with `could not launch process: not an \
               executable file`. Unset GOOS, and build it again.";
    match InteropState::of(subject.host, subject.environ) {
        InteropState::Binfmt => Finding::warn(Code::GW284, path, title).why(format!("{why} It runs through interop.")),
        state => Finding::fail(Code::GW284, path, title)
            .why(format!("{why} It cannot run here: interop is {} (`exec format error`).", state.word())),
    }
}

fn script(subject: &Subject, path: &[u8], binary: &Binary) -> Finding {
    let interpreter = binary.interpreter.clone().unwrap_or_default();
    let line = subject.host.read_part(path, 0, FIRST_LINE).unwrap_or_default();
    let line = line.split(|&byte| byte == b'\n').next().unwrap_or_default();
    if interpreter.ends_with(b"\r") || line.ends_with(b"\r") {
        return Finding::fail(Code::GW286, path, "a script with Windows line ends")
            .why(
                "The kernel looks for an interpreter whose name ends in a carriage return: `no such file or \
                 directory`, `env: 'bash\\r': No such file or directory`.",
            )
            .fix(format!("sed -i 's/\\r$//' {}", word(path)));
    }
    let missing = match subject.is_file(&interpreter) {
        false => Some(format!("its interpreter {} is missing", shown(&interpreter))),
        true => through_env(line)
            .filter(|_| basename(&interpreter) == b"env")
            .filter(|program| !subject.is_on_path(program))
            .map(|program| format!("its interpreter {} is not on PATH", shown(program))),
    };
    match missing {
        None => Finding::ok(Code::GW280, path, format!("a script for {}", shown(&interpreter))),
        Some(title) => Finding::fail(Code::GW282, path, title).why(
            "`no such file or directory`, although the script exists. Correct its first line, or install that program.",
        ),
    }
}

/// Returns the program that `#!/usr/bin/env PROGRAM` or `env -S NAME=value PROGRAM …` starts; none if it has a path.
fn through_env(line: &[u8]) -> Option<&[u8]> {
    let words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let mut words = words.skip_while(|word| !word.ends_with(b"env")).skip(1);
    let program = words.find(|word| !word.starts_with(b"-") && !word.contains(&b'='))?;
    (!program.contains(&b'/')).then_some(program)
}

fn other(subject: &Subject, path: &[u8], binary: &Binary) -> Finding {
    let head = subject.host.read_part(path, 0, 8).unwrap_or_default();
    if head.starts_with(b"\xef\xbb\xbf#!") {
        return Finding::fail(Code::GW287, path, "a script with a byte order mark before its `#!`").why(
            "The kernel recognizes neither a script nor a binary: `exec format error`, or a shell runs the first \
                  line as a command.",
        );
    }
    if head == b"!<arch>\n" {
        return Finding::fail(Code::GW287, path, "an archive of a package, not a program").why(
            "Only package main is built into a program: `could not launch process: not an executable file`. Name \
                 a folder whose files say `package main`.",
        );
    }
    Finding::fail(Code::GW287, path, format!("no program: {}", binary.detail))
        .why("The kernel does not execute files of this format: `exec format error`.")
}

fn permission(subject: &Subject, path: &[u8]) -> Option<Finding> {
    subject.host.may_execute(path).err()?;
    let real = subject.real(path);
    if subject.host.mounts().is_noexec(&real) {
        return Some(Finding::fail(Code::GW285, path, "it is on a mount that forbids executing (noexec)").why(
            "`fork/exec …: permission denied`. Build it elsewhere: `go build -o ~/bin/…`, `dlv debug --output=/tmp/…`.",
        ));
    }
    let fix = match subject.is_on_drive(path) {
        true => set_row("/etc/wsl.conf", "automount", "options", "\"metadata,umask=22,fmask=11\""),
        false => Fix::Type(format!("{}chmod +x {}", subject.sudo_for(path), word(path))),
    };
    Some(
        Finding::fail(Code::GW285, path, "it has no execute permission")
            .why("`permission denied`, and from dlv `could not launch process: not an executable file`.")
            .fix(fix),
    )
}

fn interpreter(subject: &Subject, path: &[u8], binary: &Binary) -> Option<Finding> {
    let interpreter = binary.interpreter.as_deref()?;
    if subject.host.stat(interpreter).is_ok() {
        return None;
    }
    Some(Finding::fail(Code::GW282, path, format!("its ELF interpreter {} is missing", shown(interpreter))).why(
        "`no such file or directory`, although the file exists: it was linked for another C library. Build it here, \
                 without C (CGO_ENABLED=0 go build), or install that C library.",
    ))
}

fn libraries(subject: &Subject, path: &[u8], binary: &Binary) -> Option<Finding> {
    let needs = SharedLibraries::read(subject.host, path)?;
    let machine = binary.machine.unwrap_or_else(|| subject.host.machine());
    let folders = needs.folders(subject, path, machine);
    let is_there = |name: &[u8]| match name.contains(&b'/') {
        true => subject.host.stat(name).is_ok(),
        false => folders.iter().any(|folder| subject.host.stat(&join(folder, name)).is_ok()),
    };
    let missing: Vec<String> = needs.libraries.iter().filter(|name| !is_there(name)).map(|name| shown(name)).collect();
    if missing.is_empty() {
        return None;
    }
    let names = missing.join(", ");
    Some(Finding::fail(Code::GW283, path, format!("shared libraries are missing: {names}")).why(
        "It cannot start: `error while loading shared libraries`. Install them, or build it without C: \
                  CGO_ENABLED=0 go build.",
    ))
}

/// Finds a program without debug information, as `-ldflags=-s -w` builds it.
fn debug_information(subject: &Subject, path: &[u8]) -> Option<Finding> {
    let sections = Sections::read(subject.host, path)?;
    let is_go = sections.find(b".go.buildinfo").is_some();
    let has = [&b".debug_info"[..], b".zdebug_info"].into_iter().any(|name| sections.find(name).is_some());
    if !is_go || has {
        return None;
    }
    Some(Finding::warn(Code::GW288, path, "it has no debug information").why(
        "It was linked with -s or -w: dlv says `could not open debug info`. Remove them from -ldflags, also in \
         GOFLAGS.",
    ))
}
