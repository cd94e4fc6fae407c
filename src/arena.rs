//! The allocator: a fixed block of memory for a short-lived process.
//!
//! A call of a tool needs a few kilobytes for less than a millisecond. Asking the kernel for memory costs more than the
//! decisions, so the block is part of the program's zeroed data, whose pages cost nothing until they are written. An
//! allocation that does not fit, as in a long explanation, comes from [`Beyond`]. If that fails too, gowrap ends with a
//! message and its own status; Rust's default would end it by a signal.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicUsize, Ordering};

use rustix::fd::BorrowedFd;

/// Size of the block in bytes, enough for a plan with its arguments and environment.
const SIZE: usize = 128 << 10;

/// Source of memory for allocations that do not fit into the arena.
///
/// # Safety
/// A block must have the size and the alignment of the layout, and no other owner until it is freed.
pub(crate) unsafe trait Beyond {
    /// Allocates a block. Returns null if there is no memory.
    fn take(&self, layout: Layout) -> *mut u8;

    /// Frees a block.
    ///
    /// # Safety
    /// The block must be from `take` or `resize`, with this layout.
    unsafe fn give_back(&self, block: *mut u8, layout: Layout);

    /// Resizes a block and may move it. Returns `None` if the caller has to copy it.
    ///
    /// # Safety
    /// The block must be from `take` or `resize`, with this layout.
    unsafe fn resize(&self, block: NonNull<u8>, layout: Layout, size: usize) -> Option<*mut u8>;
}

/// A bump allocator: allocations follow each other; only the last one can grow or be freed.
///
/// The counter is the first field: it shares a page with the first allocations, and each page costs a fault.
#[repr(C)]
pub(crate) struct Arena<B> {
    used: AtomicUsize,
    beyond: B,
    memory: UnsafeCell<[u8; SIZE]>,
}

// SAFETY: `used` is atomic, and each byte of `memory` belongs to the one block that an update of `used` gave it to.
unsafe impl<B: Sync> Sync for Arena<B> {}

impl<B> Arena<B> {
    pub(crate) const fn new(beyond: B) -> Arena<B> {
        Arena { used: AtomicUsize::new(0), beyond, memory: UnsafeCell::new([0; SIZE]) }
    }

    fn start(&self) -> usize {
        self.memory.get().addr()
    }

    /// Returns the offset of a block in the arena; none if it is not from the arena.
    fn offset(&self, block: *mut u8) -> Option<usize> {
        let offset = block.addr().wrapping_sub(self.start());
        (offset < SIZE).then_some(offset)
    }

    /// Moves the end of the used part from `old` to `new`. Returns false if it does not fit or another thread moved the
    /// end.
    fn move_end(&self, old: usize, new: usize) -> bool {
        new <= SIZE && self.used.compare_exchange(old, new, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    fn take(&self, layout: Layout) -> Option<*mut u8> {
        let used = self.used.load(Ordering::Relaxed);
        // An alignment is a power of two.
        let padding = (self.start() + used).wrapping_neg() & (layout.align() - 1);
        let at = used + padding;
        let end = at.checked_add(layout.size())?;
        // SAFETY: `move_end` refuses an `end` behind the memory, so `at` is in it.
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
    // SAFETY: nothing closes the descriptor; if it is not open, the call fails. _exit(2) accepts any status, and ends
    // the process.
    unsafe {
        for part in says {
            _ = rustix::io::write(BorrowedFd::borrow_raw(2), part);
        }
        libc::_exit(125)
    }
}

/// Returns the block; ends gowrap if it is null.
fn present(block: *mut u8) -> *mut u8 {
    if block.is_null() { out_of_memory() } else { block }
}

// SAFETY: a block from `take` has the requested alignment and size, and no other owner until it is freed. Every other
// block is from `beyond`, which also resizes and frees it.
unsafe impl<B: Beyond> GlobalAlloc for Arena<B> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.take(layout).unwrap_or_else(|| present(self.beyond.take(layout)))
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match self.offset(block) {
            Some(offset) => _ = self.move_end(offset + layout.size(), offset),
            // SAFETY: a block that is not from the arena is from `beyond`.
            None => unsafe { self.beyond.give_back(block, layout) },
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        match (self.offset(block), NonNull::new(block)) {
            (Some(offset), _) => {
                if offset.checked_add(size).is_some_and(|end| self.move_end(offset + layout.size(), end)) {
                    return block;
                }
            }
            (None, Some(there)) => {
                // SAFETY: a block that is not from the arena is from `beyond`.
                if let Some(resized) = unsafe { self.beyond.resize(there, layout, size) } {
                    return present(resized);
                }
            }
            (None, None) => {}
        }
        // SAFETY: the caller promises that `size` is valid for this alignment. The two blocks are different, and each
        // is at least as long as the copied part.
        unsafe {
            let larger = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            larger.copy_from_nonoverlapping(block, layout.size().min(size));
            self.dealloc(block, layout);
            larger
        }
    }
}
