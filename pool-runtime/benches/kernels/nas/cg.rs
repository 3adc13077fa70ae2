//! CG: 25 steps of conjugate gradients on a sparse symmetric matrix. Loops of a few microseconds,
//! one right after the other.

use rayon::prelude::*;

use super::{digits, openmp, twins};
use crate::measure::{Goal, Measure, Role, kept, mix};

const STEPS: usize = 25;

/// Compressed rows.
struct Matrix {
    row: Vec<usize>,
    col: Vec<usize>,
    a: Vec<f64>,
}

impl Matrix {
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
        let mut m = Self { row: vec![0], col: Vec::new(), a: Vec::new() };
        for mut row in rows {
            row.sort_by_key(|&(j, _)| j);
            for (j, x) in row {
                m.col.push(j);
                m.a.push(x);
            }
            m.row.push(m.a.len());
        }
        m
    }
}

twins! {
    fn multiply(m: &Matrix, p: &[f64], q: &mut [f64]) {
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

fn solve(loops: &Loops, m: &Matrix) -> String {
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
        .version(Role::Rayon, "rayon", || solve(&RAYON, m))
        .version(Role::Annotated, "pooled", || solve(&ANNOTATED, m))
        .elsewhere("OpenMP, C", openmp::gain("cg", n))
}
