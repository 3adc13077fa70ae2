//! What is reduced may be any place: fields, elements, what a reference or a box leads to.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(
    clippy::assign_op_pattern,
    unused_qualifications,
    reason = "the spellings are what is tested"
)]

use tests::{noise, same, twins};

fn signed(length: usize) -> Vec<i64> {
    noise(length).map(|x| (x % 2001) as i64 - 1000).collect()
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Stats {
    count: u64,
    total: i64,
    lowest: Option<i64>,
    inner: Inner,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Inner {
    odd: u32,
    pair: (i64, i64),
}

twins! { pooled() fn fields(xs: &[i64]) -> Stats {
    let mut stats = Stats { total: 9, ..Stats::default() };
    for &x in xs {
        stats.count += 1;
        stats.total += x;
        if x % 2 != 0 {
            stats.inner.odd += 1;
        }
        stats.inner.pair.0 += x;
        stats.inner.pair.1 -= x;
    }
    stats
} }

#[test]
fn fields_of_a_captured_struct() {
    same!(fields as f => |n| f(&signed(n)));
}

twins! { pooled() fn through_references(xs: &[i64], total: &mut i64, stats: &mut Stats) -> () {
    for x in xs {
        *total += x;
        stats.count += 1;
        stats.inner.pair.0 = stats.inner.pair.0 + x;
    }
} }

#[test]
fn places_behind_mutable_references() {
    same!(through_references as f => |n| {
        let mut total = 77;
        let mut stats = Stats { count: 5, ..Stats::default() };
        f(&signed(n), &mut total, &mut stats);
        (total, stats)
    });
}

struct Borrowing<'a> {
    total: &'a mut i64,
    high: &'a mut i64,
}

twins! { pooled() fn reference_fields(xs: &[i64], to: Borrowing<'_>) -> () {
    for &x in xs {
        *to.total += x;
        if x > *to.high {
            *to.high = x;
        }
    }
} }

#[test]
fn references_held_in_fields() {
    same!(reference_fields as f => |n| {
        let (mut total, mut high) = (1, -1);
        f(&signed(n), Borrowing { total: &mut total, high: &mut high });
        (total, high)
    });
}

twins! { pooled() fn tuple_fields(xs: &[i64]) -> (u64, (i64, i64)) {
    let mut t = (0u64, (0i64, 0i64));
    for &x in xs {
        t.0 += 1;
        (t.1).0 += x;
        t.1.1 = t.1.1.max(x);
    }
    t
} }

#[test]
fn tuple_fields_as_accumulators() {
    same!(tuple_fields as f => |n| f(&signed(n)));
}

twins! { pooled() fn fixed_elements(xs: &[i64]) -> [i64; 3] {
    let mut totals = [0i64, 1, 2];
    for &x in xs {
        totals[0] += x;
        totals[1] -= x;
        totals[2] = totals[2] + 1;
    }
    totals
} }

#[test]
fn constant_elements_of_an_array() {
    same!(fixed_elements as f => |n| f(&signed(n)));
}

twins! { pooled() fn boxed(xs: &[i64]) -> Box<i64> {
    let mut total = Box::new(4);
    for &x in xs {
        *total += x;
    }
    total
} }

#[test]
fn a_number_in_a_box() {
    same!(boxed as f => |n| f(&signed(n)));
}

twins! { pooled() fn extremum_fields(xs: &[i64], s: &mut Stats) -> () {
    for &x in xs {
        s.lowest = s.lowest.max(Some(-x));
        s.total = s.total.min(x);
        if x > s.inner.pair.0 {
            s.inner.pair.0 = x;
            s.inner.pair.1 = x * 2;
        }
    }
} }

#[test]
fn extrema_in_fields() {
    same!(extremum_fields as f => |n| {
        let mut stats = Stats::default();
        f(&signed(n), &mut stats);
        stats
    });
}

twins! { pooled() fn balance_from_the_right(items: &[i64], mut t: (i64, u8)) -> (i64, u8) {
    for e in items {
        t.0 -= e;
        t.0 = e * 2 + t.0;
    }
    t
} }

#[test]
fn a_balance_may_stand_on_the_right() {
    same!(balance_from_the_right as f => |n| {
        let items: Vec<i64> = (0..n as i64).map(|i| i % 7 - 3).collect();
        f(&items, (5, 1))
    });
}
