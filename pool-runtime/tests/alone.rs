//! Streams of items that cost more in other hands: the caller goes over to running them itself.
//! Whether it does is the clock's to say; what comes out must not depend on that.

use std::hint::{black_box, spin_loop};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::*};
use std::thread::{self, ThreadId};
use std::time::Duration;

use pool_runtime::bounded;

/// What the source and the bodies share, as threads share lists of free memory: the bodies of
/// other threads keep it from the source.
struct Free {
    caller: ThreadId,
    taken: AtomicBool,
}

impl Free {
    fn new() -> Self {
        Self { caller: thread::current().id(), taken: AtomicBool::new(false) }
    }
    fn take(&self, pauses: usize) {
        while self.taken.swap(true, Acquire) {
            thread::yield_now();
        }
        (0..pauses).for_each(|_| spin_loop());
        self.taken.store(false, Release);
    }
    /// What the source does for an item.
    fn allocate(&self, item: u64) -> u64 {
        self.take(0);
        item
    }
    /// What the body does.
    fn free(&self, item: u64) {
        let at_home = thread::current().id() == self.caller;
        self.take(if at_home { 1 } else { 50 });
        black_box(item);
    }
}

#[bounded(workers = workers, queue = queue)]
fn listed(
    items: impl Iterator<Item = u64>,
    free: &Free,
    (workers, queue): (usize, usize),
    wrong: u64,
) -> Result<(Vec<u64>, u64), u64> {
    let (mut list, mut sum) = (Vec::new(), 0);
    for item in items {
        free.free(item);
        if item == wrong {
            return Err(item);
        }
        sum += item;
        list.push(item);
    }
    Ok((list, sum))
}

const ITEMS: u64 = 100_000;

#[test]
fn the_result_is_that_of_the_plain_loop() {
    let free = Free::new();
    for (workers, queue) in [(1, 500), (2, 1), (2, 500), (4, 100)] {
        for wrong in [u64::MAX, 90_001] {
            let items = (0..ITEMS).map(|item| free.allocate(item));
            let expected = if wrong < ITEMS {
                Err(wrong)
            } else {
                Ok(((0..ITEMS).collect(), (0..ITEMS).sum()))
            };
            let how = (workers, queue);
            assert!(listed(items, &free, how, wrong) == expected, "{how:?}, {wrong}");
        }
    }
}

/// As in a plain loop: a source that has said that it ends may do anything when asked again.
#[test]
fn a_source_that_has_ended_is_not_asked_again() {
    let free = Free::new();
    for length in (0..20).map(|k| ITEMS / 2 + 777 * k) {
        let (mut next, mut ended) = (0, false);
        let items = std::iter::from_fn(|| {
            assert!(!ended, "the source has ended");
            ended = next == length;
            next += 1;
            (!ended).then(|| free.allocate(next))
        });
        let (list, _) = listed(items, &free, (2, 500), u64::MAX).unwrap();
        assert!(list.into_iter().eq(1..=length));
    }
}

#[bounded(workers = 8, queue = 500)]
fn most_at_once(free: &Free, dear: u64) -> usize {
    let (inside, mut most) = (AtomicUsize::new(0), 0);
    for item in (0..ITEMS + dear).map(|item| free.allocate(item)) {
        free.free(item);
        let others = inside.fetch_add(1, SeqCst);
        if item >= ITEMS {
            thread::sleep(Duration::from_millis(5));
        }
        inside.fetch_sub(1, SeqCst);
        most = most.max(others + 1);
    }
    most
}

/// The caller must not keep to itself what turns out to be dear.
#[test]
fn items_that_become_dear_are_handed_over() {
    let free = Free::new();
    for _ in 0..5 {
        assert!(most_at_once(&free, 100) >= 2);
    }
}

#[bounded(workers = 2, queue = 100, on_full = "drop", dropped = lost)]
fn sampled(free: &Free, ended: &AtomicBool) -> (u64, u64) {
    let (mut seen, mut lost) = (0, 0u64);
    let items = (0..ITEMS).map(|item| {
        ended.store(item == ITEMS - 1, SeqCst);
        free.allocate(item)
    });
    for item in items {
        let produces = thread::current().id() == free.caller && !ended.load(SeqCst);
        assert!(!produces, "the caller has to go on producing");
        free.free(item);
        seen += 1;
    }
    (seen, lost)
}

/// A source that keeps its own time must not wait for a body.
#[test]
fn where_items_are_dropped_the_caller_only_produces() {
    let free = Free::new();
    for _ in 0..5 {
        let (seen, lost) = sampled(&free, &AtomicBool::new(false));
        assert_eq!(seen + lost, ITEMS);
    }
}

#[bounded(workers = 8, queue = 500)]
fn at_once(cheap: u64, dear: u64) -> (u64, usize) {
    let (inside, mut most, mut sum) = (AtomicUsize::new(0), 0, 0);
    for item in (0..cheap + dear).map(black_box) {
        if item >= cheap {
            let others = inside.fetch_add(1, SeqCst);
            thread::sleep(Duration::from_millis(2));
            inside.fetch_sub(1, SeqCst);
            most = most.max(others + 1);
        }
        sum += item;
    }
    (sum, most)
}

/// Where items are known to be cheap there is no worker: the caller has to notice by itself, within
/// as many of them as a worker may have in hand.
#[test]
fn a_loop_of_cheap_items_notices_dear_ones() {
    for cheap in [300, 5_000, 50_000] {
        for _ in 0..20 {
            assert_eq!(at_once(cheap, 0), ((0..cheap).sum(), 0));
        }
        let (sum, most) = at_once(cheap, 200);
        assert_eq!(sum, (0..cheap + 200).sum());
        assert!(most >= 2, "{most} at once, after {cheap} cheap ones");
    }
}

#[bounded(workers = 4, queue = 20)]
fn ordered(length: u64, dear_from: u64, stop: u64) -> Result<(Vec<u64>, u64), u64> {
    let (mut list, mut state) = (Vec::new(), 1u64);
    for item in (0..length).map(black_box) {
        if item >= dear_from {
            thread::sleep(Duration::from_micros(200));
        }
        if item == stop {
            return Err(item);
        }
        list.push(item);
        #[ordered]
        {
            state = state.wrapping_mul(31).wrapping_add(item);
        }
    }
    Ok((list, state))
}

/// Turns that nobody took on the caller alone must not bar the workers' way.
#[test]
fn turns_go_on_when_workers_come_to_help() {
    let state = |n: u64| (0..n).fold(1u64, |state, i| state.wrapping_mul(31).wrapping_add(i));
    for length in [1, 63, 64, 65, 1_000, 3_000] {
        let expected = Ok(((0..length).collect(), state(length)));
        for dear in [u64::MAX, u64::MAX, u64::MAX, length.saturating_sub(200), length / 2] {
            let dear = if length > 2_000 { dear.max(length - 300) } else { dear };
            assert_eq!(ordered(length, dear, u64::MAX), expected, "{length}, dear from {dear}");
            assert_eq!(ordered(length, dear, length - 1), Err(length - 1));
        }
    }
}
