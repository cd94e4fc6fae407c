//! Memory beyond the arena for `gowrap`, from the C library.

use core::alloc::Layout;
use core::ptr::{NonNull, null_mut};

use crate::arena::Beyond;

/// The alignment of every block of malloc(3).
const USUAL_ALIGNMENT: usize = 16;

/// The C library's allocator.
#[derive(Debug)]
pub(crate) struct Heap;

// SAFETY: malloc(3) and posix_memalign(3) promise the same.
unsafe impl Beyond for Heap {
    fn take(&self, layout: Layout) -> *mut u8 {
        let mut block = null_mut();
        // SAFETY: malloc(3) accepts any size. posix_memalign(3) needs a power of two that is at least a pointer's size:
        // a layout's alignment is a power of two, and here it is larger than the usual one. If it fails, it does not
        // change the pointer.
        unsafe {
            if layout.align() <= USUAL_ALIGNMENT {
                block = libc::malloc(layout.size());
            } else {
                _ = libc::posix_memalign(&mut block, layout.align(), layout.size());
            }
        }
        block.cast()
    }

    unsafe fn give_back(&self, block: *mut u8, _: Layout) {
        // SAFETY: the caller promises that the block is the C library's.
        unsafe { libc::free(block.cast()) }
    }

    unsafe fn resize(&self, block: NonNull<u8>, layout: Layout, size: usize) -> Option<*mut u8> {
        // SAFETY: the caller promises that the block is the C library's.
        (layout.align() <= USUAL_ALIGNMENT).then(|| unsafe { libc::realloc(block.as_ptr().cast(), size) }.cast())
    }
}
