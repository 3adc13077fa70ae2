//! Iterators that cannot be cut: the workers take turns at pulling a few items each.
//!
//! A claim locks the iterator and moves the next items into the worker's own buffer; the body runs
//! outside the lock. The items never change threads, only the iterator does, so `Send` is asked of
//! the iterator alone. Buffers are reused from claim to claim: a worker's hand and the block it is
//! working through share one, and the block puts it back when it is dropped.
//!
//! When the iterator panics, the items it gave before still count: the claim ends with them, and
//! the next claim (which is later by position than every item) resumes the panic.

#![allow(unsafe_code, reason = "implements the contract of `Feed`; no unsafe operation inside")]

use std::any::Any;
use std::cell::Cell;
use std::collections::VecDeque;
use std::iter::FusedIterator;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Feed, Lead, Nothing, Source, Unsaved};
use crate::queue::Stream;

/// A source that is pulled from under a lock.
#[derive(Clone, Debug)]
pub struct Pull<I>(pub(crate) I);

impl<I: Iterator> Pull<I> {
    /// The source as one that the calling thread asks.
    pub fn by_producer<'s>(self) -> Stream<'s, I> {
        Stream::new(self.0)
    }

    /// As [`Iterator::enumerate`].
    pub fn enumerate(self) -> Pull<std::iter::Enumerate<I>> {
        Pull(self.0.enumerate())
    }

    /// As [`Iterator::zip`], with another source.
    pub fn zip<Z: super::zip::Zipped<Self>>(self, other: Z) -> Z::Zip {
        other.after(self)
    }

    /// As [`Iterator::rev`].
    pub fn rev(self) -> Pull<std::iter::Rev<I>>
    where
        I: DoubleEndedIterator,
    {
        Pull(self.0.rev())
    }

    /// As [`Iterator::step_by`].
    ///
    /// # Panics
    /// When `step` is 0.
    pub fn step_by(self, step: usize) -> Pull<std::iter::StepBy<I>> {
        Pull(self.0.step_by(step))
    }

    /// As [`Iterator::skip`].
    pub fn skip(self, count: usize) -> Pull<std::iter::Skip<I>> {
        Pull(self.0.skip(count))
    }

    /// As [`Iterator::take`].
    pub fn take(self, count: usize) -> Pull<std::iter::Take<I>> {
        Pull(self.0.take(count))
    }

    /// As [`Iterator::copied`].
    pub fn copied<'a, T: Copy + 'a>(self) -> Pull<std::iter::Copied<I>>
    where
        I: Iterator<Item = &'a T>,
    {
        Pull(self.0.copied())
    }

    /// As [`Iterator::cloned`].
    pub fn cloned<'a, T: Clone + 'a>(self) -> Pull<std::iter::Cloned<I>>
    where
        I: Iterator<Item = &'a T>,
    {
        Pull(self.0.cloned())
    }
}

impl<I: Iterator + Send> Source for Pull<I> {
    type Feed = Shelf<I>;
    type Block = Batch<I::Item>;
    type Lead = Nothing;

    fn open(self, _: usize) -> (Shelf<I>, Nothing) {
        let tap = Tap { iterator: self.0, next: 0, state: State::Open };
        (Shelf { tap: Mutex::new(tap) }, Nothing)
    }
}

/// The iterator behind its lock.
#[derive(Debug)]
pub struct Shelf<I> {
    tap: Mutex<Tap<I>>,
}

#[derive(Debug)]
struct Tap<I> {
    iterator: I,
    /// The position of the item that `iterator` gives next.
    next: usize,
    state: State,
}

#[derive(Debug)]
enum State {
    Open,
    /// Used up or closed: `iterator.next()` is not called again.
    Done,
    /// The iterator has panicked: the payload goes to whoever asks next.
    Broken(Box<dyn Any + Send>),
}

/// One claim never buffers more items than this, however cheap they are.
const MOST: usize = 512;

impl<I: Iterator> Tap<I> {
    fn fill(&mut self, buffer: &mut VecDeque<I::Item>, count: usize) -> Option<Range<usize>> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Open => {}
            State::Done => return None,
            State::Broken(payload) => resume_unwind(payload),
        }
        let start = self.next;
        let end = start.saturating_add(count);
        let filled = catch_unwind(AssertUnwindSafe(|| {
            while self.next < end {
                let Some(item) = self.iterator.next() else { return State::Done };
                buffer.push_back(item);
                self.next += 1;
            }
            State::Open
        }));
        self.state = filled.unwrap_or_else(State::Broken);
        if self.next > start {
            return Some(start..self.next);
        }
        if let State::Broken(payload) = std::mem::replace(&mut self.state, State::Done) {
            resume_unwind(payload);
        }
        None
    }
}

impl<I> Shelf<I> {
    fn lock(&self) -> MutexGuard<'_, Tap<I>> {
        // A panic that was resumed under the lock has left the state `Done`.
        self.tap.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `want` rounded up to whole units, within `MOST` where more than one unit would not fit.
fn size(want: usize, unit: usize) -> usize {
    if unit >= MOST { unit } else { want.clamp(1, MOST).next_multiple_of(unit.max(1)) }
}

/// A worker's buffer, shared with the block that empties it.
pub struct Buffer<T>(Rc<Cell<VecDeque<T>>>);

impl<T> Buffer<T> {
    /// What it holds; it is empty until [`put`](Self::put).
    pub(crate) fn take(&self) -> VecDeque<T> {
        self.0.take()
    }

    /// Puts it back, filled or not.
    pub(crate) fn put(&self, items: VecDeque<T>) {
        self.0.set(items);
    }

    /// Its first `count` items as a block, which puts it back.
    pub(crate) fn block(&self, count: usize) -> Batch<T> {
        Batch { items: self.0.take(), left: count, home: Rc::clone(&self.0) }
    }
}

impl<T> Default for Buffer<T> {
    fn default() -> Self {
        Self(Rc::default())
    }
}

impl<I: Iterator + Send> Feed for Shelf<I> {
    type Hand = Buffer<I::Item>;
    type Block = Batch<I::Item>;
    type Undo = Unsaved<I::Item>;

    fn len(&self) -> Option<usize> {
        None
    }

    fn claim(&self, hand: &mut Self::Hand, want: usize, unit: usize) -> Option<Range<usize>> {
        let mut buffer = hand.0.take();
        debug_assert!(buffer.is_empty(), "the last claim was worked through");
        let claimed = self.lock().fill(&mut buffer, size(want, unit));
        hand.0.set(buffer);
        claimed
    }

    unsafe fn block(&self, hand: &mut Self::Hand, positions: Range<usize>) -> Batch<I::Item> {
        hand.block(positions.len())
    }

    fn undo(&self) -> Unsaved<I::Item> {
        Unsaved::new()
    }

    fn close(&self) {
        let mut tap = self.lock();
        if matches!(tap.state, State::Open) {
            tap.state = State::Done;
        }
    }
}

impl<I: Iterator + Send> Lead<Shelf<I>> for Nothing {
    fn hint(&self, shelf: &Shelf<I>) -> Option<usize> {
        shelf.lock().iterator.size_hint().1
    }

    fn claim_alone(
        &mut self,
        shelf: &mut Shelf<I>,
        hand: &mut Buffer<I::Item>,
        want: usize,
        unit: usize,
    ) -> Option<Range<usize>> {
        let mut buffer = hand.0.take();
        let tap = shelf.tap.get_mut().unwrap_or_else(PoisonError::into_inner);
        let claimed = tap.fill(&mut buffer, size(want, unit));
        hand.0.set(buffer);
        claimed
    }
}

/// Some of a worker's buffered items, in order.
pub struct Batch<T> {
    /// The whole buffer; the block's own items come first.
    items: VecDeque<T>,
    /// How many of them belong to the block.
    left: usize,
    /// Where the buffer goes back to.
    home: Rc<Cell<VecDeque<T>>>,
}

impl<T> Iterator for Batch<T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        self.left = self.left.checked_sub(1)?;
        self.items.pop_front()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T> ExactSizeIterator for Batch<T> {}
impl<T> FusedIterator for Batch<T> {}

impl<T> Drop for Batch<T> {
    fn drop(&mut self) {
        // What the body did not take (it left the loop early).
        drop(self.items.drain(..self.left));
        self.home.set(std::mem::take(&mut self.items));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_before_a_panic_of_the_iterator_still_come() {
        let shelf = Pull((0..10).inspect(|&item| assert!(item < 5, "five"))).open(1).0;
        let mut hand = Buffer::default();
        assert_eq!(shelf.claim(&mut hand, 3, 1), Some(0..3));
        // SAFETY: the range just claimed.
        assert_eq!(unsafe { shelf.block(&mut hand, 0..3) }.collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(shelf.claim(&mut hand, 3, 1), Some(3..5));
        // SAFETY: the range just claimed.
        assert_eq!(unsafe { shelf.block(&mut hand, 3..5) }.collect::<Vec<_>>(), [3, 4]);
        let panic = catch_unwind(AssertUnwindSafe(|| shelf.claim(&mut hand, 3, 1)));
        assert_eq!(panic.unwrap_err().downcast_ref::<&str>(), Some(&"five"));
        assert_eq!(shelf.claim(&mut hand, 3, 1), None);
    }

    #[test]
    fn an_iterator_that_has_ended_is_not_asked_again() {
        let mut asked = 0;
        let shelf = Pull(std::iter::from_fn(|| {
            asked += 1;
            (asked < 3).then_some(asked)
        }))
        .open(1)
        .0;
        let mut hand = Buffer::default();
        assert_eq!(shelf.claim(&mut hand, 8, 1), Some(0..2));
        // SAFETY: the range just claimed.
        drop(unsafe { shelf.block(&mut hand, 0..2) });
        assert_eq!(shelf.claim(&mut hand, 8, 1), None);
        assert_eq!(shelf.claim(&mut hand, 8, 1), None);
        drop(shelf);
        assert_eq!(asked, 3);
    }

    #[test]
    fn a_block_left_early_drops_its_items_and_returns_the_buffer() {
        let shelf = Pull((0..8).map(|item| vec![item; 3])).open(1).0;
        let mut hand = Buffer::default();
        assert_eq!(shelf.claim(&mut hand, 8, 1), Some(0..8));
        // SAFETY: parts of the range just claimed, in order.
        let mut block = unsafe { shelf.block(&mut hand, 0..5) };
        assert_eq!(block.next(), Some(vec![0; 3]));
        drop(block);
        // SAFETY: parts of the range just claimed, in order.
        let block = unsafe { shelf.block(&mut hand, 5..8) };
        assert_eq!(block.map(|item| item[0]).collect::<Vec<_>>(), [5, 6, 7]);
    }

    #[test]
    fn units_are_whole_and_claims_bounded() {
        assert_eq!(size(1, 1), 1);
        assert_eq!(size(usize::MAX, 1), MOST);
        assert_eq!(size(5, 4), 8);
        assert_eq!(size(5, usize::MAX), usize::MAX);
    }
}
