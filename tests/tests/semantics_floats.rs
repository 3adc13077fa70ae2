//! Float results are the same bits on every run and every number of workers, and close to the
//! sequential ones.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(clippy::assign_op_pattern, reason = "the spellings are what is tested")]

use std::collections::BTreeMap;
use std::fmt::Debug;

use tests::{CHUNKS, WORKERS, noise, plans, twins};

/// Numbers of very different size, so that any other grouping gives other bits.
fn floats(length: usize) -> Vec<f64> {
    noise(length)
        .enumerate()
        .map(|(i, x)| (x as f64 / u64::MAX as f64 - 0.5) * 10f64.powi((i * 7 % 23) as i32 - 8))
        .collect()
}

/// `work` gives the same bits whatever the workers, for each chunk on its own.
fn stable<T: PartialEq + Debug>(what: &str, work: impl Fn() -> T) {
    let mut by_chunk: BTreeMap<usize, T> = BTreeMap::new();
    plans(|| {
        let result = work();
        let first = by_chunk.entry(tests::chunk()).or_insert_with(&work);
        assert_eq!(
            result,
            *first,
            "{what}, {} workers, chunk {}",
            tests::workers(),
            tests::chunk()
        );
    });
    assert_eq!(by_chunk.len(), CHUNKS.len());
    assert_eq!(WORKERS[0], 1, "the first run is the one on the calling thread alone");
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0), "{a} is not close to {b}");
}

/// Each test: bits are stable for `auto` and `cut`, and `plain` is close.
macro_rules! stable {
    ($name:ident as $f:ident => $body:expr) => {
        let plain = {
            use $name::plain as $f;
            $body
        };
        stable(concat!(stringify!($name), "::auto"), || {
            use $name::auto as $f;
            let found = $body;
            for (a, b) in found.iter().zip(&plain) {
                close(*a, *b);
            }
            found.map(f64::to_bits)
        });
        stable(concat!(stringify!($name), "::cut"), || {
            use $name::cut as $f;
            let found = $body;
            for (a, b) in found.iter().zip(&plain) {
                close(*a, *b);
            }
            found.map(f64::to_bits)
        });
    };
}

const LENGTHS: [usize; 8] = [0, 1, 5, 64, 65, 256, 257, 4_001];

twins! { pooled() fn sums(xs: &[f64]) -> [f64; 4] {
    let mut sum = 0.0;
    let mut squares = 1.0;
    let mut down = 3.5;
    let mut product = 1.0;
    for &x in xs {
        sum += x;
        squares = squares + x * x;
        down -= x;
        product *= 1.0 + x / 1e18;
    }
    [sum, squares, down, product]
} }

#[test]
fn sums_differences_and_products() {
    for n in LENGTHS {
        let xs = floats(n);
        stable!(sums as f => f(&xs));
    }
}

twins! { pooled() fn single_precision(xs: &[f64]) -> [f64; 2] {
    let mut sum = 0f32;
    let mut both = (0.0, 0f32);
    for &x in xs {
        sum += (x / 1e18) as f32;
        both.0 += x;
        both.1 += 0.5;
    }
    [f64::from(sum) + both.0, f64::from(both.1)]
} }

#[test]
fn single_precision_beside_double() {
    for n in LENGTHS {
        let xs = floats(n);
        stable!(single_precision as f => f(&xs));
    }
}

twins! { pooled() fn bins(xs: &[f64]) -> [f64; 7] {
    let mut bins = [0.0; 7];
    for (i, x) in xs.iter().enumerate() {
        bins[i * i % 7] += x;
    }
    bins
} }

#[test]
fn histograms_of_floats() {
    for n in LENGTHS {
        let xs = floats(n);
        stable!(bins as f => f(&xs));
    }
}

twins! { pooled() fn keys(xs: &[f64]) -> BTreeMap<usize, f64> {
    let mut sums = BTreeMap::new();
    for (i, x) in xs.iter().enumerate() {
        *sums.entry(i % 5).or_insert(0.0) += x;
    }
    sums
} }

#[test]
fn sums_of_floats_per_key() {
    for n in LENGTHS {
        let xs = floats(n);
        stable!(keys as f => {
            let sums = f(&xs);
            [0, 1, 2, 3, 4].map(|k| sums.get(&k).copied().unwrap_or_default())
        });
    }
}

twins! { pooled() fn from_iterator(n: usize) -> [f64; 1] {
    let mut sum = 0.0;
    for x in floats(n).into_iter().filter(|x| *x > 0.0) {
        sum += x;
    }
    [sum]
} }

#[test]
fn sums_over_a_source_of_unknown_length() {
    for n in LENGTHS {
        stable!(from_iterator as f => f(n));
    }
}

twins! { pooled() fn through_a_reference(xs: &[f64], total: &mut f64) -> () {
    for x in xs {
        *total += x;
    }
} }

#[test]
fn a_sum_behind_a_reference() {
    for n in LENGTHS {
        let xs = floats(n);
        stable!(through_a_reference as f => {
            let mut total = 0.1;
            f(&xs, &mut total);
            [total]
        });
    }
}

twins! { pooled() fn until(xs: &[f64], limit: f64) -> [f64; 1] {
    let mut sum = 0.0;
    for &x in xs {
        if x > limit {
            break;
        }
        sum += x;
    }
    [sum]
} }

#[test]
fn a_sum_that_is_left_early() {
    for n in LENGTHS {
        let xs = floats(n);
        for limit in [-1.0, 1e6, 1e12, 1e30] {
            stable!(until as f => f(&xs, limit));
        }
    }
}

#[test]
fn the_same_bits_in_every_run() {
    let xs = floats(10_000);
    plans(|| {
        let first = sums::auto(&xs).map(f64::to_bits);
        for _ in 0..20 {
            assert_eq!(sums::auto(&xs).map(f64::to_bits), first);
        }
    });
}

#[test]
fn one_block_gives_the_sequential_bits() {
    plans(|| {
        let xs = floats(tests::chunk());
        assert_eq!(sums::cut(&xs).map(f64::to_bits), sums::plain(&xs).map(f64::to_bits));
    });
}

#[test]
fn negative_zero_survives_an_empty_loop() {
    let mut total = -0.0;
    through_a_reference::auto(&[], &mut total);
    assert_eq!(total.to_bits(), (-0.0f64).to_bits());
    through_a_reference::auto(&[-0.0; 100], &mut total);
    assert_eq!(total.to_bits(), (-0.0f64).to_bits());
}
