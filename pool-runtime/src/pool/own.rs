//! Threads of our own: each runs a job when called and sleeps in between.
//!
//! A call goes to the thread that fell asleep last. A call that finds all threads awake is left
//! for the first that would fall asleep; so no call is lost, and nobody waits for a thread here.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, Thread};

use super::placement::Place;

/// The threads' side of the supply.
pub(super) struct Own {
    state: Mutex<State>,
    berths: Box<[Berth]>,
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
#[derive(Default)]
struct Berth {
    /// Set by who took the thread out of `asleep`, cleared by the thread.
    called: AtomicBool,
    thread: OnceLock<Thread>,
    place: Place,
}

impl Own {
    /// A supply for `size` threads, none of them started.
    pub(super) fn new(size: usize) -> Self {
        let berths = (0..size).map(|_| Berth::default()).collect();
        Self { state: Mutex::default(), berths }
    }

    /// Starts thread `number`, which runs `job` at each call until [`Own::close`].
    pub(super) fn start(
        self: &Arc<Self>,
        number: usize,
        builder: thread::Builder,
        job: impl Fn() + Send + 'static,
    ) -> io::Result<()> {
        let own = Arc::clone(self);
        builder.spawn(move || own.run(number, job)).map(drop)
    }

    fn run(&self, number: usize, job: impl Fn()) {
        let berth = &self.berths[number];
        let _ = berth.thread.set(thread::current());
        while self.next(number) {
            job();
        }
    }

    /// Sleeps until the thread's next call; false if there will be none.
    fn next(&self, number: usize) -> bool {
        let berth = &self.berths[number];
        berth.place.sleep();
        let mut state = self.state();
        if state.pending > 0 || state.closing {
            let called = state.pending > 0;
            state.pending -= usize::from(called);
            drop(state);
            berth.place.wake();
            return called;
        }
        state.asleep.push(number);
        drop(state);
        while !berth.called.swap(false, Ordering::Acquire) {
            thread::park();
        }
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
            self.berths[next].place.wake_elsewhere();
            self.wake(next);
        }
    }

    fn wake(&self, number: usize) {
        let berth = &self.berths[number];
        berth.called.store(true, Ordering::Release);
        // Who is asleep has set its handle before.
        if let Some(thread) = berth.thread.get() {
            thread.unpark();
        }
    }

    /// Lets all threads end after the calls made so far.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closing = true;
        let asleep = std::mem::take(&mut state.asleep);
        drop(state);
        for number in asleep {
            self.wake(number);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
