//! Items that are moved into a loop are dropped exactly once, whatever happens.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering::Relaxed};

use super::support::{Random, cases, pool, site};
use crate::__private::{Loop, Step, source};
use crate::looping::{Holds, Runs};
use crate::source::Source;

/// One flag for each item, counted up when it is dropped.
struct Ledger(Vec<AtomicU8>);

struct Item<'a>(usize, &'a Ledger);

impl Drop for Item<'_> {
    fn drop(&mut self) {
        self.1.0[self.0].fetch_add(1, Relaxed);
    }
}

impl Ledger {
    fn new(len: usize) -> Self {
        Self((0..len).map(|_| AtomicU8::new(0)).collect())
    }
    fn items(&self) -> Vec<Item<'_>> {
        (0..self.0.len()).map(|i| Item(i, self)).collect()
    }
    #[track_caller]
    fn settled(&self) {
        let wrong: Vec<_> = self.0.iter().map(|n| n.load(Relaxed)).enumerate().collect();
        assert!(wrong.iter().all(|(_, drops)| *drops == 1), "not once: {wrong:?}");
    }
}

#[derive(Clone, Copy, Debug)]
enum End {
    Through,
    Leave,
    Panic,
}

fn run<'l, S: Source<Block: Iterator<Item = T>> + Runs<Holds>, T>(
    source: S,
    workers: usize,
    chunk: usize,
    at: usize,
    end: End,
    item: impl Fn(&T) -> &Item<'l> + Sync,
) {
    let done = catch_unwind(AssertUnwindSafe(|| {
        Loop::new(site(), source).pool(pool()).workers(workers).chunk(chunk).run_until(
            (),
            (),
            |(), (), block| {
                for next in block {
                    match end {
                        End::Leave if item(&next).0 == at => return ((), Step::Return(())),
                        End::Panic if item(&next).0 == at => {
                            std::panic::resume_unwind(Box::new(()));
                        }
                        _ => {}
                    }
                }
                ((), Step::Next)
            },
        );
    }));
    drop(done);
}

#[test]
fn vectors_by_value_drop_every_item_once() {
    let mut random = Random::new(3);
    for _ in 0..cases(600) {
        let ledger = Ledger::new(1 + random.below(400));
        let (workers, chunk) = (1 + random.below(8), 1 + random.below(50));
        let at = random.below(ledger.0.len());
        let end = [End::Through, End::Leave, End::Panic][random.below(3)];
        run(source!(ledger.items()), workers, chunk, at, end, |item| item);
        ledger.settled();
        let ledger = Ledger::new(ledger.0.len());
        let pulled = ledger.items().into_iter().filter(|_| true);
        run(source!(pulled), workers, chunk, at, end, |item| item);
        ledger.settled();
    }
}

#[test]
fn adapters_drop_what_they_leave_out() {
    let mut random = Random::new(5);
    for _ in 0..cases(200) {
        let len = 1 + random.below(100);
        let other = 1 + random.below(100);
        let (workers, chunk, cut) = (1 + random.below(8), 1 + random.below(9), random.below(120));
        let at = random.below(len);
        let end = [End::Through, End::Leave, End::Panic][random.below(3)];
        let (one, two) = (Ledger::new(len), Ledger::new(other));
        let zipped = source!(one.items()).zip(source!(two.items()));
        run(zipped, workers, chunk, at, end, |pair| &pair.0);
        one.settled();
        two.settled();
        let (one, two) = (Ledger::new(len), Ledger::new(other));
        let pulled = source!(two.items().into_iter().filter(|_| true));
        run(source!(one.items()).zip(pulled), workers, chunk, at, end, |pair| &pair.0);
        one.settled();
        two.settled();
        let ledger = Ledger::new(len);
        let skipped = source!(ledger.items()).rev().skip(cut).step_by(1 + cut / 10);
        run(skipped, workers, chunk, at, end, |item| item);
        ledger.settled();
        let ledger = Ledger::new(len);
        run(source!(ledger.items()).enumerate().take(cut), workers, chunk, at, end, |pair| &pair.1);
        ledger.settled();
    }
}

#[test]
fn arrays_and_boxed_slices_by_value_drop_every_item_once() {
    for end in [End::Through, End::Leave, End::Panic] {
        let ledger = Ledger::new(37);
        let array: [Item<'_>; 37] = std::array::from_fn(|i| Item(i, &ledger));
        run(source!(array), 4, 1, 20, end, |item| item);
        ledger.settled();
        let ledger = Ledger::new(37);
        run(source!(ledger.items().into_boxed_slice()), 4, 1, 20, end, |item| item);
        ledger.settled();
    }
}

#[test]
fn a_vector_that_was_begun_gives_its_rest() {
    let ledger = Ledger::new(100);
    let mut items = ledger.items().into_iter();
    items.next();
    items.next_back();
    let count = AtomicUsize::new(0);
    Loop::new(site(), source!(items)).pool(pool()).run((), (), |(), (), block| {
        for item in block {
            assert!((1..99).contains(&item.0));
            count.fetch_add(1, Relaxed);
        }
    });
    assert_eq!(count.into_inner(), 98);
    ledger.settled();
}

#[test]
fn items_without_size_are_counted_too() {
    static DROPS: AtomicUsize = AtomicUsize::new(0);
    struct Unit;
    impl Drop for Unit {
        fn drop(&mut self) {
            DROPS.fetch_add(1, Relaxed);
        }
    }
    let items: Vec<Unit> = (0..1000).map(|_| Unit).collect();
    let count = AtomicUsize::new(0);
    Loop::new(site(), source!(items)).pool(pool()).run((), (), |(), (), block| {
        for _ in block {
            count.fetch_add(1, Relaxed);
        }
    });
    assert_eq!(count.into_inner(), 1000);
    assert_eq!(DROPS.load(Relaxed), 1000);
}

#[test]
fn an_item_whose_drop_panics_ends_the_loop_and_the_rest_is_still_dropped() {
    struct Loud<'a>(usize, #[allow(dead_code)] Item<'a>);
    impl Drop for Loud<'_> {
        fn drop(&mut self) {
            if self.0 == 50 && !std::thread::panicking() {
                std::panic::resume_unwind(Box::new("fifty"));
            }
        }
    }
    let ledger = Ledger::new(100);
    let items: Vec<_> =
        ledger.items().into_iter().enumerate().map(|(i, item)| Loud(i, item)).collect();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        Loop::new(site(), source!(items)).pool(pool()).chunk(1).run((), (), |(), (), block| {
            block.for_each(drop);
        });
    }));
    assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&"fifty"));
    ledger.settled();
}
