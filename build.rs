//! Passes options to the linker that make the shipped program, static and with musl, small and fast to start.
//!
//! * Tables for unwinding are left out: a panic aborts, and nothing else would read them.
//! * Code and constants share their pages: what a call touches is in fewer of them.
//! * The program headers claim no read-only relocations: musl's start of a static program applies none.
//! * Relocations are packed, as musl unpacks them from 1.2.4 on, which came with Rust 1.93.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=install/link.ld");
    println!("cargo::rerun-if-changed=install/order.ld");
    // Without a C compiler, as for another machine, a linker is called that takes none of these words.
    let by_compiler = !std::env::var("RUSTC_LINKER").is_ok_and(|linker| linker.ends_with("lld"));
    let is_musl = std::env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|env| env == "musl");
    if is_musl {
        // Without the standard library nothing names the C library behind `core`, which wants memcmp(3) of it.
        println!("cargo::rustc-link-arg-bin=gowrap-shim=-lc");
    }
    if by_compiler && is_musl {
        let root = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
        println!("cargo::rustc-link-arg-bins=-Wl,-L,{root}/install,-T,{root}/install/link.ld");
        println!("cargo::rustc-link-arg-bins=-Wl,--no-eh-frame-hdr");
        println!("cargo::rustc-link-arg-bins=-Wl,-z,noseparate-code,-z,norelro");
        // Where each function lies, for the tests that count what a call costs.
        let out = std::env::var("OUT_DIR").unwrap_or_default();
        for program in ["gowrap", "gowrap-shim"] {
            println!("cargo::rustc-link-arg-bin={program}=-Wl,-Map,{out}/{program}.map");
        }
        if rust_minor_version().is_some_and(|minor| minor >= 93) {
            println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
        }
    }
}

/// The 95 of `rustc 1.95.0 (…)`.
fn rust_minor_version() -> Option<u32> {
    let output = Command::new(std::env::var_os("RUSTC")?).arg("--version").output().ok()?;
    String::from_utf8(output.stdout).ok()?.strip_prefix("rustc 1.")?.split('.').next()?.parse().ok()
}
