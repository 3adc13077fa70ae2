//! Stream loops as the macros write them, beside the sequential loop.

use std::cell::Cell;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::Duration;

use pool_runtime::__private::{
    Carry, Leave, Loop, OnFull, Site, Step, add, append, attempt, stream,
};
use pool_runtime::Full;

macro_rules! site {
    () => {{
        static SITE: Site = Site::new("streams", file!(), line!(), "bounded");
        &SITE
    }};
}

/// Opens once `count` threads have come.
struct Gate {
    come: Mutex<usize>,
    open: Condvar,
    count: usize,
}

impl Gate {
    fn new(count: usize) -> Self {
        Self { come: Mutex::new(0), open: Condvar::new(), count }
    }
    fn pass(&self) {
        let mut come = self.come.lock().unwrap();
        *come += 1;
        self.open.notify_all();
        while *come < self.count {
            come = self.open.wait(come).unwrap();
        }
    }
}

#[test]
fn a_source_that_is_not_send_gives_the_sequential_result() {
    for workers in [1, 2, 3, 8] {
        for n in [0u64, 1, 2, 63, 64, 65, 5_000] {
            let asked = Rc::new(Cell::new(0u64));
            let source = (0..n).inspect(|_| asked.set(asked.get() + 1));
            let (mut sum, mut seen, mut float) = (10u64, vec![7u64], 0.5f64);
            Loop::new(site!(), stream!(source).queue(3)).workers(workers).run(
                (add!(sum), append!(seen), add!(float)),
                (),
                |(mut sum, mut seen, mut float), (), block| {
                    for i in block {
                        sum += i;
                        seen.push(i);
                        float += 1.0 / (i as f64 + 1.0);
                    }
                    (sum, seen, float)
                },
            );
            assert_eq!(asked.get(), n);
            assert_eq!(sum, 10 + n * n.saturating_sub(1) / 2);
            assert_eq!(seen, [7].into_iter().chain(0..n).collect::<Vec<_>>());
            let in_order = (0..n).fold(-0.0, |sum, i| sum + 1.0 / (i as f64 + 1.0));
            assert_eq!(float.to_bits(), (0.5 + in_order).to_bits());
        }
    }
}

#[test]
fn as_many_bodies_run_at_a_time_as_workers() {
    let gate = Gate::new(6);
    let source = std::iter::repeat_n((), 6);
    Loop::new(site!(), stream!(source).on_full(OnFull::Drop)).workers(6).run(
        (),
        (),
        |(), (), block| {
            block.for_each(|()| gate.pass());
        },
    );
}

#[test]
fn the_exit_of_the_lowest_position_wins_and_the_rest_is_not_consumed() {
    fn run(workers: usize, taken: &Cell<u64>) -> (Result<Option<()>, u64>, u64) {
        let mut count = 0u64;
        let source = (0u64..).inspect(|_| taken.set(taken.get() + 1));
        let out = Loop::new(site!(), stream!(source).queue(10)).workers(workers).run_until(
            (add!(count),),
            (),
            |(mut count,), (), block| {
                let step = attempt(|| -> Carry<Result<(), u64>, Step<()>> {
                    for i in block {
                        if i >= 300 {
                            Err(i)?;
                        }
                        count += 1;
                    }
                    <Result<(), u64> as Leave>::with(Step::Next)
                });
                ((count,), step)
            },
        );
        (out, count)
    }
    for workers in [1, 2, 5] {
        for _ in 0..50 {
            let taken = Cell::new(0);
            assert_eq!(run(workers, &taken), (Err(300), 300));
            assert!(taken.get() <= 301 + 11 + 64 * workers as u64, "{} taken", taken.get());
        }
    }
}

#[test]
fn what_is_dropped_is_counted_and_never_the_newest() {
    for policy in [OnFull::Drop, OnFull::DropOldest] {
        let started = Gate::new(3);
        let (seen, mut lost) = (Mutex::new(Vec::new()), 5u16);
        // Two workers are inside the first two items until the source has ended.
        let offered = Gate::new(3);
        let source = (0..100u32).inspect(|&i| {
            if i == 2 {
                started.pass();
            }
            if i == 99 {
                // Still to be handed over: the queue is full since long.
            }
        });
        let source = source.chain(std::iter::from_fn(|| {
            offered.pass();
            None
        }));
        let stream = stream!(source).queue(10).on_full(policy).dropped(&mut lost);
        Loop::new(site!(), stream).workers(2).run((), (), |(), (), block| {
            for i in block {
                if i < 2 {
                    started.pass();
                    offered.pass();
                }
                seen.lock().unwrap().push(i);
            }
        });
        let mut seen = seen.into_inner().unwrap();
        seen.sort_unstable();
        let waited: Vec<u32> =
            if policy == OnFull::Drop { (2..12).collect() } else { (90..100).collect() };
        assert_eq!(seen, [vec![0, 1], waited].concat());
        assert_eq!(lost, 5 + 88);
    }
}

#[test]
fn a_full_queue_can_be_an_error() {
    let (started, ended) = (Gate::new(2), Gate::new(2));
    let mut full: Option<Full> = None;
    let taken = Cell::new(0);
    let source = (0..1_000u32).inspect(|&i| {
        taken.set(i);
        if i == 1 {
            started.pass();
        }
        if i == 5 {
            ended.pass();
        }
    });
    let mut count = 0;
    Loop::new(site!(), stream!(source).queue(4).full_into(&mut full)).workers(1).run(
        (add!(count),),
        (),
        |(mut count,), (), block| {
            for i in block {
                if i == 0 {
                    started.pass();
                    ended.pass();
                }
                count += 1;
            }
            (count,)
        },
    );
    if taken.get() == 5 {
        assert_eq!(full.map(|full| full.queue()), Some(4));
        assert_eq!(count, 5, "what was accepted is processed");
    } else {
        // The worker was quick enough to make room for the sixth item.
        assert!(taken.get() > 5);
    }
}

#[test]
fn a_panic_of_the_body_stops_the_producer_and_one_of_the_source_comes_last() {
    let taken = Cell::new(0u32);
    let panic = catch_unwind(AssertUnwindSafe(|| {
        let source = (0u32..).inspect(|_| taken.set(taken.get() + 1));
        Loop::new(site!(), stream!(source).queue(8)).workers(3).run((), (), |(), (), block| {
            for i in block {
                assert!(i != 1_000, "at a thousand");
            }
        });
    }));
    assert_eq!(panic.unwrap_err().downcast_ref::<&str>(), Some(&"at a thousand"));
    // How far the source got beyond depends on how long the panic takes to be printed; that it, an
    // endless one, is left at all is what counts.
    assert!(taken.get() > 1_000);

    let done = AtomicUsize::new(0);
    let panic = catch_unwind(AssertUnwindSafe(|| {
        let source = (0u32..).inspect(|&i| assert!(i < 500, "no more"));
        Loop::new(site!(), stream!(source).queue(8)).workers(3).run((), (), |(), (), block| {
            for _ in block {
                done.fetch_add(1, Relaxed);
            }
        });
    }));
    assert_eq!(panic.unwrap_err().downcast_ref::<&str>(), Some(&"no more"));
    assert_eq!(done.into_inner(), 500);
}

#[test]
fn items_never_wait_for_company() {
    // Each item is asked for only after the one before it has been processed.
    let (done, changed) = (Mutex::new(0u32), Condvar::new());
    let source = (0..50u32).inspect(|&i| {
        let mut so_far = done.lock().unwrap();
        while *so_far < i {
            so_far = changed.wait(so_far).unwrap();
        }
    });
    Loop::new(site!(), stream!(source).queue(100)).workers(2).run((), (), |(), (), block| {
        for _ in block {
            *done.lock().unwrap() += 1;
            changed.notify_all();
        }
    });
    assert_eq!(done.into_inner().unwrap(), 50);
}

#[test]
fn batches_are_full_in_order_and_flushed_by_linger() {
    for workers in [1, 2, 4] {
        let mut sizes = Vec::new();
        let mut all = Vec::new();
        Loop::new(site!(), stream!(0..1_005u32).queue(64).batches(10)).workers(workers).run(
            (append!(sizes), append!(all)),
            (),
            |(mut sizes, mut all), (), block| {
                for batch in block {
                    sizes.push(batch.len());
                    all.extend(batch);
                }
                (sizes, all)
            },
        );
        assert_eq!(sizes, [vec![10; 100], vec![5]].concat());
        assert_eq!(all, (0..1_005).collect::<Vec<_>>());
    }

    // The source gives the fourth item only after the first three have been processed.
    let (seen, changed) = (Mutex::new(0), Condvar::new());
    let source = (0..4).inspect(|&i| {
        let mut seen = seen.lock().unwrap();
        while i == 3 && *seen < 3 {
            seen = changed.wait(seen).unwrap();
        }
    });
    let stream = stream!(source).batches(100).linger(Duration::from_millis(1));
    Loop::new(site!(), stream).workers(2).run((), (), |(), (), block| {
        for batch in block {
            *seen.lock().unwrap() += batch.len();
            changed.notify_all();
        }
    });
    assert_eq!(seen.into_inner().unwrap(), 4);
}

/// Lives as long as it is counted.
struct Counted<'a>(&'a AtomicUsize);
impl<'a> Counted<'a> {
    fn new(alive: &'a AtomicUsize, peak: &AtomicUsize) -> Self {
        peak.fetch_max(alive.fetch_add(1, Relaxed) + 1, Relaxed);
        Self(alive)
    }
}
impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

/// Ten million items where the build is quick enough for them.
const MANY: usize = if cfg!(debug_assertions) { 1_000_000 } else { 10_000_000 };

#[test]
fn memory_is_bounded_by_queue_and_workers() {
    let (alive, peak) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let source = (0..MANY).map(|_| Counted::new(&alive, &peak));
    Loop::new(site!(), stream!(source).queue(100)).workers(3).run((), (), |(), (), block| {
        block.for_each(drop);
    });
    assert_eq!(alive.load(Relaxed), 0, "every item was dropped once");
    let peaked = peak.swap(0, Relaxed);
    assert!(peaked <= 100 + 3 * (1 + 64), "{peaked} items");

    let source = (0..MANY).map(|_| Counted::new(&alive, &peak));
    let stream = stream!(source).queue(100).batches(20);
    Loop::new(site!(), stream).workers(3).run((), (), |(), (), block| {
        block.for_each(drop);
    });
    assert_eq!(alive.into_inner(), 0, "every item was dropped once");
    let peaked = peak.into_inner();
    assert!(peaked <= 100 + 3 * (1 + 20), "{peaked} items");
}

/// Firehoses of every pace against workers of every pace.
#[test]
fn offered_is_processed_and_dropped_in_every_run() {
    const OFFERED: u32 = 3_000;
    for run in 0..200u32 {
        let policy = if run % 2 == 0 { OnFull::Drop } else { OnFull::DropOldest };
        let (queue, workers) = (1 + run % 37, 1 + run % 3);
        let pause = |rounds: u32| (0..rounds).for_each(|_| std::hint::spin_loop());
        let (alive, peak) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let (mut seen, mut lost) = (Vec::new(), 0u32);
        let source = (0..OFFERED).map(|i| {
            pause(run % 11 * (i % 5));
            (i, Counted::new(&alive, &peak))
        });
        let stream = stream!(source).queue(queue).on_full(policy).dropped(&mut lost);
        Loop::new(site!(), stream).workers(workers).run(
            (append!(seen),),
            (),
            |(mut seen,), (), block| {
                for (i, _item) in block {
                    pause(run % 7 * (i % 13) * 4);
                    seen.push(i);
                }
                (seen,)
            },
        );
        assert_eq!(seen.len() as u32 + lost, OFFERED, "run {run}");
        assert_eq!(alive.into_inner(), 0, "run {run}: every item was dropped once");
        // Positions are given in the order of the queue: what came later was never taken before
        // what waited longer, hence no newer item was dropped while an older one waited.
        assert!(seen.is_sorted_by(|a, b| a < b), "run {run}");
        if policy == OnFull::DropOldest {
            assert_eq!(seen.last(), Some(&(OFFERED - 1)), "run {run}: the newest is kept");
        }
    }
}

#[test]
fn regions_inside_stream_bodies_do_not_deadlock() {
    let mut total = 0u64;
    Loop::new(site!(), stream!(0..40u64).queue(2)).workers(4).run(
        (add!(total),),
        (),
        |(mut total,), (), block| {
            for i in block {
                let mut inner = 0u64;
                Loop::new(site!(), stream!(0..i).queue(1)).workers(2).run(
                    (add!(inner),),
                    (),
                    |(mut inner,), (), block| {
                        for j in block {
                            inner += j;
                        }
                        (inner,)
                    },
                );
                total += inner;
            }
            (total,)
        },
    );
    assert_eq!(total, (0..40u64).map(|i| (0..i).sum::<u64>()).sum());
}

#[test]
fn the_body_runs_on_helpers_while_the_source_blocks() {
    let me = thread::current().id();
    let ran_on = Mutex::new(HashSet::new());
    let passed = Gate::new(2);
    let source = (0..2).inspect(|&i| {
        if i == 1 {
            passed.pass();
        }
    });
    Loop::new(site!(), stream!(source).queue(1)).workers(1).run((), (), |(), (), block| {
        for i in block {
            ran_on.lock().unwrap().insert((i, thread::current().id()));
            if i == 0 {
                passed.pass();
            }
        }
    });
    assert!(!ran_on.into_inner().unwrap().contains(&(0, me)));
}

/// In front of a full queue the caller runs the newest items while older ones wait: the order of
/// what the loop builds, and the item that ends it, are those of the sequential loop.
#[test]
fn newest_items_run_by_the_caller_keep_their_place() {
    for (queue, workers) in [(1, 2), (64, 2), (500, 2), (500, 4)] {
        let caller = thread::current().id();
        for exit in [u64::MAX, 0, 7_000, 19_990] {
            let (on_caller, mut seen, mut sum) = (AtomicUsize::new(0), vec![], 0u64);
            let source = (0..20_000u64).filter(|&i| i < 20_000);
            let left = Loop::new(site!(), stream!(source).queue(queue)).workers(workers).run_until(
                (add!(sum), append!(seen)),
                (),
                |(mut sum, mut seen), (), block| {
                    let step = attempt(|| -> Carry<Result<(), u64>, Step<()>> {
                        for i in block {
                            if thread::current().id() == caller {
                                on_caller.fetch_add(1, Relaxed);
                            }
                            if i >= exit {
                                Err(i)?;
                            }
                            sum += i;
                            seen.push(i);
                        }
                        <Result<(), u64> as Leave>::with(Step::Next)
                    });
                    ((sum, seen), step)
                },
            );
            let end = exit.min(20_000);
            assert_eq!(left, if exit < 20_000 { Err(exit) } else { Ok(None) });
            assert_eq!(sum, (0..end).sum::<u64>());
            assert!(seen.into_iter().eq(0..end), "queue {queue}, exit {exit}");
        }
    }
}

/// The source panics, or the body does, while the caller runs the newest items: everything before
/// is run, and the panic of the lowest position comes out.
#[test]
fn items_before_a_panic_of_the_newest_are_run() {
    for in_source in [true, false] {
        for at in [3_000u64, 9_999] {
            let ran: Vec<AtomicUsize> = (0..10_000).map(|_| AtomicUsize::new(0)).collect();
            let source = (0..10_000u64).inspect(|&i| assert!(!in_source || i != at, "at {i}"));
            let panic = catch_unwind(AssertUnwindSafe(|| {
                Loop::new(site!(), stream!(source).queue(200)).workers(2).run(
                    (),
                    (),
                    |(), (), block| {
                        for i in block {
                            assert!(in_source || i < at, "at {i}");
                            ran[i as usize].fetch_add(1, Relaxed);
                        }
                    },
                );
            }));
            let payload = panic.unwrap_err();
            assert_eq!(payload.downcast_ref::<String>(), Some(&format!("at {at}")));
            for (i, ran) in ran.iter().enumerate() {
                let expected = usize::from((i as u64) < at);
                assert_eq!(ran.load(Relaxed), expected, "item {i}, panic at {at}");
            }
        }
    }
}

/// `errors = "any"`: what waits when the caller's newest item fails, or the source does, is not run,
/// and nobody waits for it.
#[test]
fn the_first_error_in_time_leaves_nobody_behind() {
    for round in 0..200u64 {
        let at = 600 + 40 * round;
        let left = Loop::new(site!(), stream!((0..20_000u64).filter(|_| true)).queue(300))
            .workers(3)
            .any_error()
            .run_until((), (), |(), (), block| {
                let step = attempt(|| -> Carry<Result<(), u64>, Step<()>> {
                    for i in block {
                        if i >= at {
                            Err(i)?;
                        }
                    }
                    <Result<(), u64> as Leave>::with(Step::Next)
                });
                ((), step)
            });
        assert!(left.is_err_and(|i| i >= at));
        let source = (0..).inspect(|&i| assert!(i < at, "the source is at {i}"));
        let panic = catch_unwind(AssertUnwindSafe(|| {
            Loop::new(site!(), stream!(source).queue(300)).workers(3).any_error().run_until(
                (),
                (),
                |(), (), block| {
                    let step = attempt(|| -> Carry<Result<(), u64>, Step<()>> {
                        for i in block {
                            if i == u64::MAX {
                                Err(i)?;
                            }
                        }
                        <Result<(), u64> as Leave>::with(Step::Next)
                    });
                    ((), step)
                },
            )
        }));
        assert!(panic.is_err());
    }
}
