//! The line of calls before one function's workers: who may enter, who comes for them.
//!
//! A FIFO under one lock that every caller takes once per call. What makes it cheap is how seldom
//! the workers take it, and how seldom anybody is woken:
//!
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
//!
//! **Permits.** `crew` counts the threads that were called for this function, `running` those that
//! hold one of its permits at the moment; a worker that waits inside its body (for a task, or for
//! room in another queue) lends its permit out meanwhile. Only a thread that would otherwise wait
//! *inside a task* may borrow it (`guest`), so functions that wait for each other get ahead, and
//! back-pressure still does not start a thread per waiting call.

mod batch;
mod hand;
mod single;

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;

pub(super) use batch::TakeBatch;
pub(super) use single::{Seat, Take};

use self::hand::Hand;
use super::entry::Entry;
use crate::report::{QueueFigures, TaskFigures};
use crate::sync::{
    AtomicBool, AtomicUsize, Condvar, Mutex, MutexGuard, Thread, current, lock, unpoisoned,
};

/// A queue up to this long is allocated when it is made; a longer one as it fills.
const RESERVE: usize = 4096;

/// A line longer than this gives its memory back when it has run empty.
const KEEP: usize = 1 << 16;

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
    line: VecDeque<E>,
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
    /// Calls that workers have run, and how often they came for them.
    ran: u64,
    blocks: u64,
    /// Threads called.
    calls: u64,
}

/// What became of a call at the door.
pub(super) enum Offer<E> {
    /// It is in. With `call`, a thread has been counted in that is now to be called.
    Taken { call: bool },
    /// There is no room.
    Full(E),
    /// There is no room, but a permit: the caller runs it, then [`Stage::guest_left`].
    Guest(E),
    /// After `shutdown`.
    Closed(E),
}

impl<E: Entry> Stage<E> {
    /// An empty line.
    pub(super) fn new(workers: usize, limit: Option<usize>, batch: Option<Ripe>) -> Self {
        let hands = if batch.is_some() { 0 } else { workers };
        let state = State {
            line: VecDeque::with_capacity(limit.map_or(0, |limit| limit.min(RESERVE))),
            first: 0,
            handed: 0,
            crew: 0,
            running: 0,
            inside: 0,
            deep: 0,
            called: false,
            lingering: None,
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
            ran: 0,
            blocks: 0,
            calls: 0,
        };
        Self {
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

    /// Enters if there is room.
    pub(super) fn offer(&self, entry: E) -> Offer<E> {
        let mut state = self.lock();
        if state.closed {
            return Offer::Closed(entry);
        }
        if self.is_full(&mut state) {
            return Offer::Full(entry);
        }
        Offer::Taken { call: self.admit(&mut state, entry) }
    }

    /// Enters; the oldest that waits makes room if there is none.
    pub(super) fn offer_for_oldest(&self, entry: E) -> (Offer<E>, Option<E>) {
        let mut state = self.lock();
        if state.closed {
            return (Offer::Closed(entry), None);
        }
        let oldest = if self.is_full(&mut state) { self.oldest(&mut state) } else { None };
        (Offer::Taken { call: self.admit(&mut state, entry) }, oldest)
    }

    /// Enters as soon as there is room; as a `guest`, may get a permit instead.
    pub(super) fn wait_for_room(&self, entry: E, guest: bool) -> Offer<E> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return Offer::Closed(entry);
            }
            // Who starts a call from a hand looks for blocked callers afterwards, and the count
            // below goes through that hand's lock: one of the two sees the other.
            let blocked = self.blocked.load(Ordering::Relaxed);
            self.blocked.store(blocked + 1, Ordering::Relaxed);
            if !self.is_full(&mut state) {
                self.blocked.store(blocked, Ordering::Relaxed);
                return Offer::Taken { call: self.admit(&mut state, entry) };
            }
            if guest && self.admit_guest(&mut state) {
                self.blocked.store(blocked, Ordering::Relaxed);
                return Offer::Guest(entry);
            }
            let since = Instant::now();
            state = unpoisoned(self.room.wait(state));
            state.figures.blocked += 1;
            state.figures.blocked_time += since.elapsed();
        }
    }

    /// Tells blocked callers that there is room for `calls`. Under the lock.
    fn tell_blocked(&self, calls: usize) {
        let blocked = self.blocked.load(Ordering::Relaxed);
        let told = blocked.min(calls);
        if told > 0 {
            self.blocked.store(blocked - told, Ordering::Relaxed);
            for _ in 0..told {
                self.room.notify_one();
            }
        }
    }

    /// Has all blocked callers look again. Under the lock.
    fn tell_all_blocked(&self) {
        if self.blocked.swap(0, Ordering::Relaxed) > 0 {
            self.room.notify_all();
        }
    }

    fn is_full(&self, state: &mut State<E>) -> bool {
        if state.line.len() + state.handed < self.limit {
            return false;
        }
        self.count_handed(state);
        if self.void.load(Ordering::Relaxed) > 0 {
            self.sweep(state);
        }
        state.line.len() + state.handed >= self.limit
    }

    /// How many calls are in hands.
    fn count_handed(&self, state: &mut State<E>) -> usize {
        if state.handed > 0 {
            state.handed = self.hands.iter().map(|hand| hand.len()).sum();
        }
        state.handed
    }

    /// Takes void entries out of the line.
    fn sweep(&self, state: &mut State<E>) {
        self.void.store(0, Ordering::Relaxed);
        state.line.retain(|entry| !entry.is_void());
        if state.line.is_empty() {
            state.since.clear();
            state.flush = 0;
        }
    }

    fn oldest(&self, state: &mut State<E>) -> Option<E> {
        let handed = self.hands.iter().filter_map(|hand| Some((hand.oldest()?, hand)));
        if let Some((_, hand)) = handed.min_by_key(|(first, _)| *first)
            && let Some(entry) = hand.pop()
        {
            state.handed -= 1;
            return Some(entry);
        }
        state.first += 1;
        state.line.pop_front()
    }

    fn admit(&self, state: &mut State<E>, entry: E) -> bool {
        state.line.push_back(entry);
        state.entered += 1;
        state.figures.admitted += 1;
        state.figures.peak = state.figures.peak.max(state.line.len() + state.handed);
        match self.batch {
            None => self.rouse(state),
            Some(batch) => self.admit_to_batch(state, batch),
        }
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
        true
    }

    /// One thread fewer is inside.
    fn outside(&self, state: &mut State<E>) {
        self.lend(state);
        state.inside -= 1;
        self.hush(state);
    }

    /// Tells the drains if nothing waits or runs.
    fn hush(&self, state: &mut State<E>) {
        if state.drains > 0 && self.is_quiet(state) {
            self.quiet.notify_all();
        }
    }

    /// Nobody is in the crew then, so the hands are empty.
    fn is_quiet(&self, state: &State<E>) -> bool {
        state.inside == 0 && state.line.is_empty()
    }

    /// A permit is free: those that wait for one inside a body look again.
    fn lend(&self, state: &mut State<E>) {
        state.running -= 1;
        for thread in state.stuck.drain(..) {
            thread.unpark();
        }
        if state.running < self.workers {
            self.tell_all_blocked();
        }
    }

    /// A guest runs one call, so it leaves batches to the crew unless all of that waits.
    fn admit_guest(&self, state: &mut State<E>) -> bool {
        let crew_comes = self.batch.is_some() && state.crew < self.workers;
        if state.running >= self.workers || crew_comes || state.closed {
            return false;
        }
        state.running += 1;
        state.inside += 1;
        true
    }

    /// A permit, or this thread is unparked when there may be one.
    pub(super) fn guest_or_told(&self) -> bool {
        let mut state = self.lock();
        if self.admit_guest(&mut state) {
            return true;
        }
        let me = current();
        if state.stuck.iter().all(|thread| thread.id() != me.id()) {
            state.stuck.push(me);
        }
        false
    }

    /// The guest has run its call.
    pub(super) fn guest_left(&self) {
        self.outside(&mut self.lock());
    }

    /// A worker begins to wait inside a body. With `deep`, it will not run anything meanwhile,
    /// and true means that a thread is to be called in its place.
    pub(super) fn pause(&self, deep: bool) -> bool {
        let mut state = self.lock();
        self.lend(&mut state);
        if deep {
            state.deep += 1;
        }
        let waiting = !state.line.is_empty() || self.count_handed(&mut state) > 0;
        deep && waiting && self.rouse(&mut state)
    }

    /// The wait is over. The worker does not wait for its permit: whoever has it meanwhile keeps
    /// it until the end of a body.
    pub(super) fn resume(&self, deep: bool) {
        let mut state = self.lock();
        state.running += 1;
        if deep {
            state.deep -= 1;
        }
    }

    /// A call runs on its caller's thread, without a permit. False after `shutdown`.
    pub(super) fn enter_aside(&self) -> bool {
        let mut state = self.lock();
        if state.closed {
            return false;
        }
        state.inside += 1;
        state.entered += 1;
        true
    }

    /// It has run.
    pub(super) fn leave_aside(&self) {
        let mut state = self.lock();
        state.inside -= 1;
        self.hush(&mut state);
    }

    /// An entry has become void.
    pub(super) fn voided(&self) {
        let void = self.void.fetch_add(1, Ordering::Relaxed) + 1;
        let blocked = self.blocked.load(Ordering::Relaxed);
        if blocked == 0 && void < 32 {
            return;
        }
        let mut state = self.lock();
        if blocked > 0 || void > state.line.len() / 2 {
            self.sweep(&mut state);
            self.tell_all_blocked();
            self.hush(&mut state);
        }
    }

    /// Calls that ever entered.
    pub(super) fn entered(&self) -> u64 {
        self.lock().entered
    }

    /// How many calls wait.
    pub(super) fn waiting(&self) -> usize {
        let mut state = self.lock();
        state.line.len() + self.count_handed(&mut state)
    }

    /// Adds what the report tells.
    pub(super) fn add_figures(&self, sum: &mut TaskFigures) {
        let state = self.lock();
        sum.queue.bound = if self.limit == usize::MAX { 0 } else { self.limit };
        sum.queue.size = self.batch.map_or(0, |batch| batch.size);
        sum.queue.add(&state.figures);
        sum.ran += state.ran;
        sum.blocks += state.blocks;
        sum.wakes += state.calls;
        sum.workers = sum.workers.max(self.workers as u64);
    }

    /// Waits until nothing waits and nothing runs; partial batches go off. False when that did not
    /// come about by `deadline`. `call` calls a thread that has been counted in.
    pub(super) fn drain(&self, deadline: Option<Instant>, call: impl Fn()) -> bool {
        let mut state = self.lock();
        state.drains += 1;
        let done = loop {
            if self.is_quiet(&state) {
                break true;
            }
            if self.batch.is_some() && self.flush(&mut state) {
                drop(state);
                call();
                state = self.lock();
                continue;
            }
            let Some(deadline) = deadline else {
                state = unpoisoned(self.quiet.wait(state));
                continue;
            };
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break false;
            }
            state = unpoisoned(self.quiet.wait_timeout(state, left)).0;
        };
        state.drains -= 1;
        done
    }

    /// Lets nobody in any more; what still waits is handed out.
    pub(super) fn close(&self) -> VecDeque<E> {
        let mut state = self.lock();
        state.closed = true;
        let mut left = VecDeque::new();
        for hand in &self.hands {
            while let Some(entry) = hand.pop() {
                left.push_back(entry);
            }
        }
        left.append(&mut state.line);
        self.tell_all_blocked();
        self.ripe.notify_all();
        for thread in state.stuck.drain(..) {
            thread.unpark();
        }
        left
    }
}

#[cfg(all(loom, test))]
mod models;
