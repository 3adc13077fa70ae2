//! Every key of a loop, with every kind of value.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use std::time::Duration;

use pool_runtime::{Pool, TimedOut, pooled};

const WORKERS: usize = 3;

#[derive(Debug)]
struct Late;

impl From<TimedOut> for Late {
    fn from(_: TimedOut) -> Self {
        Self
    }
}

#[pooled(
    workers = WORKERS,
    chunk = 16,
    name = "sum",
    errors = "first",
    timeout = "1.5min",
    scratch(buffer = Vec::<u64>::new()),
    reduce(sum: +),
    crate = ::pool_runtime,
)]
fn constants(values: &[u64]) -> Result<u64, Late> {
    let mut sum = 0;
    for value in values {
        buffer.clear();
        buffer.push(*value);
        sum += buffer[0];
    }
    Ok(sum)
}

#[pooled(workers = "auto", chunk = limit * 2, timeout = Duration::from_secs(61), pool = Pool::global())]
fn expressions(values: &[u64], limit: usize) -> Result<u64, Late> {
    let mut sum = 0;
    for value in values {
        sum += *value;
    }
    Ok(sum)
}

fn main() {
    let values: Vec<u64> = (0..1_000).collect();
    assert_eq!(constants(&values).unwrap(), 499_500);
    assert_eq!(expressions(&values, 10).unwrap(), 499_500);
}
