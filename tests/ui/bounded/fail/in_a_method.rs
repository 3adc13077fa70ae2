use pool_runtime::bounded;

struct Sink {
    seen: Vec<u64>,
}

impl Sink {
    #[bounded(queue = 0)]
    fn take(&mut self, items: impl Iterator<Item = u64>) {
        for item in items {
            self.seen.push(item);
        }
    }
}

fn main() {}
