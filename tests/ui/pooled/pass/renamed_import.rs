//! An attribute under another name, when it is the only one.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::pooled as parallel;

#[parallel(workers = 2)]
fn sum(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
}

fn main() {
    assert_eq!(sum(100), 4_950);
}
