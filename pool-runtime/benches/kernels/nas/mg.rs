//! MG: a multigrid cycle on a cube with periodic borders. Stencils over planes that get smaller
//! and smaller: the regions of the coarse levels are tiny.

use rayon::prelude::*;

use super::{digits, openmp, twins};
use crate::measure::{Goal, Measure, Role, mix};
use crate::pair::both;

/// Planes, rows, columns, each with one more at both ends, which repeats the other end.
type Grid = Vec<Vec<Vec<f64>>>;

/// By distance from the middle: none, a face, an edge, a corner.
const A: [f64; 4] = [-8.0 / 3.0, 0.0, 1.0 / 6.0, 1.0 / 12.0];
const C: [f64; 4] = [-3.0 / 8.0, 1.0 / 32.0, -1.0 / 64.0, 0.0];

fn zero(n: usize) -> Grid {
    vec![vec![vec![0.0; n + 2]; n + 2]; n + 2]
}

/// Sums of the faces and of the edges around a row, which all stencils share.
#[inline(always)]
fn around(u: &Grid, k: usize, j: usize, faces: &mut [f64], edges: &mut [f64]) {
    let (here, below, above) = (&u[k], &u[k - 1], &u[k + 1]);
    for i in 0..faces.len() {
        faces[i] = here[j - 1][i] + here[j + 1][i] + below[j][i] + above[j][i];
        edges[i] = below[j - 1][i] + below[j + 1][i] + above[j - 1][i] + above[j + 1][i];
    }
}

#[inline(always)]
fn stencil(row: &[f64], faces: &[f64], edges: &[f64], i: usize, w: [f64; 4]) -> f64 {
    w[0] * row[i]
        + w[1] * (row[i - 1] + row[i + 1] + faces[i])
        + w[2] * (edges[i] + faces[i - 1] + faces[i + 1])
        + w[3] * (edges[i - 1] + edges[i + 1])
}

twins! {
    fn residual(u: &Grid, v: &Grid, r: &mut Grid, n: usize) {
        for k in 1..n + 1 {
            let mut faces = vec![0.0; n + 2];
            let mut edges = vec![0.0; n + 2];
            for j in 1..n + 1 {
                around(u, k, j, &mut faces, &mut edges);
                for i in 1..n + 1 {
                    r[k][j][i] = v[k][j][i] - stencil(&u[k][j], &faces, &edges, i, A);
                }
            }
        }
    }

    fn residual_in_place(u: &Grid, r: &mut Grid, n: usize) {
        for k in 1..n + 1 {
            let mut faces = vec![0.0; n + 2];
            let mut edges = vec![0.0; n + 2];
            for j in 1..n + 1 {
                around(u, k, j, &mut faces, &mut edges);
                for i in 1..n + 1 {
                    r[k][j][i] = r[k][j][i] - stencil(&u[k][j], &faces, &edges, i, A);
                }
            }
        }
    }

    fn smooth(r: &Grid, u: &mut Grid, n: usize) {
        for k in 1..n + 1 {
            let mut faces = vec![0.0; n + 2];
            let mut edges = vec![0.0; n + 2];
            for j in 1..n + 1 {
                around(r, k, j, &mut faces, &mut edges);
                for i in 1..n + 1 {
                    u[k][j][i] = u[k][j][i] + stencil(&r[k][j], &faces, &edges, i, C);
                }
            }
        }
    }

    fn restrict(r: &Grid, s: &mut Grid, n: usize) {
        for k in 1..n / 2 + 1 {
            let mut faces = vec![0.0; n + 2];
            let mut edges = vec![0.0; n + 2];
            for j in 1..n / 2 + 1 {
                around(r, 2 * k, 2 * j, &mut faces, &mut edges);
                for i in 1..n / 2 + 1 {
                    let w = [0.5, 0.25, 0.125, 0.0625];
                    s[k][j][i] = stencil(&r[2 * k][2 * j], &faces, &edges, 2 * i, w);
                }
            }
        }
    }

    fn interpolate(z: &Grid, u: &mut Grid, n: usize) {
        for k in 1..n + 1 {
            // Odd planes, rows and columns lie between two coarse ones.
            let (k0, k1) = (k / 2, (k + 1) / 2);
            for j in 1..n + 1 {
                let (j0, j1) = (j / 2, (j + 1) / 2);
                for i in 1..n + 1 {
                    let (i0, i1) = (i / 2, (i + 1) / 2);
                    let sum = z[k0][j0][i0] + z[k0][j0][i1] + z[k0][j1][i0] + z[k0][j1][i1]
                        + z[k1][j0][i0] + z[k1][j0][i1] + z[k1][j1][i0] + z[k1][j1][i1];
                    u[k][j][i] = u[k][j][i] + 0.125 * sum;
                }
            }
        }
    }

    fn borders(u: &mut Grid, n: usize) {
        for k in 1..n + 1 {
            for j in 1..n + 1 {
                u[k][j][0] = u[k][j][n];
                u[k][j][n + 1] = u[k][j][1];
            }
            for i in 0..n + 2 {
                u[k][0][i] = u[k][n][i];
                u[k][n + 1][i] = u[k][1][i];
            }
        }
    }

    fn clear(u: &mut Grid) {
        for k in 0..u.len() {
            for j in 0..u[k].len() {
                for i in 0..u[k][j].len() {
                    u[k][j][i] = 0.0;
                }
            }
        }
    }

    fn norm(r: &Grid, n: usize, max: &mut f64) -> f64 {
        let mut s = 0.0;
        for k in 1..n + 1 {
            for j in 1..n + 1 {
                for i in 1..n + 1 {
                    s = s + r[k][j][i] * r[k][j][i];
                    let a = r[k][j][i].abs();
                    if a > *max {
                        *max = a;
                    }
                }
            }
        }
        s
    }
}

/// The inner planes, and what a plane's loops become.
fn planes(u: &mut Grid, n: usize, body: impl Fn(usize, &mut Vec<Vec<f64>>) + Sync) {
    u[1..n + 1].par_iter_mut().enumerate().for_each(|(k, plane)| body(k + 1, plane));
}

/// The sum of the squares of a plane, and the largest.
fn about_plane(plane: &[Vec<f64>], n: usize) -> (f64, f64) {
    let all = plane[1..n + 1].iter().flat_map(|row| &row[1..n + 1]);
    all.fold((0.0, 0.0f64), |(s, max), a| (s + a * a, max.max(a.abs())))
}

/// Halves of the inner planes on two threads.
fn halves(u: &mut Grid, n: usize, body: impl Fn(usize, &mut Vec<Vec<f64>>) + Sync) {
    let (low, high) = u[1..n + 1].split_at_mut(n / 2);
    let each = |planes: &mut [Vec<Vec<f64>>], first: usize| {
        planes.iter_mut().enumerate().for_each(|(k, plane)| body(first + k, plane));
    };
    both(|| each(low, 1), || each(high, 1 + n / 2));
}

/// A version by planes.
macro_rules! by_planes {
    ($planes:ident, $clear:expr, $norm:expr) => {
        Loops {
            residual: |u, v, r, n| {
                $planes(r, n, |k, r| {
                    let (mut faces, mut edges) = (vec![0.0; n + 2], vec![0.0; n + 2]);
                    for j in 1..n + 1 {
                        around(u, k, j, &mut faces, &mut edges);
                        for i in 1..n + 1 {
                            r[j][i] = v[k][j][i] - stencil(&u[k][j], &faces, &edges, i, A);
                        }
                    }
                });
            },
            residual_in_place: |u, r, n| {
                $planes(r, n, |k, r| {
                    let (mut faces, mut edges) = (vec![0.0; n + 2], vec![0.0; n + 2]);
                    for j in 1..n + 1 {
                        around(u, k, j, &mut faces, &mut edges);
                        for i in 1..n + 1 {
                            r[j][i] -= stencil(&u[k][j], &faces, &edges, i, A);
                        }
                    }
                });
            },
            smooth: |r, u, n| {
                $planes(u, n, |k, u| {
                    let (mut faces, mut edges) = (vec![0.0; n + 2], vec![0.0; n + 2]);
                    for j in 1..n + 1 {
                        around(r, k, j, &mut faces, &mut edges);
                        for i in 1..n + 1 {
                            u[j][i] += stencil(&r[k][j], &faces, &edges, i, C);
                        }
                    }
                });
            },
            restrict: |r, s, n| {
                $planes(s, n / 2, |k, s| {
                    let (mut faces, mut edges) = (vec![0.0; n + 2], vec![0.0; n + 2]);
                    for j in 1..n / 2 + 1 {
                        around(r, 2 * k, 2 * j, &mut faces, &mut edges);
                        for i in 1..n / 2 + 1 {
                            let w = [0.5, 0.25, 0.125, 0.0625];
                            s[j][i] = stencil(&r[2 * k][2 * j], &faces, &edges, 2 * i, w);
                        }
                    }
                });
            },
            interpolate: |z, u, n| {
                $planes(u, n, |k, u| {
                    let (low, high) = (&z[k / 2], &z[k.div_ceil(2)]);
                    for j in 1..n + 1 {
                        let (j0, j1) = (j / 2, j.div_ceil(2));
                        for i in 1..n + 1 {
                            let (i0, i1) = (i / 2, i.div_ceil(2));
                            let sum = low[j0][i0]
                                + low[j0][i1]
                                + low[j1][i0]
                                + low[j1][i1]
                                + high[j0][i0]
                                + high[j0][i1]
                                + high[j1][i0]
                                + high[j1][i1];
                            u[j][i] += 0.125 * sum;
                        }
                    }
                });
            },
            borders: |u, n| {
                $planes(u, n, |_, u| {
                    for j in 1..n + 1 {
                        u[j][0] = u[j][n];
                        u[j][n + 1] = u[j][1];
                    }
                    for i in 0..n + 2 {
                        u[0][i] = u[n][i];
                        u[n + 1][i] = u[1][i];
                    }
                });
            },
            clear: $clear,
            norm: $norm,
        }
    };
}

const RAYON: Loops = by_planes!(
    planes,
    |u| u.par_iter_mut().flatten().for_each(|row| row.fill(0.0)),
    |r, n, max| {
        let all = r[1..n + 1].par_iter().map(|plane| about_plane(plane, n));
        let (s, most) = all.reduce(|| (0.0, 0.0), |a, b| (a.0 + b.0, a.1.max(b.1)));
        *max = max.max(most);
        s
    }
);

const HAND: Loops = by_planes!(
    halves,
    |u| {
        let fill = |planes: &mut [Vec<Vec<f64>>]| {
            planes.iter_mut().flatten().for_each(|row| row.fill(0.0))
        };
        let middle = u.len() / 2;
        let (low, high) = u.split_at_mut(middle);
        both(|| fill(low), || fill(high));
    },
    |r, n, max| {
        let inner = |planes: &[Vec<Vec<f64>>]| {
            planes
                .iter()
                .map(|plane| about_plane(plane, n))
                .fold((0.0, 0.0f64), |a, b| (a.0 + b.0, a.1.max(b.1)))
        };
        let (low, high) = r[1..n + 1].split_at(n / 2);
        let (a, b) = both(|| inner(low), || inner(high));
        *max = max.max(a.1).max(b.1);
        a.0 + b.0
    }
);

/// The plane at each end repeats the one at the other.
fn wrap(loops: &Loops, u: &mut Grid, n: usize) {
    (loops.borders)(u, n);
    let (first, rest) = u.split_at_mut(1);
    first[0].clone_from(&rest[n - 1]);
    let (low, last) = u.split_at_mut(n + 1);
    last[0].clone_from(&low[1]);
}

struct Levels {
    v: Grid,
    u: Vec<Grid>,
    r: Vec<Grid>,
}

impl Levels {
    /// A level for each power of two from 2 to `n`.
    fn new(n: usize) -> Self {
        let sizes = || (1..=n.ilog2()).map(|bits| zero(1 << bits)).collect();
        let mut v = zero(n);
        for k in 0..20u64 {
            let place = |salt: u64| (mix(k * 3 + salt) % n as u64) as usize + 1;
            v[place(0)][place(1)][place(2)] = if k % 2 == 0 { 1.0 } else { -1.0 };
        }
        Self { v, u: sizes(), r: sizes() }
    }
}

/// Two cycles from zero, and the norm of what is left.
fn cycles(loops: &Loops, levels: &mut Levels, n: usize) -> (String, String) {
    let Levels { v, u, r } = levels;
    let top = u.len() - 1;
    (loops.clear)(&mut u[top]);
    (loops.residual)(&u[top], v, &mut r[top], n);
    wrap(loops, &mut r[top], n);
    for _ in 0..2 {
        for level in (1..=top).rev() {
            let (coarse, fine) = r.split_at_mut(level);
            (loops.restrict)(&fine[0], &mut coarse[level - 1], 2 << level);
            wrap(loops, &mut coarse[level - 1], 1 << level);
        }
        (loops.clear)(&mut u[0]);
        (loops.smooth)(&r[0], &mut u[0], 2);
        wrap(loops, &mut u[0], 2);
        for level in 1..=top {
            let n = 2 << level;
            let (coarse, fine) = u.split_at_mut(level);
            let (z, u) = (&coarse[level - 1], &mut fine[0]);
            if level < top {
                (loops.clear)(u);
            }
            (loops.interpolate)(z, u, n);
            wrap(loops, u, n);
            if level < top {
                (loops.residual_in_place)(u, &mut r[level], n);
            } else {
                (loops.residual)(u, v, &mut r[level], n);
            }
            wrap(loops, &mut r[level], n);
            (loops.smooth)(&r[level], u, n);
            wrap(loops, u, n);
        }
        (loops.residual)(&u[top], v, &mut r[top], n);
        wrap(loops, &mut r[top], n);
    }
    let mut max = 0.0;
    let sum = (loops.norm)(&r[top], n, &mut max);
    (digits(sum), digits(max))
}

pub(crate) fn measure(n: usize) -> Measure {
    let version = move |loops: &'static Loops| {
        let mut levels = Levels::new(n);
        move || cycles(loops, &mut levels, n)
    };
    Measure::new(format!("MG, {n} x {n} x {n}"), (n * n * n) as u64)
        .goal(Goal::Beside(Role::Peer, 1.0))
        .version(Role::Sequential, "plain loops", version(&PLAIN))
        .version(Role::Hand, "halves", version(&HAND))
        .version(Role::Rayon, "rayon", version(&RAYON))
        .version(Role::Annotated, "pooled", version(&ANNOTATED))
        .elsewhere("OpenMP, C", openmp::gain("mg", n))
}
