//! Loops that have run before, so that their workers keep their places.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
use std::time::{Duration, Instant};

use super::support::{Random, pool, site};
use crate::__private::{Loop, add, source};

const ITEMS: usize = 64;

struct Item<'a>(usize, &'a [AtomicU8; ITEMS]);

impl Drop for Item<'_> {
    fn drop(&mut self) {
        self.1[self.0].fetch_add(1, Relaxed);
    }
}

fn spin() {
    let since = Instant::now();
    while since.elapsed() < Duration::from_micros(5) {}
}

#[test]
fn the_lowest_panic_wins_and_all_before_it_has_run_and_each_item_is_dropped_once() {
    let (site, mut random) = (site(), Random::new(7));
    for round in 0..300 {
        let workers = 2 + round % 3;
        let (low, high) = (random.below(ITEMS), random.below(ITEMS));
        let (low, high) = if round < 3 { (ITEMS, ITEMS) } else { (low.min(high), low.max(high)) };
        let ran: [AtomicU8; ITEMS] = std::array::from_fn(|_| AtomicU8::new(0));
        let dropped: [AtomicU8; ITEMS] = std::array::from_fn(|_| AtomicU8::new(0));
        let items: Vec<Item<'_>> = (0..ITEMS).map(|i| Item(i, &dropped)).collect();
        let mut sum = 0.25;
        let done = catch_unwind(AssertUnwindSafe(|| {
            let values = (add!(sum),);
            let counted = Loop::new(site, source!(items)).pool(pool()).workers(workers);
            counted.run(values, (), |(mut sum,), (), block| {
                for item in block {
                    spin();
                    ran[item.0].fetch_add(1, Relaxed);
                    if item.0 == low || item.0 == high {
                        std::panic::resume_unwind(Box::new(item.0));
                    }
                    sum += item.0 as f64;
                }
                (sum,)
            });
        }));
        let count = |all: &[AtomicU8; ITEMS], range: std::ops::Range<usize>| {
            all[range].iter().all(|n| n.load(Relaxed) == 1)
        };
        match done {
            Ok(()) => {
                assert_eq!(low, ITEMS);
                assert_eq!(sum.to_bits(), (0.25 + (ITEMS * (ITEMS - 1) / 2) as f64).to_bits());
            }
            Err(payload) => {
                assert_eq!(payload.downcast_ref(), Some(&low), "of {low} and {high}");
                assert_eq!(sum.to_bits(), 0.25f64.to_bits(), "nothing is committed");
            }
        }
        assert!(count(&ran, 0..low.min(ITEMS)), "all before {low} has run, once");
        assert!(count(&dropped, 0..ITEMS), "each is dropped once");
    }
}

#[test]
fn what_is_in_order_stays_in_order() {
    let site = site();
    for round in 0..100 {
        let (mut sum, mut alone) = (0.1, 0.1);
        let blocks = |i: usize| 1.0 / (i as f64 + 1.0);
        let body = |(mut sum,): (f64,), (): &mut (), block: std::ops::Range<usize>| {
            for i in block {
                spin();
                sum += blocks(i);
            }
            (sum,)
        };
        let len = ITEMS + round;
        Loop::new(site, source!(0..len)).pool(pool()).run((add!(sum),), (), body);
        Loop::new(site, source!(0..len)).workers(1).run((add!(alone),), (), body);
        assert_eq!(sum.to_bits(), alone.to_bits());
    }
}
