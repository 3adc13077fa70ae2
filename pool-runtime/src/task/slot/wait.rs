//! How a caller waits for a task: it looks, gives its processor away, naps, sleeps.

use std::thread::yield_now;
use std::time::{Duration, Instant};

use super::{Lent, Slot};
use crate::sync::spin_loop;
use crate::task::handle::Outcome;
use crate::task::inside;

/// How often `join` looks before it sleeps: about as long as a woken worker takes for a tiny body,
/// and far less than falling asleep and being woken costs.
#[cfg(not(all(loom, test)))]
const SPINS: usize = 100;
#[cfg(all(loom, test))]
const SPINS: usize = 1;

/// How often it gives the processor away before that: to the worker, if that needs it.
#[cfg(not(all(loom, test)))]
const YIELDS: usize = 20;
#[cfg(all(loom, test))]
const YIELDS: usize = 0;

/// If it does not get the processor back within this time, others need it: then it sleeps, and is
/// woken in time.
const CROWDED: Duration = Duration::from_micros(20);

/// Then it sleeps, but not deeply at first: a processor that knows of something to be done soon is
/// back in half of the time (measured, for a body of a millisecond: 16 us instead of 38).
const NAP: Duration = Duration::from_micros(100);
#[cfg(not(all(loom, test)))]
const NAPS: usize = 20;
#[cfg(all(loom, test))]
const NAPS: usize = 0;

impl<A: Send + 'static, T: Send + 'static> Slot<A, T> {
    /// Looks for about a microsecond. True: the task is over.
    pub(super) fn look(&self) -> bool {
        for _ in 0..SPINS {
            if self.is_over() {
                return true;
            }
            spin_loop();
        }
        false
    }

    /// Waits until the task is over, or until `deadline`.
    pub(super) fn wait_longer(&self, lent: Lent<'_, A, T>, deadline: Option<Instant>) {
        if inside::is_worker() {
            return self.rare.home.wait_inside(lent, deadline);
        }
        self.rare.home.demanded();
        // A deadline is not to be missed for the others' sake.
        for _ in 0..if deadline.is_none() { YIELDS } else { 0 } {
            let since = Instant::now();
            yield_now();
            if self.is_over() {
                return;
            }
            if since.elapsed() > CROWDED {
                break;
            }
        }
        let mut naps = NAPS;
        while !self.is_over() && deadline.is_none_or(|deadline| Instant::now() < deadline) {
            let nap = (naps > 0).then(|| Instant::now() + NAP);
            naps = naps.saturating_sub(1);
            self.doze(nap.into_iter().chain(deadline).min());
        }
    }
}
