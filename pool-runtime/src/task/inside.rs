//! What a thread knows of the tasks it is running: enough to wait inside one without deadlock.
//!
//! A worker that waits inside a body (`join`, a call of a full queue) follows three rules:
//!
//! 1. **Only what it waits for.** It runs the very call it waits for, on its own stack, if that has
//!    not started: never another one. So a nested body is one that the waiting body needs anyway,
//!    and nesting adds no dependency that was not there (running an unrelated call could bury a
//!    body under one that waits for it). Stacks are never deeper than under `POOL_SERIAL=1`.
//! 2. **A permit is needed.** It runs a call of a function whose permit it holds already, or one
//!    that is free or lent out. Otherwise it sleeps, and lends out the permits it holds.
//! 3. **Bounded depth.** With more than [`NEST`] bytes of stack in use it sleeps, and a thread is
//!    called in its place while it does.
//!
//! Why nobody waits for ever: take workers that all sleep. By rule 2 each waits for a call that
//! runs, or for one (or for room) in a queue whose permits are all held by threads that do not
//! sleep: a permit of a sleeper would be lent. Those threads get on. A sleeper that waits for a
//! call that runs on a sleeping thread waits for it along dependencies that the program has (rule
//! 1), which end somewhere unless the program's own tasks wait for each other in a circle.

use std::cell::{Cell, RefCell};
use std::ptr;

/// How much stack nested bodies may take before others have to run them: a quarter of the 2 MiB
/// that a thread has by default.
const NEST: usize = 512 << 10;

/// A queue whose permit a thread can hold.
pub(super) trait Permits: Sync {
    /// See [`Stage::pause`](super::stage::Stage::pause).
    fn pause(&'static self, deep: bool);
    /// See [`Stage::resume`](super::stage::Stage::resume).
    fn resume(&'static self, deep: bool);
}

struct Inside {
    /// Where the thread's stack was when it began to serve; 0 on a thread of the user's.
    base: Cell<usize>,
    /// The queues whose permits it holds.
    held: RefCell<Vec<&'static dyn Permits>>,
    /// Bodies on its stack.
    bodies: Cell<usize>,
}

thread_local! {
    static INSIDE: Inside = const {
        Inside { base: Cell::new(0), held: RefCell::new(Vec::new()), bodies: Cell::new(0) }
    };
}

/// About where the stack is.
fn here() -> usize {
    let local = 0_u8;
    ptr::from_ref(&local).addr()
}

/// The thread begins to serve.
pub(super) fn begin() {
    INSIDE.with(|inside| inside.base.set(here()));
}

/// Whether the thread holds a permit, so that waiting takes care. False while the thread ends.
pub(super) fn is_worker() -> bool {
    INSIDE.try_with(|inside| !inside.held.borrow().is_empty()).unwrap_or(false)
}

/// Whether a task's body is on the thread's stack.
pub(super) fn is_inside() -> bool {
    INSIDE.try_with(|inside| inside.bodies.get() > 0).unwrap_or(false)
}

/// Whether the thread holds a permit of `queue`.
pub(super) fn holds(queue: &'static dyn Permits) -> bool {
    INSIDE.with(|inside| inside.held.borrow().iter().any(|held| ptr::addr_eq(*held, queue)))
}

/// Rule 3.
pub(super) fn may_nest() -> bool {
    INSIDE.with(|inside| {
        let base = inside.base.get();
        base == 0 || base.abs_diff(here()) < NEST
    })
}

/// Runs `work` while the thread holds a permit of `queue`.
pub(super) fn holding<R>(queue: &'static dyn Permits, work: impl FnOnce() -> R) -> R {
    struct LetGo;
    impl Drop for LetGo {
        fn drop(&mut self) {
            INSIDE.with(|inside| inside.held.borrow_mut().pop());
        }
    }
    INSIDE.with(|inside| inside.held.borrow_mut().push(queue));
    let _let_go = LetGo;
    work()
}

/// Runs a body, or several.
pub(super) fn visiting<R>(work: impl FnOnce() -> R) -> R {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            INSIDE.with(|inside| inside.bodies.set(inside.bodies.get() - 1));
        }
    }
    INSIDE.with(|inside| inside.bodies.set(inside.bodies.get() + 1));
    let _leave = Leave;
    work()
}

/// Runs `wait` with all permits of this thread lent out; `deep`: see [`Permits::pause`].
pub(super) fn waiting<R>(deep: bool, wait: impl FnOnce() -> R) -> R {
    let held = INSIDE.with(|inside| inside.held.take());
    for queue in &held {
        queue.pause(deep);
    }
    let result = wait();
    for queue in &held {
        queue.resume(deep);
    }
    INSIDE.with(|inside| inside.held.replace(held));
    result
}
