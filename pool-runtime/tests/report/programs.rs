//! The programs that the tests run, each in a process of its own.

use std::process::exit;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use pool_runtime::{Accumulate, Admission, Errors, Task, batched, bounded, join_all, pooled};

#[pooled(workers = 2, name = "summing")]
fn sum(values: &[u64]) -> u64 {
    let mut sum = 0_u64;
    for value in values {
        sum ^= value.wrapping_mul(*value);
    }
    sum
}

#[test]
#[ignore = "a program"]
fn program_sum() {
    let values: Vec<u64> = (0..4_000_000).collect();
    assert_ne!(sum(&values), 0);
}

#[test]
#[ignore = "a program"]
fn program_exits() {
    assert_eq!(sum(&[1, 2, 4]), 21);
    exit(3);
}

#[pooled(workers = 2)]
fn panics(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        assert!(i < 500, "five hundred");
        sum += i;
    }
    sum
}

#[test]
#[ignore = "a program"]
fn program_panics() {
    panics(1000);
}

#[pooled(workers = 4)]
fn waits(n: u64) {
    for _ in 0..n {
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
#[ignore = "a program"]
fn program_waits() {
    waits(40);
}

#[bounded(workers = 2, queue = 4, on_full = "drop", dropped = lost)]
fn drops(n: u64) -> u64 {
    let mut lost = 0_u64;
    for _ in 0..n {
        thread::sleep(Duration::from_millis(1));
    }
    lost
}

#[test]
#[ignore = "a program"]
fn program_drops() {
    assert!(drops(1000) > 0);
}

#[bounded(workers = 2, queue = 8)]
fn starves(n: u64) {
    for _ in (0..n).inspect(|_| thread::sleep(Duration::from_millis(3))) {
        std::hint::black_box(0);
    }
}

#[test]
#[ignore = "a program"]
fn program_starves() {
    starves(40);
}

#[pooled(workers = 4, chunk = 1000)]
fn large_chunk(n: u64) {
    for _ in 0..n {
        thread::sleep(Duration::from_micros(100));
    }
}

#[test]
#[ignore = "a program"]
fn program_large_chunk() {
    // Bodies that sleep: whether a machine has cores to spare does not matter.
    large_chunk(1100);
}

#[pooled(workers = 2)]
fn tiny(values: &[u64]) -> u64 {
    let mut sum = 0;
    for value in values {
        sum += *value;
    }
    sum
}

#[test]
#[ignore = "a program"]
fn program_tiny() {
    for _ in 0..10_000 {
        std::hint::black_box(tiny(std::hint::black_box(&[1; 20])));
    }
}

/// Keeps a processor for that long.
fn spin(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        std::hint::spin_loop();
    }
}

const fn us(us: u64) -> Duration {
    Duration::from_micros(us)
}

#[pooled(workers = pool_runtime::report().cores)]
fn healthy(n: u64) {
    for _ in 0..n {
        spin(us(50));
    }
}

#[test]
#[ignore = "a program"]
fn program_healthy() {
    healthy(500 * pool_runtime::report().cores as u64);
}

#[pooled(workers = 2, chunk = 1)]
fn small_chunk(values: &[f64]) -> f64 {
    let mut sum = 0.0;
    for value in values {
        sum += value.sqrt();
    }
    sum
}

#[test]
#[ignore = "a program"]
fn program_small_chunk() {
    let values: Vec<f64> = (0..1_000_000).map(f64::from).collect();
    assert!(small_chunk(&values) > 0.0);
}

#[pooled(workers = 2)]
fn serial_source(n: u64) -> u64 {
    let mut sum = 0;
    for i in (0..n).filter(|_| {
        spin(us(50));
        true
    }) {
        spin(us(5));
        sum += i;
    }
    sum
}

#[test]
#[ignore = "a program"]
fn program_serial_source() {
    assert_eq!(serial_source(1000), 499_500);
}

/// Putting two of these together takes as long as making them.
#[derive(Clone)]
struct Slow(u64);

impl Slow {
    fn add(&mut self, i: u64) {
        spin(us(10));
        self.0 += i;
    }
}

impl Accumulate for Slow {
    fn fresh(&self) -> Self {
        Self(0)
    }
    fn merge(&mut self, later: Self) {
        spin(us(500));
        self.0 += later.0;
    }
}

#[pooled(workers = 2, chunk = 10, reduce(slow))]
fn merges(n: u64) -> Slow {
    let mut slow = Slow(0);
    for i in 0..n {
        slow.add(i);
    }
    slow
}

#[test]
#[ignore = "a program"]
fn program_merges() {
    assert_eq!(merges(1000).0, 499_500);
}

#[pooled(workers = 4)]
fn turns(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        spin(us(10));
        #[ordered]
        {
            thread::sleep(Duration::from_millis(1));
            sum += i;
        }
    }
    sum
}

#[test]
#[ignore = "a program"]
fn program_turns() {
    assert_eq!(turns(50), 1225);
}

#[pooled(workers = 2)]
fn lock(n: u64, lock: &Mutex<u64>) {
    for i in 0..n {
        let mut sum = lock.lock().unwrap();
        spin(us(200));
        *sum += i;
    }
}

#[test]
#[ignore = "a program"]
fn program_lock() {
    lock(200, &Mutex::default());
}

#[pooled(workers = 2)]
fn imbalance(n: u64) {
    for i in 0..n {
        spin(us(if i == n - 1 { 60_000 } else { 100 }));
    }
}

#[test]
#[ignore = "a program"]
fn program_imbalance() {
    imbalance(100);
}

#[bounded(workers = 1, queue = 8)]
fn blocks(n: u64) {
    for _ in 0..n {
        spin(us(2_000));
    }
}

#[test]
#[ignore = "a program"]
fn program_blocks() {
    blocks(60);
}

#[pooled(workers = 4 * pool_runtime::report().cores)]
fn crowds(n: u64) {
    for _ in 0..n {
        spin(us(2_000));
    }
}

#[test]
#[ignore = "a program"]
fn program_crowds() {
    crowds(200);
}

/// All workers of the pool are at work on the loop around these: no helper comes.
#[pooled(name = "inner")]
fn inner(n: u64) {
    for _ in 0..n {
        spin(us(20));
    }
}

#[test]
#[ignore = "a program"]
fn program_gains_nothing() {
    let cores = pool_runtime::Pool::global().workers() as u64;
    outer(cores);
}

#[pooled(chunk = 1, name = "outer")]
fn outer(n: u64) {
    for _ in 0..n {
        inner(1_000);
    }
}

#[pooled(workers = 2, errors = "all")]
fn fails(n: u64) -> Result<(), Errors<u64>> {
    for i in 0..n {
        if i % 2 == 1 {
            Err(i)?;
        }
    }
    Ok(())
}

#[test]
#[ignore = "a program"]
fn program_fails() {
    assert_eq!(fails(1000).unwrap_err().len(), 500);
}

static ORDER: Mutex<Vec<u32>> = Mutex::new(Vec::new());

#[pooled(workers = 3)]
fn note(n: u32) -> Task<thread::ThreadId> {
    ORDER.lock().unwrap().push(n);
    thread::current().id()
}

#[batched(workers = 2, size = 4)]
fn note_all(numbers: Vec<u32>) -> Task<()> {
    ORDER.lock().unwrap().extend(numbers);
}

#[bounded(workers = 2, queue = 2)]
fn note_some(n: u32) -> Admission {
    ORDER.lock().unwrap().push(n);
}

#[pooled(workers = 4)]
fn threads(n: u64) -> Vec<(u64, thread::ThreadId)> {
    let mut seen = Vec::new();
    for i in 0..n {
        thread::sleep(Duration::from_micros(200));
        seen.push((i, thread::current().id()));
    }
    seen
}

#[test]
#[ignore = "a program"]
fn program_serial() {
    let me = thread::current().id();
    assert!(threads(50).iter().enumerate().all(|(at, seen)| *seen == (at as u64, me)));
    for n in 0..5 {
        let task = note(n);
        assert_eq!(ORDER.lock().unwrap().last(), Some(&n), "it ran when it was submitted");
        assert_eq!(task.join().unwrap(), me);
    }
    let all: Vec<_> = (5..10).map(note_all).collect();
    assert_eq!(ORDER.lock().unwrap().len(), 10, "before anybody waits");
    join_all(all);
    for n in 10..15 {
        assert!(matches!(note_some(n), Admission::Accepted));
    }
    assert_eq!(*ORDER.lock().unwrap(), (0..15).collect::<Vec<_>>());
}

#[test]
#[ignore = "a program"]
fn program_tasks() {
    let tasks: Vec<_> = (0..200).map(note).collect();
    assert_eq!(join_all(tasks).len(), 200);
}

/// Joins its two halves, on its own worker if they still wait.
#[pooled(workers = 2)]
fn halve(n: u32) -> Task<u32> {
    if n < 2 {
        return n;
    }
    let halves = [halve(n / 2), halve(n - n / 2)];
    halves.map(|half| half.join().unwrap()).iter().sum()
}

static GATE: Mutex<()> = Mutex::new(());

#[pooled(workers = 1)]
fn pass(n: u32) -> Task<u32> {
    let _open = GATE.lock().unwrap();
    n
}

/// Whoever has joined a task finds it in the report.
#[test]
#[ignore = "a program"]
fn program_counts_tasks() {
    pool_runtime::measure(true);
    let counters = |name: &str| {
        let sites = pool_runtime::sites();
        sites.into_iter().find(|site| site.name == name).unwrap().counters
    };
    for round in 1..=500 {
        assert_eq!(join_all((0..20).map(note)).len(), 20);
        assert_eq!(counters("note").items, 20 * round);
    }
    // A tree with 64 leaves has 127 nodes, wherever they run.
    for round in 1..=20 {
        assert_eq!(halve(64).join().unwrap(), 64);
        let counters = counters("halve");
        assert_eq!((counters.entries, counters.items), (127 * round, 127 * round));
        // Of the first 1,024 calls, each is measured.
        if 127 * round <= 1024 {
            assert_eq!(counters.latency.unwrap().queued.samples, 127 * round);
        }
    }
    let closed = GATE.lock().unwrap();
    let mut tasks: Vec<_> = (0..100).map(pass).collect();
    let cancelled = tasks.split_off(10);
    assert!(cancelled.iter().all(Task::cancel));
    drop(closed);
    assert_eq!(join_all(tasks).len(), 10);
    pool_runtime::drain();
    assert_eq!((counters("pass").entries, counters("pass").items), (100, 10));
}

#[test]
#[ignore = "a program"]
fn program_workers() {
    assert_eq!(pool_runtime::Pool::global().workers(), 7);
}
