use std::sync::Arc;

use pool_runtime::{Task, batched};

pub struct Store;

impl Store {
    #[batched(size = 100)]
    pub fn insert(self: Arc<Self>, events: Vec<u64>) -> Task<u64> {
        events
    }
}

fn main() {}
