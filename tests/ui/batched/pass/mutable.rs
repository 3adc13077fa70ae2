//! Batches that are changed in place.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::batched;

#[batched(size = 3)]
fn double(items: &mut [u64]) {
    for batch in items.iter_mut() {
        for item in batch {
            *item *= 2;
        }
    }
}

fn main() {
    let mut items = [1, 2, 3, 4];
    double(&mut items);
    assert_eq!(items, [2, 4, 6, 8]);
}
