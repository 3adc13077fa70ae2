//! EP: pairs of random numbers, those in the unit circle turned into normal deviates, which are
//! counted by their size and summed up.

use rayon::prelude::*;

use super::{digits, openmp, twins};
use crate::measure::{Goal, Measure, Role, mix};
use crate::pair::both;

/// Pairs from one seed.
const PAIRS: u64 = 64;

/// A number between -1 and 1.
#[inline(always)]
fn uniform(k: u64) -> f64 {
    (mix(k) >> 11) as f64 * (2.0 / (1u64 << 53) as f64) - 1.0
}

twins! {
    fn deviates(seeds: usize, q: &mut [f64; 10], sx: &mut f64, sy: &mut f64) {
        for k in 0..seeds {
            for i in 0..PAIRS {
                let at = 2 * (k as u64 * PAIRS + i);
                let x = uniform(at);
                let y = uniform(at + 1);
                let t = x * x + y * y;
                if t <= 1.0 && t > 0.0 {
                    let factor = (-2.0 * t.ln() / t).sqrt();
                    let (x, y) = (x * factor, y * factor);
                    let l = x.abs().max(y.abs()) as usize;
                    q[l] = q[l] + 1.0;
                    *sx = *sx + x;
                    *sy = *sy + y;
                }
            }
        }
    }
}

/// Halves on two threads.
fn by_hand(seeds: usize) -> Found {
    let half = |first: usize, last: usize| {
        let found = ([0.0; 10], 0.0, 0.0);
        (first..last).fold(found, pairs)
    };
    let (a, b) = both(|| half(0, seeds / 2), || half(seeds / 2, seeds));
    (std::array::from_fn(|k| a.0[k] + b.0[k]), a.1 + b.1, a.2 + b.2)
}

type Found = ([f64; 10], f64, f64);

/// What the pairs of seed `k` add.
fn pairs((mut q, mut sx, mut sy): Found, k: usize) -> Found {
    for i in 0..PAIRS {
        let at = 2 * (k as u64 * PAIRS + i);
        let (x, y) = (uniform(at), uniform(at + 1));
        let t = x * x + y * y;
        if t <= 1.0 && t > 0.0 {
            let factor = (-2.0 * t.ln() / t).sqrt();
            let (x, y) = (x * factor, y * factor);
            q[x.abs().max(y.abs()) as usize] += 1.0;
            sx += x;
            sy += y;
        }
    }
    (q, sx, sy)
}

fn rayon(seeds: usize) -> Found {
    let add = |a: Found, b: Found| (std::array::from_fn(|k| a.0[k] + b.0[k]), a.1 + b.1, a.2 + b.2);
    let empty = || ([0.0; 10], 0.0, 0.0);
    (0..seeds).into_par_iter().fold(empty, pairs).reduce(empty, add)
}

fn about((q, sx, sy): Found) -> (Vec<u64>, String, String) {
    (q.map(|count| count as u64).to_vec(), digits(sx), digits(sy))
}

fn run(loops: &Loops, seeds: usize) -> Found {
    let (mut q, mut sx, mut sy) = ([0.0; 10], 0.0, 0.0);
    (loops.deviates)(seeds, &mut q, &mut sx, &mut sy);
    (q, sx, sy)
}

pub(crate) fn measure(pairs: usize) -> Measure {
    let seeds = pairs / PAIRS as usize;
    Measure::new(format!("EP, {pairs} pairs"), pairs as u64)
        .goal(Goal::Beside(Role::Peer, 1.0))
        .version(Role::Sequential, "plain loops", move || about(run(&PLAIN, seeds)))
        .version(Role::Hand, "halves", move || about(by_hand(seeds)))
        .version(Role::Rayon, "rayon", move || about(rayon(seeds)))
        .version(Role::Annotated, "pooled", move || about(run(&ANNOTATED, seeds)))
        .elsewhere("OpenMP, C", openmp::gain("ep", pairs))
}
