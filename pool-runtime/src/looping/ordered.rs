//! `#[ordered] { .. }`: a part of the body that runs item by item, in the order of positions.
//!
//! A turnstile (Reed and Kanodia's sequencer and event count, 1979): `next` is the lowest position
//! that has not passed. [`Turns::enter`] waits until it is the item's own; an item passes when the
//! loop asks for the next one, whether it entered or went past (`continue`). Loops with such a
//! part claim their items one by one, because the first item of a claim waits for the last one of
//! the claim before. (Where they are cheap, claims of many run one after the other instead.)
//!
//! Who waits spins for a little more than a microsecond and then sleeps on one of a few condition
//! variables, chosen by position, so that passing wakes the one thread whose turn it is. It cannot
//! deadlock: the item at `next` is being run by somebody, who does not wait.
//!
//! **No wake-up is lost.** A sleeper counts itself, **fence**, looks; who passes (or breaks the
//! turnstile) stores, **fence**, looks for sleepers. Both fences are sequentially consistent, so
//! one of the two sees the other (Dekker); and between a sleeper's look and its sleep nobody can
//! signal, for want of the gate. `ordered/models.rs` explores that, and a weaker fence.
//!
//! When an item leaves the loop or panics, no later item may enter. Its share is dropped before
//! all of its items have passed, which breaks the turnstile at that position: those behind it stop
//! by unwinding with a payload of their own, which the driver knows and drops.

use std::cell::Cell;
use std::ops::{Deref, DerefMut, Range};
use std::panic::resume_unwind;
#[cfg(not(all(loom, test)))]
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::time::Instant;

use crossbeam_utils::CachePadded;

use crate::accumulate::{Accumulator, Order};
use crate::report::{Kind, Switches, slice, turned};
use crate::sync::{AtomicUsize, Condvar, Mutex, MutexGuard, fence, lock, spin_loop, unpoisoned};

/// The payload of an item that stops because a lower one has ended the loop.
pub(super) struct Abandoned;

/// How many condition variables sleepers spread over.
const SLOTS: usize = if MODEL { 2 } else { 32 };

/// How often a waiter looks before it sleeps.
const PAUSES: u32 = if MODEL { 0 } else { 100 };

/// Under loom, nobody spins.
const MODEL: bool = cfg!(all(loom, test));

/// What the ordered part of a body works on, and whose turn it is.
#[derive(Debug)]
pub struct Ordered<T> {
    /// The lowest position that has not passed.
    next: CachePadded<AtomicUsize>,
    /// Positions above this do not enter; `usize::MAX` while nothing has ended the loop.
    broken: AtomicUsize,
    slots: [CachePadded<Slot>; SLOTS],
    /// Never contended: the turn decides who locks it.
    value: Mutex<T>,
}

#[derive(Debug)]
struct Slot {
    /// Those that sleep here, or are about to.
    sleepers: AtomicUsize,
    gate: Mutex<()>,
    moved: Condvar,
}

impl<T: Send> Ordered<T> {
    /// A turnstile around what the ordered part changes.
    pub fn new(value: T) -> Self {
        Self {
            next: CachePadded::new(AtomicUsize::new(0)),
            broken: AtomicUsize::new(usize::MAX),
            slots: std::array::from_fn(|_| CachePadded::new(Slot::new())),
            value: Mutex::new(value),
        }
    }

    /// As one of the loop's views.
    pub fn turns(&self) -> TakeTurns<'_, T> {
        TakeTurns(self)
    }

    fn slot(&self, position: usize) -> &Slot {
        &self.slots[position % SLOTS]
    }

    /// Waits until everything before `position` has passed. Unwinds if that will never be.
    fn wait(&self, position: usize) {
        if !self.is_decided(position) {
            self.await_turn(position);
        }
        if self.next.load(Acquire) != position {
            resume_unwind(Box::new(Abandoned));
        }
    }

    #[cold]
    fn await_turn(&self, position: usize) {
        let since = Instant::now();
        let decided = (0..PAUSES).any(|_| {
            spin_loop();
            self.is_decided(position)
        });
        if !decided {
            self.sleep(position);
        }
        let now = Instant::now();
        turned(now - since);
        if !decided && Switches::now().traced() {
            slice("turn", Kind::Turn, since, now, 0);
        }
    }

    fn sleep(&self, position: usize) {
        let slot = self.slot(position);
        let mut gate = lock(&slot.gate);
        slot.sleepers.fetch_add(1, Relaxed);
        dekker();
        while !self.is_decided(position) {
            gate = unpoisoned(slot.moved.wait(gate));
        }
        slot.sleepers.fetch_sub(1, Relaxed);
    }

    /// Whether it is the turn of `position`, or never will be. Acquire: whose turn it is sees what
    /// the turns before it did.
    fn is_decided(&self, position: usize) -> bool {
        self.next.load(Acquire) == position || self.broken.load(Acquire) < position
    }

    /// The item at `position`, whose turn it is, has passed.
    fn pass(&self, position: usize) {
        self.next.store(position + 1, Release);
        dekker();
        self.slot(position + 1).signal();
    }

    /// Lets nobody above `position` enter.
    fn break_at(&self, position: usize) {
        self.broken.fetch_min(position, Release);
        dekker();
        self.slots.iter().for_each(|slot| slot.signal());
    }
}

/// The fence between telling and looking, on either side.
fn dekker() {
    #[cfg(not(all(loom, test)))]
    fence(SeqCst);
    #[cfg(all(loom, test))]
    fence(models::strength());
}

impl Slot {
    fn new() -> Self {
        Self { sleepers: AtomicUsize::new(0), gate: Mutex::new(()), moved: Condvar::new() }
    }

    /// After [`dekker`].
    fn signal(&self) {
        if self.sleepers.load(Relaxed) > 0 {
            drop(lock(&self.gate));
            self.moved.notify_all();
        }
    }
}

/// The accumulator over [`Ordered`].
#[derive(Debug)]
pub struct TakeTurns<'a, T>(&'a Ordered<T>);

impl<'a, T: Send> Accumulator for TakeTurns<'a, T> {
    type Seed = &'a Ordered<T>;
    type Local = Turns<'a, T>;
    const ORDER: Order = Order::Sequence;
    const TRANSIENT: bool = true;
    const ONE_BY_ONE: bool = true;

    fn seed(&mut self, _: Option<usize>) -> Self::Seed {
        self.0
    }

    #[inline]
    #[allow(unsafe_code, reason = "implements the contract; no unsafe operation inside")]
    unsafe fn fresh(seed: &Self::Seed, positions: Range<usize>) -> Turns<'a, T> {
        Turns {
            order: seed,
            position: Cell::new(positions.start),
            begun: Cell::new(false),
            entered: Cell::new(false),
            end: positions.end,
        }
    }

    fn combine(_: &Self::Seed, _: &mut Turns<'a, T>, _: Turns<'a, T>) {}

    fn commit(self, _: Self::Seed, _: Turns<'a, T>) {}
}

/// The turns of one block's items.
#[derive(Debug)]
pub struct Turns<'a, T: Send> {
    order: &'a Ordered<T>,
    /// Of the item that runs, or runs next.
    position: Cell<usize>,
    /// Whether that item runs.
    begun: Cell<bool>,
    /// Whether it is known to be its turn.
    entered: Cell<bool>,
    end: usize,
}

impl<T: Send> Turns<'_, T> {
    /// The block's items; each passes when the next one is asked for.
    #[inline]
    pub fn over<I: IntoIterator>(&self, block: I) -> impl Iterator<Item = I::Item> {
        let mut items = block.into_iter();
        std::iter::from_fn(move || {
            self.pass();
            let item = items.next()?;
            self.begun.set(true);
            Some(item)
        })
    }

    /// Waits for the turn of the item that runs.
    #[inline]
    pub fn enter(&self) -> Turn<'_, T> {
        self.wait();
        Turn(lock(&self.order.value))
    }

    fn wait(&self) {
        if !self.entered.replace(true) {
            self.order.wait(self.position.get());
        }
    }

    /// The item that runs, if there is one, is done.
    fn pass(&self) {
        if self.begun.get() {
            self.wait();
            let position = self.position.get();
            self.entered.set(false);
            self.begun.set(false);
            self.position.set(position + 1);
            self.order.pass(position);
        }
    }
}

impl<T: Send> Drop for Turns<'_, T> {
    fn drop(&mut self) {
        if self.position.get() < self.end {
            self.order.break_at(self.position.get());
        }
    }
}

/// An item's turn: what the ordered part works on.
#[derive(Debug)]
pub struct Turn<'a, T>(MutexGuard<'a, T>);

impl<T> Deref for Turn<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Turn<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

#[cfg(all(test, loom))]
mod models;
