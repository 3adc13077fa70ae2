//! The calls that wait, in order, in blocks.
//!
//! In one ring, a worker would have to move its share entry by entry, out of memory that is in the
//! caller's cache, under the lock (measured: 6 us for 256, so that callers fell asleep at the
//! door). A block changes hands as a whole. Blocks are used again, so in steady state there is no
//! allocation; none is larger than what once waited in it.

use std::collections::VecDeque;
use std::mem;

/// The most calls in a block.
pub(super) const BLOCK: usize = 256;

/// How many empty blocks are kept.
const KEEP: usize = 256;

pub(super) struct Line<E> {
    /// The first calls; none of these blocks is empty.
    full: VecDeque<VecDeque<E>>,
    /// The calls after these.
    last: VecDeque<E>,
    len: usize,
    empty: Vec<VecDeque<E>>,
}

impl<E> Line<E> {
    pub(super) const fn new() -> Self {
        Self { full: VecDeque::new(), last: VecDeque::new(), len: 0, empty: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn push_back(&mut self, entry: E) {
        if self.last.len() >= BLOCK {
            self.begin_block();
        }
        self.len += 1;
        self.last.push_back(entry);
    }

    #[cold]
    fn begin_block(&mut self) {
        let mut block = self.empty_block();
        // The one before it was filled, so this one may be.
        block.reserve_exact(BLOCK);
        self.full.push_back(mem::replace(&mut self.last, block));
    }

    pub(super) fn pop_front(&mut self) -> Option<E> {
        let first = self.full.front_mut().unwrap_or(&mut self.last);
        let entry = first.pop_front()?;
        self.len -= 1;
        if first.is_empty() {
            self.drop_first();
        }
        Some(entry)
    }

    /// Moves up to `most` of the first calls into `hand`, which is empty; says how many.
    pub(super) fn deal(&mut self, hand: &mut VecDeque<E>, most: usize) -> usize {
        let first = self.full.front_mut().unwrap_or(&mut self.last);
        let count = first.len().min(most);
        if count < first.len() {
            hand.extend(first.drain(..count));
        } else {
            mem::swap(first, hand);
            self.drop_first();
        }
        self.len -= count;
        count
    }

    /// Moves the calls of a block behind all others; says how many. The block is empty then.
    pub(super) fn append(&mut self, block: &mut VecDeque<E>) -> usize {
        let count = block.len();
        self.len += count;
        if !self.last.is_empty() && self.last.len() + count <= BLOCK {
            self.last.append(block);
        } else if count > 0 {
            if !self.last.is_empty() {
                let empty = self.empty_block();
                self.full.push_back(mem::replace(&mut self.last, empty));
            }
            mem::swap(&mut self.last, block);
        }
        count
    }

    /// Moves the first `count` calls to the end of `out`.
    pub(super) fn take(&mut self, count: usize, out: &mut Vec<E>) {
        let mut left = count.min(self.len);
        self.len -= left;
        while left > 0 {
            let first = self.full.front_mut().unwrap_or(&mut self.last);
            let some = first.len().min(left);
            out.extend(first.drain(..some));
            left -= some;
            if first.is_empty() {
                self.drop_first();
            }
        }
    }

    pub(super) fn retain(&mut self, mut keeps: impl FnMut(&E) -> bool) {
        for block in &mut self.full {
            block.retain(&mut keeps);
        }
        self.full.retain(|block| !block.is_empty());
        self.last.retain(keeps);
        self.len = self.full.iter().map(VecDeque::len).sum::<usize>() + self.last.len();
    }

    /// How many there are of which `is` is true.
    pub(super) fn count_if(&self, is: impl Fn(&E) -> bool) -> usize {
        self.full.iter().flatten().chain(&self.last).filter(|entry| is(entry)).count()
    }

    /// All calls; none is left.
    pub(super) fn take_all(&mut self) -> impl Iterator<Item = E> + use<E> {
        self.len = 0;
        let (full, last) = (mem::take(&mut self.full), mem::take(&mut self.last));
        full.into_iter().flatten().chain(last)
    }

    /// For some calls.
    pub(super) fn empty_block(&mut self) -> VecDeque<E> {
        self.empty.pop().unwrap_or_default()
    }

    /// To be used again.
    pub(super) fn keep(&mut self, empty: VecDeque<E>) {
        if self.empty.len() < KEEP && empty.capacity() > 0 {
            self.empty.push(empty);
        }
    }

    /// The first block is empty. (The last one stays where it is.)
    fn drop_first(&mut self) {
        if let Some(empty) = self.full.pop_front() {
            self.keep(empty);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn line(calls: usize) -> Line<usize> {
        let mut line = Line::new();
        (0..calls).for_each(|n| line.push_back(n));
        line
    }

    #[test]
    fn calls_come_out_in_order_however_they_are_taken() {
        let mut line = line(3 * BLOCK);
        let mut seen = Vec::new();
        let mut hand = VecDeque::new();
        let mut step = 0;
        while !line.is_empty() {
            step += 1;
            let before = line.len();
            match step % 3 {
                0 => seen.extend(line.pop_front()),
                1 => line.take(70, &mut seen),
                _ => {
                    let count = line.deal(&mut hand, if step % 2 == 0 { 30 } else { usize::MAX });
                    assert_eq!(count, hand.len());
                    assert!(count > 0);
                    seen.extend(hand.drain(..));
                }
            }
            assert!(line.len() < before);
        }
        assert_eq!(seen, (0..3 * BLOCK).collect::<Vec<_>>());
        assert!(line.pop_front().is_none());
        line.push_back(7);
        assert_eq!((line.len(), line.pop_front()), (1, Some(7)));
    }

    #[test]
    fn what_is_void_goes_and_the_rest_stays_in_order() {
        let mut line = line(2 * BLOCK + 1);
        line.retain(|n| (BLOCK / 2..BLOCK).contains(n) || *n == 2 * BLOCK);
        assert_eq!(line.len(), BLOCK / 2 + 1);
        line.push_back(usize::MAX);
        let left: Vec<_> = line.take_all().collect();
        assert_eq!(left[..BLOCK / 2], (BLOCK / 2..BLOCK).collect::<Vec<_>>());
        assert_eq!(left[BLOCK / 2..], [2 * BLOCK, usize::MAX]);
        assert!(line.is_empty());
    }

    #[test]
    fn a_block_that_was_dealt_is_used_again() {
        let mut line = line(BLOCK);
        let mut hand = VecDeque::new();
        line.deal(&mut hand, BLOCK);
        let first = hand.as_slices().0.as_ptr();
        hand.clear();
        (0..BLOCK).for_each(|n| line.push_back(n));
        line.deal(&mut hand, BLOCK);
        hand.clear();
        (0..BLOCK).for_each(|n| line.push_back(n));
        line.deal(&mut hand, BLOCK);
        assert_eq!(hand.as_slices().0.as_ptr(), first);
    }
}
