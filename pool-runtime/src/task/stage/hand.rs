//! What a worker has taken in one go and not started yet.
//!
//! The owner takes from the front, and so does a thief: what is oldest runs first. The lock is the
//! owner's alone but for thefts, for counting when the queue looks full, and for dropping the
//! oldest; all of those hold the stage's lock as well. Order: the stage's lock, then one hand's.

use std::collections::VecDeque;

use crate::sync::{Mutex, lock};

pub(super) struct Hand<E>(Mutex<Held<E>>);

struct Held<E> {
    entries: VecDeque<E>,
    /// The place in line of the first entry.
    first: u64,
}

impl<E> Hand<E> {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Held { entries: VecDeque::new(), first: 0 }))
    }

    /// The owner's next entry.
    pub(super) fn pop(&self) -> Option<E> {
        let mut held = lock(&self.0);
        held.first += 1;
        held.entries.pop_front()
    }

    pub(super) fn len(&self) -> usize {
        lock(&self.0).entries.len()
    }

    /// The place in line of the oldest entry.
    pub(super) fn oldest(&self) -> Option<u64> {
        let held = lock(&self.0);
        (!held.entries.is_empty()).then_some(held.first)
    }

    /// Fills an empty hand with the next `count` of those in line, the first of which has the
    /// place `first`.
    pub(super) fn fill(&self, line: &mut VecDeque<E>, first: u64, count: usize) {
        let mut held = lock(&self.0);
        held.first = first;
        held.entries.extend(line.drain(..count));
    }

    /// The older half of what is left, at most `most`, at the end of `line`; the place of the
    /// first of them.
    pub(super) fn steal(&self, line: &mut VecDeque<E>, most: usize) -> Option<u64> {
        let mut held = lock(&self.0);
        let count = held.entries.len().div_ceil(2).min(most);
        if count == 0 {
            return None;
        }
        let first = held.first;
        held.first += count as u64;
        line.extend(held.entries.drain(..count));
        Some(first)
    }
}
