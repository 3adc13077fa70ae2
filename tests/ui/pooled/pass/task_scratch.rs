//! What a worker keeps from call to call.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]
#![allow(clippy::unnecessary_wraps)]

use std::sync::atomic::{AtomicUsize, Ordering};

use pool_runtime::{Task, pooled};

static MADE: AtomicUsize = AtomicUsize::new(0);

struct Client(u64);

impl Client {
    fn new() -> Result<Self, String> {
        MADE.fetch_add(1, Ordering::Relaxed);
        Ok(Self(0))
    }
}

#[pooled(workers = 1, scratch(client = Client::new()?, buffer = Vec::new()))]
fn fetch(n: u64) -> Task<Result<u64, String>> {
    buffer.clear();
    buffer.extend(0..n);
    client.0 += 1;
    Ok(client.0 * 100 + buffer.iter().sum::<u64>())
}

fn main() {
    assert_eq!(fetch(3).join().unwrap(), Ok(103));
    assert_eq!(fetch(4).join().unwrap(), Ok(206));
    assert_eq!(MADE.load(Ordering::Relaxed), 1);
}
