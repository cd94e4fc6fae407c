//! Memory for a process that is about to be another one.
//!
//! A call of a tool needs a few kilobytes for less than a millisecond. Asking the kernel for them costs more than all the
//! work that is done in them, so they are here from the start, in pages that cost nothing until they are touched. What
//! does not fit, as in a long explanation, comes from the C library. Where that has none either, gowrap ends with a message
//! and a status of its own, and not by a signal, as Rust would have it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Enough for a plan, its arguments and its environment.
const SIZE: usize = 128 << 10;

/// Blocks are handed out one behind the other; only the last one can grow or be given back.
///
/// What is written first comes first: the count and the first blocks share a page, where each page costs a fault.
#[repr(C)]
pub(crate) struct Arena {
    used: AtomicUsize,
    memory: UnsafeCell<[u8; SIZE]>,
}

// SAFETY: `used` is atomic, and each byte of `memory` belongs to the one block that an update of `used` gave it to.
unsafe impl Sync for Arena {}

impl Arena {
    pub(crate) const fn new() -> Arena {
        Arena { used: AtomicUsize::new(0), memory: UnsafeCell::new([0; SIZE]) }
    }

    fn start(&self) -> usize {
        self.memory.get().addr()
    }

    /// Where a block lies in the memory here, if it does.
    fn offset(&self, block: *mut u8) -> Option<usize> {
        let offset = block.addr().wrapping_sub(self.start());
        (offset < SIZE).then_some(offset)
    }

    /// Moves the end of what is used from `old` to `new`, unless somebody else has moved it.
    fn move_end(&self, old: usize, new: usize) -> bool {
        new <= SIZE && self.used.compare_exchange(old, new, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    fn take(&self, layout: Layout) -> Option<*mut u8> {
        let used = self.used.load(Ordering::Relaxed);
        let at = (self.start() + used).checked_next_multiple_of(layout.align())? - self.start();
        let end = at.checked_add(layout.size())?;
        // SAFETY: `move_end` lets no `end` through that is beyond the memory, and so `at` is within it.
        self.move_end(used, end).then(|| unsafe { self.memory.get().cast::<u8>().add(at) })
    }
}

/// Ends gowrap, without asking for memory.
fn out_of_memory() -> ! {
    const CODE: &str = "GW913";
    let says = [
        &b"gowrap: there is not enough memory ["[..],
        CODE.as_bytes(),
        b"]\ngowrap: fix: see `ulimit -v`, and `free`\n",
    ];
    for part in says {
        _ = nix::unistd::write(std::io::stderr(), part);
    }
    // SAFETY: _exit(2) takes any status, and runs nothing of this process any more.
    unsafe { nix::libc::_exit(125) }
}

/// A block of the system's, which is there.
fn present(block: *mut u8) -> *mut u8 {
    if block.is_null() { out_of_memory() } else { block }
}

// SAFETY: a block from `take` is aligned as asked, as long as asked and nobody else's until it is given back; every other
// block is the system's, and so is what happens to it.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise about the layout is passed on.
        self.take(layout).unwrap_or_else(|| present(unsafe { System.alloc(layout) }))
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match self.offset(block) {
            Some(offset) => _ = self.move_end(offset + layout.size(), offset),
            // SAFETY: a block that is not from here is the system's, with this layout.
            None => unsafe { System.dealloc(block, layout) },
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let Some(offset) = self.offset(block) else {
            // SAFETY: a block that is not from here is the system's, with this layout.
            return present(unsafe { System.realloc(block, layout, size) });
        };
        if offset.checked_add(size).is_some_and(|end| self.move_end(offset + layout.size(), end)) {
            return block;
        }
        // SAFETY: the caller promises that `size` is right for this alignment; the two blocks are different ones, each at
        // least as long as what is copied.
        unsafe {
            let larger = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            larger.copy_from_nonoverlapping(block, layout.size().min(size));
            larger
        }
    }
}
