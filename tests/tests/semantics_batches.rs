//! Batched loops: every item exactly once, in order, in batches of the size that was asked for.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use pool_runtime::{batched, bounded, pooled};
use tests::{across, noise, plans, watched};

fn small(length: usize) -> Vec<u64> {
    noise(length).map(|x| x % 1000).collect()
}

#[batched(size = tests::chunk(), workers = tests::workers())]
fn slices<'a>(xs: &'a [u64]) -> (Vec<&'a [u64]>, u64) {
    let mut batches = Vec::new();
    let mut sum = 0;
    for batch in xs {
        batches.push(batch);
        sum += batch.iter().sum::<u64>();
    }
    (batches, sum)
}

#[test]
fn a_batch_of_a_slice_is_a_subslice() {
    across(|n| {
        let xs = small(n);
        let (batches, sum) = slices(&xs);
        let expected: Vec<&[u64]> = xs.chunks(tests::chunk()).collect();
        assert_eq!(batches, expected);
        assert!(
            batches.iter().zip(expected).all(|(a, b)| a.as_ptr() == b.as_ptr()),
            "nothing was copied"
        );
        assert_eq!(sum, xs.iter().sum::<u64>());
    });
}

#[batched(size = tests::chunk(), workers = tests::workers())]
fn owned(items: Vec<String>) -> Vec<Vec<String>> {
    let mut batches = Vec::new();
    for batch in items {
        batches.push(batch);
    }
    batches
}

#[batched(size = tests::chunk(), workers = tests::workers())]
fn range(n: u32) -> Vec<Vec<u32>> {
    let mut batches = Vec::new();
    for batch in 0..n {
        batches.push(batch);
    }
    batches
}

#[batched(size = tests::chunk(), workers = tests::workers())]
fn iterator(items: impl Iterator<Item = u64> + Send) -> Vec<Vec<u64>> {
    let mut batches = Vec::new();
    for batch in items {
        batches.push(batch);
    }
    batches
}

#[batched(size = tests::chunk())]
#[bounded(workers = tests::workers(), queue = 10)]
fn stream(items: impl Iterator<Item = u64>) -> Vec<Vec<u64>> {
    let mut batches = Vec::new();
    for batch in items {
        batches.push(batch);
    }
    batches
}

#[test]
fn a_batch_of_anything_else_is_a_vector() {
    across(|n| {
        let xs = small(n);
        let texts: Vec<String> = xs.iter().map(u64::to_string).collect();
        let size = tests::chunk();
        assert!(owned(texts.clone()).iter().map(Vec::as_slice).eq(texts.chunks(size)));
        let numbers: Vec<u32> = (0..n as u32).collect();
        assert!(range(n as u32).iter().map(Vec::as_slice).eq(numbers.chunks(size)));
        assert!(iterator(xs.iter().copied()).iter().map(Vec::as_slice).eq(xs.chunks(size)));
        assert!(stream(xs.iter().copied()).iter().map(Vec::as_slice).eq(xs.chunks(size)));
    });
}

#[pooled(workers = 2)]
#[batched(size = 3)]
fn size_and_pattern(xs: &[(u64, String)]) -> Vec<usize> {
    let mut lengths = Vec::new();
    for batch in xs.iter() {
        let total: usize = batch.iter().map(|(_, s)| s.len()).sum();
        lengths.push(total + batch.len());
    }
    lengths
}

#[test]
fn iter_over_a_slice_of_pairs() {
    let xs: Vec<(u64, String)> =
        small(10).into_iter().map(|x| (x, "x".repeat(x as usize % 5))).collect();
    let expected: Vec<usize> =
        xs.chunks(3).map(|c| c.iter().map(|(_, s)| s.len()).sum::<usize>() + c.len()).collect();
    assert_eq!(size_and_pattern(&xs), expected);
}

#[batched(size = tests::chunk(), workers = tests::workers())]
fn fail(xs: &[u64], limit: u64, done: &mut Vec<u64>) -> Result<usize, (u64, Vec<u64>)> {
    let mut batches = 0;
    for batch in xs {
        if let Some(bad) = batch.iter().find(|x| **x >= limit) {
            return Err((*bad, batch.to_vec()));
        }
        batches += 1;
        done.extend(batch);
    }
    Ok(batches)
}

#[test]
fn a_failing_batch_is_named_and_the_earlier_ones_are_complete() {
    across(|n| {
        let xs = small(n);
        for limit in [0, 500, 990, 1000] {
            let mut done = Vec::new();
            let outcome = fail(&xs, limit, &mut done);
            let at = xs.iter().position(|x| *x >= limit);
            match at {
                Some(at) => {
                    let from = at / tests::chunk() * tests::chunk();
                    let batch = xs[from..n.min(from + tests::chunk())].to_vec();
                    assert_eq!(outcome, Err((xs[at], batch)));
                    assert_eq!(done, xs[..from]);
                }
                None => {
                    assert_eq!(outcome, Ok(n.div_ceil(tests::chunk())));
                    assert_eq!(done, xs);
                }
            }
        }
    });
}

/// What a database would have committed, batch by batch.
type Committed = Mutex<BTreeSet<u64>>;

/// Commits the batch that starts with `first`, a multiple of ten, unless it is `bad`.
fn commit(first: u64, bad: u64, committed: &Committed) -> Result<(), u64> {
    if first == bad {
        return Err(first / 10);
    }
    // A call takes its time, so workers take one batch at a time.
    thread::sleep(Duration::from_micros(200));
    committed.lock().unwrap().insert(first / 10);
    Ok(())
}

#[batched(size = 10, workers = 4)]
fn commit_slices(xs: &[u64], bad: u64, committed: &Committed) -> Result<(), u64> {
    for batch in xs {
        commit(batch[0], bad, committed)?;
    }
    Ok(())
}

#[pooled(workers = 4)]
#[batched(size = 10)]
fn commit_pooled(xs: &[u64], bad: u64, committed: &Committed) -> Result<(), u64> {
    for batch in xs.iter().filter(|x| **x < u64::MAX) {
        commit(*batch[0], bad, committed)?;
    }
    Ok(())
}

#[bounded(queue = 40)]
#[batched(size = 10, workers = 4)]
fn commit_bounded(xs: &[u64], bad: u64, committed: &Committed) -> Result<(), u64> {
    for batch in xs {
        commit(batch[0], bad, committed)?;
    }
    Ok(())
}

#[batched(size = 10, workers = 4)]
fn commit_in_order(xs: &[u64], bad: u64, committed: &Committed) -> Result<(), u64> {
    for batch in xs {
        let first = batch[0];
        #[ordered]
        {
            commit(first, bad, committed)?;
        }
    }
    Ok(())
}

#[test]
fn batches_before_a_failing_one_are_committed_and_those_behind_it_not_started() {
    const BATCHES: u64 = 1_000;
    let xs: Vec<u64> = (0..BATCHES * 10).collect();
    type Commits = fn(&[u64], u64, &Committed) -> Result<(), u64>;
    let loops: [Commits; 3] = [commit_slices, commit_pooled, commit_bounded];
    for bad in [0, 7, 500, BATCHES - 1] {
        watched(|| {
            for commits in loops {
                let committed = Committed::default();
                assert_eq!(commits(&xs, bad * 10, &committed), Err(bad), "named by position");
                let committed = committed.into_inner().unwrap();
                assert!(committed.range(..bad).copied().eq(0..bad), "all before it");
                assert!(!committed.contains(&bad));
                // Those that ran at the same time had started.
                let later = committed.range(bad..).count();
                assert!(later < 50, "{later} of those behind {bad}");
            }
            let committed = Committed::default();
            assert_eq!(commit_in_order(&xs, bad * 10, &committed), Err(bad));
            assert!(committed.into_inner().unwrap().into_iter().eq(0..bad), "exactly those");
        });
    }
}

#[batched(size = 100, linger = "20ms", workers = 2)]
fn lingering(items: mpsc::Receiver<u64>, seen: &Mutex<Vec<(Vec<u64>, Instant)>>) {
    for batch in items {
        seen.lock().unwrap().push((batch, Instant::now()));
    }
}

#[test]
fn a_stalled_source_does_not_hold_a_batch_back() {
    watched(|| {
        let (to, from) = mpsc::channel();
        let seen = Mutex::new(Vec::new());
        thread::scope(|scope| {
            let stalled = scope.spawn(move || {
                for x in 0..10 {
                    to.send(x).unwrap();
                }
                let sent = Instant::now();
                thread::sleep(Duration::from_millis(400));
                let resumed = Instant::now();
                for x in 10..20 {
                    to.send(x).unwrap();
                }
                (sent, resumed)
            });
            lingering(from, &seen);
            let (sent, resumed) = stalled.join().unwrap();
            let mut seen = seen.into_inner().unwrap();
            seen.sort_by_key(|(batch, _)| batch[0]);
            let all: Vec<u64> = seen.iter().flat_map(|(batch, _)| batch.clone()).collect();
            assert!(all.into_iter().eq(0..20));
            assert!(seen.iter().all(|(batch, _)| !batch.is_empty()));
            let first = seen.iter().find(|(batch, _)| batch.contains(&9)).unwrap().1;
            assert!(
                first >= sent && first < resumed,
                "the tenth item was flushed while the source stalled"
            );
        });
    });
}

#[batched(size = 1_000_000, workers = 3)]
fn one_batch(xs: &[u64]) -> Vec<usize> {
    let mut sizes = Vec::new();
    for batch in xs {
        sizes.push(batch.len());
    }
    sizes
}

#[test]
fn a_size_beyond_the_input_makes_one_batch() {
    assert_eq!(one_batch(&small(17)), [17]);
    assert!(one_batch(&[]).is_empty());
}

#[batched(size = tests::chunk(), workers = tests::workers())]
fn float_per_batch(xs: &[u64]) -> Vec<f64> {
    let mut means = Vec::new();
    for batch in xs {
        means.push(batch.iter().sum::<u64>() as f64 / batch.len() as f64);
    }
    means
}

#[test]
fn one_result_per_batch_in_order() {
    across(|n| {
        let xs = small(n);
        let expected: Vec<f64> = xs
            .chunks(tests::chunk())
            .map(|c| c.iter().sum::<u64>() as f64 / c.len() as f64)
            .collect();
        assert_eq!(float_per_batch(&xs), expected);
    });
}

#[batched(size = 4, workers = 2)]
fn ordered_batches(xs: &[u64], out: &mut Vec<u64>) {
    for batch in xs {
        let sum: u64 = batch.iter().sum();
        #[ordered]
        {
            out.push(sum);
        }
    }
}

#[test]
fn ordered_sections_of_batches() {
    across(|n| {
        let xs = small(n);
        let mut out = Vec::new();
        ordered_batches(&xs, &mut out);
        assert!(out.into_iter().eq(xs.chunks(4).map(|c| c.iter().sum::<u64>())));
    });
}

// ---- sources that stay with the caller --------------------------------------------------------

#[batched(size = 4, workers = tests::workers())]
fn not_send(items: impl Iterator<Item = u64>) -> Vec<Vec<u64>> {
    let mut out = Vec::new();
    for batch in items {
        out.push(batch);
    }
    out
}

#[bounded(queue = 8, workers = tests::workers())]
#[batched(size = 3)]
fn popped(mut stack: Vec<u64>) -> Vec<Vec<u64>> {
    let mut out = Vec::new();
    while let Some(batch) = stack.pop() {
        let batch: Vec<u64> = batch;
        out.push(batch);
    }
    out
}

#[test]
fn batches_of_what_only_the_caller_can_ask() {
    plans(|| {
        let step = std::rc::Rc::new(2);
        let expected: Vec<u64> = (0..50).map(|x| x * 2).collect();
        let expected: Vec<Vec<u64>> = expected.chunks(4).map(<[u64]>::to_vec).collect();
        assert_eq!(not_send((0..50).map(|x| x * *step)), expected);
        assert_eq!(popped(vec![1, 2, 3, 4]), [vec![4, 3, 2], vec![1]]);
    });
}

// ---- a slice's batches are subslices in every stack --------------------------------------------

/// Takes a batch as what it must be.
fn total(batch: &[u64]) -> u64 {
    batch.iter().sum()
}

#[bounded(queue = 8, workers = 3)]
#[batched(size = 5)]
fn bounded_subslices(items: &[u64]) -> Vec<(usize, u64)> {
    let mut out = Vec::new();
    for batch in items {
        out.push((batch.len(), total(batch)));
    }
    out
}

#[batched(size = 5, linger = "1ms")]
fn lingering_subslices(items: &Vec<u64>) -> Vec<(usize, u64)> {
    let mut out = Vec::new();
    for batch in items.iter() {
        out.push((batch.len(), total(batch)));
    }
    out
}

#[pooled(workers = 2)]
#[bounded(queue = 100, on_full = "run")]
#[batched(size = 5, linger = "1ms")]
fn exclusive_subslices(items: &mut Vec<u64>) -> Vec<(usize, u64)> {
    let mut out = Vec::new();
    for batch in items.iter_mut() {
        out.push((batch.len(), total(batch)));
        batch.reverse();
    }
    out
}

#[test]
fn batches_of_a_slice_are_subslices_behind_a_queue_too() {
    for n in [0_u64, 1, 4, 5, 6, 23, 1000] {
        let items: Vec<u64> = (0..n).collect();
        let expected: Vec<_> = items.chunks(5).map(|batch| (batch.len(), total(batch))).collect();
        assert_eq!(bounded_subslices(&items), expected);
        assert_eq!(lingering_subslices(&items), expected);
        let mut mine = items.clone();
        assert_eq!(exclusive_subslices(&mut mine), expected);
        let mut reversed = items;
        reversed.chunks_mut(5).for_each(<[u64]>::reverse);
        assert_eq!(mine, reversed);
    }
}

#[bounded(workers = 2, queue = 20, on_full = "drop", dropped = lost)]
#[batched(size = 7)]
fn dropping_subslices(items: &[u64]) -> (u64, u64, u64) {
    let (mut lost, mut seen, mut sum) = (0_u64, 0, 0);
    for batch in items {
        thread::sleep(Duration::from_micros(50));
        seen += batch.len() as u64;
        sum += total(batch);
    }
    (lost, seen, sum)
}

#[bounded(workers = 2, queue = 20, on_full = "drop_oldest", dropped = lost)]
#[batched(size = 7)]
fn dropping_the_oldest_subslices(items: &[u64]) -> (u64, u64, u64) {
    let (mut lost, mut seen, mut last) = (0_u64, 0, 0);
    for batch in items {
        thread::sleep(Duration::from_micros(50));
        seen += batch.len() as u64;
        last = last.max(batch[batch.len() - 1]);
    }
    (lost, seen, last)
}

#[test]
fn dropped_subslices_count_their_items() {
    let items: Vec<u64> = (0..2003).collect();
    let (lost, seen, sum) = dropping_subslices(&items);
    assert_eq!(lost + seen, 2003);
    assert!(lost > 0 && sum < items.iter().sum(), "{lost} lost");
    let (lost, seen, last) = dropping_the_oldest_subslices(&items);
    assert_eq!((lost + seen, last), (2003, 2002), "the newest stays");
    assert!(lost > 0);
}

#[derive(Debug, PartialEq)]
struct TooMany(usize);

impl From<pool_runtime::Full> for TooMany {
    fn from(full: pool_runtime::Full) -> Self {
        Self(full.queue())
    }
}

#[bounded(workers = 1, queue = 20, on_full = "error")]
#[batched(size = 7)]
fn refusing_subslices(items: &[u64]) -> Result<u64, TooMany> {
    let mut sum = 0;
    for batch in items {
        thread::sleep(Duration::from_millis(20));
        sum += total(batch);
    }
    Ok(sum)
}

#[test]
fn a_full_queue_of_subslices_ends_the_loop() {
    assert_eq!(refusing_subslices(&[1, 2, 3]), Ok(6));
    assert_eq!(refusing_subslices(&(0..2003).collect::<Vec<_>>()), Err(TooMany(20)));
}
