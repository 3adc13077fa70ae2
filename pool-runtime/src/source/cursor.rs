//! Claims of an index-split source: one atomic addition each.
//!
//! The cursor is the first position that nobody has. A claim adds its size to it; what lies beyond
//! the length is cut off, and a claim that starts there has found the source used up. A worker
//! stops at its first such claim, so the cursor overshoots by at most one claim a worker. For
//! lengths near the end of `usize` that overshoot could wrap around: those (no loop ever gets
//! there item by item) use compare-and-swap instead.
//!
//! Closing moves the cursor beyond every length and remembers where it stood; whatever lies after
//! that mark belongs to nobody, and is dropped with the cursor.

#![allow(unsafe_code, reason = "asks each position of a `Split` once")]

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use super::{Feed, Lead, Nothing, Source, Split};

/// A source that is cut by index.
#[derive(Clone, Copy, Debug)]
pub struct Cut<S>(pub(crate) S);

impl<S: Split> Source for Cut<S> {
    type Feed = Cursor<S>;
    type Block = S::Block;
    type Lead = Nothing;

    #[inline]
    fn open(self, _: usize) -> (Cursor<S>, Nothing) {
        let cursor = Cursor {
            next: AtomicUsize::new(0),
            closed_at: AtomicUsize::new(OPEN),
            len: self.0.len(),
            split: self.0,
        };
        (cursor, Nothing)
    }
}

/// The longest source for which the cursor cannot wrap around: 2^40 items, by up to 2^20 workers
/// and more.
const SHORT: usize = usize::MAX >> (usize::BITS / 8 * 3);
/// Where the cursor stands when it is closed: far above `SHORT`, far below the end.
const CLOSED: usize = usize::MAX / 2;
/// `closed_at` of a cursor that is not.
const OPEN: usize = usize::MAX;

/// Hands out the positions of a [`Split`].
#[derive(Debug)]
pub struct Cursor<S: Split> {
    /// The first position that is not claimed; beyond `len` when there is none. Not padded: who
    /// claims reads the other fields next, and a padded cursor cost every small loop 15 ns for
    /// moving 256 aligned bytes.
    next: AtomicUsize,
    /// What `next` was when the source was closed (perhaps beyond `len`), else `OPEN`. For lengths
    /// above `SHORT` just a flag.
    closed_at: AtomicUsize,
    /// `split.len()`.
    len: usize,
    split: S,
}

/// `want`, at most `len`, as whole units, at least one: no more than wanted, since the end of a loop
/// is shared the better the smaller its last claims are. `len` if that is wanted, or one unit covers
/// it.
#[inline]
fn size(want: usize, unit: usize, len: usize) -> usize {
    let want = want.min(len).max(1);
    if unit <= 1 {
        want
    } else if unit >= len || want == len {
        len
    } else {
        (want - want % unit).max(unit)
    }
}

impl<S: Split> Cursor<S> {
    /// Lengths above `SHORT`: never moves the cursor beyond `len`.
    #[cold]
    fn claim_long(&self, want: usize, unit: usize) -> Option<Range<usize>> {
        let mut start = self.next.load(Relaxed);
        loop {
            if start >= self.len || self.closed_at.load(Relaxed) != OPEN {
                return None;
            }
            let end = start.saturating_add(size(want, unit, self.len)).min(self.len);
            match self.next.compare_exchange_weak(start, end, Relaxed, Relaxed) {
                Ok(_) => return Some(start..end),
                Err(now) => start = now,
            }
        }
    }
}

impl<S: Split> Feed for Cursor<S> {
    type Hand = ();
    type Block = S::Block;
    type Undo = S::Undo;
    const CUT: bool = true;

    #[inline]
    fn len(&self) -> Option<usize> {
        Some(self.len)
    }

    // Relaxed: the positions carry no data; what the items refer to was visible to the workers
    // when they joined.
    #[inline]
    fn claim(&self, _: &mut (), want: usize, unit: usize) -> Option<Range<usize>> {
        if self.len > SHORT {
            return self.claim_long(want, unit);
        }
        let size = size(want, unit, self.len);
        let start = self.next.fetch_add(size, Relaxed);
        (start < self.len).then(|| start..(start + size).min(self.len))
    }

    #[inline]
    unsafe fn block(&self, _: &mut (), positions: Range<usize>) -> S::Block {
        // SAFETY: the caller asks for each claimed position once, and claims do not overlap.
        unsafe { self.split.block(positions) }
    }

    #[inline]
    fn undo(&self) -> S::Undo {
        self.split.undo()
    }

    fn close(&self) {
        if self.len > SHORT {
            // The cursor stays; the claims that are under way look at the mark.
            self.closed_at.store(0, Relaxed);
            return;
        }
        let stood = self.next.swap(CLOSED, Relaxed);
        // A second `close` finds the cursor at `CLOSED` or above: the mark of the first stays.
        self.closed_at.fetch_min(stood, Relaxed);
    }
}

impl<S: Split> Lead<Cursor<S>> for Nothing {
    #[inline]
    fn hint(&self, cursor: &Cursor<S>) -> Option<usize> {
        Some(cursor.len)
    }

    #[inline]
    fn claim_alone(
        &mut self,
        cursor: &mut Cursor<S>,
        (): &mut (),
        want: usize,
        unit: usize,
    ) -> Option<Range<usize>> {
        let start = *cursor.next.get_mut();
        if start >= cursor.len {
            return None;
        }
        let end = start.saturating_add(size(want, unit, cursor.len)).min(cursor.len);
        *cursor.next.get_mut() = end;
        Some(start..end)
    }
}

impl<S: Split> Drop for Cursor<S> {
    #[inline]
    fn drop(&mut self) {
        let next = *self.next.get_mut();
        let claimed =
            if self.len > SHORT { next } else { next.min(*self.closed_at.get_mut()).min(self.len) };
        if claimed < self.len {
            // SAFETY: these positions were never claimed, and no claim can follow.
            drop(unsafe { self.split.block(claimed..self.len) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Ints;

    fn open(len: usize) -> Cursor<Ints<usize>> {
        Cut(Ints::new(&(0..len))).open(1).0
    }

    #[test]
    fn claims_are_whole_units_except_at_the_end() {
        let cursor = open(10);
        assert_eq!(cursor.claim(&mut (), 1, 4), Some(0..4));
        assert_eq!(cursor.claim(&mut (), 5, 4), Some(4..8));
        assert_eq!(cursor.claim(&mut (), 5, 4), Some(8..10));
        assert_eq!(cursor.claim(&mut (), 1, 4), None);
        let cursor = open(10);
        assert_eq!(cursor.claim(&mut (), 1, usize::MAX), Some(0..10));
        let mut cursor = open(10);
        assert_eq!(Nothing.claim_alone(&mut cursor, &mut (), 3, 4), Some(0..4));
        assert_eq!(Nothing.claim_alone(&mut cursor, &mut (), usize::MAX, 1), Some(4..10));
        assert_eq!(Nothing.claim_alone(&mut cursor, &mut (), 1, 1), None);
    }

    #[test]
    fn a_closed_cursor_hands_out_nothing_more() {
        for len in [10, usize::MAX] {
            let cursor = open(len);
            assert_eq!(cursor.claim(&mut (), 3, 1), Some(0..3));
            cursor.close();
            cursor.close();
            for _ in 0..100 {
                assert_eq!(cursor.claim(&mut (), 3, 1), None);
            }
            cursor.close();
        }
    }

    #[test]
    fn the_longest_source_never_wraps_around() {
        let cursor = open(usize::MAX);
        assert_eq!(cursor.claim(&mut (), usize::MAX - 5, 1), Some(0..usize::MAX - 5));
        assert_eq!(cursor.claim(&mut (), usize::MAX, 2), Some(usize::MAX - 5..usize::MAX));
        assert_eq!(cursor.claim(&mut (), usize::MAX, 1), None);
    }
}
