//! Several versions of one computation, timed in turn and compared.

use std::fmt::Debug;
use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use comfy_table::{CellAlignment, Table, presets};

/// What one version took.
#[derive(Clone, Debug)]
pub struct Timing {
    /// What the version is called in the table.
    pub name: &'static str,
    /// The median of all runs.
    pub median: Duration,
    /// What stands in the table's last column.
    pub figure: String,
}

/// Runs each version `runs` times, one after the other in every round, and returns the medians.
/// Every other round goes backwards, so that no version always has to clear up after the same one
/// (two thousand connections that close, caches).
///
/// # Panics
/// When a version returns something else than the first one.
pub fn contest<T: PartialEq + Debug>(
    runs: usize,
    versions: &mut [(&'static str, &mut dyn FnMut() -> T)],
) -> (T, Vec<Timing>) {
    let mut times = vec![Vec::new(); versions.len()];
    let mut expected = None;
    for round in 0..runs.max(1) {
        for turn in 0..versions.len() {
            let k = if round % 2 == 0 { turn } else { versions.len() - 1 - turn };
            let (name, work) = &mut versions[k];
            let start = Instant::now();
            let result = black_box(work());
            times[k].push(start.elapsed());
            match &expected {
                None => expected = Some(result),
                Some(first) => {
                    assert!(result == *first, "{name} returned something else in round {round}");
                }
            }
        }
    }
    let timings = versions
        .iter()
        .zip(times)
        .map(|((name, _), times)| Timing { name, median: median(times), figure: String::new() })
        .collect();
    (expected.expect("there is at least one version"), timings)
}

/// The middle one of `times`.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Prints one table: the first timing is what the others are compared with, `figure` is the
/// heading of the last column.
pub fn show(title: &str, figure: &str, timings: &[Timing]) {
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN);
    table.set_header([title, "time", "x", figure]);
    for column in 1..3 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for timing in timings {
        let ratio = timings[0].median.as_secs_f64() / timing.median.as_secs_f64().max(1e-9);
        table.add_row([
            timing.name.to_owned(),
            format!("{:.3} ms", timing.median.as_secs_f64() * 1e3),
            format!("{ratio:.2}"),
            timing.figure.clone(),
        ]);
    }
    say(&format!("{table}\n"));
}

/// How much faster two threads finish two independent pieces of work than one thread does: 2.0
/// would be perfect, a virtual machine that shares its processors shows less.
#[must_use]
pub fn ceiling() -> f64 {
    fn spin() -> u64 {
        let mut x = black_box(1u64);
        for _ in 0..12_000_000 {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        }
        black_box(x)
    }
    let mut ratios: Vec<f64> = (0..7)
        .map(|_| {
            let start = Instant::now();
            black_box((spin(), spin()));
            let one = start.elapsed();
            let start = Instant::now();
            thread::scope(|scope| {
                let other = scope.spawn(spin);
                black_box(spin());
                other.join().expect("spinning does not panic");
            });
            one.as_secs_f64() / start.elapsed().as_secs_f64()
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}

/// One line about the machine and its ceiling.
pub fn machine() {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    say(&format!(
        "machine: {threads} threads, two of them gain {:.2}x on independent work",
        ceiling()
    ));
}

/// Prints a line on standard output.
#[allow(clippy::print_stdout, reason = "the examples are programs that report")]
pub fn say(line: &str) {
    println!("{line}");
}
