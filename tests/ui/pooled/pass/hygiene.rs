//! Names of the user that could clash with generated ones.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::pooled;

#[allow(non_camel_case_types)]
mod core {}
mod std {}
mod alloc {}

struct Loop;
struct Site;
struct Option;
const SITE: u64 = 1;

#[pooled(workers = 2)]
fn sum(n: u64, block: u64, values: u64, views: u64) -> u64 {
    let mut sum = 0;
    let (plan, source, step, value) = (1, 2, 3, 4);
    for i in 0..n {
        sum += i + block + values + views + SITE + plan + source + step + value;
    }
    sum
}

fn main() {
    let _ = (Loop, Site, Option);
    assert_eq!(sum(10, 1, 1, 1), 45 + 10 * 14);
}
