//! The items that wait: a ring which one thread fills without a lock.
//!
//! Lamport's single-producer ring (1977) with a lock on the taking side. The producer writes a
//! slot and then publishes it by moving `tail`; who takes holds the queue's lock, reads slots, and
//! then moves `head`. So filling costs one atomic exchange an item, or one a batch, and no lock
//! that a taker could hold.
//!
//! A slot that a worker has read is in the worker's cache, and the producer would wait for it at the
//! next publication, for as long as several bodies run; so it asks for slots some dozens of items
//! before it fills them. The takers, in turn, look at `tail` only where what they have seen of it
//! is not enough, and ask with each claim for the slots of the next.
//!
//! Each side exists once: [`Filler`] belongs to the producer, [`Drain`] stands under the lock.
//! That is what makes the accesses exclusive: slots from `head` to `tail` are the drain's, all
//! others the filler's. A ring that becomes too small is replaced by the filler while it has the
//! drain in hand as well.

#![allow(unsafe_code, reason = "slots are written by one side and read by the other")]

use std::collections::VecDeque;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use crossbeam_utils::CachePadded;

use super::tell::{look, tell};
use crate::prefetch;
use crate::sync::{AtomicUsize, UnsafeCell};

type Slots<T> = Box<[UnsafeCell<MaybeUninit<T>>]>;

struct Ring<T> {
    /// A power of two of them; the item of number `n` stands at `n` modulo that.
    slots: UnsafeCell<Slots<T>>,
    /// How many items have been taken. Moved by the drain.
    head: CachePadded<AtomicUsize>,
    /// How many items have been published. Moved by the filler.
    tail: CachePadded<AtomicUsize>,
}

// SAFETY: an item is moved in by one thread and out by another, which `T: Send` allows; no two
// threads refer to one slot at a time (see the top), and the filler alone replaces the slots, with
// both sides in hand.
unsafe impl<T: Send> Send for Ring<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Ring<T> {}

/// The producer's side.
pub(crate) struct Filler<T> {
    ring: Arc<Ring<T>>,
    /// How many items have been put in, published or not.
    tail: usize,
    published: usize,
    capacity: usize,
    /// How many items had been taken when this side last looked.
    taken: usize,
}

/// So far ahead each side asks for slots, in bytes.
const AHEAD: usize = 512;
/// A line of the cache.
const LINE: usize = 64;

/// The takers' side, to be kept under a lock.
pub(crate) struct Drain<T> {
    ring: Arc<Ring<T>>,
    head: usize,
    /// How many items had been published when this side last looked.
    seen: usize,
}

/// How many slots stand in so many bytes; at least one.
#[inline(always)]
fn slots_in<T>(bytes: usize) -> usize {
    (bytes / size_of::<T>().max(1)).max(1)
}

fn slots<T>(capacity: usize) -> Slots<T> {
    (0..capacity).map(|_| UnsafeCell::new(MaybeUninit::uninit())).collect()
}

/// A ring for `capacity` items, and more where that turns out not to be enough.
pub(crate) fn ring<T>(capacity: usize) -> (Filler<T>, Drain<T>) {
    let capacity = capacity.next_power_of_two();
    let ring = Arc::new(Ring {
        slots: UnsafeCell::new(slots(capacity)),
        head: CachePadded::new(AtomicUsize::new(0)),
        tail: CachePadded::new(AtomicUsize::new(0)),
    });
    let drain = Drain { ring: Arc::clone(&ring), head: 0, seen: 0 };
    (Filler { ring, tail: 0, published: 0, capacity, taken: 0 }, drain)
}

impl<T> Filler<T> {
    /// How many items have been put in.
    #[inline]
    pub(crate) fn tail(&self) -> usize {
        self.tail
    }

    /// How many of them have not been published.
    #[inline]
    pub(crate) fn unpublished(&self) -> usize {
        self.tail - self.published
    }

    /// How many of them have not been taken. Others may take some meanwhile; nobody adds any.
    #[inline]
    pub(crate) fn waiting(&mut self) -> usize {
        // Acquire: who took has done so before we use the slot again.
        self.taken = self.ring.head.load(Acquire);
        self.tail - self.taken
    }

    /// What is put in from now on goes into slots that the takers have just emptied, one after the
    /// other: asks for the first ones. [`push`](Self::push) does for the others.
    pub(crate) fn fetch_ahead(&self) {
        let count = slots_in::<T>(AHEAD).min(self.capacity - self.most_waiting());
        (0..count).step_by(slots_in::<T>(LINE)).for_each(|ahead| self.fetch(ahead));
    }

    /// Asks for the slot so far behind those that are filled.
    #[inline(always)]
    fn fetch(&self, ahead: usize) {
        let at = (self.tail + ahead) & (self.capacity - 1);
        self.ring.slots.with(|slots| {
            // SAFETY: nobody replaces the slots but this side.
            let slots = unsafe { &*slots };
            prefetch::for_writing(&raw const slots[at]);
        });
    }

    /// Not more than so many wait, without a look at what the takers have done since the last one.
    #[inline]
    pub(crate) fn most_waiting(&self) -> usize {
        self.tail - self.taken
    }

    /// How many items there is room for.
    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    /// As [`waiting`](Self::waiting), without room made of it.
    pub(crate) fn seen_waiting(&self) -> usize {
        self.tail - self.ring.head.load(Relaxed)
    }

    /// Whether a push takes a [`grow`](Self::grow) first, for all that is known.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.most_waiting() >= self.capacity
    }

    /// Puts `item` behind the others, to be published.
    ///
    /// # Panics
    /// When the ring is full.
    #[inline]
    pub(crate) fn push(&mut self, item: T) {
        assert!(!self.is_full(), "the ring has room");
        let at = self.tail & (self.capacity - 1);
        self.ring.slots.with(|slots| {
            // SAFETY: nobody replaces the slots but this side.
            let slots = unsafe { &*slots };
            // SAFETY: `at` is outside of what the drain may read: not published, and what stood
            // there has been taken, since fewer than `capacity` items wait.
            slots[at].with_mut(|slot| unsafe { slot.write(MaybeUninit::new(item)) });
        });
        self.tail += 1;
        if self.most_waiting() + slots_in::<T>(AHEAD) < self.capacity {
            self.fetch(slots_in::<T>(AHEAD));
        }
    }

    /// Lets the takers have all that was pushed. What the takers then say of themselves is seen by
    /// a [`look`] that follows, or they see what was published.
    #[inline]
    pub(crate) fn publish(&mut self) {
        self.published = self.tail;
        tell(&self.ring.tail, self.tail);
    }

    /// Makes room for twice as many items.
    ///
    /// # Panics
    /// When `drain` is another ring's.
    #[cold]
    pub(crate) fn grow(&mut self, drain: &mut Drain<T>) {
        assert!(Arc::ptr_eq(&self.ring, &drain.ring), "both sides of one ring");
        let wider = slots::<T>(self.capacity * 2);
        self.ring.slots.with_mut(|slots| {
            // SAFETY: both sides are in hand, so nobody else looks at the slots.
            let slots = unsafe { &mut *slots };
            for number in drain.head..self.tail {
                let from = &slots[number & (slots.len() - 1)];
                let to = &wider[number & (wider.len() - 1)];
                from.with(|from| {
                    to.with_mut(|to| {
                        // SAFETY: from `head` to `tail` slots are written; each is moved once, into
                        // a slot of its own, and the old ones are given up without being dropped.
                        unsafe { ptr::copy_nonoverlapping(from, to, 1) }
                    });
                });
            }
            *slots = wider;
        });
        self.capacity *= 2;
    }
}

impl<T> Drop for Filler<T> {
    fn drop(&mut self) {
        // Whoever drops the ring drops these as well.
        self.publish();
    }
}

impl<T> Drain<T> {
    /// How many items have been taken.
    pub(crate) fn head(&self) -> usize {
        self.head
    }

    /// Looks where the filler has got to: all that has been published is seen from now on.
    pub(crate) fn catch_up(&mut self) {
        self.seen = look(&self.ring.tail);
    }

    /// How many items have been published.
    pub(crate) fn published(&mut self) -> usize {
        self.catch_up();
        self.seen
    }

    /// How many items wait, of those published.
    pub(crate) fn waiting(&mut self) -> usize {
        self.published() - self.head
    }

    /// How many of them this side has seen: at least so many wait. To look where the filler has got
    /// to is to take a line of the cache from it, in the middle of what it does.
    pub(crate) fn seen_waiting(&self) -> usize {
        self.seen - self.head
    }

    /// Moves the first `count` items to the end of `into`.
    ///
    /// # Panics
    /// When this side has not seen that many waiting.
    pub(crate) fn take(&mut self, count: usize, into: &mut VecDeque<T>) {
        assert!(count <= self.seen_waiting(), "that many items wait");
        let first = self.head;
        self.ring.slots.with(|slots| {
            // SAFETY: the filler replaces the slots only with this side in hand.
            let slots = unsafe { &*slots };
            let start = first & (slots.len() - 1);
            let (wrapped, onwards) = slots.split_at(start);
            let onwards = &onwards[..count.min(onwards.len())];
            for slots in [onwards, &wrapped[..count - onwards.len()]] {
                into.extend(slots.iter().map(|slot| {
                    // SAFETY: published, and not taken before: `head` moves on below.
                    slot.with(|slot| unsafe { slot.cast::<T>().read() })
                }));
            }
        });
        self.head += count;
        self.ring.head.store(self.head, Release);
        self.fetch_next(count);
    }

    /// The next claim will be like the last one: asks for its slots, which the filler has written
    /// to, for them to be here when this one has been run.
    fn fetch_next(&self, count: usize) {
        let count = count.min(self.seen_waiting()).min(slots_in::<T>(AHEAD));
        let next = self.head..self.head + count;
        self.ring.slots.with(|slots| {
            // SAFETY: the filler replaces the slots only with this side in hand.
            let slots = unsafe { &*slots };
            for number in next.step_by(slots_in::<T>(LINE)) {
                prefetch::for_reading(&raw const slots[number & (slots.len() - 1)]);
            }
        });
    }

    /// The ring as one sees it who neither fills nor takes.
    pub(crate) fn view(&self) -> View<T> {
        View(Arc::clone(&self.ring))
    }
}

/// A look at how full the ring is.
pub(crate) struct View<T>(Arc<Ring<T>>);

impl<T> View<T> {
    /// About how many items wait.
    pub(crate) fn waiting(&self) -> usize {
        let head = self.0.head.load(Relaxed);
        self.0.tail.load(Relaxed).saturating_sub(head)
    }
}

impl<T> Drop for Ring<T> {
    fn drop(&mut self) {
        let (head, tail) = (self.head.load(Acquire), self.tail.load(Acquire));
        let mut rest = VecDeque::with_capacity(tail - head);
        self.slots.with_mut(|slots| {
            // SAFETY: both sides are gone.
            let slots = unsafe { &*slots };
            rest.extend((head..tail).map(|number| {
                // SAFETY: published, and not taken.
                slots[number & (slots.len() - 1)].with(|slot| unsafe { slot.cast::<T>().read() })
            }));
        });
    }
}
