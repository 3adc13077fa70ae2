//! A method with a field that is reduced.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::bounded;

struct Sink {
    seen: Vec<u64>,
    total: u64,
}

impl Sink {
    #[bounded(queue = 8)]
    fn take(&mut self, items: impl Iterator<Item = u64>) {
        for item in items {
            self.seen.push(item);
            self.total += item;
        }
    }
}

fn main() {
    let mut sink = Sink { seen: Vec::new(), total: 0 };
    sink.take(0..10);
    assert_eq!((sink.seen.len(), sink.total), (10, 45));
}
