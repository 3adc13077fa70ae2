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
