//! A source that is asked by hand.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]
#![allow(clippy::needless_pass_by_value)]

use std::sync::mpsc::{Receiver, channel};

use pool_runtime::bounded;

#[bounded(queue = 8)]
fn drain(queue: Receiver<u64>) -> Vec<u64> {
    let mut seen = Vec::new();
    while let Ok(item) = queue.recv() {
        seen.push(item * 2);
    }
    seen
}

fn main() {
    let (sender, receiver) = channel();
    for item in 0..10 {
        sender.send(item).expect("the receiver is there");
    }
    drop(sender);
    assert_eq!(drain(receiver), (0..10).map(|item| item * 2).collect::<Vec<_>>());
}
