//! What may stand in a parallel loop: closures, std macros, shadowing, nested items, labels.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(
    clippy::toplevel_ref_arg,
    clippy::items_after_statements,
    clippy::let_and_return,
    clippy::shadow_unrelated,
    reason = "the shapes are what is tested"
)]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tests::{noise, same, twins};

fn small(length: usize) -> Vec<u64> {
    noise(length).map(|x| x % 1000).collect()
}

// ---- closures and macros in the body ---------------------------------------------------------

twins! { pooled() fn closures(xs: &[u64], offset: u64) -> Vec<u64> {
    let mut out = Vec::new();
    let shift = |x: u64| x + offset;
    for &x in xs {
        let twice = |y| y * 2 + x;
        let evens: Vec<u64> = (0..x % 7).filter(|k| k % 2 == 0).map(twice).collect();
        let found = xs.iter().position(|y| *y == x);
        let mut local = 0;
        evens.iter().for_each(|e| local += e);
        out.push(shift(local) + found.map_or(0, |f| f as u64));
    }
    out
} }

#[test]
fn closures_in_and_around_the_body() {
    same!(closures as f => |n| f(&small(n.min(300)), 5));
}

twins! { pooled() fn std_macros(xs: &[u64]) -> (String, Vec<Vec<u64>>, u64) {
    let mut text = String::new();
    let mut rows = vec![];
    let mut count = 0;
    for (i, x) in xs.iter().enumerate() {
        assert!(*x < 1000, "{x} at {i}");
        assert_eq!(xs[i], *x);
        debug_assert_ne!(*x, 5000, "never");
        text += &format!("{i}:{x:>5}|{:?}|{1}", Some(x), x + 1);
        rows.push(vec![*x; 2]);
        if matches!(x, 0..=9 | 990..) {
            count += 1;
        }
        if cfg!(debug_assertions) || !cfg!(debug_assertions) {
            count += u64::from(line!() > 0);
        }
        let _ = concat!("a", 1);
        if false {
            eprintln!("{count_name} {}", x, count_name = "count");
            unreachable!("not {i}");
        }
    }
    (text, rows, count)
} }

#[test]
fn std_macros_in_the_body() {
    same!(std_macros as f => |n| f(&small(n)));
}

// ---- names -----------------------------------------------------------------------------------

twins! { pooled() fn shadowing(xs: &[u64]) -> (u64, u64, Vec<u64>) {
    let mut sum = 1;
    let mut low = u64::MAX;
    let mut out = Vec::new();
    for &x in xs {
        sum += x;
        let mut low_ = low_of(x);
        {
            let mut sum = 10;
            sum += x;
            sum = sum / 2;
            low_ = low_.min(sum);
        }
        low = low.min(low_);
        let x = x.to_string();
        for x in x.bytes() {
            let sum = u64::from(x);
            if let Some(x) = sum.checked_sub(50) {
                out.push(x);
            }
        }
        let out = x.len() as u64;
        sum += out;
        match out {
            sum if sum > 2 => assert_ne!(sum, 0),
            _ => {}
        }
        let add = |sum: u64| sum + 1;
        sum += add(2);
    }
    (sum, low, out)
} }

fn low_of(x: u64) -> u64 {
    x % 77
}

#[test]
fn shadowed_accumulators_and_loop_variables() {
    same!(shadowing as f => |n| f(&small(n)));
}

twins! { pooled() fn loop_variable_named_like_a_capture(x: u64, xs: &[u64]) -> u64 {
    let mut sum = x;
    for x in xs {
        sum += x;
    }
    sum + x
} }

#[test]
fn a_loop_variable_that_shadows_a_parameter() {
    same!(loop_variable_named_like_a_capture as f => |n| f(3, &small(n)));
}

twins! { pooled() fn odd_names(block: &[u64], r#type: u64) -> (u64, u64, u64, u64) {
    let mut acc = 0;
    let mut local = 0;
    let mut source = 0;
    let mut r#loop = 0;
    for item in block {
        acc += item;
        local ^= item;
        source += r#type;
        r#loop += 1;
    }
    (acc, local, source, r#loop)
} }

#[test]
fn names_that_generated_code_might_use_too() {
    same!(odd_names as f => |n| f(&small(n), 3));
}

twins! { pooled() fn redefined_std(xs: &[u64]) -> u64 {
    #[derive(Debug)]
    enum Option { None }
    #[allow(non_snake_case, reason = "shadows a prelude name on purpose")]
    fn Some(x: u64) -> u64 { x }
    #[allow(dead_code, reason = "shadows a prelude name on purpose")]
    struct Vec;
    let mut sum = 0;
    for &x in xs {
        sum += Some(x) + format!("{:?}", Option::None).len() as u64;
    }
    sum
} }

#[test]
fn prelude_names_that_the_user_has_redefined() {
    same!(redefined_std as f => |n| f(&small(n)));
}

twins! { pooled() fn nested_items(xs: &[u64]) -> u64 {
    const BASE: u64 = 3;
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let mut sum = 0;
    for &x in xs {
        fn square(x: u64) -> u64 {
            let mut sum = 0;
            for _ in 0..x % 10 {
                sum += x % 10;
            }
            return sum;
        }
        struct Pair(u64, u64);
        impl Pair {
            fn sum(&self) -> u64 {
                self.0 + self.1
            }
        }
        const ONE: u64 = 1;
        use std::cmp::Ordering as Order;
        sum += square(x) + Pair(BASE, ONE).sum();
        if x.cmp(&500) == Order::Less {
            sum += 1;
        }
        CALLS.fetch_add(1, Ordering::Relaxed);
    }
    sum
} }

#[test]
fn items_inside_the_function_and_inside_the_body() {
    same!(nested_items as f => |n| f(&small(n)));
}

// ---- control flow of inner loops -------------------------------------------------------------

twins! { pooled() fn labels(xs: &[u64]) -> (u64, u64) {
    let mut sum = 0;
    let mut skipped = 0;
    'items: for &x in xs {
        'outer: for j in 0..10 {
            for k in 0..10 {
                if k > j {
                    continue 'outer;
                }
                if j * k > x {
                    break 'outer;
                }
                if x % 13 == 5 {
                    skipped += 1;
                    continue 'items;
                }
                sum += j * k;
            }
        }
        let found = 'search: {
            for k in 0..x {
                if k * k > x {
                    break 'search Some(k);
                }
            }
            None
        };
        sum += found.unwrap_or(1);
        let value = loop {
            break x / 2;
        };
        sum += value;
    }
    (sum, skipped)
} }

#[test]
fn labels_on_inner_loops_and_blocks() {
    same!(labels as f => |n| f(&small(n)));
}

twins! { pooled() fn tail_position(xs: &[u64], seen: &Mutex<Vec<u64>>) {
    for x in xs {
        seen.lock().unwrap().push(*x);
    }
} }

#[test]
fn a_loop_that_is_the_last_expression_and_works_through_a_lock() {
    same!(tail_position as f => |n| {
        let seen = Mutex::new(Vec::new());
        f(&small(n), &seen);
        let mut seen = seen.into_inner().unwrap();
        seen.sort_unstable();
        seen
    });
}

twins! { pooled() fn under_conditions(xs: &[u64], mode: Option<&str>) -> Vec<u64> {
    let mut out = Vec::new();
    if let Some(mode) = mode {
        match mode {
            "double" => {
                for x in xs {
                    out.push(x * 2);
                }
            }
            _ => return vec![1],
        }
    } else {
        return Vec::new();
    }
    out.reverse();
    out
} }

#[test]
fn a_loop_deep_inside_conditions_with_returns_around_it() {
    same!(under_conditions as f => |n| [f(&small(n), Some("double")), f(&small(n), None), f(&small(n), Some(""))]);
}

twins! { pooled() fn work_around(xs: &[u64]) -> BTreeMap<String, u64> {
    let cell = Cell::new(1);
    cell.set(cell.get() + 1);
    let start = cell.get();
    let mut result = BTreeMap::new();
    let mut total = start;
    for x in xs {
        total += x;
    }
    total *= 2;
    result.insert("total".to_owned(), total);
    result.insert("start".to_owned(), cell.into_inner());
    result
} }

#[test]
fn code_before_and_after_the_loop_is_untouched() {
    same!(work_around as f => |n| f(&small(n)));
}

twins! { pooled() fn unit(xs: &[u64]) {
    for x in xs {
        let _ = x + 1;
    }
} }

#[test]
fn a_loop_without_any_effect() {
    same!(unit as f => |n| f(&small(n)));
}
