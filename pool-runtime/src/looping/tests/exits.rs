//! Loops that are left early: the outcome is the sequential one, whoever is first in time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use super::support::{Blocks, Push, Random, Scratch, Sum, cases, pool, site};
use crate::__private::{Carry, Failures, Leave, Loop, Step, attempt, source};
use crate::looping::{Holds, Runs, TimedOut};
use crate::source::Source;

/// What the body does at some positions.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    Error,
    Return,
    Break,
    Panic,
}

/// How a loop came out: its value, and what the accumulators hold.
#[derive(Debug, PartialEq)]
struct Outcome {
    /// The `Result` of the loop; `None`: it panicked.
    value: Option<Result<Option<usize>, usize>>,
    sum: u64,
    list: Vec<usize>,
    float: u64,
}

fn act(acts: &[(usize, Act)], i: usize) -> Option<Act> {
    acts.iter().find(|(position, _)| *position == i).map(|(_, act)| *act)
}

/// The loop as it would be written by hand, over blocks of `chunk` for the float.
fn sequential(len: usize, acts: &[(usize, Act)], chunk: usize) -> Outcome {
    let (mut sum, mut list) = (0, Vec::new());
    let mut blocks = vec![0.0; len.div_ceil(chunk)];
    let mut value = Some(Ok(None));
    for i in 0..len {
        match act(acts, i) {
            Some(Act::Error) => value = Some(Err(i)),
            Some(Act::Return) => value = Some(Ok(Some(i))),
            Some(Act::Break) => {}
            Some(Act::Panic) => value = None,
            None => {
                sum += i as u64;
                list.push(i);
                blocks[i / chunk] += 1.0 / (i as f64 + 0.3);
                continue;
            }
        }
        break;
    }
    if value.is_none() {
        return Outcome { value, sum: 0, list: Vec::new(), float: 0.0f64.to_bits() };
    }
    let float = blocks.into_iter().fold(0.0, |sum, block| sum + block);
    Outcome { value, sum, list, float: f64::to_bits(float) }
}

fn parallel<S: Source<Block: Iterator<Item = usize>> + Runs<Holds>>(
    source: S,
    workers: usize,
    chunk: usize,
    acts: &[(usize, Act)],
) -> (Outcome, Vec<std::ops::Range<usize>>) {
    type R = Result<usize, usize>;
    let (mut sum, mut list, mut float, mut borders) = (0, Vec::new(), 0.0, Vec::new());
    let run = catch_unwind(AssertUnwindSafe(|| {
        Loop::new(site(), source).pool(pool()).workers(workers).chunk(chunk).run_until(
            (Sum(&mut sum), Push(&mut list)),
            (Blocks(&mut float, &mut borders),),
            |(mut sum, mut list), (share,), block| {
                let step = attempt(|| -> Carry<R, Step<usize>> {
                    for i in block {
                        match act(acts, i) {
                            Some(Act::Error) => Err(i)?,
                            Some(Act::Return) => return <R as Leave>::with(Step::Return(i)),
                            Some(Act::Break) => return <R as Leave>::with(Step::Break),
                            Some(Act::Panic) => std::panic::resume_unwind(Box::new(i)),
                            None => {}
                        }
                        sum += i as u64;
                        list.push(i);
                        share.sum += 1.0 / (i as f64 + 0.3);
                    }
                    <R as Leave>::with(Step::Next)
                });
                ((sum, list), step)
            },
        )
    }));
    let value = run.map_err(|payload| {
        let lowest = acts.iter().filter(|(_, act)| *act == Act::Panic).map(|(i, _)| *i).min();
        assert_eq!(payload.downcast_ref().copied(), lowest, "the payload is the lowest one's own");
    });
    (Outcome { value: value.ok(), sum, list, float: float.to_bits() }, borders)
}

fn random_acts(random: &mut Random, len: usize) -> Vec<(usize, Act)> {
    (0..random.below(5))
        .map(|_| {
            let act = [Act::Error, Act::Return, Act::Break, Act::Panic][random.below(4)];
            (random.below(len), act)
        })
        .collect()
}

#[test]
fn exits_at_random_positions_come_out_as_in_the_sequential_loop() {
    let mut random = Random::new(7);
    for case in 1..=cases(10_000) {
        let len = 1 + random.below(if case % 50 == 0 { 20_000 } else { 300 });
        let chunk = 1 + random.below(40);
        let acts = random_acts(&mut random, len);
        let expected = sequential(len, &acts, chunk);
        let workers = 1 + random.below(8);
        let (found, _) = if random.below(2) == 0 {
            parallel(source!(0..len), workers, chunk, &acts)
        } else {
            parallel(source!((0..len).filter(|_| true)), workers, chunk, &acts)
        };
        assert_eq!(found, expected, "len {len}, chunk {chunk}, workers {workers}, {acts:?}");
    }
}

#[test]
fn a_loop_that_was_left_leaves_whole_blocks_and_one_partial_one() {
    let acts = [(501, Act::Break)];
    let (found, blocks) = parallel(source!(0..1000), 4, 10, &acts);
    assert_eq!(found.list, (0..501).collect::<Vec<_>>());
    assert_eq!(blocks.last(), Some(&(500..510)));
}

#[test]
fn the_same_error_wins_when_every_later_item_fails_too() {
    for _ in 0..cases(1000) {
        let result = Loop::new(site(), source!(0..2000usize))
            .pool(pool())
            .workers(8)
            .chunk(1)
            .run_until((), (), |(), (), block| {
                let step = attempt(|| -> Carry<Result<(), usize>, Step<()>> {
                    for i in block {
                        if i >= 700 {
                            Err(i)?;
                        }
                    }
                    Ok(Step::Next)
                });
                ((), step)
            });
        assert_eq!(result, Err(700));
    }
}

/// Two workers are inside claims of many blocks, the lower one leaves: how many blocks the other one
/// starts once that is known. `None`: the other one had the lower claim, which runs to its end.
fn blocks_started_after_an_exit() -> Option<usize> {
    let (holder, held, left) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let late = AtomicUsize::new(0);
    let caller = std::thread::current().id();
    let found = Loop::new(site(), source!(0..400_000usize)).pool(pool()).workers(2).chunk(10);
    let found = found.run_until((), (), |(), (), mut block| {
        let position = block.next().unwrap_or_default();
        let helper = std::thread::current().id() != caller;
        if left.load(SeqCst) {
            late.fetch_add(1, SeqCst);
        } else if helper {
            held.store(position, SeqCst);
            holder.store(1, SeqCst);
            while !left.load(SeqCst) {
                std::thread::yield_now();
            }
            // Until the other worker has told the loop.
            std::thread::sleep(Duration::from_millis(2));
        } else if holder.load(SeqCst) == 1 {
            left.store(true, SeqCst);
            return ((), Step::Return(position));
        }
        block.for_each(|i| drop(std::hint::black_box(i.to_string())));
        ((), Step::Next)
    });
    let found: usize = found?;
    (found < held.into_inner()).then(|| late.into_inner())
}

#[test]
fn no_block_starts_after_an_exit() {
    let shown: Vec<_> = (0..cases(200)).filter_map(|_| blocks_started_after_an_exit()).collect();
    // A thread may lose its core between its exit and telling so; not every time.
    assert_eq!(shown.iter().min(), Some(&0), "{shown:?}");
}

#[test]
fn any_error_takes_the_first_in_time() {
    let result = Loop::new(site(), source!(0..100usize))
        .pool(pool())
        .workers(4)
        .chunk(1)
        .any_error()
        .run_until((), (), |(), (), block| {
            let step = attempt(|| -> Carry<Result<(), usize>, Step<()>> {
                for i in block {
                    (i % 2 == 0).then_some(()).ok_or(i)?;
                }
                Ok(Step::Next)
            });
            ((), step)
        });
    assert!(result.is_err());
}

#[test]
fn all_errors_come_back_by_position_and_every_item_runs() {
    for workers in [1, 2, 8] {
        let mut sum = 0;
        let mut failures = Failures::new();
        Loop::new(site(), source!(0..5000u64)).pool(pool()).workers(workers).run(
            (Sum(&mut sum),),
            (failures.collect(),),
            |(mut sum,), (failed,), block| {
                for i in block {
                    failed.note(attempt(|| {
                        sum += i;
                        if i % 7 == 3 { Err(format!("no {i}")) } else { Ok(()) }
                    }));
                }
                (sum,)
            },
        );
        assert_eq!(sum, (0..5000).sum::<u64>());
        let errors = failures.into_result().unwrap_err();
        let expected: Vec<_> =
            (0..5000).filter(|i| i % 7 == 3).map(|i| (i, format!("no {i}"))).collect();
        assert_eq!(errors.into_iter().collect::<Vec<_>>(), expected);
    }
}

#[test]
fn a_loop_without_failures_is_ok() {
    let mut failures = Failures::<String>::new();
    Loop::new(site(), source!(0..50)).run((), (failures.collect(),), |(), (failed,), block| {
        block.for_each(|_| failed.note(Ok(())));
    });
    assert!(failures.into_result().is_ok());
}

#[test]
fn a_timeout_ends_the_loop_between_blocks() {
    let limit = Duration::from_millis(20);
    for workers in [1, 4] {
        let mut list = Vec::new();
        let result = Loop::new(site(), source!(0..1_000_000))
            .pool(pool())
            .workers(workers)
            .timeout(limit)
            .run((Push(&mut list),), (), |(mut list,), (), block| {
                for i in block {
                    std::thread::sleep(Duration::from_millis(1));
                    list.push(i);
                }
                (list,)
            });
        assert_eq!(result, Err(TimedOut::new(limit)));
        assert!(!list.is_empty());
        assert!(list.iter().enumerate().all(|(i, item)| i == *item), "exactly the first ones");
    }
}

#[test]
fn a_timeout_that_is_not_reached_changes_nothing() {
    let mut sum = 0;
    let result = Loop::new(site(), source!(0..100u64)).timeout(Duration::from_secs(1000)).run(
        (Sum(&mut sum),),
        (),
        |(sum,), (), block| (sum + block.sum::<u64>(),),
    );
    assert_eq!((result, sum), (Ok(()), 4950));
}

#[test]
fn no_time_at_all_runs_nothing() {
    let ran = AtomicUsize::new(0);
    let result =
        Loop::new(site(), source!(0..100)).timeout(Duration::ZERO).run((), (), |(), (), block| {
            ran.fetch_add(block.len(), SeqCst);
        });
    assert_eq!(result, Err(TimedOut::new(Duration::ZERO)));
    assert_eq!(ran.into_inner(), 0);
}

#[test]
fn scratch_survives_the_claims_of_a_loop_that_can_be_left() {
    let made = AtomicUsize::new(0);
    Loop::new(site(), source!(0..10_000)).pool(pool()).workers(3).chunk(1).run_until(
        (),
        (Scratch(&made),),
        |(), (buffer,), block| {
            buffer.extend(block.map(|_| 0));
            ((), Step::<()>::Next)
        },
    );
    assert!((1..=3).contains(&made.into_inner()));
}

#[test]
fn a_pool_is_usable_after_panics() {
    for round in 0..cases(100) {
        let panicked = catch_unwind(|| {
            Loop::new(site(), source!(0..64)).pool(pool()).chunk(1).run((), (), |(), (), block| {
                for i in block {
                    assert!(i < 13, "thirteen in round {round}");
                }
            });
        });
        let payload = panicked.unwrap_err();
        let message = payload.downcast_ref::<String>().map(String::as_str);
        assert_eq!(message, Some(&*format!("thirteen in round {round}")));
    }
}

#[test]
fn a_payload_that_panics_on_drop_loses_quietly() {
    struct Bomb(usize);
    impl Drop for Bomb {
        fn drop(&mut self) {
            std::panic::resume_unwind(Box::new("bomb"));
        }
    }
    for _ in 0..cases(50) {
        let panicked = catch_unwind(|| {
            Loop::new(site(), source!(0..64)).pool(pool()).chunk(1).run((), (), |(), (), block| {
                for i in block {
                    if i % 2 == 1 {
                        std::panic::resume_unwind(Box::new(Bomb(i)));
                    }
                }
            });
        });
        let payload = panicked.unwrap_err();
        let bomb = payload.downcast::<Bomb>().unwrap();
        assert_eq!(bomb.0, 1);
        std::mem::forget(bomb);
    }
}

#[test]
fn a_panic_of_the_iterator_comes_after_the_items_before_it() {
    for workers in [1, 2, 8] {
        let seen = AtomicUsize::new(0);
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let items = (0..).inspect(|&i| {
                if i == 777 {
                    std::panic::resume_unwind(Box::new("source"));
                }
            });
            Loop::new(site(), source!(items)).pool(pool()).workers(workers).run(
                (),
                (),
                |(), (), block| {
                    for _ in block {
                        seen.fetch_add(1, SeqCst);
                    }
                },
            );
        }));
        assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&"source"));
        assert_eq!(seen.into_inner(), 777);
    }
}

#[test]
fn an_exit_before_the_iterator_s_panic_wins() {
    for workers in [1, 2, 8] {
        let items = (0..).inspect(|&i| assert!(i < 500));
        let found = Loop::new(site(), source!(items)).pool(pool()).workers(workers).run_until(
            (),
            (),
            |(), (), block| {
                for i in block {
                    if i == 499 {
                        return ((), Step::Return(i));
                    }
                }
                ((), Step::Next)
            },
        );
        assert_eq!(found, Some(499));
    }
}

#[test]
fn wrong_size_hints_do_no_harm() {
    struct Liar(usize, (usize, Option<usize>));
    impl Iterator for Liar {
        type Item = usize;
        fn next(&mut self) -> Option<usize> {
            self.0 = self.0.checked_sub(1)?;
            Some(self.0)
        }
        fn size_hint(&self) -> (usize, Option<usize>) {
            self.1
        }
    }
    for hint in [(0, Some(0)), (1, Some(1)), (usize::MAX, Some(usize::MAX)), (5, Some(2))] {
        for _ in 0..3 {
            let mut list = Vec::new();
            Loop::new(site(), source!(Liar(3000, hint))).pool(pool()).run(
                (Push(&mut list),),
                (),
                |(mut list,), (), block| {
                    for item in block {
                        list.push(item);
                    }
                    (list,)
                },
            );
            assert!(list.into_iter().eq((0..3000).rev()));
        }
    }
}

#[test]
fn an_iterator_without_end_stops_at_the_break() {
    let mut next = 0;
    let items = std::iter::from_fn(|| {
        next += 1;
        Some(next - 1)
    });
    let mut sum = 0;
    let left: Option<()> = Loop::new(site(), source!(items)).pool(pool()).workers(4).run_until(
        (Sum(&mut sum),),
        (),
        |(mut sum,), (), block| {
            for i in block {
                if i == 10_000 {
                    return ((sum,), Step::Break);
                }
                sum += i;
            }
            ((sum,), Step::Next)
        },
    );
    assert_eq!((left, sum), (None, (0..10_000).sum()));
}
