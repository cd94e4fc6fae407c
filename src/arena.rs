//! Memory for a process that is about to be another one.
//!
//! A call of a tool needs a few kilobytes for less than a millisecond. Asking the kernel for them costs more than all the
//! work that is done in them, so they are here from the start, in pages that cost nothing until they are touched. What
//! does not fit, as in a long explanation, comes from elsewhere: see [`Beyond`]. Where there is none either, gowrap ends with
//! a message and a status of its own, and not by a signal, as Rust would have it.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicUsize, Ordering};

use rustix::fd::BorrowedFd;

/// Enough for a plan, its arguments and its environment.
const SIZE: usize = 128 << 10;

/// The memory for what the arena cannot hold.
///
/// # Safety
/// A block is aligned as asked, as long as asked and no other owner's until it is given back.
pub(crate) unsafe trait Beyond {
    /// A block; null where there is no memory.
    fn take(&self, layout: Layout) -> *mut u8;

    /// Takes a block back.
    ///
    /// # Safety
    /// The block must be from `take` or `resize`, with this layout.
    unsafe fn give_back(&self, block: *mut u8, layout: Layout);

    /// The block with another size, perhaps elsewhere; none where it has to be copied.
    ///
    /// # Safety
    /// The block must be from `take` or `resize`, with this layout.
    unsafe fn resize(&self, block: NonNull<u8>, layout: Layout, size: usize) -> Option<*mut u8>;
}

/// Blocks are handed out one behind the other; only the last one can grow or be given back.
///
/// What is written first comes first: the count and the first blocks share a page, where each page costs a fault.
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

    /// Where a block lies in the memory here, if it does.
    fn offset(&self, block: *mut u8) -> Option<usize> {
        let offset = block.addr().wrapping_sub(self.start());
        (offset < SIZE).then_some(offset)
    }

    /// Moves the end of what is used from `old` to `new`, unless another thread has moved it.
    fn move_end(&self, old: usize, new: usize) -> bool {
        new <= SIZE && self.used.compare_exchange(old, new, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    fn take(&self, layout: Layout) -> Option<*mut u8> {
        let used = self.used.load(Ordering::Relaxed);
        // An alignment is a power of two.
        let padding = (self.start() + used).wrapping_neg() & (layout.align() - 1);
        let at = used + padding;
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
    // SAFETY: nothing closes the descriptor; where it is not open, the call fails. _exit(2) takes any status, and runs nothing
    // of this process any more.
    unsafe {
        for part in says {
            _ = rustix::io::write(BorrowedFd::borrow_raw(2), part);
        }
        libc::_exit(125)
    }
}

/// A block that is there.
fn present(block: *mut u8) -> *mut u8 {
    if block.is_null() { out_of_memory() } else { block }
}

// SAFETY: a block from `take` is aligned as asked, as long as asked and used by no other owner until it is given back; every other
// block is from `beyond`, and so is what happens to it.
unsafe impl<B: Beyond> GlobalAlloc for Arena<B> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.take(layout).unwrap_or_else(|| present(self.beyond.take(layout)))
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match self.offset(block) {
            Some(offset) => _ = self.move_end(offset + layout.size(), offset),
            // SAFETY: a block that is not from here is from there.
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
                // SAFETY: a block that is not from here is from there.
                if let Some(resized) = unsafe { self.beyond.resize(there, layout, size) } {
                    return present(resized);
                }
            }
            (None, None) => {}
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
