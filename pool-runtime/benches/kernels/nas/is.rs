//! IS: keys are counted, counts added up to ranks. Five rounds, two keys change in each.

use rayon::prelude::*;

use super::{openmp, twins};
use crate::measure::{Goal, Measure, Role, kept, mix};
use crate::pair::both;

const ROUNDS: usize = 5;

twins! {
    fn count(keys: &[u32], counts: &mut [u32]) {
        for i in 0..keys.len() {
            counts[keys[i] as usize] += 1;
        }
    }
}

/// Two threads, each with counts of its own.
const HAND: Loops = Loops {
    count: |keys, counts| {
        let (low, high) = keys.split_at(keys.len() / 2);
        let mut other = vec![0; counts.len()];
        both(|| plain::count(low, counts), || plain::count(high, &mut other));
        let ((a, a2), (b, b2)) =
            (counts.split_at_mut(other.len() / 2), other.split_at(other.len() / 2));
        let add = |a: &mut [u32], b: &[u32]| a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
        both(|| add(a, b), || add(a2, b2));
    },
};

const RAYON: Loops = Loops {
    count: |keys, counts| {
        let total = keys
            .par_chunks(keys.len().div_ceil(rayon::current_num_threads()))
            .map(|keys| {
                let mut own = vec![0; counts.len()];
                keys.iter().for_each(|&key| own[key as usize] += 1);
                own
            })
            .reduce_with(|mut a, b| {
                a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
                a
            });
        counts.copy_from_slice(&total.expect("there are keys"));
    },
};

fn rank(loops: &Loops, keys: &mut [u32], largest: usize) -> u64 {
    let mut found = 0;
    for round in 0..ROUNDS {
        keys[round] = round as u32;
        keys[round + ROUNDS] = (largest - round - 1) as u32;
        let mut counts = vec![0; largest];
        (loops.count)(keys, &mut counts);
        // Each sum needs the one before: no loop for a pool.
        for k in 1..largest {
            counts[k] += counts[k - 1];
        }
        for k in 0..8 {
            found = mix(found ^ u64::from(counts[mix(k) as usize % largest]));
        }
    }
    found
}

pub(crate) fn measure(len: usize, largest: usize) -> Measure {
    // Keys crowd in the middle, as sums of four do.
    let key = |i: usize| {
        let part = |k: usize| mix((i * 4 + k) as u64) % (largest as u64 / 4);
        (0..4).map(part).sum::<u64>() as u32
    };
    let keys: &[u32] = kept((0..len).map(key).collect::<Vec<_>>());
    let version = move |loops: &'static Loops| {
        let mut keys = keys.to_vec();
        move || rank(loops, &mut keys, largest)
    };
    Measure::new(format!("IS, {len} keys below {largest}"), len as u64)
        .goal(Goal::Beside(Role::Peer, 1.0))
        .version(Role::Sequential, "plain loops", version(&PLAIN))
        .version(Role::Hand, "halves", version(&HAND))
        .version(Role::Rayon, "rayon, counts for each thread", version(&RAYON))
        .version(Role::Annotated, "pooled", version(&ANNOTATED))
        .elsewhere("OpenMP, C", openmp::gain("is", len))
}
