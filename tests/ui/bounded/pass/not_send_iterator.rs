//! An iterator that stays with the caller.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use std::rc::Rc;

use pool_runtime::bounded;

#[bounded(queue = 8)]
fn work(step: &Rc<u64>) -> u64 {
    let mut sum = 0;
    for item in (0..10).map(|item| item * **step) {
        sum += item;
    }
    sum
}

fn main() {
    assert_eq!(work(&Rc::new(2)), 90);
}
