//! gowrap is two files with many names.
//!
//! `gowrap-shim`, called through a link named `go`, `gofmt`, `dlv` or `go_windows_amd64_exec`, finds out what was meant,
//! repairs what crossing the Windows/Linux border broke, and becomes that tool. `gowrap`, this one, does the same under such
//! a name, and prints what the shim cannot: explanations and refusals. Called as `gowrap` it explains, diagnoses and installs.

#![no_main]

extern crate alloc;

mod arena;
mod heap;
mod start;

use core::ffi::{c_char, c_int};

#[global_allocator]
static MEMORY: arena::Arena<heap::Heap> = arena::Arena::new(heap::Heap);

/// The C library calls this. The result is the exit status where gowrap does not become the tool.
// SAFETY: no other symbol of this program is named `main`.
#[unsafe(no_mangle)]
extern "C" fn main(count: c_int, arguments: *const *const c_char, environment: *const *const c_char) -> c_int {
    // SAFETY: these are the C library's arguments.
    c_int::from(gowrap::run(unsafe { start::start(count, arguments, environment, start::Facts::of_c_library()) }))
}
