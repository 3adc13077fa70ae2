//! The synchronisation primitives that our protocols are written against.
//!
//! Production code and ordinary tests get `std`; unit tests built with `--cfg loom` get loom's
//! models of the same names, which explore every interleaving. A protocol that is to be modelled
//! takes its atomics, cells and locks from here and nowhere else.
//! (Both conditions are needed: loom is a dev-dependency, which only unit tests can see.)

#[cfg(not(all(loom, test)))]
pub(crate) use real::*;

#[cfg(all(loom, test))]
pub(crate) use model::*;

#[cfg(not(all(loom, test)))]
mod real {
    pub(crate) use crate::spin::Spin;
    pub(crate) use std::hint::spin_loop;
    pub(crate) use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, fence};
    pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};
    pub(crate) use std::thread::{Thread, current, park, park_timeout};

    /// `std`'s cell with the interface of loom's, which tracks every access.
    #[derive(Debug)]
    pub(crate) struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        pub(crate) const fn new(value: T) -> Self {
            Self(std::cell::UnsafeCell::new(value))
        }

        pub(crate) fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
            read(self.0.get())
        }

        pub(crate) fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
            write(self.0.get())
        }
    }
}

#[cfg(all(loom, test))]
mod model {
    pub(crate) use loom::cell::UnsafeCell;
    pub(crate) use loom::hint::spin_loop;
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, fence};
    pub(crate) use loom::sync::{Condvar, Mutex, MutexGuard};

    use std::sync::Arc;

    /// See [`crate::spin`], which has models of its own.
    pub(crate) struct Spin<T>(Mutex<T>);

    impl<T> Spin<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(Mutex::new(value))
        }

        pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
            super::lock(&self.0)
        }
    }

    /// A thread that can be unparked. (Loom's own forgets an `unpark` that comes while the thread
    /// waits for a mutex.)
    #[derive(Clone)]
    pub(crate) struct Thread(Arc<Berth>);

    struct Berth {
        token: Mutex<bool>,
        given: Condvar,
    }

    loom::thread_local! {
        static ME: Thread =
            Thread(Arc::new(Berth { token: Mutex::new(false), given: Condvar::new() }));
    }

    pub(crate) fn current() -> Thread {
        ME.with(Thread::clone)
    }

    pub(crate) fn park() {
        let Thread(me) = current();
        let mut token = super::lock(&me.token);
        while !*token {
            token = super::unpoisoned(me.given.wait(token));
        }
        *token = false;
    }

    /// The model has no clock: a time is over when the scheduler says so.
    pub(crate) fn park_timeout(_: std::time::Duration) {
        loom::thread::yield_now();
    }

    impl Thread {
        pub(crate) fn unpark(&self) {
            *super::lock(&self.0.token) = true;
            self.0.given.notify_one();
        }

        /// Something that tells threads apart.
        pub(crate) fn id(&self) -> usize {
            Arc::as_ptr(&self.0).addr()
        }
    }
}

/// Locks. Nothing of the user's runs under a lock that is taken like this, so a poisoned one has
/// nothing half changed behind it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    unpoisoned(mutex.lock())
}

/// See [`lock`].
pub(crate) fn unpoisoned<G>(result: std::sync::LockResult<G>) -> G {
    result.unwrap_or_else(std::sync::PoisonError::into_inner)
}
