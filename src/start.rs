//! Start of both programs: arguments and environment as slices, and the ELF note that marks the file.
//!
//! `main` is a C function. Rust's start-up code would ignore SIGPIPE and reopen closed descriptors, and the tool would
//! inherit that; it also costs as much time as all of gowrap's own work.

use alloc::vec::Vec;
use core::ffi::{CStr, c_char, c_int};
use core::ptr::null;

use gowrap_core::host::binary::{NOTE, NOTE_LENGTH};
use gowrap_core::host::environ::Environ;
use gowrap_core::host::live::Auxiliary;
use gowrap_core::start::{Rights, Start};

/// The ELF note that marks every copy of gowrap, under any name.
#[repr(C, align(4))]
struct ElfNote([u8; NOTE_LENGTH]);

// SAFETY: the section holds only ELF notes; this is one, in the form of elf(5).
#[unsafe(link_section = ".note.gowrap")]
#[used]
static MARK: ElfNote = ElfNote(NOTE);

/// Values of the auxiliary vector (getauxval(3)).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts {
    /// AT_EXECFN, a C string; null where the kernel gives none.
    pub(crate) execfn: *const c_char,
    /// AT_EUID.
    pub(crate) euid: u32,
    /// AT_SECURE.
    pub(crate) rights: Rights,
}

impl Facts {
    /// Returns the values that the C library has stored.
    pub(crate) fn of_c_library() -> Facts {
        // SAFETY: getauxval(3) only reads.
        let [execfn, euid, secure] =
            unsafe { [libc::AT_EXECFN, libc::AT_EUID, libc::AT_SECURE].map(|kind| libc::getauxval(kind)) };
        let rights = if secure == 0 { Rights::Usual } else { Rights::Raised };
        Facts { execfn: execfn as *const c_char, euid: euid as u32, rights }
    }
}

/// Reads the arguments of `main`.
///
/// # Safety
/// The arguments must be those that the C library passed to `main`, and the facts must be the kernel's.
pub(crate) unsafe fn start(
    count: c_int,
    arguments: *const *const c_char,
    environment: *const *const c_char,
    facts: Facts,
) -> Start<'static> {
    // SAFETY: the C library passes two arrays of C strings, ended by a null pointer, that live as long as the process;
    // nothing writes to them. AT_EXECFN is a C string on the initial stack.
    unsafe {
        let first_variable = if environment.is_null() { null() } else { *environment };
        let argv = strings(arguments, usize::try_from(count).unwrap_or(0), first_variable);
        let environ = Environ::new(strings(environment, usize::MAX, facts.execfn));
        let execfn = if facts.execfn.is_null() { None } else { Some(CStr::from_ptr(facts.execfn).to_bytes()) };
        Start { argv, environ, auxiliary: Auxiliary { execfn, euid: facts.euid }, rights: facts.rights }
    }
}

/// Returns the C strings of an array, up to its null pointer, and at most `most`. `behind` is the address after the
/// last string.
///
/// # Safety
/// The array must end with a null pointer, and must live unchanged until the process ends.
unsafe fn strings<S: From<&'static CStr>>(array: *const *const c_char, most: usize, behind: *const c_char) -> Vec<S> {
    let mut strings = Vec::with_capacity(most.min(64));
    if array.is_null() {
        return strings;
    }
    // SAFETY: the caller promises that every element up to the end is a C string.
    unsafe {
        let mut here = *array;
        while strings.len() < most && !here.is_null() {
            let next = *array.add(strings.len() + 1);
            strings.push(S::from(string(here, if next.is_null() { behind } else { next })));
            here = next;
        }
    }
    strings
}

/// Returns a C string. The kernel writes the strings without a gap (fs/exec.c, copy_strings), so the address of the
/// next one gives the length. strlen(3) would read every byte of an environment that gowrap mostly does not use; it is
/// the fallback.
///
/// # Safety
/// The first pointer must be to a C string that lives unchanged until the process ends.
unsafe fn string(here: *const c_char, next: *const c_char) -> &'static CStr {
    // As include/uapi/linux/binfmts.h: MAX_ARG_STRLEN.
    const LONGEST: usize = 128 << 10;
    let length = next.addr().wrapping_sub(here.addr());
    // SAFETY: the bytes up to the next string are this string, if the byte before the next string is a NUL and the byte
    // before that is not.
    unsafe {
        let is_next = (1..=LONGEST).contains(&length)
            && *here.add(length - 1) == 0
            && (length == 1 || *here.add(length - 2) != 0);
        if is_next {
            CStr::from_bytes_with_nul_unchecked(core::slice::from_raw_parts(here.cast(), length))
        } else {
            CStr::from_ptr(here)
        }
    }
}
