//! The end: waiting until nothing waits and nothing runs, and letting nobody in any more.

use std::collections::VecDeque;
use std::time::Instant;

use super::{Stage, State};
use crate::sync::unpoisoned;
use crate::task::entry::Entry;

impl<E: Entry> Stage<E> {
    /// Tells the drains if nothing waits or runs.
    pub(super) fn hush(&self, state: &mut State<E>) {
        if state.drains > 0 && self.is_quiet(state) {
            self.quiet.notify_all();
        }
    }

    /// Nobody is in the crew then, so the hands are empty.
    pub(super) fn is_quiet(&self, state: &State<E>) -> bool {
        state.inside == 0 && state.line.is_empty()
    }

    /// Waits until nothing waits and nothing runs; partial batches go off. False when that did not
    /// come about by `deadline`. `call` calls a thread that has been counted in.
    pub(in crate::task) fn drain(&self, deadline: Option<Instant>, call: impl Fn()) -> bool {
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
    pub(in crate::task) fn close(&self) -> VecDeque<E> {
        let mut state = self.lock();
        self.revoke(&mut state);
        state.closed = true;
        let mut left = VecDeque::new();
        for hand in &self.hands {
            while let Some(entry) = hand.take_oldest() {
                left.push_back(entry);
            }
        }
        state.handed = 0;
        left.extend(state.line.take_all());
        self.tell_all_blocked();
        self.ripe.notify_all();
        state.call_watcher();
        for thread in state.stuck.drain(..) {
            thread.unpark();
        }
        left
    }
}

#[cfg(all(loom, test))]
mod models;
