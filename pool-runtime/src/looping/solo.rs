//! Cheap items that take turns: one worker at a time claims them, many at once.
//!
//! Two workers that pass the turn to and fro lose more by that than they gain. So a worker whose
//! items are cheap asks for the loop to be its own; who does not get it sleeps for a [`WATCH`] and
//! asks again. If the one that has it has not come back meanwhile, it waits for something, perhaps
//! for another item: then the other one goes on beside it, as workers do whose items are dear.
//! (Streams see to this themselves, in [`queue`](crate::queue).)

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use crate::sync::unpoisoned;

/// How long to sleep while somebody else runs cheap items.
const WATCH: Duration = Duration::from_micros(500);

/// Whose the loop is.
#[derive(Debug, Default)]
pub(super) struct Solo {
    taken: AtomicBool,
    /// How often it has been taken.
    times: AtomicUsize,
    /// Nobody is to sleep any more.
    ended: Mutex<bool>,
    end: Condvar,
}

/// What is to be done by a worker that asked.
#[derive(Debug)]
pub(super) enum Answer<'a> {
    /// Claim as much as is worth it, as long as this lives.
    Yours(Taken<'a>),
    /// Claim one item.
    Singly,
    /// Ask again.
    Later,
}

/// The loop is one worker's.
#[derive(Debug)]
pub(super) struct Taken<'a>(&'a Solo);

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.0.taken.store(false, Relaxed);
    }
}

impl Solo {
    /// Asks for the loop. Sleeps if somebody else has it.
    // Relaxed: nothing is read or written that goes with it; claims and turns see to themselves.
    pub(super) fn ask(&self) -> Answer<'_> {
        if !self.taken.swap(true, Relaxed) {
            self.times.fetch_add(1, Relaxed);
            return Answer::Yours(Taken(self));
        }
        let times = self.times.load(Relaxed);
        let ended = unpoisoned(self.ended.lock());
        let slept = self.end.wait_timeout_while(ended, WATCH, |ended| !*ended);
        let ended = *unpoisoned(slept).0;
        if ended || self.times.load(Relaxed) == times { Answer::Singly } else { Answer::Later }
    }

    /// There is nothing left to claim.
    pub(super) fn end(&self) {
        *unpoisoned(self.ended.lock()) = true;
        self.end.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_the_loop_and_another_goes_on_if_that_one_does_not_come_back() {
        let solo = Solo::default();
        let Answer::Yours(taken) = solo.ask() else { panic!("nobody has it") };
        assert!(matches!(solo.ask(), Answer::Singly));
        drop(taken);
        assert!(matches!(solo.ask(), Answer::Yours(_)));
    }

    #[test]
    fn nobody_sleeps_once_it_has_ended() {
        let solo = Solo::default();
        let _taken = solo.ask();
        solo.end();
        assert!(matches!(solo.ask(), Answer::Singly));
    }
}
