//! What the environment asks for: one word, read once, a branch wherever it matters.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use crossbeam_utils::CachePadded;

/// The environment has been read.
const KNOWN: u8 = 1;
/// `POOL_SERIAL=1`.
const SERIAL: u8 = 2;
/// `POOL_REPORT`, or [`measure`].
const WATCHED: u8 = 4;
/// `POOL_TRACE`.
const TRACED: u8 = 8;

/// In a line of the cache of its own: every call reads it, and the user's statics lie beside ours.
static SWITCHES: CachePadded<AtomicU8> = CachePadded::new(AtomicU8::new(0));

/// Which switches are on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Switches(u8);

impl Switches {
    /// As they stand. One load.
    #[inline]
    pub(crate) fn now() -> Self {
        match SWITCHES.load(Relaxed) {
            0 => Self::read(),
            known => Self(known),
        }
    }

    #[cold]
    fn read() -> Self {
        let mut word = KNOWN;
        word |= if on("POOL_SERIAL") { SERIAL } else { 0 };
        word |= if on("POOL_REPORT") { WATCHED } else { 0 };
        word |= if on("POOL_TRACE") { TRACED } else { 0 };
        // Several threads may come here: they read the same, and `measure` is not undone.
        SWITCHES.fetch_or(word, Relaxed);
        Self(SWITCHES.load(Relaxed))
    }

    /// Everything on the calling thread.
    #[inline]
    pub(crate) fn serial(self) -> bool {
        self.0 & SERIAL != 0
    }

    /// What costs a look at the clock is measured, too.
    #[inline]
    pub(crate) fn watched(self) -> bool {
        self.0 & (WATCHED | TRACED) != 0
    }

    /// What happens is written down as it happens.
    #[inline]
    pub(crate) fn traced(self) -> bool {
        self.0 & TRACED != 0
    }
}

/// How the report is printed when the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// What `POOL_REPORT` says; `None`: nothing is printed.
pub(super) fn form() -> Option<Form> {
    let json = std::env::var_os("POOL_REPORT").is_some_and(|value| value == "json");
    on("POOL_REPORT").then_some(if json { Form::Json } else { Form::Table })
}

/// Whether a variable is set to something that means yes.
fn on(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty() && value != "0")
}

/// Switches on, or off, what `POOL_REPORT=1` measures beyond the plain counters: waiting for the
/// source, merging, processor time, latencies of tasks, and the time of loops that stay on the
/// calling thread. It prints nothing: [`report`](crate::report) has the figures.
///
/// Off unless `POOL_REPORT` or `POOL_TRACE` is set. Costs less than 2 % of a loop of a
/// microsecond, and nothing that can be measured of long ones.
///
/// ```
/// use pool_runtime::pooled;
///
/// #[pooled(name = "measured")]
/// fn sum(n: u64) -> u64 {
///     let mut sum = 0;
///     for i in 0..n {
///         sum += i;
///     }
///     sum
/// }
///
/// pool_runtime::measure(true);
/// assert_eq!(sum(1_000_000), 499_999_500_000);
/// let report = pool_runtime::report();
/// let site = report.sites.iter().find(|site| site.name == "measured").unwrap();
/// assert_eq!(site.counters.items, 1_000_000);
/// assert!(!site.counters.wall.is_zero());
/// ```
pub fn measure(on: bool) {
    Switches::now();
    if on {
        SWITCHES.fetch_or(WATCHED, Relaxed);
    } else {
        SWITCHES.fetch_and(!WATCHED, Relaxed);
    }
}
