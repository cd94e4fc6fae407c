//! The allocator: a fixed block of memory for a short-lived process.
//!
//! A call of a tool needs a few kilobytes for less than a millisecond. Asking the kernel for memory costs more than the
//! decisions, so the block is part of the program's zeroed data, whose pages cost nothing until they are written. An
//! allocation that does not fit, as in a long explanation, comes from the C library. If that fails too, gowrap ends with a
//! message and its own status; Rust's default would end it by a signal.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Size of the block in bytes, enough for a plan with its arguments and environment.
const SIZE: usize = 128 << 10;

/// A bump allocator: allocations follow each other; only the last one can grow or be freed.
///
/// The counter is the first field: it shares a page with the first allocations, and each page costs a fault.
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

    /// Returns the offset of a block in the memory; none if it is not from here.
    fn offset(&self, block: *mut u8) -> Option<usize> {
        let offset = block.addr().wrapping_sub(self.start());
        (offset < SIZE).then_some(offset)
    }

    /// Moves the end of the used part from `old` to `new`. Returns false if it does not fit or another thread moved the end.
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

/// Ends gowrap with a message, without allocating.
fn out_of_memory() -> ! {
    const CODE: &str = "GW913";
    let says = [
        &b"gowrap: there is not enough memory ["[..],
        CODE.as_bytes(),
        b"]\ngowrap: fix: see `ulimit -v`, and `free`\n",
    ];
    // SAFETY: each pointer and length are those of one slice. _exit(2) takes any status and does not return.
    unsafe {
        for part in says {
            _ = libc::write(2, part.as_ptr().cast(), part.len());
        }
        libc::_exit(125)
    }
}

/// Returns a block of the C library; ends gowrap if it is null.
fn present(block: *mut u8) -> *mut u8 {
    if block.is_null() { out_of_memory() } else { block }
}

/// The alignment of every block of malloc(3).
const USUAL_ALIGNMENT: usize = 16;

/// Allocates a block of the C library.
fn system(layout: Layout) -> *mut u8 {
    let mut block = core::ptr::null_mut();
    // SAFETY: malloc(3) takes any size. posix_memalign(3) takes an alignment that is a power of two, which a layout's is, and
    // no less than a pointer's, which one above the usual is; it leaves the pointer alone where it fails.
    unsafe {
        if layout.align() <= USUAL_ALIGNMENT {
            block = libc::malloc(layout.size());
        } else {
            _ = libc::posix_memalign(&mut block, layout.align(), layout.size());
        }
    }
    present(block.cast())
}

// SAFETY: a block from `take` is aligned as asked, as long as asked and used by no other owner until it is given back; every other
// block is the C library's, and so is what happens to it.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.take(layout).unwrap_or_else(|| system(layout))
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match self.offset(block) {
            Some(offset) => _ = self.move_end(offset + layout.size(), offset),
            // SAFETY: a block that is not from here is the C library's.
            None => unsafe { libc::free(block.cast()) },
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        match self.offset(block) {
            Some(offset) if offset.checked_add(size).is_some_and(|end| self.move_end(offset + layout.size(), end)) => {
                return block;
            }
            Some(_) => {}
            None if layout.align() <= USUAL_ALIGNMENT => {
                // SAFETY: a block that is not from here is the C library's.
                return present(unsafe { libc::realloc(block.cast(), size) }.cast());
            }
            None => {}
        }
        // SAFETY: the caller promises that `size` is right for this alignment; the two blocks are different ones, each at
        // least as long as what is copied.
        unsafe {
            let larger = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            larger.copy_from_nonoverlapping(block, layout.size().min(size));
            self.dealloc(block, layout);
            larger
        }
    }
}
