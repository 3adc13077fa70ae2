use std::cell::Cell;

use pool_runtime::pooled;

struct Meter {
    ticks: Cell<u64>,
    offset: u64,
}

impl Meter {
    fn tick(&self, n: u64) -> u64 {
        self.ticks.set(n);
        n + self.offset
    }

    #[pooled]
    fn run(&self, n: u64) -> u64 {
        let mut sum = 0;
        for i in 0..n {
            sum += self.tick(i);
        }
        sum
    }
}

fn main() {}
