//! Waiting for all tasks, and ending them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::{crew, inside};
use crate::report::{Latency, TaskFigures};
use crate::site::Site;
use crate::sync::unpoisoned;

/// A queue as `drain` and `shutdown` see it.
pub(super) trait Lane: Sync {
    /// Calls that ever entered.
    fn entered(&self) -> u64;
    /// The function that it belongs to.
    fn site(&self) -> &'static Site;
    /// Adds what it has counted.
    fn add_figures(&self, sum: &mut TaskFigures, all: &Latency);
    /// Calls that wait.
    fn waiting(&self) -> usize;
    /// Waits until nothing waits or runs in it, at most until `deadline`.
    fn drain(&'static self, deadline: Option<Instant>) -> bool;
    /// Takes no more calls; those that wait are refused, and what workers keep is dropped.
    fn close(&self);
}

static LANES: Mutex<Vec<&'static dyn Lane>> = Mutex::new(Vec::new());
static CLOSED: AtomicBool = AtomicBool::new(false);

/// A new queue.
pub(super) fn register(lane: &'static dyn Lane) {
    unpoisoned(LANES.lock()).push(lane);
    if CLOSED.load(Ordering::SeqCst) {
        lane.close();
    }
}

/// What the queues of the function at `site` have counted; `None`: it has none.
pub(crate) fn figures(site: &'static Site) -> Option<TaskFigures> {
    let all = Latency::new();
    let own: Vec<_> = lanes().into_iter().filter(|lane| std::ptr::eq(lane.site(), site)).collect();
    let mut sum = TaskFigures::default();
    own.iter().for_each(|lane| lane.add_figures(&mut sum, &all));
    (!own.is_empty()).then_some(sum)
}

/// Before the last report: workers that have delivered their last result, and are about to count
/// what they did, get the time for it. Nothing is run that would not run anyway.
pub(crate) fn settle() {
    let deadline = Instant::now() + SETTLE;
    for lane in lanes() {
        if lane.waiting() == 0 {
            lane.drain(Some(deadline));
        }
    }
}

/// Far more than that takes, and nothing that the end of a process would be noticed by.
const SETTLE: Duration = Duration::from_millis(5);

fn lanes() -> Vec<&'static dyn Lane> {
    unpoisoned(LANES.lock()).clone()
}

/// Waits until every call of every task function has run, and those that they made in turn;
/// partial batches go off at once. At the end of `main` nothing is lost.
///
/// With other threads still making calls, it returns at a moment when nothing waits or runs.
///
/// # Panics
/// Inside a task, which would wait for itself.
///
/// ```
/// use pool_runtime::{pooled, Admission};
/// use std::sync::atomic::{AtomicU32, Ordering};
///
/// static SEEN: AtomicU32 = AtomicU32::new(0);
///
/// #[pooled(workers = 2)]
/// fn see(n: u32) -> Admission {
///     SEEN.fetch_add(n, Ordering::Relaxed);
/// }
///
/// for n in 1..=10 {
///     see(n);
/// }
/// pool_runtime::drain();
/// assert_eq!(SEEN.load(Ordering::Relaxed), 55);
/// ```
pub fn drain() {
    drain_until(None, "drain");
}

/// [`drain`], for at most `timeout`; then no task function takes calls any more: they are
/// [`TaskError::Closed`](crate::TaskError::Closed) and
/// [`Admission::Dropped`](crate::Admission::Dropped), and so are those that had still to wait when
/// the time was up. What workers keep (`scratch`) is dropped, and idle threads end. There is no
/// way back.
///
/// Returns whether everything had run in time. A body that runs on is not interrupted.
///
/// # Panics
/// Inside a task, which would wait for itself.
///
/// ```standalone_crate
/// use pool_runtime::{Task, TaskError, pooled};
/// use std::time::Duration;
///
/// #[pooled(workers = 2)]
/// fn double(x: u32) -> Task<u32> {
///     2 * x
/// }
///
/// let early = double(4);
/// if !pool_runtime::shutdown(Duration::from_secs(5)) {
///     eprintln!("some tasks did not run");
/// }
/// assert_eq!(early.join().unwrap(), 8);
/// assert!(matches!(double(5).join(), Err(TaskError::Closed)));
/// ```
pub fn shutdown(timeout: Duration) -> bool {
    // A time beyond the clock's end is no limit.
    let all_ran = drain_until(Instant::now().checked_add(timeout), "shutdown");
    CLOSED.store(true, Ordering::SeqCst);
    for lane in lanes() {
        lane.close();
    }
    crew::retire();
    all_ran
}

/// A call may make calls of another function, so one quiet pass says nothing of the queues that
/// it visited early. But if no call entered anywhere from the first look at the counters to the
/// second, and each queue was quiet at some time between them, then all still were at the second.
fn drain_until(deadline: Option<Instant>, name: &str) -> bool {
    assert!(!inside::is_inside(), "`{name}` inside a task would wait for itself");
    loop {
        let before = lanes();
        let entered: Vec<u64> = before.iter().map(|lane| lane.entered()).collect();
        if !before.iter().all(|lane| lane.drain(deadline)) {
            return false;
        }
        let after = lanes();
        if after.len() == before.len()
            && after.iter().zip(&entered).all(|(lane, entered)| lane.entered() == *entered)
        {
            return true;
        }
    }
}
