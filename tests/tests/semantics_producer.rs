//! Sources that only the calling thread can ask: what holds something that is not `Send`, what a
//! closure captures, writes by index behind a queue, and keys that look at what the loop takes.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use pool_runtime::{batched, bounded, pooled};
use tests::{across, noise, plans, same, twins};

// ---- sources that stay ------------------------------------------------------------------------

/// Lines from a shared tape, as a database's rows: not `Send`.
struct Tape {
    reel: Rc<RefCell<VecDeque<String>>>,
}

impl Tape {
    fn new(n: usize) -> Self {
        let lines = noise(n).map(|x| format!("line {}", x % 100)).collect();
        Self { reel: Rc::new(RefCell::new(lines)) }
    }

    fn read(&mut self) -> Option<String> {
        self.reel.borrow_mut().pop_front()
    }
}

impl Iterator for Tape {
    type Item = String;
    fn next(&mut self) -> Option<String> {
        self.read()
    }
}

twins! { pooled() fn iterated(tape: Tape) -> (usize, BTreeMap<String, usize>) {
    let mut length = 0;
    let mut counts = BTreeMap::new();
    for line in tape {
        length += line.len();
        *counts.entry(line).or_insert(0) += 1;
    }
    (length, counts)
} }

twins! { pooled() fn adapted(tape: Tape) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    for pair in tape.into_iter().skip(1).enumerate().step_by(2) {
        out.push(pair);
    }
    out
} }

twins! { pooled() fn zipped(tape: Tape, xs: &[u64]) -> Vec<(u64, String)> {
    let mut out = Vec::new();
    for (x, line) in xs.iter().copied().zip(tape) {
        out.push((x, line));
    }
    out
} }

twins! { pooled() fn generated(mut tape: Tape) -> Vec<String> {
    let mut out = Vec::new();
    for line in std::iter::from_fn(|| tape.read()) {
        out.push(line);
    }
    out
} }

twins! { pooled() fn condition(mut tape: Tape) -> Vec<usize> {
    let mut out = Vec::new();
    while let Some(line) = tape.read() {
        out.push(line.len());
    }
    out
} }

#[test]
fn iterators_that_are_not_send_stay_with_the_caller() {
    same!(iterated as f => |n| f(Tape::new(n)));
    same!(adapted as f => |n| f(Tape::new(n)));
    same!(zipped as f => |n| f(Tape::new(n), &noise(n / 2).collect::<Vec<_>>()));
    same!(generated as f => |n| f(Tape::new(n)));
    same!(condition as f => |n| f(Tape::new(n)));
}

// ---- what a closure in the source captures ----------------------------------------------------

twins! { pooled() fn logging(xs: &[u64]) -> (u64, Vec<u64>, u64) {
    let log = RefCell::new(Vec::new());
    let calls = Cell::new(0);
    let mut sum = 0;
    for x in xs.iter().map(|x| { log.borrow_mut().push(*x); calls.set(calls.get() + 1); x / 2 }) {
        sum += x;
    }
    (sum, log.into_inner(), calls.get())
} }

twins! { pooled() fn named_before(xs: &[u64], weights: &Rc<Vec<u64>>) -> u64 {
    let heavy = xs.iter().filter(|x| **x % 7 != weights[0]);
    let mut sum = 0;
    for x in heavy {
        sum ^= *x;
    }
    sum
} }

struct Sieve {
    base: Rc<u64>,
}

impl Sieve {
    #[pooled(workers = tests::workers())]
    fn pass(&self, xs: &[u64]) -> Vec<u64> {
        let mut out = Vec::new();
        for x in xs.iter().filter(|x| **x % 3 != *self.base) {
            out.push(x % 10);
        }
        out
    }
}

/// Nothing here keeps the workers from pulling.
#[pooled(workers = tests::workers())]
fn plain_captures(xs: &[u64], factor: u64, words: &[String]) -> u64 {
    let offset = words.len() as u64;
    let mut sum = 0;
    for x in xs.iter().map(|x| (x % 1000) * factor + offset) {
        sum += x;
    }
    sum
}

#[test]
fn closures_over_cells_stay_with_the_caller() {
    same!(logging as f => |n| f(&noise(n).map(|x| x % 1000).collect::<Vec<_>>()));
    same!(named_before as f => |n| f(&noise(n).collect::<Vec<_>>(), &Rc::new(vec![3])));
    across(|n| {
        let xs: Vec<u64> = noise(n).collect();
        let expected: Vec<u64> = xs.iter().filter(|x| **x % 3 != 1).map(|x| x % 10).collect();
        assert_eq!(Sieve { base: Rc::new(1) }.pass(&xs), expected);
        let expected: u64 = xs.iter().map(|x| (x % 1000) * 3 + 1).sum();
        assert_eq!(plain_captures(&xs, 3, &["a".to_owned()]), expected);
    });
}

// ---- writes by index behind a queue -----------------------------------------------------------

twins! { bounded() fn squares(n: usize) -> Vec<u64> {
    let mut out = vec![1; n + 3];
    for i in 2..n {
        out[i] = (i * i) as u64;
        out[i] += 1;
    }
    out
} }

twins! { bounded() fn lengths(words: &[String]) -> (Vec<usize>, usize) {
    let mut out = vec![0; words.len()];
    let mut sum = 0;
    for (i, word) in words.iter().enumerate() {
        out[i] = word.len();
        sum += out[i];
    }
    (out, sum)
} }

twins! { bounded() fn backwards(n: usize) -> Vec<[i32; 2]> {
    let mut out = vec![[0; 2]; n];
    for i in (0..n).rev().step_by(2) {
        out[i][1] = i as i32;
    }
    out
} }

twins! { bounded(on_full = "run") fn until(n: usize, limit: usize) -> Result<Vec<usize>, usize> {
    let mut out = vec![0; n];
    for i in 0..n {
        if i == limit {
            return Err(i);
        }
        out[i] = i;
    }
    Ok(out)
} }

#[test]
fn each_item_of_a_stream_writes_its_own_place() {
    same!(squares as f => |n| f(n));
    same!(lengths as f => |n| f(&noise(n).map(|x| "x".repeat(x as usize % 9)).collect::<Vec<_>>()));
    same!(backwards as f => |n| f(n));
    same!(until as f => |n| f(n, 70));
}

// ---- keys that look at what the loop takes ----------------------------------------------------

#[bounded(queue = items.len() / 2 + 1, workers = items.len().min(3))]
fn queue_of_its_items(items: Vec<u64>) -> u64 {
    let mut sum = 0;
    for item in items {
        sum += item;
    }
    sum
}

#[pooled(chunk = items.len().div_ceil(4))]
fn chunk_of_its_items(items: Vec<u64>) -> u64 {
    let mut sum = 0;
    for item in items {
        sum += item;
    }
    sum
}

#[batched(size = items.len() / 4 + 1, timeout = Duration::from_secs(items.len() as u64))]
fn size_of_its_items(items: Vec<u64>) -> Result<Vec<usize>, pool_runtime::TimedOut> {
    let mut sizes = Vec::new();
    for batch in items {
        sizes.push(batch.len());
    }
    Ok(sizes)
}

#[test]
fn keys_are_computed_before_the_loop_takes_its_items() {
    assert_eq!(queue_of_its_items((0..100).collect()), 4950);
    assert_eq!(chunk_of_its_items((0..100).collect()), 4950);
    assert_eq!(size_of_its_items((0..10).collect()).unwrap(), [3, 3, 3, 1]);
}

// ---- working space ----------------------------------------------------------------------------

static MADE: AtomicUsize = AtomicUsize::new(0);
static ALIVE: AtomicUsize = AtomicUsize::new(0);

struct Connection(u64);

impl Connection {
    fn open() -> Self {
        MADE.fetch_add(1, SeqCst);
        ALIVE.fetch_add(1, SeqCst);
        Self(0)
    }

    fn get(&mut self, x: u64) -> u64 {
        self.0 += 1;
        x * 2
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, SeqCst);
    }
}

#[bounded(workers = tests::workers(), queue = tests::chunk(), scratch(connection = Connection::open()))]
fn streamed(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += connection.get(i);
    }
    sum
}

#[batched(size = 3, linger = "1s", workers = tests::workers(), scratch(connection = Connection::open()))]
fn in_batches(n: u64) -> u64 {
    let mut sum = 0;
    for batch in 0..n {
        for i in batch {
            sum += connection.get(i);
        }
    }
    sum
}

#[pooled(workers = tests::workers(), scratch(connection = Connection::open()))]
fn split(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        if i % 64 == 0 {
            thread::sleep(Duration::from_micros(50));
        }
        sum += connection.get(i);
    }
    sum
}

#[test]
fn no_more_working_spaces_than_workers() {
    plans(|| {
        for work in [streamed, in_batches, split] {
            for n in [0, 1, 500] {
                let made = MADE.load(SeqCst);
                assert_eq!(work(n), n * n.saturating_sub(1));
                let made = MADE.load(SeqCst) - made;
                assert!(made <= tests::workers(), "{made} for {} workers", tests::workers());
                assert_eq!(made == 0, n == 0, "made by the first item, {n} items");
                assert_eq!(ALIVE.load(SeqCst), 0, "dropped when the loop ends");
            }
        }
    });
}

#[derive(Clone)]
struct Link(u64);

impl Link {
    fn try_clone(&self) -> Result<Self, String> {
        if self.0 < 10 { Ok(Self(self.0 + 1)) } else { Err("no more".to_owned()) }
    }
}

fn link(from: u64) -> Result<Link, String> {
    Link(from).try_clone()
}

#[pooled(scratch(link = link(from)?))]
fn named_as_its_maker(n: u64, from: u64) -> Result<u64, String> {
    let mut sum = 0;
    for i in 0..n {
        link.0 ^= i;
        sum += link.0 & 1;
        link.0 ^= i;
    }
    Ok(sum)
}

#[bounded(workers = 2, scratch(link = link.try_clone()?))]
fn made_from_what_it_hides(n: u64, link: Link) -> Result<u64, String> {
    let mut sum = 0;
    for i in 0..n {
        sum += link.0 + i;
    }
    Ok(sum)
}

#[pooled(scratch(buffer))]
fn one_buffer_for_two_loops(xs: &[u64]) -> (usize, Vec<u64>) {
    let mut buffer = Vec::new();
    let mut longest = 0;
    #[pooled]
    for x in xs {
        buffer.clear();
        buffer.extend(0..*x % 5);
        longest = longest.max(buffer.len());
    }
    let mut sums: Vec<u64> = Vec::new();
    #[bounded(queue = 2)]
    for x in xs {
        buffer.clear();
        buffer.extend([*x, 1]);
        sums.push(buffer.iter().sum());
    }
    buffer.clear();
    buffer.extend(sums);
    (longest, buffer)
}

#[test]
fn makers_name_what_they_hide() {
    assert_eq!(named_as_its_maker(100, 1), Ok(50));
    assert_eq!(named_as_its_maker(100, 10), Err("no more".to_owned()));
    assert_eq!(made_from_what_it_hides(4, Link(1)), Ok(14));
    assert_eq!(made_from_what_it_hides(4, Link(10)).ok(), None);
    assert_eq!(one_buffer_for_two_loops(&[7, 4]), (4, vec![8, 5]));
}
