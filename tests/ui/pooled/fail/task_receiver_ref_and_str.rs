use pool_runtime::{Task, pooled};

struct Store;

impl Store {
    #[pooled]
    fn count(&self, key: &str) -> Task<u64> {
        0
    }
}

fn main() {}
