//! What the body of a batched task returns.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::{Admission, Task, batched};

#[batched(size = 4, linger = "1ms")]
fn double(values: Vec<u64>) -> Task<u64> {
    values.into_iter().map(|value| value * 2).collect()
}

#[batched(size = 4, linger = "1ms")]
fn check(values: Vec<u64>) -> Task<Result<(), String>> {
    if values.contains(&9) { Err(String::from("9")) } else { Ok(()) }
}

#[batched(size = 4, linger = "1ms")]
fn record(values: Vec<u64>) -> Admission {
    drop(values);
}

fn main() {
    assert_eq!(double(3).join().ok(), Some(6));
    assert_eq!(check(3).join().ok(), Some(Ok(())));
    assert!(matches!(record(3), Admission::Accepted));
    pool_runtime::drain();
}
