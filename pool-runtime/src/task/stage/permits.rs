//! Who may run a call: the permits of one function, and who is inside a body.
//!
//! `crew` counts the threads that were called for this function, `running` those that
//! hold one of its permits at the moment; a worker that waits inside its body (for a task, or for
//! room in another queue) lends its permit out meanwhile. Only a thread that would otherwise wait
//! *inside a task* may borrow it (`guest`), so functions that wait for each other get ahead, and
//! back-pressure still does not start a thread per waiting call.

use super::{Stage, State};
use crate::sync::current;
use crate::task::entry::Entry;

impl<E: Entry> Stage<E> {
    /// One thread fewer is inside.
    pub(super) fn outside(&self, state: &mut State<E>) {
        self.lend(state);
        state.inside -= 1;
        self.tighten(state);
        self.hush(state);
    }

    /// A permit is free: those that wait for one inside a body look again.
    pub(super) fn lend(&self, state: &mut State<E>) {
        state.running -= 1;
        for thread in state.stuck.drain(..) {
            thread.unpark();
        }
        if state.running < self.workers {
            self.tell_all_blocked();
        }
    }

    /// A guest runs one call, so it leaves batches to the crew unless all of that waits.
    pub(super) fn admit_guest(&self, state: &mut State<E>) -> bool {
        let crew_comes = self.batch.is_some() && state.crew < self.workers;
        if state.running >= self.workers || crew_comes || state.closed {
            return false;
        }
        state.running += 1;
        state.inside += 1;
        true
    }

    /// A permit, or this thread is unparked when there may be one.
    pub(in crate::task) fn guest_or_told(&self) -> bool {
        let mut state = self.lock();
        if self.admit_guest(&mut state) {
            return true;
        }
        let me = current();
        if state.stuck.iter().all(|thread| thread.id() != me.id()) {
            state.stuck.push(me);
        }
        false
    }

    /// The guest has run its call.
    pub(in crate::task) fn guest_left(&self) {
        self.outside(&mut self.lock());
    }

    /// A worker begins to wait inside a body. With `deep`, it will not run anything meanwhile,
    /// and true means that a thread is to be called in its place.
    pub(in crate::task) fn pause(&self, deep: bool) -> bool {
        let mut state = self.lock();
        self.lend(&mut state);
        if deep {
            state.deep += 1;
        }
        self.tighten(&mut state);
        let waiting = !state.line.is_empty() || self.count_handed(&mut state) > 0;
        deep && waiting && self.rouse(&mut state)
    }

    /// The wait is over. The worker does not wait for its permit: whoever has it meanwhile keeps
    /// it until the end of a body.
    pub(in crate::task) fn resume(&self, deep: bool) {
        let mut state = self.lock();
        state.running += 1;
        if deep {
            state.deep -= 1;
        }
    }

    /// A call runs on its caller's thread, without a permit. False after `shutdown`.
    pub(in crate::task) fn enter_aside(&self) -> bool {
        let mut state = self.lock();
        if state.closed {
            return false;
        }
        state.inside += 1;
        state.entered += 1;
        true
    }

    /// It has run.
    pub(in crate::task) fn leave_aside(&self) {
        let mut state = self.lock();
        state.inside -= 1;
        self.hush(&mut state);
    }
}
