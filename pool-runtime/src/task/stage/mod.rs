//! The line of calls before one function's workers: who may enter, who comes for them.
//!
//! A FIFO under one lock. What makes it cheap is how seldom it is taken, and how seldom anybody is
//! woken:
//!
//! * **Credit.** While calls come faster than they are fetched, they enter without that lock, into
//!   memory that no worker touches before there is a block of it. See [`intake`].
//! * **One wake-up in flight.** A call that enters while a thread is `called` and has not arrived
//!   calls nobody: what piles up meanwhile is the batch. A worker that finds more than one call
//!   takes a share of them into its [`Hand`] and calls the next thread before it starts. A worker
//!   that finds nothing lingers a few microseconds; poking it costs no system call.
//! * **Nothing strands.** A hand is filled only if all workers are at work or one is on its way,
//!   and a worker leaves only when line and hands are empty; both are decided under the lock. So
//!   while a call waits, be it behind a body that blocks, there is no worker that could run it
//!   and sleeps. An idle worker takes half of a hand it finds.
//! * **Never above the limit.** Calls in hands wait too. The line's owner keeps an upper bound
//!   (`handed`) and counts only when that says full. A caller that is `blocked` says so before it
//!   counts; a worker looks for blocked callers after it has taken from its hand. Both go through
//!   the hand's lock, so one of them sees the other.
//! * **Nobody is woken for little.** See [`watch`].
//!
//! | file | what |
//! |---|---|
//! | `intake.rs` | callers that enter on credit |
//! | `door.rs` | the others: who may enter, who waits for room |
//! | `line.rs` | the calls that wait |
//! | `hand.rs` | what a worker has taken and not started |
//! | `single.rs`, `batch.rs` | workers: what they take, call by call or in batches |
//! | `watch.rs` | when another worker is worth waking |
//! | `permits.rs` | who may run a call, and who may borrow the right to |
//! | `quiet.rs` | `drain` and `shutdown` |

mod batch;
mod door;
mod hand;
mod intake;
mod line;
mod permits;
mod quiet;
mod single;
mod watch;

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;

pub(super) use batch::TakeBatch;
pub(super) use door::Offer;
pub(super) use single::{Seat, Take};

use self::hand::Hand;
use self::intake::{Grant, Intake};
use self::line::Line;
use self::watch::Watcher;
use super::entry::Entry;
use crate::report::{QueueFigures, TaskFigures};
use crate::sync::{AtomicBool, AtomicUsize, Condvar, Mutex, MutexGuard, Thread, lock};

/// How many calls go off together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ripe {
    /// As soon as there are so many.
    pub(super) size: usize,
    /// So long after the first of them.
    pub(super) linger: Option<Duration>,
}

/// See the module.
pub(super) struct Stage<E> {
    intake: Intake<E>,
    state: CachePadded<Mutex<State<E>>>,
    /// Callers that wait for room.
    room: Condvar,
    /// Who waits until nothing waits or runs.
    quiet: Condvar,
    /// The worker that waits until a batch is ripe.
    ripe: Condvar,
    /// How many callers wait on `room` and have not been told of any, or more (a caller that woke
    /// up by chance was not told). Changed under the lock.
    blocked: AtomicUsize,
    /// The lingering worker is to look.
    poked: AtomicBool,
    /// Entries that became void since the line was last swept.
    void: AtomicUsize,
    hands: Box<[CachePadded<Hand<E>>]>,
    workers: usize,
    limit: usize,
    batch: Option<Ripe>,
}

pub(super) struct State<E> {
    line: Line<E>,
    /// Why calls may enter without this lock, if they may.
    grant: Grant,
    /// How many may yet, or have done so and are not in line.
    promised: usize,
    /// The place of the first in line, counted from the first call ever.
    first: u64,
    /// At least as many as are in hands.
    handed: usize,
    /// Threads called for this function that have not left.
    crew: usize,
    /// Threads that hold a permit: crew and guests, but for those that wait inside a body.
    running: usize,
    /// Threads inside a body, or in the crew.
    inside: usize,
    /// Workers that wait inside a body and are too deep in nested bodies to run anything: each
    /// has a thread called in its place.
    deep: usize,
    /// A wake-up is in flight.
    called: bool,
    /// The worker that looks for a poke.
    lingering: Option<usize>,
    /// The worker that stands by while the others get on.
    watcher: Option<Watcher>,
    /// What a call takes, in nanoseconds; 0: not known yet.
    cost: u64,
    /// Hands without an owner.
    free_hands: Vec<usize>,
    seats: usize,
    /// Threads inside a body that wait for a permit.
    stuck: Vec<Thread>,
    /// How many from the front go off without waiting for a full batch.
    flush: usize,
    /// When the first call of each batch came, in order.
    since: VecDeque<Instant>,
    /// The worker that waits until a batch is ripe.
    timekeeper: Option<usize>,
    /// How many wait for `quiet`.
    drains: usize,
    closed: bool,
    /// Calls that ever entered.
    entered: u64,
    /// Of these, those that went through the line; and what else the report tells.
    figures: QueueFigures,
    /// How often workers have taken calls.
    blocks: u64,
    /// Threads called.
    calls: u64,
}

impl<E: Entry> Stage<E> {
    /// An empty line.
    pub(super) fn new(workers: usize, limit: Option<usize>, batch: Option<Ripe>) -> Self {
        let hands = if batch.is_some() { 0 } else { workers };
        let state = State {
            line: Line::new(),
            grant: Grant::Nothing,
            promised: 0,
            first: 0,
            handed: 0,
            crew: 0,
            running: 0,
            inside: 0,
            deep: 0,
            called: false,
            lingering: None,
            watcher: None,
            cost: 0,
            free_hands: (0..hands).rev().collect(),
            seats: 0,
            stuck: Vec::new(),
            flush: 0,
            since: VecDeque::new(),
            timekeeper: None,
            drains: 0,
            closed: false,
            entered: 0,
            figures: QueueFigures::default(),
            blocks: 0,
            calls: 0,
        };
        Self {
            intake: Intake::new(limit.unwrap_or(usize::MAX)),
            state: CachePadded::new(Mutex::new(state)),
            room: Condvar::new(),
            quiet: Condvar::new(),
            ripe: Condvar::new(),
            blocked: AtomicUsize::new(0),
            poked: AtomicBool::new(false),
            void: AtomicUsize::new(0),
            hands: (0..hands).map(|_| CachePadded::new(Hand::new())).collect(),
            workers,
            limit: limit.unwrap_or(usize::MAX),
            batch,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<E>> {
        lock(&self.state)
    }

    /// Whether its calls run in batches.
    pub(super) fn is_batched(&self) -> bool {
        self.batch.is_some()
    }

    /// Sees to it that somebody comes. True: a thread is counted in, and is to be called once the
    /// lock is released.
    fn rouse(&self, state: &mut State<E>) -> bool {
        if state.called {
            return false;
        }
        if state.lingering.take().is_some() {
            state.called = true;
            self.poked.store(true, Ordering::Release);
            return false;
        }
        if state.call_watcher() {
            return false;
        }
        if state.crew >= self.workers + state.deep {
            return false;
        }
        state.called = true;
        state.calls += 1;
        state.crew += 1;
        state.running += 1;
        state.inside += 1;
        true
    }

    /// A thread could not be called: nobody is on the way after all. False when that leaves calls
    /// in line without a worker; then the thread counts as arrived, and is to serve.
    pub(super) fn uncall(&self) -> bool {
        let mut state = self.lock();
        if state.crew == 1 {
            return false;
        }
        state.called = false;
        state.crew -= 1;
        self.outside(&mut state);
        self.tighten(&mut state);
        true
    }

    /// Calls that ever entered.
    pub(super) fn entered(&self) -> u64 {
        let mut state = self.lock();
        self.gather(&mut state);
        state.entered
    }

    /// How many calls wait.
    pub(super) fn waiting(&self) -> usize {
        let mut state = self.lock();
        self.gather(&mut state);
        state.line.len() + self.count_handed(&mut state)
    }

    /// Adds what the report tells. A worker that has delivered a result has counted nothing yet
    /// by then, so what has run is what has entered and does not wait.
    pub(super) fn add_figures(&self, sum: &mut TaskFigures) {
        let mut state = self.lock();
        self.gather(&mut state);
        sum.queue.bound = if self.limit == usize::MAX { 0 } else { self.limit };
        sum.queue.size = self.batch.map_or(0, |batch| batch.size);
        sum.queue.add(&state.figures);
        let in_hands = self.hands.iter().map(|hand| hand.count_if(|entry| !entry.is_void()));
        let waiting = state.line.count_if(|entry| !entry.is_void()) + in_hands.sum::<usize>();
        sum.waiting += waiting as u64;
        sum.blocks += state.blocks;
        sum.wakes += state.calls;
        sum.workers = sum.workers.max(self.workers as u64);
    }
}

#[cfg(all(loom, test))]
mod models;
