//! Parts of what is not `Sync` as a whole.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use std::{cell::Cell, rc::Rc};

use pool_runtime::pooled;

struct Mixed {
    factor: u64,
    name: Rc<str>,
}

#[pooled]
fn scale(values: &[u64]) -> u64 {
    let mixed = Mixed { factor: 2, name: "x".into() };
    let seen = Cell::new(0);
    let mut sum = 0;
    for value in values {
        sum += value * mixed.factor;
    }
    seen.set(sum);
    seen.get() + mixed.name.len() as u64
}

fn main() {
    assert_eq!(scale(&[1, 2]), 7);
}
