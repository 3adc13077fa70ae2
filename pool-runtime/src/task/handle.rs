//! The caller's end of a task.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use super::error::TaskError;

/// What a handle needs of the slot behind it, whatever the arguments of the call were.
pub(super) trait Outcome<T>: Send + Sync {
    /// Whether there is a result, or was one that has been taken.
    fn is_over(&self) -> bool;
    /// The result, once.
    fn take(&self) -> Option<Result<T, TaskError>>;
    /// Waits until the task is over, or until `deadline`.
    fn wait(self: Arc<Self>, deadline: Option<Instant>);
    /// The result, or the waker is told of it.
    fn poll(&self, context: &mut Context<'_>) -> Poll<Result<T, TaskError>>;
    /// Takes the call back if it has not started.
    fn cancel(self: Arc<Self>) -> bool;
    /// The handle is gone.
    fn release(self: Arc<Self>);
    /// The result of a task that is over, and the handle is gone.
    fn redeem(self: Arc<Self>) -> Option<Result<T, TaskError>>;
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
    /// Nothing only on the way out.
    outcome: Option<Arc<dyn Outcome<T>>>,
}

impl<T> Task<T> {
    pub(super) fn new(outcome: Arc<dyn Outcome<T>>) -> Self {
        Self { outcome: Some(outcome) }
    }

    fn outcome(&self) -> &Arc<dyn Outcome<T>> {
        self.outcome.as_ref().expect("a task has its outcome until it is joined or dropped")
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
    pub fn join(mut self) -> Result<T, TaskError> {
        while !self.outcome().is_over() {
            Arc::clone(self.outcome()).wait(None);
        }
        match self.outcome.take().and_then(|outcome| outcome.redeem()) {
            Some(result) => result,
            None => panic!("`join` on a task whose result has been taken"),
        }
    }

    /// Waits for the value, at most for `timeout`: `None` when the task was not over by then. It
    /// goes on, and can be asked again. `None`, too, when the value has been taken before.
    ///
    /// Inside a task's body it may take longer, when it runs the awaited task itself.
    pub fn join_timeout(&self, timeout: Duration) -> Option<Result<T, TaskError>> {
        if !self.outcome().is_over() {
            // A time beyond the clock's end is no limit.
            Arc::clone(self.outcome()).wait(Instant::now().checked_add(timeout));
        }
        self.outcome().take()
    }

    /// The value if the task is over and its value was not taken before; does not wait.
    pub fn try_join(&self) -> Option<Result<T, TaskError>> {
        if self.outcome().is_over() { self.outcome().take() } else { None }
    }

    /// Takes the call back: true if it had not started and never will. Its arguments are dropped
    /// here and now, it leaves the queue, and its outcome is [`TaskError::Cancelled`]. A task that
    /// runs is not interrupted: false, and its outcome is what the body makes it.
    pub fn cancel(&self) -> bool {
        Arc::clone(self.outcome()).cancel()
    }

    /// Whether the task is over: has run, panicked, or will not run. What the body did is visible
    /// to who sees true.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.outcome().is_over()
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        if let Some(outcome) = self.outcome.take() {
            outcome.release();
        }
    }
}

impl<T> Future for Task<T> {
    type Output = Result<T, TaskError>;

    /// # Panics
    /// When polled after it was ready.
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.outcome().poll(context)
    }
}

impl<T> fmt::Debug for Task<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("is_finished", &self.is_finished()).finish_non_exhaustive()
    }
}
