//! `gowrap-shim`: the program that the shims `go`, `gofmt` and `dlv` lead to.
//!
//! Every call of a tool starts it, so it has only the code that a call needs: facts, plan, execve(2). For explanations
//! and refusals it executes `gowrap`, which is in the same folder and makes the same plan.
//!
//! A release build has no standard library. A debug build has one: tests are built to unwind, and a program without the
//! standard library cannot be.

#![cfg_attr(not(debug_assertions), no_std)]
#![no_main]

extern crate alloc;

mod arena;
mod pages;
mod start;

use core::ffi::{c_char, c_int};

use gowrap_core::config::Config;
use gowrap_core::diagnosis::{Code, Exit, Failure};
use gowrap_core::exec::exec;
use gowrap_core::host::Host;
use gowrap_core::host::live::Live;
use gowrap_core::partner::{hand_over, is_asked_to_print, refusal_without_gowrap, short_refusal};
use gowrap_core::plan::invocation::{Invocation, Named};
use gowrap_core::plan::{Depth, plan};
use gowrap_core::start::{Called, Rights, Start, raised_rights};
use rustix::fd::BorrowedFd;

#[global_allocator]
static MEMORY: arena::Arena<pages::Pages> = arena::Arena::new(pages::Pages::new());

/// The entry point, called by the C library. Returns the exit status if no tool replaced the process.
// SAFETY: no other symbol of this program is named `main`.
#[unsafe(no_mangle)]
extern "C" fn main(count: c_int, arguments: *const *const c_char, environment: *const *const c_char) -> c_int {
    // SAFETY: these are the C library's arguments.
    run(unsafe { start::start(count, arguments, environment, start::Facts::of_c_library()) })
}

/// Runs the call. Returns the exit status if no tool replaced the process.
fn run(start: Start) -> c_int {
    let live = Live::new(start.auxiliary);
    let host = live.host();
    let (refused, start) = match start.called() {
        _ if start.rights == Rights::Raised => (Refused::ShortMessage(raised_rights()), start),
        Called::Tool(tool) if !is_asked_to_print(&start.environ) => {
            let Start { argv, environ, auxiliary, rights } = start;
            let call = Invocation { tool, named: Named::ByName, argv, environ };
            let refused = become_tool(&call, host);
            (refused, Start { argv: call.argv, environ: call.environ, auxiliary, rights })
        }
        Called::Tool(_) | Called::Gowrap | Called::Unknown => (Refused::HandOver(None), start),
    };
    let exit = match refused {
        Refused::ShortMessage(failure) => {
            say(&short_refusal(&failure));
            failure.exit
        }
        Refused::HandOver(reason) => {
            let unusable = hand_over(&start, host);
            say(&refusal_without_gowrap(reason.map(|(_, code)| code), &unusable));
            reason.map_or(Exit::Own, |(exit, _)| exit)
        }
    };
    c_int::from(u8::from(exit))
}

/// The refusal of a call.
enum Refused {
    /// A refusal that this program prints.
    ShortMessage(Failure),
    /// A call that `gowrap` takes over: a refusal by the settings or the plan, an explanation, or a call with a log.
    HandOver(Option<(Exit, Code)>),
}

/// Plans the call and executes the plan. Returns only if the call is refused.
fn become_tool(call: &Invocation, host: &dyn Host) -> Refused {
    let config = match Config::load(&call.environ, host, None) {
        Ok(config) => config,
        Err(failure) => return Refused::HandOver(Some((failure.exit, failure.code))),
    };
    match plan(call, &config, host, Depth::of(&call.environ)) {
        Ok(plan) => Refused::ShortMessage(exec(&plan)),
        Err(rejection) => Refused::HandOver(Some((rejection.failure.exit, rejection.failure.code))),
    }
}

/// Writes to standard error. Errors are ignored: there is no other place to report them.
fn say(text: &[u8]) {
    // SAFETY: nothing closes the descriptor; if it is not open, the call fails.
    _ = unsafe { rustix::io::write(BorrowedFd::borrow_raw(2), text) };
}

/// Items that the standard library provides in a debug build.
#[cfg(not(debug_assertions))]
mod without_std {
    use super::{Exit, c_int, say};

    #[link(name = "c")]
    unsafe extern "C" {}

    /// Ends gowrap with a message. A panic is a bug in gowrap.
    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo) -> ! {
        say(b"gowrap: gowrap-shim has failed: this is a bug in gowrap\n");
        say(b"gowrap: fix: report it, with the output of: gowrap doctor --record\n");
        // SAFETY: _exit(2) accepts any status and does not return.
        unsafe { libc::_exit(c_int::from(u8::from(Exit::Own))) }
    }

    // Rust's prebuilt `alloc` is compiled to unwind and refers to these two symbols. A panic aborts: they are never
    // called.

    // SAFETY: no other symbol of this program has the name.
    #[unsafe(no_mangle)]
    extern "C" fn rust_eh_personality() {}

    // SAFETY: no other symbol of this program has the name.
    #[unsafe(no_mangle)]
    extern "C" fn _Unwind_Resume() -> ! {
        // SAFETY: _exit(2) accepts any status and does not return.
        unsafe { libc::_exit(c_int::from(u8::from(Exit::Own))) }
    }
}

/// Start of the process with musl. musl's own start-up code sets up memory for threads, which costs two system calls
/// and a page. gowrap-shim does not use it.
///
/// For that reason no code of this program may call a function of the C library that stores an error in errno or
/// allocates.
#[cfg(all(
    not(debug_assertions),
    target_env = "musl",
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod without_start {
    use core::ffi::{c_char, c_int};
    use core::ptr::null;

    use super::start::{self, Facts};
    use super::{Rights, run};

    /// A C program's `main`.
    type Main = unsafe extern "C" fn(c_int, *const *const c_char, *const *const c_char) -> c_int;

    /// The entry point, called by musl's first code (crt/rcrt1.c) after it has relocated the program.
    // SAFETY: the linker uses this function instead of musl's, which no other linked part of the archive needs.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn __libc_start_main(_: Main, count: c_int, arguments: *const *const c_char) -> c_int {
        // SAFETY: the initial stack has the arguments, a null pointer, the environment, a null pointer, and the
        // auxiliary vector (System V ABI, process initialization). _exit(2) accepts any status.
        unsafe {
            let environment = arguments.add(usize::try_from(count).unwrap_or(0) + 1);
            libc::_exit(run(start::start(count, arguments, environment, facts(environment))))
        }
    }

    /// Reads the auxiliary vector.
    ///
    /// # Safety
    /// The array must be the environment on the initial stack.
    unsafe fn facts(environment: *const *const c_char) -> Facts {
        let mut facts = Facts { execfn: null(), euid: 0, rights: Rights::Usual };
        // SAFETY: the caller promises the position; the vector ends with an entry of type AT_NULL.
        unsafe {
            let mut at = environment;
            while !(*at).is_null() {
                at = at.add(1);
            }
            let mut entry = at.add(1).cast::<(u64, *const c_char)>();
            while (*entry).0 != libc::AT_NULL {
                let (kind, value) = *entry;
                match kind {
                    libc::AT_EXECFN => facts.execfn = value,
                    libc::AT_EUID => facts.euid = value.addr() as u32,
                    libc::AT_SECURE if !value.is_null() => facts.rights = Rights::Raised,
                    _ => {}
                }
                entry = entry.add(1);
            }
        }
        facts
    }
}
