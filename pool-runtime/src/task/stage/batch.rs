//! The worker's side of a line whose calls run in batches.
//!
//! A batch is ripe when `size` calls wait (or all that the queue has room for), when the first of
//! them has waited for `linger`, when somebody waits for one of them and there is no `linger`, and
//! during `drain`. No timer thread: one worker, the timekeeper, waits in the line itself until the
//! first of these comes true, and takes the batch.

use std::time::Instant;

use super::{Ripe, Seat, Stage, State};
use crate::sync::unpoisoned;
use crate::task::entry::Entry;

/// What a worker is to do.
pub(in crate::task) enum TakeBatch {
    /// Run the batch. With `call`, call a thread first.
    Run { call: bool },
    /// The worker has left.
    Leave,
}

impl<E: Entry> Stage<E> {
    fn is_ripe(&self, state: &State<E>, batch: Ripe) -> bool {
        let waiting = state.line.len();
        waiting >= batch.size.min(self.limit)
            || (waiting > 0 && (state.flush > 0 || state.drains > 0 || state.closed))
    }

    /// A call has entered. True: a thread is to be called.
    pub(super) fn admit_to_batch(&self, state: &mut State<E>, batch: Ripe) -> bool {
        let starts_batch = (state.line.len() - 1).is_multiple_of(batch.size);
        if batch.linger.is_some() && starts_batch {
            state.since.push_back(Instant::now());
        }
        if self.is_ripe(state, batch) {
            return self.rouse_for_batch(state);
        }
        batch.linger.is_some() && state.timekeeper.is_none() && self.rouse(state)
    }

    /// Sees to it that somebody takes a ripe batch: the timekeeper, if there is one.
    fn rouse_for_batch(&self, state: &mut State<E>) -> bool {
        if state.called || state.timekeeper.take().is_none() {
            return self.rouse(state);
        }
        state.called = true;
        self.ripe.notify_all();
        false
    }

    /// What waits goes off now.
    pub(super) fn flush(&self, state: &mut State<E>) -> bool {
        state.flush = state.line.len();
        state.flush > 0 && self.rouse_for_batch(state)
    }

    /// Somebody waits for a call in line: without `linger`, nothing else may make its batch go
    /// off. True: a thread is to be called.
    pub(in crate::task) fn demand(&self) -> bool {
        match self.batch {
            Some(Ripe { linger: None, .. }) => self.flush(&mut self.lock()),
            _ => false,
        }
    }

    /// The next batch, into an empty `out`. `leaving`: see [`Stage::take`].
    pub(in crate::task) fn take_batch(
        &self,
        seat: &mut Seat,
        batch: Ripe,
        out: &mut Vec<E>,
        leaving: impl FnOnce(),
    ) -> TakeBatch {
        let mut state = self.lock();
        state.learn_from(seat);
        loop {
            let surplus = state.crew > self.workers + state.deep;
            if surplus || state.line.is_empty() {
                leaving();
                self.leave(state, seat);
                return TakeBatch::Leave;
            }
            let now = Instant::now();
            let due = batch.linger.map(|linger| {
                let since = state.since.front().copied().unwrap_or(now);
                linger.saturating_sub(now.saturating_duration_since(since))
            });
            if self.is_ripe(&state, batch) || due.is_some_and(|left| left.is_zero()) {
                let lingered = !self.is_ripe(&state, batch);
                let call = self.take_ripe(&mut state, batch, out);
                state.figures.batch(out.len(), out.len() >= batch.size, !lingered);
                return TakeBatch::Run { call };
            }
            let Some(left) = due.filter(|_| state.timekeeper.is_none()) else {
                leaving();
                self.leave(state, seat);
                return TakeBatch::Leave;
            };
            state.timekeeper = Some(seat.id());
            state = unpoisoned(self.ripe.wait_timeout(state, left)).0;
            if state.timekeeper == Some(seat.id()) {
                state.timekeeper = None;
            } else {
                state.called = false;
            }
        }
    }

    fn take_ripe(&self, state: &mut State<E>, batch: Ripe, out: &mut Vec<E>) -> bool {
        let count = batch.size.min(state.line.len());
        state.line.take(count, out);
        state.first += count as u64;
        state.blocks += 1;
        state.flush = state.flush.saturating_sub(count);
        state.since.pop_front();
        self.tell_blocked(count);
        if state.line.is_empty() {
            state.since.clear();
            return false;
        }
        let wanted = batch.linger.is_some() && state.timekeeper.is_none();
        (wanted || self.is_ripe(state, batch)) && self.rouse_for_batch(state)
    }
}
