use std::{cell::Cell, sync::mpsc::Receiver};

use pool_runtime::bounded;

#[bounded(queue = 5)]
fn drain(items: Receiver<u64>, seen: &Cell<u64>) -> u64 {
    let mut sum = 0;
    while let Ok(item) = items.recv() {
        seen.set(item);
        sum += item;
    }
    sum
}

fn main() {}
