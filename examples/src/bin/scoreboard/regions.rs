//! Loops: what a region costs at every length, hot and cold, and what it gains.

use std::hint::black_box;
use std::num::Wrapping;
use std::time::Duration;

use pool_runtime::pooled;
use rayon::prelude::*;

use crate::measure::{Goal, Measure, Role, kept, mix};
use crate::pair::both;

type Sum = Wrapping<u64>;

/// About a nanosecond, so that 10,000 are the 10 us of the goal: two wide multiplications, bound by
/// the multiplier, which LLVM neither folds nor vectorizes.
#[inline(always)]
fn item(x: u32) -> Sum {
    let fold = |x: u64, by: u64| {
        let wide = u128::from(x) * u128::from(by);
        (wide >> 64) as u64 ^ wide as u64
    };
    let once = fold(u64::from(x) ^ 0x2D35_8DCC_AA6C_78A5, 0x8BB8_4B93_962E_ACC9);
    Wrapping(fold(once, 0x9E37_79B9_7F4A_7C15))
}

#[inline(never)]
fn sequential(data: &[u32]) -> u64 {
    let mut sum = Wrapping(0);
    for &x in data {
        sum += item(x);
    }
    sum.0
}

#[inline(never)]
#[pooled]
fn annotated(data: &[u32]) -> u64 {
    let mut sum = Wrapping(0);
    for &x in data {
        sum += item(x);
    }
    sum.0
}

fn by_hand(data: &[u32]) -> u64 {
    let (one, other) = data.split_at(data.len() / 2);
    let (one, other) = both(|| sequential(one), || sequential(other));
    one.wrapping_add(other)
}

fn rayon(data: &[u32]) -> u64 {
    data.par_iter().map(|&x| item(x)).reduce(|| Wrapping(0), |a, b| a + b).0
}

/// `fork_union`: a pool that spins between regions, which is why it lives only while it is
/// measured.
#[cfg(feature = "fork-union")]
mod spinning {
    use std::cell::RefCell;
    use std::sync::atomic::{AtomicU64, Ordering};

    use fork_union::ThreadPool;

    thread_local! {
        static POOL: RefCell<Option<ThreadPool>> = const { RefCell::new(None) };
    }

    pub(super) fn place(run: &mut dyn FnMut()) {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let pool = ThreadPool::try_spawn(threads).expect("the system starts threads");
        POOL.set(Some(pool));
        run();
        POOL.set(None);
    }

    pub(super) fn sum(data: &[u32]) -> u64 {
        let total = AtomicU64::new(0);
        POOL.with_borrow_mut(|pool| {
            let pool = pool.as_mut().expect("it has been placed");
            drop(pool.for_slices(data.len(), |prong, count| {
                let part = super::sequential(&data[prong.task_index..][..count]);
                total.fetch_add(part, Ordering::Relaxed);
            }));
        });
        total.into_inner()
    }
}

fn region(data: &'static [u32], n: usize, cold: bool) -> Measure {
    let data = &data[..n];
    let state = if cold { "cold" } else { "hot" };
    // About 5 ms a sample.
    let repeat = if cold { 12 } else { (8_000_000 / n).clamp(1, 50_000) as u32 };
    let mut measure = Measure::new(format!("region, {state}, n = {n}"), n as u64).repeat(repeat);
    if cold {
        measure = measure.cold().every(2);
    }
    for goal in match (cold, n) {
        (_, ..=1_000) => vec![Goal::Overhead(Duration::from_nanos(30))],
        (false, 10_000) => vec![Goal::Gain(1.4)],
        (false, 100_000) => vec![Goal::Gain(1.8)],
        (false, 1_000_000..) => vec![Goal::Ceiling(0.95)],
        (true, 1_000_000..) => vec![Goal::Gain(1.5)],
        _ => vec![Goal::Overhead(Duration::from_nanos(30))],
    } {
        measure = measure.goal(goal);
    }
    measure = measure
        .version(Role::Sequential, "sequential", || sequential(black_box(data)))
        .version(Role::Rayon, "rayon, from main", || rayon(black_box(data)));
    if n >= 10_000 {
        measure = measure.version(Role::Hand, "halves", || by_hand(black_box(data)));
    }
    #[cfg(feature = "fork-union")]
    {
        let sum = || spinning::sum(black_box(data));
        measure = measure.version_in(Role::Peer, "fork_union", spinning::place, sum);
    }
    measure.version(Role::Annotated, "pooled", || annotated(black_box(data)))
}

/// Four and eight workers on as many cores as there are.
mod oversubscribed {
    use super::*;

    #[inline(never)]
    #[pooled(workers = 2)]
    fn two(data: &[u32]) -> u64 {
        let mut sum = Wrapping(0);
        for &x in data {
            sum += item(x);
        }
        sum.0
    }

    #[inline(never)]
    #[pooled(workers = 4)]
    fn four(data: &[u32]) -> u64 {
        let mut sum = Wrapping(0);
        for &x in data {
            sum += item(x);
        }
        sum.0
    }

    #[inline(never)]
    #[pooled(workers = 8)]
    fn eight(data: &[u32]) -> u64 {
        let mut sum = Wrapping(0);
        for &x in data {
            sum += item(x);
        }
        sum.0
    }

    pub(super) fn measure(data: &'static [u32], n: usize, workers: u32) -> Measure {
        let data = &data[..n];
        let more: fn(&[u32]) -> u64 = if workers == 4 { four } else { eight };
        Measure::new(format!("{workers} workers beside 2, n = {n}"), n as u64)
            .repeat((5_000_000 / n) as u32)
            .goal(Goal::Beside(Role::Hand, 0.9))
            .version(Role::Sequential, "sequential", || sequential(black_box(data)))
            .version(Role::Hand, "pooled(workers = 2)", || two(black_box(data)))
            .version(Role::Annotated, "pooled, more workers", move || more(black_box(data)))
    }
}

pub(crate) fn measures() -> Vec<Measure> {
    let data: &[u32] = kept((0..10_000_000).map(|x| mix(x) as u32).collect::<Vec<_>>());
    let mut all = Vec::new();
    for n in [1, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000] {
        all.push(region(data, n, false));
    }
    for n in [1_000, 10_000, 100_000, 1_000_000] {
        all.push(region(data, n, true));
    }
    for workers in [4, 8] {
        for n in [10_000, 1_000_000] {
            all.push(oversubscribed::measure(data, n, workers));
        }
    }
    all
}
