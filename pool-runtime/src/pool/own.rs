//! Threads of our own: each runs a job when called and sleeps in between.
//!
//! A call goes to the thread that fell asleep last. A call that finds all threads awake is left
//! for the first that would fall asleep; so no call is lost, and nobody waits for a thread here.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, PoisonError};

use super::placement::Place;
use crate::cores::cores;
use crate::sync::{Condvar, Mutex, MutexGuard};

/// The threads' side of the supply.
pub(super) struct Own {
    state: Mutex<State>,
    berths: Box<[Berth]>,
    /// Threads that run a job or have been called to. Only tells where a placed thread is worth
    /// its system calls: not where more threads are about than there are cores anyway.
    awake: AtomicUsize,
}

#[derive(Default)]
struct State {
    /// Threads asleep (or about to), by number; each is in here at most once.
    asleep: Vec<usize>,
    /// Calls that found nobody asleep.
    pending: usize,
    /// The threads are to end.
    closing: bool,
}

/// Where one thread sleeps.
struct Berth {
    /// Set by who took the thread out of `asleep`, cleared by the thread.
    called: Mutex<bool>,
    awaken: Condvar,
    place: Place,
}

impl Own {
    /// A supply for `size` threads, none of them started.
    pub(super) fn new(size: usize) -> Self {
        let berth = |_| Berth {
            called: Mutex::new(false),
            awaken: Condvar::new(),
            place: Place::default(),
        };
        Self {
            state: Mutex::new(State::default()),
            berths: (0..size).map(berth).collect(),
            awake: AtomicUsize::new(0),
        }
    }

    /// Starts thread `number`, which runs `job` at each call until [`Own::close`].
    pub(super) fn start(
        self: &Arc<Self>,
        number: usize,
        builder: std::thread::Builder,
        job: impl Fn() + Send + 'static,
    ) -> io::Result<()> {
        let own = Arc::clone(self);
        builder.spawn(move || own.run(number, job)).map(drop)
    }

    /// What thread `number` does.
    pub(super) fn run(&self, number: usize, job: impl Fn()) {
        self.awake.fetch_add(1, Relaxed);
        while self.next(number) {
            job();
        }
    }

    /// Sleeps until the thread's next call; false if there will be none.
    fn next(&self, number: usize) -> bool {
        let berth = &self.berths[number];
        // The last ones to fall asleep are the first to be called.
        let others = self.awake.fetch_sub(1, Relaxed) - 1;
        berth.place.sleep(others < cores());
        let mut state = self.state();
        if state.pending > 0 || state.closing {
            let called = state.pending > 0;
            state.pending -= usize::from(called);
            drop(state);
            self.awake.fetch_add(1, Relaxed);
            berth.place.wake();
            return called;
        }
        state.asleep.push(number);
        drop(state);
        let mut called = berth.called.lock().unwrap_or_else(PoisonError::into_inner);
        while !*called {
            called = berth.awaken.wait(called).unwrap_or_else(PoisonError::into_inner);
        }
        *called = false;
        drop(called);
        berth.place.wake();
        true
    }

    /// Has `number` threads run their job once more.
    pub(super) fn call(&self, number: usize) {
        for _ in 0..number {
            let mut state = self.state();
            let Some(next) = state.asleep.pop() else {
                state.pending += 1;
                continue;
            };
            drop(state);
            if self.awake.fetch_add(1, Relaxed) + 1 < cores() {
                self.berths[next].place.wake_elsewhere();
            }
            self.wake(next);
        }
    }

    fn wake(&self, number: usize) {
        let berth = &self.berths[number];
        let mut called = berth.called.lock().unwrap_or_else(PoisonError::into_inner);
        *called = true;
        // First unlock, or the thread wakes only to wait for the lock.
        drop(called);
        berth.awaken.notify_one();
    }

    /// Lets all threads end after the calls made so far.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closing = true;
        let asleep = std::mem::take(&mut state.asleep);
        drop(state);
        for number in asleep {
            self.awake.fetch_add(1, Relaxed);
            self.wake(number);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn threads_that_sleep_end_when_all_is_closed() {
        let own = Arc::new(Own::new(3));
        let run = |number| {
            let own = Arc::clone(&own);
            std::thread::spawn(move || own.run(number, || {}))
        };
        let threads = [0, 1, 2].map(run);
        while own.state().asleep.len() < threads.len() {
            std::thread::yield_now();
        }
        own.close();
        for thread in threads {
            assert!(thread.join().is_ok());
        }
    }
}
