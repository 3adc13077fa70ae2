//! What is known of a place's runs of other lengths.
//!
//! What an item costs may depend on how many there are: the planes of a cube, the rows of a table
//! that is halved again and again. A loop that goes up and down such sizes would never be known: in
//! a multigrid cycle (items of 20 ns to 5 us) the runs of the largest size began alone, since the
//! small ones before them had taught that an item is cheap. So what was learned is kept by the
//! length's power of two, and taken out again when a run of that length comes.
//!
//! [`CLASSES`] powers of two have a place each; lengths 256 times as large share it.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

/// How many there are: three lines of the cache in all.
const CLASSES: usize = 8;

/// What is kept: `item_ps`, `alone_ps` and `ratio` of a [`Profile`](super::Profile).
#[derive(Debug)]
struct Kept {
    item_ps: AtomicU64,
    alone_ps: AtomicU64,
    ratio: AtomicU32,
}

/// What is kept of all lengths.
#[derive(Debug)]
#[repr(C, align(64))]
pub(super) struct Lengths([Kept; CLASSES]);

/// A few numbers: picoseconds an item, picoseconds an item alone, and the ratio.
pub(super) type Known = (u64, u64, u32);

/// The class of runs over so many items.
#[inline]
pub(super) fn class_of(items: u64) -> u32 {
    items.max(1).ilog2() % CLASSES as u32
}

impl Lengths {
    pub(super) const fn new() -> Self {
        const fn nothing() -> Kept {
            Kept {
                item_ps: AtomicU64::new(0),
                alone_ps: AtomicU64::new(0),
                ratio: AtomicU32::new(0),
            }
        }
        Self([
            nothing(),
            nothing(),
            nothing(),
            nothing(),
            nothing(),
            nothing(),
            nothing(),
            nothing(),
        ])
    }

    /// Puts away what is known of one class, and takes out what is known of another, if anything is.
    pub(super) fn exchange(&self, of: u32, known: Known, other: u32) -> Option<Known> {
        if let Some(place) = self.0.get(of as usize) {
            place.item_ps.store(known.0, Relaxed);
            place.alone_ps.store(known.1, Relaxed);
            place.ratio.store(known.2, Relaxed);
        }
        let place = self.0.get(other as usize)?;
        let item = place.item_ps.load(Relaxed);
        (item > 0).then(|| (item, place.alone_ps.load(Relaxed), place.ratio.load(Relaxed)))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::time::Duration;

    use super::super::{Decision, Profile};
    use super::*;
    use crate::pool::Pool;

    #[test]
    fn classes_are_powers_of_two() {
        assert_eq!([0, 1, 2, 3, 4, 127, 128, 256].map(class_of), [0, 0, 1, 1, 2, 6, 7, 0]);
        assert_eq!(class_of(u64::MAX), 7);
    }

    /// The rows of a table, and of a smaller and a smaller one.
    #[test]
    fn small_runs_do_not_teach_what_an_item_of_a_large_one_costs() {
        let (pool, profile) = (Pool::new(2), Profile::new());
        profile.decide(&pool, Some(64), 2, false);
        profile.learned(64, Duration::from_micros(6_400));
        let (large, mut small) = (Decision::Open, Decision::Open);
        for _ in 0..50 {
            small = profile.decide(&pool, Some(4), 2, false);
            profile.learned(4, Duration::from_nanos(800));
        }
        assert_ne!(small, Decision::Open, "it is known by and by");
        for _ in 0..3 {
            assert_eq!(profile.decide(&pool, Some(100), 2, false), large);
            assert_eq!(profile.item_cost(), Some(100_000.0));
            assert_ne!(profile.decide(&pool, Some(5), 2, false), Decision::Open);
            assert!(profile.item_cost().is_some_and(|cost| cost < 300.0));
        }
    }

    #[test]
    fn of_a_new_length_as_much_is_thought_as_of_the_last_one() {
        let (pool, profile) = (Pool::new(2), Profile::new());
        profile.decide(&pool, Some(64), 2, false);
        profile.learned(64, Duration::from_micros(64));
        profile.decide(&pool, Some(1_000), 2, false);
        assert_eq!(profile.item_cost(), Some(1_000.0));
    }
}
