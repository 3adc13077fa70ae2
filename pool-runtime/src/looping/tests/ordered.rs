//! `#[ordered]` parts: in sequential order, one at a time, on any number of workers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use super::support::{Random, Sum, cases, pool, site};
use crate::__private::{Loop, Ordered, Step, source};
use crate::looping::TimedOut;

#[test]
fn ordered_parts_run_in_order_while_the_rest_runs_in_parallel() {
    for workers in [1, 2, 3, 8] {
        let (mut list, mut sum, mut parallel) = (Vec::new(), 0, 0);
        let order = Ordered::new((&mut list, &mut sum));
        Loop::new(site(), source!(0..3000u64)).pool(pool()).workers(workers).run(
            (Sum(&mut parallel),),
            (order.turns(),),
            |(mut parallel,), (turns,), block| {
                let turns = &*turns;
                for i in turns.over(block) {
                    parallel += i;
                    if i % 5 == 1 {
                        continue;
                    }
                    let mut turn = turns.enter();
                    let (list, sum) = &mut *turn;
                    list.push(i);
                    **sum += i;
                }
                (parallel,)
            },
        );
        assert!(list.iter().copied().eq((0..3000).filter(|i| i % 5 != 1)));
        assert_eq!(sum, list.iter().sum::<u64>());
        assert_eq!(parallel, (0..3000).sum::<u64>());
    }
}

#[test]
fn nothing_enters_after_the_item_that_left_or_panicked() {
    let mut random = Random::new(11);
    for _ in 0..cases(600) {
        let len = 1 + random.below(200);
        let (leave, panic, workers) = (random.below(300), random.below(300), 1 + random.below(8));
        let pulled = random.below(2) == 0;
        let (inside, mut list) = (random.below(2) == 0, Vec::new());
        let order = Ordered::new(&mut list);
        macro_rules! run {
            ($source:expr) => {
                catch_unwind(AssertUnwindSafe(|| {
                    Loop::new(site(), $source).pool(pool()).workers(workers).run_until(
                        (),
                        (order.turns(),),
                        |(), (turns,), block| {
                            let turns = &*turns;
                            for i in turns.over(block) {
                                let turn = inside.then(|| turns.enter());
                                if i == leave {
                                    return ((), Step::Return(i));
                                }
                                if i == panic {
                                    std::panic::resume_unwind(Box::new(i));
                                }
                                drop(turn);
                                turns.enter().push(i);
                            }
                            ((), Step::Next)
                        },
                    )
                }))
            };
        }
        let found =
            if pulled { run!(source!((0..len).filter(|_| true))) } else { run!(source!(0..len)) };
        let end = len.min(leave).min(panic);
        match found {
            Ok(found) => assert_eq!(found, (end < len).then_some(leave)),
            Err(payload) => assert_eq!(payload.downcast_ref(), Some(&panic)),
        }
        assert!(list.into_iter().eq(0..end), "{len} {leave} {panic} {workers}");
    }
}

#[test]
fn a_timeout_strands_nobody() {
    for _ in 0..cases(20) {
        let (mut list, mut sum) = (Vec::new(), 0);
        let order = Ordered::new(&mut list);
        let limit = Duration::from_millis(3);
        let result = Loop::new(site(), source!(0..1_000_000u64))
            .pool(pool())
            .workers(8)
            .timeout(limit)
            .run((Sum(&mut sum),), (order.turns(),), |(mut sum,), (turns,), block| {
                let turns = &*turns;
                for i in turns.over(block) {
                    std::thread::sleep(Duration::from_micros(100));
                    turns.enter().push(i);
                    sum += i;
                }
                (sum,)
            });
        assert_eq!(result, Err(TimedOut::new(limit)));
        assert!(list.iter().enumerate().all(|(i, item)| i as u64 == *item));
        assert_eq!(sum, list.iter().sum::<u64>());
    }
}

#[test]
fn sleepers_are_woken_when_their_turn_comes() {
    let inside = AtomicUsize::new(0);
    let mut last = None;
    let order = Ordered::new(&mut last);
    Loop::new(site(), source!(0..40)).pool(pool()).workers(8).run(
        (),
        (order.turns(),),
        |(), (turns,), block| {
            let turns = &*turns;
            for i in turns.over(block) {
                let mut turn = turns.enter();
                assert_eq!(inside.fetch_add(1, Relaxed), 0, "one at a time");
                std::thread::sleep(Duration::from_millis(1));
                inside.fetch_sub(1, Relaxed);
                **turn = Some(i);
            }
        },
    );
    assert_eq!(last, Some(39));
}
