//! Marked loops among others, inside others and in closures; functions whose loops call others.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(clippy::needless_range_loop, reason = "the shapes are what is tested")]

use pool_runtime::pooled;
use tests::noise;

fn small(length: usize) -> Vec<u64> {
    noise(length).map(|x| x % 1000).collect()
}

fn marked_plain(xs: &[u64], out: &mut [u64]) -> (u64, Vec<u64>) {
    let mut sum = 0;
    for x in xs {
        sum += x;
    }
    let mean = sum / xs.len().max(1) as u64;
    for i in 0..out.len() {
        out[i] = xs[i].abs_diff(mean);
    }
    let mut carried = 0;
    for x in out.iter() {
        carried = (carried * 31 + x) % 1009;
    }
    let mut odd = Vec::new();
    if carried % 2 == 1 {
        for x in &*out {
            odd.push(x * carried);
        }
    }
    (sum, odd)
}

#[pooled(workers = tests::workers())]
fn marked(xs: &[u64], out: &mut [u64]) -> (u64, Vec<u64>) {
    let mut sum = 0;
    #[pooled]
    for x in xs {
        sum += x;
    }
    let mean = sum / xs.len().max(1) as u64;
    #[pooled(chunk = tests::chunk())]
    for i in 0..out.len() {
        out[i] = xs[i].abs_diff(mean);
    }
    let mut carried = 0;
    for x in out.iter() {
        carried = (carried * 31 + x) % 1009;
    }
    let mut odd = Vec::new();
    if carried % 2 == 1 {
        #[pool_runtime::pooled(workers = 2, name = "the last one")]
        for x in &*out {
            odd.push(x * carried);
        }
    }
    (sum, odd)
}

#[test]
fn several_marked_loops_among_sequential_ones() {
    tests::across(|n| {
        let xs = small(n);
        let (mut a, mut b) = (vec![0; n], vec![0; n]);
        assert_eq!(marked_plain(&xs, &mut a), marked(&xs, &mut b));
        assert_eq!(a, b);
    });
}

#[pooled(workers = tests::workers())]
fn marked_inner(grid: &[Vec<u64>]) -> Vec<u64> {
    let mut sums = Vec::new();
    for row in grid {
        let mut sum = 0;
        #[pooled(chunk = tests::chunk())]
        for x in row {
            sum += x;
        }
        sums.push(sum);
        if sum > 1_000_000_000 {
            break;
        }
    }
    sums
}

#[test]
fn a_marked_loop_inside_a_sequential_one() {
    tests::across(|n| {
        let grid = vec![small(n), small(n / 2), vec![], small(3)];
        let expected: Vec<u64> = grid.iter().map(|row| row.iter().sum()).collect();
        assert_eq!(marked_inner(&grid), expected);
    });
}

#[pooled(workers = tests::workers())]
fn marked_in_a_closure(grid: &[Vec<u64>]) -> Vec<u64> {
    let total = |row: &[u64]| {
        let mut sum = 0;
        #[pooled]
        for x in row {
            sum += x;
        }
        sum
    };
    grid.iter().map(|row| total(row)).collect()
}

#[test]
fn a_marked_loop_inside_a_closure() {
    tests::across(|n| {
        let grid = vec![small(n), small(n / 2)];
        let expected: Vec<u64> = grid.iter().map(|row| row.iter().sum()).collect();
        assert_eq!(marked_in_a_closure(&grid), expected);
    });
}

#[pooled(workers = tests::workers())]
fn outer(rows: &[Vec<u64>]) -> Vec<u64> {
    let mut out = Vec::new();
    for row in rows {
        out.push(inner(row) + 1);
    }
    out
}

#[pooled(workers = 2, chunk = 3)]
fn inner(row: &[u64]) -> u64 {
    let mut sum = 0;
    for x in row {
        sum += innermost(*x);
    }
    sum
}

#[pooled(workers = 3, chunk = 1)]
fn innermost(x: u64) -> u64 {
    let mut sum = 0;
    for k in 0..x % 5 {
        sum += k;
    }
    sum
}

#[test]
fn parallel_loops_that_call_parallel_loops() {
    tests::plans(|| {
        let rows: Vec<Vec<u64>> = (0..40).map(small).collect();
        let expected: Vec<u64> = rows
            .iter()
            .map(|row| row.iter().map(|x| (0..x % 5).sum::<u64>()).sum::<u64>() + 1)
            .collect();
        assert_eq!(outer(&rows), expected);
    });
}
