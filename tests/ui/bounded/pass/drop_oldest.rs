//! The oldest goes first.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::bounded;

#[bounded(queue = 4, on_full = "drop_oldest", dropped = lost)]
fn work(items: impl Iterator<Item = u64>) -> (usize, usize) {
    let mut lost = 0;
    let mut seen = 0;
    for _item in items {
        seen += 1;
    }
    (seen, lost)
}

fn main() {
    let (seen, lost) = work(0..100);
    assert_eq!(seen + lost, 100);
}
