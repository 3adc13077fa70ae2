//! A generic method.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::batched;

struct Store<T>(Vec<T>);

impl<T: Sync> Store<T> {
    #[batched(size = 4)]
    fn count(&self) -> usize {
        let mut count = 0;
        for batch in &self.0 {
            count += batch.len();
        }
        count
    }
}

fn main() {
    assert_eq!(Store(vec!["a"; 10]).count(), 10);
}
