//! A type that accumulates field by field.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use std::collections::BTreeMap;

use pool_runtime::{Accumulate, pooled};

#[derive(Accumulate, Debug, Default, PartialEq)]
struct Stats<T> {
    seen: u64,
    names: Vec<T>,
    by_length: BTreeMap<usize, u64>,
}

impl<T: AsRef<str>> Stats<T> {
    fn see(&mut self, name: T) {
        self.seen += 1;
        *self.by_length.entry(name.as_ref().len()).or_default() += 1;
        self.names.push(name);
    }
}

#[pooled(reduce(stats))]
fn survey(names: &[&'static str]) -> Stats<&'static str> {
    let mut stats = Stats { seen: 0, names: Vec::new(), by_length: BTreeMap::new() };
    for name in names {
        stats.see(*name);
    }
    stats
}

fn main() {
    let stats = survey(&["ann", "bob", "al"]);
    assert_eq!(stats.seen, 3);
    assert_eq!(stats.names, ["ann", "bob", "al"]);
    assert_eq!(stats.by_length, BTreeMap::from([(2, 1), (3, 2)]));
}
