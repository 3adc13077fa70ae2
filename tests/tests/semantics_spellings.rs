//! Reductions: the long spellings, and where in a body they stand.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(clippy::assign_op_pattern, reason = "the spellings are what is tested")]

use tests::{noise, same, twins};

fn small(length: usize) -> Vec<u64> {
    noise(length).map(|x| x % 1000).collect()
}

fn signed(length: usize) -> Vec<i64> {
    noise(length).map(|x| (x % 2001) as i64 - 1000).collect()
}

// ---- long-hand -------------------------------------------------------------------------------

twins! { pooled() fn longhand(xs: &[i64]) -> (i64, i64, i64, i64, i64, i64) {
    let (mut a, mut b, mut c, mut d, mut e, mut f) = (1, 2, 1, 4, -1, 6);
    for &x in xs {
        a = a + x;
        b = b - x;
        c = c * (if x < 0 { -1 } else { 1 });
        d = d | x;
        e = e & (x | 0xfff0);
        f = f ^ x;
    }
    (a, b, c, d, e, f)
} }

#[test]
fn long_hand_operators() {
    same!(longhand as f => |n| f(&signed(n)));
}

twins! { pooled() fn longhand_flipped(xs: &[i64]) -> i64 {
    let mut s = 5;
    for &x in xs {
        s = x + s;
    }
    s
} }

#[test]
fn long_hand_with_the_accumulator_on_the_right() {
    same!(longhand_flipped as f => |n| f(&signed(n)));
}

twins! { pooled() fn longhand_flipped_net(xs: &[i64]) -> (i64, f64) {
    let (mut s, mut real) = (5, 0.5);
    for &x in xs {
        s -= 3;
        s = 2 * x + s;
        real -= 0.5;
        real = (2 * x) as f64 + real;
    }
    (s, real)
} }

#[test]
fn long_hand_with_the_accumulator_on_the_right_beside_a_difference() {
    same!(longhand_flipped_net as f => |n| f(&signed(n)));
}

twins! { pooled() fn longhand_chain(xs: &[i64], ys: &[i64]) -> i64 {
    let mut s = 5;
    for (&x, &y) in xs.iter().zip(ys) {
        s = s + x * y + 2 * x;
    }
    s
} }

#[test]
fn long_hand_with_several_terms() {
    same!(longhand_chain as f => |n| f(&signed(n), &signed(n)));
}

twins! { pooled() fn longhand_parenthesised(xs: &[i64]) -> i64 {
    let mut s = 5;
    for &x in xs {
        s = s + (x - 1);
        s = (s) + (2);
    }
    s
} }

#[test]
fn long_hand_in_parentheses() {
    same!(longhand_parenthesised as f => |n| f(&signed(n)));
}

// ---- where the statement stands --------------------------------------------------------------

twins! { pooled() fn nested_places(xs: &[u64]) -> (u64, u64) {
    let mut total = 0;
    let mut weird = 0;
    for &x in xs {
        match x % 5 {
            0 => total += x,
            1 | 2 => {
                let half = x / 2;
                total += half;
                weird += 1;
            }
            _ if x > 500 => total += 1,
            _ => {}
        }
        for j in 0..x % 4 {
            total += j;
        }
        let mut k = x;
        while k > 1 {
            k /= 10;
            weird += k;
        }
        loop {
            if k == 0 {
                break;
            }
            k -= 1;
            total += 1;
        }
        if let Some(y) = x.checked_sub(900) {
            weird += y;
        }
        {
            let x = 3;
            total += x;
        }
    }
    (total, weird)
} }

#[test]
fn statements_anywhere_in_the_body() {
    same!(nested_places as f => |n| f(&small(n)));
}

twins! { pooled() fn value_of_a_block(xs: &[u64]) -> u64 {
    let mut total = 0;
    for &x in xs {
        total += {
            let mut y = x;
            y *= 2;
            y + 1
        };
        total += if x > 10 { 1 } else { 2 };
        total += match x {
            0..100 => 5,
            _ => x % 3,
        };
    }
    total
} }

#[test]
fn operands_that_are_blocks() {
    same!(value_of_a_block as f => |n| f(&small(n)));
}

twins! { pooled() fn in_a_closure(xs: &[u64]) -> u64 {
    let mut total = 0;
    for &x in xs {
        (0..x % 5).for_each(|j| total += j);
        let mut bump = |by: u64| total += by;
        bump(1);
        bump(x);
    }
    total
} }

#[test]
fn a_closure_in_the_body_adds() {
    same!(in_a_closure as f => |n| f(&small(n)));
}

twins! { pooled() fn operands_by_reference(xs: &[i64]) -> (i64, i64) {
    let mut a = 0;
    let mut b = 0;
    for x in xs {
        a += x;
        b += &(x * 2);
    }
    (a, b)
} }

#[test]
fn operands_that_are_references() {
    same!(operands_by_reference as f => |n| f(&signed(n)));
}

twins! { pooled() fn declared_later(xs: &[u64]) -> u64 {
    let total;
    let mut sum = 0;
    for x in xs {
        sum += x;
    }
    total = sum + 1;
    total
} }

#[test]
fn a_result_assigned_after_the_loop() {
    same!(declared_later as f => |n| f(&small(n)));
}
