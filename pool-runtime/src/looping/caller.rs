//! A value that all workers can see and only the calling thread can use.
//!
//! The closure that a region runs is shared between threads; the producer inside it (an iterator
//! that is not `Send`, say) must stay where it is. So every use checks the thread.

#![allow(unsafe_code, reason = "shares what only one thread gets at")]

use std::cell::Cell;
use std::thread::{self, ThreadId};

/// A value for the thread that made it.
pub(super) struct CallerOnly<T> {
    owner: ThreadId,
    value: Cell<Option<T>>,
}

// SAFETY: `value` is touched by `take`, on the owner's thread alone, and by dropping, which is the
// owner's too: a `CallerOnly` is not `Send` unless `T` is, so it stays on the thread it was made on.
unsafe impl<T> Sync for CallerOnly<T> {}

impl<T> CallerOnly<T> {
    /// For the calling thread.
    pub(super) fn new(value: T) -> Self {
        Self { owner: thread::current().id(), value: Cell::new(Some(value)) }
    }

    /// The value, the first time that its thread asks.
    pub(super) fn take(&self) -> Option<T> {
        if thread::current().id() == self.owner { self.value.take() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_threads_get_nothing() {
        let value = CallerOnly::new(std::rc::Rc::new(5));
        thread::scope(|scope| {
            let elsewhere = scope.spawn(|| value.take().is_none());
            assert!(elsewhere.join().unwrap());
        });
        assert_eq!(value.take().as_deref(), Some(&5));
        assert!(value.take().is_none());
    }
}
