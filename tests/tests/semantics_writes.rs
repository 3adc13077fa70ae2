//! Disjoint writes (`out[i] = e`) in every dimension, in place, with the bounds panics of a slice.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(
    clippy::assign_op_pattern,
    clippy::needless_range_loop,
    clippy::manual_memcpy,
    clippy::manual_slice_fill,
    clippy::ptr_arg,
    reason = "the spellings are what is tested"
)]

use std::panic::catch_unwind;

use tests::{noise, same, twins};

fn small(length: usize) -> Vec<u64> {
    noise(length).map(|x| x % 1000).collect()
}

twins! { pooled() fn fill(out: &mut [u64], xs: &[u64]) -> () {
    for i in 0..out.len() {
        out[i] = xs[i] * 2;
    }
} }

#[test]
fn one_write_per_index() {
    same!(fill as f => |n| {
        let mut out = vec![0; n];
        f(&mut out, &small(n));
        out
    });
}

twins! { pooled() fn saxpy(a: i64, x: &[i64], y: &mut Vec<i64>) -> () {
    let n = x.len().min(y.len());
    for i in 0..n {
        y[i] += a * x[i];
    }
} }

#[test]
fn saxpy_updates_in_place() {
    same!(saxpy as f => |n| {
        let x: Vec<i64> = (0..n as i64).collect();
        let mut y: Vec<i64> = (0..n as i64 + 3).rev().collect();
        f(7, &x, &mut y);
        y
    });
}

twins! { pooled() fn interior(old: &[u64], new: &mut [u64]) -> u64 {
    let n = old.len();
    let mut change = 0;
    if n > 2 {
        for i in 1..n - 1 {
            let x = (old[i - 1] + old[i] + old[i + 1]) / 3;
            change += x.abs_diff(old[i]);
            new[i] = x;
        }
    }
    change
} }

#[test]
fn a_stencil_from_one_slice_into_another() {
    same!(interior as f => |n| {
        let mut new = vec![0; n];
        let change = f(&small(n), &mut new);
        (change, new)
    });
}

twins! { pooled() fn inclusive_from(out: &mut [u64], from: usize) -> () {
    for i in from..=out.len() - 1 {
        out[i] = i as u64;
        out[i] += 1;
    }
} }

#[test]
fn an_inclusive_range_that_does_not_start_at_zero() {
    same!(inclusive_from as f => |n| {
        let mut out = vec![0; n + 3];
        f(&mut out, 2);
        out
    });
}

twins! { pooled() fn backwards_by_three(out: &mut [u64]) -> () {
    let n = out.len();
    for i in (0..n).rev().step_by(3) {
        out[i] = i as u64;
    }
} }

#[test]
fn backwards_and_with_a_step() {
    same!(backwards_by_three as f => |n| {
        let mut out = vec![99; n];
        f(&mut out);
        out
    });
}

twins! { pooled() fn by_step(out: &mut [u64], step: usize) -> () {
    let n = out.len();
    for i in (1..n).step_by(step) {
        out[i] = out[i] + i as u64;
    }
} }

#[test]
fn a_step_known_at_run_time() {
    same!(by_step as f => |n| {
        let mut out = vec![1; n];
        f(&mut out, 5);
        out
    });
}

twins! { pooled() fn conditional_writes(out: &mut [u64], xs: &[u64]) -> usize {
    let mut written = 0;
    for i in 0..xs.len() {
        if xs[i] % 3 == 0 {
            continue;
        }
        out[i] = xs[i];
        written += 1;
    }
    written
} }

#[test]
fn writes_under_a_condition() {
    same!(conditional_writes as f => |n| {
        let mut out = vec![7; n];
        let written = f(&mut out, &small(n));
        (written, out)
    });
}

twins! { pooled() fn small_index_type(out: &mut [u32]) -> () {
    for i in 0..out.len() as u32 {
        out[i as usize] = i;
    }
} }

#[test]
fn a_loop_variable_that_is_cast_in_the_index() {
    same!(small_index_type as f => |n| {
        let mut out = vec![7; n];
        f(&mut out);
        out
    });
}

twins! { pooled() fn rows(grid: &mut Vec<Vec<u64>>, by: u64) -> () {
    for i in 0..grid.len() {
        for j in 0..5 {
            grid[i][j] = (i as u64 * 10 + j as u64) * by;
            grid[i][j] += 1;
        }
    }
} }

#[test]
fn rows_of_a_vector_of_vectors() {
    same!(rows as f => |n| {
        let mut grid = vec![vec![0; 5]; n];
        f(&mut grid, 3);
        grid
    });
}

twins! { pooled() fn fixed_rows(grid: &mut [[u64; 4]]) -> u64 {
    let mut sum = 0;
    for i in 0..grid.len() {
        let row = i as u64;
        for j in 0..4 {
            grid[i][j] = row + j as u64;
            sum += grid[i][j];
        }
    }
    sum
} }

#[test]
fn rows_of_arrays_read_back() {
    same!(fixed_rows as f => |n| {
        let mut grid = vec![[0; 4]; n];
        let sum = f(&mut grid);
        (sum, grid)
    });
}

twins! { pooled() fn columns(grid: &mut [Vec<u64>], n: usize) -> () {
    for i in 0..n {
        for k in 0..3 {
            grid[k][i] = (k * 1000 + i) as u64;
        }
    }
} }

#[test]
fn the_loop_variable_in_the_second_position() {
    same!(columns as f => |n| {
        let mut grid = vec![vec![0; n]; 3];
        f(&mut grid, n);
        grid
    });
}

twins! { pooled() fn planes(rhs: &mut [[Vec<f64>; 2]], u: &[[Vec<f64>; 2]], n: usize) -> () {
    for i in 0..n {
        for k in 0..rhs.len() {
            for j in 0..2 {
                rhs[k][j][i] = u[k][j][i] * 0.5;
                rhs[k][j][i] -= u[k][1 - j][i];
            }
        }
    }
} }

#[test]
fn the_loop_variable_in_the_third_position() {
    same!(planes as f => |n| {
        let plane = || [(0..n).map(|i| i as f64).collect::<Vec<_>>(), vec![0.25; n]];
        let u: Vec<_> = (0..3).map(|_| plane()).collect();
        let mut rhs: Vec<_> = (0..3).map(|_| plane()).collect();
        f(&mut rhs, &u, n);
        rhs
    });
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Particle {
    at: [i64; 2],
    speed: i64,
    name: String,
}

twins! { pooled() fn element_fields(ps: &mut [Particle]) -> () {
    for i in 0..ps.len() {
        ps[i].speed += i as i64;
        ps[i].at[0] = ps[i].speed * 2;
        ps[i].at[1] -= 1;
        ps[i].name.push('x');
    }
} }

#[test]
fn fields_of_the_element() {
    same!(element_fields as f => |n| {
        let mut ps = vec![Particle { speed: 3, ..Particle::default() }; n];
        f(&mut ps);
        ps
    });
}

struct Field {
    old: Vec<u64>,
    new: Vec<u64>,
    changed: usize,
}

impl Field {
    fn step_plain(&mut self) {
        for i in 0..self.old.len() {
            self.new[i] = self.old[i] * 3;
            if i % 2 == 0 {
                self.changed += 1;
            }
        }
    }

    #[pool_runtime::pooled(workers = tests::workers(), chunk = tests::chunk())]
    fn step_annotated(&mut self) {
        for i in 0..self.old.len() {
            self.new[i] = self.old[i] * 3;
            if i % 2 == 0 {
                self.changed += 1;
            }
        }
    }
}

#[test]
fn one_field_of_self_is_read_and_another_written() {
    tests::across(|n| {
        let field = || Field { old: small(n), new: vec![0; n], changed: 0 };
        let (mut a, mut b) = (field(), field());
        a.step_plain();
        b.step_annotated();
        assert_eq!((a.new, a.changed), (b.new, b.changed));
    });
}

twins! { pooled() fn fixed_array(xs: &[u64; 100]) -> [u64; 100] {
    let mut out = [0; 100];
    for i in 0..100 {
        out[i] = xs[99 - i];
    }
    out
} }

#[test]
fn writes_into_an_array() {
    let xs: [u64; 100] = std::array::from_fn(|i| i as u64);
    same!(fixed_array as f => |_n| f(&xs));
}

twins! { pooled() fn two_outputs(xs: &[u64], low: &mut [u64], high: &mut [u64]) -> () {
    for i in 0..xs.len() {
        low[i] = xs[i] & 0xf;
        high[i] = xs[i] >> 4;
        low[i] ^= 1;
    }
} }

#[test]
fn several_outputs() {
    same!(two_outputs as f => |n| {
        let (mut low, mut high) = (vec![0; n], vec![0; n]);
        f(&small(n), &mut low, &mut high);
        (low, high)
    });
}

twins! { pooled() fn element_references(out: &mut [String]) -> () {
    for i in 0..out.len() {
        let cell = &mut out[i];
        cell.push_str("ab");
        cell.push('c');
    }
} }

#[test]
fn a_mutable_borrow_of_the_own_element() {
    same!(element_references as f => |n| {
        let mut out = vec![String::from("-"); n];
        f(&mut out);
        out
    });
}

twins! { pooled() fn owned_elements(out: &mut [Option<Box<u64>>]) -> () {
    for i in 0..out.len() {
        out[i] = Some(Box::new(i as u64));
    }
} }

#[test]
fn overwritten_elements_are_dropped() {
    same!(owned_elements as f => |n| {
        let mut out = vec![Some(Box::new(7)); n];
        f(&mut out);
        out
    });
}

fn panic_text(work: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let payload = catch_unwind(work).expect_err("the index is out of bounds");
    payload.downcast_ref::<String>().cloned().unwrap_or_else(|| panic!("not a formatted message"))
}

#[test]
fn an_index_out_of_bounds_panics_with_the_slice_s_own_message() {
    tests::plans(|| {
        let xs: Vec<u64> = small(100);
        let expected = panic_text(|| fill::plain(&mut vec![0; 200], &xs));
        assert_eq!(panic_text(|| fill::auto(&mut vec![0; 200], &xs)), expected);
        let expected = panic_text(|| saxpy_too_long::plain(&mut [0; 50], 80));
        assert_eq!(expected, "index out of bounds: the len is 50 but the index is 50");
        assert_eq!(panic_text(|| saxpy_too_long::auto(&mut [0; 50], 80)), expected);
        assert_eq!(panic_text(|| saxpy_too_long::cut(&mut [0; 50], 80)), expected);
    });
}

twins! { pooled() fn saxpy_too_long(out: &mut [u64], n: usize) -> () {
    for i in 0..n {
        out[i] = 1;
    }
} }
