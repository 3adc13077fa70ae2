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

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::merge::Kept;
use super::shares::Shares;
use crate::report::Region;
use crate::sync::unpoisoned;

/// Where workers hand in.
pub(super) struct Leaving<P: Shares> {
    caller: Mutex<Handed<P>>,
    helpers: Desk<P>,
}

/// Lines of the cache that are not the caller's while the region runs.
#[repr(align(64))]
struct Desk<P: Shares> {
    /// Somebody has come. Nobody reads it.
    expected: AtomicBool,
    handed: Mutex<Handed<P>>,
}

struct Handed<P: Shares> {
    region: Region,
    carried: Option<P::Held>,
    kept: Kept<P>,
}

impl<P: Shares> Handed<P> {
    fn nothing() -> Mutex<Self> {
        Mutex::new(Self { region: Region::default(), carried: None, kept: Vec::new() })
    }
}

impl<P: Shares> Leaving<P> {
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
        count: impl FnOnce(&mut Region),
    ) {
        let place = if caller { &self.caller } else { &self.helpers.handed };
        let mut handed = unpoisoned(place.lock());
        count(&mut handed.region);
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
    pub(super) fn into_parts(self) -> (Region, [Option<P::Held>; 2], Kept<P>) {
        let caller = unpoisoned(self.caller.into_inner());
        let helpers = unpoisoned(self.helpers.handed.into_inner());
        let mut region = caller.region;
        if helpers.region.counts.workers > 0 {
            region.add(&helpers.region);
        }
        let mut kept = caller.kept;
        kept.extend(helpers.kept);
        (region, [caller.carried, helpers.carried], kept)
    }
}
