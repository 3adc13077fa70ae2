//! One sample of one version: time on the clock, and time of all processors.

use std::hint::{black_box, spin_loop};
use std::sync::atomic::{
    AtomicU32,
    Ordering::{Acquire, Release},
};
use std::thread;
use std::time::{Duration, Instant};

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use rustix::time::{ClockId, clock_gettime};

use crate::measure::{Goal, Measure, Plan, Role, Version, mix};

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
pub(crate) fn sample(version: &mut Version, plan: Plan) -> Sample {
    let Plan { repeat, pause, middle } = plan;
    let mut walls = Vec::with_capacity(repeat as usize);
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
        let rounds = if pause.is_zero() && !middle { 1 } else { repeat };
        for _ in 0..rounds {
            if !pause.is_zero() {
                thread::sleep(pause);
            }
            let (start, before) = (Instant::now(), processor());
            for _ in 0..repeat / rounds {
                black_box((version.work)());
            }
            walls.push(start.elapsed().as_nanos() as f64);
            busy += processor() - before;
        }
    });
    let runs = f64::from(repeat);
    let wall = if middle { median(walls) } else { walls.iter().sum::<f64>() / runs };
    Sample { wall, processor: busy.as_nanos() as f64 / runs }
}

/// A round of all versions, in order or in reverse order: no version always follows the same one.
pub(crate) fn round(measure: &mut Measure, reverse: bool) -> Vec<Sample> {
    let plan = measure.plan;
    // What is compared to the nanosecond runs on one processor in all versions.
    let near = |goal: &Goal| matches!(goal, Goal::Overhead(_) | Goal::PerItem(_));
    let placed = !measure.goals.iter().any(near);
    let mut samples = vec![Sample::default(); measure.versions.len()];
    for k in 0..samples.len() {
        let k = if reverse { samples.len() - 1 - k } else { k };
        let version = &mut measure.versions[k];
        samples[k] = if placed && version.role == Role::Sequential {
            let share = |number| Plan { repeat: plan.repeat.div_ceil(number), ..plan };
            on_each_processor(|number| sample(version, share(number)))
        } else {
            sample(version, plan)
        };
    }
    samples
}

/// The most processors on which a sequential version is timed.
const PLACES: usize = 4;

/// The processors of a set.
fn processors_of(all: &CpuSet) -> impl Iterator<Item = usize> {
    (0..CpuSet::MAX_CPU).filter(|&cpu| all.is_set(cpu))
}

/// The set of one processor.
fn only(cpu: usize) -> CpuSet {
    let mut place = CpuSet::new();
    place.set(cpu);
    place
}

/// Times on one processor after the other; `time` is told on how many. What is returned is as fast
/// as they are on average.
///
/// A processor may be half a core whose other half is somebody else's: then it is up to half as
/// fast for seconds, depending on the code, while its neighbour is not. Two threads have both of
/// them; what they gain over one must not depend on where that one happened to run.
fn on_each_processor(mut time: impl FnMut(u32) -> Sample) -> Sample {
    let Ok(all) = sched_getaffinity(None) else { return time(1) };
    let places: Vec<CpuSet> = processors_of(&all).take(PLACES).map(only).collect();
    let (mut speed, mut processor, mut timed) = (0.0, 0.0, 0);
    for place in &places {
        if sched_setaffinity(None, place).is_ok() {
            let sample = time(places.len() as u32);
            speed += 1.0 / sample.wall;
            processor += sample.processor;
            timed += 1;
        }
    }
    if timed == 0 || sched_setaffinity(None, &all).is_err() {
        return time(1);
    }
    let timed = f64::from(timed);
    Sample { wall: timed / speed, processor: processor / timed }
}

/// How long a piece of work takes that keeps all units of a core busy, for a moment: about twice as
/// long where the core's other half does anything.
pub(crate) fn units() -> f64 {
    let start = Instant::now();
    let mut x: [u64; 16] = std::array::from_fn(|k| black_box(k as u64 + 1));
    for _ in 0..8_000 {
        for x in &mut x {
            *x = (*x ^ (*x >> 7)).wrapping_add(0x9E37_79B9_7F4A_7C15);
        }
    }
    black_box(x);
    start.elapsed().as_nanos() as f64
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

/// How long a line of the cache takes to the other processor and back just now, in nanoseconds: some
/// 50 where the two are halves of one core, 100 where they share a cache, 500 where they do not.
/// What a short region takes, and what data cost that move, goes with it.
pub(crate) fn turnaround() -> f64 {
    const TURNS: u32 = 1_000;
    #[repr(align(128))]
    struct Line(AtomicU32);
    fn wait(line: &Line, seen: u32) -> u32 {
        let mut looks = 0;
        loop {
            match line.0.load(Acquire) {
                now if now != seen => return now,
                // With one processor it is the other thread's turn.
                _ if looks > 1_000 => thread::yield_now(),
                _ => spin_loop(),
            }
            looks += 1;
        }
    }
    let (there, back) = (Line(AtomicU32::new(0)), Line(AtomicU32::new(0)));
    let all = sched_getaffinity(None).ok();
    let places: Vec<CpuSet> = all.iter().flat_map(processors_of).map(only).collect();
    // Left to the system, the two may share a processor for as long as this takes.
    let go = |k: usize| places.get(k).is_some_and(|place| sched_setaffinity(None, place).is_ok());
    let took = thread::scope(|scope| {
        scope.spawn(|| {
            go(1);
            for turn in 0..TURNS {
                back.0.store(wait(&there, turn), Release);
            }
        });
        go(0);
        let mut start = Instant::now();
        for turn in 0..TURNS {
            if turn == TURNS / 4 {
                start = Instant::now();
            }
            there.0.store(turn + 1, Release);
            wait(&back, turn);
        }
        start.elapsed().as_nanos() as f64 / f64::from(TURNS - TURNS / 4)
    });
    // As it was; if that fails, what follows is measured on one processor, and shows.
    let _ = all.map(|all| sched_setaffinity(None, &all));
    took
}

/// The middle one of some numbers, 0 if there are none.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}
