//! Sources that only the calling thread can ask.
#![allow(clippy::needless_pass_by_value)]

use std::cell::{Cell, RefCell};
use std::io::{BufRead, Cursor};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, channel};

use pool_runtime::{bounded, pooled};

#[bounded(queue = 8)]
fn lines(reader: impl BufRead) -> std::io::Result<usize> {
    let mut length = 0;
    for line in reader.lines() {
        length += line?.len();
    }
    Ok(length)
}

#[bounded]
fn received(items: Receiver<u64>) -> u64 {
    let mut sum = 0;
    while let Ok(item) = items.recv() {
        sum += item;
    }
    sum
}

#[bounded(queue = 2)]
fn popped(mut stack: Vec<u64>) -> Vec<u64> {
    let mut squares = Vec::new();
    while let Some(item) = stack.pop() {
        squares.push(item * item);
    }
    squares
}

#[pooled]
fn shared(items: Rc<RefCell<Vec<u64>>>) -> u64 {
    let asked = Cell::new(0);
    let mut sum = 0;
    for item in std::iter::from_fn(|| {
        asked.set(asked.get() + 1);
        items.borrow_mut().pop()
    }) {
        sum += item;
    }
    sum + asked.get()
}

#[bounded(queue = 3)]
fn first_above(limit: u64) -> Option<u64> {
    for n in 0.. {
        if n * n > limit {
            return Some(n);
        }
    }
    None
}

fn main() {
    assert_eq!(lines(Cursor::new("ab\nc\n")).unwrap(), 3);
    let (send, receive) = channel();
    (0..5).for_each(|n| send.send(n).unwrap());
    drop(send);
    assert_eq!(received(receive), 10);
    assert_eq!(popped(vec![1, 2, 3]), [9, 4, 1]);
    assert_eq!(shared(Rc::new(RefCell::new(vec![1, 2, 3]))), 10);
    assert_eq!(first_above(50), Some(8));
}
