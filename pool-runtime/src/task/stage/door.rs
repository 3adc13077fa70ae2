//! The callers' side of a line: who may enter, and who waits for room.

use std::sync::atomic::Ordering;
use std::time::Instant;

use super::{Stage, State};
use crate::sync::{fence, unpoisoned};
use crate::task::entry::Entry;

/// What became of a call at the door.
pub(in crate::task) enum Offer<E> {
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
    /// Enters if there is room.
    pub(in crate::task) fn offer(&self, entry: E) -> Offer<E> {
        let mut state = self.lock();
        if state.closed {
            return Offer::Closed(entry);
        }
        self.revoke(&mut state);

        if self.is_full(&mut state) {
            return Offer::Full(entry);
        }
        Offer::Taken { call: self.admit(&mut state, entry) }
    }

    /// Enters; the oldest that waits makes room if there is none.
    pub(in crate::task) fn offer_for_oldest(&self, entry: E) -> (Offer<E>, Option<E>) {
        let mut state = self.lock();
        if state.closed {
            return (Offer::Closed(entry), None);
        }
        self.revoke(&mut state);
        let oldest = if self.is_full(&mut state) { self.oldest(&mut state) } else { None };
        (Offer::Taken { call: self.admit(&mut state, entry) }, oldest)
    }

    /// Enters as soon as there is room; as a `guest`, may get a permit instead.
    pub(in crate::task) fn wait_for_room(&self, entry: E, guest: bool) -> Offer<E> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return Offer::Closed(entry);
            }
            // Who starts a call from a hand looks for blocked callers afterwards, and the count
            // below goes through that hand's lock: one of the two sees the other.
            self.revoke(&mut state);
            let blocked = self.blocked.load(Ordering::Relaxed);
            self.blocked.store(blocked + 1, Ordering::Relaxed);
            // The same with who makes an entry void: it sees `blocked`, or `void` is seen below.
            fence(Ordering::SeqCst);
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

    /// Tells blocked callers that there is room for `calls`; says whether there were any. Under the
    /// lock.
    pub(super) fn tell_blocked(&self, calls: usize) -> bool {
        let blocked = self.blocked.load(Ordering::Relaxed);
        let told = blocked.min(calls);
        if told > 0 {
            self.blocked.store(blocked - told, Ordering::Relaxed);
            for _ in 0..told {
                self.room.notify_one();
            }
        }
        told > 0
    }

    /// Has all blocked callers look again. Under the lock.
    pub(super) fn tell_all_blocked(&self) {
        if self.blocked.swap(0, Ordering::Relaxed) > 0 {
            self.room.notify_all();
        }
    }

    pub(super) fn is_full(&self, state: &mut State<E>) -> bool {
        if state.line.len() + state.handed < self.limit {
            return false;
        }
        self.count_handed(state);
        if self.void.load(Ordering::Acquire) > 0 {
            self.sweep(state);
        }
        state.line.len() + state.handed >= self.limit
    }

    /// How many calls are in hands.
    pub(super) fn count_handed(&self, state: &mut State<E>) -> usize {
        if state.handed > 0 {
            state.handed = self.hands.iter().map(|hand| hand.count()).sum();
        }
        state.handed
    }

    /// Takes void entries out of the line.
    pub(super) fn sweep(&self, state: &mut State<E>) {
        self.void.swap(0, Ordering::Acquire);
        state.line.retain(|entry| !entry.is_void());
        if state.line.is_empty() {
            state.since.clear();
            state.flush = 0;
        }
    }

    /// The place of the oldest call that is in a hand.
    pub(super) fn oldest_handed(&self, state: &State<E>) -> Option<u64> {
        if state.handed == 0 {
            return None;
        }
        self.hands.iter().filter_map(|hand| hand.oldest()).min()
    }

    pub(super) fn oldest(&self, state: &mut State<E>) -> Option<E> {
        let handed = self.hands.iter().filter_map(|hand| Some((hand.oldest()?, hand)));
        if let Some((_, hand)) = handed.min_by_key(|(first, _)| *first)
            && let Some(entry) = hand.take_oldest()
        {
            state.handed -= 1;
            return Some(entry);
        }
        state.first += 1;
        state.line.pop_front()
    }

    pub(super) fn admit(&self, state: &mut State<E>, entry: E) -> bool {
        state.line.push_back(entry);
        state.entered += 1;
        state.figures.admitted += 1;
        state.figures.peak = state.figures.peak.max(state.line.len() + state.handed);
        if let Some(batch) = self.batch {
            return self.admit_to_batch(state, batch);
        }
        let is_first = !state.called;
        let call = !self.is_watched(state) && self.rouse(state);
        if !(is_first && state.called) {
            self.open(state);
        }
        call
    }

    /// An entry has become void.
    pub(in crate::task) fn voided(&self) {
        // Who sweeps sees that it is void.
        let void = self.void.fetch_add(1, Ordering::Release) + 1;
        fence(Ordering::SeqCst);
        let blocked = self.blocked.load(Ordering::Relaxed);
        if blocked == 0 && void < 32 {
            return;
        }
        let mut state = self.lock();
        self.gather(&mut state);
        if blocked > 0 || void > state.line.len() / 2 {
            self.sweep(&mut state);
            self.tell_all_blocked();
            self.hush(&mut state);
        }
    }
}
