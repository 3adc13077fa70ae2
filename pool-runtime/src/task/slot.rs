//! Where the arguments of one `Task` wait and its result is left: a slot that is used again.
//!
//! Three parties refer to a slot: the caller's handle (`HELD`), the queue's entry (`ENTRY`) and
//! whoever runs the body (`RUNNER`). Each lets go on its own, in any order; the one that finds
//! itself the last gives the slot back to its queue. So a task in steady state allocates nothing,
//! and a cancelled task's slot is not used again while its entry still stands in line.
//!
//! ```text
//!            arm             turn                finish          take
//!   free ---------> QUEUED ---------> RUNNER ------------> OVER ------> OVER, TAKEN
//!                     |                                      ^
//!                     +---- RUNNER (cancel, refuse) ---------+
//! ```
//!
//! All of that is one word, and each step one exchange of it: for a task that runs as it should,
//! one when it starts and one when it is over, both on the worker. The caller only looks: a word
//! that says "over" and of nobody but its handle makes the slot the caller's own. So arguments and
//! result cross between two processors once each, in one line of the cache (`Busy`), and a caller
//! that waits for many tasks has nothing in its way that would make it wait for each line alone.
//!
//! * **Who may touch the content.** The arguments: who turns `QUEUED` into `RUNNER`. Then, for the
//!   result, who is `RUNNER`, until the word says `OVER`. Then whoever sets `TAKEN`, or the handle
//!   when it is used up. Each of these is one thread.
//! * **What a body did is visible** to who sees its task over: the word is exchanged with `Release`
//!   after the body ran, and looked at with `Acquire`.
//! * **Wake-ups.** A waiter puts itself on the list, then sets `WAITED`, and sleeps if the word did
//!   not say `OVER` then. `finish` sets `OVER` only in a word without `WAITED`, or clears that and
//!   takes the list afterwards. So the waiter sees the result, or `finish` the waiter. It stays
//!   `RUNNER` until it is done with the list.

#![allow(unsafe_code, reason = "the word says who may touch the content")]

use std::mem;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;

use self::waiters::Waiters;
use super::discard;
use super::error::TaskError;
use super::handle::Outcome;
use crate::report::Stamp;
use crate::sync::{AtomicU32, Spin, UnsafeCell, park, park_timeout};

mod refs;
mod wait;
mod waiters;

pub(super) use refs::{Grip, Lent, Runner, Ticket, issue};

/// The arguments wait.
const QUEUED: u32 = 1;
/// There is an entry in line.
const ENTRY: u32 = 2;
/// Somebody runs the body, or leaves another result.
const RUNNER: u32 = 4;
/// There is a result, or was one.
const OVER: u32 = 8;
/// There is a handle.
const HELD: u32 = 16;
/// Somebody may be on the list.
const WAITED: u32 = 32;
/// The result was taken.
const TAKEN: u32 = 64;

/// Who refers to the slot.
const REFERRED: u32 = ENTRY | RUNNER | HELD;

/// How a step publishes what was done before it, and sees what others did before theirs: with
/// anything weaker, a caller can see a finished task and not what it did, or a slot is used again
/// while somebody still touches it. Models show that.
#[cfg(not(all(loom, test)))]
const fn order(_: Step) -> Ordering {
    Ordering::AcqRel
}
#[cfg(all(loom, test))]
use models::order;

/// The steps whose orders matter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Finish,
    LetGo,
}

/// The queue that a slot belongs to.
pub(super) trait Home<A: 'static, T: 'static>: Sync {
    /// Nobody refers to the slot any more.
    fn give_back(&self, slot: Box<Slot<A, T>>);
    /// A task was taken back; its entry in line has become void.
    fn cancelled(&self);
    /// Somebody looks for the result of this task.
    fn hurry(&self);
    /// Somebody waits for this task: a partial batch goes off if nothing else makes it.
    fn demanded(&'static self);
    /// Waits for the task on a thread that runs a task itself. Returns at `deadline` at the
    /// latest, unless it runs the task meanwhile.
    fn wait_inside(&'static self, slot: Lent<'_, A, T>, deadline: Option<Instant>);
}

/// See the module.
pub(super) struct Slot<A: 'static, T: 'static> {
    busy: Busy<A, T>,
    rare: Rare<A, T>,
}

/// What goes to the worker and back.
#[repr(align(64))]
struct Busy<A, T> {
    word: AtomicU32,
    content: UnsafeCell<Content<A, T>>,
    /// When the call was made, where that is measured. Not part of the protocol.
    stamp: AtomicU64,
}

/// What nobody writes to, as a rule.
#[repr(align(64))]
struct Rare<A: 'static, T: 'static> {
    waiters: Spin<Waiters>,
    home: &'static dyn Home<A, T>,
}

enum Content<A, T> {
    Nothing,
    Args(A),
    Result(Result<T, TaskError>),
}

// SAFETY: arguments and result are moved in and out by one thread at a time, which the word sees
// to, and `Send` allows.
unsafe impl<A: Send, T: Send> Sync for Slot<A, T> {}

/// What an entry finds when its turn has come. It is used up.
enum Turn<A> {
    /// The arguments. Whoever asked runs the body.
    Run(A),
    /// The task does not run, or not here. As the `last`, whoever asked has the slot.
    Void { last: bool },
}

impl<A: Send + 'static, T: Send + 'static> Slot<A, T> {
    /// A free slot.
    pub(super) fn new(home: &'static dyn Home<A, T>) -> Box<Self> {
        Box::new(Self {
            busy: Busy {
                word: AtomicU32::new(0),
                content: UnsafeCell::new(Content::Nothing),
                stamp: AtomicU64::new(0),
            },
            rare: Rare { waiters: Spin::new(Waiters::default()), home },
        })
    }

    /// Puts the arguments of a new task in; there is a handle and an entry from now on.
    #[inline]
    fn arm(&mut self, args: A, stamp: Stamp) {
        self.busy.stamp.store(stamp.into_ns(), Ordering::Relaxed);
        // SAFETY: nobody else refers to the slot.
        self.busy.content.with_mut(|content| unsafe { *content = Content::Args(args) });
        self.busy.word.store(QUEUED | ENTRY | HELD, Ordering::Relaxed);
    }

    /// # Safety
    /// The word says that the content is the caller's: see the module.
    #[inline]
    unsafe fn swap(&self, new: Content<A, T>) -> Content<A, T> {
        // SAFETY: nobody else touches it meanwhile.
        self.busy.content.with_mut(|content| unsafe { mem::replace(&mut *content, new) })
    }

    /// Makes the word `new` where it is `word`; else says what it is.
    #[inline]
    fn step(&self, word: u32, new: u32, order: Ordering) -> Result<u32, u32> {
        self.busy.word.compare_exchange(word, new, order, Ordering::Relaxed)
    }

    /// When the call was made, where that is measured.
    fn stamp(&self) -> Stamp {
        Stamp::from_ns(self.busy.stamp.load(Ordering::Relaxed))
    }

    /// For the entry.
    #[inline]
    fn turn(&self) -> Turn<A> {
        let mut word = QUEUED | ENTRY | HELD;
        loop {
            let queued = word & QUEUED != 0;
            let new = if queued { word & !(QUEUED | ENTRY) | RUNNER } else { word & !ENTRY };
            match self.step(word, new, order(Step::LetGo)) {
                Ok(_) if queued => return Turn::Run(self.args()),
                Ok(_) => return Turn::Void { last: new & REFERRED == 0 },
                Err(now) => word = now,
            }
        }
    }

    /// The arguments before their turn. Whoever asked runs the body then, or leaves another result.
    fn turn_early(&self) -> Option<A> {
        let mut word = self.busy.word.load(Ordering::Relaxed);
        while word & QUEUED != 0 {
            match self.step(word, word & !QUEUED | RUNNER, Ordering::AcqRel) {
                Ok(_) => return Some(self.args()),
                Err(now) => word = now,
            }
        }
        None
    }

    fn args(&self) -> A {
        // SAFETY: this thread has just turned `QUEUED` into `RUNNER`.
        match unsafe { self.swap(Content::Nothing) } {
            Content::Args(args) => args,
            _ => unreachable!("a queued task has its arguments"),
        }
    }

    /// Whether the task still waits for its turn.
    fn is_queued(&self) -> bool {
        self.busy.word.load(Ordering::Relaxed) & QUEUED != 0
    }

    /// For the runner, which is used up. Says whether somebody waited, and whether it was the last.
    #[inline]
    fn finish(&self, result: Result<T, TaskError>) -> (bool, bool) {
        let mut word = RUNNER | HELD;
        // SAFETY: this thread is the `RUNNER`.
        unsafe { self.swap(Content::Result(result)) };
        while word & HELD != 0 {
            let waited = word & WAITED != 0;
            let new = word & !(if waited { WAITED } else { RUNNER }) | OVER;
            match self.step(word, new, order(Step::Finish)) {
                Ok(_) if waited => return self.tell(),
                Ok(_) => return (false, false),
                Err(now) => word = now,
            }
        }
        // Nobody wants it. (Who let go has seen to the list.)
        // SAFETY: this thread is the `RUNNER`, and there is no handle.
        let unwanted = unsafe { self.swap(Content::Nothing) };
        let new = loop {
            let new = word & !RUNNER | OVER;
            match self.step(word, new, order(Step::Finish)) {
                Ok(_) => break new,
                Err(now) => word = now,
            }
        };
        if let Content::Result(result) = unwanted {
            discard(result);
        }
        (false, new & REFERRED == 0)
    }

    /// The rest of `finish` where somebody waited.
    #[cold]
    fn tell(&self) -> (bool, bool) {
        let waiters = self.take_waiters();
        let waited = waiters.wake();
        (waited, self.let_go(RUNNER))
    }

    /// A party lets go; true: it was the last.
    fn let_go(&self, party: u32) -> bool {
        let word = self.busy.word.fetch_and(!party, order(Step::LetGo));
        word & REFERRED == party
    }

    fn take_waiters(&self) -> Waiters {
        self.rare.waiters.lock().take()
    }

    /// For the handle, which is used up: nobody is to be told any more.
    fn strike(&self, word: u32) {
        if word & WAITED != 0 {
            // A waker's code is not ours: it is dropped outside of the lock.
            let nobody = self.take_waiters();
            drop(nobody);
        }
    }

    /// For the handle, which is used up, of a task that is over.
    fn result(&self, word: u32) -> Option<Result<T, TaskError>> {
        if word & TAKEN != 0 {
            return None;
        }
        self.content()
    }

    fn content(&self) -> Option<Result<T, TaskError>> {
        // SAFETY: the task is over, and this thread has set `TAKEN` or the handle.
        match unsafe { self.swap(Content::Nothing) } {
            Content::Result(result) => Some(result),
            _ => None,
        }
    }

    /// Sleeps until the task is over, or until `deadline`, or without a reason.
    fn doze(&self, deadline: Option<Instant>) {
        self.rare.waiters.lock().add_thread();
        if self.busy.word.fetch_or(WAITED, Ordering::AcqRel) & OVER != 0 {
            return;
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

    /// Gives it back: nobody refers to it any more.
    fn go_home(self: Box<Self>) {
        let home = self.rare.home;
        home.give_back(self);
    }
}

impl<A: Send + 'static, T: Send + 'static> Outcome<T> for Slot<A, T> {
    #[inline]
    fn is_over(&self) -> bool {
        self.busy.word.load(Ordering::Acquire) & OVER != 0
    }

    fn take(&self) -> Option<Result<T, TaskError>> {
        if !self.is_over() || self.busy.word.fetch_or(TAKEN, Ordering::AcqRel) & TAKEN != 0 {
            return None;
        }
        self.content()
    }

    unsafe fn wait(&self, origin: NonNull<()>, deadline: Option<Instant>) {
        self.rare.home.hurry();
        if !self.look() {
            // SAFETY: as the caller says.
            self.wait_longer(unsafe { Lent::new(self, origin) }, deadline);
        }
    }

    fn poll(&self, context: &mut Context<'_>) -> Poll<Result<T, TaskError>> {
        if let Some(result) = self.take() {
            return Poll::Ready(result);
        }
        // A waker's code is not ours: it is cloned, and an old one dropped, outside of the lock.
        let waker = context.waker().clone();
        let old = self.rare.waiters.lock().put_waker(waker);
        drop(old);
        let word = self.busy.word.fetch_or(WAITED, Ordering::AcqRel);
        assert!(word & TAKEN == 0, "a `Task` was polled after its result had been taken");
        if word & OVER != 0 {
            return self.take().map_or(Poll::Pending, Poll::Ready);
        }
        self.rare.home.hurry();
        self.rare.home.demanded();
        Poll::Pending
    }

    unsafe fn cancel(&self, origin: NonNull<()>) -> bool {
        // SAFETY: as the caller says.
        let slot = unsafe { Lent::new(self, origin) };
        let Some((args, runner)) = slot.start_early() else { return false };
        runner.finish(Err(TaskError::Cancelled));
        self.rare.home.cancelled();
        discard(args);
        true
    }

    #[inline]
    unsafe fn redeem(&self) -> Poll<(Option<Result<T, TaskError>>, bool)> {
        let word = self.busy.word.load(Ordering::Acquire);
        if word & OVER == 0 {
            return Poll::Pending;
        }
        let result = self.result(word);
        if word & !TAKEN == HELD | OVER {
            return Poll::Ready((result, true));
        }
        self.strike(word);
        Poll::Ready((result, self.let_go(HELD)))
    }

    unsafe fn release(&self) -> bool {
        let mut word = self.busy.word.load(Ordering::Acquire);
        self.strike(word);
        while word & OVER == 0 {
            match self.step(word, word & !(HELD | WAITED), order(Step::LetGo)) {
                Ok(_) => return word & REFERRED == HELD,
                Err(now) => word = now,
            }
        }
        // Whoever else refers to it does not want the result.
        let word = self.busy.word.load(Ordering::Acquire);
        if let Some(result) = self.result(word) {
            discard(result);
        }
        self.let_go(HELD)
    }

    fn give_back(self: Box<Self>) {
        self.go_home();
    }
}

#[cfg(all(loom, test))]
mod models;
