//! A function whose callers do not wait.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use std::sync::atomic::{AtomicU64, Ordering};

use pool_runtime::{Admission, drain, pooled};

static SUM: AtomicU64 = AtomicU64::new(0);

#[pooled(workers = 2)]
fn add(n: u64) -> Admission {
    if n == 3 {
        return;
    }
    SUM.fetch_add(n, Ordering::Relaxed);
}

fn main() {
    for n in 0..10 {
        assert_eq!(add(n), Admission::Accepted);
    }
    drain();
    assert_eq!(SUM.load(Ordering::Relaxed), 42);
}
