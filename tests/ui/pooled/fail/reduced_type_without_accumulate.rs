use std::ops::AddAssign;

use pool_runtime::pooled;

struct Stats {
    count: u64,
}

impl AddAssign<u64> for Stats {
    fn add_assign(&mut self, value: u64) {
        self.count += value;
    }
}

#[pooled]
fn stats(values: &[u64]) -> Stats {
    let mut stats = Stats { count: 0 };
    for value in values {
        stats += *value;
    }
    stats
}

fn main() {}
