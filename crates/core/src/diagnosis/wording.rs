//! The sentences of a plan, which only `gowrap` prints.
//!
//! Both programs make the same decisions with the same code. `gowrap` calls [`enable`] first, and then each decision
//! comes with its sentence. `gowrap-shim` prints no plan and does not call it, so the compiler leaves the sentences,
//! and the code that composes them, out of that program: `tests/budget.rs` looks for them in the file.

use core::sync::atomic::{AtomicBool, Ordering};

/// A debug build has the sentences always: tests read them without a `main`.
static IS_ENABLED: AtomicBool = AtomicBool::new(cfg!(debug_assertions));

/// Makes later decisions come with their sentences.
pub fn enable() {
    IS_ENABLED.store(true, Ordering::Relaxed);
}

/// Returns a sentence, or an empty one in a program that prints none.
#[inline]
pub fn wording<T: Default>(compose: impl FnOnce() -> T) -> T {
    if IS_ENABLED.load(Ordering::Relaxed) { compose() } else { T::default() }
}
