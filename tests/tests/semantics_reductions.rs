//! Reductions: every operator, every spelling, every type.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(clippy::assign_op_pattern, reason = "the spellings are what is tested")]

use std::num::Wrapping;
use std::ops::{Add, AddAssign, SubAssign};
use std::time::Duration;

use tests::{noise, same, twins};

fn small(length: usize) -> Vec<u64> {
    noise(length).map(|x| x % 1000).collect()
}

fn signed(length: usize) -> Vec<i64> {
    noise(length).map(|x| (x % 2001) as i64 - 1000).collect()
}

// ---- operators -------------------------------------------------------------------------------

twins! { pooled() fn sum(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
} }

#[test]
fn add_assign() {
    same!(sum as f => |n| f(n as u64));
}

twins! { pooled() fn subtract(xs: &[i64]) -> i64 {
    let mut left = 10_000;
    for x in xs {
        left -= x;
    }
    left
} }

#[test]
fn sub_assign_from_a_start_value() {
    same!(subtract as f => |n| f(&signed(n)));
}

twins! { pooled() fn subtract_unsigned(xs: &[u64]) -> u64 {
    let mut left = u64::MAX;
    for &x in xs {
        left -= x;
    }
    left
} }

#[test]
fn sub_assign_of_an_unsigned_number_whose_partial_sums_would_be_negative() {
    same!(subtract_unsigned as f => |n| f(&small(n)));
}

twins! { pooled() fn balance(xs: &[u64]) -> u64 {
    let mut balance: u64 = 1_000_000_000;
    for (i, &x) in xs.iter().enumerate() {
        if i % 3 == 0 {
            balance -= x;
        } else {
            balance += x;
        }
    }
    balance
} }

#[test]
fn add_and_subtract_mixed_on_an_unsigned_number() {
    same!(balance as f => |n| f(&small(n)));
}

twins! { pooled() fn product(n: u32) -> Wrapping<u32> {
    let mut product = Wrapping(7);
    for i in 0..n {
        product *= Wrapping(2 * i + 1);
    }
    product
} }

#[test]
fn mul_assign_of_a_wrapping_number() {
    same!(product as f => |n| f(n as u32));
}

twins! { pooled() fn product_of_signs(xs: &[i64]) -> i64 {
    let mut sign = -1;
    for x in xs {
        sign *= if *x < 0 { -1 } else { 1 };
    }
    sign
} }

#[test]
fn mul_assign() {
    same!(product_of_signs as f => |n| f(&signed(n)));
}

twins! { pooled() fn bits(xs: &[u64]) -> (u64, u64, u64) {
    let mut any = 1 << 63;
    let mut all = u64::MAX;
    let mut parity = 42;
    for x in xs {
        any |= x;
        all &= x | 0xff;
        parity ^= x;
    }
    (any, all, parity)
} }

#[test]
fn or_and_xor_assign() {
    same!(bits as f => |n| f(&noise(n).collect::<Vec<_>>()));
}

twins! { pooled() fn flags(xs: &[u64], wanted: u64) -> (bool, bool, bool) {
    let mut found = false;
    let mut all_small = true;
    let mut odd = false;
    for &x in xs {
        found |= x == wanted;
        all_small &= x < 999;
        odd ^= x % 2 == 1;
    }
    (found, all_small, odd)
} }

#[test]
fn or_and_xor_assign_of_booleans() {
    same!(flags as f => |n| f(&small(n), 17));
}

twins! { pooled() fn count(xs: &[u64]) -> i32 {
    let mut hits = 0;
    for x in xs {
        if x % 3 == 1 {
            hits += 1;
        }
    }
    hits
} }

#[test]
fn a_counter_whose_type_only_the_return_type_tells() {
    same!(count as f => |n| f(&small(n)));
}

twins! { pooled() fn count_untyped(xs: &[u64]) -> String {
    let mut hits = 0;
    let mut weight = 0.0;
    for x in xs {
        hits += 1;
        weight += 0.5;
        if *x == 1 {
            hits += 2;
        }
    }
    format!("{hits} {weight}")
} }

#[test]
fn a_counter_whose_type_is_left_to_the_default() {
    same!(count_untyped as f => |n| f(&small(n)));
}

twins! { pooled() fn narrow(n: usize) -> (u8, i16, u128, isize) {
    let mut a: u8 = 3;
    let mut b: i16 = -4;
    let mut c: u128 = 1 << 100;
    let mut d = 0isize;
    for i in 0..n {
        a ^= i as u8;
        b += (i % 3) as i16 - 1;
        c += (i as u128) << 64;
        d -= i as isize;
    }
    (a, b, c, d)
} }

#[test]
fn integers_of_every_width_in_one_loop() {
    same!(narrow as f => |n| f(n));
}

// ---- types -----------------------------------------------------------------------------------

twins! { pooled() fn durations(xs: &[u64]) -> Duration {
    let mut total = Duration::from_secs(1);
    for &x in xs {
        total += Duration::from_nanos(x);
    }
    total
} }

#[test]
fn durations_add_up() {
    same!(durations as f => |n| f(&small(n)));
}

/// Addition does not commute: the text shows the order.
#[derive(Clone, Debug, Default, PartialEq)]
struct Text(String);

impl AddAssign for Text {
    fn add_assign(&mut self, later: Self) {
        self.0.push_str(&later.0);
    }
}

twins! { pooled() fn user_type(xs: &[u64]) -> Text {
    let mut text = Text("start".into());
    for x in xs {
        text += Text(format!(" {x}"));
    }
    text
} }

#[test]
fn a_type_with_default_and_add_assign_merges_in_order() {
    same!(user_type as f => |n| f(&small(n)));
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct V3 {
    x: i64,
    y: i64,
    z: i64,
}

impl Add for V3 {
    type Output = Self;
    fn add(self, b: Self) -> Self {
        Self { x: self.x + b.x, y: self.y + b.y, z: self.z + b.z }
    }
}

impl AddAssign for V3 {
    fn add_assign(&mut self, b: Self) {
        *self = *self + b;
    }
}

impl SubAssign for V3 {
    fn sub_assign(&mut self, b: Self) {
        *self = Self { x: self.x - b.x, y: self.y - b.y, z: self.z - b.z };
    }
}

twins! { pooled() fn vectors(xs: &[i64]) -> (V3, V3) {
    let mut a = V3 { x: 1, y: 2, z: 3 };
    let mut b = V3::default();
    for &x in xs {
        a += V3 { x, y: 2 * x, z: -x };
        b = b + V3 { x: 1, y: x, z: 0 };
    }
    (a, b)
} }

#[test]
fn vectors_of_a_user_type() {
    same!(vectors as f => |n| f(&signed(n)));
}

twins! { pooled() fn concatenate(xs: &[u64]) -> String {
    let mut s = String::from(">");
    for x in xs {
        s += &x.to_string();
        s += ",";
    }
    s
} }

#[test]
fn strings_concatenate_in_order() {
    same!(concatenate as f => |n| f(&small(n)));
}

// ---- many at once ----------------------------------------------------------------------------

twins! { pooled() fn everything_at_once(xs: &[i64]) -> (i64, u64, i64, bool, Vec<i64>, String, i64, [u32; 4]) {
    let mut sum = 0;
    let mut bits = 0u64;
    let mut low = i64::MAX;
    let mut any = false;
    let mut odd = Vec::new();
    let mut text = String::new();
    let mut best = 0;
    let mut histogram = [0u32; 4];
    for &x in xs {
        sum += x;
        bits |= 1 << (x & 63);
        low = low.min(x);
        any |= x == 12;
        if x % 2 != 0 {
            odd.push(x);
        }
        text.push(if x < 0 { '-' } else { '+' });
        if x > best {
            best = x;
        }
        histogram[(x & 3) as usize] += 1;
    }
    (sum, bits, low, any, odd, text, best, histogram)
} }

#[test]
fn accumulators_of_eight_kinds_in_one_loop() {
    same!(everything_at_once as f => |n| f(&signed(n)));
}

#[test]
fn an_empty_loop_leaves_the_start_values() {
    assert_eq!(sum::auto(0), 0);
    assert_eq!(subtract::cut(&[]), 10_000);
}
