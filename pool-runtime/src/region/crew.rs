//! A few slots and the helpers that look after them.
//!
//! A helper is a run of [`Crew::serve`] on some thread. It joins every region it finds in the
//! slots, looks round for a few microseconds more (so that regions back to back need no system
//! call), signs off, looks round once more, and returns. Who opens a region calls helpers only for
//! what those that linger do not cover, at most [`FIRST`] of them; a helper that joins calls the
//! next ones.
//!
//! **No region is overlooked.** Opening stores the tickets and then reads who is about; signing
//! off takes oneself out of who is about and then reads the tickets. Between either pair stands a
//! sequentially consistent fence, so at least one side sees the other (Dekker).
//!
//! **More helpers than cores** are meant for bodies that block, and only get in the way of bodies
//! that compute. So helpers beyond the cores come late: one of them is called to sleep for the
//! region's `patience`; if the same region is still open then, it joins, and calls the others.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;

use super::gauge::Gauge;
use super::slot::{Orders, Proven, Slot};
use crate::clock::nanos;
use crate::cores::cores;
use crate::report::woke;
use crate::sync::{AtomicUsize, fence, spin_loop};

/// Regions that one crew can have open at a time; who finds no slot runs alone.
const SLOTS: usize = if MODEL { 1 } else { 4 };

/// How long a helper without work looks round before it returns its thread: as long as the region
/// that it left, within these limits. So it is still there when loops of 50 us follow each other
/// with a little in between, yet never burns more than it did. Longer, after a longer region, where
/// it was missed before (see [`Gauge`]): the call costs more than the loop's other overheads together.
const LINGER: Duration = if MODEL { Duration::ZERO } else { Duration::from_micros(12) };
const LINGER_LONG: Duration = if MODEL { Duration::ZERO } else { Duration::from_micros(60) };

/// How often it looks at the slots between two looks at the clock, and how many pauses lie between
/// two looks at the slots.
const LOOKS: u32 = if MODEL { 1 } else { 4 };
const PAUSES: u32 = if MODEL { 0 } else { 2 };

/// How many helpers a thread calls itself; those that come call on. Calling costs the caller a
/// system call each.
const FIRST: usize = 2;

/// How often a late helper finds other regions than before, at most, before it goes away.
const ROUNDS: usize = 64;

/// How much longer than its patience it sleeps in between, at most, as a power of two.
const LONGER: usize = 4;

/// Under loom there is no time: nobody lingers, and patience is over at once.
const MODEL: bool = cfg!(all(loom, test));

/// No late helper; one was called; one sleeps.
const NONE: usize = 0;
const CALLED: usize = 1;
const ASLEEP: usize = 2;

/// Slots, and how many helpers are about.
pub(crate) struct Crew<O: Orders = Proven> {
    slots: [CachePadded<Slot<O>>; SLOTS],
    /// How many helpers there can be at a time: the number of threads behind this crew.
    size: AtomicUsize,
    /// Helpers called that have not signed off. At most `size`.
    signed_on: CachePadded<AtomicUsize>,
    /// Those of them that have nothing to do just now.
    lingering: CachePadded<AtomicUsize>,
    /// How many helpers come at once; the others come late.
    prompt: AtomicUsize,
    /// Whether a late helper is about: `NONE`, `CALLED` or `ASLEEP`.
    late: AtomicUsize,
    /// Regions opened so far, if there may be late helpers: tells one from the next.
    opened: AtomicUsize,
    /// How long late helpers stay away from the current region.
    patience_ns: AtomicU64,
    gauge: Arc<Gauge>,
}

/// How many threads of a region run at once: as many as there are cores, at least two.
pub(crate) fn run_at_once() -> usize {
    prompt() + 1
}

/// Helpers that the cores beside the caller's can run.
fn prompt() -> usize {
    if MODEL {
        return 1;
    }
    (cores() - 1).max(1)
}

impl<O: Orders> Crew<O> {
    /// A crew of `size` helpers, none of them called yet.
    pub(crate) fn new(size: usize, gauge: Arc<Gauge>) -> Self {
        Self {
            slots: std::array::from_fn(|_| CachePadded::new(Slot::new())),
            size: AtomicUsize::new(size),
            signed_on: CachePadded::new(AtomicUsize::new(0)),
            lingering: CachePadded::new(AtomicUsize::new(0)),
            prompt: AtomicUsize::new(prompt()),
            late: AtomicUsize::new(NONE),
            opened: AtomicUsize::new(0),
            patience_ns: AtomicU64::new(0),
            gauge,
        }
    }

    /// How many helpers there can be.
    pub(crate) fn size(&self) -> usize {
        self.size.load(Ordering::Relaxed)
    }

    /// There can be only `size` helpers after all. Before the first region.
    pub(crate) fn shrink(&self, size: usize) {
        self.size.store(size, Ordering::Relaxed);
    }

    /// Whether helpers would have to be called for a region, which takes a while.
    #[inline]
    pub(crate) fn helpers_far(&self) -> bool {
        // In this order: helpers that come and go write to `lingering` twice a region.
        self.about() < self.size().min(self.prompt.load(Ordering::Relaxed))
            && (self.signed_on.load(Ordering::Relaxed) == 0
                || self.lingering.load(Ordering::Relaxed) == 0)
    }

    /// Runs `body(0)` here and `body(k)` on up to `helpers` helpers, with distinct `k` in
    /// `1..=helpers`, and returns when all of them have left. Without a free slot, alone.
    /// Helpers beyond the cores come after `patience`.
    pub(crate) fn run<F: Fn(usize) + Sync>(
        &self,
        helpers: usize,
        patience: Duration,
        muster: impl Fn(usize),
        body: &F,
    ) {
        let opened = |helpers| {
            if self.size() > prompt() {
                self.opened.fetch_add(1, Ordering::Relaxed);
                self.patience_ns.store(nanos(patience), Ordering::Relaxed);
                let at_once = if patience.is_zero() { usize::MAX } else { prompt() };
                self.prompt.store(at_once, Ordering::Relaxed);
            }
            self.call(helpers, false, &muster);
        };
        self.open(helpers, opened, body);
    }

    /// [`run`](Self::run) without a call: with the helpers that are about, if any.
    pub(crate) fn run_near<F: Fn(usize) + Sync>(&self, helpers: usize, body: &F) {
        self.open(helpers, |_| {}, body);
    }

    /// Opens a region in a free slot; `opened` is told for how many helpers.
    fn open<F: Fn(usize) + Sync>(&self, helpers: usize, opened: impl FnOnce(usize), body: &F) {
        let helpers = helpers.min(self.size());
        let slot = if helpers == 0 { None } else { self.slots.iter().find_map(|s| s.claim()) };
        match slot {
            Some(slot) => slot.run(helpers, || opened(helpers), body),
            None => body(0),
        }
    }

    /// Calls helpers for a region just opened, or just joined, that `wanted` may still join.
    fn call(&self, wanted: usize, joined: bool, muster: &impl Fn(usize)) {
        fence(O::FENCE);
        let size = self.size();
        if size <= prompt() && self.signed_on.load(Ordering::Relaxed) >= size {
            // All are about. (`lingering` is not looked at: its line of the cache is theirs.)
            return;
        }
        let lingering = self.lingering.load(Ordering::Relaxed);
        let wanted = wanted.saturating_sub(lingering);
        if wanted == 0 {
            return;
        }
        let about = self.about();
        let at_once = self.prompt.load(Ordering::Relaxed).saturating_sub(about);
        // Of those about, one that calls because it has joined is not coming any more.
        let few = joined || wanted > about;
        if at_once > 0 {
            let number = self.sign_on(wanted.min(at_once).min(FIRST));
            if number > 0 {
                woke(number);
                self.gauge.calling(|| muster(number));
            }
        } else if lingering == 0
            && few
            && self.size() > prompt()
            && self.late.load(Ordering::Relaxed) == NONE
        {
            // With somebody lingering, or about to, leave it to who comes: this may be the caller.
            self.call_late(muster);
        }
    }

    /// Calls a late helper, if there is none yet.
    fn call_late(&self, muster: &impl Fn(usize)) {
        let first = self.late.compare_exchange(NONE, CALLED, Ordering::Relaxed, Ordering::Relaxed);
        if first.is_err() {
            return;
        }
        if self.sign_on(1) == 1 {
            woke(1);
            muster(1);
        } else {
            self.late.store(NONE, Ordering::Relaxed);
        }
    }

    /// Signs on up to `number` helpers; returns how many that made.
    fn sign_on(&self, number: usize) -> usize {
        let mut now = self.signed_on.load(Ordering::Relaxed);
        loop {
            let more = number.min(self.size().saturating_sub(now));
            if more == 0 {
                return 0;
            }
            match self.signed_on.compare_exchange_weak(
                now,
                now + more,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return more,
                Err(other) => now = other,
            }
        }
    }

    /// What a helper does, from the call until its thread is given back. Does not panic.
    pub(crate) fn serve(&self, muster: impl Fn(usize)) {
        let late = self
            .late
            .compare_exchange(CALLED, ASLEEP, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok();
        if late {
            self.wait_for_a_long_region();
        } else {
            self.gauge.came();
        }
        let came = Instant::now();
        let mut joined = self.help(&muster, &|| {}).then_some(came);
        loop {
            while self.help(&muster, &|| {}) || self.linger(&muster, &mut joined) {}
            self.signed_on.fetch_sub(1, Ordering::Relaxed);
            fence(O::FENCE);
            if !self.wanted() || self.sign_on(1) == 0 {
                return;
            }
        }
    }

    /// A late helper's wait, until a region has been open for its patience, or none is. While short
    /// regions come and go it looks less and less often, since it takes a core to look: two looks,
    /// one patience apart, tell whether a region stays.
    fn wait_for_a_long_region(&self) {
        let sleep = |patience: u64| {
            if !MODEL && patience > 0 {
                thread::sleep(Duration::from_nanos(patience));
            }
        };
        for round in 0..ROUNDS {
            let opened = self.opened.load(Ordering::Relaxed);
            sleep(self.patience_ns.load(Ordering::Relaxed));
            let moved = self.opened.load(Ordering::Relaxed) != opened;
            if !moved {
                if self.wanted() {
                    // It blocks, or is long enough for all: everybody come.
                    self.prompt.store(usize::MAX, Ordering::Relaxed);
                }
                break;
            }
            sleep(self.patience_ns.load(Ordering::Relaxed) << round.min(LONGER));
        }
        self.late.store(NONE, Ordering::Relaxed);
    }

    /// What a helper does that finds itself unable to help: signs off.
    #[cfg(feature = "rayon")]
    pub(crate) fn decline(&self) {
        self.signed_on.fetch_sub(1, Ordering::Relaxed);
    }

    /// Joins a region, if one wants help; calls `joined` when it has.
    fn help(&self, muster: &impl Fn(usize), joined: &impl Fn()) -> bool {
        self.slots.iter().any(|slot| {
            slot.help(|more| {
                joined();
                if more > 0 {
                    self.call(more, true, muster);
                }
            })
        })
    }

    /// Whether some region wants help.
    fn wanted(&self) -> bool {
        self.slots.iter().any(|slot| slot.wants_help())
    }

    /// Whether more helpers are about than cores beside the caller's. Then somebody else needs this
    /// one's core: to go on with a body, or to leave it.
    fn is_crowded(&self) -> bool {
        !MODEL && self.size() > prompt() && self.about() > prompt()
    }

    /// How many helpers are about, awake or about to wake: the late one is neither.
    fn about(&self) -> usize {
        let late = usize::from(self.late.load(Ordering::Relaxed) != NONE);
        self.signed_on.load(Ordering::Relaxed).saturating_sub(late)
    }

    /// Looks round for a while, and joins a region if one comes to want help. More helpers than
    /// cores do not look round at a time. `joined`: when it joined the last region, about; `None`
    /// if it was just called: then the run that it is to help after may be a long one.
    fn linger(&self, muster: &impl Fn(usize), joined: &mut Option<Instant>) -> bool {
        if self.is_crowded() || self.lingering.load(Ordering::Relaxed) >= prompt() {
            return false;
        }
        self.lingering.fetch_add(1, Ordering::Relaxed);
        // First join, then say so: the region's caller is at work already.
        let counted = Cell::new(true);
        let busy = || {
            if counted.replace(false) {
                self.lingering.fetch_sub(1, Ordering::Relaxed);
            }
        };
        let since = Instant::now();
        let patience = joined.map_or(LINGER_LONG, |joined| {
            let helped = since - joined;
            let missed = Duration::from_nanos(self.gauge.linger_ns(nanos(helped)));
            helped.clamp(LINGER, LINGER_LONG).max(if MODEL { Duration::ZERO } else { missed })
        });
        let mut now = since;
        loop {
            for _ in 0..LOOKS {
                if self.help(muster, &busy) {
                    *joined = Some(now);
                    return true;
                }
                for _ in 0..PAUSES {
                    spin_loop();
                }
            }
            now = Instant::now();
            *joined = Some(now);
            if self.is_crowded() {
                break;
            }
            if now - since >= patience {
                self.gauge.gave_up(nanos(now - since));
                break;
            }
        }
        busy();
        false
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_helper_looks_round_unless_another_one_needs_its_core() {
        let crew = Crew::<Proven>::new(prompt() + 2, Arc::new(Gauge::new()));
        let looks = |about| {
            crew.signed_on.store(about, Ordering::Relaxed);
            let mut looked = None;
            assert!(!crew.linger(&|_| {}, &mut looked), "there is no region");
            assert_eq!(crew.lingering.load(Ordering::Relaxed), 0);
            looked.is_some()
        };
        assert!(looks(prompt()));
        assert!(!looks(prompt() + 1));
        crew.late.store(ASLEEP, Ordering::Relaxed);
        assert!(looks(prompt() + 1), "one of them sleeps");
    }
}
