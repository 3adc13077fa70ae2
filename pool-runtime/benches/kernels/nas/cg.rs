//! CG: 25 steps of conjugate gradients on a sparse symmetric matrix. Loops of a few microseconds,
//! one right after the other.

use rayon::prelude::*;

use super::{digits, openmp, twins};
use crate::measure::{Goal, Measure, Role, kept, mix};
use crate::pair::both;

const STEPS: usize = 25;

/// Compressed rows.
#[derive(Clone, Copy)]
struct Matrix<'a> {
    row: &'a [usize],
    col: &'a [usize],
    a: &'a [f64],
}

impl Matrix<'static> {
    /// About 56 entries a row, in both triangles alike, and a diagonal that outweighs them.
    fn new(n: usize) -> Self {
        let mut rows = vec![Vec::new(); n];
        for i in 0..n {
            for k in 0..28 {
                let noise = mix((i * 32 + k) as u64);
                let (j, x) = ((noise % n as u64) as usize, (noise >> 40) as f64 / 3e7);
                if i != j {
                    rows[i].push((j, x));
                    rows[j].push((i, x));
                }
            }
            rows[i].push((i, 40.0));
        }
        let (mut starts, mut col, mut a) = (vec![0], Vec::new(), Vec::new());
        for mut row in rows {
            row.sort_by_key(|&(j, _)| j);
            for (j, x) in row {
                col.push(j);
                a.push(x);
            }
            starts.push(a.len());
        }
        Self { row: kept(starts), col: kept(col), a: kept(a) }
    }
}

twins! {
    fn multiply(m: &Matrix<'_>, p: &[f64], q: &mut [f64]) {
        for j in 0..q.len() {
            let mut sum = 0.0;
            for k in m.row[j]..m.row[j + 1] {
                sum = sum + m.a[k] * p[m.col[k]];
            }
            q[j] = sum;
        }
    }

    fn dot(p: &[f64], q: &[f64]) -> f64 {
        let mut d = 0.0;
        for j in 0..p.len() {
            d = d + p[j] * q[j];
        }
        d
    }

    fn advance(z: &mut [f64], r: &mut [f64], p: &[f64], q: &[f64], alpha: f64) -> f64 {
        let mut rho = 0.0;
        for j in 0..z.len() {
            z[j] = z[j] + alpha * p[j];
            r[j] = r[j] - alpha * q[j];
            rho = rho + r[j] * r[j];
        }
        rho
    }

    fn turn(p: &mut [f64], r: &[f64], beta: f64) {
        for j in 0..p.len() {
            p[j] = r[j] + beta * p[j];
        }
    }
}

/// Halves on two threads.
const HAND: Loops = Loops {
    multiply: |m, p, q| {
        let middle = q.len() / 2;
        let (low, high) = q.split_at_mut(middle);
        let rest = Matrix { row: &m.row[middle..], ..*m };
        both(|| plain::multiply(m, p, low), || plain::multiply(&rest, p, high));
    },
    dot: |p, q| {
        let ((p, p2), (q, q2)) = (p.split_at(p.len() / 2), q.split_at(p.len() / 2));
        let (a, b) = both(|| plain::dot(p, q), || plain::dot(p2, q2));
        a + b
    },
    advance: |z, r, p, q, alpha| {
        let middle = z.len() / 2;
        let ((z, z2), (r, r2)) = (z.split_at_mut(middle), r.split_at_mut(middle));
        let ((p, p2), (q, q2)) = (p.split_at(middle), q.split_at(middle));
        let (a, b) =
            both(|| plain::advance(z, r, p, q, alpha), || plain::advance(z2, r2, p2, q2, alpha));
        a + b
    },
    turn: |p, r, beta| {
        let ((p, p2), (r, r2)) = (p.split_at_mut(p.len() / 2), r.split_at(r.len() / 2));
        both(|| plain::turn(p, r, beta), || plain::turn(p2, r2, beta));
    },
};

/// What one writes with rayon: indexed iterators, zipped.
const RAYON: Loops = Loops {
    multiply: |m, p, q| {
        q.par_iter_mut().enumerate().for_each(|(j, q)| {
            let mut sum = 0.0;
            for k in m.row[j]..m.row[j + 1] {
                sum += m.a[k] * p[m.col[k]];
            }
            *q = sum;
        });
    },
    dot: |p, q| p.par_iter().zip(q).map(|(p, q)| p * q).sum(),
    advance: |z, r, p, q, alpha| {
        let places = z.par_iter_mut().zip(r).zip(p.par_iter().zip(q));
        let rho = places.map(|((z, r), (p, q))| {
            *z += alpha * p;
            *r -= alpha * q;
            *r * *r
        });
        rho.sum()
    },
    turn: |p, r, beta| p.par_iter_mut().zip(r).for_each(|(p, r)| *p = r + beta * *p),
};

fn solve(loops: &Loops, m: &Matrix<'_>) -> String {
    let n = m.row.len() - 1;
    let (mut z, mut q) = (vec![0.0; n], vec![0.0; n]);
    let mut r = vec![1.0; n];
    let mut p = r.clone();
    let mut rho = (loops.dot)(&r, &r);
    for _ in 0..STEPS {
        (loops.multiply)(m, &p, &mut q);
        let alpha = rho / (loops.dot)(&p, &q);
        let before = rho;
        rho = (loops.advance)(&mut z, &mut r, &p, &q, alpha);
        (loops.turn)(&mut p, &r, rho / before);
    }
    (loops.multiply)(m, &z, &mut q);
    digits((loops.dot)(&z, &q))
}

pub(crate) fn measure(n: usize) -> Measure {
    let m = kept(Matrix::new(n));
    Measure::new(format!("CG, {n} rows"), n as u64)
        .goal(Goal::Beside(Role::Peer, 1.0))
        .version(Role::Sequential, "plain loops", || solve(&PLAIN, m))
        .version(Role::Hand, "halves", || solve(&HAND, m))
        .version(Role::Rayon, "rayon", || solve(&RAYON, m))
        .version(Role::Annotated, "pooled", || solve(&ANNOTATED, m))
        .elsewhere("OpenMP, C", openmp::gain("cg", n))
}
