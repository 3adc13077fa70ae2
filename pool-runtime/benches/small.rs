//! Where a loop begins to gain: `cargo bench -p pool-runtime --bench small -- [hot | hot/1000 ..] [passes]`.
//!
//! For lengths from 1 to 10M, hot (back to back) and cold (1 ms asleep before each run), the same
//! sum sequentially, annotated, and as two independent threads (the ceiling), in short passes that
//! take turns, so that a disturbance hits all three. Medians over the passes of
//!
//! * `seq`: the sequential loop, per run;
//! * `over`: what the annotated loop takes beyond it, per run;
//! * `gain`, `ceiling`: sequential over annotated; twice sequential over two threads at once;
//! * `cpu`: processor time of the whole process over that of the sequential loop;
//! * `alone`, `joined`, `woken`: of a hundred runs, those that stayed on the calling thread,
//!   helpers that took part, threads that had to be woken.
//!
//! Not criterion's: its samples are long and follow each other, so that on a shared machine the
//! two sides of a ratio are seconds apart.

#![allow(missing_docs, clippy::print_stdout, reason = "a program that prints a table")]

mod common;
#[path = "common/sums.rs"]
mod sums;

use std::hint::{black_box, spin_loop};
use std::num::Wrapping;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use common::median;
use pool_runtime::__private::{Loop, Site, add, source};
use pool_runtime::{Counters, Pool};
use sums::{item, processor_time, sequential};

const LENGTHS: [usize; 11] =
    [1, 100, 1_000, 3_000, 5_000, 10_000, 30_000, 100_000, 300_000, 1_000_000, 10_000_000];

/// How long each side of a hot pass runs, and how long before it counts.
const PASS: Duration = Duration::from_millis(8);
const WARM: Duration = Duration::from_millis(1);

/// What the attribute makes of the loop above.
#[inline(never)]
fn annotated(site: &'static Site, pool: &Pool, workers: usize, data: &[u32]) -> Wrapping<u64> {
    let mut sum = Wrapping(0);
    Loop::new(site, source!(data)).pool(pool).workers(workers).run(
        (add!(sum),),
        (),
        |(mut sum,), (), block| {
            for &x in block {
                sum += item(x);
            }
            (sum,)
        },
    );
    sum
}

/// Wall and processor time, in nanoseconds.
#[derive(Clone, Copy, Default)]
struct Took {
    wall: f64,
    cpu: f64,
}

impl Took {
    fn mean(self, other: Self) -> Self {
        Self { wall: (self.wall + other.wall) / 2.0, cpu: (self.cpu + other.cpu) / 2.0 }
    }
}

fn timed(runs: usize, body: &mut dyn FnMut()) -> Took {
    // The processor time outside: reading it is a system call.
    let cpu = processor_time();
    let wall = Instant::now();
    for _ in 0..runs {
        body();
    }
    let wall = wall.elapsed().as_nanos() as f64 / runs as f64;
    Took { wall, cpu: (processor_time() - cpu).as_nanos() as f64 / runs as f64 }
}

fn hot(runs: usize, body: &mut dyn FnMut()) -> Took {
    let since = Instant::now();
    while since.elapsed() < WARM {
        body();
    }
    timed(runs, body)
}

fn cold(runs: usize, body: &mut dyn FnMut()) -> Took {
    let mut walls = Vec::new();
    let mut cpus = Vec::new();
    for _ in 0..runs {
        thread::sleep(Duration::from_millis(1));
        let took = timed(1, body);
        walls.push(took.wall);
        cpus.push(took.cpu);
    }
    Took { wall: median(&mut walls), cpu: median(&mut cpus) }
}

/// The sequential loop on two threads at once, each as often.
fn two_threads(runs: usize, data: &[u32]) -> f64 {
    // Waiting awake: a thread that is woken starts on the core of its waker.
    let there = AtomicUsize::new(0);
    let body = || {
        there.fetch_add(1, Relaxed);
        while there.load(Relaxed) < 2 {
            spin_loop();
        }
        timed(runs, &mut || {
            black_box(sequential(black_box(data)));
        })
        .wall
    };
    thread::scope(|scope| {
        let other = scope.spawn(body);
        let mine = body();
        mine.max(other.join().unwrap_or(f64::NAN))
    })
}

fn counters(site: &Site) -> Counters {
    let all = pool_runtime::sites();
    let mine = all.into_iter().find(|report| report.line == site.line());
    mine.map(|report| report.counters).unwrap_or_default()
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let number = words.iter().find_map(|word| word.parse().ok());
    let filter = words.iter().find(|word| word.parse::<usize>().is_err());
    let passes = number.unwrap_or(15_usize);
    let data: Vec<u32> = (0..10_000_000_u32).map(|x| x.wrapping_mul(7)).collect();
    println!(
        "{:>16} {:>10} {:>9} {:>6} {:>7} {:>6} {:>6} {:>6} {:>6}",
        "", "seq ns", "over ns", "gain", "ceiling", "cpu", "alone", "joined", "woken"
    );
    let mut line = 0;
    for state in ["hot", "cold", "w4", "w8", "p4", "p8"] {
        let workers = match state {
            "w4" | "p4" => 4,
            "w8" | "p8" => 8,
            _ => 2,
        };
        let pool = Pool::new(if state.starts_with('p') { workers } else { 2 });
        for len in LENGTHS {
            line += 1;
            let site: &'static Site =
                Box::leak(Box::new(Site::new("annotated", file!(), line, "pooled")));
            let title = format!("{state}/{len}");
            if filter.is_some_and(|filter| *filter != title && *filter != state) {
                continue;
            }
            let data = &data[..len];
            let mut one = || {
                black_box(sequential(black_box(data)));
            };
            let mut ours = || {
                black_box(annotated(site, &pool, workers, black_box(data)));
            };
            let runs = if state == "cold" {
                10
            } else {
                let once = timed(10, &mut one).wall.min(timed(10, &mut one).wall);
                (PASS.as_nanos() as f64 / once).clamp(2.0, 200_000.0) as usize
            };
            let run = if state == "cold" { cold } else { hot };
            let (mut seq, mut over, mut gain) = (vec![], vec![], vec![]);
            let (mut top, mut cpu) = (vec![], vec![]);
            for _ in 0..passes {
                let before = run(runs, &mut one);
                let shared = run(runs, &mut ours);
                let alone = before.mean(run(runs, &mut one));
                seq.push(alone.wall);
                over.push(shared.wall - alone.wall);
                gain.push(alone.wall / shared.wall);
                cpu.push(shared.cpu / alone.cpu);
                let hot = timed(runs, &mut one).wall;
                top.push(2.0 * hot / two_threads(runs, data));
            }
            let seen = counters(site);
            let share = |number: u64| 100.0 * number as f64 / seen.entries.max(1) as f64;
            // The callers are workers, too.
            let shared = seen.entries - seen.inline_runs;
            println!(
                "{title:>16} {:>10.1} {:>9.1} {:>6.2} {:>7.2} {:>6.2} {:>6.1} {:>6.1} {:>6.2}",
                median(&mut seq),
                median(&mut over),
                median(&mut gain),
                median(&mut top),
                median(&mut cpu),
                share(seen.inline_runs),
                share(seen.workers_joined.saturating_sub(shared)),
                share(seen.wake_ups),
            );
        }
    }
}
