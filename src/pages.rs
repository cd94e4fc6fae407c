//! Memory beyond the arena for gowrap-shim, from the kernel.
//!
//! The C library's allocator needs the C library's start-up code, which gowrap-shim does not run. Few calls need more
//! memory than the arena has: those with a very long PATH, thousands of arguments or a large mount table.

use core::alloc::Layout;
use core::cell::Cell;
use core::ptr::{NonNull, null_mut};

use rustix::mm::{MapFlags, MremapFlags, ProtFlags, mmap_anonymous, mremap, munmap};

use crate::arena::Beyond;

/// Size of the pieces that small blocks are cut from. Small blocks are not freed.
const PIECE: usize = 1 << 20;

/// Size of the largest small block. A larger one has its own pages, which can be freed.
const SMALL: usize = 64 << 10;

/// The largest page size of the machines that gowrap is built for, in bytes.
const PAGE: usize = 64 << 10;

/// The free part of the newest piece.
#[derive(Debug)]
pub(crate) struct Pages {
    free: Cell<*mut u8>,
    left: Cell<usize>,
}

// SAFETY: gowrap-shim has one thread.
unsafe impl Sync for Pages {}

impl Pages {
    pub(crate) const fn new() -> Pages {
        Pages { free: Cell::new(null_mut()), left: Cell::new(0) }
    }
}

/// Allocates pages. Returns null if there are none.
fn map(size: usize) -> *mut u8 {
    // SAFETY: the kernel chooses an address that nothing else uses.
    let pages = unsafe { mmap_anonymous(null_mut(), size, ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE) };
    pages.map_or(null_mut(), <*mut _>::cast)
}

// SAFETY: new pages belong to no other block, and neither does a part of them. A page is aligned for every type.
unsafe impl Beyond for Pages {
    fn take(&self, layout: Layout) -> *mut u8 {
        if layout.align() > PAGE {
            return null_mut();
        }
        if layout.size() > SMALL {
            return map(layout.size());
        }
        let padding = self.free.get().align_offset(layout.align());
        if padding.saturating_add(layout.size()) > self.left.get() {
            self.free.set(map(PIECE));
            self.left.set(if self.free.get().is_null() { return null_mut() } else { PIECE });
            return self.take(layout);
        }
        // SAFETY: the block ends within the piece.
        let block = unsafe { self.free.get().add(padding) };
        // SAFETY: the same.
        self.free.set(unsafe { block.add(layout.size()) });
        self.left.set(self.left.get() - padding - layout.size());
        block
    }

    unsafe fn give_back(&self, block: *mut u8, layout: Layout) {
        if layout.size() > SMALL {
            // SAFETY: the pages belong only to this block. If the call fails, they stay mapped, which is harmless.
            _ = unsafe { munmap(block.cast(), layout.size()) };
        }
    }

    unsafe fn resize(&self, block: NonNull<u8>, layout: Layout, size: usize) -> Option<*mut u8> {
        if layout.size() <= SMALL || size <= SMALL {
            return None;
        }
        // SAFETY: the pages belong only to this block.
        let moved = unsafe { mremap(block.as_ptr().cast(), layout.size(), size, MremapFlags::MAYMOVE) };
        Some(moved.map_or(null_mut(), <*mut _>::cast))
    }
}
