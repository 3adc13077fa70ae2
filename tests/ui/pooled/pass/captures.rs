//! What a body may share: references, fields, closures, packed structs.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::pooled;

#[repr(C, packed)]
struct Packed {
    _tag: u8,
    factor: u32,
}

struct Table {
    names: Vec<String>,
    offset: usize,
}

impl Table {
    #[pooled]
    fn lengths(&self, weight: impl Fn(usize) -> usize + Sync) -> usize {
        let mut sum = 0;
        for i in 0..self.names.len() {
            sum += weight(self.names[i].len()) + self.offset;
        }
        sum
    }

    #[pooled]
    fn fill(&mut self, n: usize) {
        let Self { offset, .. } = *self;
        for i in 0..n {
            self.names.push(format!("{}", i + offset));
        }
    }
}

#[pooled]
fn scale(packed: &Packed, values: &[u32]) -> u32 {
    let mut sum = 0;
    for value in values {
        sum += value * packed.factor;
    }
    sum
}

fn main() {
    let mut table = Table { names: vec![String::from("ab")], offset: 1 };
    assert_eq!(table.lengths(|length| length * 2), 5);
    table.fill(2);
    assert_eq!(table.names, ["ab", "1", "2"]);
    assert_eq!(scale(&Packed { _tag: 0, factor: 3 }, &[1, 2]), 9);
}
