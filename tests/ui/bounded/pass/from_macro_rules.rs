//! From a macro of the user.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::bounded;

macro_rules! sum {
    ($name:ident, $queue:expr) => {
        #[bounded(queue = $queue)]
        fn $name(items: impl Iterator<Item = u64>) -> u64 {
            let mut sum = 0;
            for item in items {
                sum += item;
            }
            sum
        }
    };
}

sum!(small, 1);
sum!(large, 64);

fn main() {
    assert_eq!(small(0..5), large(0..5));
}
