use pool_runtime::{Task, pooled};

struct Store;

impl Store {
    #[pooled]
    fn count(self: std::pin::Pin<&mut Self>) -> Task<u64> {
        0
    }
}

fn main() {}
