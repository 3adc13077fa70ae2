//! What one worker of a region did, on its own stack until it leaves.

use std::cell::Cell;
use std::time::Duration;

use super::cpu::Usage;
use super::tally::Region;

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

/// The calling thread has waited for its turn in an ordered block.
pub(crate) fn turned(waited: Duration) {
    let _ =
        TURNS.try_with(|turns| turns.set(turns.get().saturating_add(crate::clock::nanos(waited))));
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

    /// The worker, which was busy for `busy`, leaves the region `ended` after that started.
    pub(crate) fn hand_in(&self, region: &mut Region, busy: Duration, ended: Duration) {
        let busy = busy.saturating_sub(self.merging);
        region.workers += 1;
        region.items += self.items;
        region.blocks += self.blocks;
        region.busy += busy;
        region.longest = region.longest.max(busy);
        region.ended += ended;
        region.claiming += self.claiming;
        region.merging += self.merging;
        region.wakes += WAKES.take();
        region.turning += Duration::from_nanos(TURNS.take());
        if let Some(before) = self.usage
            && let Some(now) = Usage::of_thread()
        {
            region.usage = region.usage.plus(now.since(before));
            region.sampled += busy;
        }
    }
}
