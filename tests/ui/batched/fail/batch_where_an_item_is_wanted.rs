use std::fmt::Display;

use pool_runtime::batched;

#[derive(PartialEq)]
enum Kind {
    Large,
}

struct Row<'a> {
    value: &'a u64,
}

fn show(value: impl Display) -> String {
    value.to_string()
}

#[batched(size = 100)]
fn shown(values: &[u64]) -> Vec<String> {
    let mut all = Vec::new();
    for value in values {
        all.push(show(value));
    }
    all
}

#[batched(size = 100)]
fn rows(values: &[u64]) -> u64 {
    let mut sum = 0;
    for value in values {
        let row = Row { value: value };
        let plain: &u64 = value;
        sum += row.value + plain;
    }
    sum
}

#[batched(size = 100)]
fn large(kinds: Vec<Kind>) -> usize {
    let mut count = 0;
    for kind in kinds {
        if kind == Kind::Large {
            count += 1;
        }
    }
    count
}

fn main() {}
