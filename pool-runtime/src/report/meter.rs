//! What one worker of a region did, on its own stack until it leaves.

use std::cell::Cell;
use std::time::Duration;

use super::cpu::Usage;
use super::tally::{Region, Times};
use crate::clock::nanos;

thread_local! {
    /// Wake-ups that this thread has made since it last handed in.
    static WAKES: Cell<u32> = const { Cell::new(0) };
    /// What this thread has waited for its turn since it last handed in, in nanoseconds.
    static TURNS: Cell<u64> = const { Cell::new(0) };
}

/// The calling thread wakes others, at the price of a system call each.
pub(crate) fn woke(number: usize) {
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    // A thread whose locals are gone has no region to count for.
    let _ = WAKES.try_with(|wakes| wakes.set(wakes.get().saturating_add(number)));
}

/// Whether the calling thread has woken others since it last handed in.
pub(crate) fn has_woken() -> bool {
    WAKES.try_with(Cell::get).is_ok_and(|wakes| wakes > 0)
}

/// The calling thread has waited for its turn in an ordered block.
pub(crate) fn turned(waited: Duration) {
    let _ = TURNS.try_with(|turns| turns.set(turns.get().saturating_add(nanos(waited))));
}

/// What the calling thread has waited for its turn since it last handed in.
pub(crate) fn waited_for_turns() -> Duration {
    TURNS.try_with(|turns| Duration::from_nanos(turns.get())).unwrap_or_default()
}

/// One worker's.
#[derive(Debug)]
pub(crate) struct Meter {
    items: u64,
    blocks: u64,
    /// Waiting for the source: its lock, and what it takes to make items.
    pub(crate) claiming: Duration,
    /// Handing in shares.
    pub(crate) merging: Duration,
    /// What the thread had used when it began, where that is looked at.
    usage: Option<Usage>,
}

impl Meter {
    /// `usage`: whether to look at the processor time, which is a system call.
    pub(crate) fn new(usage: bool) -> Self {
        Self {
            items: 0,
            blocks: 0,
            claiming: Duration::ZERO,
            merging: Duration::ZERO,
            usage: if usage { Usage::of_thread() } else { None },
        }
    }

    /// So many items have run, in blocks of `block`.
    #[inline]
    pub(crate) fn items(&mut self, items: usize, block: usize) {
        self.items += items as u64;
        self.blocks += if items <= block { 1 } else { items.div_ceil(block) as u64 };
    }

    /// The worker, which ran `ran` items and was busy for `busy`, leaves the region `ended` after
    /// that started.
    pub(crate) fn hand_in(&self, region: &mut Region, ran: usize, busy: Duration, ended: Duration) {
        let busy = nanos(busy.saturating_sub(self.merging));
        let counts = &mut region.counts;
        counts.workers += 1;
        counts.wakes += WAKES.take();
        counts.ran += ran;
        counts.items += self.items;
        counts.blocks += self.blocks;
        counts.busy += busy;
        counts.longest = counts.longest.max(busy);
        counts.ended += nanos(ended);
        let turning = TURNS.take();
        // Most have nothing more, and need not touch what they do not have.
        let measured = !(self.claiming.is_zero() && self.merging.is_zero() && turning == 0);
        if measured || self.usage.is_some() {
            let mut times = Times {
                claiming: self.claiming,
                merging: self.merging,
                turning: Duration::from_nanos(turning),
                ..Times::default()
            };
            if let Some(before) = self.usage
                && let Some(now) = Usage::of_thread()
            {
                times.usage = now.since(before);
                times.sampled = Duration::from_nanos(busy);
            }
            region.times.add(&times);
        }
    }
}
