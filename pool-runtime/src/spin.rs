//! A lock for what takes a few instructions: one atomic exchange, where `std`'s takes two.
//!
//! A plain test-and-test-and-set lock, freed by a store. It is for sections that are far shorter than
//! falling asleep, that run nothing of the user's, and that are hardly ever contended: there the
//! second exchange is half of the cost. Its price is paid when the holder loses its processor: who
//! waits then looks a few times, gives its processor away a few times, and sleeps for some
//! microseconds at a time, so that it gets on even where it has the higher priority.

#![allow(unsafe_code, reason = "a lock lends what only its holder may touch")]

use std::ops::{Deref, DerefMut};
use std::sync::atomic::Ordering;

use crate::sync::{AtomicBool, UnsafeCell};

/// How a lock is freed: with anything weaker, the next holder can miss what the last one wrote. A
/// model shows that.
#[cfg(not(all(loom, test)))]
const fn free() -> Ordering {
    Ordering::Release
}
#[cfg(all(loom, test))]
use models::free;

/// See the module.
pub(crate) struct Spin<T> {
    held: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: the value is lent to one thread at a time, exclusively, which `T: Send` allows.
unsafe impl<T: Send> Sync for Spin<T> {}

/// The right to what is behind the lock, until it is dropped.
pub(crate) struct Held<'a, T>(&'a Spin<T>);

impl<T> Spin<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { held: AtomicBool::new(false), value: UnsafeCell::new(value) }
    }

    /// The lock if it is free.
    #[cfg(all(loom, test))]
    fn try_lock(&self) -> Option<Held<'_, T>> {
        (!self.held.swap(true, Ordering::Acquire)).then(|| Held(self))
    }
}

// Models try once, and those who use this lock have one of loom's there: loom would follow a loop
// that waits for another thread for ever.
#[cfg(not(all(loom, test)))]
impl<T> Spin<T> {
    #[inline]
    pub(crate) fn lock(&self) -> Held<'_, T> {
        if self.held.swap(true, Ordering::Acquire) {
            self.wait();
        }
        Held(self)
    }

    /// Returns when this thread has taken the lock.
    #[cold]
    fn wait(&self) {
        let mut looks = 0;
        loop {
            wait_a_little(looks);
            looks += 1;
            if !self.held.load(Ordering::Relaxed) && !self.held.swap(true, Ordering::Acquire) {
                return;
            }
        }
    }
}

/// Each look takes the line of the cache from the holder: so a few, further and further apart.
#[cfg(not(all(loom, test)))]
fn wait_a_little(looks: u32) {
    match looks {
        0..6 => (0..8 << looks).for_each(|_| std::hint::spin_loop()),
        6..40 => std::thread::yield_now(),
        _ => std::thread::sleep(std::time::Duration::from_micros(50)),
    }
}

impl<T> Drop for Held<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.0.held.store(false, free());
    }
}

impl<T> Deref for Held<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: this thread holds the lock until `self` is dropped, and the reference ends
        // before; nobody else refers to the value meanwhile.
        self.0.value.with(|value| unsafe { &*value })
    }
}

impl<T> DerefMut for Held<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above, and `self` is borrowed exclusively.
        self.0.value.with_mut(|value| unsafe { &mut *value })
    }
}

#[cfg(all(loom, test))]
mod models;
