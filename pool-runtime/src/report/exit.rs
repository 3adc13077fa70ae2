//! The end of the process: the report is printed, the trace is closed.
//!
//! Stable Rust runs nothing when `main` has returned, and destructors of thread locals do not run
//! after `process::exit`. C's `atexit` covers both, and a `main` that panicked, since that, too,
//! ends in `exit`. The function is registered when the first place is entered and something was
//! asked for. It takes no lock of the user's, and must not unwind into C, so it catches what
//! panics. What aborts (`panic = "abort"`, a signal) prints nothing; for the first there is a panic
//! hook that prints before the process is gone.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use super::figures::report;
use super::switch::{Form, Switches, form};
use crate::task;

/// Sees to it that [`at_exit`] runs.
pub(super) fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if form().is_none() && !Switches::now().traced() {
            return;
        }
        super::trace::start();
        if cfg!(panic = "abort") {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| {
                before(info);
                at_exit();
            }));
        }
        #[cfg(any(unix, windows))]
        c::at_exit(at_exit);
    });
}

/// What is left to do at the end, once.
extern "C" fn at_exit() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // A panic here has nobody to go to.
        let _ = catch_unwind(AssertUnwindSafe(finish));
    });
}

fn finish() {
    task::settle();
    super::trace::close();
    let Some(form) = form() else { return };
    let report = report();
    let text = match form {
        Form::Table => report.to_string(),
        Form::Json => report.to_json() + "\n",
    };
    // Not `eprint!`, which panics when standard error is closed. One write: another process may
    // write there, too.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

#[cfg(any(unix, windows))]
#[allow(unsafe_code, reason = "a function of the C library, which std links anyway")]
mod c {
    use std::ffi::c_int;

    // SAFETY: this is the signature of the C standard (7.22.4.2), and the function is in every
    // C library that std links against on these systems. It is safe to call: it keeps a pointer
    // to a function, which lives for ever.
    unsafe extern "C" {
        safe fn atexit(function: extern "C" fn()) -> c_int;
    }

    /// Has `function` called when the process ends. If the C library has no room for it (it has,
    /// for 32 at least), it is not.
    pub(super) fn at_exit(function: extern "C" fn()) {
        let _ = atexit(function);
    }
}
