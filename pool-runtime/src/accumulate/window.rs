//! Disjoint writes: `out[i] = e`, `out[k][i] = e` under a loop over `i`.
//!
//! Nothing is copied: every claim gets a view of the user's own memory in which only the indices
//! of its own positions may be touched. `out[i]` beyond the end panics as it does sequentially, and
//! at the index of another claim's item with a message of its own, before anything is touched.
//!
//! Where the loop variable is not the first index (`out[k][i]`), `out[k]` must be a reference to
//! something that knows which `i` are allowed. It is a reference to a [`Row`], a type without size
//! whose address is that of the user's row and whose length, as a slice of nothing, is the two
//! borders in one word. So a view of a million rows costs nothing to make, and what remains in the
//! inner loop is the arithmetic of the sequential one and a comparison with two registers.

#![allow(unsafe_code, reason = "views of one slice on several threads")]

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut, Index, IndexMut, Range};
use std::ptr;

use super::parts::Type;
use super::{Accumulator, Order};
use crate::source::{Copying, Saved, Span, Spanned, can_save};

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

/// The address of `items[index]`, if that may be touched.
#[inline]
#[track_caller]
fn own_item<T>(items: *mut T, len: usize, low: usize, high: usize, index: usize) -> *mut T {
    if index < low || index >= high || index >= len {
        refuse(len, index);
    }
    items.wrapping_add(index)
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

#[cold]
#[inline(never)]
#[track_caller]
fn refuse(len: usize, index: usize) -> ! {
    if index >= len {
        panic!("index out of bounds: the len is {len} but the index is {index}");
    }
    panic!("index {index} belongs to another iteration of the parallel loop");
}

/// Where the slice is, for all workers.
#[derive(Debug)]
pub struct Ground<T> {
    start: *mut T,
    len: usize,
    span: Span,
    copying: Copying<T>,
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

impl<T: Send> Accumulator for Window<'_, T> {
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

impl<R: Send, L> Accumulator for Rows<'_, R, L> {
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

/// A place that is written by index.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written by index in parallel",
    label = "neither a slice nor an array nor a `Vec`",
    note = "collect what the iterations give into a `Vec`, or say `reduce(..)` with its name if it implements `pool_runtime::Accumulate`"
)]
pub trait Slice {
    /// The type of an item.
    type Item;
    /// The slice that `place[i]` indexes.
    fn slice(&mut self) -> &mut [Self::Item];
}

impl<T> Slice for [T] {
    type Item = T;
    fn slice(&mut self) -> &mut [T] {
        self
    }
}

impl<T, const N: usize> Slice for [T; N] {
    type Item = T;
    fn slice(&mut self) -> &mut [T] {
        self
    }
}

impl<T> Slice for Vec<T> {
    type Item = T;
    fn slice(&mut self) -> &mut [T] {
        self
    }
}

/// A place that is a slice.
pub trait AsItself {
    /// The place's type.
    type Place: Slice + ?Sized;
    /// The slice.
    fn slice<'a>(&self, place: &'a mut Self::Place) -> &'a mut [<Self::Place as Slice>::Item] {
        place.slice()
    }
}

impl<P: Slice + ?Sized> AsItself for &&Type<P> {
    type Place = P;
}

/// A place that leads to a slice.
pub trait AsOwner {
    /// The place's type.
    type Place: DerefMut<Target: Slice> + ?Sized;
    /// The slice.
    fn slice<'a>(
        &self,
        place: &'a mut Self::Place,
    ) -> &'a mut [<<Self::Place as Deref>::Target as Slice>::Item] {
        (**place).slice()
    }
}

impl<P: DerefMut<Target: Slice> + ?Sized> AsOwner for &Type<P> {
    type Place = P;
}

/// Any other place: the one error.
pub trait AsNothing {
    /// The place's type.
    type Place: ?Sized;
    /// Would be the slice.
    fn slice<'a>(&self, place: &'a mut Self::Place) -> &'a mut [<Self::Place as Slice>::Item]
    where
        Self::Place: Slice,
    {
        place.slice()
    }
}

impl<P: ?Sized> AsNothing for Type<P> {
    type Place = P;
}

/// The slice that a place is or leads to.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_slice {
    ($place:expr) => {{
        #[allow(unused_imports)]
        use $crate::__private::rule::{AsItself as _, AsNothing as _, AsOwner as _, Reach as _};
        match $place.__pool_reach() {
            place => (&&&$crate::__private::rule::Type::of(&*place)).slice(place),
        }
    }};
}

/// `window!(place, source)`: `place[i] = e` under `for i in` the range that `source` was made of.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_window {
    ($place:expr, $source:expr) => {
        match $crate::__pool_slice!($place) {
            slice => {
                #[allow(unused_imports)]
                use $crate::__private::{ByBits as _, ByClone as _};
                let copying = (&&$crate::__private::CopyOf::items(&*slice)).how();
                $crate::__private::rule::Window::new(slice, &$source, copying)
            }
        }
    };
}

/// `rows!(place, source, 1)`: `place[k][i] = e`; 2: `place[k][j][i] = e`; 3: one more.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_rows {
    ($place:expr, $source:expr, 1) => {
        $crate::__pool_rows!(@ $place, $source, $crate::__private::rule::Here)
    };
    ($place:expr, $source:expr, 2) => {
        $crate::__pool_rows!(
            @ $place, $source, $crate::__private::rule::Below<$crate::__private::rule::Here>)
    };
    ($place:expr, $source:expr, 3) => {
        $crate::__pool_rows!(
            @ $place,
            $source,
            $crate::__private::rule::Below<
                $crate::__private::rule::Below<$crate::__private::rule::Here>,
            >
        )
    };
    (@ $place:expr, $source:expr, $level:ty) => {{
        <$level as $crate::__private::rule::Level<_>>::rows($crate::__pool_slice!($place), &$source)
    }};
}
