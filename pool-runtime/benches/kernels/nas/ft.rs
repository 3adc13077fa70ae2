//! FT: a three-dimensional Fourier transform as three times a transform of all rows and a
//! transposition, twice, with a factor for every element in between.

use std::f64::consts::PI;

use rayon::prelude::*;

use super::{digits, openmp, twins};
use crate::measure::{Goal, Measure, Role, kept, mix};
use crate::pair::both;

/// Real and imaginary part.
type Complex = [f64; 2];

fn times(a: Complex, b: Complex) -> Complex {
    [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]]
}

/// One row in place, by halves; `roots` are those of unity of the row's length.
fn transform(row: &mut [Complex], roots: &[Complex]) {
    let n = row.len();
    let bits = n.trailing_zeros();
    for i in 0..n {
        let j = i.reverse_bits() >> (usize::BITS - bits);
        if i < j {
            row.swap(i, j);
        }
    }
    let mut half = 1;
    while half < n {
        for start in (0..n).step_by(2 * half) {
            for k in 0..half {
                let a = row[start + k];
                let b = times(row[start + k + half], roots[k * (n / (2 * half))]);
                row[start + k] = [a[0] + b[0], a[1] + b[1]];
                row[start + k + half] = [a[0] - b[0], a[1] - b[1]];
            }
        }
        half *= 2;
    }
}

/// `n * n` rows of `n`.
type Cube = Vec<Vec<Complex>>;

twins! {
    fn rows(x: &mut Cube, roots: &[Complex]) {
        for row in x.iter_mut() {
            transform(row, roots);
        }
    }

    fn transpose(x: &Cube, out: &mut Cube, n: usize) {
        for r in 0..n * n {
            for i in 0..n {
                out[r][i] = x[i * n + r / n][r % n];
            }
        }
    }

    fn evolve(x: &mut Cube, factors: &[Complex]) {
        for r in 0..x.len() {
            for i in 0..x[r].len() {
                x[r][i] = times(x[r][i], factors[(r + i) % factors.len()]);
            }
        }
    }

    fn checksum(x: &Cube) -> (f64, f64) {
        let mut re = 0.0;
        let mut im = 0.0;
        for r in 0..x.len() {
            for i in 0..x[r].len() {
                re += x[r][i][0];
                im += x[r][i][1];
            }
        }
        (re, im)
    }
}

/// Halves on two threads.
fn halves(x: &mut Cube, body: impl Fn(usize, &mut Vec<Complex>) + Sync) {
    let middle = x.len() / 2;
    let (low, high) = x.split_at_mut(middle);
    let each = |rows: &mut [Vec<Complex>], first: usize| {
        rows.iter_mut().enumerate().for_each(|(r, row)| body(first + r, row));
    };
    both(|| each(low, 0), || each(high, middle));
}

const HAND: Loops = Loops {
    rows: |x, roots| halves(x, |_, row| transform(row, roots)),
    transpose: |x, out, n| {
        halves(out, |r, row| {
            for i in 0..n {
                row[i] = x[i * n + r / n][r % n];
            }
        });
    },
    evolve: |x, factors| {
        halves(x, |r, row| {
            for i in 0..row.len() {
                row[i] = times(row[i], factors[(r + i) % factors.len()]);
            }
        });
    },
    checksum: |x| {
        let sum = |rows: &[Vec<Complex>]| {
            rows.iter().flatten().fold((0.0, 0.0), |s, x| (s.0 + x[0], s.1 + x[1]))
        };
        let (low, high) = x.split_at(x.len() / 2);
        let (a, b) = both(|| sum(low), || sum(high));
        (a.0 + b.0, a.1 + b.1)
    },
};

const RAYON: Loops = Loops {
    rows: |x, roots| x.par_iter_mut().for_each(|row| transform(row, roots)),
    transpose: |x, out, n| {
        out.par_iter_mut().enumerate().for_each(|(r, row)| {
            for i in 0..n {
                row[i] = x[i * n + r / n][r % n];
            }
        });
    },
    evolve: |x, factors| {
        x.par_iter_mut().enumerate().for_each(|(r, row)| {
            for i in 0..row.len() {
                row[i] = times(row[i], factors[(r + i) % factors.len()]);
            }
        });
    },
    checksum: |x| {
        let sum = |row: &Vec<Complex>| row.iter().fold((0.0, 0.0), |s, x| (s.0 + x[0], s.1 + x[1]));
        x.par_iter().map(sum).reduce(|| (0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1))
    },
};

/// What does not change from run to run.
struct Start {
    x: Cube,
    roots: Vec<Complex>,
    factors: Vec<Complex>,
}

fn run(loops: &Loops, start: &Start, x: &mut Cube, other: &mut Cube) -> (String, String) {
    let n = start.roots.len();
    for (row, first) in x.iter_mut().zip(&start.x) {
        row.copy_from_slice(first);
    }
    for _ in 0..2 {
        for _ in 0..3 {
            (loops.rows)(x, &start.roots);
            (loops.transpose)(x, other, n);
            std::mem::swap(x, other);
        }
        (loops.evolve)(x, &start.factors);
    }
    let (re, im) = (loops.checksum)(x);
    (digits(re), digits(im))
}

pub(crate) fn measure(n: usize) -> Measure {
    let at = |k: usize, of: usize| {
        let angle = -2.0 * PI * k as f64 / of as f64;
        [angle.cos(), angle.sin()]
    };
    let number = |k: usize| (mix(k as u64) >> 11) as f64 / (1u64 << 53) as f64;
    let row = |r: usize| (0..n).map(|i| [number(r * n + i), number(!(r * n + i))]).collect();
    let start = kept(Start {
        x: (0..n * n).map(row).collect(),
        roots: (0..n).map(|k| at(k, n)).collect(),
        factors: (0..61).map(|k| at(k, 61)).collect(),
    });
    let version = move |loops: &'static Loops| {
        let (mut x, mut other) = (start.x.clone(), start.x.clone());
        move || run(loops, start, &mut x, &mut other)
    };
    Measure::new(format!("FT, {n} x {n} x {n}"), (n * n * n) as u64)
        .goal(Goal::Beside(Role::Peer, 1.0))
        .version(Role::Sequential, "plain loops", version(&PLAIN))
        .version(Role::Hand, "halves", version(&HAND))
        .version(Role::Rayon, "rayon", version(&RAYON))
        .version(Role::Annotated, "pooled", version(&ANNOTATED))
        .elsewhere("OpenMP, C", openmp::gain("ft", n))
}
