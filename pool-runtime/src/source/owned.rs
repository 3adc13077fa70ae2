//! `Vec`, boxed slices and arrays by value: every item is moved out exactly once.
//!
//! The store keeps the memory but no longer owns the items. A block reads its items out of the
//! store and owns them from then on; what it does not hand to the loop it drops. Items at positions
//! that no block was made for belong to nobody: the cursor above asks for those at the end, on
//! every way out of the loop, and drops the block.

#![allow(unsafe_code, reason = "moves items out of a shared buffer, each exactly once")]

use std::iter::FusedIterator;
use std::mem::{ManuallyDrop, needs_drop};
use std::ops::Range;
use std::{array, ptr, vec};

use super::Split;

/// Memory that holds items without owning them.
pub trait Store<T> {
    /// The first item.
    fn base(&self) -> *const T;
}

impl<T> Store<T> for Vec<T> {
    fn base(&self) -> *const T {
        self.as_ptr()
    }
}

impl<T, const N: usize> Store<T> for ManuallyDrop<array::IntoIter<T, N>> {
    fn base(&self) -> *const T {
        self.as_slice().as_ptr()
    }
}

/// Items that are moved into the loop.
#[derive(Debug)]
pub struct Owned<T, S> {
    /// Holds `len` initialised items from `base()` on, and drops none of them.
    store: S,
    len: usize,
    items: std::marker::PhantomData<T>,
}

// SAFETY: sharing an `Owned` lets several threads move items out of it, each item to one thread
// (the contract of `Split::block`), which needs `T: Send`; nothing else of the store is shared
// than the address of its items.
unsafe impl<T: Send, S> Sync for Owned<T, S> {}

impl<T> Owned<T, Vec<T>> {
    #[inline]
    pub(super) fn from_vec(items: vec::IntoIter<T>) -> Self {
        // In place: the standard library reuses the allocation of an iterator that is still whole.
        let mut store: Vec<T> = items.collect();
        let len = store.len();
        // SAFETY: 0 is within the capacity, and no item needs to be initialised for it.
        unsafe { store.set_len(0) };
        Self { store, len, items: std::marker::PhantomData }
    }
}

impl<T, const N: usize> Owned<T, ManuallyDrop<array::IntoIter<T, N>>> {
    #[inline]
    pub(super) fn from_array(items: array::IntoIter<T, N>) -> Self {
        let len = items.len();
        Self { store: ManuallyDrop::new(items), len, items: std::marker::PhantomData }
    }
}

impl<T: Send, S: Store<T>> Split for Owned<T, S> {
    type Item = T;
    type Block = Items<T>;
    type Undo = ();

    #[inline]
    fn len(&self) -> usize {
        self.len
    }

    #[inline]
    fn undo(&self) {}

    #[inline]
    unsafe fn block(&self, positions: Range<usize>) -> Items<T> {
        debug_assert!(positions.start <= positions.end && positions.end <= self.len);
        Items { base: self.store.base(), positions }
    }
}

/// Some of the items, owned.
#[derive(Debug)]
pub struct Items<T> {
    base: *const T,
    /// Those not yet moved out.
    positions: Range<usize>,
}

// SAFETY: it owns the items at `positions`, as a `Vec<T>` would.
unsafe impl<T: Send> Send for Items<T> {}

impl<T> Items<T> {
    /// Moves an item out.
    ///
    /// # Safety
    /// `position` has just been taken out of `positions`.
    #[inline]
    unsafe fn move_out(&self, position: usize) -> T {
        // SAFETY: a position of the store lies within its allocation.
        let item = unsafe { self.base.add(position) };
        // SAFETY: the item is initialised, and since its position is in no block's `positions`
        // any more, nobody reads it again.
        unsafe { ptr::read(item) }
    }
}

impl<T> Iterator for Items<T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        let position = self.positions.next()?;
        // SAFETY: just taken.
        Some(unsafe { self.move_out(position) })
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.positions.size_hint()
    }
}

impl<T> DoubleEndedIterator for Items<T> {
    #[inline]
    fn next_back(&mut self) -> Option<T> {
        let position = self.positions.next_back()?;
        // SAFETY: just taken.
        Some(unsafe { self.move_out(position) })
    }
}

impl<T> ExactSizeIterator for Items<T> {}
impl<T> FusedIterator for Items<T> {}

impl<T> Drop for Items<T> {
    #[inline]
    fn drop(&mut self) {
        /// Drops the rest when an item's own drop panics.
        struct Rest<'a, T>(&'a mut Items<T>);
        impl<T> Drop for Rest<'_, T> {
            fn drop(&mut self) {
                self.0.for_each(drop);
            }
        }
        if needs_drop::<T>() && !self.positions.is_empty() {
            let rest = Rest(self);
            rest.0.by_ref().for_each(drop);
        }
    }
}
