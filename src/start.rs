//! Start of both programs: arguments and environment as slices, and the ELF note that marks the file.
//!
//! `main` is a C function. Rust's start-up code would ignore SIGPIPE and reopen closed descriptors, and the tool would
//! inherit that; it also costs as much time as all of gowrap's own work.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::ffi::{CStr, c_char, c_int};

use gowrap_core::host::binary::{NOTE, NOTE_LENGTH};
use gowrap_core::host::environ::Environ;
use gowrap_core::host::live::Auxiliary;
use gowrap_core::start::{Rights, Start};

/// The ELF note that marks every copy of gowrap, under any name.
#[repr(C, align(4))]
struct Note([u8; NOTE_LENGTH]);

// SAFETY: the section holds only ELF notes; this is one, in the form of elf(5).
#[unsafe(link_section = ".note.gowrap")]
#[used]
static MARK: Note = Note(NOTE);

/// Reads the arguments of `main`.
///
/// # Safety
/// The arguments must be those that the C library passed to `main`.
pub(crate) unsafe fn start(
    count: c_int,
    arguments: *const *const c_char,
    environment: *const *const c_char,
) -> Start<'static> {
    // SAFETY: the C library passes two arrays of C strings, ended by a null pointer, that live as long as the process;
    // nothing writes to them.
    let (argv, environ) =
        unsafe { (strings(arguments, usize::try_from(count).unwrap_or(0)), strings(environment, usize::MAX)) };
    // SAFETY: getauxval(3) only reads; AT_EXECFN is a C string on the initial stack, or 0 if the kernel gives none.
    let (auxiliary, secure) = unsafe {
        let execfn = libc::getauxval(libc::AT_EXECFN) as *const c_char;
        let execfn = if execfn.is_null() { None } else { Some(CStr::from_ptr(execfn).to_bytes()) };
        (Auxiliary { execfn, euid: libc::getauxval(libc::AT_EUID) as u32 }, libc::getauxval(libc::AT_SECURE))
    };
    let environ = Environ::new(environ.into_iter().map(Cow::Borrowed).collect());
    let rights = if secure == 0 { Rights::Usual } else { Rights::Raised };
    Start { argv, environ, auxiliary, rights }
}

/// Returns the C strings of an array, up to its null pointer, and at most `most`.
///
/// # Safety
/// The array must end with a null pointer or hold `most` strings, and must live unchanged until the process ends.
unsafe fn strings(array: *const *const c_char, most: usize) -> Vec<&'static CStr> {
    let mut strings = Vec::with_capacity(most.min(64));
    // SAFETY: the caller promises that every element up to the end is a C string.
    unsafe {
        while strings.len() < most && !array.is_null() && !(*array.add(strings.len())).is_null() {
            strings.push(CStr::from_ptr(*array.add(strings.len())));
        }
    }
    strings
}
