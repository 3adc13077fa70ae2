//! The loops that numerical codes are made of, in the shapes in which such codes are written.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(
    clippy::assign_op_pattern,
    clippy::needless_range_loop,
    clippy::needless_late_init,
    clippy::too_many_arguments,
    clippy::ptr_arg,
    clippy::suboptimal_flops,
    unused_assignments,
    reason = "the shapes are what is tested"
)]

use tests::{noise, plans, same, twins};

/// Multiples of 1/64 of moderate size: sums of them are exact, so that any grouping gives the
/// sequential bits.
fn exact(length: usize) -> Vec<f64> {
    noise(length).map(|x| (x % 4096) as f64 / 64.0 - 32.0).collect()
}

// ---- EP: pairs of random numbers, counted in annuli ------------------------------------------

twins! { pooled() fn embarrassingly_parallel(seeds: &[u64], q: &mut [f64; 10], sx: &mut f64, sy: &mut f64) -> () {
    let mut x1: f64;
    let mut x2: f64;
    let mut t3;
    let mut l: usize;
    for k in 0..seeds.len() {
        let mut state = seeds[k];
        for _ in 0..4 {
            state = state.wrapping_mul(0x5DEE_CE66D).wrapping_add(11);
            x1 = ((state >> 20) % 64) as f64 / 8.0;
            state = state.wrapping_mul(0x5DEE_CE66D).wrapping_add(11);
            x2 = ((state >> 20) % 64) as f64 / 8.0;
            t3 = x1 * x2;
            l = if x1 > x2 { x1 as usize } else { x2 as usize };
            if t3 <= 40.0 {
                q[l] = q[l] + 1.0;
                *sx = *sx + x1;
                *sy = *sy + x2;
            }
        }
    }
} }

#[test]
fn annulus_counts_beside_two_sums() {
    same!(embarrassingly_parallel as f => |n| {
        let (mut q, mut sx, mut sy) = ([0.0; 10], 0.0, 0.5);
        f(&noise(n).collect::<Vec<_>>(), &mut q, &mut sx, &mut sy);
        (q, sx, sy)
    });
}

// ---- CG: sparse matrix times vector, dot products --------------------------------------------

struct Sparse {
    rowstr: Vec<usize>,
    colidx: Vec<usize>,
    a: Vec<f64>,
}

impl Sparse {
    /// Rows of uneven length, some of them empty.
    fn new(n: usize) -> Self {
        let mut m = Self { rowstr: vec![0], colidx: vec![], a: vec![] };
        for (i, x) in noise(n).enumerate() {
            for k in 0..x % 9 {
                m.colidx.push((i + (k * k) as usize * 7) % n);
                m.a.push(((x >> k) % 128) as f64 / 64.0);
            }
            m.rowstr.push(m.a.len());
        }
        m
    }
}

twins! { pooled() fn multiply(m: &Sparse, p: &[f64], q: &mut [f64]) -> () {
    let mut sum;
    for j in 0..q.len() {
        sum = 0.0;
        for k in m.rowstr[j]..m.rowstr[j + 1] {
            sum += m.a[k] * p[m.colidx[k]];
        }
        q[j] = sum;
    }
} }

twins! { pooled() fn dot_and_norm(p: &[f64], q: &[f64]) -> (f64, f64) {
    let mut d = 0.0;
    let mut norm = 0.0;
    for j in 0..p.len() {
        let x = p[j] - q[j];
        d = d + p[j] * q[j];
        norm += x * x;
    }
    (d, norm)
} }

twins! { pooled() fn update(z: &mut Vec<f64>, r: &mut [f64], p: &[f64], q: &[f64], alpha: f64, rho: &mut f64) -> () {
    for j in 0..z.len() {
        z[j] = z[j] + alpha * p[j];
        r[j] = r[j] - alpha * q[j];
        *rho = *rho + r[j];
    }
} }

#[test]
fn a_step_of_conjugate_gradients() {
    same!(multiply as f => |n| {
        let (m, p) = (Sparse::new(n), exact(n));
        let mut q = vec![-1.0; n];
        f(&m, &p, &mut q);
        q
    });
    same!(dot_and_norm as f => |n| f(&exact(n), &exact(2 * n)[n..]));
    same!(update as f => |n| {
        let (p, q) = (exact(n), exact(2 * n)[n..].to_vec());
        let (mut z, mut r, mut rho) = (exact(n), exact(n), 0.25);
        f(&mut z, &mut r, &p, &q, 0.5, &mut rho);
        (z, r, rho)
    });
}

// ---- MG: a stencil over planes, a norm -------------------------------------------------------

type Grid = Vec<Vec<Vec<f64>>>;

fn grid(nk: usize, nj: usize, ni: usize) -> Grid {
    let mut values = exact(nk * nj * ni).into_iter();
    (0..nk).map(|_| (0..nj).map(|_| values.by_ref().take(ni).collect()).collect()).collect()
}

twins! { pooled(scratch(u1, u2)) fn residual(u: &Grid, v: &Grid, r: &mut Grid, a: [f64; 4]) -> () {
    let (n3, n2, n1) = (u.len(), u[0].len(), u[0][0].len());
    let mut u1 = vec![0.0; n1];
    let mut u2 = vec![0.0; n1];
    for i3 in 1..n3 - 1 {
        for i2 in 1..n2 - 1 {
            for i1 in 0..n1 {
                u1[i1] = u[i3][i2 - 1][i1] + u[i3][i2 + 1][i1] + u[i3 - 1][i2][i1] + u[i3 + 1][i2][i1];
                u2[i1] = u[i3 - 1][i2 - 1][i1] + u[i3 - 1][i2 + 1][i1] + u[i3 + 1][i2 - 1][i1] + u[i3 + 1][i2 + 1][i1];
            }
            for i1 in 1..n1 - 1 {
                r[i3][i2][i1] = v[i3][i2][i1]
                    - a[0] * u[i3][i2][i1]
                    - a[2] * (u2[i1] + u1[i1 - 1] + u1[i1 + 1])
                    - a[3] * (u2[i1 - 1] + u2[i1 + 1]);
            }
        }
    }
} }

twins! { pooled() fn norm(r: &Grid, max: &mut f64) -> f64 {
    let mut s = 0.0;
    let mut a;
    for i3 in 0..r.len() {
        for i2 in 0..r[i3].len() {
            for i1 in 0..r[i3][i2].len() {
                s = s + r[i3][i2][i1] * r[i3][i2][i1];
                a = r[i3][i2][i1].abs();
                if a > *max {
                    *max = a;
                }
            }
        }
    }
    s
} }

#[test]
fn a_multigrid_residual_and_its_norm() {
    same!(residual as f => |n| {
        let planes = n.min(40) + 2;
        let (u, v) = (grid(planes, 4, 5), grid(planes, 4, 5));
        let mut r = v.clone();
        f(&u, &v, &mut r, [-2.5, 0.0, 0.25, 0.125]);
        r
    });
    same!(norm as f => |n| {
        let mut max = 3.0;
        (f(&grid(n.min(40), 4, 5), &mut max), max)
    });
}

// ---- BT, SP, LU: several writes in one nest, the parallel index in the second position -------

type Block = Vec<Vec<Vec<[f64; 5]>>>;

fn block(n: usize) -> Block {
    let mut values = exact(3 * n * 4 * 5).into_iter();
    let mut next = || values.next().unwrap_or_default();
    (0..3)
        .map(|_| {
            (0..n).map(|_| (0..4).map(|_| std::array::from_fn(|_| next())).collect()).collect()
        })
        .collect()
}

twins! { pooled() fn many_outputs(u: &Block, us: &mut Grid, vs: &mut Grid, ws: &mut Grid, qs: &mut Grid, square: &mut Grid, rho_i: &mut Grid, n: usize) -> () {
    let mut rho_inv;
    for j in 0..n {
        for k in 0..3 {
            for i in 0..4 {
                rho_inv = 1.0 / (u[k][j][i][0] * u[k][j][i][0] + 1.0);
                rho_i[k][j][i] = rho_inv;
                us[k][j][i] = u[k][j][i][1] * rho_inv;
                vs[k][j][i] = u[k][j][i][2] * rho_inv;
                ws[k][j][i] = u[k][j][i][3] * rho_inv;
                square[k][j][i] = 0.5 * (u[k][j][i][1] * u[k][j][i][1] + u[k][j][i][2] * u[k][j][i][2]) * rho_inv;
                qs[k][j][i] = square[k][j][i] * rho_inv;
            }
        }
    }
} }

#[test]
fn six_outputs_in_one_nest_cut_in_the_second_position() {
    same!(many_outputs as f => |n| {
        let n = n.min(70);
        let u = block(n);
        let mut outs: [Grid; 6] = std::array::from_fn(|_| vec![vec![vec![0.0; 4]; n]; 3]);
        let [us, vs, ws, qs, square, rho_i] = &mut outs;
        f(&u, us, vs, ws, qs, square, rho_i, n);
        outs
    });
}

twins! { pooled() fn second_position(rhs: &mut Block, forcing: &Block, u: &Block, n: usize) -> () {
    for j in 1..n.saturating_sub(1) {
        for k in 0..3 {
            for i in 0..4 {
                for m in 0..5 {
                    rhs[k][j][i][m] = forcing[k][j][i][m];
                    rhs[k][j][i][m] = rhs[k][j][i][m]
                        + 0.5 * (u[k][j + 1][i][m] - 2.0 * u[k][j][i][m] + u[k][j - 1][i][m]);
                    rhs[k][j][i][m] *= 0.25;
                }
            }
        }
    }
} }

#[test]
fn a_stencil_along_the_second_position() {
    same!(second_position as f => |n| {
        let n = n.min(70);
        let (forcing, u) = (block(n), block(n));
        let mut rhs = block(n);
        f(&mut rhs, &forcing, &u, n);
        rhs
    });
}

twins! { pooled() fn rms(rhs: &Block, rms: &mut [f64; 5]) -> () {
    let mut add;
    for k in 0..rhs.len() {
        for j in 0..rhs[k].len() {
            for i in 0..4 {
                for m in 0..5 {
                    add = rhs[k][j][i][m];
                    rms[m] = rms[m] + add * add;
                }
            }
        }
    }
} }

#[test]
fn an_array_parameter_as_accumulator() {
    same!(rms as f => |n| {
        let mut sums = [0.0, 1.0, 2.0, 3.0, 4.0];
        f(&block(n.min(70)), &mut sums);
        sums
    });
}

// Forward elimination along the third dimension: sequential inside, independent across `j`.
twins! { pooled() fn line_solve(lhs: &[Vec<[f64; 3]>], rhs: &mut [Vec<f64>]) -> () {
    for j in 0..rhs.len() {
        let n = rhs[j].len();
        for i in 1..n {
            let fac = lhs[j][i][0] / (lhs[j][i - 1][1] + 100.0);
            rhs[j][i] = rhs[j][i] - fac * rhs[j][i - 1];
        }
        for i in (0..n.saturating_sub(1)).rev() {
            rhs[j][i] -= lhs[j][i][2] * rhs[j][i + 1] / 128.0;
        }
    }
} }

#[test]
fn line_solves_that_are_sequential_inside() {
    same!(line_solve as f => |n| {
        let lhs: Vec<Vec<[f64; 3]>> = (0..n).map(|j| exact(3 * 6).chunks(3).map(|c| [c[0], c[1] + j as f64, c[2]]).collect()).collect();
        let mut rhs: Vec<Vec<f64>> = (0..n).map(|j| exact(6 + j)[j..].to_vec()).collect();
        f(&lhs, &mut rhs);
        rhs
    });
}

// ---- IS: counting keys, uneven segments ------------------------------------------------------

twins! { pooled() fn count_keys(keys: &[u32], shift: u32, counts: &mut [u32]) -> () {
    for i in 0..keys.len() {
        counts[(keys[i] >> shift) as usize] += 1;
    }
} }

twins! { pooled() fn bucket_sums(starts: &[usize], keys: &[u32], sums: &mut [u64]) -> u64 {
    let mut total = 0;
    for b in 0..sums.len() {
        let (from, to) = (starts[b], starts[b + 1]);
        let mut sum = 0;
        for k in &keys[from..to] {
            sum += u64::from(*k);
        }
        sums[b] = sum;
        total += sum;
    }
    total
} }

#[test]
fn counting_keys_and_uneven_segments() {
    let keys = |n| noise(n).map(|x| (x % 1024) as u32).collect::<Vec<_>>();
    same!(count_keys as f => |n| {
        let mut counts = vec![1; 32];
        f(&keys(n), 5, &mut counts);
        counts
    });
    same!(bucket_sums as f => |n| {
        let keys = keys(n * 3);
        let mut starts = vec![0];
        for b in 1..=n {
            starts.push((starts[b - 1] + b * 7 % 6).min(keys.len()));
        }
        let mut sums = vec![0; n];
        (f(&starts, &keys, &mut sums), sums)
    });
}

// ---- FT: transposition, complex numbers ------------------------------------------------------

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Complex {
    real: f64,
    imag: f64,
}

twins! { pooled() fn transpose(from: &[Vec<Complex>], to: &mut [Vec<Complex>]) -> Complex {
    let mut check = Complex::default();
    for i in 0..to.len() {
        for j in 0..from.len() {
            to[i][j].real = from[j][i].imag;
            to[i][j].imag = from[j][i].real * 2.0;
            check.real += to[i][j].real;
            check.imag = check.imag + to[i][j].imag;
        }
    }
    check
} }

twins! { pooled() fn evolve(u0: &mut [[Complex; 3]], twiddle: &[f64]) -> () {
    for (row, t) in u0.iter_mut().zip(twiddle) {
        for x in row.iter_mut() {
            x.real = x.real * t;
            x.imag *= t;
        }
    }
} }

#[test]
fn transposition_and_evolution_of_complex_numbers() {
    let number = |x: f64| Complex { real: x, imag: -x / 2.0 };
    same!(transpose as f => |n| {
        let n = n.min(300);
        let from: Vec<Vec<Complex>> = (0..4).map(|_| exact(n).into_iter().map(number).collect()).collect();
        let mut to = vec![vec![Complex::default(); 4]; n];
        (f(&from, &mut to), to)
    });
    same!(evolve as f => |n| {
        let mut u0: Vec<[Complex; 3]> = exact(n).into_iter().map(|x| [number(x); 3]).collect();
        f(&mut u0, &exact(n));
        u0
    });
}

// ---- a whole time step with marked loops -----------------------------------------------------

mod heat {
    pub(super) fn plain(u: &mut Vec<f64>, new: &mut Vec<f64>, steps: usize) -> f64 {
        let n = u.len();
        let mut change = 0.0f64;
        for _ in 0..steps {
            change = 0.0;
            for i in 1..n - 1 {
                new[i] = (u[i - 1] + 2.0 * u[i] + u[i + 1]) / 4.0;
                change = change.max((new[i] - u[i]).abs());
            }
            std::mem::swap(u, new);
        }
        change
    }

    #[pool_runtime::pooled(workers = tests::workers(), chunk = tests::chunk())]
    pub(super) fn annotated(u: &mut Vec<f64>, new: &mut Vec<f64>, steps: usize) -> f64 {
        let n = u.len();
        let mut change = 0.0f64;
        for _ in 0..steps {
            change = 0.0;
            #[pooled]
            for i in 1..n - 1 {
                new[i] = (u[i - 1] + 2.0 * u[i] + u[i + 1]) / 4.0;
                change = change.max((new[i] - u[i]).abs());
            }
            std::mem::swap(u, new);
        }
        change
    }
}

#[test]
fn time_steps_with_a_marked_loop_inside() {
    plans(|| {
        for n in [2, 3, tests::chunk() + 1, 500] {
            let (mut u, mut v) = (exact(n), exact(n));
            let (mut new_u, mut new_v) = (u.clone(), v.clone());
            assert_eq!(heat::plain(&mut u, &mut new_u, 5), heat::annotated(&mut v, &mut new_v, 5));
            assert_eq!(u, v);
        }
    });
}
