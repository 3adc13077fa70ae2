//! Loops left by errors, `return`, `break` and panics at random positions, on random numbers of
//! workers and chunks, against the sequential loop: the same outcome, and the same accumulators.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pool_runtime::{Errors, TimedOut, bounded, pooled};
use tests::generate::Random;
use tests::{chunk, plan, watched, workers};

/// How many cases each source is tried with.
const CASES: usize = 1_500;

/// What the body does at some positions.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    Error,
    Return,
    Break,
    Panic,
    Skip,
}

type Acts = Vec<(usize, Act)>;

fn act(acts: &Acts, i: usize) -> Option<Act> {
    acts.iter().find(|(position, _)| *position == i).map(|(_, act)| *act)
}

fn random_acts(random: &mut Random, len: usize) -> Acts {
    const ACTS: [Act; 5] = [Act::Error, Act::Return, Act::Break, Act::Panic, Act::Skip];
    (0..random.below(6)).map(|_| (random.below(len + 1), *random.pick(&ACTS))).collect()
}

#[derive(Debug, PartialEq)]
struct Bad(usize);

#[derive(Debug, PartialEq)]
enum Failure {
    Bad(Bad),
    Late,
}

impl From<Bad> for Failure {
    fn from(bad: Bad) -> Self {
        Self::Bad(bad)
    }
}

impl From<TimedOut> for Failure {
    fn from(_: TimedOut) -> Self {
        Self::Late
    }
}

fn fails(i: usize) -> Result<usize, Bad> {
    Err(Bad(i))
}

/// What the loop accumulates, in every order that accumulators are put together.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    sum: usize,
    high: usize,
    list: Vec<usize>,
    text: String,
    keyed: BTreeMap<usize, Vec<usize>>,
    bins: [u32; 5],
    /// A sum that depends on its grouping; only compared between runs.
    float: f64,
}

impl Seen {
    fn new() -> Self {
        Self {
            sum: 3,
            high: 1,
            list: vec![9],
            text: String::from("<"),
            keyed: BTreeMap::from([(2, vec![77])]),
            bins: [1, 0, 0, 0, 2],
            float: 0.5,
        }
    }

    /// All but what depends on where blocks begin.
    fn exact(mut self) -> Self {
        self.float = 0.0;
        self
    }
}

/// One loop over one source, plain and annotated.
macro_rules! loops {
    ($($name:ident, [$($attribute:tt)*], $n:ident => $source:expr;)*) => { $(
        mod $name {
            use super::*;
            loops! { @one plain, [], $n => $source }
            loops! { @one annotated, [#[$($attribute)*]], $n => $source }

            #[test]
            fn is_left_as_in_the_sequential_loop() {
                watched(|| try_all(plain, annotated, stringify!($name)));
            }
        }
    )* };
    (@one $twin:ident, [$($attributes:tt)*], $n:ident => $source:expr) => {
        $($attributes)*
        pub(super) fn $twin(
            $n: usize,
            acts: &Acts,
            seen: &mut Seen,
        ) -> Result<Option<usize>, Failure> {
            for i in $source {
                match act(acts, i) {
                    Some(Act::Error) => {
                        fails(i)?;
                    }
                    Some(Act::Return) => return Ok(Some(i)),
                    Some(Act::Break) => break,
                    Some(Act::Panic) => resume_unwind(Box::new(i)),
                    Some(Act::Skip) => continue,
                    None => {}
                }
                seen.sum += i;
                seen.high = seen.high.max(i);
                seen.list.push(i);
                write!(seen.text, "{i},").unwrap();
                seen.keyed.entry(i % 7).or_default().push(i);
                seen.bins[i % 5] += 1;
                seen.float += 1.0 / (i as f64 + 0.3);
            }
            Ok(None)
        }
    };
}

loops! {
    range, [pooled(workers = workers(), chunk = chunk())], n => 0..n;
    backwards, [pooled(workers = workers(), chunk = chunk())], n => (0..n).rev();
    owned, [pooled(workers = workers(), chunk = chunk())], n => (0..n).collect::<Vec<_>>();
    zipped, [pooled(workers = workers(), chunk = chunk())],
        n => (0..n).zip(vec![1; n]).map(|(i, _)| i);
    pulled, [pooled(workers = workers(), chunk = chunk())], n => (0..n).filter(|i| i % 11 != 5);
    produced, [bounded(workers = workers(), queue = chunk())], n => 0..n;
    helped, [bounded(workers = workers(), queue = chunk(), on_full = "run")], n => 0..n;
    in_time, [pooled(workers = workers(), chunk = chunk(), timeout = "10min")], n => 0..n;
}

type Twin = fn(usize, &Acts, &mut Seen) -> Result<Option<usize>, Failure>;

/// What a twin does; the payload, if it panics.
fn outcome(
    twin: Twin,
    n: usize,
    acts: &Acts,
) -> (Result<Result<Option<usize>, Failure>, usize>, Seen) {
    let mut seen = Seen::new();
    let value = catch_unwind(AssertUnwindSafe(|| twin(n, acts, &mut seen)));
    let value = value.map_err(|payload| *payload.downcast::<usize>().expect("the body's own"));
    (value, seen)
}

fn try_all(plain: Twin, annotated: Twin, name: &str) {
    let mut random = Random::new(name.bytes().map(u64::from).sum());
    for _ in 0..CASES {
        let n = 1 + random.below(200);
        let acts = random_acts(&mut random, n);
        let (value, seen) = outcome(plain, n, &acts);
        let expected = if value.is_err() { Seen::new() } else { seen };
        let expected = (value, expected.exact());
        let size = 1 + random.below(40);
        let mut float: Option<u64> = None;
        for count in [1, 1 + random.below(8)] {
            plan(count, size);
            let (value, mut seen) = outcome(annotated, n, &acts);
            if value.is_err() {
                // A loop that begins on the calling thread counts in the elements themselves, as
                // the sequential one does: after a panic they hold what was counted before.
                seen.bins = Seen::new().bins;
            }
            let bits = seen.float.to_bits();
            let case = format!("{n} items, {count} workers, chunk {size}, {acts:?}");
            assert_eq!((value, seen.exact()), expected, "{case}");
            assert_eq!(*float.get_or_insert(bits), bits, "{case}");
        }
    }
}

#[pooled(workers = workers(), chunk = chunk())]
fn every_later_item_fails(n: usize, from: usize, sum: &mut usize) -> Result<(), Bad> {
    for i in 0..n {
        if i >= from {
            fails(i)?;
        }
        *sum += i;
    }
    Ok(())
}

#[test]
fn the_same_error_in_a_thousand_runs_when_every_later_item_fails_too() {
    watched(|| {
        for run in 0..1_000 {
            plan(8, 1 + run % 5);
            let mut sum = 0;
            assert_eq!(every_later_item_fails(600, 200, &mut sum), Err(Bad(200)));
            assert_eq!(sum, (0..200).sum::<usize>());
        }
    });
}

#[pooled(workers = workers(), chunk = chunk(), errors = "all")]
fn gathers(n: usize, acts: &Acts, ran: &AtomicUsize) -> Result<usize, Errors<Bad>> {
    let mut sum = 0;
    for i in 0..n {
        ran.fetch_add(1, Ordering::Relaxed);
        if act(acts, i) == Some(Act::Error) {
            fails(i)?;
        }
        sum += i;
    }
    Ok(sum)
}

#[pooled(workers = workers(), chunk = chunk(), errors = "any")]
fn takes_any(n: usize, acts: &Acts) -> Result<usize, Bad> {
    let mut sum = 0;
    for i in 0..n {
        if act(acts, i) == Some(Act::Error) {
            fails(i)?;
        }
        sum += i;
    }
    Ok(sum)
}

#[test]
fn groups_of_errors_at_random_positions() {
    watched(|| {
        let mut random = Random::new(31);
        for _ in 0..CASES {
            let n = 1 + random.below(300);
            let mut acts = random_acts(&mut random, n);
            plan(1 + random.below(8), 1 + random.below(40));
            acts.iter_mut().for_each(|(_, act)| {
                if *act != Act::Error && random.chance(50) {
                    *act = Act::Error;
                }
            });
            let bad: Vec<usize> = (0..n).filter(|&i| act(&acts, i) == Some(Act::Error)).collect();
            let total = (0..n).sum::<usize>();
            let ran = AtomicUsize::new(0);
            match gathers(n, &acts, &ran) {
                Ok(sum) => assert_eq!((sum, bad.len()), (total, 0)),
                Err(errors) => {
                    let found: Vec<usize> = errors.iter().map(|(_, bad)| bad.0).collect();
                    let places: Vec<usize> = errors.iter().map(|(at, _)| at).collect();
                    assert_eq!((&found, &places), (&bad, &bad));
                }
            }
            assert_eq!(ran.into_inner(), n, "every item ran");
            match takes_any(n, &acts) {
                Ok(sum) => assert_eq!((sum, bad.len()), (total, 0)),
                Err(Bad(i)) => assert!(bad.contains(&i), "{i} is none of {bad:?}"),
            }
        }
    });
}

#[pooled(workers = workers(), chunk = chunk(), timeout = Duration::from_micros(200))]
fn races_a_deadline(n: usize, acts: &Acts, list: &mut Vec<usize>) -> Result<(), Failure> {
    for i in 0..n {
        if act(acts, i) == Some(Act::Error) {
            fails(i)?;
        }
        std::hint::black_box((0..i * 20).sum::<usize>());
        list.push(i);
    }
    Ok(())
}

#[test]
fn a_deadline_leaves_a_prefix_and_no_later_error() {
    watched(|| {
        let mut random = Random::new(32);
        for _ in 0..CASES {
            let n = 1 + random.below(300);
            let acts = random_acts(&mut random, n);
            plan(1 + random.below(8), 1 + random.below(40));
            let first = (0..n).find(|&i| act(&acts, i) == Some(Act::Error));
            let mut list = Vec::new();
            let outcome = races_a_deadline(n, &acts, &mut list);
            assert!(list.iter().copied().eq(0..list.len()), "not a prefix: {list:?}");
            match outcome {
                Ok(()) => assert_eq!((first, list.len()), (None, n)),
                Err(Failure::Bad(Bad(i))) => assert_eq!((first, list.len()), (Some(i), i)),
                Err(Failure::Late) => assert!(list.len() <= first.unwrap_or(n)),
            }
        }
    });
}
