//! gowrap: the program that explains, diagnoses and installs.
//!
//! gowrap consists of two programs. `gowrap-shim` is called through a shim, a link named `go`, `gofmt`, `dlv` or
//! `go_windows_amd64_exec`. It fixes Windows paths and missing variables, then executes the real tool. `gowrap`, this
//! program, does the same if it is called under a tool's name, and also prints explanations and refusals.

#![no_main]

extern crate alloc;

mod arena;
mod heap;
mod start;

use core::ffi::{c_char, c_int};

#[global_allocator]
static MEMORY: arena::Arena<heap::Heap> = arena::Arena::new(heap::Heap);

/// The entry point, called by the C library. Returns the exit status if no tool replaced the process.
// SAFETY: no other symbol of this program is named `main`.
#[unsafe(no_mangle)]
extern "C" fn main(count: c_int, arguments: *const *const c_char, environment: *const *const c_char) -> c_int {
    // SAFETY: these are the C library's arguments.
    c_int::from(gowrap::run(unsafe { start::start(count, arguments, environment, start::Facts::of_c_library()) }))
}
