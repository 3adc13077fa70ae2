//! What a worker keeps from call to call: `scratch(client = Client::new())` on a task function.
//!
//! It is made by the first call that needs it, inside the body's closure, so that a fallible maker
//! leaves the task as `?` does and the next call tries again. It stays with the function's queue
//! while no worker is there, is lent to one thread at a time, and is dropped at `shutdown`, or when
//! a body panicked with it in hand.

use std::fmt;

/// What can be kept: workers come and go, so it has to be able to change threads.
#[diagnostic::on_unimplemented(
    message = "`scratch` of a task function cannot hold `{Self}`, which is not `Send`",
    label = "this is kept from call to call, by whichever thread runs the next one",
    note = "make it in the body instead, or keep something that is `Send` and `'static`"
)]
pub trait TaskScratch: Send + 'static {}

#[diagnostic::do_not_recommend]
impl<S: Send + 'static> TaskScratch for S {}

/// The place of it. Generated code makes what is missing.
pub struct Scratch<S>(Option<S>);

impl<S> Scratch<S> {
    pub(super) const fn new(kept: Option<S>) -> Self {
        Self(kept)
    }

    pub(super) fn take(&mut self) -> Option<S> {
        self.0.take()
    }

    /// What was kept.
    pub fn kept(&mut self) -> Option<&mut S> {
        self.0.as_mut()
    }

    /// Keeps `made`.
    pub fn keep(&mut self, made: S) -> &mut S {
        self.0.insert(made)
    }
}

impl<S> fmt::Debug for Scratch<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scratch").field("is_made", &self.0.is_some()).finish()
    }
}
