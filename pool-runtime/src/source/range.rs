//! Integer ranges: a block is arithmetic on the borders.
//!
//! `a..b` gives blocks that are again `Range`s, the loop that LLVM knows best. `a..=b` cannot (the
//! last block of `0..=255u8` would end at 256), so its blocks count positions and add the start.

#![allow(unsafe_code, reason = "implements the contract of `Split`; no unsafe operation inside")]

use std::iter::FusedIterator;
use std::ops::{Range, RangeInclusive};

use super::Split;

/// An integer type that a range can be made of.
pub trait Int: Copy + PartialOrd + Send + Sync + 'static {
    /// How many steps lead from `self` up to `end`; 0 if `end` is not above, at most `usize::MAX`.
    fn steps_to(self, end: Self) -> usize;
    /// The value `steps` above, modulo the width.
    #[must_use]
    fn up(self, steps: usize) -> Self;
}

macro_rules! int {
    ($($signed:ident $unsigned:ident)*) => { $(
        int!(@one $signed, $unsigned);
        int!(@one $unsigned, $unsigned);
    )* };
    (@one $int:ident, $unsigned:ident) => {
        impl Int for $int {
            #[inline]
            fn steps_to(self, end: Self) -> usize {
                if self < end {
                    let steps = end.wrapping_sub(self) as $unsigned;
                    usize::try_from(steps).unwrap_or(usize::MAX)
                } else {
                    0
                }
            }
            #[inline]
            fn up(self, steps: usize) -> Self {
                self.wrapping_add(steps as Self)
            }
        }
    };
}
int!(i8 u8 i16 u16 i32 u32 i64 u64 i128 u128 isize usize);

/// `start..end`.
#[derive(Clone, Copy, Debug)]
pub struct Ints<T> {
    start: T,
    len: usize,
}

impl<T: Int> Ints<T> {
    #[inline]
    pub(super) fn new(range: &Range<T>) -> Self {
        Self { start: range.start, len: range.start.steps_to(range.end) }
    }

    /// The value at position 0 (of an empty range too).
    pub fn start(&self) -> T {
        self.start
    }
}

impl<T: Int> Split for Ints<T>
where
    Range<T>: Iterator<Item = T>,
{
    type Item = T;
    type Block = Range<T>;
    type Undo = ();

    #[inline]
    fn len(&self) -> usize {
        self.len
    }

    #[inline]
    fn undo(&self) {}

    #[inline]
    unsafe fn block(&self, positions: Range<usize>) -> Range<T> {
        self.start.up(positions.start)..self.start.up(positions.end)
    }
}

/// `start..=end`.
#[derive(Clone, Copy, Debug)]
pub struct Through<T> {
    start: T,
    len: usize,
}

impl<T: Int> Through<T> {
    #[inline]
    pub(super) fn new(range: &RangeInclusive<T>) -> Self {
        let (start, end) = (*range.start(), *range.end());
        let len = if range.is_empty() { 0 } else { start.steps_to(end).saturating_add(1) };
        Self { start, len }
    }

    /// The value at position 0 (of an empty range too).
    pub fn start(&self) -> T {
        self.start
    }
}

impl<T: Int> Split for Through<T> {
    type Item = T;
    type Block = Counted<T>;
    type Undo = ();

    #[inline]
    fn len(&self) -> usize {
        self.len
    }

    #[inline]
    fn undo(&self) {}

    #[inline]
    unsafe fn block(&self, positions: Range<usize>) -> Counted<T> {
        Counted { start: self.start, positions }
    }
}

/// The values at some positions of a range.
#[derive(Clone, Debug)]
pub struct Counted<T> {
    start: T,
    positions: Range<usize>,
}

impl<T: Int> Iterator for Counted<T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        self.positions.next().map(|position| self.start.up(position))
    }

    #[inline]
    fn nth(&mut self, skip: usize) -> Option<T> {
        self.positions.nth(skip).map(|position| self.start.up(position))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.positions.size_hint()
    }
}

impl<T: Int> DoubleEndedIterator for Counted<T> {
    #[inline]
    fn next_back(&mut self) -> Option<T> {
        self.positions.next_back().map(|position| self.start.up(position))
    }
}

impl<T: Int> ExactSizeIterator for Counted<T> {}
impl<T: Int> FusedIterator for Counted<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    fn all<S: Split>(split: &S) -> Vec<S::Item> {
        // SAFETY: every position once, within the length.
        unsafe { split.block(0..split.len()) }.collect()
    }

    #[test]
    fn lengths_and_values_are_those_of_the_range() {
        assert!(all(&Ints::new(&(3..3u8))).is_empty());
        #[allow(clippy::reversed_empty_ranges)]
        let backwards = Ints::new(&(5..-5i32));
        assert_eq!(backwards.len(), 0);
        assert_eq!(all(&Ints::new(&(-128..127i8))), (-128..127i8).collect::<Vec<_>>());
        assert_eq!(all(&Through::new(&(-128..=127i8))), (-128..=127i8).collect::<Vec<_>>());
        assert_eq!(all(&Through::new(&(250..=255u8))), [250, 251, 252, 253, 254, 255]);
        assert_eq!(Ints::new(&(i128::MIN..i128::MAX)).len(), usize::MAX);
        assert_eq!(Through::new(&(0..=u64::MAX)).len(), usize::MAX);
        assert_eq!(Ints::new(&(i64::MIN..i64::MAX)).len(), usize::MAX);
    }

    #[test]
    fn an_exhausted_inclusive_range_is_empty() {
        let mut range = 7..=7u32;
        range.next();
        assert_eq!(Through::new(&range).len(), 0);
    }

    #[test]
    fn a_block_in_the_middle_of_a_wide_range_is_the_middle() {
        let split = Ints::new(&(u64::MAX - 10..u64::MAX));
        // SAFETY: within the length, asked for once.
        let block = unsafe { split.block(4..6) };
        assert_eq!(block, u64::MAX - 6..u64::MAX - 4);
    }
}
