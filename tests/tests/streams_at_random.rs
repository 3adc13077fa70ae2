//! Bounded loops with random sources, bodies, queues, workers and ends, against the sequential
//! loop: the same outcome, no item lost, none dropped twice, and never more of them alive than the
//! contract allows.
//!
//! `STREAMS_SECONDS` says how long each loop is tried; `STREAMS_SEED` where to begin.

#![allow(clippy::while_let_on_iterator, reason = "a spelling of a stream")]

use std::collections::BTreeMap;
use std::env;
use std::hint::{black_box, spin_loop};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::*};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use pool_runtime::{Full, batched, bounded, pooled};
use tests::generate::Random;
use tests::{chunk, plan, watched, workers};

fn number(variable: &str, default: u64) -> u64 {
    env::var(variable).map_or(default, |text| text.parse().expect("a number"))
}

/// How the source, or the body, spends its time.
#[derive(Clone, Copy, Debug)]
enum Pace {
    /// So many pauses an item.
    Even(usize),
    /// So many items at once, then a rest of so many microseconds.
    Bursts(usize, u64),
    /// As often, one that takes so many pauses.
    Uneven(usize, usize),
    /// On other threads than the caller's it takes so many pauses more.
    Elsewhere(usize),
}

impl Pace {
    fn random(random: &mut Random) -> Self {
        match random.below(8) {
            0 => Self::Bursts(1 + random.below(3_000), random.below(900) as u64),
            1 => Self::Bursts(200 + random.below(5_000), 2_000),
            2 => Self::Uneven(1 + random.below(1_000), random.below(5_000)),
            3 | 4 => Self::Elsewhere(10 + random.below(60)),
            5 => Self::Even(random.below(60)),
            _ => Self::Even(random.below(3)),
        }
    }

    fn pass(self, i: usize, load: &Load) {
        match self {
            Self::Even(pauses) => pause(pauses),
            Self::Bursts(items, rest) if i % items == items - 1 => {
                thread::sleep(Duration::from_micros(rest));
            }
            Self::Uneven(items, pauses) if i % items == items - 1 => pause(pauses),
            Self::Elsewhere(more) => load.lock(more),
            _ => {}
        }
    }
}

fn pause(pauses: usize) {
    (0..pauses).for_each(|_| spin_loop());
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Error,
    Return,
    Break,
    Panic,
    SourcePanic,
}

/// One random loop.
#[derive(Debug)]
struct Load {
    n: usize,
    source: Pace,
    body: Pace,
    end: Option<(usize, End)>,
    caller: ThreadId,
    /// What [`Pace::Elsewhere`] fights for.
    taken: AtomicBool,
    alive: AtomicUsize,
    most: AtomicUsize,
}

impl Load {
    fn random(random: &mut Random, most: usize) -> Self {
        const ENDS: [End; 5] = [End::Error, End::Return, End::Break, End::Panic, End::SourcePanic];
        let n = if random.chance(20) { random.below(50) } else { random.below(most) };
        let ends = random.chance(50).then(|| (random.below(n + 1), *random.pick(&ENDS)));
        Self {
            n,
            source: Pace::random(random),
            body: Pace::random(random),
            end: ends,
            caller: thread::current().id(),
            taken: AtomicBool::new(false),
            alive: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        }
    }

    fn lock(&self, more: usize) {
        while self.taken.swap(true, Acquire) {
            thread::yield_now();
        }
        pause(if thread::current().id() == self.caller { 1 } else { more });
        self.taken.store(false, Release);
    }

    fn ends(&self, i: usize, end: End) -> bool {
        self.end == Some((i, end))
    }

    fn items(&self) -> impl Iterator<Item = Item<'_>> {
        let (mut i, mut ended) = (0, false);
        std::iter::from_fn(move || {
            assert!(!ended, "a source that has ended is not asked again");
            if i == self.n {
                ended = true;
                return None;
            }
            if self.ends(i, End::SourcePanic) {
                resume_unwind(Box::new(i));
            }
            self.source.pass(i, self);
            i += 1;
            Some(Item::new(self, i - 1))
        })
    }
}

/// An item that counts those alive.
#[derive(Debug)]
struct Item<'l> {
    i: usize,
    text: String,
    load: &'l Load,
}

impl<'l> Item<'l> {
    fn new(load: &'l Load, i: usize) -> Self {
        let alive = load.alive.fetch_add(1, SeqCst) + 1;
        load.most.fetch_max(alive, SeqCst);
        Self { i, text: format!("{i}"), load }
    }

    /// What the body does with it, if it goes on.
    fn run(&self) -> usize {
        self.load.body.pass(self.i, self.load);
        if self.load.ends(self.i, End::Panic) {
            resume_unwind(Box::new(self.i));
        }
        black_box(&self.text);
        self.i
    }
}

impl Drop for Item<'_> {
    fn drop(&mut self) {
        self.load.alive.fetch_sub(1, SeqCst);
    }
}

#[derive(Debug, PartialEq)]
enum Failure {
    Bad(usize),
    Full(usize),
}

impl From<Full> for Failure {
    fn from(full: Full) -> Self {
        Self::Full(full.queue())
    }
}

fn fails(i: usize) -> Result<usize, Failure> {
    Err(Failure::Bad(i))
}

#[derive(Debug, Default, PartialEq)]
struct Seen {
    sum: usize,
    high: usize,
    list: Vec<usize>,
    text: String,
    keyed: BTreeMap<usize, Vec<usize>>,
    lost: usize,
}

type Outcome = Result<Option<usize>, Failure>;

/// A loop, plain and with each of the attributes.
macro_rules! twins {
    ($(
        $($name:ident, [$($attribute:tt)*],)+
        |$load:ident, $seen:ident| $body:block
    )*) => { $($(
        mod $name {
            use super::*;
            pub(super) fn plain($load: &Load, $seen: &mut Seen) -> Outcome { $body }
            #[$($attribute)*]
            pub(super) fn annotated($load: &Load, $seen: &mut Seen) -> Outcome { $body }
        }
    )+)* };
}

twins! {
    blocks, [bounded(workers = workers(), queue = chunk())],
    runs, [bounded(workers = workers(), queue = chunk(), on_full = "run")],
    |load, seen| {
        for item in load.items() {
            let i = item.run();
            if load.ends(i, End::Error) {
                fails(i)?;
            }
            if load.ends(i, End::Return) {
                return Ok(Some(i));
            }
            if load.ends(i, End::Break) {
                break;
            }
            seen.sum += i;
            seen.high = seen.high.max(i);
            seen.list.push(i);
            seen.keyed.entry(i % 7).or_default().push(i);
        }
        Ok(None)
    }

    sums, [bounded(workers = workers(), queue = chunk())], |load, seen| {
        for item in load.items() {
            seen.sum += item.run();
        }
        Ok(None)
    }

    pulls, [pooled(workers = workers())], |load, seen| {
        for item in load.items().filter(|item| item.i % 11 != 5) {
            let i = item.run();
            if load.ends(i, End::Error) {
                fails(i)?;
            }
            if load.ends(i, End::Break) {
                break;
            }
            seen.sum += i;
            seen.list.push(i);
        }
        Ok(None)
    }

    asks, [bounded(workers = workers(), queue = chunk())], |load, seen| {
        let mut items = load.items();
        while let Some(item) = items.next() {
            let i = item.run();
            if load.ends(i, End::Break) {
                break;
            }
            seen.sum += i;
            seen.list.push(i);
        }
        Ok(None)
    }
}

mod orders {
    use super::*;

    pub(super) fn plain(load: &Load, seen: &mut Seen) -> Outcome {
        for item in load.items() {
            let i = item.run();
            if load.ends(i, End::Error) {
                fails(i)?;
            }
            seen.text.push_str(&item.text);
            seen.high = i.max(seen.high);
        }
        Ok(None)
    }

    #[bounded(workers = workers(), queue = chunk())]
    pub(super) fn annotated(load: &Load, seen: &mut Seen) -> Outcome {
        for item in load.items() {
            let i = item.run();
            if load.ends(i, End::Error) {
                fails(i)?;
            }
            #[ordered]
            {
                seen.text.push_str(&item.text);
                seen.high = i.max(seen.high);
            }
        }
        Ok(None)
    }
}

mod batches {
    use super::*;

    pub(super) fn plain(load: &Load, seen: &mut Seen) -> Outcome {
        for item in load.items() {
            let i = item.run();
            seen.sum += i;
            seen.list.push(i);
        }
        Ok(None)
    }

    #[bounded(workers = workers(), queue = chunk())]
    #[batched(size = 37)]
    pub(super) fn annotated(load: &Load, seen: &mut Seen) -> Outcome {
        for batch in load.items() {
            let mut list = Vec::new();
            for item in &batch {
                list.push(item.run());
            }
            seen.sum += list.iter().sum::<usize>();
            seen.list.extend(list);
        }
        Ok(None)
    }
}

/// A loop that counts what it loses.
macro_rules! lossy {
    ($($name:ident, $policy:literal;)*) => { $(
        #[bounded(workers = workers(), queue = chunk(), on_full = $policy, dropped = lost)]
        fn $name(load: &Load, seen: &mut Seen) -> Outcome {
            let mut lost = 0;
            for item in load.items() {
                let i = item.run();
                seen.sum += i;
                seen.list.push(i);
            }
            seen.lost = lost;
            Ok(None)
        }
    )* };
}

lossy! {
    drops, "drop";
    drops_oldest, "drop_oldest";
}

#[bounded(workers = workers(), queue = chunk(), on_full = "error")]
fn refuses(load: &Load, seen: &mut Seen) -> Outcome {
    for item in load.items() {
        let i = item.run();
        seen.sum += i;
        seen.list.push(i);
    }
    Ok(None)
}

type Loop = fn(&Load, &mut Seen) -> Outcome;

/// What a loop does; the payload, if it panics.
fn outcome(run: Loop, load: &Load) -> (Result<Outcome, usize>, Seen) {
    let mut seen = Seen::default();
    let value = catch_unwind(AssertUnwindSafe(|| run(load, &mut seen)));
    let value = value.map_err(|payload| *payload.downcast::<usize>().expect("the load's own"));
    assert_eq!(load.alive.load(SeqCst), 0, "every item is dropped once");
    (value, seen)
}

/// Calls `check` with random loads and plans.
fn try_at_random(name: &str, mut check: impl FnMut(&Load, usize, usize)) {
    const WORKERS: [usize; 5] = [1, 2, 2, 3, 8];
    const QUEUES: [usize; 6] = [1, 2, 7, 100, 500, 5_000];
    let seed = number("STREAMS_SEED", 1) ^ name.bytes().map(u64::from).sum::<u64>() << 32;
    let mut random = Random::new(seed);
    let end = Instant::now() + Duration::from_secs(number("STREAMS_SECONDS", 2));
    while Instant::now() < end {
        let load = Load::random(&mut random, 20_000);
        let (workers, queue) = (*random.pick(&WORKERS), *random.pick(&QUEUES));
        plan(workers, queue);
        watched(|| check(&load, workers, queue));
    }
}

/// Most items that a worker has at a time, beside the one in its body.
const CLAIM: usize = 64;

macro_rules! as_the_plain_loop {
    ($($name:ident, $waiting:expr;)*) => { $(
        #[test]
        fn $name() {
            try_at_random(stringify!($name), |load, workers, queue| {
                let expected = outcome($name::plain, load);
                load.most.store(0, SeqCst);
                let (value, seen) = outcome($name::annotated, load);
                let case = format!("{load:?}, {workers} workers, queue {queue}");
                assert_eq!(value, expected.0, "{case}");
                if value.is_ok() {
                    assert_eq!(seen, expected.1, "{case}");
                }
                let waiting: fn(usize) -> usize = $waiting;
                let most = waiting(queue) + workers * (1 + CLAIM);
                assert!(load.most.load(SeqCst) <= most, "more than {most} at once: {case}");
            });
        }
    )* };
}

as_the_plain_loop! {
    blocks, |queue| queue;
    runs, |queue| queue;
    sums, |queue| queue;
    orders, |queue| queue;
    asks, |queue| queue;
    pulls, |_| usize::MAX / 2;
    batches, |queue| queue.max(37);
}

/// Loops that give items up: those that ran stand in order, and all are accounted for.
fn gives_up(name: &str, run: Loop, check: impl Fn(&Load, &Seen)) {
    try_at_random(name, |load, workers, queue| {
        let (value, seen) = outcome(run, load);
        let case = format!("{load:?}, {workers} workers, queue {queue}");
        match (value, load.end) {
            (Ok(value), _) => {
                assert_eq!(value, Ok(None), "{case}");
                assert!(seen.list.is_sorted_by(|a, b| a < b), "{case}");
                assert_eq!(seen.sum, seen.list.iter().sum::<usize>(), "{case}");
                assert_eq!(seen.list.len() + seen.lost, load.n, "{case}");
                check(load, &seen);
            }
            (Err(i), Some((at, End::Panic | End::SourcePanic))) => assert_eq!(i, at, "{case}"),
            (Err(_), _) => panic!("nothing panics in {case}"),
        }
    });
}

#[test]
fn drop_drops() {
    gives_up("drop", drops, |_, _| {});
}

#[test]
fn drop_oldest_drops_the_oldest() {
    gives_up("drop_oldest", drops_oldest, |load, seen| {
        assert_eq!(seen.list.last().copied(), load.n.checked_sub(1), "the newest one runs");
    });
}

#[test]
fn error_says_how_many_waited() {
    try_at_random("error", |load, workers, queue| {
        let (value, seen) = outcome(refuses, load);
        let case = format!("{load:?}, {workers} workers, queue {queue}");
        match value {
            Ok(Ok(_)) => assert!(seen.list.iter().copied().eq(0..load.n), "{case}"),
            Ok(Err(failure)) => {
                assert_eq!(failure, Failure::Full(queue), "{case}");
                assert!(seen.list.iter().copied().eq(0..seen.list.len()), "a prefix: {case}");
            }
            Err(i) => assert!(matches!(load.end, Some((at, _)) if at == i), "{case}"),
        }
    });
}
