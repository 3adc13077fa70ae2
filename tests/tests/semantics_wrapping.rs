//! Reductions by the wrapping methods of integers.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(clippy::assign_op_pattern, reason = "the spellings are what is tested")]

use std::collections::BTreeMap;

use tests::{noise, same, twins};

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
