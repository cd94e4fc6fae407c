//! gowrap is one file with many names.
//!
//! Called through a link named `go`, `gofmt`, `dlv` or `go_windows_amd64_exec`, it finds out what was meant, repairs what
//! crossing the Windows/Linux border broke, and becomes that tool. Called as `gowrap` it explains, diagnoses and installs.
//!
//! `main` is C's. Rust's own start-up would ignore SIGPIPE and reopen closed descriptors, and the tool would inherit that;
//! it also costs as much as everything that gowrap does before it hands over.

#![no_main]

mod arena;

use std::borrow::Cow;
use std::ffi::{CStr, c_char, c_int};

use gowrap::host::environ::Environ;
use gowrap::host::live::Auxiliary;
use gowrap::{Rights, Start};
use nix::libc;

#[global_allocator]
static MEMORY: arena::Arena = arena::Arena::new();

/// Marks every copy of gowrap, whatever its name, as an ELF note: name size, description size, type, name.
#[repr(C)]
struct Note {
    name_size: u32,
    description_size: u32,
    kind: u32,
    name: [u8; 8],
}

// SAFETY: the section holds ELF notes and nothing but; this is one, in the form that elf(5) gives.
#[unsafe(link_section = ".note.gowrap")]
#[used]
static NOTE: Note = Note { name_size: 8, description_size: 0, kind: 1, name: *gowrap::host::binary::NOTE_NAME };

/// The C library calls this. The result is the exit status where gowrap does not become the tool.
// SAFETY: no other symbol of this program is named `main`.
#[unsafe(no_mangle)]
extern "C" fn main(count: c_int, arguments: *const *const c_char, environment: *const *const c_char) -> c_int {
    // SAFETY: the C library passes two arrays of C strings, ended by a null pointer, that live as long as the process;
    // nothing here writes to them.
    let (argv, environ) =
        unsafe { (strings(arguments, usize::try_from(count).unwrap_or(0)), strings(environment, usize::MAX)) };
    // SAFETY: getauxval(3) only reads; AT_EXECFN is a C string on the initial stack, or 0 where the kernel gives none.
    let (auxiliary, secure) = unsafe {
        let execfn = libc::getauxval(libc::AT_EXECFN) as *const c_char;
        let execfn = if execfn.is_null() { None } else { Some(CStr::from_ptr(execfn).to_bytes()) };
        (Auxiliary { execfn, euid: libc::getauxval(libc::AT_EUID) as u32 }, libc::getauxval(libc::AT_SECURE))
    };
    let rights = if secure == 0 { Rights::Usual } else { Rights::Raised };
    let environ = Environ::new(environ.into_iter().map(Cow::Borrowed).collect());
    c_int::from(gowrap::run(Start { argv, environ, auxiliary, rights }))
}

/// The C strings of an array, up to its null pointer and `most` at the most.
///
/// # Safety
/// The array must be ended by a null pointer or hold `most` strings, and must live and stay as it is for the whole run.
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
