//! What the figures of one place say should be looked at: one line, drawn from the counters alone.
//!
//! The rules are tried in the order of [`RULES`], what loses data first, what costs most next, and
//! the first that applies speaks. Each has a floor below which it keeps silent: a place that took
//! less than [`LEAST`] of worker time is not worth a reader's.

use std::fmt;
use std::time::Duration;

use super::figures::Counters;
use super::human::{count, percent, time};

/// Places that took less than this, all workers together, get no advice on speed.
const LEAST: Duration = Duration::from_millis(1);

/// What a block should take, so that taking it costs nothing beside it.
const BLOCK: Duration = Duration::from_micros(20);

/// A block shorter than this is mostly border.
const SHORT_BLOCK: Duration = Duration::from_nanos(500);

/// Blocks for each worker that make a run end evenly.
const BLOCKS_EACH: u64 = 8;

/// One finding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Advice {
    /// A policy dropped items.
    Drops { dropped: u64, offered: u64 },
    /// Blocks are so short that their borders count.
    ChunkTooSmall { block: Duration, chunk: u64, better: u64 },
    /// Blocks are so long that workers run out of them while others still work.
    ChunkTooLarge { blocks: u64, workers: u64, idle: f64, chunk: u64, better: u64 },
    /// Runs take too little for helpers to come.
    TooSmall { run: Duration, items: u64, worth: Duration, worth_items: u64 },
    /// Helpers came, and it took as long as without them.
    NoGain { speedup: f64 },
    /// The last worker of a run works on alone.
    Imbalance { idle: f64 },
    /// The producer runs the items itself, since handing them over takes longer.
    Caller { share: f64 },
    /// Workers wait for items that the producer makes too slowly.
    Starved { share: f64 },
    /// The producer waits for workers.
    Blocked { share: f64, workers: u64 },
    /// Bodies wait for something that is not a processor.
    Downstream { share: f64, workers: u64, better: u64 },
    /// Bodies wait for each other.
    Contention { on: Contended, share: f64 },
    /// Others have the processors.
    Crowded { share: f64 },
}

/// What workers wait for each other at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contended {
    /// The lock around the iterator, or the iterator itself.
    Source,
    /// Putting results together.
    Merge,
    /// `#[ordered]`.
    Turn,
    /// Something in the body: a lock.
    Body,
}

/// A rule: a finding, if it applies.
type Rule = fn(&Counters) -> Option<Advice>;

/// In the order of weight.
const RULES: [Rule; 11] = [
    drops,
    contention_at_borders,
    chunk_too_small,
    ran_by_the_caller,
    starved,
    chunk_too_large,
    waiting_bodies,
    too_small,
    imbalance,
    blocked,
    no_gain,
];

/// The most important finding.
pub(super) fn of(counters: &Counters) -> Option<Advice> {
    RULES.iter().find_map(|rule| rule(counters))
}

/// A share of `whole`; 0 of nothing.
fn share(part: Duration, whole: Duration) -> f64 {
    if whole.is_zero() { 0.0 } else { part.as_secs_f64() / whole.as_secs_f64() }
}

/// The time that bodies took, without what other programs took away from them.
fn worked(counters: &Counters) -> Duration {
    match counters.processor {
        Some(seen) if seen.preempted > seen.waits => {
            counters.busy.mul_f64(share(seen.on_processor, seen.busy).min(1.0))
        }
        _ => counters.busy,
    }
}

/// What one item takes.
fn item(counters: &Counters) -> Duration {
    match counters.items {
        0 => Duration::ZERO,
        items => worked(counters).div_f64(items as f64),
    }
}

/// How many items take `time`.
fn fitting(time: Duration, counters: &Counters) -> u64 {
    let item = item(counters).as_secs_f64();
    // A cast from a float saturates.
    if item == 0.0 { 1 } else { ((time.as_secs_f64() / item).ceil() as u64).max(1) }
}

/// Runs with helpers.
fn shared_runs(counters: &Counters) -> u64 {
    counters.entries.saturating_sub(counters.inline_runs)
}

/// Rounded to one digit, so that nobody takes it for exact.
fn round(number: u64) -> u64 {
    let digit = 10_u64.pow(number.max(1).ilog10());
    ((number + digit / 2) / digit).max(1) * digit
}

fn drops(counters: &Counters) -> Option<Advice> {
    let queue = counters.queue?;
    // An old item that a new one pushed out had been let in before.
    let offered = (counters.items + queue.dropped).max(queue.admitted);
    (queue.dropped > 0).then_some(Advice::Drops { dropped: queue.dropped, offered })
}

fn contention_at_borders(counters: &Counters) -> Option<Advice> {
    let Counters { claiming, merging, turn_waiting, busy, .. } = *counters;
    let (on, waited) = [
        (Contended::Source, claiming),
        (Contended::Merge, merging),
        (Contended::Turn, turn_waiting),
    ]
    .into_iter()
    .max_by_key(|(_, waited)| *waited)?;
    // Waiting for a turn is part of the body.
    let whole = busy + claiming + merging;
    let share = share(waited, whole);
    (waited >= LEAST && share > 0.25).then_some(Advice::Contention { on, share })
}

fn chunk_too_small(counters: &Counters) -> Option<Advice> {
    let chunk = counters.chunk?;
    let blocks = counters.blocks.max(1);
    let block = worked(counters).div_f64(blocks as f64);
    let better = round(fitting(BLOCK, counters));
    let room = counters.items / counters.entries.max(1) / counters.workers.max(1);
    (counters.busy >= LEAST && block < SHORT_BLOCK && better > chunk && room > chunk)
        .then_some(Advice::ChunkTooSmall { block, chunk, better: better.min(round(room)) })
}

fn ran_by_the_caller(counters: &Counters) -> Option<Advice> {
    // Not of task functions, nor of a place most of whose runs are short.
    let of_loop = counters.latency.is_none() && counters.inline_runs * 10 < counters.entries;
    let queue = counters.queue.filter(|_| of_loop)?;
    let by_itself = counters.items.saturating_sub(queue.admitted);
    let share = by_itself as f64 / counters.items.max(1) as f64;
    (counters.busy >= LEAST && share > 0.8).then_some(Advice::Caller { share })
}

fn starved(counters: &Counters) -> Option<Advice> {
    let queue = counters.queue.filter(|_| counters.shared_wall > Duration::ZERO)?;
    let share = share(queue.starved_time, queue.starved_time + counters.busy);
    (queue.starved_time >= LEAST && share > 0.4).then_some(Advice::Starved { share })
}

fn waiting_bodies(counters: &Counters) -> Option<Advice> {
    let seen = counters.processor?;
    let share = share(seen.busy.saturating_sub(seen.on_processor), seen.busy);
    if seen.busy < LEAST * 5 || share < 0.4 {
        return None;
    }
    if seen.preempted > seen.waits {
        return Some(Advice::Crowded { share });
    }
    let workers = joined(counters);
    // As if there were one processor: whoever is on it holds what the others wait for.
    let at_once = seen.on_processor.as_secs_f64() / seen.wall.as_secs_f64().max(1e-9);
    if workers > 1 && (0.6..1.3).contains(&at_once) {
        return Some(Advice::Contention { on: Contended::Body, share });
    }
    // So many that the processors have as much to do as one worker a core would give them.
    let better = (workers as f64 / (1.0 - share).max(0.01)).min(64.0);
    Some(Advice::Downstream { share, workers, better: round(better as u64).max(workers * 2) })
}

/// How many workers a run has had.
fn joined(counters: &Counters) -> u64 {
    match shared_runs(counters) {
        0 => counters.workers.max(1),
        _ if counters.workers_joined == 0 => counters.workers.max(1),
        runs => (counters.workers_joined / runs).max(1),
    }
}

/// The share of their time that workers waited for the last one of their run.
fn idle(counters: &Counters) -> f64 {
    share(counters.idle, counters.idle + counters.busy)
}

fn chunk_too_large(counters: &Counters) -> Option<Advice> {
    let chunk = counters.chunk?;
    let (runs, workers) = (shared_runs(counters), counters.workers);
    let idle = idle(counters);
    if runs == 0 || workers < 2 || counters.busy < LEAST {
        return None;
    }
    let blocks = counters.blocks / runs;
    let items = counters.items / runs;
    let better = round(items / (workers * BLOCKS_EACH)).max(1);
    // Workers that found no block at all did not even join.
    let missing = counters.workers_joined < runs * workers.min(blocks + 1) || blocks < workers;
    (blocks < workers * 4 && (idle > 0.2 || missing) && better < chunk)
        .then_some(Advice::ChunkTooLarge { blocks, workers, idle, chunk, better })
}

fn imbalance(counters: &Counters) -> Option<Advice> {
    let idle = idle(counters);
    (counters.idle >= LEAST && counters.queue.is_none() && idle > 0.25)
        .then_some(Advice::Imbalance { idle })
}

fn blocked(counters: &Counters) -> Option<Advice> {
    let queue = counters.queue.filter(|_| counters.shared_wall > Duration::ZERO)?;
    let share = share(queue.blocked_time, counters.shared_wall);
    (queue.blocked_time >= LEAST && share > 0.5)
        .then_some(Advice::Blocked { share, workers: counters.workers.max(2) - 1 })
}

fn too_small(counters: &Counters) -> Option<Advice> {
    let (runs, items) = (counters.inline_runs, counters.items);
    let mostly_inline = runs > 0 && runs * 10 >= counters.entries * 9;
    if !mostly_inline || counters.workers == 1 || counters.wall.is_zero() || items == 0 {
        return None;
    }
    let known = if counters.wake_up_time.is_zero() { WAKE_UP } else { counters.wake_up_time };
    let worth = known * 2;
    let run = counters.wall.div_f64(counters.entries as f64);
    (run < worth && counters.queue.is_none()).then(|| Advice::TooSmall {
        run,
        items: items / counters.entries.max(1),
        worth,
        worth_items: round(fitting(worth, counters)),
    })
}

/// What waking a helper takes where it was never measured.
const WAKE_UP: Duration = Duration::from_micros(45);

fn no_gain(counters: &Counters) -> Option<Advice> {
    // Waiting in parallel is a gain, too; being in each other's way is not.
    let speedup = share(worked(counters), counters.shared_wall);
    (shared_runs(counters) > 0 && counters.busy >= LEAST && counters.queue.is_none())
        .then_some(speedup)
        .filter(|&speedup| speedup > 0.0 && speedup < 1.1)
        .map(|speedup| Advice::NoGain { speedup })
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Drops { dropped, offered } => write!(
                f,
                "drops: {} of {} ({}) were dropped: more `workers`, a longer `queue`, or \
                 `on_full = \"block\"` to slow the producer down",
                count(dropped),
                count(offered),
                percent(dropped as f64 / offered as f64),
            ),
            Self::ChunkTooSmall { block, chunk, better } => write!(
                f,
                "chunk too small: a block of {} takes {}, and its borders cost as much: try \
                 `chunk = {}` (20 us a block), or leave `chunk` out",
                count(chunk),
                time(block),
                code(better),
            ),
            Self::ChunkTooLarge { blocks, workers, idle, chunk, better } => write!(
                f,
                "chunk too large: `chunk = {}` leaves {} block{} for {workers} workers, which were \
                 idle {} of the time: try `chunk = {}`, or leave `chunk` out",
                code(chunk),
                count(blocks),
                if blocks == 1 { "" } else { "s" },
                percent(idle),
                code(better),
            ),
            Self::TooSmall { run, items, worth, worth_items } => write!(
                f,
                "not worth it: a run of {} items takes {}, and a helper is worth waking from {} \
                 on: about {} items; it ran on the calling thread, as without the attribute",
                count(items),
                time(run),
                time(worth),
                count(worth_items),
            ),
            Self::NoGain { speedup } => write!(
                f,
                "not worth it: the workers got {speedup:.2} times as much done as one would: see \
                 what they share (memory bandwidth, an allocator, the machine itself), or take the \
                 attribute off",
            ),
            Self::Imbalance { idle } => write!(
                f,
                "imbalance: workers waited {} of the time for the last one: a few items take much \
                 longer than others; start those first, or cut them up",
                percent(idle),
            ),
            Self::Caller { share } => write!(
                f,
                "not worth it: the calling thread ran {} of the items itself, which is quicker than \
                 handing them over (what it allocates for them would be freed on another core): \
                 let the workers ask the source (`#[pooled]`), or make an item of many",
                percent(share),
            ),
            Self::Starved { share } => write!(
                f,
                "starved: workers waited for items {} of the time: the producer is the bottleneck; \
                 move work from the source into the body, or use fewer `workers`",
                percent(share),
            ),
            Self::Blocked { share, workers } => write!(
                f,
                "producer blocked: it waited {} of the time for room in the queue: its workers \
                 ({workers}) are the bottleneck; more of them help, a longer `queue` does not",
                percent(share),
            ),
            Self::Downstream { share, workers, better } => write!(
                f,
                "downstream-bound: bodies waited {} of their time off the processor (a disk, a \
                 network, a sleep): {workers} workers are too few to fill it: try `workers = \
                 {better}`, or batches",
                percent(share),
            ),
            Self::Contention { on, share } => {
                let share = percent(share);
                match on {
                    Contended::Source => write!(
                        f,
                        "contention: workers waited {share} of the time for the iterator, which \
                         gives its items one at a time: move work from it into the body, or run \
                         over a slice or a range",
                    ),
                    Contended::Merge => write!(
                        f,
                        "contention: workers spent {share} of the time putting results together: \
                         larger blocks (`chunk`), smaller results, or `shards` for maps",
                    ),
                    Contended::Turn => write!(
                        f,
                        "contention: items waited {share} of the time for their turn: make the \
                         `#[ordered]` block shorter",
                    ),
                    Contended::Body => write!(
                        f,
                        "contention: bodies waited {share} of the time while about one ran: a lock \
                         in the body lets one worker in at a time; keep results in a local that \
                         is reduced instead",
                    ),
                }
            }
            Self::Crowded { share } => write!(
                f,
                "crowded: workers were ready but had no processor {} of the time: more of them \
                 than cores, or other programs: fewer `workers`",
                percent(share),
            ),
        }
    }
}

/// As it is written in Rust: `10_000`.
fn code(number: u64) -> String {
    count(number).replace(',', "_")
}

#[cfg(test)]
mod recorded;
#[cfg(test)]
mod tests;
