//! Working space: made when it is needed, at most once per worker and loop, and gone with the loop.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pool_runtime::{Task, batched, bounded, join_all, pooled};
use tests::{across, noise, workers};

/// How many of a test's working spaces were made, and how many dropped.
#[derive(Debug, Default)]
struct Tally {
    made: AtomicUsize,
    dropped: AtomicUsize,
}

impl Tally {
    /// At most `limit` were made since the last call, and none is left.
    fn settled(&self, limit: usize) -> usize {
        let made = self.made.swap(0, Ordering::SeqCst);
        assert_eq!(self.dropped.swap(0, Ordering::SeqCst), made, "made and dropped");
        assert!(made <= limit, "{made} made for at most {limit}");
        made
    }
}

/// Working space that is counted.
#[derive(Debug)]
struct Space<'t> {
    tally: &'t Tally,
    uses: u64,
}

impl<'t> Space<'t> {
    fn new(tally: &'t Tally) -> Self {
        tally.made.fetch_add(1, Ordering::SeqCst);
        Self { tally, uses: 0 }
    }

    fn connect(tally: &'t Tally, allowed: bool) -> Result<Self, String> {
        if allowed { Ok(Self::new(tally)) } else { Err("refused".into()) }
    }

    fn get(&mut self, x: u64) -> u64 {
        self.uses += 1;
        x % 1000
    }
}

impl Clone for Space<'_> {
    fn clone(&self) -> Self {
        Self::new(self.tally)
    }
}

impl Drop for Space<'_> {
    fn drop(&mut self) {
        self.tally.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

fn expected(xs: &[u64]) -> u64 {
    xs.iter().map(|x| x % 1000).sum()
}

fn items(n: usize) -> Vec<u64> {
    noise(n).collect()
}

/// Checks that `run` returns the sum, and makes no more than `workers()` spaces and none for
/// nothing.
fn counted(run: impl Fn(&[u64], &Tally) -> u64) {
    let tally = Tally::default();
    across(|n| {
        let xs = items(n);
        assert_eq!(run(&xs, &tally), expected(&xs));
        let made = tally.settled(workers().min(n));
        assert_eq!(made > 0, n > 0, "lazily");
    });
}

#[pooled(workers = workers(), scratch(space = Space::new(tally)))]
fn made(xs: &[u64], tally: &Tally) -> u64 {
    let mut sum = 0;
    for x in xs {
        sum += space.get(*x);
    }
    sum
}

#[test]
fn made_at_most_once_per_worker_and_loop() {
    counted(made);
}

/// The outer `space` is counted, too: it is made and dropped by the caller.
#[pooled(workers = workers(), scratch(space))]
fn cloned_by(xs: &[u64], space: &mut Space<'_>) -> u64 {
    let mut sum = 0;
    for x in xs {
        sum += space.get(*x);
    }
    sum
}

#[test]
fn cloned_at_most_once_per_worker_and_loop_and_itself_untouched() {
    let (tally, outside) = (Tally::default(), Tally::default());
    across(|n| {
        let xs = items(n);
        let mut space = Space { tally: &tally, uses: 7 };
        outside.made.fetch_add(1, Ordering::SeqCst);
        assert_eq!(cloned_by(&xs, &mut space), expected(&xs));
        assert_eq!(space.uses, 7);
        tally.settled(workers().min(n));
        std::mem::forget(space);
    });
}

#[pooled(workers = workers(), scratch(space = Space::new(tally)), chunk = 8)]
fn beside_floats(xs: &[u64], tally: &Tally) -> f64 {
    let mut sum = 0.0;
    for x in xs {
        sum += space.get(*x) as f64;
    }
    sum
}

#[test]
fn blocks_of_a_float_sum_share_a_worker_s_own() {
    counted(|xs, tally| beside_floats(xs, tally) as u64);
}

#[bounded(workers = workers(), queue = 8, scratch(space = Space::new(tally)))]
fn in_a_stream(xs: impl Iterator<Item = u64>, tally: &Tally) -> u64 {
    let mut sum = 0;
    for x in xs {
        sum += space.get(x);
    }
    sum
}

#[test]
fn in_a_bounded_loop() {
    counted(|xs, tally| in_a_stream(xs.iter().copied(), tally));
}

#[batched(workers = workers(), size = 10, scratch(space = Space::new(tally)))]
fn in_batches(xs: &[u64], tally: &Tally) -> u64 {
    let mut sum = 0;
    for batch in xs {
        for x in batch {
            sum += space.get(*x);
        }
    }
    sum
}

#[test]
fn in_a_batched_loop() {
    counted(in_batches);
}

#[bounded(queue = 4)]
#[batched(size = 3, linger = "1ms")]
#[pooled(workers = workers(), scratch(space = Space::new(tally)))]
fn in_a_stack(xs: impl Iterator<Item = u64>, tally: &Tally) -> u64 {
    let mut sum = 0;
    for batch in xs {
        for x in batch {
            sum += space.get(x);
        }
    }
    sum
}

#[test]
fn under_all_three_attributes() {
    let tally = Tally::default();
    for n in [0, 1, 2, 3, 50, 500] {
        let xs = items(n);
        assert_eq!(in_a_stack(xs.iter().copied(), &tally), expected(&xs));
        tally.settled(workers().min(n));
    }
}

#[pooled(workers = workers(), scratch(space = Space::new(tally)))]
fn with_an_ordered_end(xs: &[u64], tally: &Tally) -> Vec<u64> {
    let mut out = Vec::new();
    for x in xs {
        let got = space.get(*x);
        #[ordered]
        {
            out.push(got);
        }
    }
    out
}

#[test]
fn beside_an_ordered_block() {
    counted(|xs, tally| with_an_ordered_end(xs, tally).iter().sum());
}

#[pooled(
    workers = workers(),
    scratch(left = Space::connect(tally, allowed)?, buffer, right = Space::connect(tally, allowed)?)
)]
fn several(xs: &[u64], tally: &Tally, allowed: bool) -> Result<u64, String> {
    let mut buffer = [0; 4];
    let mut sum = 0;
    for x in xs {
        buffer[0] = left.get(*x);
        buffer[1] = right.get(*x);
        sum += buffer.iter().sum::<u64>() / 2;
    }
    Ok(sum)
}

#[test]
fn several_at_once_some_of_which_may_fail() {
    let tally = Tally::default();
    across(|n| {
        let xs = items(n);
        assert_eq!(several(&xs, &tally, true), Ok(expected(&xs)));
        tally.settled(2 * workers().min(n));
        let refused = if n == 0 { Ok(0) } else { Err("refused".into()) };
        assert_eq!(several(&xs, &tally, false), refused);
        tally.settled(0);
    });
}

#[bounded(workers = workers(), queue = 8, scratch(space = Space::connect(tally, allowed)?))]
fn fails_in_a_stream(
    xs: impl Iterator<Item = u64>,
    tally: &Tally,
    allowed: bool,
) -> Result<u64, Box<dyn std::error::Error>> {
    let mut sum = 0;
    for x in xs {
        sum += space.get(x);
    }
    Ok(sum)
}

#[batched(workers = workers(), size = 10, scratch(space = Space::connect(tally, allowed).ok()?))]
fn fails_in_batches(xs: &[u64], tally: &Tally, allowed: bool) -> Option<u64> {
    let mut sum = 0;
    for batch in xs {
        for x in batch {
            sum += space.get(*x);
        }
    }
    Some(sum)
}

#[test]
fn a_maker_that_fails_in_a_stream_or_over_batches() {
    let tally = Tally::default();
    across(|n| {
        let xs = items(n);
        let stream = |allowed| {
            fails_in_a_stream(xs.iter().copied(), &tally, allowed).map_err(|e| e.to_string())
        };
        assert_eq!(stream(true), Ok(expected(&xs)));
        assert_eq!(fails_in_batches(&xs, &tally, true), Some(expected(&xs)));
        tally.settled(2 * workers().min(n));
        if n > 0 {
            assert_eq!(stream(false), Err("refused".into()));
            assert_eq!(fails_in_batches(&xs, &tally, false), None);
        }
        tally.settled(0);
    });
}

#[pooled(workers = workers(), scratch(space = Space::new(tally)))]
fn left_early(xs: &[u64], tally: &Tally, at: usize, panics: bool) -> Result<u64, usize> {
    let mut sum = 0;
    for (i, x) in xs.iter().enumerate() {
        if i == at {
            assert!(!panics, "at {i}");
            return Err(i);
        }
        sum += space.get(*x);
    }
    Ok(sum)
}

#[test]
fn dropped_when_the_loop_is_left_by_an_exit_or_a_panic() {
    let tally = Tally::default();
    across(|n| {
        let xs = items(n);
        for at in [0, n / 2, n.saturating_sub(1)] {
            let left = left_early(&xs, &tally, at, false);
            assert_eq!(left, if n > 0 { Err(at) } else { Ok(0) });
            tally.settled(workers().min(n));
        }
    });
    for at in [0, 300, 599] {
        let xs = items(600);
        let panicked =
            catch_unwind(AssertUnwindSafe(|| left_early(&xs, &tally, at, true))).unwrap_err();
        assert_eq!(panicked.downcast_ref::<String>(), Some(&format!("at {at}")));
        tally.settled(workers());
    }
}

/// Two loops of one function: each has its own.
#[pooled(workers = workers())]
fn two_loops(xs: &[u64], tally: &Tally) -> u64 {
    let mut sum = 0;
    #[pooled(scratch(space = Space::new(tally)))]
    for x in xs {
        sum += space.get(*x);
    }
    #[pooled(scratch(space = Space::new(tally)))]
    for x in xs {
        sum += space.get(*x);
    }
    sum / 2
}

#[test]
fn each_of_two_loops_has_its_own() {
    let tally = Tally::default();
    across(|n| {
        let xs = items(n);
        assert_eq!(two_loops(&xs, &tally), expected(&xs));
        assert!(tally.settled(2 * workers().min(n)) >= 2 * usize::from(n > 0));
    });
}

// ---- uses ------------------------------------------------------------------------------------

fn fill(buffer: &mut Vec<u64>, x: u64) {
    buffer.clear();
    buffer.extend([x % 7, x % 11]);
}

fn total(buffer: &[u64]) -> u64 {
    buffer.iter().sum()
}

#[pooled(workers = workers(), scratch(buffer = Vec::new(), count = 0_u64))]
fn by_reference(xs: &[u64]) -> u64 {
    let mut sum = 0;
    for x in xs {
        fill(buffer, *x);
        *count += 1;
        buffer[0] += 1;
        let buffer = &*buffer;
        sum += total(buffer) - u64::from(*count == 0);
    }
    sum
}

#[pooled(workers = workers(), scratch(buffer, count))]
fn by_name(xs: &[u64]) -> u64 {
    let mut buffer = Vec::new();
    let mut count = 0_u64;
    let mut sum = 0;
    for x in xs {
        fill(&mut buffer, *x);
        count += 1;
        buffer[0] += 1;
        let buffer = &buffer;
        sum += total(buffer) - u64::from(count == 0);
    }
    sum
}

#[pooled(workers = workers(), scratch(buffer = Vec::new(), count = 0_u64))]
fn as_if_declared(xs: &[u64]) -> u64 {
    let mut sum = 0;
    for x in xs {
        fill(&mut buffer, *x);
        count += 1;
        buffer[0] += 1;
        let shadow = |buffer: Vec<u64>| total(&buffer);
        sum += shadow(buffer.clone()).max(total(&buffer)) - u64::from(*count == 0);
    }
    sum
}

#[test]
fn used_by_reference_or_by_name() {
    across(|n| {
        let xs = items(n);
        let expected: u64 = xs.iter().map(|x| x % 7 + x % 11 + 1).sum();
        assert_eq!(by_reference(&xs), expected);
        assert_eq!(by_name(&xs), expected);
        assert_eq!(as_if_declared(&xs), expected);
    });
}

// ---- tasks -----------------------------------------------------------------------------------

static SPACES: Tally = Tally { made: AtomicUsize::new(0), dropped: AtomicUsize::new(0) };

#[pooled(workers = 3, scratch(space = Space::new(&SPACES), buffer = Vec::new()))]
fn task(x: u64) -> Task<u64> {
    buffer.clear();
    buffer.push(space.get(x));
    buffer[0]
}

#[batched(workers = 2, size = 5, linger = "1ms", scratch(space = Space::connect(&SPACES, true)?))]
fn batch_task(xs: Vec<u64>) -> Task<Result<u64, String>> {
    Ok(xs.into_iter().map(|x| space.get(x)).collect())
}

#[test]
fn a_task_s_worker_keeps_its_own_until_shutdown() {
    for outcome in join_all((0..500).map(task)) {
        assert!(outcome.unwrap() < 1000);
    }
    let made = SPACES.made.load(Ordering::SeqCst);
    assert!((1..=3).contains(&made), "{made} made for three workers");
    assert_eq!(SPACES.dropped.load(Ordering::SeqCst), 0, "they are kept");
    for outcome in join_all((0..200).map(batch_task)) {
        assert!(outcome.unwrap().is_ok());
    }
    let made = SPACES.made.load(Ordering::SeqCst);
    assert!(made <= 3 + 2, "{made} made for five workers");
    assert!(pool_runtime::shutdown(Duration::from_secs(60)));
    assert_eq!(SPACES.dropped.load(Ordering::SeqCst), made, "gone at shutdown");
}
