//! A bounded stream.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use std::sync::mpsc;

use pool_runtime::bounded;

#[bounded(workers = 2, queue = 4, on_full = "block")]
fn drain(items: mpsc::Receiver<u64>) -> u64 {
    let mut sum = 0;
    for item in items {
        sum += item;
    }
    sum
}

#[bounded(queue = 4)]
fn drain_while(items: &mpsc::Receiver<u64>) -> u64 {
    let mut sum = 0;
    while let Ok(item) = items.recv() {
        sum += item;
    }
    sum
}

fn filled() -> mpsc::Receiver<u64> {
    let (sender, receiver) = mpsc::channel();
    for i in 0..100 {
        sender.send(i).unwrap();
    }
    receiver
}

fn main() {
    assert_eq!(drain(filled()), 4_950);
    assert_eq!(drain_while(&filled()), 4_950);
}
