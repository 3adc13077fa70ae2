//! Every policy of a bounded loop, each with what it needs.
#![allow(clippy::cast_possible_wrap)]

use pool_runtime::{Full, TimedOut, bounded};

#[derive(Debug)]
enum Failure {
    Full,
    Late,
}

impl From<Full> for Failure {
    fn from(_: Full) -> Self {
        Self::Full
    }
}

impl From<TimedOut> for Failure {
    fn from(_: TimedOut) -> Self {
        Self::Late
    }
}

#[bounded(workers = 2, queue = 4, on_full = "block")]
fn block(items: impl Iterator<Item = u64>) -> u64 {
    let mut sum = 0;
    for item in items {
        sum += item;
    }
    sum
}

#[bounded(workers = 2, queue = 4, on_full = "drop", dropped = lost)]
fn drop_new(items: Vec<String>) -> (usize, u16) {
    let (mut kept, mut lost) = (0, 0);
    for item in items {
        kept += item.len();
    }
    (kept, lost)
}

#[bounded(queue = 4, on_full = "drop_oldest", dropped = lost)]
fn drop_oldest(items: &[String], kept: &mut usize) -> i64 {
    let mut lost = 0;
    for item in items {
        *kept += item.len();
    }
    lost
}

#[bounded(workers = 2, queue = 4, on_full = "run")]
fn run(limit: usize) -> Vec<usize> {
    let mut squares = vec![0; limit];
    for i in 0..limit {
        squares[i] = i * i;
    }
    squares
}

#[bounded(workers = 2, queue = 4, on_full = "error", timeout = "10s")]
fn error(items: &[u64]) -> Result<u64, Failure> {
    let mut sum = 0;
    for item in items {
        sum += item;
    }
    Ok(sum)
}

fn main() {
    assert_eq!(block(0..100), 4950);
    let (kept, lost) = drop_new(vec!["x".to_owned(); 10]);
    assert_eq!(kept + usize::from(lost), 10);
    let mut kept = 0;
    let lost = drop_oldest(&vec!["x".to_owned(); 10], &mut kept);
    assert_eq!(kept as i64 + lost, 10);
    assert_eq!(run(5), [0, 1, 4, 9, 16]);
    assert!(matches!(error(&[1, 2]), Ok(3) | Err(Failure::Full | Failure::Late)));
}
