//! Claims that keep their place: each worker has a part of the positions, the same one whenever a
//! loop of that length runs.
//!
//! A numerical code is many short loops over the same arrays. Where workers claim from one common
//! place, who gets which stretch is chance, and its data lie in another core's cache as often as
//! not: an update of three arrays of 7,000 floats took 15 to 85 us, alone 12. So worker `k` of `n`
//! starts at `k / n`. It takes half of what is left of its part at a time, from the front; when it
//! is through, half of what is left of the largest other part, from the back. Then neither uneven
//! items nor a worker that never comes keep anybody waiting, and all but the last items are where
//! they were.
//!
//! A part is one word: where it begins and where it ends now. The begin only grows, the end only
//! shrinks, and each claim moves one of them by a compare-and-swap of both, so claims are disjoint.
//!
//! Claims are not in order, as those of a [`Feed`] are. So this is for loops that only a panic ends
//! early: who meets one goes on with what lies before it, as do the others, until nothing is left.
//! What is deposited in order waits for all parts before, so it is for loops of few claims, too.

use std::ops::Range;
use std::sync::atomic::Ordering::Relaxed;

use super::drive::Task;
use super::merge::ASIDE;
use super::shares::Shares;
use crate::prefetch::for_writing;
use crate::region::run_at_once;
use crate::source::Feed;
use crate::sync::AtomicU64;

/// How many parts there can be. With more workers at once than that, claims are in order.
const MOST: usize = 8;

/// Loops that are thought to keep workers busy for longer in all, in nanoseconds, claim in order:
/// what they touch is not in one core's own cache anyway.
const SHORT: f64 = 2_000_000.0;

/// What is left of one part.
#[derive(Debug)]
#[repr(align(64))]
struct Part(AtomicU64);

/// What is left of the parts.
#[derive(Debug)]
pub(super) struct Places {
    parts: [Part; MOST],
    /// How many of them there are.
    number: usize,
    /// Claims begin and end at multiples of this, the end of the loop excepted.
    unit: usize,
}

fn pack(positions: &Range<usize>) -> u64 {
    (positions.start as u64) << 32 | positions.end as u64
}

fn unpack(word: u64) -> Range<usize> {
    (word >> 32) as usize..(word & u64::from(u32::MAX)) as usize
}

impl Places {
    /// `len` positions in `number` parts.
    fn new(len: usize, number: usize, unit: usize) -> Self {
        let units = len.div_ceil(unit);
        let border = |part: usize| (units * part / number * unit).min(len);
        let part = |k| if k < number { border(k)..border(k + 1) } else { len..len };
        Self { parts: std::array::from_fn(|k| Part(AtomicU64::new(pack(&part(k))))), number, unit }
    }

    /// For all of a loop's positions, which it claims, if that suits the loop.
    pub(super) fn of<F: Feed, P: Shares>(
        task: &Task<'_>,
        feed: &F,
        unit: usize,
        leaves: bool,
    ) -> Option<Self> {
        let len = feed.len().filter(|&len| F::CUT && u32::try_from(len).is_ok())?;
        let number = task.threads.min(run_at_once());
        let few = !P::DEPOSITS || len.div_ceil(unit) <= ASIDE;
        let plain = !leaves && !P::ONE_BY_ONE && task.deadline.is_none();
        let cost = task.site.profile().item_cost()?;
        if number > MOST || !few || !plain || cost * len as f64 > SHORT {
            return None;
        }
        let all = feed.claim(&mut F::Hand::default(), len, 1)?;
        (all == (0..len)).then(|| Self::new(len, number, unit))
    }

    /// The worker whose part this is will claim soon.
    #[inline]
    pub(super) fn expect(&self, part: usize) {
        for_writing(&raw const self.parts[part]);
    }

    /// Which part is worker `k`'s. The calling thread has one for itself.
    pub(super) fn part_of(&self, k: usize) -> usize {
        match k {
            0 => 0,
            k => 1 + (k - 1) % (self.number - 1).max(1),
        }
    }

    /// Claims for the worker whose part is `own`, of what is left of a part as much as `want` says.
    /// `None`: nothing is left anywhere.
    #[inline]
    pub(super) fn claim(&self, own: usize, want: impl Fn(usize) -> usize) -> Option<Range<usize>> {
        self.take(own, &want, false).or_else(|| self.steal(&want))
    }

    #[cold]
    fn steal(&self, want: &impl Fn(usize) -> usize) -> Option<Range<usize>> {
        loop {
            let left = |part: &usize| unpack(self.parts[*part].0.load(Relaxed)).len();
            let richest = (0..self.number).max_by_key(left)?;
            if left(&richest) == 0 {
                return None;
            }
            let taken = self.take(richest, want, true);
            if taken.is_some() {
                return taken;
            }
        }
    }

    /// Takes from the front of a part, or from its back.
    // Relaxed, as in `source::cursor`: positions carry no data.
    #[inline]
    fn take(
        &self,
        part: usize,
        want: &impl Fn(usize) -> usize,
        from_back: bool,
    ) -> Option<Range<usize>> {
        let part = &self.parts[part].0;
        let mut word = part.load(Relaxed);
        loop {
            let Range { start, end } = unpack(word);
            if start >= end {
                return None;
            }
            let size = want(end - start).clamp(1, end - start);
            // To the next border.
            let size = if self.unit == 1 { size } else { size.next_multiple_of(self.unit) };
            let (taken, rest) = if size >= end - start {
                (start..end, end..end)
            } else if from_back {
                let middle = (end - size).next_multiple_of(self.unit).max(start);
                (middle..end, start..middle)
            } else {
                (start..start + size, start + size..end)
            };
            match part.compare_exchange_weak(word, pack(&rest), Relaxed, Relaxed) {
                Ok(_) => return Some(taken),
                Err(now) => word = now,
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn all(places: &Places, owns: &[usize], want: impl Fn(usize) -> usize) -> Vec<Range<usize>> {
        let mut claims = Vec::new();
        for turn in 0.. {
            match places.claim(owns[turn % owns.len()], &want) {
                Some(claim) => claims.push(claim),
                None => break,
            }
        }
        claims
    }

    #[test]
    fn each_position_is_claimed_once_and_borders_are_those_of_units() {
        for (len, number, unit) in [(0, 2, 1), (1, 2, 1), (7, 2, 3), (1000, 3, 16), (1001, 8, 64)] {
            for owns in [&[0][..], &[1, 0], &[number - 1], &[0, 0, 1]] {
                for size in [1, 5, 1000] {
                    let places = Places::new(len, number, unit);
                    let mut claims = all(&places, owns, |left| (left / 2).min(size));
                    claims.sort_by_key(|claim| claim.start);
                    let mut next = 0;
                    for claim in claims {
                        assert_eq!((claim.start, claim.start % unit), (next, 0));
                        assert!(claim.end > claim.start);
                        next = claim.end;
                    }
                    assert_eq!(next, len);
                }
            }
        }
    }

    #[test]
    fn a_worker_begins_where_it_began_before_and_helps_from_the_back() {
        let places = Places::new(1000, 2, 1);
        let half = |left: usize| left / 2;
        assert_eq!(places.claim(places.part_of(1), half), Some(500..750));
        assert_eq!(places.claim(places.part_of(0), half), Some(0..250));
        assert_eq!(places.claim(0, |left| left), Some(250..500));
        assert_eq!(places.claim(0, half), Some(875..1000));
        assert_eq!(places.claim(1, half), Some(750..812));
    }

    #[test]
    fn the_calling_thread_has_a_part_for_itself() {
        let parts = |number, workers: usize| -> Vec<usize> {
            let places = Places::new(100, number, 1);
            (0..workers).map(|k| places.part_of(k)).collect()
        };
        assert_eq!(parts(2, 4), [0, 1, 1, 1]);
        assert_eq!(parts(4, 6), [0, 1, 2, 3, 1, 2]);
    }
}

#[cfg(all(test, loom))]
mod models {
    use std::sync::Arc;

    use super::*;

    /// The owner of a part and a worker that has none claim until nothing is left.
    #[test]
    fn claims_from_both_ends_are_disjoint_and_complete() {
        loom::model(|| {
            let places = Arc::new(Places::new(4, 1, 1));
            let other = Arc::clone(&places);
            let thief = loom::thread::spawn(move || {
                std::iter::from_fn(|| other.steal(&|_| 1)).flatten().collect::<Vec<_>>()
            });
            let own = std::iter::from_fn(|| places.claim(0, |left| left / 2)).flatten();
            let mut seen: Vec<usize> = own.collect();
            seen.extend(thief.join().unwrap());
            seen.sort_unstable();
            assert_eq!(seen, [0, 1, 2, 3]);
        });
    }
}
