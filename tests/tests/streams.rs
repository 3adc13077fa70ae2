//! Bounded and batched loops as users write them, beside the sequential loop.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::mpsc;
use std::time::Duration;

use pool_runtime::{Full, TimedOut, batched, bounded, pooled};

#[bounded(workers = 3, queue = 5)]
fn sum_of_doubles(n: u64) -> u64 {
    let asked = Rc::new(Cell::new(0));
    let mut sum = 0;
    for x in (0..n).map(|x| {
        asked.set(asked.get() + 1);
        x * 2
    }) {
        sum += x;
    }
    assert_eq!(asked.get(), n);
    sum
}

#[test]
fn a_source_that_is_not_send_is_asked_by_the_caller() {
    for n in [0, 1, 4, 5, 6, 1_000] {
        assert_eq!(sum_of_doubles(n), (0..n).map(|x| x * 2).sum());
    }
}

#[bounded(workers = 2, queue = 4)]
fn lengths(mut waiting: VecDeque<String>) -> BTreeMap<usize, u32> {
    let mut lengths = BTreeMap::new();
    while let Some(word) = waiting.pop_front() {
        *lengths.entry(word.len()).or_insert(0) += 1;
    }
    lengths
}

#[pooled]
fn received(from: &mpsc::Receiver<u32>) -> Vec<u32> {
    let mut all = vec![];
    while let Ok(mut value) = from.recv() {
        value += 1;
        all.push(value);
    }
    all
}

#[test]
fn while_let_is_a_source_in_order() {
    let words = ["a", "bb", "cc", "ddd", ""].map(String::from);
    let expected = BTreeMap::from([(0, 1), (1, 1), (2, 2), (3, 1)]);
    assert_eq!(lengths(words.into()), expected);
    let (to, from) = mpsc::channel();
    (0..500).for_each(|i| to.send(i).unwrap());
    drop(to);
    assert_eq!(received(&from), (1..=500).collect::<Vec<_>>());
}

#[bounded(workers = 2, queue = 3, on_full = "drop", dropped = lost)]
fn lossy(n: u32) -> (u64, u64) {
    let (mut seen, mut lost) = (0u64, 0u64);
    for _ in 0..n {
        std::thread::sleep(Duration::from_micros(50));
        seen += 1;
    }
    (seen, lost)
}

#[bounded(workers = 2, queue = 3, on_full = "drop_oldest", dropped = lost)]
fn newest(n: u32) -> (Vec<u32>, i32) {
    let (mut seen, mut lost) = (Vec::new(), 0i32);
    for i in 0..n {
        std::thread::sleep(Duration::from_micros(50));
        seen.push(i);
    }
    (seen, lost)
}

#[test]
fn offered_is_processed_and_dropped() {
    for _ in 0..20 {
        let (seen, lost) = lossy(300);
        assert_eq!(seen + lost, 300);
        let (seen, lost) = newest(300);
        assert_eq!(seen.len() + usize::try_from(lost).unwrap(), 300);
        assert!(seen.is_sorted());
        assert_eq!(seen.last(), Some(&299), "the newest is never dropped");
    }
}

#[derive(Debug, PartialEq)]
enum Failure {
    Full(usize),
    Late,
    Bad(u32),
}
impl From<Full> for Failure {
    fn from(full: Full) -> Self {
        Self::Full(full.queue())
    }
}
impl From<TimedOut> for Failure {
    fn from(_: TimedOut) -> Self {
        Self::Late
    }
}

#[bounded(workers = 1, queue = 2, on_full = "error")]
fn refuses(n: u32) -> Result<u32, Failure> {
    let mut count = 0;
    for _ in 0..n {
        std::thread::sleep(Duration::from_millis(1));
        count += 1;
    }
    Ok(count)
}

#[bounded(workers = 4, queue = 10)]
fn fails(n: u32, at: u32, count: &mut u32) -> Result<(), Failure> {
    for i in 0.. {
        if i == n {
            break;
        }
        if i >= at {
            Err(Failure::Bad(i))?;
        }
        *count += 1;
    }
    Ok(())
}

#[bounded(workers = 2, queue = 2, timeout = "5ms")]
fn too_slow() -> Result<(), Failure> {
    for _ in 0.. {
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

#[test]
fn streams_end_early_as_other_loops_do() {
    assert_eq!(refuses(100), Err(Failure::Full(2)));
    assert_eq!(refuses(1), Ok(1));
    for at in [0, 1, 50, 99] {
        let mut count = 0;
        assert_eq!(fails(100, at, &mut count), Err(Failure::Bad(at)));
        assert_eq!(count, at);
    }
    let mut count = 0;
    assert_eq!(fails(100, 100, &mut count), Ok(()));
    assert_eq!(count, 100);
    assert_eq!(too_slow(), Err(Failure::Late));
}

#[batched(size = 100, workers = 2)]
fn subslices(items: &[u32]) -> (Vec<usize>, Vec<u32>) {
    let (mut sizes, mut all) = (Vec::new(), Vec::new());
    for batch in items {
        let batch: &[u32] = batch;
        sizes.push(batch.len());
        all.extend_from_slice(batch);
    }
    (sizes, all)
}

#[batched(size = size)]
fn owned(items: Vec<String>, size: u8) -> Vec<String> {
    let mut joined = Vec::new();
    for batch in items {
        let batch: Vec<String> = batch;
        joined.push(batch.concat());
    }
    joined
}

#[bounded(queue = 7, workers = 3)]
#[batched(size = 4)]
fn through_a_queue(n: u32) -> Vec<Vec<u32>> {
    let mut batches = Vec::new();
    for batch in (0..n).filter(|i| i % 2 == 0) {
        batches.push(batch);
    }
    batches
}

#[batched(size = 1000, linger = "1ms", workers = 2)]
fn lingering(from: mpsc::Receiver<u32>, seen: mpsc::Sender<usize>) -> usize {
    let mut count = 0;
    for batch in from {
        seen.send(batch.len()).unwrap();
        count += batch.len();
    }
    count
}

#[test]
fn batches_are_full_in_order_and_of_the_right_type() {
    let items: Vec<u32> = (0..1_001).collect();
    let (sizes, all) = subslices(&items);
    assert_eq!(sizes, [vec![100; 10], vec![1]].concat());
    assert_eq!(all, items);
    assert_eq!(subslices(&[]), (vec![], vec![]));
    let words = || ["a", "b", "c", "d", "e"].map(String::from).to_vec();
    assert_eq!(owned(words(), 2), ["ab", "cd", "e"]);
    assert_eq!(owned(words(), 1), ["a", "b", "c", "d", "e"]);
    assert_eq!(owned(words(), 100), ["abcde"]);
    assert_eq!(through_a_queue(20), [vec![0, 2, 4, 6], vec![8, 10, 12, 14], vec![16, 18]]);
}

#[test]
fn linger_flushes_a_partial_batch_while_the_source_stalls() {
    let (to, from) = mpsc::channel();
    let (seen, saw) = mpsc::channel();
    let worker = std::thread::spawn(move || lingering(from, seen));
    for round in 0..3 {
        to.send(round).unwrap();
        assert_eq!(saw.recv(), Ok(1), "no more items come before this one has been seen");
    }
    drop(to);
    assert_eq!(worker.join().unwrap(), 3);
}

#[batched(size = 10, workers = 2)]
fn failing_batches(items: &[u32], done: &mut usize) -> Result<(), String> {
    for batch in items {
        if batch.contains(&55) {
            return Err(format!("the batch from {}", batch[0]));
        }
        *done += batch.len();
    }
    Ok(())
}

#[test]
fn a_failing_batch_is_named_by_position_and_later_ones_do_not_count() {
    let items: Vec<u32> = (0..1_000).collect();
    for _ in 0..50 {
        let mut done = 0;
        assert_eq!(failing_batches(&items, &mut done), Err("the batch from 50".into()));
        assert_eq!(done, 50);
    }
}
