//! Exclusive slices: `.iter_mut()`, `.chunks_mut(n)`, `.chunks_exact_mut(n)`.
//!
//! The slice is kept as a pointer and a length; a block is made anew for its own stretch. Blocks
//! of distinct positions are distinct parts of the slice, which is all that `&mut` asks for.
//!
//! `std::slice::ChunksMut` gives its slice back to nobody, so a loop over one that already exists
//! is pulled under a lock. Where the macro sees the call `v.chunks_mut(n)`, it writes
//! `source!(v.iter_mut()).chunks_mut(n)` instead.

#![allow(unsafe_code, reason = "hands disjoint parts of one slice to several threads")]

use std::marker::PhantomData;
use std::ops::Range;
use std::slice;

use super::{Copying, Cut, Map, Mapped, Saved, Split, Undo, can_save};

/// An exclusive slice, item by item.
#[derive(Debug)]
pub struct Mut<'a, T> {
    base: *mut T,
    len: usize,
    copying: Copying<T>,
    slice: PhantomData<&'a mut [T]>,
}

// SAFETY: a shared `Mut` only hands out `&mut T` to distinct items (the contract of
// `Split::block`), from whichever thread asks; that needs `T: Send`, as sending `&mut T` does.
unsafe impl<T: Send> Sync for Mut<'_, T> {}
// SAFETY: it stands for the `&mut [T]` it was made of.
unsafe impl<T: Send> Send for Mut<'_, T> {}

impl<'a, T> Mut<'a, T> {
    #[inline]
    pub(super) fn new(items: &'a mut [T], copying: Copying<T>) -> Self {
        Self { base: items.as_mut_ptr(), len: items.len(), copying, slice: PhantomData }
    }

    /// The items at `positions`.
    ///
    /// # Safety
    /// `positions` lies within the slice and overlaps no other range asked for.
    #[inline]
    unsafe fn part(&self, positions: Range<usize>) -> &'a mut [T] {
        debug_assert!(positions.start <= positions.end && positions.end <= self.len);
        // SAFETY: `positions.start` is at most the length of the slice at `base`.
        let start = unsafe { self.base.add(positions.start) };
        // SAFETY: the range lies within the slice that is borrowed for `'a`, and nobody else has
        // or gets a reference into it.
        unsafe { slice::from_raw_parts_mut(start, positions.len()) }
    }
}

impl<'a, T: Send> Split for Mut<'a, T> {
    type Item = &'a mut T;
    type Block = slice::IterMut<'a, T>;
    type Undo = PutBack<T>;

    #[inline]
    fn len(&self) -> usize {
        self.len
    }

    #[inline]
    fn undo(&self) -> PutBack<T> {
        PutBack { base: self.base, copying: self.copying }
    }

    #[inline]
    unsafe fn block(&self, positions: Range<usize>) -> slice::IterMut<'a, T> {
        // SAFETY: the caller's promise, word for word.
        unsafe { self.part(positions) }.iter_mut()
    }
}

/// What puts the items of an exclusive slice back.
#[derive(Debug)]
pub struct PutBack<T> {
    base: *mut T,
    copying: Copying<T>,
}

impl<T> Clone for PutBack<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for PutBack<T> {}

// SAFETY: it reads and writes only items that the worker who uses it has for itself.
unsafe impl<T: Send> Sync for PutBack<T> {}

impl<T: Send> Undo for PutBack<T> {
    type Saved = Saved<T>;
    const SAVES: bool = true;

    fn able(&self) -> bool {
        can_save(self.copying)
    }

    unsafe fn save(&self, positions: Range<usize>) -> Saved<T> {
        // SAFETY: within the slice.
        let start = unsafe { self.base.add(positions.start) };
        // SAFETY: by the contract, these items are this worker's until the result is gone.
        unsafe { Saved::new(start, positions.len(), self.copying) }
    }

    fn keep(saved: Saved<T>) {
        saved.keep();
    }
}

/// An exclusive slice, `size` items at a time, the last chunk perhaps shorter.
#[derive(Debug)]
pub struct MutChunks<'a, T> {
    items: Mut<'a, T>,
    size: usize,
}

impl<'a, T: Send> Split for MutChunks<'a, T> {
    type Item = &'a mut [T];
    type Block = slice::ChunksMut<'a, T>;
    type Undo = Mapped<PutBack<T>>;

    #[inline]
    fn len(&self) -> usize {
        self.items.len.div_ceil(self.size)
    }

    #[inline]
    fn undo(&self) -> Mapped<PutBack<T>> {
        Mapped(self.items.undo(), Map::Each(self.size, self.items.len))
    }

    #[inline]
    unsafe fn block(&self, positions: Range<usize>) -> slice::ChunksMut<'a, T> {
        let covered = Map::Each(self.size, self.items.len).of(positions);
        // SAFETY: distinct chunks cover distinct items, within the slice.
        unsafe { self.items.part(covered) }.chunks_mut(self.size)
    }
}

/// An exclusive slice, exactly `size` items at a time, the remainder left out.
#[derive(Debug)]
pub struct MutChunksExact<'a, T> {
    items: Mut<'a, T>,
    size: usize,
}

impl<'a, T: Send> Split for MutChunksExact<'a, T> {
    type Item = &'a mut [T];
    type Block = slice::ChunksExactMut<'a, T>;
    type Undo = Mapped<PutBack<T>>;

    #[inline]
    fn len(&self) -> usize {
        self.items.len / self.size
    }

    #[inline]
    fn undo(&self) -> Mapped<PutBack<T>> {
        Mapped(self.items.undo(), Map::Each(self.size, self.items.len))
    }

    #[inline]
    unsafe fn block(&self, positions: Range<usize>) -> slice::ChunksExactMut<'a, T> {
        let covered = Map::Each(self.size, self.items.len).of(positions);
        // SAFETY: distinct chunks cover distinct items, within the slice.
        unsafe { self.items.part(covered) }.chunks_exact_mut(self.size)
    }
}

impl<'a, T: Send> Cut<Mut<'a, T>> {
    /// As [`slice::chunks_mut`].
    ///
    /// # Panics
    /// When `size` is 0.
    #[inline]
    #[track_caller]
    pub fn chunks_mut(self, size: usize) -> Cut<MutChunks<'a, T>> {
        assert!(size != 0, "chunk size must be non-zero");
        Cut(MutChunks { items: self.0, size })
    }

    /// As [`slice::chunks_exact_mut`].
    ///
    /// # Panics
    /// When `size` is 0.
    #[inline]
    #[track_caller]
    pub fn chunks_exact_mut(self, size: usize) -> Cut<MutChunksExact<'a, T>> {
        assert!(size != 0, "chunk size must be non-zero");
        Cut(MutChunksExact { items: self.0, size })
    }
}
