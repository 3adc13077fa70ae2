//! Shared helpers of the test package; the tests are in `tests/`.
//!
//! [`twins!`] emits one function three times: as it stands, annotated, and annotated with a
//! `chunk`. [`same!`] runs them side by side over lengths at the borders of a chunk and over
//! several numbers of workers, and compares what they return.

pub mod generate;
pub mod messages;

use std::cell::Cell;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Numbers of workers that every twin runs on.
pub const WORKERS: [usize; 4] = [1, 2, 3, 8];
/// Values of `chunk` that every twin runs with.
pub const CHUNKS: [usize; 4] = [1, 2, 7, 64];
/// A length with many blocks, whatever the chunk.
pub const LARGE: usize = 3_000;
/// How long a test may take before it counts as a deadlock.
const PATIENCE: Duration = Duration::from_secs(240);

thread_local! {
    static PLAN: Cell<(usize, usize)> = const { Cell::new((3, 64)) };
}

/// The number of workers that the twins called on this thread use.
#[must_use]
pub fn workers() -> usize {
    PLAN.get().0
}

/// The `chunk` that the twins called on this thread use.
#[must_use]
pub fn chunk() -> usize {
    PLAN.get().1
}

/// Sets what [`workers`] and [`chunk`] are on this thread.
pub fn plan(workers: usize, chunk: usize) {
    PLAN.set((workers, chunk));
}

/// Runs `check` on this thread with every number of workers, every chunk and every length that
/// tells blocks apart: 0, 1, one less than a chunk, a chunk, one more, and many chunks.
pub fn across(mut check: impl FnMut(usize)) {
    watched(|| {
        for workers in WORKERS {
            for chunk in CHUNKS {
                PLAN.set((workers, chunk));
                for length in [0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk + 2, LARGE] {
                    check(length);
                }
            }
        }
    });
}

/// Runs `check` on this thread with every number of workers and every chunk.
pub fn plans(mut check: impl FnMut()) {
    watched(|| {
        for workers in WORKERS {
            for chunk in CHUNKS {
                PLAN.set((workers, chunk));
                check();
            }
        }
    });
}

/// Ends the process when `work` does not end: a deadlock must fail, not hang.
pub fn watched<T>(work: impl FnOnce() -> T) -> T {
    let (done, waits) = mpsc::channel::<()>();
    let name = thread::current().name().unwrap_or("a test").to_owned();
    let dog = thread::spawn(move || {
        if waits.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
            eprintln!("{name} did not end within {PATIENCE:?}");
            std::process::abort();
        }
    });
    let value = work();
    drop(done);
    dog.join().expect("the watchdog does not panic");
    value
}

/// A reproducible sequence of numbers without pattern.
pub fn noise(length: usize) -> impl Iterator<Item = u64> + Clone {
    (0..length as u64).map(|i| {
        let mut z = i.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    })
}

/// Emits `fn name` as `name::plain` (no attribute), `name::auto` (annotated) and `name::cut`
/// (annotated, with a `chunk`).
///
/// ```text
/// twins! { pooled() fn sum(n: u64) -> u64 { let mut s = 0; for i in 0..n { s += i; } s } }
/// ```
#[macro_export]
macro_rules! twins {
    (pooled($($keys:tt)*) fn $name:ident $($rest:tt)*) => {
        #[allow(unused_imports, reason = "not every twin needs the tests' imports")]
        mod $name {
            use super::*;
            pub(super) fn plain $($rest)*
            #[::pool_runtime::pooled(workers = ::tests::workers(), $($keys)*)]
            pub(super) fn auto $($rest)*
            #[::pool_runtime::pooled(workers = ::tests::workers(), chunk = ::tests::chunk(), $($keys)*)]
            pub(super) fn cut $($rest)*
        }
    };
    (bounded($($keys:tt)*) fn $name:ident $($rest:tt)*) => {
        #[allow(unused_imports, reason = "not every twin needs the tests' imports")]
        mod $name {
            use super::*;
            pub(super) fn plain $($rest)*
            #[::pool_runtime::bounded(workers = ::tests::workers(), $($keys)*)]
            pub(super) fn auto $($rest)*
            #[::pool_runtime::bounded(workers = ::tests::workers(), queue = ::tests::chunk(), $($keys)*)]
            pub(super) fn cut $($rest)*
        }
    };
}

/// `same!(name as f => |n| body)`: `body` evaluates to the same with `f` being each of the twins
/// of `name`, for every length `n`, number of workers and chunk that [`across`] tries.
#[macro_export]
macro_rules! same {
    ($name:ident as $f:ident => |$length:ident| $body:expr) => {
        $crate::across(|$length: usize| {
            let expected = {
                use $name::plain as $f;
                $body
            };
            let auto = {
                use $name::auto as $f;
                $body
            };
            let plan = (::tests::workers(), ::tests::chunk());
            assert_eq!(auto, expected, "length {}, (workers, chunk) {plan:?}", $length);
            let cut = {
                use $name::cut as $f;
                $body
            };
            assert_eq!(cut, expected, "chunked, length {}, (workers, chunk) {plan:?}", $length);
        })
    };
}
