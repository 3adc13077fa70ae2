//! Functions inside functions.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::pooled;

fn outer(n: u64) -> u64 {
    #[pooled]
    fn inner(n: u64) -> u64 {
        #[pooled]
        fn innermost(n: u64) -> u64 {
            let mut sum = 0;
            for i in 0..n {
                sum += i;
            }
            sum
        }
        let mut sum = 0;
        for i in 0..n {
            sum += innermost(i);
        }
        sum
    }
    inner(n)
}

fn main() {
    assert_eq!(outer(4), 4);
}
