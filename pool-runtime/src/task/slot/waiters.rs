//! Who is to be told when a task is over.

use std::mem;
use std::task::Waker;

use crate::sync::{Thread, current};
use crate::task::contain;

/// Nearly always nobody or one; a second one (`join_timeout` from two threads) costs an allocation.
#[derive(Default)]
pub(super) struct Waiters {
    first: Option<Waiter>,
    more: Vec<Waiter>,
}

enum Waiter {
    Thread(Thread),
    Waker(Waker),
}

impl Waiters {
    /// All of them; the list is empty then.
    pub(super) fn take(&mut self) -> Self {
        mem::take(self)
    }

    pub(super) fn add_thread(&mut self) {
        let thread = current();
        let same = |waiter: &Waiter| matches!(waiter, Waiter::Thread(t) if t.id() == thread.id());
        if self.first.as_ref().is_some_and(same) || self.more.iter().any(same) {
            return;
        }
        self.add(Waiter::Thread(thread));
    }

    /// There is one waker: that of the latest poll. Returns the one before.
    pub(super) fn put_waker(&mut self, waker: Waker) -> Option<Waker> {
        let mut all = self.first.iter_mut().chain(&mut self.more);
        let old = all.find_map(|waiter| match waiter {
            Waiter::Waker(old) => Some(old),
            Waiter::Thread(_) => None,
        });
        if let Some(old) = old {
            return Some(mem::replace(old, waker));
        }
        self.add(Waiter::Waker(waker));
        None
    }

    fn add(&mut self, waiter: Waiter) {
        match &mut self.first {
            none @ None => *none = Some(waiter),
            Some(_) => self.more.push(waiter),
        }
    }

    /// Tells all of them; says whether there was one.
    pub(super) fn wake(self) -> bool {
        let any = self.first.is_some();
        for waiter in self.first.into_iter().chain(self.more) {
            match waiter {
                Waiter::Thread(thread) => thread.unpark(),
                Waiter::Waker(waker) => contain(|| waker.wake()),
            }
        }
        any
    }
}
