//! What counting costs: `cargo bench -p pool-runtime --bench report`.
//!
//! The small loop of `overhead.rs`, and a task function, with `measure(false)` (the plain counters,
//! which are always on) and with `measure(true)` (what `POOL_REPORT=1` looks at beyond them). The
//! two take turns every few hundred microseconds, so that the machine's moods hit both; what is
//! printed are medians, and the median of the turns' ratios.
//!
//! Medians of three runs on two threads of an EPYC, "on" over "off":
//!
//! | items | 1 | 100 | 1,000 | 10,000 | 100,000 | 1M | 64 tasks |
//! |---|---|---|---|---|---|---|---|
//! | off | 32 ns | 109 ns | 565 ns | 4.2 us | 30 us | 280 us | 17 us |
//! | on | +1.8 % | +0.1 % | +0.2 % | +0.8 % | +0.2 % | +0.7 % | +1.4 % |
//!
//! What the plain counters themselves cost is a matter of instructions, for which there has to be a
//! build without them (make `Count`'s methods empty). `report LENGTH RUNS` runs one loop alone, and
//! on one worker it stays alone under callgrind's slow clock, too:
//!
//! ```text
//! POOL_WORKERS=1 valgrind --tool=callgrind target/release/deps/report-.. 1000 4000
//! ```
//!
//! | items | 1 | 100 | 1,000 |
//! |---|---|---|---|
//! | instructions a loop | 205 | 835 | 6,460 |
//! | without counters | 187 | 817 | 6,442 |
//!
//! So 18 instructions a loop, whatever its length: 0.6 ns, which is 2 % of a loop of nothing and 0.3 %
//! of one of 1,000 items. (Times of two builds differ by more than that.)

mod common;

use std::hint::black_box;
use std::num::Wrapping;
use std::time::{Duration, Instant};

use common::median;
use pool_runtime::__private::{Loop, Site, add, source};
use pool_runtime::{Task, join_all, measure, pooled};

/// How long one turn lasts, about.
const TURN: Duration = Duration::from_micros(300);
/// How many turns each has.
const TURNS: usize = 2_000;

#[inline(never)]
fn annotated(data: &[u32]) -> Wrapping<u64> {
    static SITE: Site = Site::new("annotated", file!(), line!(), "pooled");
    let mut sum = Wrapping(0);
    Loop::new(&SITE, source!(data)).run((add!(sum),), (), |(mut sum,), (), block| {
        for &x in block {
            let y = u64::from(x).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            sum += Wrapping(y ^ (y >> 29));
        }
        (sum,)
    });
    sum
}

#[pooled(workers = 2)]
fn half(n: u64) -> Task<u64> {
    n / 2
}

/// A name, a body, and how often it runs in a turn.
struct Case<'a> {
    name: String,
    body: Box<dyn FnMut() + 'a>,
}

fn time(body: &mut dyn FnMut(), runs: u32) -> Duration {
    let start = Instant::now();
    for _ in 0..runs {
        body();
    }
    start.elapsed()
}

#[allow(clippy::print_stdout, reason = "a benchmark reports")]
fn compare(case: &mut Case<'_>) {
    measure(false);
    let once = time(&mut case.body, 100) / 100;
    let runs = (TURN.as_nanos() / once.as_nanos().max(1)).clamp(1, 100_000) as u32;
    let (mut off, mut on, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..TURNS {
        let mut turns = [0.0; 2];
        // Whoever goes first may find the caches colder.
        let order = if turn % 2 == 0 { [false, true] } else { [true, false] };
        for measured in order {
            measure(measured);
            let took = time(&mut case.body, runs);
            turns[usize::from(measured)] = took.as_nanos() as f64 / f64::from(runs);
        }
        off.push(turns[0]);
        on.push(turns[1]);
        ratios.push(turns[1] / turns[0]);
    }
    measure(false);
    println!(
        "{:<24} off {:>10.1} ns, on {:>10.1} ns, {:+.1} % (medians), {:+.1} % (median of the turns)",
        case.name,
        median(&mut off),
        median(&mut on),
        (median(&mut on) / median(&mut off) - 1.0) * 100.0,
        (median(&mut ratios) - 1.0) * 100.0,
    );
}

fn main() {
    let data: Vec<u32> = (0..1_000_000).map(|x| x * 7).collect();
    let numbers: Vec<usize> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    if let [len, runs] = numbers[..] {
        for _ in 0..runs {
            black_box(annotated(black_box(&data[..len])));
        }
        return;
    }
    for len in [1, 100, 1_000, 10_000, 100_000, 1_000_000] {
        let data = &data[..len];
        let body = Box::new(move || {
            black_box(annotated(black_box(data)));
        });
        compare(&mut Case { name: format!("loop over {len}"), body });
    }
    let body = Box::new(|| drop(black_box(join_all((0..64).map(half)))));
    compare(&mut Case { name: "64 tasks, joined".to_owned(), body });
}
