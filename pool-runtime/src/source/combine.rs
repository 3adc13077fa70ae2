//! Adapters that keep a source cut by index: `enumerate`, `zip`, `rev`, `step_by`, `skip`, `take`,
//! `copied`, `cloned`.
//!
//! A block of an adapted source is the standard adapter over a block of the source inside, so that
//! it compiles to what the user's chain compiles to. `enumerate` is the exception: the standard one
//! starts at 0, so a block zips its positions with the inner block instead, which the standard
//! library indexes like one slice.
//!
//! An adapter that leaves items out (`zip` of unequal lengths, `skip`, `take`) asks for those
//! positions when it is dropped, because items that are moved into the loop must be dropped.

#![allow(unsafe_code, reason = "maps positions, each to positions that no other maps to")]

use std::iter;
use std::ops::Range;
use std::sync::Arc;

use super::zip::Zipped;
use super::{Cut, Map, Mapped, Split};
use crate::queue::Stream;

impl<S: Split> Cut<S> {
    /// As [`Iterator::enumerate`].
    #[inline]
    pub fn enumerate(self) -> Cut<Enumerate<S>> {
        Cut(Enumerate(self.0))
    }

    /// As [`Iterator::zip`], with another source.
    #[inline]
    pub fn zip<Z: Zipped<Self>>(self, other: Z) -> Z::Zip {
        other.after(self)
    }

    /// As [`Iterator::rev`].
    #[inline]
    pub fn rev(self) -> Cut<Rev<S>>
    where
        S::Block: DoubleEndedIterator,
    {
        Cut(Rev(self.0))
    }

    /// As [`Iterator::step_by`].
    ///
    /// # Panics
    /// When `step` is 0.
    #[inline]
    pub fn step_by(self, step: usize) -> Cut<StepBy<S>> {
        assert!(step != 0, "assertion failed: step != 0");
        Cut(StepBy { inner: self.0, step })
    }

    /// As [`Iterator::skip`].
    #[inline]
    pub fn skip(self, count: usize) -> Cut<Skip<S>> {
        let count = count.min(self.0.len());
        Cut(Skip { inner: self.0, count })
    }

    /// As [`Iterator::take`].
    #[inline]
    pub fn take(self, count: usize) -> Cut<Take<S>> {
        let count = count.min(self.0.len());
        Cut(Take { inner: self.0, count })
    }

    /// As [`Iterator::copied`].
    #[inline]
    pub fn copied<'a, T: Copy + 'a>(self) -> Cut<Copied<S>>
    where
        S: Split<Item = &'a T>,
    {
        Cut(Copied(self.0))
    }

    /// As [`Iterator::cloned`].
    #[inline]
    pub fn cloned<'a, T: Clone + 'a>(self) -> Cut<Cloned<S>>
    where
        S: Split<Item = &'a T>,
    {
        Cut(Cloned(self.0))
    }

    /// The source as one that the calling thread asks, in order.
    pub fn by_producer<'s>(self) -> Stream<'s, Whole<S>> {
        Stream::new(self.whole())
    }

    /// The whole source as an iterator, to be pulled from.
    pub(super) fn whole(self) -> Whole<S> {
        let split = Arc::new(self.0);
        // SAFETY: all positions, once; the block is dropped before the source beside it, which
        // stays where it is.
        let block = unsafe { split.block(0..split.len()) };
        Whole { block, _split: split }
    }
}

/// A source that is iterated as a whole.
#[derive(Debug)]
pub struct Whole<S: Split> {
    // Dropped in this order: the block may refer to the source's memory, which therefore does not
    // move with this value.
    block: S::Block,
    _split: Arc<S>,
}

impl<S: Split> Iterator for Whole<S> {
    type Item = S::Item;

    #[inline]
    fn next(&mut self) -> Option<S::Item> {
        self.block.next()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.block.size_hint()
    }
}

/// `.enumerate()`.
#[derive(Clone, Copy, Debug)]
pub struct Enumerate<S>(S);

impl<S: Split> Split for Enumerate<S> {
    type Item = (usize, S::Item);
    type Block = iter::Zip<Range<usize>, S::Block>;
    type Undo = S::Undo;

    #[inline]
    fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    fn undo(&self) -> S::Undo {
        self.0.undo()
    }

    #[inline]
    unsafe fn block(&self, positions: Range<usize>) -> Self::Block {
        // SAFETY: the same positions, asked for as often.
        positions.clone().zip(unsafe { self.0.block(positions) })
    }
}

/// `.rev()`.
#[derive(Clone, Copy, Debug)]
pub struct Rev<S>(S);

impl<S> Rev<S> {
    /// What is reversed.
    pub fn inner(&self) -> &S {
        &self.0
    }
}

impl<S: Split> Split for Rev<S>
where
    S::Block: DoubleEndedIterator,
{
    type Item = S::Item;
    type Block = iter::Rev<S::Block>;
    type Undo = Mapped<S::Undo>;

    #[inline]
    fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    fn undo(&self) -> Mapped<S::Undo> {
        Mapped(self.0.undo(), Map::Rev(self.0.len()))
    }

    #[inline]
    unsafe fn block(&self, positions: Range<usize>) -> Self::Block {
        // SAFETY: mirrored positions; distinct ones stay distinct.
        unsafe { self.0.block(Map::Rev(self.0.len()).of(positions)) }.rev()
    }
}

/// `.step_by(n)`.
#[derive(Clone, Copy, Debug)]
pub struct StepBy<S> {
    inner: S,
    step: usize,
}

impl<S> StepBy<S> {
    /// What is stepped through.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// How far apart the items are, at least 1.
    pub fn step(&self) -> usize {
        self.step
    }
}

impl<S: Split> Split for StepBy<S> {
    type Item = S::Item;
    type Block = iter::StepBy<S::Block>;
    type Undo = Mapped<S::Undo>;

    #[inline]
    fn len(&self) -> usize {
        self.inner.len().div_ceil(self.step)
    }

    #[inline]
    fn undo(&self) -> Mapped<S::Undo> {
        Mapped(self.inner.undo(), Map::Each(self.step, self.inner.len()))
    }

    #[inline]
    unsafe fn block(&self, positions: Range<usize>) -> Self::Block {
        let stretch = Map::Each(self.step, self.inner.len()).of(positions);
        // The items stepped over belong to the block, which drops them.
        // SAFETY: within the length; distinct positions cover distinct stretches.
        unsafe { self.inner.block(stretch) }.step_by(self.step)
    }
}

/// `.skip(n)`.
#[derive(Debug)]
pub struct Skip<S: Split> {
    inner: S,
    /// At most `inner.len()`.
    count: usize,
}

impl<S: Split> Skip<S> {
    /// What is skipped over.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// How many items, at most as many as there are.
    pub fn count(&self) -> usize {
        self.count
    }
}

impl<S: Split> Split for Skip<S> {
    type Item = S::Item;
    type Block = S::Block;
    type Undo = Mapped<S::Undo>;

    #[inline]
    fn len(&self) -> usize {
        self.inner.len() - self.count
    }

    #[inline]
    fn undo(&self) -> Mapped<S::Undo> {
        Mapped(self.inner.undo(), Map::Skip(self.count))
    }

    #[inline]
    unsafe fn block(&self, positions: Range<usize>) -> S::Block {
        // SAFETY: shifted positions, within the inner length.
        unsafe { self.inner.block(Map::Skip(self.count).of(positions)) }
    }
}

impl<S: Split> Drop for Skip<S> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: no position of this source maps to these.
        drop(unsafe { self.inner.block(0..self.count) });
    }
}

/// `.take(n)`.
#[derive(Debug)]
pub struct Take<S: Split> {
    inner: S,
    /// At most `inner.len()`.
    count: usize,
}

impl<S: Split> Take<S> {
    /// What is taken from.
    pub fn inner(&self) -> &S {
        &self.inner
    }
}

impl<S: Split> Split for Take<S> {
    type Item = S::Item;
    type Block = S::Block;
    type Undo = S::Undo;

    #[inline]
    fn len(&self) -> usize {
        self.count
    }

    #[inline]
    fn undo(&self) -> S::Undo {
        self.inner.undo()
    }

    #[inline]
    unsafe fn block(&self, positions: Range<usize>) -> S::Block {
        // SAFETY: the same positions, asked for as often.
        unsafe { self.inner.block(positions) }
    }
}

impl<S: Split> Drop for Take<S> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: no position of this source maps to these.
        drop(unsafe { self.inner.block(self.count..self.inner.len()) });
    }
}

/// `.copied()`.
#[derive(Clone, Copy, Debug)]
pub struct Copied<S>(S);

impl<'a, T: Copy + 'a, S: Split<Item = &'a T>> Split for Copied<S> {
    type Item = T;
    type Block = iter::Copied<S::Block>;
    type Undo = S::Undo;

    #[inline]
    fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    fn undo(&self) -> S::Undo {
        self.0.undo()
    }

    #[inline]
    unsafe fn block(&self, positions: Range<usize>) -> Self::Block {
        // SAFETY: the same positions, asked for as often.
        unsafe { self.0.block(positions) }.copied()
    }
}

/// `.cloned()`.
#[derive(Clone, Copy, Debug)]
pub struct Cloned<S>(S);

impl<'a, T: Clone + 'a, S: Split<Item = &'a T>> Split for Cloned<S> {
    type Item = T;
    type Block = iter::Cloned<S::Block>;
    type Undo = S::Undo;

    #[inline]
    fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    fn undo(&self) -> S::Undo {
        self.0.undo()
    }

    #[inline]
    unsafe fn block(&self, positions: Range<usize>) -> Self::Block {
        // SAFETY: the same positions, asked for as often.
        unsafe { self.0.block(positions) }.cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::__private::source;

    /// Cuts a source into stretches of each size and compares them with the iterator.
    macro_rules! check {
        ($source:expr, $iterator:expr) => {
            for size in 1..9 {
                stretches($source, $iterator.collect(), size);
            }
        };
    }

    fn stretches<S: Split>(source: Cut<S>, expected: Vec<S::Item>, size: usize)
    where
        S::Item: PartialEq + std::fmt::Debug,
    {
        let Cut(split) = source;
        assert_eq!(split.len(), expected.len());
        let mut found: Vec<S::Item> = Vec::new();
        while found.len() < split.len() {
            let end = (found.len() + size).min(split.len());
            // SAFETY: stretches without overlap, consumed before `split` is dropped.
            let block = unsafe { split.block(found.len()..end) };
            block.for_each(|item| found.push(item));
        }
        assert_eq!(found, expected);
    }

    #[test]
    fn adapted_sources_give_what_adapted_iterators_give() {
        let items: Vec<u32> = (0..23).collect();
        let others: Vec<u32> = (100..111).collect();
        check!(source!(items.iter()).enumerate(), items.iter().enumerate());
        check!(source!(items.iter()).rev(), items.iter().rev());
        check!(source!(items.iter()).rev().enumerate(), items.iter().rev().enumerate());
        check!(source!(items.iter()).enumerate().rev(), items.iter().enumerate().rev());
        check!(source!(items.iter()).step_by(4), items.iter().step_by(4));
        check!(source!(0..23u64).step_by(22), (0..23u64).step_by(22));
        check!(source!(0..=23u64).rev().step_by(5), (0..=23u64).rev().step_by(5));
        check!(source!(items.iter()).skip(5), items.iter().skip(5));
        check!(source!(items.iter()).skip(50), items.iter().skip(50));
        check!(source!(items.iter()).skip(3).take(7), items.iter().skip(3).take(7));
        check!(source!(items.iter()).copied(), items.iter().copied());
        check!(source!(items.iter()).cloned().enumerate(), items.iter().cloned().enumerate());
        check!(source!(items.iter()).zip(source!(&others)), items.iter().zip(&others));
        check!(source!(&others).zip(source!(items.iter())).rev(), others.iter().zip(&items).rev());
    }
}
