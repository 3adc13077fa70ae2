//! The producer's seat among those who run the body, while it runs items straight from the source.
//!
//! It has a permit then, like any other, but for as long as it asks the source it is in no body, and
//! the source may stall: a worker that needs a permit may take this one. The producer says of each
//! item when it asks for it and when it is back, and then looks whether its permit is *wanted*. A
//! worker says that it wants it, and then looks whether the producer is still asking. That is
//! Dekker's hand-shake (see `tell`), but the producer does it for every item, and a fence there
//! would cost as much as many a body. So it has none, and the worker waits instead: it takes the
//! permit when the producer has been asking for the same item for [`GRACE`] since it was told. What
//! a core writes is seen by the others, and what it reads is what they wrote, some nanoseconds ago;
//! not a quarter of a millisecond. (The model has no time, and the fence instead. Were it to fail,
//! one body too many would run, and nothing worse.)
//!
//! Who has the permit is said under a lock, which the producer takes only when it is wanted.

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;

use super::handover::MODEL;
use crate::sync::{AtomicUsize, Mutex, fence, lock};

/// How long the producer must have been asking for an item for its permit to be taken.
const GRACE: Duration = Duration::from_micros(250);

/// What the producer finds when the source has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Back {
    /// Its permit is its own.
    Seated,
    /// Its permit is gone.
    Taken,
    /// The workers are about to run out of items.
    Hurried,
    /// The loop has ended.
    Closed,
}

/// The permit is wanted.
const WANTED: usize = 1;
/// The producer is to fill the queue.
const HURRY: usize = 2;
/// Nothing is handed out any more.
const CLOSED: usize = 4;

/// See the module's page.
#[derive(Debug)]
pub(super) struct Seat {
    /// How often the producer has gone to the source or come back: odd, it is there.
    turns: CachePadded<AtomicUsize>,
    /// What the producer is told: [`WANTED`], [`HURRY`], [`CLOSED`].
    told: CachePadded<AtomicUsize>,
    claim: Mutex<Claim>,
}

#[derive(Debug, Default)]
struct Claim {
    /// The turn in which the permit is wanted, and since when.
    wanted: Option<(usize, Instant)>,
    taken: bool,
}

impl Seat {
    pub(super) fn new() -> Self {
        Self {
            turns: CachePadded::new(AtomicUsize::new(0)),
            told: CachePadded::new(AtomicUsize::new(0)),
            claim: Mutex::new(Claim::default()),
        }
    }

    /// The producer leaves the body to ask the source.
    #[inline]
    pub(super) fn ask(&self) {
        // Relaxed: the producer alone writes it.
        let turn = self.turns.load(Relaxed);
        self.turns.store(turn + 1, Release);
    }

    /// How often it has gone or come back.
    pub(super) fn turns(&self) -> usize {
        self.turns.load(Relaxed)
    }

    /// The source has answered.
    #[inline]
    pub(super) fn back(&self) -> Back {
        self.ask();
        if MODEL {
            fence(strength());
        }
        match self.told.load(Acquire) {
            0 => Back::Seated,
            told => self.back_to(told),
        }
    }

    /// It has been told something.
    #[cold]
    fn back_to(&self, told: usize) -> Back {
        if told & WANTED != 0 {
            let mut claim = lock(&self.claim);
            self.told.fetch_and(!WANTED, Relaxed);
            claim.wanted = None;
            if std::mem::take(&mut claim.taken) {
                return Back::Taken;
            }
        }
        match told {
            _ if told & CLOSED != 0 => Back::Closed,
            _ if told & HURRY != 0 => Back::Hurried,
            _ => Back::Seated,
        }
    }

    /// The producer begins to run items: nobody has bidden it hurry yet. Called, as [`hurry`] is,
    /// under the queue's lock.
    ///
    /// [`hurry`]: Self::hurry
    pub(super) fn sit_down(&self) {
        self.told.fetch_and(!HURRY, Relaxed);
    }

    /// The producer is to fill the queue.
    pub(super) fn hurry(&self) {
        self.told.fetch_or(HURRY, Relaxed);
    }

    /// Takes the producer's permit, if it asks the source and has done so for long enough; else it
    /// is wanted. Not to be called once it is taken.
    pub(super) fn take(&self) -> bool {
        let mut claim = lock(&self.claim);
        if self.told.load(Relaxed) & WANTED == 0 {
            self.told.fetch_or(WANTED, Relaxed);
            // For the model, and for what the producer reads in time.
            fence(strength());
        }
        let turn = self.turns.load(Acquire);
        if turn.is_multiple_of(2) {
            claim.wanted = None;
            return false;
        }
        let since = match claim.wanted {
            Some((wanted, since)) if wanted == turn => since,
            _ => Instant::now(),
        };
        claim.wanted = Some((turn, since));
        claim.taken = MODEL || since.elapsed() >= GRACE;
        claim.taken
    }

    /// Nothing is handed out any more.
    pub(super) fn close(&self) {
        self.told.fetch_or(CLOSED, Relaxed);
    }

    #[inline]
    pub(super) fn is_closed(&self) -> bool {
        // Relaxed: set under the lock, where it matters.
        self.told.load(Relaxed) & CLOSED != 0
    }
}

/// How strong the fence is between telling and looking.
fn strength() -> std::sync::atomic::Ordering {
    #[cfg(all(loom, test))]
    return super::handover::models::strength();
    #[cfg(not(all(loom, test)))]
    std::sync::atomic::Ordering::SeqCst
}
