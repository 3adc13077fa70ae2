//! What the tests of the executor have in common.

use std::process::abort;
use std::thread;
use std::time::Duration;

/// Ends the process if it lives longer than any of these tests may take on a busy machine.
pub(crate) fn watchdog(limit: Duration) {
    thread::spawn(move || {
        thread::sleep(limit);
        eprintln!("a test hangs");
        abort();
    });
}
