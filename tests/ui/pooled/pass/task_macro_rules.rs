//! Tasks from `macro_rules!`, under `cfg_attr`, by a path.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::{Task, pooled};

macro_rules! tasks {
    ($($name:ident: $type:ty = $body:expr;)*) => {
        $(
            #[pooled(workers = 1 + 1)]
            fn $name(n: $type) -> Task<$type> {
                let add = $body;
                n + add
            }
        )*
    };
}

tasks! {
    one: u8 = 1;
    two: u64 = 2;
}

#[cfg_attr(all(), pool_runtime::pooled)]
#[cfg_attr(all(), pool_runtime::bounded(queue = 10))]
fn three(n: u64) -> pool_runtime::Task<u64> {
    n + 3
}

#[cfg(any())]
#[pooled]
fn never(n: &str) -> Task<u64> {}

fn main() {
    assert_eq!(one(1).join().unwrap(), 2);
    assert_eq!(two(1).join().unwrap(), 3);
    assert_eq!(three(1).join().unwrap(), 4);
}
