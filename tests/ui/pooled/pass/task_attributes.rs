//! Documentation, visibility, lints and other attributes stay.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::{Task, pooled};

mod inner {
    use super::{Task, pooled};

    /// Documented.
    #[doc(alias = "mul")]
    #[must_use = "tasks are for joining"]
    #[inline]
    #[pooled(name = "multiply")]
    #[allow(clippy::let_and_return, unused_variables)]
    pub(super) fn product(a: u64, b: u64) -> Task<u64> {
        #![allow(unused_mut)]
        let unused = 1;
        let mut product = a * b;
        product
    }

    #[deprecated = "use `product`"]
    #[pooled]
    pub(crate) fn old(a: u64) -> Task<u64> {
        a
    }
}

fn main() {
    assert_eq!(inner::product(3, 4).join().unwrap(), 12);
    #[allow(deprecated)]
    let old = inner::old(1);
    assert_eq!(old.join().unwrap(), 1);
}
