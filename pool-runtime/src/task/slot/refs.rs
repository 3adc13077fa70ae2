//! The three that refer to a slot, each with the one bit of its word that says so.
//!
//! They are made where a party begins to refer, and used up where it lets go, so that a slot is
//! there for as long as one of them is: whoever finds itself the last gets the slot back as a `Box`.

#![allow(unsafe_code, reason = "a slot is counted by the bits of its word")]

use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::task::{Context, Poll};
use std::time::Instant;

use super::{Slot, Turn};
use crate::prefetch;
use crate::report::Stamp;
use crate::task::discard;
use crate::task::error::TaskError;
use crate::task::handle::Outcome;

/// The entry in line.
pub(in crate::task) struct Ticket<A: Send + 'static, T: Send + 'static>(NonNull<Slot<A, T>>);

/// Who runs the body, or decides that it does not run.
pub(in crate::task) struct Runner<A: 'static, T: 'static>(NonNull<Slot<A, T>>);

/// The caller's handle.
pub(in crate::task) struct Grip<T>(NonNull<dyn Outcome<T>>);

/// The handle, lent to who waits for the task.
pub(in crate::task) struct Lent<'a, A: 'static, T: 'static> {
    slot: &'a Slot<A, T>,
    origin: NonNull<Slot<A, T>>,
}

// SAFETY: each of them can send or drop arguments and result, and what else is in a slot may be
// shared; a slot is made only where both are `Send`.
unsafe impl<A: Send, T: Send> Send for Ticket<A, T> {}
// SAFETY: as above.
unsafe impl<A: Send, T: Send> Send for Runner<A, T> {}
// SAFETY: as above (`T` is `Send` where a handle is made).
unsafe impl<T> Send for Grip<T> {}
// SAFETY: as above; a result is handed out once, whoever shares the handle: see `Slot::take`.
unsafe impl<T> Sync for Grip<T> {}

/// A new task in a free slot: its entry and its handle.
#[inline]
pub(in crate::task) fn issue<A, T>(
    mut slot: Box<Slot<A, T>>,
    args: A,
    stamp: Stamp,
) -> (Ticket<A, T>, Grip<T>)
where
    A: Send + 'static,
    T: Send + 'static,
{
    slot.arm(args, stamp);
    let slot = NonNull::from(Box::leak(slot));
    (Ticket(slot), Grip(slot))
}

impl<A: Send + 'static, T: Send + 'static> Ticket<A, T> {
    fn slot(&self) -> &Slot<A, T> {
        // SAFETY: the slot is there as long as its entry is.
        unsafe { self.0.as_ref() }
    }

    /// The entry's turn has come: the arguments, unless the task was cancelled or started
    /// otherwise.
    #[inline]
    pub(in crate::task) fn start(self) -> Option<(A, Runner<A, T>, Stamp)> {
        let ticket = ManuallyDrop::new(self);
        match ticket.slot().turn() {
            Turn::Run(args) => {
                let runner = Runner(ticket.0);
                let stamp = runner.stamp();
                Some((args, runner, stamp))
            }
            Turn::Void { last } => {
                if last {
                    // SAFETY: nobody else refers to it, and this entry is used up.
                    unsafe { give_back(ticket.0) };
                }
                None
            }
        }
    }

    /// Whether the task has been cancelled or started otherwise.
    pub(in crate::task) fn is_void(&self) -> bool {
        !self.slot().is_queued()
    }

    /// The entry's turn comes soon.
    #[inline]
    pub(in crate::task) fn prepare(&self) {
        prefetch::for_writing(&raw const self.slot().busy);
    }

    /// The queue does not run the task.
    pub(in crate::task) fn refuse(self, error: TaskError) {
        if let Some((args, runner, _)) = self.start() {
            runner.finish(Err(error));
            discard(args);
        }
    }
}

impl<A: Send + 'static, T: Send + 'static> Drop for Ticket<A, T> {
    /// A void entry is swept. (Another one is not dropped; if it were, the task would be over.)
    fn drop(&mut self) {
        Self(self.0).refuse(TaskError::Cancelled);
    }
}

impl<A: Send + 'static, T: Send + 'static> Runner<A, T> {
    fn slot(&self) -> &Slot<A, T> {
        // SAFETY: the slot is there until who runs the body lets go.
        unsafe { self.0.as_ref() }
    }

    /// When the call was made, where that is measured.
    pub(in crate::task) fn stamp(&self) -> Stamp {
        self.slot().stamp()
    }

    /// Leaves the result. Says whether somebody waited for it.
    #[inline]
    pub(in crate::task) fn finish(self, result: Result<T, TaskError>) -> bool {
        let (waited, last) = self.slot().finish(result);
        if last {
            // SAFETY: nobody else refers to it, and `self` is used up.
            unsafe { give_back(self.0) };
        }
        waited
    }
}

/// # Safety
/// Nobody refers to the slot any more but the caller, who does not do so afterwards.
#[inline]
unsafe fn give_back<A: Send + 'static, T: Send + 'static>(slot: NonNull<Slot<A, T>>) {
    // SAFETY: it was leaked by `issue`, and belongs to the caller now.
    let slot = unsafe { Box::from_raw(slot.as_ptr()) };
    slot.go_home();
}

impl<T> Grip<T> {
    #[inline]
    fn outcome(&self) -> &dyn Outcome<T> {
        // SAFETY: the slot is there as long as its handle is.
        unsafe { self.0.as_ref() }
    }

    /// Whether there is a result, or was one that has been taken.
    #[inline]
    pub(in crate::task) fn is_over(&self) -> bool {
        self.outcome().is_over()
    }

    /// The result, once.
    pub(in crate::task) fn take(&self) -> Option<Result<T, TaskError>> {
        self.outcome().take()
    }

    /// Waits until the task is over, or until `deadline`, or without a reason.
    pub(in crate::task) fn wait(&self, deadline: Option<Instant>) {
        // SAFETY: it is the address that `issue` made.
        unsafe { self.outcome().wait(self.0.cast(), deadline) }
    }

    /// The result, or the waker is told of it.
    pub(in crate::task) fn poll(&self, context: &mut Context<'_>) -> Poll<Result<T, TaskError>> {
        self.outcome().poll(context)
    }

    /// Takes the call back if it has not started.
    pub(in crate::task) fn cancel(&self) -> bool {
        // SAFETY: it is the address that `issue` made.
        unsafe { self.outcome().cancel(self.0.cast()) }
    }

    /// The result of a task that is over, if it was not taken, and the handle is gone; else the
    /// handle.
    #[inline]
    pub(in crate::task) fn redeem(self) -> Result<Option<Result<T, TaskError>>, Self> {
        // SAFETY: the handle is used up if the task is over, and it is the only one.
        let Poll::Ready((result, last)) = (unsafe { self.outcome().redeem() }) else {
            return Err(self);
        };
        let grip = ManuallyDrop::new(self);
        if last {
            // SAFETY: as in `Drop`.
            unsafe { Box::from_raw(grip.0.as_ptr()) }.give_back();
        }
        Ok(result)
    }
}

#[cfg(all(loom, test))]
impl<T: Send + 'static> Grip<T> {
    /// The handle of a task whose arguments are `A`, lent as its home gets it.
    pub(super) fn lent<A: Send + 'static>(&self) -> Lent<'_, A, T> {
        let origin = self.0.cast::<Slot<A, T>>();
        // SAFETY: the model says what the arguments are; the slot is there as long as its handle.
        unsafe { Lent::new(origin.as_ref(), origin.cast()) }
    }
}

impl<T> Drop for Grip<T> {
    fn drop(&mut self) {
        // SAFETY: the handle is used up, and it is the only one.
        if unsafe { self.outcome().release() } {
            // SAFETY: the slot was leaked by `issue`, and nobody refers to it any more.
            unsafe { Box::from_raw(self.0.as_ptr()) }.give_back();
        }
    }
}

impl<'a, A: Send + 'static, T: Send + 'static> Lent<'a, A, T> {
    /// # Safety
    /// `origin` is the address of the slot that its handle has.
    pub(super) unsafe fn new(slot: &'a Slot<A, T>, origin: NonNull<()>) -> Self {
        Self { slot, origin: origin.cast() }
    }

    pub(in crate::task) fn is_over(&self) -> bool {
        self.slot.is_over()
    }

    /// Whether the task still waits for its turn.
    pub(in crate::task) fn is_queued(&self) -> bool {
        self.slot.is_queued()
    }

    /// See [`Slot::doze`].
    pub(in crate::task) fn doze(&self, deadline: Option<Instant>) {
        self.slot.doze(deadline);
    }

    /// Starts the task before its turn. Its entry stays in line and does nothing then.
    pub(in crate::task) fn start_early(&self) -> Option<(A, Runner<A, T>)> {
        let args = self.slot.turn_early()?;
        Some((args, Runner(self.origin)))
    }
}
