//! Extrema: `min` and `max`, comparisons with payload, ties as in the sequential loop.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(
    clippy::assign_op_pattern,
    unused_qualifications,
    reason = "the spellings are what is tested"
)]

use std::cmp::{max, min};

use tests::{noise, same, twins};

fn signed(length: usize) -> Vec<i64> {
    noise(length).map(|x| (x % 2001) as i64 - 1000).collect()
}

twins! { pooled() fn extrema(xs: &[i64]) -> (i64, i64, i64, i64, i64) {
    let (mut a, mut b, mut c, mut d, mut e) = (i64::MAX, i64::MIN, 3, 5, -5);
    for &x in xs {
        a = a.min(x);
        b = b.max(x);
        c = min(c, x);
        d = std::cmp::max(d, x);
        e = Ord::max(x, e);
    }
    (a, b, c, d, e)
} }

#[test]
fn minimum_and_maximum() {
    same!(extrema as f => |n| f(&signed(n)));
}

twins! { pooled() fn float_extrema(xs: &[f64]) -> (f64, f64, f64) {
    let mut low = f64::INFINITY;
    let mut high = f64::NEG_INFINITY;
    let mut widest = 0.0f64;
    for &x in xs {
        low = low.min(x);
        high = f64::max(high, x);
        widest = widest.max(x.abs());
    }
    (low, high, widest)
} }

#[test]
fn minimum_and_maximum_of_floats() {
    same!(float_extrema as f => |n| f(&signed(n).iter().map(|&x| x as f64 / 7.0).collect::<Vec<_>>()));
}

twins! { pooled() fn optional_extremum(xs: &[i64]) -> (Option<i64>, Option<String>) {
    let mut high = None;
    let mut longest = None;
    for &x in xs {
        high = high.max(Some(x));
        longest = max(longest, Some(format!("{x:+}")));
    }
    (high, longest)
} }

#[test]
fn extrema_of_options_and_strings() {
    same!(optional_extremum as f => |n| f(&signed(n)));
}

/// Equal by `key` alone, so that ties show which one was kept.
#[derive(Clone, Copy, Debug)]
struct Keyed {
    key: i64,
    at: usize,
}

impl PartialEq for Keyed {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}
impl Eq for Keyed {}
impl PartialOrd for Keyed {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Keyed {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}

twins! { pooled() fn ties(xs: &[i64]) -> [(i64, usize); 3] {
    let mut first = Keyed { key: 1, at: usize::MAX };
    let mut last = Keyed { key: 1, at: usize::MAX };
    let mut other = Keyed { key: 1, at: usize::MAX };
    for (at, &x) in xs.iter().enumerate() {
        first = first.min(Keyed { key: x % 3, at });
        last = last.max(Keyed { key: x % 3, at });
        other = max(Keyed { key: x % 3, at }, other);
    }
    [first, last, other].map(|k| (k.key, k.at))
} }

#[test]
fn ties_of_equal_values_that_differ() {
    same!(ties as f => |n| f(&signed(n)));
}

twins! { pooled() fn arg_extrema(xs: &[i64]) -> [(i64, usize); 4] {
    let mut first_low = i64::MAX;
    let mut first_low_at = usize::MAX;
    let (mut last_low, mut last_low_at) = (i64::MAX, usize::MAX);
    let (mut first_high, mut first_high_at) = (-2, 7);
    let (mut last_high, mut last_high_at) = (-2, 7);
    for (i, &x) in xs.iter().enumerate() {
        let d = x % 5;
        if d < first_low {
            first_low = d;
            first_low_at = i;
        }
        if d <= last_low {
            last_low_at = i;
            last_low = d;
        }
        if d > first_high {
            first_high = d;
            first_high_at = i;
        }
        if d >= last_high {
            last_high = d;
            last_high_at = i;
        }
    }
    [(first_low, first_low_at), (last_low, last_low_at), (first_high, first_high_at), (last_high, last_high_at)]
} }

#[test]
fn extrema_with_their_positions_and_ties() {
    same!(arg_extrema as f => |n| f(&signed(n)));
}

twins! { pooled() fn reversed_comparison(xs: &[i64]) -> (i64, usize) {
    let mut best = 500;
    let mut at = usize::MAX;
    for (i, &x) in xs.iter().enumerate() {
        if best > x {
            best = x;
            at = i;
        }
    }
    (best, at)
} }

#[test]
fn the_best_so_far_on_the_left_of_the_comparison() {
    same!(reversed_comparison as f => |n| f(&signed(n)));
}

twins! { pooled() fn computed_twice(xs: &[i64]) -> (i64, Option<i64>) {
    let mut best = i64::MIN;
    let mut who = None;
    for x in xs {
        if (x * x) % 101 > best {
            best = (x * x) % 101;
            who = Some(*x);
        }
    }
    (best, who)
} }

#[test]
fn the_compared_expression_is_repeated_in_the_assignment() {
    same!(computed_twice as f => |n| f(&signed(n)));
}

twins! { pooled() fn tuple_extremum(xs: &[f64]) -> (f64, usize) {
    let mut best = (f64::INFINITY, 0);
    for (i, &x) in xs.iter().enumerate() {
        let d = (x - 0.25).abs();
        if d < best.0 {
            best = (d, i);
        }
    }
    best
} }

#[test]
fn a_tuple_compared_by_its_first_field() {
    same!(tuple_extremum as f => |n| f(&signed(n).iter().map(|&x| x as f64 / 7.0).collect::<Vec<_>>()));
}

twins! { pooled() fn extremum_of_text<'a>(words: &'a [String]) -> (usize, Option<&'a str>) {
    let mut longest = 0;
    let mut word = None;
    for w in words {
        if w.len() > longest {
            longest = w.len();
            word = Some(w.as_str());
        }
    }
    (longest, word)
} }

#[test]
fn a_companion_that_borrows_from_the_source() {
    same!(extremum_of_text as f => |n| {
        let words: Vec<String> = noise(n).map(|x| "x".repeat((x % 13) as usize)).collect();
        let (length, word) = f(&words);
        (length, word.map(str::to_owned))
    });
}

twins! { pooled() fn maximum_behind_a_reference(xs: &[f64], high: &mut f64) -> () {
    for &a in xs {
        if a > *high {
            *high = a;
        }
    }
} }

#[test]
fn an_extremum_behind_a_mutable_reference() {
    same!(maximum_behind_a_reference as f => |n| {
        let mut high = 0.5;
        f(&signed(n).iter().map(|&x| x as f64).collect::<Vec<_>>(), &mut high);
        high
    });
}

twins! { pooled() fn guarded_extremum(xs: &[i64]) -> (i64, usize) {
    let mut best = i64::MAX;
    let mut at = 0;
    for (i, &x) in xs.iter().enumerate() {
        if x % 2 == 0 {
            if x < best {
                best = x;
                at = i;
            }
        }
    }
    (best, at)
} }

#[test]
fn an_extremum_inside_a_condition() {
    same!(guarded_extremum as f => |n| f(&signed(n)));
}

twins! { pooled() fn several_candidates(xs: &[i64]) -> i64 {
    let mut best = i64::MIN;
    for x in xs {
        for candidate in [x - 1, x * 3, x % 7] {
            if candidate > best {
                best = candidate;
            }
        }
    }
    best
} }

#[test]
fn an_extremum_over_an_inner_loop() {
    same!(several_candidates as f => |n| f(&signed(n)));
}

#[test]
fn an_empty_loop_leaves_the_start_values() {
    assert_eq!(extrema::auto(&[]), (i64::MAX, i64::MIN, 3, 5, -5));
    assert_eq!(arg_extrema::cut(&[])[2], (-2, 7));
    assert!(float_extrema::auto(&[]).0.is_infinite());
}

twins! { pooled() fn longest_of_borrowed(words: &[String]) -> (String, String, String) {
    let (mut first, mut last, mut shortest) = (String::new(), String::new(), "too long to stay".to_string());
    for word in words {
        if word.len() > first.len() { first = word.to_string(); }
        if last.len() <= word.len() { last = String::from(word); }
        if word.len() < shortest.len() { shortest = word.as_str().to_owned(); }
    }
    (first, last, shortest)
} }

#[test]
fn extrema_by_a_key_may_own_what_they_compare() {
    same!(longest_of_borrowed as f => |n| {
        f(&noise(n).map(|x| "x".repeat((x % 13) as usize) + &x.to_string()[..2]).collect::<Vec<_>>())
    });
}
