//! The allocator, called directly: a block is aligned, has the length asked for and overlaps no other block, in any
//! order of allocating, growing and freeing. The allocator is `unsafe`, so run this under Miri:
//!
//!     cargo +nightly miri test --test memory

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../src/arena.rs"]
mod arena;
#[path = "../src/heap.rs"]
mod heap;
#[path = "../src/pages.rs"]
mod pages;

use std::alloc::{GlobalAlloc, Layout};

use arena::{Arena, Beyond};
use heap::Heap;
use pages::Pages;

/// A block that is filled with a mark of its own.
struct Block {
    start: *mut u8,
    layout: Layout,
    mark: u8,
}

impl Block {
    fn take(arena: &Arena<impl Beyond>, size: usize, align: usize, mark: u8) -> Block {
        let layout = Layout::from_size_align(size, align).unwrap();
        // SAFETY: no test asks for a block without a size.
        let start = unsafe { arena.alloc(layout) };
        assert!(!start.is_null() && start.addr().is_multiple_of(align));
        let block = Block { start, layout, mark };
        block.fill(0);
        block
    }

    fn fill(&self, from: usize) {
        // SAFETY: the block has the length of its layout, and no other block overlaps it.
        unsafe { self.start.add(from).write_bytes(self.mark, self.layout.size() - from) }
    }

    /// Whatever happened to others, its bytes are what was written.
    fn is_whole(&self, length: usize) {
        // SAFETY: that many bytes were filled.
        let bytes = unsafe { std::slice::from_raw_parts(self.start, length) };
        assert!(bytes.iter().all(|byte| *byte == self.mark));
    }

    fn resize(&mut self, arena: &Arena<impl Beyond>, size: usize) {
        let kept = self.layout.size().min(size);
        // SAFETY: the block is this arena's, with this layout.
        self.start = unsafe { arena.realloc(self.start, self.layout, size) };
        assert!(!self.start.is_null() && self.start.addr().is_multiple_of(self.layout.align()));
        self.layout = Layout::from_size_align(size, self.layout.align()).unwrap();
        self.is_whole(kept);
        self.fill(kept);
    }

    fn give_back(self, arena: &Arena<impl Beyond>) {
        self.is_whole(self.layout.size());
        // SAFETY: the block is this arena's, with this layout, and is not used any more.
        unsafe { arena.dealloc(self.start, self.layout) }
    }
}

/// A small generator: the same numbers every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

#[test]
fn blocks_do_not_overlap() {
    mix(Heap, 900);
    mix(Pages::new(), 900);
}

#[test]
fn large_blocks_do_not_overlap() {
    mix(Heap, 200 << 10);
    mix(Pages::new(), 200 << 10);
}

/// Takes, resizes and gives back blocks of up to that size in any order.
fn mix(beyond: impl Beyond, most: usize) {
    let arena = Box::new(Arena::new(beyond));
    let mut numbers = Numbers(1);
    let mut blocks: Vec<Block> = Vec::new();
    let rounds = if cfg!(miri) { 400 } else { 10_000_000 / most.max(500) };
    for round in 0..rounds {
        match numbers.below(5) {
            0 | 1 => {
                let (size, align) = (1 + numbers.below(most), 1 << numbers.below(7));
                blocks.push(Block::take(&arena, size, align, round as u8));
            }
            2 if !blocks.is_empty() => {
                let at = numbers.below(blocks.len());
                let size = 1 + numbers.below(most);
                blocks[at].resize(&arena, size);
            }
            // The last one, which can be given back for good, as often as any.
            3 if !blocks.is_empty() => blocks.pop().unwrap().give_back(&arena),
            _ if !blocks.is_empty() => blocks.swap_remove(numbers.below(blocks.len())).give_back(&arena),
            _ => {}
        }
        if round % 50 == 0 {
            blocks.iter().for_each(|block| block.is_whole(block.layout.size()));
        }
    }
    blocks.into_iter().for_each(|block| block.give_back(&arena));
}

#[test]
fn a_block_that_does_not_fit_comes_from_the_system() {
    beyond_the_arena(Heap);
    beyond_the_arena(Pages::new());
}

fn beyond_the_arena(beyond: impl Beyond) {
    let arena = Box::new(Arena::new(beyond));
    let mut block = Block::take(&arena, 100, 8, 1);
    for size in [1 << 10, 100 << 10, 200 << 10, 300 << 10, 50 << 10, 1] {
        block.resize(&arena, size);
        let other = Block::take(&arena, size, 16, 2);
        block.is_whole(size);
        other.give_back(&arena);
    }
    block.give_back(&arena);
}

#[test]
fn the_last_block_grows_where_it_is() {
    let arena = Box::new(Arena::new(Heap));
    let mut block = Block::take(&arena, 10, 1, 1);
    let start = block.start;
    block.resize(&arena, 5000);
    assert_eq!(block.start, start);
    let behind = Block::take(&arena, 1, 1, 2);
    block.resize(&arena, 6000);
    assert_ne!(block.start, start);
    behind.give_back(&arena);
    block.give_back(&arena);
}

#[test]
fn threads_may_share_the_allocator() {
    let arena = Box::new(Arena::new(Heap));
    std::thread::scope(|scope| {
        for number in 0..4_u8 {
            let arena = &arena;
            scope.spawn(move || {
                let mut numbers = Numbers(u64::from(number));
                let rounds = if cfg!(miri) { 30 } else { 2000 };
                let blocks: Vec<_> =
                    (0..rounds).map(|_| Block::take(arena, 1 + numbers.below(60), 1, number)).collect();
                blocks.into_iter().rev().for_each(|block| block.give_back(arena));
            });
        }
    });
}
