//! What a loop runs over.
//!
//! [`Split`] is a source whose positions are known: a block of it is cut by index, without touching
//! the items before it. [`Feed`] is what the driver sees of any source: something that hands out
//! positions in order, a range at a time, to several workers at once.

use std::ops::Range;

/// A source of known length that is cut by index.
pub trait Split: Sync {
    /// What the loop variable gets.
    type Item;
    /// One contiguous stretch of the source as a native iterator: `for` over it must vectorize.
    type Block: Iterator<Item = Self::Item>;

    /// How many items there are. A source longer than `usize::MAX` says `usize::MAX`.
    fn len(&self) -> usize;

    /// The items at `positions`, owned by the returned block (it drops what is not consumed).
    ///
    /// # Safety
    /// `positions` lies within `0..self.len()`, and over the life of the source every position is
    /// asked for at most once. A position never asked for is leaked, so the driver asks for the
    /// rest and drops it.
    #[allow(unsafe_code, reason = "declares a contract that the driver upholds")]
    unsafe fn block(&self, positions: Range<usize>) -> Self::Block;
}

/// A source as the workers see it: hands out positions in order.
pub trait Feed: Sync {
    /// What one worker keeps between claims (a buffer that it refills, for example).
    type Hand: Default;
    /// The items of one claim.
    type Block;

    /// The length, when it is known before the loop starts.
    fn len(&self) -> Option<usize>;

    /// Takes the next positions, at most `want`; with `unit > 1` the claim starts at a multiple of
    /// `unit` and its length is a multiple of `unit`, the end of the source excepted. `None`: the
    /// source is used up or closed.
    fn claim(&self, hand: &mut Self::Hand, want: usize, unit: usize) -> Option<Range<usize>>;

    /// The items of (a part of) the range just claimed with this `hand`.
    ///
    /// # Safety
    /// `positions` lies within the range that the last `claim` with this `hand` returned, and
    /// every position is asked for at most once, in ascending order.
    #[allow(unsafe_code, reason = "declares a contract that the driver upholds")]
    unsafe fn block(&self, hand: &mut Self::Hand, positions: Range<usize>) -> Self::Block;

    /// Hands out nothing more: later claims return `None`.
    fn close(&self);
}
