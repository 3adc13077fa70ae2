use pool_runtime::pooled;

struct Counter(u64);

impl Counter {
    fn advance(&mut self, by: u64) {
        self.0 = self.0 * 31 + by;
    }
}

#[pooled]
fn walk(steps: &[u64]) -> u64 {
    let mut counter = Counter(0);
    for step in steps {
        counter.advance(*step);
    }
    counter.0
}

fn main() {}
