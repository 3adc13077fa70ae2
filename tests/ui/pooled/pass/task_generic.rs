//! Generic functions, each instance with a queue of its own.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;

use pool_runtime::{Task, pooled};

#[pooled(workers = 2)]
fn show<T>(value: T) -> Task<String>
where
    T: Debug + Send + 'static,
{
    format!("{value:?}")
}

#[pooled]
fn count<K: Eq + Hash + Send + 'static, const N: usize>(keys: [K; N]) -> Task<HashMap<K, usize>> {
    let mut counts = HashMap::new();
    for key in keys {
        *counts.entry(key).or_insert(0) += N;
    }
    counts
}

struct Column<T>(Vec<T>);

impl<T: Copy + Into<u64> + Send + 'static> Column<T> {
    #[pooled]
    fn sum(self) -> Task<u64> {
        self.0.iter().map(|value| (*value).into()).sum()
    }

    #[pooled]
    fn of(value: T, times: usize) -> Task<Self> {
        Self(vec![value; times])
    }
}

fn main() {
    assert_eq!(show(7).join().unwrap(), "7");
    assert_eq!(show("x").join().unwrap(), "\"x\"");
    assert_eq!(show(vec![1]).join().unwrap(), "[1]");
    assert_eq!(count(["a", "b", "a"]).join().unwrap()["a"], 6);
    assert_eq!(Column(vec![1_u8, 2]).sum().join().unwrap(), 3);
    assert_eq!(Column(vec![1_u32, 2]).sum().join().unwrap(), 3);
    assert_eq!(Column::of(3_u16, 2).join().unwrap().0, [3, 3]);
}
