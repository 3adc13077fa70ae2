//! A body may be as odd as its author allows it to be.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]
#![allow(clippy::needless_range_loop)]

use pool_runtime::pooled;

#[allow(unused_variables, clippy::cast_lossless)]
#[must_use]
#[inline]
#[pooled]
pub(crate) fn sum(values: &[u32]) -> u64 {
    #![allow(unused_mut)]
    let mut sum = 0;
    for i in 0..values.len() {
        let mut never_changed = values[i];
        let unused = 3;
        sum += never_changed as u64;
    }
    sum
}

fn main() {
    assert_eq!(sum(&[1, 2, 3]), 6);
}
