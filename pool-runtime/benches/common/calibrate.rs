//! Bodies of a known cost.

use std::time::{Duration, Instant};

/// With how many rounds an item of `run` takes `time` here, when nobody else does anything. `run`
/// runs a loop over so many items of so many rounds: one item overlaps with the next, so that it
/// takes less than it does alone.
pub(crate) fn calibrate(time: Duration, run: impl Fn(u64, u32)) -> u32 {
    let aim = time.as_nanos() as f64;
    let count = (1e6 / aim).ceil() as u64;
    let mut rounds = 100.0;
    for _ in 0..6 {
        let best = (0..20).map(|_| {
            let start = Instant::now();
            run(count, rounds as u32);
            start.elapsed()
        });
        let best = best.min().unwrap_or(time).as_nanos() as f64 / count as f64;
        rounds = (rounds * aim / best).max(1.0);
    }
    rounds as u32
}
