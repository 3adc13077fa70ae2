//! No parameters, many, patterns, `mut`, `_` and `impl Trait`.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::{Task, pooled};

struct Point {
    x: u64,
    y: u64,
}

#[pooled]
fn none() -> Task<u64> {
    7
}

#[pooled]
fn patterns(
    Point { x, y }: Point,
    (a, _): (u64, String),
    [first, ..]: [u64; 3],
    _: u8,
) -> Task<u64> {
    x + y + a + first
}

#[pooled]
fn changed(
    mut list: Vec<u64>,
    _unused: u8,
    #[allow(unused_variables)] allowed: u8,
) -> Task<Vec<u64>> {
    list.push(4);
    list
}

#[pooled]
fn opaque(
    items: impl Iterator<Item = u64> + Send + 'static,
    scale: impl Into<u64> + Send + 'static,
) -> Task<u64> {
    items.sum::<u64>() * scale.into()
}

#[pooled]
#[allow(clippy::too_many_arguments, clippy::many_single_char_names)]
fn many(
    a: u8,
    b: u8,
    c: u8,
    d: u8,
    e: u8,
    f: u8,
    g: u8,
    h: u8,
    i: u8,
    j: u8,
    k: u8,
    l: u8,
) -> Task<u8> {
    a + b + c + d + e + f + g + h + i + j + k + l
}

fn main() {
    assert_eq!(none().join().unwrap(), 7);
    let task = patterns(Point { x: 1, y: 2 }, (3, String::new()), [4, 5, 6], 0);
    assert_eq!(task.join().unwrap(), 10);
    assert_eq!(changed(vec![1], 0, 0).join().unwrap(), [1, 4]);
    assert_eq!(opaque(0..4, 2_u32).join().unwrap(), 12);
    assert_eq!(opaque(vec![5].into_iter(), 3_u8).join().unwrap(), 15);
    assert_eq!(many(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1).join().unwrap(), 12);
}
