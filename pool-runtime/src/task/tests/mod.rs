//! Task functions as generated code writes them, without the macro.

mod admission;
mod batched;
mod bounded;
mod handles;
mod inside;

use std::sync::{Condvar, Mutex};
use std::time::Duration;

/// The statics of a task function.
macro_rules! tasks {
    () => {{
        static SITE: crate::site::Site = crate::site::Site::new("test", file!(), line!(), "pooled");
        static TASKS: crate::task::Tasks = crate::task::Tasks::new(&SITE);
        &TASKS
    }};
}
pub(crate) use tasks;

/// What bodies wait at until a test lets them go on.
pub(crate) struct Gate {
    state: Mutex<(usize, usize)>,
    changed: Condvar,
}

impl Gate {
    pub(crate) const fn new() -> Self {
        Self { state: Mutex::new((0, 0)), changed: Condvar::new() }
    }

    /// Waits for a pass.
    pub(crate) fn pass(&self) {
        let mut state = self.state.lock().unwrap();
        state.0 += 1;
        self.changed.notify_all();
        while state.1 == 0 {
            state = self.changed.wait(state).unwrap();
        }
        state.1 -= 1;
    }

    /// Waits until `bodies` have come to the gate, from the beginning.
    pub(crate) fn until_arrived(&self, bodies: usize) {
        let mut state = self.state.lock().unwrap();
        while state.0 < bodies {
            state = self.changed.wait(state).unwrap();
        }
    }

    /// Lets `bodies` pass.
    pub(crate) fn open(&self, bodies: usize) {
        self.state.lock().unwrap().1 += bodies;
        self.changed.notify_all();
    }
}

/// Ends the process when a test hangs: a hang must be a failure, not a time-out of the machine.
pub(crate) fn watched<R>(test: impl FnOnce() -> R) -> R {
    let (done, ended) = std::sync::mpsc::channel::<()>();
    std::thread::spawn(move || {
        if ended.recv_timeout(Duration::from_secs(60))
            == Err(std::sync::mpsc::RecvTimeoutError::Timeout)
        {
            eprintln!("a test hangs");
            std::process::abort();
        }
    });
    let result = test();
    drop(done);
    result
}

/// Waits until `value` is `expected`, and fails when it does not stay so.
pub(crate) fn settled(value: impl Fn() -> usize, expected: usize) {
    while value() < expected {
        std::thread::yield_now();
    }
    std::thread::sleep(Duration::from_micros(100));
    assert_eq!(value(), expected);
}
