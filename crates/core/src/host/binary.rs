//! Type of a file, from its first bytes.
//!
//! The type follows from the magic bytes that the kernel compares: `\x7fELF`, `#!`, and `MZ` of WSL's binfmt_misc
//! entry. The header gives architecture, subsystem and ELF interpreter, for the decision and for the report. Only 4 KiB
//! are read: a Go program's symbol table may be hundreds of megabytes further on.

use crate::host::script;
use crate::host::script::Started;
use crate::prelude::*;

/// Number of bytes of a file that are read.
pub const HEAD: usize = 4096;

/// The name in the ELF note that every copy of gowrap carries.
pub const NOTE_NAME: &[u8; 8] = b"gowrap\0\0";

/// The version of both programs.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The length of the note: three words, the name, and the version, padded to whole words.
pub const NOTE_LENGTH: usize = 12 + NOTE_NAME.len() + VERSION.len().next_multiple_of(4);

/// The ELF note that both programs carry: name size, description size, type, name, description (elf(5)). The
/// description is the version.
pub const NOTE: [u8; NOTE_LENGTH] = note();

const fn note() -> [u8; NOTE_LENGTH] {
    let mut note = [0; NOTE_LENGTH];
    let words = [NOTE_NAME.len() as u32, VERSION.len() as u32, 1];
    let mut at = 0;
    while at < 12 {
        note[at] = words[at / 4].to_ne_bytes()[at % 4];
        at += 1;
    }
    while at < 12 + NOTE_NAME.len() {
        note[at] = NOTE_NAME[at - 12];
        at += 1;
    }
    while at < 12 + NOTE_NAME.len() + VERSION.len() {
        note[at] = VERSION.as_bytes()[at - 12 - NOTE_NAME.len()];
        at += 1;
    }
    note
}

/// The version of a copy of gowrap, compared with this program's version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// The same.
    Same,
    /// Another.
    Other,
}

/// The format of a file that could be executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A Linux binary.
    Elf,
    /// A file that begins with `MZ`: WSL runs it as a Windows binary.
    Pe,
    /// `#!` and an interpreter.
    Script,
    /// A format that execve(2) does not accept without binfmt_misc.
    Other,
}

impl Format {
    /// The word used in plans and records.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Format::Elf => "elf",
            Format::Pe => "pe",
            Format::Script => "script",
            Format::Other => "other",
        }
    }
}

/// The architecture that a binary is built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Machine {
    /// 64-bit x86.
    X86_64,
    /// 32-bit x86.
    X86,
    /// 64-bit Arm.
    Aarch64,
    /// 32-bit Arm.
    Arm,
    /// 64-bit RISC-V.
    Riscv64,
    /// 64-bit little-endian Power.
    Ppc64le,
    /// IBM Z.
    S390x,
    /// Another architecture, by its number in the header.
    Number(u16),
}

impl Machine {
    /// Those with a name.
    const KNOWN: [Machine; 7] = [
        Machine::X86_64,
        Machine::X86,
        Machine::Aarch64,
        Machine::Arm,
        Machine::Riscv64,
        Machine::Ppc64le,
        Machine::S390x,
    ];

    /// Its name, as in `uname -m`, if it has one. A table of names would be relocated at each start of a tool.
    fn known_name(self) -> Option<&'static str> {
        Some(match self {
            Machine::X86_64 => "x86_64",
            Machine::X86 => "x86",
            Machine::Aarch64 => "aarch64",
            Machine::Arm => "arm",
            Machine::Riscv64 => "riscv64",
            Machine::Ppc64le => "ppc64le",
            Machine::S390x => "s390x",
            Machine::Number(_) => return None,
        })
    }

    /// Returns the architecture that gowrap was built for, on which it runs.
    #[must_use]
    pub fn native() -> Machine {
        if cfg!(target_arch = "x86_64") {
            Machine::X86_64
        } else if cfg!(target_arch = "x86") {
            Machine::X86
        } else if cfg!(target_arch = "aarch64") {
            Machine::Aarch64
        } else if cfg!(target_arch = "arm") {
            Machine::Arm
        } else if cfg!(target_arch = "riscv64") {
            Machine::Riscv64
        } else if cfg!(all(target_arch = "powerpc64", target_endian = "little")) {
            Machine::Ppc64le
        } else if cfg!(target_arch = "s390x") {
            Machine::S390x
        } else {
            Machine::Number(0)
        }
    }

    /// Returns the architecture of this name, as in `uname -m`.
    #[must_use]
    pub fn named(name: &str) -> Option<Machine> {
        let name = if name == "i686" || name == "i386" { "x86" } else { name };
        Machine::KNOWN.into_iter().find(|machine| machine.known_name() == Some(name))
    }

    /// Returns its name, as in `uname -m`; a number if it has no name.
    #[must_use]
    pub fn name(self) -> String {
        match (self.known_name(), self) {
            (Some(name), _) => name.to_owned(),
            (None, Machine::Number(number)) => format!("machine {number}"),
            (None, _) => "unknown machine".to_owned(),
        }
    }

    fn of_elf(number: u16) -> Machine {
        Machine::KNOWN.into_iter().find(|machine| machine.elf().1 == number).unwrap_or(Machine::Number(number))
    }

    /// Returns the class (1: 32 bits, 2: 64 bits) and the machine number of an ELF header.
    #[must_use]
    pub fn elf(self) -> (u8, u16) {
        match self {
            Machine::X86_64 => (2, 62),
            Machine::X86 => (1, 3),
            Machine::Aarch64 => (2, 183),
            Machine::Arm => (1, 40),
            Machine::Riscv64 => (2, 243),
            Machine::Ppc64le => (2, 21),
            Machine::S390x => (2, 22),
            Machine::Number(number) => (2, number),
        }
    }

    fn of_pe(number: u16) -> Machine {
        match number {
            0x8664 => Machine::X86_64,
            0x014c => Machine::X86,
            0xaa64 => Machine::Aarch64,
            0x01c4 => Machine::Arm,
            other => Machine::Number(other),
        }
    }

    /// Returns true if a kernel for `self` runs a binary for `other` without an emulator. Linux on x86-64 runs 32-bit
    /// x86.
    #[must_use]
    pub fn runs(self, other: Machine) -> bool {
        self == other || (self == Machine::X86_64 && other == Machine::X86)
    }
}

/// The origin of a file: gowrap or another program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Maker {
    /// One of gowrap's two programs, by the note that it carries.
    Gowrap(Release),
    /// Any other program.
    Other,
}

/// Type of a file, from its first bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binary {
    /// Its format.
    pub format: Format,
    /// The architecture it is built for, if the header has it.
    pub machine: Option<Machine>,
    /// The program that loads it: an ELF interpreter, or a script's first word after `#!`.
    pub interpreter: Option<Vec<u8>>,
    /// The origin of the file.
    pub maker: Maker,
    /// The commands of a script.
    pub starts: Vec<Started>,
    /// Peculiarity, as text: `console program`, `truncated ELF header`, `empty file`.
    pub detail: &'static str,
}

impl Binary {
    /// Returns a file of that format without further details.
    #[must_use]
    pub fn of(format: Format, detail: &'static str) -> Binary {
        Binary { format, machine: None, interpreter: None, maker: Maker::Other, starts: Vec::new(), detail }
    }

    /// Detects the type from the first [`HEAD`] bytes of a file, or from all bytes of a shorter one.
    #[must_use]
    pub fn parse(head: &[u8]) -> Binary {
        if head.starts_with(b"\x7fELF") {
            elf(head).unwrap_or_else(|| Binary::of(Format::Other, "truncated or damaged ELF header"))
        } else if head.starts_with(b"MZ") {
            pe(head)
        } else if head.starts_with(b"#!") {
            script(head)
        } else if head.is_empty() {
            Binary::of(Format::Other, "empty file")
        } else {
            Binary::of(Format::Other, "neither a binary nor a script with an interpreter")
        }
    }
}

/// Types of program headers that gowrap reads (elf(5)).
const PT_INTERP: u64 = 3;
const PT_NOTE: u64 = 4;

/// The fields of an ELF file. Its first bytes give their size and byte order.
#[derive(Clone, Copy)]
struct Fields<'h> {
    head: &'h [u8],
    is_64: bool,
    is_big_endian: bool,
}

impl Fields<'_> {
    /// Reads a number with this size in bytes.
    fn number(self, at: usize, length: usize) -> Option<u64> {
        let bytes = self.head.get(at..at.checked_add(length)?)?.iter();
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(if self.is_big_endian { bytes.fold(0, add) } else { bytes.rev().fold(0, add) })
    }

    /// Reads an address or an offset. Its position differs between 64-bit and 32-bit files.
    fn word(self, at_64: usize, at_32: usize) -> Option<usize> {
        let word = if self.is_64 { self.number(at_64, 8) } else { self.number(at_32, 4) };
        usize::try_from(word?).ok()
    }
}

fn elf(head: &[u8]) -> Option<Binary> {
    // `\x7fELF`, class, byte order.
    let (is_64, is_big_endian) = match head.get(4..6)? {
        [class @ 1..=2, order @ 1..=2] => (*class == 2, *order == 2),
        _ => return None,
    };
    let fields = Fields { head, is_64, is_big_endian };
    let (header_size, segment_size) = if is_64 { (64, 56) } else { (52, 32) };
    if head.len() < header_size {
        return None;
    }
    let mut binary = Binary::of(Format::Elf, "");
    binary.machine = Some(Machine::of_elf(fields.number(18, 2)? as u16));
    let table = fields.word(32, 28)?;
    let count = fields.number(if is_64 { 56 } else { 44 }, 2)? as usize;
    // Headers behind the bytes that were read are ignored.
    let is_read = table.checked_add(count * segment_size).is_some_and(|end| end <= head.len());
    for number in 0..if is_read { count } else { 0 } {
        let at = table + number * segment_size;
        let kind = fields.number(at, 4)?;
        if kind != PT_INTERP && kind != PT_NOTE {
            continue;
        }
        let (offset, size) = (fields.word(at + 8, at + 4), fields.word(at + 32, at + 16));
        let Some(bytes) = offset.zip(size).and_then(|(offset, size)| head.get(offset..offset.checked_add(size)?))
        else {
            continue;
        };
        if kind == PT_INTERP {
            binary.interpreter = Some(bytes.split(|&byte| byte == 0).next().unwrap_or_default().to_vec());
        } else if let Some(release) = our_note(bytes) {
            binary.maker = Maker::Gowrap(release);
        }
    }
    Some(binary)
}

/// Searches a note segment: name size, description size, type, name, description, each padded to four bytes.
fn our_note(mut notes: &[u8]) -> Option<Release> {
    let word = |bytes: &[u8], at: usize| Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize);
    while let (Some(name), Some(description)) = (word(notes, 0), word(notes, 4)) {
        let at_description = 12usize.checked_add(name.checked_next_multiple_of(4)?)?;
        if name == NOTE_NAME.len() && notes.get(12..12 + name) == Some(NOTE_NAME) {
            let version = notes.get(at_description..at_description.checked_add(description)?);
            return Some(if version == Some(VERSION.as_bytes()) { Release::Same } else { Release::Other });
        }
        notes = notes.get(at_description.checked_add(description.checked_next_multiple_of(4)?)?..)?;
    }
    None
}

/// Reads a PE file: a DOS header with the position of `PE\0\0`, the COFF header, and the optional header, whose first
/// word shows 32 or 64 bits.
fn pe(head: &[u8]) -> Binary {
    let mut binary = Binary::of(Format::Pe, "DOS program");
    let fields = Fields { head, is_64: false, is_big_endian: false };
    let number = |at: usize, length| fields.number(at, length);
    let read = || {
        let start = usize::try_from(number(0x3c, 4)?).ok()?;
        let machine =
            number(start + 4, 2).filter(|_| head.get(start..).is_some_and(|rest| rest.starts_with(b"PE\0\0")))?;
        let subsystem = match number(start + 20, 2)? {
            0 => None,
            _ => Some(number(start + 24 + 68, 2).filter(|_| matches!(number(start + 24, 2), Some(0x10b | 0x20b)))?),
        };
        Some((machine, subsystem))
    };
    let Some((machine, subsystem)) = read() else { return binary };
    binary.machine = Some(Machine::of_pe(machine as u16));
    // The numbers are IMAGE_SUBSYSTEM_WINDOWS_GUI and IMAGE_SUBSYSTEM_WINDOWS_CUI of the PE format.
    binary.detail = match subsystem {
        Some(2) => "Windows program with a window",
        Some(3) => "Windows console program",
        _ => "Windows program",
    };
    binary
}

fn script(head: &[u8]) -> Binary {
    let mut binary = Binary::of(Format::Script, "");
    // fs/binfmt_script.c: blanks after `#!` are skipped, the interpreter ends at a blank, a newline or a NUL.
    let line = head[2..].split(|&byte| byte == b'\n').next().unwrap_or_default();
    let word = line.split(|byte| matches!(byte, b' ' | b'\t' | 0)).find(|word| !word.is_empty()).unwrap_or_default();
    binary.interpreter = Some(word.to_vec());
    binary.starts = script::commands(head);
    binary
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_names_its_interpreter() {
        let table: &[(&[u8], &[u8])] = &[
            (b"#!/bin/sh\n", b"/bin/sh"),
            (b"#! /usr/bin/env bash\n", b"/usr/bin/env"),
            (b"#!\t/bin/sh\t-e\n", b"/bin/sh"),
            (b"#!/bin/sh", b"/bin/sh"),
            (b"#!/bin/sh\r\n", b"/bin/sh\r"),
            (b"#!\n", b""),
        ];
        for (head, interpreter) in table {
            let binary = Binary::parse(head);
            assert_eq!(binary.format, Format::Script);
            assert_eq!(binary.interpreter.as_deref(), Some(*interpreter), "{head:?}");
        }
    }

    #[test]
    fn a_file_that_is_no_program_has_a_detail() {
        let table: &[(&[u8], Format, &str)] = &[
            (b"", Format::Other, "empty file"),
            (b"\x7fELF", Format::Other, "truncated or damaged ELF header"),
            (b"\x7fELF\x02\x01\x01", Format::Other, "truncated or damaged ELF header"),
            (b"hello", Format::Other, "neither a binary nor a script with an interpreter"),
            (b"MZ", Format::Pe, "DOS program"),
        ];
        for (head, format, detail) in table {
            let binary = Binary::parse(head);
            assert_eq!((binary.format, binary.detail), (*format, *detail), "{head:?}");
        }
    }

    #[test]
    fn this_test_is_a_native_elf_that_is_not_gowrap() {
        let exe = std::fs::read("/proc/self/exe").unwrap();
        let binary = Binary::parse(&exe[..HEAD]);
        assert_eq!((binary.format, binary.machine), (Format::Elf, Some(Machine::native())));
        assert_eq!(binary.maker, Maker::Other);
        assert!(binary.interpreter.is_some(), "a test of the default target is dynamic");
    }

    #[test]
    fn an_elf_note_is_found_among_other_notes() {
        let mut notes = Vec::new();
        for (name, description) in [(&b"GNU\0"[..], &b"abcde\0\0\0"[..]), (&NOTE_NAME[..], &b""[..])] {
            notes.extend_from_slice(&(name.len() as u32).to_ne_bytes());
            notes.extend_from_slice(&(description.len() as u32).to_ne_bytes());
            notes.extend_from_slice(&1u32.to_ne_bytes());
            notes.extend_from_slice(name);
            notes.extend_from_slice(description);
        }
        // The notes of the first releases had no version.
        assert_eq!(our_note(&notes), Some(Release::Other));
        assert_eq!(our_note(&notes[..24]), None);
        assert_eq!(our_note(b"\xff\xff\xff\xff\xff\xff\xff\xff"), None);
        let mut notes = notes[..24].to_vec();
        notes.extend_from_slice(&NOTE);
        assert_eq!(our_note(&notes), Some(Release::Same));
        let version = notes.len() - 4;
        notes[version] ^= 1;
        assert_eq!(our_note(&notes), Some(Release::Other));
    }
}
