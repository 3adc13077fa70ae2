//! Every item is dropped exactly once, however the loop ends; a panic arrives with its payload.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pool_runtime::pooled;
use tests::{LARGE, across, plans, watched};

/// One per item: counts how often each was dropped.
struct Ledger(Vec<AtomicUsize>);

impl Ledger {
    fn new(length: usize) -> Arc<Self> {
        Arc::new(Self((0..length).map(|_| AtomicUsize::new(0)).collect()))
    }

    fn items(self: &Arc<Self>) -> Vec<Item> {
        (0..self.0.len()).map(|id| Item { id, ledger: Arc::clone(self) }).collect()
    }

    fn assert_each_dropped_once(&self) {
        for (id, drops) in self.0.iter().enumerate() {
            assert_eq!(drops.load(Ordering::SeqCst), 1, "drops of item {id} of {}", self.0.len());
        }
    }

    fn alive(&self) -> usize {
        self.0.iter().filter(|drops| drops.load(Ordering::SeqCst) == 0).count()
    }
}

struct Item {
    id: usize,
    ledger: Arc<Ledger>,
}

impl Drop for Item {
    fn drop(&mut self) {
        self.ledger.0[self.id].fetch_add(1, Ordering::SeqCst);
    }
}

/// How a body treats its items.
#[derive(Clone, Copy, Debug)]
enum At {
    Never,
    Item(usize),
}

impl At {
    fn hits(self, id: usize) -> bool {
        matches!(self, Self::Item(at) if id == at)
    }
}

fn positions(n: usize) -> impl Iterator<Item = At> {
    [0, 1, n / 2, n.saturating_sub(1)].into_iter().map(At::Item).chain([At::Never])
}

#[pooled(workers = tests::workers(), chunk = tests::chunk())]
fn consume(items: Vec<Item>) -> usize {
    let mut sum = 0;
    for item in items {
        sum += item.id;
    }
    sum
}

#[pooled(workers = tests::workers(), chunk = tests::chunk())]
fn keep_some(items: Vec<Item>) -> Vec<Item> {
    let mut kept = Vec::new();
    for item in items {
        if item.id % 3 == 0 {
            kept.push(item);
        }
    }
    kept
}

#[pooled(workers = tests::workers(), chunk = tests::chunk())]
fn keep_all(items: Vec<Item>) -> Vec<Item> {
    let mut kept = Vec::new();
    for item in items {
        kept.push(item);
    }
    kept
}

#[test]
fn vectors_by_value() {
    across(|n| {
        let ledger = Ledger::new(n);
        assert_eq!(consume(ledger.items()), (0..n).sum());
        ledger.assert_each_dropped_once();

        let ledger = Ledger::new(n);
        let kept = keep_some(ledger.items());
        assert_eq!(ledger.alive(), n.div_ceil(3));
        assert!(kept.iter().map(|item| item.id).eq((0..n).step_by(3)));
        drop(kept);
        ledger.assert_each_dropped_once();

        let ledger = Ledger::new(n);
        let kept = keep_all(ledger.items());
        assert_eq!(ledger.alive(), n);
        assert!(kept.iter().map(|item| item.id).eq(0..n));
        drop(kept);
        ledger.assert_each_dropped_once();
    });
}

#[pooled(workers = tests::workers(), chunk = tests::chunk())]
fn zipped(items: Vec<Item>, others: Vec<Item>) -> usize {
    let mut pairs = 0;
    for (a, b) in items.into_iter().zip(others) {
        assert_eq!(a.id, b.id);
        pairs += 1;
    }
    pairs
}

#[pooled(workers = tests::workers(), chunk = tests::chunk())]
fn skipped(items: Vec<Item>, n: usize) -> usize {
    let mut seen = 0;
    for item in items.into_iter().skip(n).rev().step_by(2) {
        let _item = item;
        seen += 1;
    }
    seen
}

#[pooled(workers = tests::workers(), chunk = tests::chunk())]
fn deque(items: VecDeque<Item>) -> usize {
    let mut seen = 0;
    for item in items {
        seen += usize::from(item.id < usize::MAX);
    }
    seen
}

#[pooled(workers = tests::workers(), chunk = tests::chunk())]
fn array(items: [Item; 5]) -> usize {
    let mut seen = 0;
    for item in items {
        seen += item.id;
    }
    seen
}

#[test]
fn items_that_adapters_leave_out_are_dropped_too() {
    across(|n| {
        let (a, b) = (Ledger::new(n), Ledger::new(n + 3));
        assert_eq!(zipped(a.items(), b.items()), n);
        a.assert_each_dropped_once();
        b.assert_each_dropped_once();
        let (a, b) = (Ledger::new(n + 3), Ledger::new(n));
        assert_eq!(zipped(a.items(), b.items()), n);
        a.assert_each_dropped_once();
        b.assert_each_dropped_once();
        let ledger = Ledger::new(n);
        assert_eq!(skipped(ledger.items(), 3), n.saturating_sub(3).div_ceil(2));
        ledger.assert_each_dropped_once();
        let ledger = Ledger::new(n);
        assert_eq!(deque(ledger.items().into()), n);
        ledger.assert_each_dropped_once();
    });
    plans(|| {
        let ledger = Ledger::new(5);
        assert_eq!(array(ledger.items().try_into().unwrap_or_else(|_| panic!("five items"))), 10);
        ledger.assert_each_dropped_once();
    });
}

#[pooled(workers = tests::workers(), chunk = tests::chunk())]
fn fail_at(items: Vec<Item>, at: At) -> Result<Vec<Item>, usize> {
    let mut kept = Vec::new();
    for item in items {
        if at.hits(item.id) {
            Err(item.id)?;
        }
        if item.id % 2 == 0 {
            kept.push(item);
        }
    }
    Ok(kept)
}

#[pooled(workers = tests::workers(), chunk = tests::chunk())]
fn return_at(items: Vec<Item>, at: At) -> Option<Item> {
    for item in items {
        if at.hits(item.id) {
            return Some(item);
        }
    }
    None
}

#[pooled(workers = tests::workers(), chunk = tests::chunk())]
fn break_at(items: Vec<Item>, at: At) -> Vec<Item> {
    let mut kept = Vec::new();
    for item in items {
        if at.hits(item.id) {
            break;
        }
        kept.push(item);
    }
    kept
}

#[test]
fn items_are_dropped_once_when_the_loop_is_left() {
    across(|n| {
        for at in positions(n) {
            let ledger = Ledger::new(n);
            match (fail_at(ledger.items(), at), at) {
                (Err(id), At::Item(at)) => assert_eq!(id, at),
                (Ok(kept), _) => assert_eq!(kept.len(), n.div_ceil(2)),
                (Err(id), At::Never) => panic!("failed at {id}"),
            }
            ledger.assert_each_dropped_once();

            let ledger = Ledger::new(n);
            let found = return_at(ledger.items(), at);
            assert_eq!(ledger.alive(), usize::from(found.is_some()));
            assert_eq!(found.is_some(), matches!(at, At::Item(at) if at < n));
            drop(found);
            ledger.assert_each_dropped_once();

            let ledger = Ledger::new(n);
            let kept = break_at(ledger.items(), at);
            assert!(kept.iter().map(|item| item.id).eq(0..match at {
                At::Item(at) => at.min(n),
                At::Never => n,
            }));
            drop(kept);
            ledger.assert_each_dropped_once();
        }
    });
}

/// Not `Clone`, not a string: only the original can be downcast.
#[derive(Debug, PartialEq)]
struct Payload(usize);

#[pooled(workers = tests::workers(), chunk = tests::chunk())]
fn panic_at(items: Vec<Item>, at: At, seen: &mut usize, kept: &mut Vec<Item>) {
    for item in items {
        if at.hits(item.id) {
            panic_any(Payload(item.id));
        }
        *seen += 1;
        kept.push(item);
    }
}

#[test]
fn a_panic_brings_its_payload_drops_everything_once_and_changes_nothing() {
    across(|n| {
        for at in positions(n) {
            let ledger = Ledger::new(n);
            let (mut seen, mut kept) = (7, Vec::new());
            let items = ledger.items();
            let outcome =
                catch_unwind(AssertUnwindSafe(|| panic_at(items, at, &mut seen, &mut kept)));
            match at {
                At::Item(at) if at < n => {
                    let payload = outcome.expect_err("the body panics");
                    assert_eq!(payload.downcast_ref(), Some(&Payload(at)));
                    assert_eq!((seen, kept.len()), (7, 0), "accumulators are as they were");
                }
                _ => {
                    outcome.expect("nothing panics");
                    assert_eq!((seen, kept.len()), (7 + n, n));
                }
            }
            drop(kept);
            ledger.assert_each_dropped_once();
        }
    });
}

#[pooled(workers = tests::workers(), chunk = tests::chunk())]
fn panic_from(xs: &[usize], from: usize) -> usize {
    let mut sum = 0;
    for &x in xs {
        assert!(x < from, "item {x}");
        sum += x;
    }
    sum
}

#[test]
fn the_panic_with_the_lowest_position_wins_and_the_pool_goes_on() {
    let xs: Vec<usize> = (0..LARGE).collect();
    plans(|| {
        for from in [0, 1, 100, LARGE - 1] {
            let payload = catch_unwind(|| panic_from(&xs, from)).expect_err("the body panics");
            assert_eq!(payload.downcast_ref::<String>(), Some(&format!("item {from}")));
            assert_eq!(panic_from(&xs, LARGE), LARGE * (LARGE - 1) / 2);
        }
    });
}

#[pooled(workers = tests::workers(), chunk = tests::chunk())]
fn exit_or_panic(xs: &[usize], error_at: usize, panic_at: usize) -> Result<usize, usize> {
    let mut sum = 0;
    for &x in xs {
        assert!(x != panic_at, "panic at {x}");
        if x == error_at {
            return Err(x);
        }
        sum += 1;
    }
    Ok(sum)
}

#[test]
fn between_an_error_and_a_panic_the_lower_position_wins() {
    let xs: Vec<usize> = (0..LARGE).collect();
    plans(|| {
        for (error_at, panic_at) in [(10, 11), (11, 10), (0, LARGE - 1), (LARGE - 1, 0), (100, 700)]
        {
            let outcome = catch_unwind(|| exit_or_panic(&xs, error_at, panic_at));
            if error_at < panic_at {
                assert_eq!(outcome.expect("the error comes first"), Err(error_at));
            } else {
                let payload = outcome.expect_err("the panic comes first");
                assert_eq!(payload.downcast_ref::<String>(), Some(&format!("panic at {panic_at}")));
            }
        }
    });
}

#[pooled(workers = tests::workers(), chunk = tests::chunk())]
fn over_a_panicking_iterator(n: usize, at: usize) -> usize {
    let mut seen = 0;
    for x in (0..n).map(|x| if x == at { panic_any(Payload(x)) } else { x }) {
        seen += usize::from(x < n);
    }
    seen
}

#[test]
fn a_panic_of_the_source_itself() {
    across(|n| {
        for at in [0, n / 2, n.saturating_sub(1), n] {
            let outcome = catch_unwind(|| over_a_panicking_iterator(n, at));
            if at < n {
                let payload = outcome.expect_err("the source panics");
                assert_eq!(payload.downcast_ref(), Some(&Payload(at)));
            } else {
                assert_eq!(outcome.expect("nothing panics"), n);
            }
        }
    });
}

#[test]
fn threads_that_use_one_annotated_function_at_once() {
    let xs: Vec<usize> = (0..LARGE).collect();
    watched(|| {
        std::thread::scope(|scope| {
            for t in 0..8 {
                let xs = &xs;
                scope.spawn(move || {
                    for round in 0..50 {
                        if (round + t) % 7 == 0 {
                            let at = (round * 37) % LARGE;
                            assert_eq!(exit_or_panic(xs, at, LARGE), Err(at));
                        } else {
                            assert_eq!(exit_or_panic(xs, LARGE, LARGE), Ok(LARGE));
                        }
                    }
                });
            }
        });
    });
}
