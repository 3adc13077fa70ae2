//! Where the arguments of one `Task` wait and its result is left: a slot that is used again.
//!
//! Three parties refer to a slot: the caller's handle (`held`), the queue's entry (`entry`) and
//! whoever runs the body (`Phase::Started`). Each lets go on its own, in any order; the one that
//! finds itself the last gives the slot back to its queue. So a task in steady state allocates
//! nothing, and a cancelled task's slot is not used again while its entry still stands in line.
//!
//! ```text
//!            arm           start              finish          take
//!   Free ---------> Queued ------> Started ----------> Over --------> Taken
//!                     |                                 ^
//!                     +--- cancel, refuse --------------+
//! ```
//!
//! Every change of `Phase` is made under the slot's own lock, which is contended only when caller
//! and worker meet. `over` repeats "`Over` or `Taken`" outside of it: it is what `is_finished` and
//! the short spin of `join` look at. It is stored with `Release` after the body ran and loaded
//! with `Acquire`, so what the body did is visible to whoever saw the task finished.
//! Wake-ups: a waiter registers under the lock while the phase is not over; `finish` changes the
//! phase and takes the waiters under the same lock. So either the waiter sees the result, or
//! `finish` sees the waiter.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread::yield_now;
use std::time::{Duration, Instant};

use super::error::TaskError;
use super::handle::Outcome;
use super::{contain, discard};
use crate::report::Stamp;
use crate::sync::{AtomicBool, Held, Spin, Thread, current, park, park_timeout, spin_loop};

/// How often `join` looks before it sleeps: about as long as a woken worker takes for a tiny body,
/// and far less than falling asleep and being woken costs.
#[cfg(not(all(loom, test)))]
const SPINS: usize = 100;
#[cfg(all(loom, test))]
const SPINS: usize = 1;

/// How often it gives the processor away before that: to the worker, if that needs it.
#[cfg(not(all(loom, test)))]
const YIELDS: usize = 20;
#[cfg(all(loom, test))]
const YIELDS: usize = 0;

/// If it does not get the processor back within this time, others need it: then it sleeps, and is
/// woken in time.
const CROWDED: Duration = Duration::from_micros(20);

/// Then it sleeps, but not deeply at first: a processor that knows of something to be done soon is
/// back in half of the time (measured, for a body of a millisecond: 16 us instead of 38).
const NAP: Duration = Duration::from_micros(100);
#[cfg(not(all(loom, test)))]
const NAPS: usize = 20;
#[cfg(all(loom, test))]
const NAPS: usize = 0;

/// How `over` is published: with anything weaker, a caller can see a finished task and not what it
/// did. A model shows that.
#[cfg(not(all(loom, test)))]
const fn publish() -> Ordering {
    Ordering::Release
}
#[cfg(all(loom, test))]
use models::publish;

/// The queue that a slot belongs to.
pub(super) trait Home<A, T>: Sync {
    /// Nobody refers to the slot any more.
    fn give_back(&self, slot: Arc<Slot<A, T>>);
    /// A task was taken back; its entry in line has become void.
    fn cancelled(&self);
    /// Somebody waits for this task: a partial batch goes off if nothing else makes it.
    fn demanded(&'static self);
    /// Waits for the task on a thread that runs a task itself. Returns at `deadline` at the
    /// latest, unless it runs the task meanwhile.
    fn wait_inside(&'static self, slot: &Arc<Slot<A, T>>, deadline: Option<Instant>);
}

/// See the module.
pub(super) struct Slot<A: 'static, T: 'static> {
    state: Spin<State<A, T>>,
    over: AtomicBool,
    /// When the call was made, where that is measured. Not part of the protocol.
    stamp: AtomicU64,
    home: &'static dyn Home<A, T>,
}

struct State<A, T> {
    phase: Phase<A, T>,
    /// The caller has the handle.
    held: bool,
    /// The queue has the entry.
    entry: bool,
    waiters: Waiters,
}

enum Phase<A, T> {
    Free,
    Queued(A),
    Started,
    Over(Result<T, TaskError>),
    Taken,
}

/// Who is to be told. Nearly always nobody or one; a second one (`join_timeout` from two threads)
/// costs an allocation.
#[derive(Default)]
struct Waiters {
    first: Option<Waiter>,
    more: Vec<Waiter>,
}

enum Waiter {
    Thread(Thread),
    Waker(Waker),
}

impl<A, T> State<A, T> {
    fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over(_) | Phase::Taken)
    }

    /// Makes the slot free if nobody refers to it. The result of a task that nobody holds is
    /// handed out for dropping, outside of the lock.
    fn free(&mut self) -> Option<Freed<T>> {
        if self.held || self.entry || !self.is_over() {
            return None;
        }
        match mem::replace(&mut self.phase, Phase::Free) {
            Phase::Over(result) => Some(Freed(Some(result))),
            _ => Some(Freed(None)),
        }
    }
}

/// What was left in a slot that is free now.
struct Freed<T>(Option<Result<T, TaskError>>);

impl<A: Send + 'static, T: Send + 'static> Slot<A, T> {
    /// A free slot.
    pub(super) fn new(home: &'static dyn Home<A, T>) -> Arc<Self> {
        let state =
            State { phase: Phase::Free, held: false, entry: false, waiters: Waiters::default() };
        Arc::new(Self {
            state: Spin::new(state),
            over: AtomicBool::new(false),
            stamp: AtomicU64::new(0),
            home,
        })
    }

    fn lock(&self) -> Held<'_, State<A, T>> {
        self.state.lock()
    }

    /// Puts the arguments of a new task in; there is a handle and an entry from now on.
    pub(super) fn arm(&self, args: A, stamp: Stamp) {
        self.stamp.store(stamp.into_ns(), Ordering::Relaxed);
        let mut state = self.lock();
        debug_assert!(matches!(state.phase, Phase::Free), "a slot is armed once at a time");
        state.phase = Phase::Queued(args);
        state.held = true;
        state.entry = true;
        self.over.store(false, Ordering::Relaxed);
    }

    /// When the call was made, where that is measured.
    pub(super) fn stamp(&self) -> Stamp {
        Stamp::from_ns(self.stamp.load(Ordering::Relaxed))
    }

    /// The entry's turn has come: the arguments, unless the task was cancelled or started
    /// otherwise. The entry is used up.
    pub(super) fn start(self: &Arc<Self>) -> Option<A> {
        let mut state = self.lock();
        state.entry = false;
        if let Some(args) = Self::begin(&mut state) {
            return Some(args);
        }
        self.settle(state);
        None
    }

    /// Starts the task before its turn. Its entry stays in line and does nothing then.
    pub(super) fn start_early(&self) -> Option<A> {
        Self::begin(&mut self.lock())
    }

    fn begin(state: &mut State<A, T>) -> Option<A> {
        if !matches!(state.phase, Phase::Queued(_)) {
            return None;
        }
        match mem::replace(&mut state.phase, Phase::Started) {
            Phase::Queued(args) => Some(args),
            _ => None,
        }
    }

    /// Whether the task still waits for its turn.
    pub(super) fn is_queued(&self) -> bool {
        matches!(self.lock().phase, Phase::Queued(_))
    }

    /// Leaves the result. Says whether somebody waited for it.
    pub(super) fn finish(self: &Arc<Self>, result: Result<T, TaskError>) -> bool {
        let mut state = self.lock();
        state.phase = Phase::Over(result);
        self.over.store(true, publish());
        let waiters = mem::take(&mut state.waiters);
        self.settle(state);
        waiters.wake()
    }

    /// The queue does not run the task. The entry is used up.
    pub(super) fn refuse(self: &Arc<Self>, error: TaskError) {
        if let Some(args) = self.start() {
            self.finish(Err(error));
            discard(args);
        }
    }

    /// Gives the slot back if nobody refers to it any more.
    fn settle(self: &Arc<Self>, mut state: Held<'_, State<A, T>>) {
        let freed = state.free();
        drop(state);
        if let Some(Freed(result)) = freed {
            self.home.give_back(Arc::clone(self));
            discard(result);
        }
    }

    /// Sleeps until the task is over, or until `deadline`, or without a reason.
    pub(super) fn doze(&self, deadline: Option<Instant>) {
        {
            let mut state = self.lock();
            if state.is_over() {
                return;
            }
            state.waiters.add_thread();
        }
        match deadline {
            None => park(),
            Some(deadline) => {
                let left = deadline.saturating_duration_since(Instant::now());
                if !left.is_zero() {
                    park_timeout(left);
                }
            }
        }
    }
}

impl<A: Send + 'static, T: Send + 'static> Outcome<T> for Slot<A, T> {
    fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    fn take(&self) -> Option<Result<T, TaskError>> {
        let mut state = self.lock();
        if !matches!(state.phase, Phase::Over(_)) {
            return None;
        }
        match mem::replace(&mut state.phase, Phase::Taken) {
            Phase::Over(result) => Some(result),
            _ => None,
        }
    }

    fn wait(self: Arc<Self>, deadline: Option<Instant>) {
        for _ in 0..SPINS {
            if self.is_over() {
                return;
            }
            spin_loop();
        }
        if super::inside::is_worker() {
            return self.home.wait_inside(&self, deadline);
        }
        self.home.demanded();
        // A deadline is not to be missed for the others' sake.
        for _ in 0..if deadline.is_none() { YIELDS } else { 0 } {
            let since = Instant::now();
            yield_now();
            if self.is_over() {
                return;
            }
            if since.elapsed() > CROWDED {
                break;
            }
        }
        let mut naps = NAPS;
        while !self.is_over() && deadline.is_none_or(|deadline| Instant::now() < deadline) {
            let nap = (naps > 0).then(|| Instant::now() + NAP);
            naps = naps.saturating_sub(1);
            self.doze(nap.into_iter().chain(deadline).min());
        }
    }

    fn poll(&self, context: &mut Context<'_>) -> Poll<Result<T, TaskError>> {
        if let Some(result) = self.take() {
            return Poll::Ready(result);
        }
        // A waker's code is not ours: it is cloned, and an old one dropped, outside of the lock.
        let waker = context.waker().clone();
        let mut state = self.lock();
        assert!(
            !matches!(state.phase, Phase::Taken),
            "a `Task` was polled after its result had been taken"
        );
        if state.is_over() {
            drop(state);
            return self.take().map_or(Poll::Pending, Poll::Ready);
        }
        let old = state.waiters.put_waker(waker);
        drop(state);
        drop(old);
        self.home.demanded();
        Poll::Pending
    }

    fn cancel(self: Arc<Self>) -> bool {
        let Some(args) = self.start_early() else { return false };
        self.finish(Err(TaskError::Cancelled));
        self.home.cancelled();
        discard(args);
        true
    }

    fn redeem(self: Arc<Self>) -> Option<Result<T, TaskError>> {
        let mut state = self.lock();
        let result = match mem::replace(&mut state.phase, Phase::Taken) {
            Phase::Over(result) => Some(result),
            _ => None,
        };
        state.held = false;
        let nobody = mem::take(&mut state.waiters);
        // As `settle`, but that nothing is left to be dropped.
        let freed = state.free().is_some();
        drop(state);
        if freed {
            let home = self.home;
            home.give_back(self);
        }
        drop(nobody);
        result
    }

    fn release(self: Arc<Self>) {
        let mut state = self.lock();
        state.held = false;
        let nobody = mem::take(&mut state.waiters);
        self.settle(state);
        drop(nobody);
    }
}

impl Waiters {
    fn add_thread(&mut self) {
        let thread = current();
        let same = |waiter: &Waiter| matches!(waiter, Waiter::Thread(t) if t.id() == thread.id());
        if self.first.as_ref().is_some_and(same) || self.more.iter().any(same) {
            return;
        }
        self.add(Waiter::Thread(thread));
    }

    /// There is one waker: that of the latest poll. Returns the one before.
    fn put_waker(&mut self, waker: Waker) -> Option<Waker> {
        let mut all = self.first.iter_mut().chain(&mut self.more);
        let old = all.find_map(|waiter| match waiter {
            Waiter::Waker(old) => Some(old),
            Waiter::Thread(_) => None,
        });
        if let Some(old) = old {
            return Some(mem::replace(old, waker));
        }
        self.add(Waiter::Waker(waker));
        None
    }

    fn add(&mut self, waiter: Waiter) {
        match &mut self.first {
            none @ None => *none = Some(waiter),
            Some(_) => self.more.push(waiter),
        }
    }

    /// Tells all of them; says whether there was one.
    fn wake(self) -> bool {
        let any = self.first.is_some();
        for waiter in self.first.into_iter().chain(self.more) {
            match waiter {
                Waiter::Thread(thread) => thread.unpark(),
                Waiter::Waker(waker) => contain(|| waker.wake()),
            }
        }
        any
    }
}

#[cfg(all(loom, test))]
mod models;
