//! A runtime that another crate re-exports.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

mod facade {
    pub mod deep {
        pub use pool_runtime;
    }
}

use facade::deep::pool_runtime::pooled;

#[pooled(crate = crate::facade::deep::pool_runtime)]
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
