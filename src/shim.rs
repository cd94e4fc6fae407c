//! `gowrap-shim`: the program that the shims `go`, `gofmt` and `dlv` lead to.
//!
//! Every call of a tool starts it, so it has only the code that a call needs: facts, plan, execve(2). For explanations and
//! long refusals it executes `gowrap`, which is in the same folder and makes the same plan.
//!
//! A release build has no standard library. A debug build has one: tests are built to unwind, and a program without the
//! standard library cannot be.

#![cfg_attr(not(debug_assertions), no_std)]
#![no_main]

extern crate alloc;

mod arena;
mod start;

use core::ffi::{c_char, c_int};

use gowrap_core::config::Config;
use gowrap_core::diagnosis::{Exit, Failure};
use gowrap_core::exec::exec;
use gowrap_core::host::live::Live;
use gowrap_core::partner::{hand_over, is_asked_to_print, short_refusal};
use gowrap_core::plan::invocation::{Invocation, Named};
use gowrap_core::plan::{Depth, plan};
use gowrap_core::start::{Called, Rights, Start, raised_rights};

#[global_allocator]
static MEMORY: arena::Arena = arena::Arena::new();

/// The entry point, called by the C library. Returns the exit status if no tool replaced the process.
// SAFETY: no other symbol of this program is named `main`.
#[unsafe(no_mangle)]
extern "C" fn main(count: c_int, arguments: *const *const c_char, environment: *const *const c_char) -> c_int {
    // SAFETY: these are the C library's arguments.
    let start = unsafe { start::start(count, arguments, environment) };
    let host = Live::new(start.auxiliary);
    let (refused, start) = match start.called() {
        _ if start.rights == Rights::Raised => (Refused::Shortly(raised_rights()), start),
        Called::Tool(tool) if !is_asked_to_print(&start.environ) => {
            let Start { argv, environ, auxiliary, rights } = start;
            let call = Invocation { tool, named: Named::ByName, argv, environ };
            let refused = become_tool(&call, &host);
            (refused, Start { argv: call.argv, environ: call.environ, auxiliary, rights })
        }
        Called::Tool(_) | Called::Gowrap | Called::Unknown => (Refused::InFull(None), start),
    };
    let (failure, unusable) = match refused {
        Refused::Shortly(failure) => (Some(failure), None),
        Refused::InFull(failure) => (failure, Some(hand_over(&start, &host))),
    };
    say(&short_refusal(failure.as_ref(), unusable.as_ref()));
    c_int::from(u8::from(failure.map_or(Exit::Own, |failure| failure.exit)))
}

/// The refusal of a call.
enum Refused {
    /// A refusal without candidates.
    Shortly(Failure),
    /// A call that `gowrap` takes over: a refusal with candidates, an explanation, or a call with a log.
    InFull(Option<Failure>),
}

/// Plans the call and executes the plan. Returns only if the call is refused.
fn become_tool(call: &Invocation, host: &Live) -> Refused {
    let config = match Config::load(&call.environ, host, None) {
        Ok(config) => config,
        Err(failure) => return Refused::Shortly(failure),
    };
    match plan(call, &config, host, Depth::of(&call.environ)) {
        Ok(plan) => Refused::Shortly(exec(&plan)),
        Err(rejection) if rejection.decisions.candidates.is_empty() => Refused::Shortly(rejection.failure),
        Err(rejection) => Refused::InFull(Some(rejection.failure)),
    }
}

/// Writes to standard error. Errors are ignored: there is no other place to report them.
fn say(text: &[u8]) {
    // SAFETY: the pointer and the length are those of one slice.
    _ = unsafe { libc::write(2, text.as_ptr().cast(), text.len()) };
}

/// Items that the standard library provides in a debug build.
#[cfg(not(debug_assertions))]
mod without_std {
    use super::{Exit, c_int, say};

    #[link(name = "c")]
    unsafe extern "C" {}

    /// Ends gowrap with a message. A panic is a fault in gowrap.
    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo) -> ! {
        say(b"gowrap: gowrap-shim has failed: this is a fault in gowrap\n");
        say(b"gowrap: fix: report it, with the output of: gowrap doctor --record\n");
        // SAFETY: _exit(2) takes any status and does not return.
        unsafe { libc::_exit(c_int::from(u8::from(Exit::Own))) }
    }

    // Rust's prebuilt `alloc` is compiled to unwind and refers to these two symbols. A panic aborts: they are never called.

    // SAFETY: no other symbol of this program has the name.
    #[unsafe(no_mangle)]
    extern "C" fn rust_eh_personality() {}

    // SAFETY: no other symbol of this program has the name.
    #[unsafe(no_mangle)]
    extern "C" fn _Unwind_Resume() -> ! {
        // SAFETY: _exit(2) takes any status and does not return.
        unsafe { libc::_exit(c_int::from(u8::from(Exit::Own))) }
    }
}
