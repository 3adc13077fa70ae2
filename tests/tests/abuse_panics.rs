//! Panics where nobody expects them: in iterators, in `Drop`, in `Clone`, in merges, in the makers
//! of working space. One of the panics comes out, nothing hangs, every item is dropped once, and
//! the pool works afterwards.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use pool_runtime::{Accumulate, TaskError, batched, bounded, pooled};
use tests::{chunk, plan, watched, workers};

/// The payload of the panics that are meant.
#[derive(Debug, PartialEq)]
struct Planned(usize);

fn fail(at: usize) -> ! {
    resume_unwind(Box::new(Planned(at)))
}

/// Runs `work`, which must panic as planned, or not at all if `may_pass`.
fn planned(may_pass: bool, work: impl FnOnce()) -> Option<usize> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(()) => {
            assert!(may_pass, "no panic came out");
            None
        }
        Err(payload) => Some(payload.downcast::<Planned>().expect("the planned payload").0),
    }
}

#[pooled(workers = workers(), chunk = chunk())]
fn total(xs: &[usize]) -> usize {
    let mut sum = 0;
    for x in xs {
        sum += x;
    }
    sum
}

/// Each with every plan; the pool still adds up afterwards.
fn plans(mut check: impl FnMut()) {
    watched(|| {
        for count in [1, 2, 3, 8] {
            for size in [1, 7, 64] {
                plan(count, size);
                check();
                let xs: Vec<usize> = (0..500).collect();
                assert_eq!(total(&xs), 500 * 499 / 2);
            }
        }
    });
}

// ---- iterators -------------------------------------------------------------------------------

/// Panics at one item, and would go on afterwards.
struct Breaks {
    next: usize,
    at: usize,
    end: usize,
}

impl Iterator for Breaks {
    type Item = usize;
    fn next(&mut self) -> Option<usize> {
        self.next += 1;
        if self.next == self.at {
            fail(self.at);
        }
        (self.next < self.end).then_some(self.next)
    }
}

#[pooled(workers = workers(), chunk = chunk())]
fn over(items: Breaks, sum: &mut usize) {
    for x in items {
        *sum += x;
    }
}

#[bounded(workers = workers(), queue = chunk())]
fn over_queue(items: Breaks, sum: &mut usize) {
    for x in items {
        *sum += x;
    }
}

#[batched(workers = workers(), size = chunk())]
fn over_batches(items: Breaks, sum: &mut usize) {
    for batch in items {
        *sum += batch.iter().sum::<usize>();
    }
}

#[test]
fn an_iterator_that_panics_ends_the_loop() {
    plans(|| {
        for at in [1, 2, 60, 399] {
            for over in [over, over_queue, over_batches] {
                let mut sum = 3;
                let end = planned(false, || over(Breaks { next: 0, at, end: 400 }, &mut sum));
                assert_eq!((end, sum), (Some(at), 3), "accumulators are untouched");
            }
        }
    });
}

// ---- drops -----------------------------------------------------------------------------------

/// Counts its end, and panics in it if it is told to.
struct Bomb<'a> {
    id: usize,
    ends: &'a [AtomicUsize],
    bad: usize,
}

impl Drop for Bomb<'_> {
    fn drop(&mut self) {
        self.ends[self.id].fetch_add(1, SeqCst);
        if self.id == self.bad && !std::thread::panicking() {
            fail(self.id);
        }
    }
}

#[pooled(workers = workers(), chunk = chunk())]
fn drops(items: Vec<Bomb<'_>>, stop: usize) -> usize {
    let mut sum = 0;
    for item in items {
        if item.id == stop {
            break;
        }
        sum += item.id;
    }
    sum
}

#[bounded(workers = workers(), queue = chunk())]
fn drops_queued(items: Vec<Bomb<'_>>, stop: usize) -> usize {
    let mut sum = 0;
    for item in items {
        if item.id == stop {
            break;
        }
        sum += item.id;
    }
    sum
}

#[test]
fn an_item_that_panics_when_dropped_is_dropped_once_like_the_others() {
    plans(|| {
        for (bad, stop) in [(0, 500), (70, 500), (199, 500), (50, 100), (150, 100)] {
            for run in [drops, drops_queued] {
                let ends: Vec<AtomicUsize> = (0..200).map(|_| AtomicUsize::new(0)).collect();
                let items = (0..200).map(|id| Bomb { id, ends: &ends, bad }).collect();
                // Behind a `break` the vector drops it: the sequential loop panics there, too.
                let end = planned(bad > stop, || {
                    run(items, stop);
                });
                assert!(end.is_none_or(|at| at == bad));
                for (id, count) in ends.iter().enumerate() {
                    assert_eq!(count.load(SeqCst), 1, "item {id}, bad {bad}, stop {stop}");
                }
            }
        }
    });
}

// ---- clones and makers -----------------------------------------------------------------------

/// Working space whose clones fail after some.
struct Space<'a> {
    made: &'a AtomicUsize,
    allowed: usize,
    buffer: Vec<usize>,
}

impl Clone for Space<'_> {
    fn clone(&self) -> Self {
        let made = self.made.fetch_add(1, SeqCst);
        if made >= self.allowed {
            fail(made);
        }
        Self { made: self.made, allowed: self.allowed, buffer: Vec::new() }
    }
}

#[pooled(workers = workers(), chunk = chunk(), scratch(space))]
fn clones(n: usize, mut space: Space<'_>, sum: &mut usize) {
    for i in 0..n {
        space.buffer.clear();
        space.buffer.push(i);
        *sum += space.buffer.len();
        std::thread::yield_now();
    }
}

#[test]
fn working_space_that_cannot_be_cloned_ends_the_loop() {
    plans(|| {
        for allowed in 0..3 {
            let made = AtomicUsize::new(0);
            let mut sum = 1;
            let end = planned(true, || {
                clones(300, Space { made: &made, allowed, buffer: Vec::new() }, &mut sum);
            });
            assert_eq!(sum, if end.is_none() { 301 } else { 1 });
        }
    });
}

#[pooled(workers = workers(), chunk = chunk(), scratch(space = make(made, allowed)))]
fn makers(n: usize, made: &AtomicUsize, allowed: usize, sum: &mut usize) {
    for i in 0..n {
        space.clear();
        space.push(i);
        *sum += space.len();
        std::thread::yield_now();
    }
}

fn make(made: &AtomicUsize, allowed: usize) -> Vec<usize> {
    let made = made.fetch_add(1, SeqCst);
    if made >= allowed {
        fail(made);
    }
    Vec::new()
}

#[test]
fn a_maker_of_working_space_that_panics_ends_the_loop() {
    plans(|| {
        for allowed in 0..3 {
            let made = AtomicUsize::new(0);
            let mut sum = 1;
            let end = planned(allowed > 0, || makers(300, &made, allowed, &mut sum));
            assert_eq!(sum, if end.is_none() { 301 } else { 1 });
        }
    });
}

// ---- merges and other code of the user's that loops call --------------------------------------

/// Whose merges fail from some value on.
#[derive(Debug)]
struct Fragile {
    sum: usize,
    limit: usize,
}

impl Accumulate for Fragile {
    fn fresh(&self) -> Self {
        Self { sum: 0, limit: self.limit }
    }
    fn merge(&mut self, later: Self) {
        if self.sum + later.sum > self.limit {
            fail(self.limit);
        }
        self.sum += later.sum;
    }
}

#[pooled(workers = workers(), chunk = chunk(), reduce(state))]
fn merges(n: usize, mut state: Fragile) -> usize {
    for _ in 0..n {
        state.sum += 1;
    }
    state.sum
}

#[test]
fn a_merge_that_panics_comes_out() {
    plans(|| {
        for limit in [0, 1, 100, 299] {
            let end = planned(true, || {
                merges(300, Fragile { sum: 0, limit });
            });
            assert!(end.is_none_or(|at| at == limit));
        }
        assert_eq!(merges(300, Fragile { sum: 0, limit: 300 }), 300);
    });
}

/// A key whose comparisons fail.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd)]
struct Key(usize);

impl Ord for Key {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        if self.0.max(other.0) == 77 {
            fail(77);
        }
        self.0.cmp(&other.0)
    }
}

#[pooled(workers = workers(), chunk = chunk())]
fn keyed(n: usize) -> std::collections::BTreeMap<Key, usize> {
    let mut counts = std::collections::BTreeMap::new();
    for i in 0..n {
        *counts.entry(Key(i)).or_insert(0) += 1;
    }
    counts
}

#[test]
fn a_key_whose_comparison_panics_ends_the_loop() {
    plans(|| {
        assert_eq!(keyed(70).len(), 70);
        assert_eq!(planned(false, || drop(keyed(200))), Some(77));
    });
}

// ---- tasks -----------------------------------------------------------------------------------

/// An argument that panics when it is dropped, behind or before the body's own panic.
struct Argument(usize);

impl Drop for Argument {
    fn drop(&mut self) {
        if self.0 % 3 == 0 && !std::thread::panicking() {
            fail(self.0);
        }
    }
}

#[bounded(workers = 2, queue = 3)]
fn takes(argument: Argument) -> Task<usize> {
    if argument.0 % 5 == 0 {
        fail(argument.0);
    }
    argument.0
}

#[batched(workers = 2, size = 4, linger = "1ms")]
fn takes_many(arguments: Vec<Argument>) -> Task<usize> {
    arguments.iter().map(|argument| argument.0).collect::<Vec<_>>()
}

use pool_runtime::Task;

#[test]
fn tasks_whose_bodies_and_arguments_panic_all_end() {
    watched(|| {
        for round in 0..30 {
            let tasks: Vec<_> = (0..40).map(|id| takes(Argument(id))).collect();
            for (id, task) in tasks.into_iter().enumerate() {
                match task.join() {
                    Ok(value) => assert!(value == id && id % 3 != 0 && id % 5 != 0),
                    Err(TaskError::Panicked(payload)) => {
                        assert_eq!(payload.downcast_ref(), Some(&Planned(id)), "round {round}");
                        assert!(id % 3 == 0 || id % 5 == 0);
                    }
                    Err(other) => panic!("{other:?}"),
                }
            }
            let tasks: Vec<_> = (1..41).map(|id| takes_many(Argument(id))).collect();
            for task in tasks {
                assert!(matches!(task.join(), Ok(_) | Err(TaskError::Panicked(_))));
            }
        }
    });
}
