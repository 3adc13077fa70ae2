use pool_runtime::pooled;

struct Totals {
    sum: u64,
    count: u64,
}

impl Totals {
    fn reset(&mut self) {
        self.count = 0;
    }

    #[pooled]
    fn add(&mut self, values: &[u64]) {
        for value in values {
            self.sum += value;
            self.reset();
        }
    }
}

fn main() {}
