//! The caller's end of a task.

#![allow(unsafe_code, reason = "what uses a handle up says so")]

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use super::error::TaskError;
use super::slot::Grip;

/// What a handle needs of the slot behind it, whatever the arguments of the call were.
pub(super) trait Outcome<T>: Send + Sync {
    /// Whether there is a result, or was one that has been taken.
    fn is_over(&self) -> bool;
    /// The result, once.
    fn take(&self) -> Option<Result<T, TaskError>>;
    /// The result, or the waker is told of it.
    fn poll(&self, context: &mut Context<'_>) -> Poll<Result<T, TaskError>>;
    /// Waits until the task is over, or until `deadline`, or without a reason.
    ///
    /// # Safety
    /// `origin` is the address that the handle has of this slot.
    unsafe fn wait(&self, origin: NonNull<()>, deadline: Option<Instant>);
    /// Takes the call back if it has not started.
    ///
    /// # Safety
    /// As for `wait`.
    unsafe fn cancel(&self, origin: NonNull<()>) -> bool;
    /// The result of a task that is over; true: nobody refers to the slot any more.
    ///
    /// # Safety
    /// When it is over, the handle is used up: once, and nobody does anything with it afterwards.
    unsafe fn redeem(&self) -> Poll<(Option<Result<T, TaskError>>, bool)>;
    /// The result is not wanted. Otherwise as `redeem`.
    ///
    /// # Safety
    /// As for `redeem`.
    unsafe fn release(&self) -> bool;
    /// The slot is free.
    fn give_back(self: Box<Self>);
}

/// A call that runs, or waits to run, on a worker: what a function with the return type `Task<T>`
/// gives its callers at once.
///
/// Wait for its value with [`join`](Self::join), or `.await` it: a task is a [`Future`] that any
/// executor can drive. Dropping a task *detaches* it: it runs all the same, its value is dropped.
/// A panic in the body is an error of the task and of nothing else.
///
/// Handling a task allocates nothing in steady state: the slot in which the value is left belongs
/// to the function's queue and is used again.
///
/// Inside a task's body, `join` does not just occupy the worker: a task that still waits for its
/// turn is run right there, on the waiting thread (see the README of this module for the rules).
///
/// ```
/// use pool_runtime::{pooled, Task};
///
/// #[pooled(workers = 2)]
/// fn square(x: u64) -> Task<u64> {
///     x * x
/// }
///
/// let tasks: Vec<_> = (0..10).map(square).collect();
/// let total: u64 = tasks.into_iter().map(|task| task.join().unwrap()).sum();
/// assert_eq!(total, 285);
/// ```
#[must_use = "a task that is dropped runs detached: `join` it, or say `drop(..)`"]
pub struct Task<T> {
    grip: Grip<T>,
}

impl<T> Task<T> {
    pub(super) fn new(grip: Grip<T>) -> Self {
        Self { grip }
    }

    /// Waits for the value.
    ///
    /// Looks for about a microsecond, then sleeps.
    ///
    /// # Errors
    /// See [`TaskError`]: the body panicked, or the call did not run.
    ///
    /// # Panics
    /// If [`try_join`](Self::try_join) or [`join_timeout`](Self::join_timeout) has returned the
    /// value before.
    pub fn join(self) -> Result<T, TaskError> {
        let mut grip = self.grip;
        loop {
            match grip.redeem() {
                Ok(Some(result)) => return result,
                Ok(None) => panic!("`join` on a task whose result has been taken"),
                Err(same) => grip = same,
            }
            grip.wait(None);
        }
    }

    /// Waits for the value, at most for `timeout`: `None` when the task was not over by then. It
    /// goes on, and can be asked again. `None`, too, when the value has been taken before.
    ///
    /// Inside a task's body it may take longer, when it runs the awaited task itself.
    pub fn join_timeout(&self, timeout: Duration) -> Option<Result<T, TaskError>> {
        if !self.grip.is_over() {
            // A time beyond the clock's end is no limit.
            self.grip.wait(Instant::now().checked_add(timeout));
        }
        self.grip.take()
    }

    /// The value if the task is over and its value was not taken before; does not wait.
    pub fn try_join(&self) -> Option<Result<T, TaskError>> {
        if self.grip.is_over() { self.grip.take() } else { None }
    }

    /// Takes the call back: true if it had not started and never will. Its arguments are dropped
    /// here and now, it leaves the queue, and its outcome is [`TaskError::Cancelled`]. A task that
    /// runs is not interrupted: false, and its outcome is what the body makes it.
    pub fn cancel(&self) -> bool {
        self.grip.cancel()
    }

    /// Whether the task is over: has run, panicked, or will not run. What the body did is visible
    /// to who sees true.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.grip.is_over()
    }
}

impl<T> Future for Task<T> {
    type Output = Result<T, TaskError>;

    /// # Panics
    /// When polled after it was ready.
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.grip.poll(context)
    }
}

impl<T> fmt::Debug for Task<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("is_finished", &self.is_finished()).finish_non_exhaustive()
    }
}
