//! Disjoint writes: `out[i] = e` under a loop over `i`.
//!
//! Nothing is copied: every claim gets a view of the user's own memory in which only the indices
//! of its own positions may be touched. `out[i]` beyond the end panics as it does sequentially, and
//! at the index of another claim's item with a message of its own, before anything is touched.

#![allow(unsafe_code, reason = "views of one slice on several threads")]

use std::marker::PhantomData;
use std::ops::{Index, IndexMut, Range};

use super::{Accumulator, Gathered, Order};
use crate::source::{Copying, Saved, Span, Spanned, can_save};

/// The address of `items[index]`, if that may be touched.
#[inline]
#[track_caller]
pub(super) fn own_item<T>(
    items: *mut T,
    len: usize,
    low: usize,
    high: usize,
    index: usize,
) -> *mut T {
    if index < low || index >= high || index >= len {
        refuse(len, index);
    }
    items.wrapping_add(index)
}

#[cold]
#[inline(never)]
#[track_caller]
pub(super) fn refuse(len: usize, index: usize) -> ! {
    if index >= len {
        panic!("index out of bounds: the len is {len} but the index is {index}");
    }
    panic!("index {index} belongs to another iteration of the parallel loop");
}

/// Where the slice is, for all workers.
#[derive(Debug)]
pub struct Ground<T> {
    pub(super) start: *mut T,
    pub(super) len: usize,
    pub(super) span: Span,
    pub(super) copying: Copying<T>,
}

// SAFETY: a `Ground` only says where; each item is touched by one thread at a time.
unsafe impl<T: Send> Sync for Ground<T> {}

/// A slice written by the index `out[i]`.
#[derive(Debug)]
pub struct Window<'a, T> {
    start: *mut T,
    len: usize,
    span: Span,
    copying: Copying<T>,
    place: PhantomData<&'a mut [T]>,
}

impl<'a, T> Window<'a, T> {
    /// A window of `place`, for the numbers of `source`. `copying` is how items are saved in a loop
    /// that can be left.
    pub fn new(place: &'a mut [T], source: &impl Spanned, copying: Copying<T>) -> Self {
        let (start, len) = (place.as_mut_ptr(), place.len());
        Self { start, len, span: source.span(), copying, place: PhantomData }
    }
}

/// One claim's part of a slice.
///
/// In a loop that can be left, items of a pane that turns out to lie behind the exit are put back.
#[derive(Debug)]
pub struct Pane<T> {
    start: *mut T,
    /// Of the whole slice.
    len: usize,
    low: usize,
    high: usize,
    saved: Option<Saved<T>>,
}

// SAFETY: the items at `low..high` are this pane's alone, as if it were a `&mut` slice of them.
unsafe impl<T: Send> Send for Pane<T> {}
// SAFETY: as above; a shared pane gives out shared references only.
unsafe impl<T: Sync> Sync for Pane<T> {}

impl<T> Pane<T> {
    /// The length of the whole slice.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the whole slice is empty.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl<T> Index<usize> for Pane<T> {
    type Output = T;
    #[inline]
    #[track_caller]
    fn index(&self, index: usize) -> &T {
        let item = own_item(self.start, self.len, self.low, self.high, index);
        // SAFETY: the item exists and is this pane's; the reference borrows the pane.
        unsafe { &*item }
    }
}

impl<T> IndexMut<usize> for Pane<T> {
    #[inline]
    #[track_caller]
    fn index_mut(&mut self, index: usize) -> &mut T {
        let item = own_item(self.start, self.len, self.low, self.high, index);
        // SAFETY: the item exists and is this pane's; the reference borrows the pane.
        unsafe { &mut *item }
    }
}

impl<T: Gathered> Accumulator for Window<'_, T> {
    type Seed = Ground<T>;
    type Local = Pane<T>;
    const ORDER: Order = Order::Any;
    const TRANSIENT: bool = true;
    const UNDOES: bool = true;

    fn seed(&mut self, _: Option<usize>) -> Ground<T> {
        let Self { start, len, span, copying, .. } = *self;
        Ground { start, len, span, copying }
    }

    fn alone(&self) -> bool {
        !can_save(self.copying)
    }

    // Live panes have disjoint positions, hence disjoint indices.
    #[inline]
    unsafe fn fresh(ground: &Ground<T>, positions: Range<usize>) -> Pane<T> {
        let Range { start: low, end: high } = ground.span.indices(positions);
        Pane { start: ground.start, len: ground.len, low, high, saved: None }
    }

    unsafe fn fresh_leaving(ground: &Ground<T>, positions: Range<usize>) -> Pane<T> {
        // SAFETY: the caller's promise, word for word.
        let mut pane = unsafe { Self::fresh(ground, positions) };
        let (low, high) = (pane.low.min(pane.len), pane.high.min(pane.len));
        // SAFETY: these items are the pane's alone, and references to them borrow the pane.
        let saved = unsafe { Saved::new(pane.start.wrapping_add(low), high - low, ground.copying) };
        pane.saved = Some(saved);
        pane
    }

    fn accept(pane: Pane<T>) {
        if let Some(saved) = pane.saved {
            saved.keep();
        }
    }

    fn combine(_: &Ground<T>, _: &mut Pane<T>, _: Pane<T>) {}

    fn commit(self, _: Ground<T>, _: Pane<T>) {}
}
