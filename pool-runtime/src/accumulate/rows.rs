//! Rows whose second or later index is the loop variable: `out[k][i] = e`.
//!
//! `out[k]` must be a reference to something that knows which `i` are allowed. It is a reference to
//! a [`Row`], a type without size whose address is that of the user's row and whose length, as a
//! slice of nothing, is the two borders in one word. So a view of a million rows costs nothing to
//! make, and what remains in the inner loop is the arithmetic of the sequential one and a
//! comparison with two registers.

#![allow(unsafe_code, reason = "views of the rows of one slice on several threads")]

use std::marker::PhantomData;
use std::ops::{Index, IndexMut, Range};
use std::ptr;

use super::window::{Ground, own_item, refuse};
use super::{Accumulator, Gathered, Order};
use crate::source::{Span, Spanned};

/// A row: something that is indexed down to its items.
///
/// # Safety
/// While `this` is borrowed, `items` returns the same memory, valid and initialised for that many
/// items, without making a reference to any of them.
#[diagnostic::on_unimplemented(
    message = "a row of type `{Self}` cannot be written in parallel",
    label = "the loop variable indexes rows of this type",
    note = "rows can be arrays, `Vec`s and `&mut` slices"
)]
pub unsafe trait Items {
    /// The type of an item.
    type Item;
    /// Where the items are, and how many.
    ///
    /// # Safety
    /// `this` is borrowed, and may be read.
    unsafe fn items(this: *const Self) -> (*mut Self::Item, usize);
}

// SAFETY: an array is its items.
unsafe impl<T, const N: usize> Items for [T; N] {
    type Item = T;
    #[inline]
    unsafe fn items(this: *const Self) -> (*mut T, usize) {
        (this.cast_mut().cast(), N)
    }
}

// SAFETY: `as_ptr` makes no reference to the items, and nobody changes the `Vec` itself.
unsafe impl<T> Items for Vec<T> {
    type Item = T;
    #[inline]
    unsafe fn items(this: *const Self) -> (*mut T, usize) {
        // SAFETY: the caller's promise; this refers to the `Vec`'s own three words.
        let vec = unsafe { &*this };
        (vec.as_ptr().cast_mut(), vec.len())
    }
}

// SAFETY: a reference has the layout of a pointer; as a pointer it is copied without use.
unsafe impl<T> Items for &mut [T] {
    type Item = T;
    #[inline]
    unsafe fn items(this: *const Self) -> (*mut T, usize) {
        // SAFETY: the caller's promise.
        let slice = unsafe { *this.cast::<*mut [T]>() };
        (slice.cast(), slice.len())
    }
}

/// The indices `low..high`, as one word: rows are shorter than half a word's numbers.
#[derive(Clone, Copy, Debug)]
struct Borders(usize);

impl Borders {
    const HALF: u32 = usize::BITS / 2;
    const LARGEST: usize = usize::MAX >> Self::HALF;

    fn new(indices: &Range<usize>) -> Self {
        let clamp = |index: usize| index.min(Self::LARGEST);
        Self(clamp(indices.start) | clamp(indices.end) << Self::HALF)
    }

    #[inline]
    fn low(self) -> usize {
        self.0 & Self::LARGEST
    }

    #[inline]
    fn high(self) -> usize {
        self.0 >> Self::HALF
    }
}

/// The address of `rows[index]`.
#[inline]
#[track_caller]
fn any_row<R>(rows: *mut R, len: usize, index: usize) -> *mut R {
    if index >= len {
        refuse(len, index);
    }
    rows.wrapping_add(index)
}

/// The loop variable is the next index.
#[derive(Debug)]
pub struct Here;

/// It comes after one more index at least.
#[derive(Debug)]
pub struct Below<L>(PhantomData<L>);

/// A slice of rows, written by the index `out[k][i]`; `L` says at which index `i` stands.
#[derive(Debug)]
pub struct Rows<'a, R, L> {
    start: *mut R,
    len: usize,
    span: Span,
    place: PhantomData<(&'a mut [R], L)>,
}

/// An index position that exists in rows of the type `R`.
pub trait Level<R>: Sized {
    /// A view of `place`, for the numbers of `source`.
    fn rows<'a>(place: &'a mut [R], source: &impl Spanned) -> Rows<'a, R, Self> {
        let (start, len) = (place.as_mut_ptr(), place.len());
        Rows { start, len, span: source.span(), place: PhantomData }
    }
}

impl<R: Items> Level<R> for Here {}

impl<R: Items, L: Level<R::Item>> Level<R> for Below<L> {}

/// One claim's part of all rows.
#[derive(Debug)]
pub struct RowPanes<R, L> {
    start: *mut R,
    len: usize,
    borders: Borders,
    level: PhantomData<fn() -> L>,
}

// SAFETY: as for `Pane`, in every row.
unsafe impl<R: Send, L> Send for RowPanes<R, L> {}
// SAFETY: as for `Pane`, in every row.
unsafe impl<R: Sync, L> Sync for RowPanes<R, L> {}

/// One claim's part of one row. Has no size: its address is the row's, its length the borders.
#[derive(Debug)]
#[repr(transparent)]
pub struct Row<R, L> {
    what: PhantomData<(R, L)>,
    borders: [()],
}

impl<R, L> Row<R, L> {
    /// The row at `row`.
    #[inline]
    fn at(row: *mut R, borders: Borders) -> *mut Self {
        // A reference without size may not be used to reach the row, so the address is enough.
        let address = ptr::without_provenance_mut(row.expose_provenance());
        ptr::slice_from_raw_parts_mut::<()>(address, borders.0) as *mut Self
    }

    #[inline]
    fn borders(&self) -> Borders {
        Borders(self.borders.len())
    }

    #[inline]
    fn row(&self) -> *mut R {
        ptr::with_exposed_provenance_mut(ptr::from_ref(self).addr())
    }
}

impl<R, L> Index<usize> for RowPanes<R, L> {
    type Output = Row<R, L>;
    #[inline]
    #[track_caller]
    fn index(&self, index: usize) -> &Row<R, L> {
        let row = any_row(self.start, self.len, index);
        // SAFETY: a value without size and without invariants; the reference borrows the panes.
        unsafe { &*Row::at(row, self.borders) }
    }
}

impl<R, L> IndexMut<usize> for RowPanes<R, L> {
    #[inline]
    #[track_caller]
    fn index_mut(&mut self, index: usize) -> &mut Row<R, L> {
        let row = any_row(self.start, self.len, index);
        // SAFETY: a value without size and without invariants; the reference borrows the panes.
        unsafe { &mut *Row::at(row, self.borders) }
    }
}

impl<R: Items> Row<R, Here> {
    #[inline]
    #[track_caller]
    fn item(&self, index: usize) -> *mut R::Item {
        // SAFETY: a `Row` is borrowed from a view that borrows the row.
        let (items, len) = unsafe { R::items(self.row()) };
        let borders = self.borders();
        own_item(items, len, borders.low(), borders.high(), index)
    }
}

impl<R: Items> Index<usize> for Row<R, Here> {
    type Output = R::Item;
    #[inline]
    #[track_caller]
    fn index(&self, index: usize) -> &R::Item {
        // SAFETY: the item exists and is this claim's; the reference borrows the claim's view.
        unsafe { &*self.item(index) }
    }
}

impl<R: Items> IndexMut<usize> for Row<R, Here> {
    #[inline]
    #[track_caller]
    fn index_mut(&mut self, index: usize) -> &mut R::Item {
        // SAFETY: the item exists and is this claim's; the reference borrows the claim's view.
        unsafe { &mut *self.item(index) }
    }
}

impl<R: Items, L> Row<R, Below<L>> {
    #[inline]
    #[track_caller]
    fn inner(&self, index: usize) -> *mut Row<R::Item, L> {
        // SAFETY: a `Row` is borrowed from a view that borrows the row.
        let (rows, len) = unsafe { R::items(self.row()) };
        Row::at(any_row(rows, len, index), self.borders())
    }
}

impl<R: Items, L> Index<usize> for Row<R, Below<L>> {
    type Output = Row<R::Item, L>;
    #[inline]
    #[track_caller]
    fn index(&self, index: usize) -> &Row<R::Item, L> {
        // SAFETY: a value without size and without invariants; the reference borrows the view.
        unsafe { &*self.inner(index) }
    }
}

impl<R: Items, L> IndexMut<usize> for Row<R, Below<L>> {
    #[inline]
    #[track_caller]
    fn index_mut(&mut self, index: usize) -> &mut Row<R::Item, L> {
        // SAFETY: a value without size and without invariants; the reference borrows the view.
        unsafe { &mut *self.inner(index) }
    }
}

impl<R, L> RowPanes<R, L> {
    /// How many rows there are.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no row.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl<R: Items, L> Row<R, L> {
    /// The length of the whole row.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        // SAFETY: a `Row` is borrowed from a view that borrows the row.
        unsafe { R::items(self.row()) }.1
    }

    /// Whether the whole row is empty.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<R: Gathered, L> Accumulator for Rows<'_, R, L> {
    type Seed = Ground<R>;
    type Local = RowPanes<R, L>;
    const ORDER: Order = Order::Any;
    const TRANSIENT: bool = true;

    fn seed(&mut self, _: Option<usize>) -> Ground<R> {
        Ground { start: self.start, len: self.len, span: self.span, copying: None }
    }

    // What rows were is not saved: it may be much, and lies far apart.
    fn alone(&self) -> bool {
        true
    }

    // Live views have disjoint positions, hence disjoint borders.
    #[inline]
    unsafe fn fresh(ground: &Ground<R>, positions: Range<usize>) -> RowPanes<R, L> {
        let borders = Borders::new(&ground.span.indices(positions));
        RowPanes { start: ground.start, len: ground.len, borders, level: PhantomData }
    }

    fn combine(_: &Ground<R>, _: &mut RowPanes<R, L>, _: RowPanes<R, L>) {}

    fn commit(self, _: Ground<R>, _: RowPanes<R, L>) {}
}
