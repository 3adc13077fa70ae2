use std::sync::Arc;

use pool_runtime::{Admission, bounded};

pub struct Store {
    limit: usize,
}

impl Store {
    #[bounded(queue = self.limit)]
    pub fn record(self: Arc<Self>, n: u64) -> Admission {
        std::hint::black_box(n);
    }
}

fn main() {}
