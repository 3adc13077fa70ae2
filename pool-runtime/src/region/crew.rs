//! A few slots and the helpers that look after them.
//!
//! Algorithm: a helper is a run of [`Crew::serve`] on some thread. It joins every region it finds
//! in the slots, looks round for a few microseconds more (so that regions back to back need no
//! system call), signs off, looks round once more, and returns. Who opens a region calls helpers
//! only for what those that linger do not cover, at most [`FIRST`] of them; a helper that joins
//! calls the next ones.
//!
//! A region cannot be overlooked: opening stores the tickets and then reads how many are signed
//! on; signing off lowers that number and then reads the tickets. Between either pair stands a
//! sequentially consistent fence, so at least one side sees the other (Dekker).

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;

use super::slot::Slot;
use crate::sync::{AtomicUsize, fence, spin_loop};

/// Regions that one crew can have open at a time; who finds no slot runs alone.
const SLOTS: usize = 4;

/// How long a helper without work looks round before it returns its thread.
const LINGER: Duration = Duration::from_micros(10);

/// How many pauses lie between two looks at the clock while lingering.
const PAUSES: u32 = 8;

/// How many helpers a thread calls itself; those that come call on. Calling costs the caller a
/// system call each.
const FIRST: usize = 2;

/// Slots, and how many helpers are about.
pub(crate) struct Crew {
    slots: [CachePadded<Slot>; SLOTS],
    /// How many helpers there can be at a time: the number of threads behind this crew.
    size: usize,
    /// Helpers called that have not signed off. At most `size`.
    signed_on: CachePadded<AtomicUsize>,
    /// Those of them that have nothing to do just now.
    lingering: CachePadded<AtomicUsize>,
}

/// Where helpers come from: `muster(n)` has `n` threads call [`Crew::serve`] soon.
pub(crate) trait Muster: Fn(usize) {}
impl<F: Fn(usize)> Muster for F {}

impl Crew {
    /// A crew of `size` helpers, none of them called yet.
    pub(crate) fn new(size: usize) -> Self {
        Self {
            slots: std::array::from_fn(|_| CachePadded::new(Slot::new())),
            size,
            signed_on: CachePadded::new(AtomicUsize::new(0)),
            lingering: CachePadded::new(AtomicUsize::new(0)),
        }
    }

    /// How many helpers there can be.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Runs `body(0)` here and `body(k)` on up to `helpers` helpers, with distinct `k` in
    /// `1..=helpers`, and returns when all of them have left. Without a free slot, alone.
    pub(crate) fn run<F: Fn(usize) + Sync>(&self, helpers: usize, muster: impl Muster, body: &F) {
        let helpers = helpers.min(self.size);
        let slot = if helpers == 0 { None } else { self.slots.iter().find_map(|s| s.claim()) };
        match slot {
            Some(slot) => slot.run(helpers, || self.call(helpers, muster), body),
            None => body(0),
        }
    }

    /// Calls helpers for a region just opened, or just joined, that `wanted` may still join.
    fn call(&self, wanted: usize, muster: impl Muster) {
        fence(Ordering::SeqCst);
        let about = self.lingering.load(Ordering::Relaxed);
        let number = self.sign_on(wanted.saturating_sub(about).min(FIRST));
        if number > 0 {
            muster(number);
        }
    }

    /// Signs on up to `number` helpers; returns how many that made.
    fn sign_on(&self, number: usize) -> usize {
        let mut now = self.signed_on.load(Ordering::Relaxed);
        loop {
            let more = number.min(self.size.saturating_sub(now));
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
    pub(crate) fn serve(&self, muster: impl Muster) {
        loop {
            while self.help(&muster) || self.linger() {}
            self.signed_on.fetch_sub(1, Ordering::Relaxed);
            fence(Ordering::SeqCst);
            if !self.wanted() || self.sign_on(1) == 0 {
                return;
            }
        }
    }

    /// What a helper does that finds itself unable to help: signs off.
    pub(crate) fn decline(&self) {
        self.signed_on.fetch_sub(1, Ordering::Relaxed);
    }

    /// Joins a region, if one wants help.
    fn help(&self, muster: &impl Muster) -> bool {
        self.slots.iter().any(|slot| {
            slot.help(|more| {
                if more > 0 {
                    self.call(more, muster);
                }
            })
        })
    }

    /// Whether some region wants help.
    fn wanted(&self) -> bool {
        self.slots.iter().any(|slot| slot.wants_help())
    }

    /// Looks round for a while; true if some region wants help.
    fn linger(&self) -> bool {
        self.lingering.fetch_add(1, Ordering::Relaxed);
        let since = Instant::now();
        let mut wanted = self.wanted();
        while !wanted && since.elapsed() < LINGER {
            for _ in 0..PAUSES {
                spin_loop();
            }
            wanted = self.wanted();
        }
        self.lingering.fetch_sub(1, Ordering::Relaxed);
        wanted
    }
}
