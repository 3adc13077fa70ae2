//! Bounded loops: the calling thread produces, memory stays bounded, drops are counted, ordered
//! sections run in the source's order.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::{BufRead, Cursor};
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use pool_runtime::{Full, TimedOut, bounded, pooled};
use tests::{LARGE, across, noise, plans, same, twins, watched};

fn small(length: usize) -> Vec<u64> {
    noise(length).map(|x| x % 1000).collect()
}

// ---- the same as the sequential loop ---------------------------------------------------------

twins! { bounded() fn sum(xs: &[u64]) -> (u64, Vec<u64>, BTreeMap<u64, u64>, String) {
    let mut sum = 0;
    let mut odd = Vec::new();
    let mut counts = BTreeMap::new();
    let mut text = String::new();
    for &x in xs {
        sum += x;
        if x % 2 == 1 {
            odd.push(x);
        }
        *counts.entry(x % 10).or_insert(0) += x;
        write!(text, "{x} ").unwrap();
    }
    (sum, odd, counts, text)
} }

#[test]
fn accumulators_over_a_slice() {
    same!(sum as f => |n| f(&small(n)));
}

twins! { bounded() fn not_send(n: usize) -> (usize, Vec<usize>) {
    let log = Rc::new(Cell::new(0));
    let seen = Rc::clone(&log);
    let mut out = Vec::new();
    for x in (0..n).inspect(move |x| seen.set(seen.get() + x)) {
        out.push(x * 2);
    }
    (log.get(), out)
} }

#[test]
fn an_iterator_that_cannot_leave_its_thread() {
    same!(not_send as f => |n| f(n));
}

twins! { bounded() fn lines(log: Cursor<String>) -> std::io::Result<(u64, usize)> {
    let mut sum = 0;
    let mut lines = 0;
    for line in log.lines() {
        let line = line?;
        lines += 1;
        sum += line.trim().parse::<u64>().map_err(std::io::Error::other)?;
    }
    Ok((sum, lines))
} }

#[test]
fn lines_of_a_reader_with_and_without_a_bad_one() {
    same!(lines as f => |n| {
        let text = small(n).iter().map(|x| format!(" {x}\n")).collect::<String>();
        let bad = format!("{text}x\n{text}");
        (f(Cursor::new(text)).map_err(|e| e.to_string()), f(Cursor::new(bad)).map_err(|e| e.to_string()))
    });
}

twins! { bounded() fn pop(mut stack: Vec<u64>) -> Vec<u64> {
    let mut out = Vec::new();
    while let Some(x) = stack.pop() {
        if x == 3 {
            continue;
        }
        out.push(x + 1);
    }
    out
} }

#[test]
fn while_let_as_a_stream() {
    same!(pop as f => |n| f(small(n)));
}

twins! { bounded() fn leave(xs: &[u64], limit: u64) -> (u64, Option<usize>) {
    let mut sum = 0;
    let mut at = None;
    for (i, &x) in xs.iter().enumerate() {
        if x > limit {
            break;
        }
        sum += x;
        at = at.max(Some(i));
    }
    (sum, at)
} }

#[test]
fn break_holds_exactly_the_items_before_it() {
    same!(leave as f => |n| [0, 500, 990, 1000].map(|limit| f(&small(n), limit)));
}

twins! { bounded() fn endless(limit: usize) -> Result<Vec<usize>, usize> {
    let mut out = Vec::new();
    for i in (0..).map(|i| i * 3) {
        if i > 10 * limit {
            return Err(i);
        }
        if i > limit {
            break;
        }
        out.push(i);
    }
    Ok(out)
} }

#[test]
fn an_infinite_source_with_break() {
    same!(endless as f => |n| f(n));
}

twins! { bounded(scratch(buf)) fn with_scratch(xs: &[u64]) -> Vec<usize> {
    let mut buf = String::new();
    let mut out = Vec::new();
    for x in xs {
        buf.clear();
        buf.push_str("item ");
        buf += &x.to_string();
        out.push(buf.len());
    }
    out
} }

#[test]
fn scratch_in_a_stream() {
    same!(with_scratch as f => |n| f(&small(n)));
}

#[bounded(queue = 7)]
#[pooled(workers = tests::workers(), chunk = tests::chunk())]
fn stacked(xs: impl Iterator<Item = u64>) -> f64 {
    let mut sum = 0.0;
    for x in xs {
        sum += 1.0 / (x + 1) as f64;
    }
    sum
}

#[test]
fn float_sums_of_a_stream_do_not_depend_on_workers() {
    let mut by_chunk = BTreeMap::new();
    plans(|| {
        let sum = stacked(noise(LARGE)).to_bits();
        assert_eq!(*by_chunk.entry(tests::chunk()).or_insert(sum), sum);
    });
}

// ---- memory ----------------------------------------------------------------------------------

static ALIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

struct Counted;

impl Counted {
    fn new() -> Self {
        PEAK.fetch_max(ALIVE.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

#[bounded(workers = 3, queue = 20)]
fn lagging(items: impl Iterator<Item = Counted>, lag: Duration) -> usize {
    let mut seen = 0;
    for item in items {
        thread::sleep(lag);
        drop(item);
        seen += 1;
    }
    seen
}

#[test]
fn no_more_items_exist_than_queue_and_workers_hold() {
    watched(|| {
        for (count, lag) in [(200, Duration::from_micros(200)), (200_000, Duration::ZERO)] {
            PEAK.store(0, Ordering::SeqCst);
            assert_eq!(lagging((0..count).map(|_| Counted::new()), lag), count);
            assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
            // Each worker holds one item and at most one hand-over of 64.
            assert!(PEAK.load(Ordering::SeqCst) <= 20 + 3 * 65, "{PEAK:?}");
        }
    });
}

// ---- what happens when the queue is full -----------------------------------------------------

#[bounded(workers = 2, queue = 4, on_full = "drop", dropped = lost)]
fn drop_new(n: usize, lag: Duration) -> (Vec<usize>, usize) {
    let mut handled = Vec::new();
    let mut lost = 0;
    for i in 0..n {
        thread::sleep(lag);
        handled.push(i);
    }
    (handled, lost)
}

#[bounded(workers = 2, queue = 4, on_full = "drop_oldest", dropped = lost)]
fn drop_oldest(n: usize, lag: Duration) -> (Vec<usize>, u64) {
    let mut handled = Vec::new();
    let mut lost = 5;
    for i in 0..n {
        thread::sleep(lag);
        handled.push(i);
    }
    (handled, lost)
}

#[test]
fn offered_is_handled_plus_dropped() {
    watched(|| {
        for round in 0..20 {
            let lag = Duration::from_micros(round * 50);
            let (handled, lost) = drop_new(500, lag);
            assert_eq!(handled.len() + lost, 500);
            assert!(handled.is_sorted(), "in the source's order");
            let (handled, lost) = drop_oldest(500, lag);
            assert_eq!(handled.len() as u64 + lost - 5, 500);
            assert!(handled.is_sorted(), "in the source's order");
            assert_eq!(handled.last(), Some(&499), "the newest is never dropped");
        }
    });
}

#[bounded(workers = 1, queue = 3, on_full = "drop", dropped = lost)]
fn blocked_worker(
    gate: &Mutex<mpsc::Receiver<()>>,
    open: mpsc::Sender<()>,
    n: usize,
) -> (usize, usize) {
    let mut handled = 0;
    let mut lost = 0;
    for _ in (0..n).inspect(|i| {
        if i + 1 == n {
            open.send(()).unwrap()
        }
    }) {
        if handled_first(gate) {
            handled += 1;
        }
    }
    (handled, lost)
}

/// The first item waits until the source has been read to its end.
fn handled_first(gate: &Mutex<mpsc::Receiver<()>>) -> bool {
    static OPEN: AtomicUsize = AtomicUsize::new(0);
    if OPEN.load(Ordering::SeqCst) == 0 {
        gate.lock().unwrap().recv().unwrap();
        OPEN.store(1, Ordering::SeqCst);
    }
    true
}

#[test]
fn a_producer_that_drops_never_waits() {
    watched(|| {
        let (open, gate) = mpsc::channel();
        let (handled, lost) = blocked_worker(&Mutex::new(gate), open, 1_000);
        assert_eq!(handled + lost, 1_000);
        assert!(
            handled <= 1 + 64 + 3 + 1,
            "{handled} were handled by one blocked worker and a queue of 3"
        );
    });
}

#[bounded(workers = 2, queue = 2, on_full = "run")]
fn run_when_full(xs: &[u64]) -> (u64, Vec<u64>) {
    let mut sum = 0;
    let mut out = Vec::new();
    for &x in xs {
        sum += x;
        out.push(x);
    }
    (sum, out)
}

#[test]
fn a_producer_that_runs_items_loses_none() {
    across(|n| {
        let xs = small(n);
        assert_eq!(run_when_full(&xs), (xs.iter().sum(), xs.clone()));
    });
}

#[derive(Debug, PartialEq)]
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

#[bounded(workers = 1, queue = 2, on_full = "error")]
fn error_when_full(n: usize, lag: Duration) -> Result<usize, Failure> {
    let mut sum = 0;
    for i in 0..n {
        thread::sleep(lag);
        sum += i;
    }
    Ok(sum)
}

#[test]
fn a_full_queue_may_end_the_loop() {
    watched(|| {
        assert_eq!(error_when_full(1, Duration::ZERO), Ok(0));
        assert_eq!(error_when_full(1_000, Duration::from_millis(2)), Err(Failure::Full));
    });
}

#[bounded(workers = 2, queue = 4, timeout = "50ms")]
fn late(n: usize, lag: Duration) -> Result<usize, Failure> {
    let mut sum = 0;
    for i in 0..n {
        thread::sleep(lag);
        sum += i;
    }
    Ok(sum)
}

#[test]
fn a_timeout_ends_a_stream() {
    watched(|| {
        assert_eq!(late(3, Duration::ZERO), Ok(3));
        assert_eq!(late(1_000_000, Duration::from_millis(5)), Err(Failure::Late));
    });
}

// ---- errors and panics stop the producer -----------------------------------------------------

#[bounded(workers = 2, queue = 8)]
fn fail_at(read: &AtomicUsize, at: usize) -> Result<(), usize> {
    for i in (0..1_000_000).inspect(|_| {
        read.fetch_add(1, Ordering::SeqCst);
    }) {
        if i == at {
            return Err(i);
        }
    }
    Ok(())
}

#[test]
fn the_rest_of_the_source_is_not_consumed_after_an_error() {
    watched(|| {
        for at in [0, 1, 100, 5_000] {
            let read = AtomicUsize::new(0);
            assert_eq!(fail_at(&read, at), Err(at));
            assert!(read.into_inner() < 500_000);
        }
    });
}

#[bounded(workers = 2, queue = 8)]
fn panic_at(items: impl Iterator<Item = usize>, at: usize) {
    for i in items {
        assert!(i != at, "item {i}");
    }
}

#[test]
fn a_panic_in_a_worker_reaches_the_producer() {
    watched(|| {
        for at in [0, 1, 100, 5_000] {
            let outcome = std::panic::catch_unwind(|| panic_at(0.., at));
            let payload = outcome.expect_err("the body panics");
            assert_eq!(payload.downcast_ref::<String>(), Some(&format!("item {at}")));
        }
    });
}
