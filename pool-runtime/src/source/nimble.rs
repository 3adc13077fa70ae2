//! Standard iterators that skip in O(1): a block is a trimmed copy of the iterator.
//!
//! The iterators here own nothing (they are `Clone` by copying borders), run no code of the user's
//! when they skip, and know their length exactly, so `nth` cuts them like an index. Those that
//! skip from the back as well are trimmed at both ends ([`Trimmed`]: the block is the native
//! iterator itself); adapted ones are trimmed at the front and counted ([`Ahead`]).
//!
//! `Map` and its kin are not among them: their `nth` runs the closure. `Cloned` clones what it
//! skips, and `Zip` skips step by step, so these are pulled; where the macro sees such a chain it
//! uses the adapters of [`combine`](super::combine) instead.

#![allow(unsafe_code, reason = "implements the contract of `Split`; no unsafe operation inside")]

use std::collections::vec_deque;
use std::iter::{Copied, Enumerate, Rev, Skip, StepBy, Take};
use std::ops::{Range, RangeInclusive};
use std::{slice, str};

use super::{AsCut, Cut, Int, Split};

/// An iterator with `Clone`, an exact `size_hint` (up to `usize::MAX`), and `nth` (and `nth_back`,
/// if it has one) in O(1) without side effects.
pub trait Nimble: Clone + Iterator {}

/// A nimble iterator that is trimmed at both ends.
#[derive(Clone, Copy, Debug)]
pub struct Trimmed<I> {
    whole: I,
}

impl<I: Nimble + DoubleEndedIterator + ExactSizeIterator + Sync> Split for Trimmed<I> {
    type Item = I::Item;
    type Block = I;
    type Undo = ();

    #[inline]
    fn len(&self) -> usize {
        self.whole.len()
    }

    #[inline]
    fn undo(&self) {}

    #[inline]
    unsafe fn block(&self, positions: Range<usize>) -> I {
        let mut block = self.whole.clone();
        let beyond = block.len() - positions.end;
        if beyond > 0 {
            block.nth_back(beyond - 1);
        }
        if positions.start > 0 {
            block.nth(positions.start - 1);
        }
        block
    }
}

/// A nimble iterator that is trimmed at the front, and counted.
#[derive(Clone, Copy, Debug)]
pub struct Ahead<I> {
    whole: I,
}

impl<I: Nimble + Sync> Split for Ahead<I> {
    type Item = I::Item;
    type Block = Take<I>;
    type Undo = ();

    #[inline]
    fn len(&self) -> usize {
        self.whole.size_hint().0
    }

    #[inline]
    fn undo(&self) {}

    #[inline]
    unsafe fn block(&self, positions: Range<usize>) -> Take<I> {
        let mut block = self.whole.clone();
        if positions.start > 0 {
            block.nth(positions.start - 1);
        }
        block.take(positions.len())
    }
}

impl<T: Int> Nimble for Range<T> where Range<T>: Iterator<Item = T> {}
impl<T: Int> Nimble for RangeInclusive<T> where RangeInclusive<T>: Iterator<Item = T> {}
impl<T> Nimble for slice::Iter<'_, T> {}

macro_rules! trimmed {
    ($([$($generics:tt)*] $type:ty;)*) => { $(
        impl<$($generics)*> Nimble for $type {}

        impl<$($generics)*> AsCut for $type
        where
            $type: Sync,
        {
            type Split = Trimmed<$type>;
            fn cut(self) -> Cut<Trimmed<$type>> {
                Cut(Trimmed { whole: self })
            }
        }
    )* };
}
trimmed! {
    ['a, T] slice::Chunks<'a, T>;
    ['a, T] slice::ChunksExact<'a, T>;
    ['a, T] slice::RChunks<'a, T>;
    ['a, T] slice::Windows<'a, T>;
    ['a, T] vec_deque::Iter<'a, T>;
    ['a] str::Bytes<'a>;
}

macro_rules! ahead {
    ($([$($generics:tt)*] $type:ty;)*) => { $(
        impl<$($generics)*> Nimble for $type {}

        impl<$($generics)*> AsCut for $type
        where
            $type: Sync,
        {
            type Split = Ahead<$type>;
            fn cut(self) -> Cut<Ahead<$type>> {
                Cut(Ahead { whole: self })
            }
        }
    )* };
}
ahead! {
    [I: Nimble] Enumerate<I>;
    [I: Nimble + DoubleEndedIterator] Rev<I>;
    [I: Nimble] Skip<I>;
    [I: Nimble] StepBy<I>;
    [I: Nimble] Take<I>;
    ['a, T: Copy + 'a, I: Nimble + Iterator<Item = &'a T>] Copied<I>;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts a source at every pair of borders and compares it with the iterator.
    fn check<I: AsCut + Iterator + Clone>(iterator: I)
    where
        I::Item: PartialEq + std::fmt::Debug,
        I::Split: Split<Item = I::Item>,
    {
        let expected: Vec<_> = iterator.clone().collect();
        let split = iterator.cut().0;
        assert_eq!(split.len(), expected.len());
        for start in 0..=expected.len() {
            for end in start..=expected.len() {
                // SAFETY: the items are copies or shared references, so that positions may be
                // asked for again.
                let block: Vec<_> = unsafe { split.block(start..end) }.collect();
                assert_eq!(block, expected[start..end]);
            }
        }
    }

    #[test]
    fn blocks_of_standard_iterators_are_their_stretches() {
        let items: Vec<u32> = (0..11).collect();
        for size in 1..=12 {
            check(items.chunks(size));
            check(items.chunks_exact(size));
            check(items.rchunks(size));
            check(items.windows(size));
        }
        let mut deque: std::collections::VecDeque<u32> = (3..9).collect();
        deque.push_front(2);
        check(deque.iter());
        check("bytes".bytes());
    }

    #[test]
    fn blocks_of_adapted_iterators_are_their_stretches() {
        let items: Vec<u32> = (0..11).collect();
        check(items.iter().enumerate());
        check(items.iter().rev());
        check((0..9u64).enumerate());
        check((0..=9u8).rev());
        check((0..=9u8).rev().skip(2).enumerate());
        check((0..u128::from(10u8)).step_by(3));
        check(items.iter().step_by(4).take(2));
        check(items.chunks(3).enumerate().skip(1));
        check(items.iter().copied());
    }
}
