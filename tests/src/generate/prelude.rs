//! What generated programs are written against: their input, their state, and the helpers that
//! they call. Everything is deterministic but [`weigh`], which only costs time.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pool_runtime::Accumulate;

use super::random::Random;

pub use std::cmp::{max, min};
pub use std::collections::{BTreeSet, HashSet, VecDeque};
pub use std::fmt::Write;
pub use std::num::Wrapping;
pub use std::rc::Rc;
pub use std::sync::mpsc;

/// What a program reads.
#[derive(Clone, Debug)]
pub struct Input {
    /// The length of `xs` and `words`.
    pub n: usize,
    /// Numbers from -1000 to 1000.
    pub xs: Vec<i64>,
    /// Likewise, never fewer than 16.
    pub ys: Vec<i64>,
    /// Short words, many of them repeated.
    pub words: Vec<String>,
    /// The words, a few to a line.
    pub text: String,
    /// `n` rows of four.
    pub grid: Vec<[i64; 4]>,
    /// Keys and numbers.
    pub table: BTreeMap<i64, i64>,
    /// The same.
    pub hash: HashMap<i64, i64>,
}

impl Input {
    /// `n` items that follow from `seed`.
    #[must_use]
    pub fn new(n: usize, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut numbers =
            |n: usize| (0..n).map(|_| random.between(-1000, 1000)).collect::<Vec<_>>();
        let (xs, ys) = (numbers(n), numbers(n.max(16)));
        let words: Vec<String> = xs.iter().map(|x| format!("w{}", x.rem_euclid(41))).collect();
        let text = words.chunks(3).map(|line| line.join(" ") + "\n").collect();
        let grid = xs.iter().map(|&x| [x, x / 2, x % 7, -x]).collect();
        let table: BTreeMap<i64, i64> = xs.iter().copied().zip(ys.iter().copied()).collect();
        let hash = table.iter().map(|(k, v)| (*k, *v)).collect();
        Self { n, xs, ys, words, text, grid, table, hash }
    }
}

/// What a program may change besides its locals; visible after every exit.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// A sum.
    pub total: i64,
    /// A count.
    pub count: u64,
    /// A sum that is exact: whole numbers and halves.
    pub real: f64,
    /// Something to count behind a reference.
    pub spare: i64,
    /// A minimum.
    pub low: i64,
    /// A maximum.
    pub high: i64,
    /// Whether something happened.
    pub flag: bool,
    /// A sequence.
    pub list: Vec<i64>,
    /// Text.
    pub text: String,
    /// Reduced by key.
    pub map: BTreeMap<i64, i64>,
    /// A histogram.
    pub bins: [u64; 8],
    /// One place per item.
    pub cells: Vec<i64>,
    /// A struct in a struct.
    pub nested: Nested,
}

/// See [`State::nested`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Nested {
    /// Two sums.
    pub pair: (i64, i64),
    /// Bits.
    pub bits: u64,
    /// A sequence.
    pub words: Vec<String>,
}

impl State {
    /// A state that is not all zeroes, so that a lost start value shows.
    #[must_use]
    pub fn new(input: &Input) -> Self {
        Self {
            total: 5,
            count: 7,
            real: 2.5,
            spare: -3,
            low: 900,
            high: -900,
            flag: false,
            list: vec![11, 12],
            text: String::from(">"),
            map: BTreeMap::from([(0, 100), (50, 1)]),
            bins: [1, 0, 0, 2, 0, 0, 0, 3],
            cells: vec![1; input.n + 4],
            nested: Nested { pair: (1, 2), bits: 6, words: vec![String::from("first")] },
        }
    }
}

/// What a program returns: the part that equals the plain twin's, and sums of floats that are only
/// the same on every run.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Seen {
    /// Equal in both twins.
    pub exact: String,
    /// The same bits on every run of the annotated twin.
    pub rough: String,
}

/// What a program left by an early exit returns.
pub fn early(value: i64) -> Seen {
    Seen { exact: format!("left at {value}"), rough: String::new() }
}

/// What programs return.
pub trait Outcome {
    /// Both parts.
    fn seen(self) -> Seen;
}

impl Outcome for Seen {
    fn seen(self) -> Seen {
        self
    }
}

impl<E: Debug> Outcome for Result<Seen, E> {
    fn seen(self) -> Seen {
        self.unwrap_or_else(|e| Seen { exact: format!("failed: {e:?}"), rough: String::new() })
    }
}

impl Outcome for Option<Seen> {
    fn seen(self) -> Seen {
        self.unwrap_or_else(|| Seen { exact: "none".to_owned(), rough: String::new() })
    }
}

/// The result of a program beside the state that it left.
pub fn finish(outcome: impl Outcome, state: &State) -> Seen {
    let mut seen = outcome.seen();
    write!(seen.exact, " {state:?}").expect("a string takes everything");
    seen
}

/// The error that [`check`] makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Bad(pub i64);

impl Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bad {}", self.0)
    }
}

impl Error for Bad {}

/// An error that others convert into.
#[derive(Clone, Debug, PartialEq)]
pub enum Worse {
    /// From [`Bad`].
    Bad(Bad),
    /// From a number that is none.
    Number(String),
}

impl From<Bad> for Worse {
    fn from(bad: Bad) -> Self {
        Self::Bad(bad)
    }
}

impl From<std::num::ParseIntError> for Worse {
    fn from(e: std::num::ParseIntError) -> Self {
        Self::Number(e.to_string())
    }
}

/// An alias such as libraries have.
pub type Res<T> = Result<T, Worse>;

/// `value`, or an error for one value in `modulus`.
pub fn check(value: i64, modulus: i64) -> Result<i64, Bad> {
    if value.rem_euclid(modulus) == 3 { Err(Bad(value)) } else { Ok(value) }
}

/// `value`, or nothing for one value in `modulus`.
pub fn maybe(value: i64, modulus: i64) -> Option<i64> {
    (value.rem_euclid(modulus) != 3).then_some(value)
}

/// A predicate by name.
pub fn positive(value: &&i64) -> bool {
    **value > 0
}

/// A function that bodies call.
pub fn helper(value: i64) -> i64 {
    (value * 3 + 1) % 1009
}

/// Adds behind a reference, as `reduce(..)` is for.
pub fn bump(sum: &mut i64, by: i64) {
    *sum += by;
}

/// Appends behind a reference.
pub fn note(list: &mut Vec<i64>, value: i64) {
    list.push(value);
}

/// A type that says itself how it is merged.
#[derive(Clone, Debug, Default, PartialEq, Accumulate)]
pub struct Tally {
    /// A sum.
    pub sum: i64,
    /// A sequence.
    pub seen: Vec<i64>,
}

impl Tally {
    /// One more value.
    pub fn take(&mut self, value: i64) {
        self.sum += value;
        if value % 5 == 0 {
            self.seen.push(value);
        }
    }
}

/// Something to take apart in a pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// One number.
    pub left: i64,
    /// A third of it.
    pub right: i64,
}

/// The batches that a batched loop over anything but a slice makes.
pub fn batches<I: IntoIterator>(items: I, size: usize) -> impl Iterator<Item = Vec<I::Item>> {
    let mut items = items.into_iter();
    std::iter::from_fn(move || {
        let batch: Vec<_> = items.by_ref().take(size).collect();
        (!batch.is_empty()).then_some(batch)
    })
}

/// A map in an order that does not depend on its hasher.
pub fn sorted<'a, K: Ord, V>(
    map: impl IntoIterator<Item = (&'a K, &'a V)>,
) -> BTreeMap<&'a K, &'a V> {
    map.into_iter().collect()
}

/// A set likewise.
pub fn ordered<'a, K: Ord>(set: impl IntoIterator<Item = &'a K>) -> BTreeSet<&'a K> {
    set.into_iter().collect()
}

thread_local! {
    static PLAN: Cell<(usize, usize)> = const { Cell::new((1, 1)) };
    static SERIAL: Cell<u64> = const { Cell::new(0) };
}

/// The number of workers of the loops called on this thread.
pub fn workers() -> usize {
    PLAN.get().0
}

/// The `chunk` of the loops called on this thread.
pub fn chunk() -> usize {
    PLAN.get().1
}

/// Sets both.
pub(super) fn plan(workers: usize, chunk: usize) {
    PLAN.set((workers, chunk));
}

/// Which threads ran a body of the program that runs now, one bit each.
pub(super) static THREADS: AtomicU64 = AtomicU64::new(0);
static NUMBERED: AtomicUsize = AtomicUsize::new(1);

/// Makes an item cost something, some more than others, so that blocks end out of order and loops
/// of some length are worth opening.
pub fn weigh(item: i64) {
    let mut serial = SERIAL.get();
    if serial == 0 {
        serial = NUMBERED.fetch_add(1, Ordering::Relaxed) as u64;
        SERIAL.set(serial);
    }
    THREADS.fetch_or(1 << (serial % 64), Ordering::Relaxed);
    match item.rem_euclid(32) {
        0 => thread::yield_now(),
        1 => spin(Duration::from_micros(40)),
        2..=6 => spin(Duration::from_micros(3)),
        _ => {}
    }
}

fn spin(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        std::hint::spin_loop();
    }
}
