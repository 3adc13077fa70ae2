//! One region at a time: open, join, leave, close.
//!
//! Source: the ticket scheme in `README.md` (this directory), which also has the proof sketch that
//! the SAFETY comments here refer to by number.
//!
//! ```text
//! claim   taken: false -> true                      Acquire
//! open    write job; word = tickets                 Release
//! join    - TICKET + ACTIVE, if there is a ticket   Acquire; then read job
//! leave   tickets -> 0, - ACTIVE                    Release; wake the caller if it waits, last out
//! close   tickets -> 0, unless they are; until
//!         active = 0: wait                          Acquire
//! free    taken = false                             Release
//! ```
//!
//! Helpers touch the job only between join and leave, and the caller returns only when nobody is
//! between them: so a body may borrow from the caller's stack, and a helper that comes late finds
//! no ticket and touches nothing but the slot.

use std::any::Any;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::thread::yield_now;

use crossbeam_utils::CachePadded;

use super::word::{ACTIVE, TICKET, TICKETS, WAITING, active, open, tickets};
use crate::prefetch::lines_for_reading;
use crate::sync::{AtomicBool, AtomicU32, Condvar, Mutex, UnsafeCell, spin_loop};

/// What a panic carries.
type Payload = Box<dyn Any + Send>;

/// How often the caller looks for the last helper before it lets other threads run: about 3 us.
const PAUSES: u32 = if cfg!(all(loom, test)) { 1 } else { 200 };

/// How often it looks after that, letting other threads run in between, before it sleeps: about
/// 30 us, what a sleep would cost it and the helper.
const YIELDS: u32 = if cfg!(all(loom, test)) { 0 } else { 60 };

/// How many lines of the caller's stack a helper asks for when it joins: 3 KiB. One after the other, as
/// the body comes to them, they take 50 ns each, 250 where the cores share no cache (the helper of
/// a loop of 3 us was through 200 ns later there).
const LINES: usize = 48;

/// The orders on which the protocol rests, as a parameter so that the models can show that
/// each of them is needed.
pub(crate) trait Orders {
    /// Of the store that opens a region: publishes the job.
    const OPEN: Ordering;
    /// Of a helper's successful join: sees the job.
    const JOIN: Ordering;
    /// Of a helper's leave: publishes what its body did.
    const LEAVE: Ordering;
    /// Of the caller's closing and waiting: sees what the helpers' bodies did.
    const CLOSE: Ordering;
    /// Of taking a free slot: sees that the last owner is done with the job.
    const CLAIM: Ordering;
    /// Of giving a slot back.
    const FREE: Ordering;
    /// Of the crew's fences: whoever opens sees who is about, or who signs off sees the tickets.
    const FENCE: Ordering;
}

/// The orders of the proof.
pub(crate) struct Proven;

impl Orders for Proven {
    const OPEN: Ordering = Ordering::Release;
    const JOIN: Ordering = Ordering::Acquire;
    const LEAVE: Ordering = Ordering::Release;
    const CLOSE: Ordering = Ordering::Acquire;
    const CLAIM: Ordering = Ordering::Acquire;
    const FREE: Ordering = Ordering::Release;
    const FENCE: Ordering = Ordering::SeqCst;
}

/// A body with its type erased, as it lies in the slot while its region is open.
#[derive(Clone, Copy)]
struct Job {
    /// A `Frame<F>` on the stack of the caller.
    frame: *const (),
    /// `Frame::<F>::enter` for the same `F`.
    enter: unsafe fn(*const (), usize),
}

/// What a region keeps on its caller's stack.
struct Frame<'a, F> {
    body: &'a F,
    /// The first panic of a helper.
    panic: Mutex<Option<Payload>>,
}

impl<F: Fn(usize) + Sync> Frame<'_, F> {
    /// Runs the body as worker `index` and keeps its panic. Does not panic.
    ///
    /// # Safety
    /// `frame` points to a `Frame<F>` that stays alive, and is only shared, during the call.
    #[allow(unsafe_code, reason = "the job's type was erased when it was written")]
    unsafe fn enter(frame: *const (), index: usize) {
        // SAFETY: by the contract above.
        let frame = unsafe { &*frame.cast::<Self>() };
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| (frame.body)(index))) {
            let mut first = frame.panic.lock().unwrap_or_else(PoisonError::into_inner);
            let spare = if first.is_none() { first.replace(payload) } else { Some(payload) };
            drop(first);
            discard(spare);
        }
    }
}

/// Drops a payload that nobody will see; its `Drop` may panic, and that panic is dropped unseen.
fn discard(payload: Option<Payload>) {
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(again);
    }
}

/// A place for one region at a time. It outlives every region and every helper that looks at it.
pub(super) struct Slot<O = Proven> {
    /// Whose is the slot: a caller's, or nobody's. Apart from the rest, which helpers read all the
    /// time while they linger: a caller that comes again and again finds this in its own cache.
    taken: CachePadded<AtomicBool>,
    word: AtomicU32,
    /// `Some` while a region is open. Written by the owner while there are neither tickets nor
    /// helpers inside, read by helpers inside.
    job: UnsafeCell<Option<Job>>,
    /// For the caller's sleep; holds nothing, the word says it all.
    gate: Mutex<()>,
    emptied: Condvar,
    orders: PhantomData<O>,
}

// SAFETY: `job` is the only field that is not `Sync`; by (3) the owner's writes and the helpers'
// reads of it are ordered by the word. What it points to is shared between threads only as
// `&Frame<F>` with `F: Sync`.
#[allow(unsafe_code, reason = "the word orders the accesses to the job")]
unsafe impl<O> Sync for Slot<O> {}

// SAFETY: a slot moves between threads only while nobody borrows it, hence with no region open;
// the stale pointers that it may hold are not followed.
#[allow(unsafe_code, reason = "a slot at rest is plain data")]
unsafe impl<O> Send for Slot<O> {}

/// A slot that the holder alone may open.
pub(super) struct Claimed<'a, O: Orders = Proven>(&'a Slot<O>);

impl<O: Orders> Slot<O> {
    pub(super) fn new() -> Self {
        Self {
            taken: CachePadded::new(AtomicBool::new(false)),
            word: AtomicU32::new(0),
            job: UnsafeCell::new(None),
            gate: Mutex::new(()),
            emptied: Condvar::new(),
            orders: PhantomData,
        }
    }

    /// Takes the slot, if it is free.
    pub(super) fn claim(&self) -> Option<Claimed<'_, O>> {
        let free = !self.taken.load(Ordering::Relaxed);
        // Acquire, from the `free` of the owner before us: its reads and writes of the job, and
        // those of its helpers, happened before ours.
        let ours =
            free && self.taken.compare_exchange(false, true, O::CLAIM, Ordering::Relaxed).is_ok();
        ours.then(|| Claimed(self))
    }

    /// Whether a helper could join now. A glance, not a promise.
    pub(super) fn wants_help(&self) -> bool {
        tickets(self.word.load(Ordering::Relaxed)) > 0
    }

    /// Joins the open region, if there is one that wants help, and runs its body. `joined` is
    /// called first, with the number of helpers that may still join. Does not panic.
    pub(super) fn help(&self, joined: impl FnOnce(usize)) -> bool {
        let mut word = self.word.load(Ordering::Relaxed);
        let left = loop {
            let left = tickets(word);
            if left == 0 {
                return false;
            }
            match self.word.compare_exchange_weak(
                word,
                word - TICKET + ACTIVE,
                O::JOIN,
                Ordering::Relaxed,
            ) {
                Ok(_) => break left,
                Err(now) => word = now,
            }
        };
        joined(left - 1);
        self.enter(left);
        self.leave();
        true
    }

    /// Runs the body as worker `index`, inside.
    fn enter(&self, index: usize) {
        // SAFETY: (3) we are inside, so the owner does not write.
        #[allow(unsafe_code, reason = "the join acquired the job")]
        let job = self.job.with(|job| unsafe { *job });
        if let Some(Job { frame, enter }) = job {
            // What the body borrows lies above the frame, and is not written to while we are inside.
            lines_for_reading(frame, LINES);
            // The tickets of a region count down, so no two helpers see the same number.
            // SAFETY: (1) we are between join and leave, so the frame is alive; (2) `run` is the
            // only maker of jobs and pairs a `Frame<F>` with its own `enter`.
            #[allow(unsafe_code, reason = "we are inside")]
            unsafe {
                enter(frame, index);
            }
        }
    }

    /// Ends a join: nothing of the region is touched after this, only the slot.
    fn leave(&self) {
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            // A body that has ended found no more work: nobody else need come.
            let next = (word & !TICKETS) - ACTIVE;
            match self.word.compare_exchange_weak(word, next, O::LEAVE, Ordering::Relaxed) {
                Ok(_) if next == WAITING => break,
                Ok(_) => return,
                Err(now) => word = now,
            }
        }
        // The caller set WAITING and then looked at the word with the gate held: it either saw
        // our leave or sleeps by the time we hold the gate. A later region's caller may get this
        // wake-up instead; it looks again and sleeps on.
        let gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        self.emptied.notify_one();
        drop(gate);
    }

    /// Lets nobody in any more and returns when nobody is inside.
    fn close(&self) {
        // Whose body has returned first has taken the tickets. To look on is quicker than to write.
        let mut word = self.word.load(O::CLOSE);
        if tickets(word) > 0 {
            word = self.word.fetch_and(!TICKETS, O::CLOSE);
        }
        let mut looks = 0;
        while active(word) > 0 && looks < PAUSES + YIELDS {
            if looks < PAUSES {
                spin_loop();
            } else {
                yield_now();
            }
            word = self.word.load(O::CLOSE);
            looks += 1;
        }
        if active(word) == 0 {
            return;
        }
        word = self.word.fetch_or(WAITING, O::CLOSE);
        let mut gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        while active(word) > 0 {
            word = self.word.load(O::CLOSE);
            if active(word) > 0 {
                gate = self.emptied.wait(gate).unwrap_or_else(PoisonError::into_inner);
            }
        }
        drop(gate);
    }
}

impl<O: Orders> Claimed<'_, O> {
    /// Opens the region for `helpers`, calls `opened`, runs `body(0)` here while helpers that
    /// join run `body(k)` with distinct `k` in `1..=helpers`, closes the region, and returns when
    /// all that joined have left.
    ///
    /// # Panics
    /// With the payload of `body(0)`, else of the first helper whose body panicked.
    pub(super) fn run<F: Fn(usize) + Sync>(self, helpers: usize, opened: impl FnOnce(), body: &F) {
        let frame = Frame { body, panic: Mutex::new(None) };
        let job = Job { frame: (&raw const frame).cast(), enter: Frame::<F>::enter };
        // SAFETY: (3) the slot is claimed and not open: nobody else reads or writes the job.
        #[allow(unsafe_code, reason = "the slot is ours")]
        self.0.job.with_mut(|place| unsafe { *place = Some(job) });
        self.0.word.store(open(helpers), O::OPEN);
        // From here to `close` no unwinding: the frame must not die while helpers are inside.
        let own = catch_unwind(AssertUnwindSafe(|| {
            opened();
            body(0);
        }));
        self.0.close();
        drop(self);
        let helpers = frame.panic.into_inner().unwrap_or_else(PoisonError::into_inner);
        match (own, helpers) {
            (Ok(()), None) => {}
            (Ok(()), Some(payload)) => resume_unwind(payload),
            (Err(payload), spare) => {
                discard(spare);
                resume_unwind(payload);
            }
        }
    }
}

impl<O: Orders> Drop for Claimed<'_, O> {
    /// Frees the slot. Release: the next owner's claim sees what happened here.
    fn drop(&mut self) {
        self.0.taken.store(false, O::FREE);
    }
}

#[cfg(all(test, loom))]
mod models;
