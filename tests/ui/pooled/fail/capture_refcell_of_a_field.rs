use std::cell::RefCell;

use pool_runtime::pooled;

struct Index {
    cache: RefCell<Vec<u64>>,
    offset: u64,
}

impl Index {
    #[pooled]
    fn fill(&self, n: u64) -> u64 {
        let mut sum = 0;
        for i in 0..n {
            self.cache.borrow_mut().push(i);
            sum += i + self.offset;
        }
        sum
    }
}

fn main() {}
