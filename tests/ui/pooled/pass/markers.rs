//! Marked loops beside sequential ones.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::{bounded, pooled};

#[pooled(workers = 2)]
fn passes(values: &[u64], rounds: usize) -> (u64, u64) {
    let mut sum = 0;
    let mut product = 1_u64;
    for _ in 0..rounds {
        #[pooled(chunk = 8, name = "add")]
        for value in values {
            sum += *value;
        }
        if sum > 0 {
            #[bounded(queue = 4)]
            for value in values {
                product *= *value;
            }
        }
    }
    (sum, product)
}

fn main() {
    let values = [1, 2, 3, 4];
    let mut sum = 0;
    let mut product = 1_u64;
    for _ in 0..3 {
        sum += 10;
        product *= 24;
    }
    assert_eq!(passes(&values, 3), (sum, product));
}
