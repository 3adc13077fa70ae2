//! Private scalars, scratch space, and what is said by hand: `reduce`, `Accumulate`.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(
    clippy::needless_range_loop,
    clippy::needless_late_init,
    unused_assignments,
    clippy::ptr_arg,
    reason = "the spellings are what is tested"
)]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use pool_runtime::{Accumulate, pooled};
use tests::{noise, same, twins};

fn small(length: usize) -> Vec<u64> {
    noise(length).map(|x| x % 1000).collect()
}

// ---- private scalars -------------------------------------------------------------------------

twins! { pooled() fn declared_above(xs: &[u64]) -> u64 {
    let mut half;
    let mut third = 0;
    let mut sum = 0;
    for &x in xs {
        half = x / 2;
        third = x / 3;
        half += third;
        sum += half * third;
    }
    sum
} }

#[test]
fn scalars_declared_above_and_assigned_before_they_are_read() {
    same!(declared_above as f => |n| f(&small(n)));
}

twins! { pooled() fn assigned_in_every_branch(xs: &[u64]) -> Vec<u64> {
    let mut out = Vec::new();
    let mut weight;
    let (mut a, mut b);
    for &x in xs {
        if x < 500 {
            weight = 1;
        } else {
            weight = 2;
        }
        match x % 3 {
            0 => a = x,
            1 => a = x + 1,
            _ => a = 0,
        }
        b = a * weight;
        (a, b) = (b, a);
        out.push(a + 3 * b);
    }
    out
} }

#[test]
fn scalars_assigned_in_every_branch() {
    same!(assigned_in_every_branch as f => |n| f(&small(n)));
}

twins! { pooled() fn counters_of_inner_loops(xs: &[u64]) -> u64 {
    let mut i;
    let mut inner: u64;
    let mut sum = 0;
    for &x in xs {
        i = 0;
        inner = 0;
        while i < x % 10 {
            inner += i * x;
            i += 1;
        }
        sum += inner;
    }
    sum
} }

#[test]
fn an_inner_loop_s_counter_declared_above() {
    same!(counters_of_inner_loops as f => |n| f(&small(n)));
}

twins! { pooled() fn floats_like_nas(u: &[[f64; 3]], rhs: &mut [[f64; 3]]) -> () {
    let mut tmp: f64;
    let mut uijk = 0.0;
    let mut up1 = 0.0;
    for k in 1..u.len().saturating_sub(1) {
        uijk = u[k][0];
        up1 = u[k + 1][0];
        tmp = up1 - 2.0 * uijk + u[k - 1][0];
        for m in 0..3 {
            rhs[k][m] = rhs[k][m] + tmp * u[k][m];
        }
    }
} }

#[test]
fn temporaries_of_a_kernel() {
    same!(floats_like_nas as f => |n| {
        let u: Vec<[f64; 3]> = noise(n).map(|x| [x as f64 / 1e19, 1.0, (x % 7) as f64]).collect();
        let mut rhs = vec![[0.5; 3]; n];
        f(&u, &mut rhs);
        rhs
    });
}

// ---- scratch ---------------------------------------------------------------------------------

twins! { pooled(scratch(buf)) fn scratch_vector(xs: &[u64]) -> Vec<usize> {
    let mut out = Vec::new();
    let mut buf = vec![0u8; 64];
    for &x in xs {
        for (i, b) in buf.iter_mut().enumerate() {
            *b = (x as usize + i) as u8;
        }
        buf.sort_unstable();
        out.push(usize::from(buf[(x % 64) as usize]) + buf.len());
    }
    out
} }

#[test]
fn a_buffer_per_worker() {
    same!(scratch_vector as f => |n| f(&small(n)));
}

twins! { pooled(scratch(text, words)) fn two_scratches(xs: &[u64]) -> u64 {
    let mut text = String::with_capacity(100);
    let mut words: Vec<usize> = Vec::new();
    let mut sum = 0;
    for &x in xs {
        text.clear();
        words.clear();
        text.push_str("some words");
        text += &x.to_string();
        words.extend(text.split(' ').map(str::len));
        words.push(3);
        sum += words.iter().sum::<usize>() as u64;
    }
    sum
} }

#[test]
fn two_buffers_per_worker() {
    same!(two_scratches as f => |n| f(&small(n)));
}

twins! { pooled(scratch(row)) fn scratch_parameter(xs: &[u64], row: &mut Vec<u64>) -> u64 {
    let mut sum = 0;
    for &x in xs {
        row[0] = x;
        for i in 1..row.len() {
            row[i] = row[i - 1] / 2;
        }
        sum += row[3];
    }
    sum
} }

#[test]
fn a_scratch_that_is_a_parameter() {
    same!(scratch_parameter as f => |n| f(&small(n), &mut vec![0; 5]));
}

#[pooled(workers = tests::workers(), scratch(client = Client::new(made)))]
fn made_per_worker(xs: &[u64], made: &AtomicUsize) -> u64 {
    let mut sum = 0;
    for &x in xs {
        sum += client.call(x);
    }
    sum
}

struct Client {
    calls: u64,
}

impl Client {
    fn new(made: &AtomicUsize) -> Self {
        made.fetch_add(1, Ordering::Relaxed);
        Self { calls: 0 }
    }

    fn call(&mut self, x: u64) -> u64 {
        self.calls += 1;
        x
    }
}

#[test]
fn a_maker_runs_at_most_once_per_worker() {
    tests::across(|n| {
        let made = AtomicUsize::new(0);
        assert_eq!(made_per_worker(&small(n), &made), small(n).iter().sum());
        assert!(made.into_inner() <= tests::workers().min(n));
    });
}

#[pooled(workers = tests::workers(), scratch(out = connect(limit)?))]
fn fallible_maker(xs: &[u64], limit: usize) -> Result<u64, String> {
    let mut sum = 0;
    for &x in xs {
        out.push(x);
        sum += x;
    }
    Ok(sum)
}

fn connect(limit: usize) -> Result<Vec<u64>, String> {
    if limit == 0 { Err("no connection".into()) } else { Ok(Vec::new()) }
}

#[test]
fn a_maker_that_fails_leaves_the_loop() {
    tests::across(|n| {
        assert_eq!(fallible_maker(&small(n), 1), Ok(small(n).iter().sum()));
        let failed = fallible_maker(&small(n), 0);
        if n > 0 {
            assert_eq!(failed, Err("no connection".into()));
        }
    });
}

// ---- reduce ----------------------------------------------------------------------------------

fn update(sum: &mut u64, x: u64) {
    *sum += x;
}

twins! { pooled(reduce(sum: +)) fn reduce_plus(xs: &[u64]) -> u64 {
    let mut sum = 7;
    for &x in xs {
        update(&mut sum, x);
    }
    sum
} }

#[test]
fn reduce_with_plus() {
    same!(reduce_plus as f => |n| f(&small(n)));
}

twins! { pooled(reduce(bits: |, all: &, odd: ^, low: min, high: max)) fn reduce_others(xs: &[u64]) -> [u64; 5] {
    let (mut bits, mut all, mut odd, mut low, mut high) = (1, u64::MAX, 3, 600, 400);
    for x in xs {
        or(&mut bits, x);
        and(&mut all, x);
        xor(&mut odd, x);
        lower(&mut low, x);
        higher(&mut high, x);
    }
    [bits, all, odd, low, high]
} }

fn or(a: &mut u64, b: &u64) {
    *a |= b;
}
fn and(a: &mut u64, b: &u64) {
    *a &= b | 0xf0;
}
fn xor(a: &mut u64, b: &u64) {
    *a ^= b;
}
fn lower(a: &mut u64, b: &u64) {
    *a = (*a).min(*b);
}
fn higher(a: &mut u64, b: &u64) {
    *a = (*a).max(*b);
}

#[test]
fn reduce_with_the_other_operators() {
    same!(reduce_others as f => |n| f(&small(n)));
}

twins! { pooled(reduce(out: append)) fn reduce_append(xs: &[u64]) -> Vec<u64> {
    let mut out = vec![0];
    for &x in xs {
        emit(&mut out, x);
    }
    out
} }

fn emit(out: &mut Vec<u64>, x: u64) {
    if x % 2 == 0 {
        out.push(x);
    }
}

#[test]
fn reduce_with_append() {
    same!(reduce_append as f => |n| f(&small(n)));
}

/// Counts runs of equal values: merging looks at the border between two stretches.
#[derive(Clone, Debug, PartialEq)]
struct Runs {
    first: Option<u64>,
    last: Option<u64>,
    runs: usize,
}

impl Runs {
    const NONE: Self = Self { first: None, last: None, runs: 0 };

    fn see(&mut self, x: u64) {
        if self.last != Some(x) {
            self.runs += 1;
        }
        self.first.get_or_insert(x);
        self.last = Some(x);
    }
}

impl Accumulate for Runs {
    fn fresh(&self) -> Self {
        Self::NONE
    }

    fn merge(&mut self, later: Self) {
        if later.first.is_none() {
            return;
        }
        if self.last.is_some() && self.last == later.first {
            self.runs -= 1;
        }
        self.runs += later.runs;
        self.first = self.first.or(later.first);
        self.last = later.last;
    }
}

twins! { pooled(reduce(runs)) fn reduce_own(xs: &[u64]) -> Runs {
    let mut runs = Runs::NONE;
    for x in xs {
        runs.see(x % 2);
    }
    runs
} }

#[test]
fn reduce_of_a_type_that_implements_accumulate() {
    same!(reduce_own as f => |n| f(&small(n)));
}

twins! { pooled(reduce(runs: merge)) fn reduce_merge(xs: &[u64], runs: &mut Runs) -> () {
    for x in xs {
        runs.see(x % 2);
    }
} }

#[test]
fn reduce_merge_behind_a_reference() {
    same!(reduce_merge as f => |n| {
        let mut runs = Runs { first: Some(3), last: Some(1), runs: 2 };
        f(&small(n), &mut runs);
        runs
    });
}

#[derive(Accumulate, Clone, Debug, PartialEq)]
struct Report {
    count: u64,
    sum: f64,
    runs: Runs,
    by_key: BTreeMap<u64, u64>,
    lines: Vec<String>,
}

impl Report {
    fn new() -> Self {
        Self { count: 0, sum: 0.0, runs: Runs::NONE, by_key: BTreeMap::new(), lines: Vec::new() }
    }

    fn add(&mut self, x: u64) {
        self.count += 1;
        self.sum += x as f64;
        self.runs.see(x % 2);
        *self.by_key.entry(x % 5).or_default() += 1;
        self.lines.push(x.to_string());
    }
}

twins! { pooled(reduce(report)) fn reduce_derived(xs: &[u64]) -> Report {
    let mut report = Report::new();
    for &x in xs {
        report.add(x);
    }
    report
} }

#[test]
fn reduce_of_a_type_that_derives_accumulate() {
    same!(reduce_derived as f => |n| f(&small(n)));
}

#[derive(Accumulate, Clone, Debug, Default, PartialEq)]
struct Generic<T>(T, Vec<T>);

twins! { pooled(reduce(g)) fn reduce_generic(xs: &[u64]) -> Generic<u64> {
    let mut g = Generic::default();
    for &x in xs {
        g.0 += x;
        g.1.push(x);
    }
    g
} }

#[test]
fn reduce_of_a_generic_tuple_struct() {
    same!(reduce_generic as f => |n| f(&small(n)));
}
