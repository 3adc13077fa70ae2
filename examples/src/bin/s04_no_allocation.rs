//! Scenario 4: a million tiny tasks. A pool that takes closures boxes each of them; a task function
//! moves its arguments into its own typed queue, and nothing is allocated per call.

use std::alloc::System;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use examples::contest::say;
use examples::naive::Naive;
use examples::{Args, contest, machine, show};
use pool_runtime::{Admission, Task, join_all, pooled};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// What every task does.
fn add(i: u64) {
    COUNTER.fetch_add(i, Ordering::Relaxed);
}

#[pooled(workers = 8)]
fn bump(i: u64) -> Admission {
    add(i);
}

#[pooled(workers = 8)]
fn square(i: u64) -> Task<u64> {
    i.wrapping_mul(i)
}

fn sequential(n: u64) -> u64 {
    for i in 0..n {
        add(i);
    }
    COUNTER.swap(0, Ordering::Relaxed)
}

fn annotated(n: u64) -> u64 {
    for i in 0..n {
        bump(i);
    }
    pool_runtime::drain();
    COUNTER.swap(0, Ordering::Relaxed)
}

/// The usual pool: one boxed closure per call.
fn naive(pool: &Naive, n: u64) -> u64 {
    pool.scope(|scope| {
        for i in 0..n {
            scope.spawn(move |_| add(i));
        }
    });
    COUNTER.swap(0, Ordering::Relaxed)
}

/// The usual cure: the function is fixed, only the argument travels.
fn argument_queue(n: u64) -> u64 {
    let (queue, arguments) = crossbeam_channel::bounded::<u64>(1024);
    thread::scope(|scope| {
        for _ in 0..8 {
            let arguments = arguments.clone();
            scope.spawn(move || arguments.into_iter().for_each(add));
        }
        for i in 0..n {
            queue.send(i).expect("the workers wait for arguments");
        }
        drop(queue);
    });
    COUNTER.swap(0, Ordering::Relaxed)
}

/// Calls `square` with `window` tasks in flight.
fn squares(n: u64, window: u64, tasks: &mut Vec<Task<u64>>) -> u64 {
    let mut sum = 0u64;
    for from in (0..n).step_by(window as usize) {
        tasks.extend((from..n.min(from + window)).map(square));
        for task in tasks.drain(..) {
            sum = sum.wrapping_add(task.join().expect("squaring does not panic"));
        }
    }
    sum
}

fn main() -> io::Result<()> {
    let args = Args::read();
    let n = args.scaled(1_000_000) as u64;
    machine();
    let pool = Naive::new(8);
    let allocations = Mutex::new([0; 4]);
    let counted = |k: usize, work: &dyn Fn() -> u64| {
        let region = Region::new(COUNTING);
        let sum = work();
        allocations.lock().expect("nothing panics")[k] = region.change().allocations;
        sum
    };
    annotated(n);
    let (_, mut timings) = contest(
        args.runs(),
        &mut [
            ("sequential calls", &mut || counted(0, &|| sequential(n))),
            ("naive pool, one closure per call", &mut || counted(1, &|| naive(&pool, n))),
            ("arguments through crossbeam", &mut || counted(2, &|| argument_queue(n))),
            ("#[pooled(workers = 8)] fn bump(..)", &mut || counted(3, &|| annotated(n))),
        ],
    );
    let allocations = allocations.into_inner().expect("nothing panics");
    for (timing, allocations) in timings.iter_mut().zip(allocations) {
        let per_call = allocations as f64 / n as f64;
        let ns = timing.median.as_nanos() as f64 / n as f64;
        timing.figure = format!("{allocations} ({per_call:.3} a call), {ns:.0} ns a call");
    }
    show(&format!("{n} calls"), "allocations", &timings);

    let mut tasks = Vec::with_capacity(64);
    squares(n, 64, &mut tasks);
    let region = Region::new(COUNTING);
    let sum = squares(n, 64, &mut tasks);
    let allocations = region.change().allocations;
    let expected = (0..n).fold(0u64, |sum, i| sum.wrapping_add(i * i));
    assert_eq!(sum, expected, "every task delivers its own result");
    say(&format!(
        "{n} calls of `square(..) -> Task<u64>`, 64 in flight: {allocations} allocations"
    ));
    let all: Vec<u64> = join_all((0..100).map(square)).into_iter().filter_map(Result::ok).collect();
    assert!(all.into_iter().eq((0..100).map(|i| i * i)), "results in the order of the calls");
    Ok(())
}
