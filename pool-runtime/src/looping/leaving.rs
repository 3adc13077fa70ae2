//! What workers hand in when they leave: what they counted, and the shares that they carried over
//! all of their claims, which are combined in any order.
//!
//! A worker that finds another one's share takes it out and combines the two without the lock, so
//! that W workers need about log W rounds.
//!
//! The end of a region of some microseconds is a matter of how often a line of the cache changes
//! hands, at 100 ns each. So the calling thread, which waits for the others anyway, puts its own
//! aside, where nobody else looks; and what the others write to is written to once as soon as they
//! come, so that it is theirs already when they leave.

use std::ops::AddAssign;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::merge::Kept;
use super::shares::Shares;
use crate::sync::unpoisoned;

/// Where workers hand in. `C`: what they count.
pub(super) struct Leaving<P: Shares, C> {
    caller: Mutex<Handed<P, C>>,
    helpers: Desk<P, C>,
}

/// Lines of the cache that are not the caller's while the region runs.
#[repr(align(64))]
struct Desk<P: Shares, C> {
    /// Somebody has come. Nobody reads it.
    expected: AtomicBool,
    handed: Mutex<Handed<P, C>>,
}

struct Handed<P: Shares, C> {
    counts: C,
    carried: Option<P::Held>,
    kept: Kept<P>,
}

impl<P: Shares, C: Default + AddAssign> Handed<P, C> {
    fn nothing() -> Mutex<Self> {
        Mutex::new(Self { counts: C::default(), carried: None, kept: Vec::new() })
    }
}

impl<P: Shares, C: Default + AddAssign> Leaving<P, C> {
    pub(super) fn new() -> Self {
        let helpers = Desk { expected: AtomicBool::new(false), handed: Handed::nothing() };
        Self { caller: Handed::nothing(), helpers }
    }

    /// A helper has come.
    pub(super) fn expect(&self) {
        self.helpers.expected.store(true, Relaxed);
    }

    /// Hands in what `count` says, what was kept, and what was carried, if anything was.
    pub(super) fn hand_in(
        &self,
        seed: &P::Seed,
        caller: bool,
        carried: Option<P::Held>,
        mut kept: Kept<P>,
        count: impl FnOnce(&mut C),
    ) {
        let place = if caller { &self.caller } else { &self.helpers.handed };
        let mut handed = unpoisoned(place.lock());
        count(&mut handed.counts);
        if handed.kept.is_empty() {
            handed.kept = kept;
        } else {
            handed.kept.append(&mut kept);
        }
        let Some(mut mine) = carried else { return };
        while let Some(other) = handed.carried.take() {
            drop(handed);
            P::carry(seed, &mut mine, other);
            handed = unpoisoned(place.lock());
        }
        handed.carried = Some(mine);
    }

    /// When all have left: what they counted together, what they carried, and what they kept.
    pub(super) fn into_parts(self) -> (C, [Option<P::Held>; 2], Kept<P>) {
        let caller = unpoisoned(self.caller.into_inner());
        let helpers = unpoisoned(self.helpers.handed.into_inner());
        let mut counts = caller.counts;
        counts += helpers.counts;
        let mut kept = caller.kept;
        kept.extend(helpers.kept);
        (counts, [caller.carried, helpers.carried], kept)
    }
}
