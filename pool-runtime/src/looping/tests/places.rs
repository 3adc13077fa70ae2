//! Loops that have run before, so that their workers keep their places; as teams, and brief ones.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
use std::time::{Duration, Instant};

use super::support::{Random, near_site, pool, site};
use crate::__private::{Loop, add, append, source, window};
use crate::pool::Pool;
use crate::site::Site;

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

/// Some helper looks round for a while after that.
fn call_helpers() {
    pool().region(2, &|_| spin());
}

#[test]
fn the_lowest_panic_wins_and_all_before_it_has_run_and_each_item_is_dropped_once() {
    lowest_panic(site());
}

#[test]
fn the_lowest_panic_of_a_brief_loop_wins() {
    lowest_panic(near_site());
}

fn lowest_panic(site: &'static Site) {
    let mut random = Random::new(7);
    for round in 0..300 {
        call_helpers();
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
    in_order(site());
}

#[test]
fn what_is_in_order_in_a_brief_loop_stays_in_order() {
    in_order(near_site());
}

fn in_order(site: &'static Site) {
    for round in 0..100 {
        call_helpers();
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

/// Shares of all kinds, a stretch of several claims, and a part that nobody comes for.
#[test]
fn brief_loops_of_any_length_leave_what_the_plain_ones_leave() {
    let (site, pool) = (near_site(), Pool::new(3));
    for workers in [2, 3] {
        for len in [0, 1, 2, 63, 64, 65, 500, 1000] {
            for helped in [true, false] {
                if helped {
                    pool.region(2, &|_| spin());
                }
                let (mut sum, mut count, mut squares, mut all) = (0.5, 7, vec![0; len], vec![1]);
                {
                    let source = source!(0..len);
                    let window = window!(squares, source);
                    Loop::new(site, source).pool(&pool).workers(workers).run(
                        (add!(sum), add!(count), append!(all)),
                        (window,),
                        |(mut sum, mut count, mut all), (squares,), block| {
                            for i in block {
                                sum += i as f64 / 4.0;
                                count += i;
                                all.push(i);
                                squares[i] = i * i;
                            }
                            (sum, count, all)
                        },
                    );
                }
                let total = len * len.saturating_sub(1) / 2;
                assert_eq!((sum, count), (0.5 + total as f64 / 4.0, 7 + total));
                assert!(squares.iter().enumerate().all(|(i, &square)| square == i * i));
                assert!(all.into_iter().eq(std::iter::once(1).chain(0..len)), "in order");
            }
        }
    }
}

#[test]
fn a_brief_loop_in_a_brief_loop_runs() {
    let (outer, inner) = (near_site(), near_site());
    for _ in 0..50 {
        call_helpers();
        let mut sum = 0;
        Loop::new(outer, source!(0..20)).pool(pool()).run(
            (add!(sum),),
            (),
            |(mut sum,), (), block| {
                for i in block {
                    let mut row = 0;
                    let range = source!(0..30);
                    Loop::new(inner, range).pool(pool()).run(
                        (add!(row),),
                        (),
                        |(mut row,), (), block| {
                            for j in block {
                                row += i * j;
                            }
                            (row,)
                        },
                    );
                    sum += row;
                }
                (sum,)
            },
        );
        assert_eq!(sum, 190 * 435);
    }
}
