//! Batches gathered from callers who do not know each other.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use std::sync::atomic::{AtomicU64, Ordering};

use pool_runtime::{Admission, Task, batched, bounded, drain, pooled};

static STORED: AtomicU64 = AtomicU64::new(0);

#[batched(workers = 1, size = 4, linger = "1ms")]
fn double(values: Vec<u64>) -> Task<u64> {
    values.into_iter().map(|value| value * 2).collect()
}

#[batched(size = 4)]
#[bounded(queue = 100)]
fn checked(values: Vec<u64>, limits: Vec<u64>) -> Task<Result<u64, String>> {
    let mut sums = Vec::new();
    for (value, limit) in values.into_iter().zip(limits) {
        sums.push(value.checked_sub(limit).ok_or_else(|| String::from("too small"))?);
    }
    Ok(sums)
}

#[pooled(workers = 1)]
#[batched(size = 4, linger = "1ms")]
fn store(values: Vec<u64>) -> Task<Result<(), std::num::ParseIntError>> {
    for value in values {
        STORED.fetch_add(value.to_string().parse::<u64>()?, Ordering::Relaxed);
    }
    Ok(())
}

#[batched(size = 4, linger = "1ms")]
fn flush(mut values: Vec<u64>) -> Task<()> {
    values.sort_unstable();
    STORED.fetch_add(values.iter().sum(), Ordering::Relaxed);
}

#[batched(size = 1_000, linger = "10s")]
fn log(lines: Vec<String>) -> Admission {
    STORED.fetch_add(lines.len() as u64, Ordering::Relaxed);
}

#[batched(size = 4, linger = "1ms")]
fn generic<T: Send + 'static>(values: Vec<T>) -> Task<Vec<T>> {
    values.into_iter().map(|value| vec![value]).collect()
}

fn main() {
    let doubled: Vec<u64> =
        (0..10).map(double).collect::<Vec<_>>().into_iter().map(|t| t.join().unwrap()).collect();
    assert_eq!(doubled, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
    assert_eq!(checked(5, 3).join().unwrap(), Ok(2));
    assert_eq!(checked(3, 5).join().unwrap(), Err(String::from("too small")));
    store(1).join().unwrap().unwrap();
    flush(1).join().unwrap();
    assert_eq!(log(String::from("line")), Admission::Accepted);
    drain();
    assert_eq!(STORED.load(Ordering::Relaxed), 3);
    assert_eq!(generic("x").join().unwrap(), ["x"]);
    assert_eq!(generic(1).join().unwrap(), [1]);
}
