use pool_runtime::{Task, pooled};

struct Store;

impl Store {
    #[pooled]
    fn count(self: &Self) -> Task<u64> {
        0
    }
}

fn main() {}
