//! Too much of everything: nesting, regions from many threads, tasks in circles over full queues,
//! iterators that lie about their length, the largest ranges and chunks there are, deep joins.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use pool_runtime::{Task, TaskError, batched, bounded, pooled};
use tests::{chunk, plan, watched, workers};

// ---- nesting and many callers ----------------------------------------------------------------

#[pooled(workers = 1 + (depth * 5 + 3) % 16, chunk = 1)]
fn dive(depth: usize, ran: &AtomicUsize) -> usize {
    let mut sum = 0;
    for i in 0..3 {
        sum += match depth {
            0 => ran.fetch_add(1, Relaxed) * 0 + i,
            _ => dive(depth - 1, ran),
        };
    }
    sum
}

#[test]
fn loops_nested_six_deep_on_one_to_sixteen_workers_end() {
    watched(|| {
        let ran = AtomicUsize::new(0);
        // From two threads at once.
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| assert_eq!(dive(5, &ran), 3 * 243));
            }
        });
        assert_eq!(ran.into_inner(), 2 * 729);
    });
}

#[pooled(workers = workers(), chunk = 2)]
fn little(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
}

#[test]
fn a_hundred_thousand_regions_from_sixty_four_threads_at_once() {
    const THREADS: usize = 64;
    const REGIONS: usize = 100_000;
    watched(|| {
        let done = AtomicUsize::new(0);
        thread::scope(|scope| {
            for id in 0..THREADS {
                let done = &done;
                scope.spawn(move || {
                    plan(1 + id % 9, 2);
                    for i in 0..REGIONS.div_ceil(THREADS) as u64 {
                        let n = i % 23;
                        assert_eq!(little(n), n * n.saturating_sub(1) / 2);
                        done.fetch_add(1, Relaxed);
                    }
                });
            }
        });
        assert!(done.into_inner() >= REGIONS);
    });
}

// ---- tasks -----------------------------------------------------------------------------------

#[bounded(workers = 1, queue = 1)]
fn ping(left: usize) -> Task<usize> {
    if left == 0 { 0 } else { 1 + pong(left - 1).join().unwrap() }
}

#[bounded(workers = 1, queue = 1)]
fn pong(left: usize) -> Task<usize> {
    if left == 0 { 0 } else { 1 + ping(left - 1).join().unwrap() }
}

#[bounded(workers = 2, queue = 2)]
fn spreads(left: usize, ended: &'static AtomicUsize) -> Task<()> {
    ended.fetch_add(1, Relaxed);
    if left > 0 {
        // Nobody joins them.
        drop(gathers(left - 1, ended));
        drop(gathers(left - 1, ended));
    }
}

#[bounded(workers = 2, queue = 2)]
fn gathers(left: usize, ended: &'static AtomicUsize) -> Task<()> {
    ended.fetch_add(1, Relaxed);
    if left > 0 {
        drop(spreads(left - 1, ended));
        drop(spreads(left - 1, ended));
    }
}

#[test]
fn tasks_that_call_each_other_in_a_circle_over_full_queues_all_run() {
    static ENDED: AtomicUsize = AtomicUsize::new(0);
    watched(|| {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for depth in [0, 1, 2, 9, 30] {
                        assert_eq!(ping(depth).join().unwrap(), depth);
                        assert_eq!(pong(depth).join().unwrap(), depth);
                    }
                });
            }
        });
        drop(spreads(10, &ENDED));
        drop(gathers(10, &ENDED));
        while ENDED.load(Relaxed) < 2 * 2047 {
            thread::yield_now();
        }
        pool_runtime::drain();
        assert_eq!(ENDED.load(Relaxed), 2 * 2047);
    });
}

#[pooled(workers = 2)]
fn count_down(left: u64) -> Task<u64> {
    if left == 0 { 0 } else { 1 + count_down(left - 1).join().unwrap() }
}

#[test]
fn joins_nested_two_thousand_deep_end() {
    watched(|| {
        for depth in [10, 500, 2_000] {
            match count_down(depth).join() {
                Ok(value) => assert_eq!(value, depth),
                // Where the system gives no more threads.
                Err(TaskError::Panicked(_)) => assert!(depth > 500),
                Err(other) => panic!("{other:?}"),
            }
        }
    });
}

// ---- iterators that lie ----------------------------------------------------------------------

/// Has `left` items and claims others.
#[derive(Clone)]
struct Liar {
    left: usize,
    claims: (usize, Option<usize>),
}

impl Iterator for Liar {
    type Item = usize;
    fn next(&mut self) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        Some(self.left)
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.claims
    }
}

impl ExactSizeIterator for Liar {
    fn len(&self) -> usize {
        self.claims.0
    }
}

impl DoubleEndedIterator for Liar {
    fn next_back(&mut self) -> Option<usize> {
        self.next()
    }
}

macro_rules! liars {
    ($($name:ident, [$($attribute:tt)*], $pattern:pat = $items:ident => $source:expr, $item:expr;)*) => {
        $(mod $name {
            use super::*;
            liars! { @one plain, [], $pattern = $items => $source, $item }
            liars! { @one annotated, [#[$($attribute)*]], $pattern = $items => $source, $item }
            #[test]
            fn gives_what_it_has() {
                lies(plain, annotated);
            }
        })*
    };
    (@one $twin:ident, [$($attributes:tt)*], $pattern:pat = $items:ident => $source:expr, $item:expr) => {
        $($attributes)*
        pub(super) fn $twin($items: Liar) -> (Vec<usize>, usize, String) {
            let (mut list, mut sum, mut text) = (Vec::new(), 0, String::new());
            for $pattern in $source {
                let x: usize = $item;
                list.push(x);
                sum += x;
                if x % 3 == 0 {
                    text.push_str("x");
                }
            }
            (list, sum, text)
        }
    };
}

liars! {
    bare, [pooled(workers = workers(), chunk = chunk())], x = items => items, x;
    counted, [pooled(workers = workers(), chunk = chunk())],
        (i, x) = items => items.enumerate(), i * 3 + x;
    backwards, [pooled(workers = workers(), chunk = chunk())], x = items => items.rev(), x;
    beside, [pooled(workers = workers(), chunk = chunk())],
        (x, y) = items => items.zip(0..50), x + y;
    behind, [pooled(workers = workers(), chunk = chunk())],
        (x, y) = items => (0..50).zip(items), x + y;
    beside_a_slice, [pooled(workers = workers(), chunk = chunk())],
        (x, y) = items => [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].iter().zip(items), x + y;
    stepped, [pooled(workers = workers(), chunk = chunk())],
        x = items => items.take(31).skip(2), x;
    queued, [bounded(workers = workers(), queue = chunk())], x = items => items, x;
    in_batches, [pooled(workers = workers(), chunk = chunk())],
        x = items => items.map(|x| x + 1), x;
}

fn lies(
    plain: fn(Liar) -> (Vec<usize>, usize, String),
    annotated: fn(Liar) -> (Vec<usize>, usize, String),
) {
    watched(|| {
        for count in [1, 2, 3, 8] {
            for size in [1, 5, 64] {
                plan(count, size);
                for left in [0, 1, 12, 40, 300] {
                    for claims in [
                        (left, Some(left)),
                        (0, Some(0)),
                        (left + 9, Some(left + 9)),
                        (left / 2, Some(left / 2)),
                        (1, None),
                        (usize::MAX / 4, Some(usize::MAX / 4)),
                    ] {
                        let items = Liar { left, claims };
                        let expected = plain(items.clone());
                        assert_eq!(
                            annotated(items),
                            expected,
                            "{count} workers, chunk {size}, {left} items, claims {claims:?}"
                        );
                    }
                }
            }
        }
    });
}

// ---- the largest of everything ---------------------------------------------------------------

#[pooled(workers = workers(), chunk = chunk())]
fn until(end: usize) -> (usize, Vec<usize>) {
    let (mut count, mut list) = (0, Vec::new());
    for i in 0..usize::MAX {
        if i == end {
            break;
        }
        count += 1;
        list.push(i);
    }
    (count, list)
}

#[pooled(workers = workers(), chunk = chunk())]
fn inclusive_until(end: u64) -> Option<u64> {
    for i in 0..=u64::MAX {
        if i == end {
            return Some(i);
        }
    }
    None
}

#[pooled(workers = workers(), chunk = chunk())]
fn at_the_top() -> (u64, Vec<usize>) {
    let (mut count, mut list) = (0, Vec::new());
    for i in usize::MAX - 70..=usize::MAX {
        count += 1;
        list.push(usize::MAX - i);
    }
    (count, list)
}

#[pooled(workers = workers(), chunk = chunk())]
fn in_great_steps() -> Vec<usize> {
    let mut list = Vec::new();
    for i in (0..usize::MAX).step_by(usize::MAX / 50) {
        list.push(i);
    }
    list
}

#[pooled(workers = workers(), chunk = chunk())]
fn signed() -> (i64, i128) {
    let (mut small, mut wide) = (0i64, 0i128);
    for x in i8::MIN..=i8::MAX {
        small += i64::from(x);
        wide += i128::from(x) << 70;
    }
    (small, wide)
}

#[pooled(workers = workers(), chunk = chunk())]
fn from_the_bottom(end: i64) -> i64 {
    let mut count = 0;
    for x in i64::MIN..=i64::MAX {
        if x == i64::MIN + end {
            break;
        }
        count += 1;
    }
    count
}

#[pooled(workers = workers(), chunk = usize::MAX)]
fn one_chunk(xs: &[u64]) -> (u64, Vec<u64>) {
    let (mut sum, mut list) = (0, Vec::new());
    for x in xs {
        sum += x;
        list.push(*x);
    }
    (sum, list)
}

#[pooled(workers = workers(), chunk = chunk())]
fn great_parts(xs: &[u64]) -> (usize, usize, usize) {
    let mut parts = 0;
    for part in xs.chunks(usize::MAX) {
        parts += part.len();
    }
    (parts, xs.windows(usize::MAX).len(), xs.chunks_exact(usize::MAX).len())
}

#[pooled(workers = workers(), chunk = chunk())]
fn far_apart(xs: &[u64]) -> u64 {
    let mut sum = 0;
    for x in xs.iter().step_by(usize::MAX) {
        sum += x;
    }
    sum
}

#[bounded(workers = workers(), queue = usize::MAX)]
fn queue_without_end(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
}

#[batched(workers = workers(), size = usize::MAX)]
fn one_batch(n: u64) -> Vec<usize> {
    let mut sizes = Vec::new();
    for batch in (0..n).filter(|i| i % 2 == 0) {
        sizes.push(batch.len());
    }
    sizes
}

#[batched(workers = workers(), size = usize::MAX)]
fn one_subslice(xs: &[u64]) -> Vec<usize> {
    let mut sizes = Vec::new();
    for batch in xs {
        sizes.push(batch.len());
    }
    sizes
}

#[test]
fn the_largest_ranges_chunks_queues_and_batches() {
    watched(|| {
        let xs: Vec<u64> = (0..1_000).collect();
        for count in [1, 2, 8] {
            for size in [1, 3, usize::MAX / 2, usize::MAX - 1, usize::MAX] {
                plan(count, size);
                if size < 10 {
                    assert_eq!(until(2_345), (2_345, (0..2_345).collect()));
                    assert_eq!(inclusive_until(1_999), Some(1_999));
                    assert_eq!(from_the_bottom(3_000), 3_000);
                }
                assert_eq!(at_the_top(), (71, (0..=70).rev().collect()));
                let steps: Vec<usize> = (0..usize::MAX).step_by(usize::MAX / 50).collect();
                assert_eq!(in_great_steps(), steps);
                assert_eq!(signed(), (-128, -128 << 70));
                assert_eq!(one_chunk(&xs), (499_500, xs.clone()));
                assert_eq!(great_parts(&xs), (1_000, 0, 0));
                assert_eq!(far_apart(&xs), 0);
                assert_eq!(queue_without_end(1_000), 499_500);
                assert_eq!(one_batch(1_000), [500]);
                assert_eq!(one_subslice(&xs), [1_000]);
            }
        }
    });
}
