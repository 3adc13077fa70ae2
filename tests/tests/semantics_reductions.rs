//! Reductions: every operator, every spelling, every type.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(clippy::assign_op_pattern, reason = "the spellings are what is tested")]

use std::collections::BTreeMap;
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

// ---- wrapping --------------------------------------------------------------------------------

struct Sums {
    sum: u32,
    signed: i8,
}

impl Sums {
    fn new() -> Self {
        Self { sum: u32::MAX, signed: -128 }
    }
}

twins! { pooled() fn wrapping_methods(xs: &[u64]) -> (u64, u32, i8, u8) {
    let (mut sum, mut fields, mut product) = (7_u64, Sums::new(), 3_u8);
    for &x in xs {
        sum = sum.wrapping_add(x << 40).wrapping_add(x);
        fields.sum = (x as u32).wrapping_add(fields.sum);
        fields.signed = fields.signed.wrapping_sub(x as i8);
        product = product.wrapping_mul((x as u8) | 1);
    }
    (sum, fields.sum, fields.signed, product)
} }

#[test]
fn the_wrapping_methods_of_integers() {
    same!(wrapping_methods as f => |n| f(&noise(n).collect::<Vec<_>>()));
}

twins! { pooled() fn wrapping_places(xs: &[u64], total: &mut u64) -> ([u8; 5], BTreeMap<u64, u8>) {
    let (mut bins, mut keys) = ([250_u8; 5], BTreeMap::from([(3, 200_u8)]));
    for &x in xs {
        *total = total.wrapping_add(x);
        let bin = (x % 5) as usize;
        bins[bin] = bins[bin].wrapping_add(x as u8);
        let known = keys.entry(x % 7).or_insert(0);
        *known = known.wrapping_add(x as u8);
    }
    (bins, keys)
} }

#[test]
fn the_wrapping_methods_behind_references_in_bins_and_by_key() {
    same!(wrapping_places as f => |n| {
        let mut total = u64::MAX;
        let places = f(&noise(n).collect::<Vec<_>>(), &mut total);
        (places, total)
    });
}

twins! { pooled(reduce(sum: +, product: *)) fn wrapping_by_hand(xs: &[u64]) -> (u8, u8) {
    let (mut sum, mut product) = (0_u8, 1_u8);
    for &x in xs {
        if x % 3 == 0 {
            sum = sum.wrapping_add(x as u8);
        } else {
            product = product.wrapping_mul(x as u8 | 1);
        }
    }
    (sum, product)
} }

#[test]
fn what_is_reduced_by_hand_wraps_where_the_body_does() {
    same!(wrapping_by_hand as f => |n| f(&noise(n).collect::<Vec<_>>()));
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
