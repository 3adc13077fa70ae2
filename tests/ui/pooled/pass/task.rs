//! A function whose calls are tasks.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::{Task, join_all, pooled, try_join_all};

/// Squares.
#[pooled(workers = 2)]
pub fn square(x: u64) -> Task<u64> {
    x * x
}

fn main() {
    let tasks: Vec<Task<u64>> = (0..10).map(square).collect();
    let squares: Vec<u64> = join_all(tasks).into_iter().map(Result::unwrap).collect();
    assert_eq!(squares, [0, 1, 4, 9, 16, 25, 36, 49, 64, 81]);
    assert_eq!(try_join_all((0..4).map(square)).unwrap(), [0, 1, 4, 9]);
}
