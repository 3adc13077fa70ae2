//! Methods, associated functions and trait methods.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::pooled;

struct Table {
    rows: Vec<u64>,
    total: u64,
}

trait Total {
    fn total_of(&self) -> u64;
    /// A provided method.
    #[pooled]
    fn twice(&self, n: u64) -> u64 {
        let mut sum = 0;
        for i in 0..n {
            sum += i;
        }
        sum + self.total_of()
    }
}

impl Table {
    #[pooled]
    fn new(n: u64) -> Self {
        let mut rows = Vec::new();
        for i in 0..n {
            rows.push(i);
        }
        Self { rows, total: 0 }
    }

    #[pooled(chunk = 10)]
    fn add_up(&mut self) {
        for row in &self.rows {
            self.total += *row;
        }
    }
}

impl Total for Table {
    #[pooled]
    fn total_of(&self) -> u64 {
        let mut sum = 0;
        for row in self.rows.iter() {
            sum += *row;
        }
        sum
    }
}

fn main() {
    let mut table = Table::new(100);
    table.add_up();
    assert_eq!(table.total, 4_950);
    assert_eq!(table.total_of(), 4_950);
    assert_eq!(table.twice(10), 4_995);
}
