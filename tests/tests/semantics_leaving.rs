//! `return` and `break`: the first match by position wins, and accumulators hold the items before
//! it.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(
    clippy::manual_find,
    clippy::needless_return,
    clippy::never_loop,
    reason = "the spellings are what is tested"
)]

use std::ops::ControlFlow;

use tests::{noise, same, twins};

#[derive(Clone, Debug, PartialEq)]
struct Bad(u64);

fn check(x: u64, limit: u64) -> Result<u64, Bad> {
    if x < limit { Ok(x) } else { Err(Bad(x)) }
}

fn small(length: usize) -> Vec<u64> {
    noise(length).map(|x| x % 1000).collect()
}

/// Limits that make a loop over [`small`] end at once, soon, late and never.
const LIMITS: [u64; 5] = [0, 500, 990, 999, 1000];

fn lines(n: usize, bad_at: usize) -> Vec<String> {
    let line = |(i, x): (usize, u64)| if i == bad_at { "1x".into() } else { x.to_string() };
    small(n).into_iter().enumerate().map(line).collect()
}

twins! { pooled() fn find(xs: &[u64], wanted: u64) -> Option<usize> {
    for (i, &x) in xs.iter().enumerate() {
        if x == wanted {
            return Some(i);
        }
    }
    None
} }

#[test]
fn return_of_the_first_match() {
    same!(find as f => |n| [0, 17, 500, 5000].map(|wanted| f(&small(n), wanted)));
}

twins! { pooled() fn find_borrowed<'a>(lines: &'a [String], prefix: &str) -> Option<&'a str> {
    for line in lines {
        if let Some(rest) = line.strip_prefix(prefix) {
            return Some(rest);
        }
    }
    None
} }

#[test]
fn return_of_a_borrow_from_the_source() {
    same!(find_borrowed as f => |n| f(&lines(n, 30), "9").map(str::to_owned));
}

twins! { pooled() fn all(xs: &[u64], limit: u64) -> bool {
    for x in xs {
        if *x >= limit {
            return false;
        }
    }
    true
} }

#[test]
fn return_of_a_boolean() {
    same!(all as f => |n| LIMITS.map(|limit| f(&small(n), limit)));
}

twins! { pooled() fn unit(xs: &[u64], limit: u64, sum: &mut u64) {
    for x in xs {
        if *x >= limit {
            return;
        }
        *sum += x;
    }
    *sum += 1_000_000;
} }

#[test]
fn return_without_a_value() {
    same!(unit as f => |n| LIMITS.map(|limit| {
        let mut sum = 3;
        f(&small(n), limit, &mut sum);
        sum
    }));
}

twins! { pooled() fn owned(items: Vec<String>, wanted: &str) -> Result<String, Vec<String>> {
    let mut others = Vec::new();
    for item in items {
        if item.ends_with(wanted) {
            return Ok(item);
        }
        others.push(item);
    }
    Err(others)
} }

#[test]
fn return_of_an_owned_item_and_a_result_without_question_marks() {
    same!(owned as f => |n| [f(lines(n, 50), "77"), f(lines(n, 50), "x"), f(lines(n, 50), "y")]);
}

twins! { pooled() fn three_ways(xs: &[u64], limit: u64) -> Result<Option<u64>, Bad> {
    let mut sum = 0;
    for &x in xs {
        if x == 999 {
            return Ok(None);
        }
        if x == 5 {
            break;
        }
        if x % 10 == 3 {
            continue;
        }
        sum += check(x, limit)?;
    }
    Ok(Some(sum))
} }

#[test]
fn return_break_continue_and_a_question_mark_in_one_body() {
    same!(three_ways as f => |n| LIMITS.map(|limit| f(&small(n), limit)));
}

twins! { pooled() fn control_flow(xs: &[u64], limit: u64) -> ControlFlow<u64, usize> {
    let mut seen = 0;
    for &x in xs {
        if x >= limit {
            return ControlFlow::Break(x);
        }
        seen += 1;
    }
    ControlFlow::Continue(seen)
} }

#[test]
fn return_of_another_enum() {
    same!(control_flow as f => |n| LIMITS.map(|limit| f(&small(n), limit)));
}

twins! { pooled() fn take_until(xs: &[u64], limit: u64) -> (u64, Vec<u64>, Vec<u64>) {
    let mut sum = 10;
    let mut before = Vec::new();
    let mut with = Vec::new();
    for &x in xs {
        with.push(x);
        if x >= limit {
            break;
        }
        sum += x;
        before.push(x);
    }
    (sum, before, with)
} }

#[test]
fn break_and_the_changes_of_the_last_item_before_it() {
    same!(take_until as f => |n| LIMITS.map(|limit| f(&small(n), limit)));
}

twins! { pooled() fn labelled(xs: &[u64], limit: u64) -> u64 {
    let mut sum = 0;
    'all: for &x in xs {
        for j in 0..4 {
            if x + j > limit {
                break 'all;
            }
            if j > x {
                continue 'all;
            }
            if j == 3 {
                break;
            }
            sum += j;
        }
        sum += 100;
    }
    sum
} }

#[test]
fn break_of_the_own_label_from_an_inner_loop() {
    same!(labelled as f => |n| LIMITS.map(|limit| f(&small(n), limit)));
}

twins! { pooled() fn endless(limit: u64) -> (u64, u64) {
    let mut sum = 0;
    let mut last = 0;
    for i in 0.. {
        if i * i > limit {
            break;
        }
        sum += i;
        last = last.max(i);
    }
    (sum, last)
} }

#[test]
fn break_out_of_an_endless_range() {
    same!(endless as f => |n| f((n * n) as u64));
}

twins! { pooled() fn endless_iterator(n: usize) -> Result<u64, Bad> {
    let mut sum = 0;
    for (i, x) in (0u64..).map(|x| x * 3).enumerate() {
        if i == n {
            return Err(Bad(sum_to(i)));
        }
        sum += check(x, 2000)?;
    }
    Ok(sum)
} }

fn sum_to(i: usize) -> u64 {
    (0..i as u64).sum()
}

#[test]
fn leaving_an_endless_iterator() {
    same!(endless_iterator as f => |n| f(n));
}

twins! { pooled() fn at_once(xs: &[u64]) -> Option<u64> {
    for x in xs {
        return Some(*x);
    }
    None
} }

#[test]
fn a_body_that_always_returns() {
    same!(at_once as f => |n| f(&small(n)));
}

twins! { pooled() fn places_of_a_map(map: &mut std::collections::BTreeMap<u64, Vec<u64>>, last: u64) -> Option<u64> {
    let mut sum = 0;
    for (key, values) in map.iter_mut() {
        if *key == last {
            return None;
        }
        values.push(*key);
        sum += key;
    }
    Some(sum)
} }

#[test]
fn places_behind_an_exit_stay_as_they_were() {
    same!(places_of_a_map as f => |n| {
        let mut map = (0..n as u64).map(|key| (key, vec![1])).collect();
        (f(&mut map, 90), f(&mut map, 7), map)
    });
}

twins! { pooled() fn found_and_sum(xs: &[u64], wanted: u64) -> (Option<usize>, u64, bool) {
    let mut found = None;
    let mut any = false;
    let mut sum = 0_u64;
    for (i, &x) in xs.iter().enumerate() {
        sum += x;
        if x == wanted {
            found = Some(i);
            any = true;
            break;
        }
    }
    (found, sum, any)
} }

twins! { pooled() fn first_in_rows(rows: &[Vec<u64>], wanted: u64) -> (usize, usize) {
    let (mut row, mut column) = (usize::MAX, usize::MAX);
    'rows: for (i, cells) in rows.iter().enumerate() {
        for (j, &x) in cells.iter().enumerate() {
            if x == wanted {
                row = i;
                column = j;
                break 'rows;
            }
        }
    }
    (row, column)
} }

twins! { pooled() fn through_a_reference(xs: &[u64], wanted: u64, out: &mut (String, u64)) -> bool {
    for &x in xs {
        match x {
            x if x == wanted => {
                out.0 = x.to_string();
                return true;
            }
            999 => {
                out.0 = String::from("the last one");
                out.1 += 1;
                return false;
            }
            _ => out.1 += x,
        }
    }
    false
} }

twins! { pooled() fn before_an_error(lines: &[String], wanted: u64) -> Result<Option<u64>, String> {
    let mut found = None;
    for line in lines {
        let x: u64 = line.parse().map_err(|_| line.clone())?;
        if x >= wanted {
            found = Some(x);
            break;
        }
    }
    Ok(found)
} }

#[test]
fn what_is_assigned_on_the_way_out() {
    let wanted = [0, 17, 500, 999, 5000];
    same!(found_and_sum as f => |n| wanted.map(|wanted| f(&small(n), wanted)));
    let rows = |n| small(n).chunks(7).map(<[u64]>::to_vec).collect::<Vec<_>>();
    same!(first_in_rows as f => |n| wanted.map(|wanted| f(&rows(n), wanted)));
    same!(through_a_reference as f => |n| wanted.map(|wanted| {
        let mut out = (String::from("before"), 5);
        (f(&small(n), wanted, &mut out), out)
    }));
    same!(before_an_error as f => |n| wanted.map(|wanted| f(&lines(n, 30), wanted)));
}
