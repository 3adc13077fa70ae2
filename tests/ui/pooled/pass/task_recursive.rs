//! A task that calls its own function.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::{Task, bounded};

#[bounded(workers = 2, queue = 4)]
fn sum(n: u64) -> Task<u64> {
    if n == 0 {
        return 0;
    }
    n + sum(n - 1).join().unwrap()
}

fn main() {
    assert_eq!(sum(50).join().unwrap(), 1_275);
}
