//! Unit results, `impl Trait` results, trait objects.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use std::sync::atomic::{AtomicBool, Ordering};

use pool_runtime::{Task, pooled};

static RAN: AtomicBool = AtomicBool::new(false);

#[pooled]
fn unit() -> Task<()> {
    RAN.store(true, Ordering::Relaxed);
}

#[pooled]
fn opaque(n: u64) -> Task<impl Iterator<Item = u64>> {
    (0..n).map(|i| i * 2)
}

#[pooled]
fn object(n: u64) -> Task<Box<dyn Fn(u64) -> u64 + Send>> {
    Box::new(move |x| x + n)
}

#[pooled]
fn looping(values: Vec<u64>) -> Task<u64> {
    let mut sum = 0;
    for value in values {
        if value == 0 {
            break;
        }
        sum += value;
    }
    sum
}

fn main() {
    unit().join().unwrap();
    assert!(RAN.load(Ordering::Relaxed));
    assert_eq!(opaque(3).join().unwrap().sum::<u64>(), 6);
    assert_eq!(object(3).join().unwrap()(4), 7);
    assert_eq!(looping(vec![1, 2, 0, 3]).join().unwrap(), 3);
}
