//! `self: Arc<Self>`, `self` by value, associated functions, traits.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use pool_runtime::{Admission, Task, drain, pooled};

struct Store {
    name: String,
    rows: Mutex<Vec<u64>>,
    seen: AtomicU64,
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Store {
    const LIMIT: u64 = 3;

    const fn admits(n: u64) -> bool {
        n < Self::LIMIT
    }

    /// Inserts.
    #[pooled(workers = 2)]
    fn insert(self: Arc<Self>, n: u64) -> Task<String> {
        struct Inner(u64);
        impl Inner {
            const fn value(self) -> u64 {
                self.0
            }
        }
        self.rows.lock().unwrap().push(Inner(n).value());
        let double = || self.name.len() * 2;
        format!("{self} {} {:?} {{self}}", double(), Self::admits(n))
            + &format!("{}", self.rows.lock().unwrap().len())
    }

    #[pooled]
    fn see(self: Arc<Self>) -> Admission {
        self.seen.fetch_add(1, Ordering::Relaxed);
    }

    #[pooled]
    fn into_rows(mut self) -> Task<Vec<u64>> {
        self.name.clear();
        self.rows.into_inner().unwrap()
    }

    #[pooled]
    fn named(name: String) -> Task<Self> {
        Self { name, rows: Mutex::default(), seen: AtomicU64::new(0) }
    }
}

trait Resize {
    fn resize(self: Arc<Self>, to: u64) -> Task<u64>;
}

impl Resize for Store {
    #[pooled]
    fn resize(self: Arc<Self>, to: u64) -> Task<u64> {
        self.rows.lock().unwrap().len() as u64 + to
    }
}

fn main() {
    let store = Arc::new(Store::named(String::from("ab")).join().unwrap());
    assert_eq!(Arc::clone(&store).insert(2).join().unwrap(), "ab 4 true {self}1");
    assert_eq!(Arc::clone(&store).resize(2).join().unwrap(), 3);
    assert_eq!(Arc::clone(&store).see(), Admission::Accepted);
    drain();
    assert_eq!(store.seen.load(Ordering::Relaxed), 1);
    let store = Arc::into_inner(store).unwrap();
    assert_eq!(store.into_rows().join().unwrap(), [2]);
}
