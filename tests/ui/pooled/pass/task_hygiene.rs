//! Names of the user that could clash with generated ones.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::{Task, pooled};

const SITE: u64 = 1;
const TASKS: u64 = 2;

mod core {}
mod std {}

#[pooled(workers = number())]
fn names(
    plan: u64,
    scratch: u64,
    kept: u64,
    made: u64,
    argument0: u64,
    _: u64,
    body: u64,
) -> Task<u64> {
    let result = plan + scratch + kept + made + argument0 + body;
    result + SITE + TASKS
}

const fn number() -> usize {
    2
}

fn main() {
    assert_eq!(names(1, 1, 1, 1, 1, 9, 1).join().unwrap(), 9);
}
