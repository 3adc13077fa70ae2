//! What a worker has taken in one go and not started yet.
//!
//! The owner takes from the front, and so does a thief: what is oldest runs first. The lock is the
//! owner's alone but for thefts, for counting when the queue looks full, and for dropping the
//! oldest; all of those hold the stage's lock as well. Order: the stage's lock, then one hand's.

use std::collections::VecDeque;
use std::mem;

use super::line::Line;
use crate::sync::Spin;
use crate::task::entry::Entry;

/// How many calls ahead the owner has an entry prepared.
const AHEAD: usize = 3;

pub(super) struct Hand<E>(Spin<Held<E>>);

struct Held<E> {
    entries: VecDeque<E>,
    /// The place in line of the first entry.
    first: u64,
    /// Its part of the stage's `handed`. Changed with the stage's lock held, too.
    dealt: usize,
}

impl<E: Entry> Hand<E> {
    pub(super) fn new() -> Self {
        Self(Spin::new(Held { entries: VecDeque::new(), first: 0, dealt: 0 }))
    }

    /// The owner's next entry.
    #[inline]
    pub(super) fn pop(&self) -> Option<E> {
        let mut held = self.0.lock();
        let entry = held.entries.pop_front()?;
        if let Some(entry) = held.entries.get(AHEAD) {
            entry.prepare();
        }
        held.first += 1;
        Some(entry)
    }

    /// The oldest entry, for the stage.
    pub(super) fn take_oldest(&self) -> Option<E> {
        let mut held = self.0.lock();
        let entry = held.entries.pop_front()?;
        held.first += 1;
        held.dealt -= 1;
        Some(entry)
    }

    /// How many there are, which is from here on its part of `handed`.
    pub(super) fn count(&self) -> usize {
        let mut held = self.0.lock();
        held.dealt = held.entries.len();
        held.dealt
    }

    /// How many there are of which `is` is true.
    pub(super) fn count_if(&self, is: impl Fn(&E) -> bool) -> usize {
        self.0.lock().entries.iter().filter(|entry| is(entry)).count()
    }

    /// The owner has run all: how much that leaves `handed` too high.
    pub(super) fn settle(&self) -> usize {
        mem::take(&mut self.0.lock().dealt)
    }

    /// The place in line of the oldest entry.
    pub(super) fn oldest(&self) -> Option<u64> {
        let held = self.0.lock();
        (!held.entries.is_empty()).then_some(held.first)
    }

    /// Fills an empty hand with up to `most` of those in line, the first of which has the place
    /// `first`; says how many.
    pub(super) fn fill(&self, line: &mut Line<E>, first: u64, most: usize) -> usize {
        let mut held = self.0.lock();
        held.first = first;
        held.dealt = line.deal(&mut held.entries, most);
        held.entries.iter().take(AHEAD + 1).for_each(E::prepare);
        held.dealt
    }

    /// Puts what was stolen into an empty hand; returns the hand's own memory.
    pub(super) fn put(&self, loot: VecDeque<E>, first: u64) -> VecDeque<E> {
        let mut held = self.0.lock();
        held.first = first;
        held.dealt = loot.len();
        mem::replace(&mut held.entries, loot)
    }

    /// The older half of what is left, at most `most`, into the empty `loot`; the place of the
    /// first of them.
    pub(super) fn steal(&self, loot: &mut VecDeque<E>, most: usize) -> Option<u64> {
        let mut held = self.0.lock();
        let count = held.entries.len().div_ceil(2).min(most);
        if count == 0 {
            return None;
        }
        let first = held.first;
        held.first += count as u64;
        held.dealt -= count;
        loot.extend(held.entries.drain(..count));
        Some(first)
    }
}
