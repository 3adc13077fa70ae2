//! One sample of one version: time on the clock, and time of all processors.

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::measure::{Measure, Version, mix};

/// What one run took, in nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sample {
    pub(crate) wall: f64,
    pub(crate) processor: f64,
}

/// Processor time that all threads of this process have used.
pub(crate) fn processor() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// How long a version runs at most before it is timed.
const WARM_UP: Duration = Duration::from_millis(1);

/// Runs `version` as often as its measure says.
pub(crate) fn sample(version: &mut Version, repeat: u32, pause: Duration) -> Sample {
    let mut wall = Duration::ZERO;
    let mut busy = Duration::ZERO;
    (version.place)(&mut || {
        // To be there: in the caches, in the place, out of the others' shadow.
        let start = Instant::now();
        for _ in 0..repeat.div_ceil(4) {
            black_box((version.work)());
            if start.elapsed() > WARM_UP {
                break;
            }
        }
        let rounds = if pause.is_zero() { 1 } else { repeat };
        for _ in 0..rounds {
            if !pause.is_zero() {
                thread::sleep(pause);
            }
            let (start, before) = (Instant::now(), processor());
            for _ in 0..repeat / rounds {
                black_box((version.work)());
            }
            wall += start.elapsed();
            busy += processor() - before;
        }
    });
    let runs = f64::from(repeat);
    Sample { wall: wall.as_nanos() as f64 / runs, processor: busy.as_nanos() as f64 / runs }
}

/// A round of all versions, in order or in reverse order: no version always follows the same one.
pub(crate) fn round(measure: &mut Measure, reverse: bool) -> Vec<Sample> {
    let (repeat, pause) = (measure.repeat, measure.pause);
    let mut samples = vec![Sample::default(); measure.versions.len()];
    for k in 0..samples.len() {
        let k = if reverse { samples.len() - 1 - k } else { k };
        samples[k] = sample(&mut measure.versions[k], repeat, pause);
    }
    samples
}

/// What two threads gain just now: a piece of work that needs nothing but a processor, once alone
/// and once on two threads at once.
pub(crate) fn ceiling() -> f64 {
    fn work() -> Duration {
        let start = Instant::now();
        let mut x = black_box(1u64);
        for _ in 0..100_000 {
            x = mix(x);
        }
        black_box(x);
        start.elapsed()
    }
    let alone = work().min(work());
    let together = thread::scope(|scope| {
        let other = scope.spawn(|| (work(), work(), work()));
        let own = (work(), work(), work());
        // The middle one: both threads are running then.
        own.1.max(other.join().map_or(own.1, |other| other.1))
    });
    2.0 * alone.as_secs_f64() / together.as_secs_f64()
}

/// The middle one of some numbers, 0 if there are none.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}
