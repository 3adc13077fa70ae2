//! How a loop ends before its last item: exits and panics of its claims compete by position.
//!
//! Claims are handed out in order, so when a claim leaves the loop, every claim before it is
//! running or done. (A producer's claim of its newest items is not in order: the source is asked no
//! more, and what waits, which lies before it, is still claimed.) Those run to their own end, which may be an exit or a panic of a lower
//! position. The lowest wins, and with it the sequential outcome: nothing before it left the loop.

use std::any::Any;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use super::discard::discard;

/// What a panic carries.
pub(super) type Payload = Box<dyn Any + Send>;

/// How a claim ended the loop.
pub(super) enum End<X> {
    /// The body left it.
    Exit(X),
    /// The body panicked, or the source did.
    Panic(Payload),
}

/// Which end counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// The lowest by position.
    Lowest,
    /// The first in time.
    First,
}

/// The end of a loop, so far.
pub(super) struct Ends<X> {
    rule: Rule,
    /// No claim that starts above this is to run: the position of `winner`, `usize::MAX` without.
    limit: AtomicUsize,
    winner: Mutex<Option<(usize, End<X>)>>,
}

impl<X> Ends<X> {
    pub(super) fn new(rule: Rule) -> Self {
        Self { rule, limit: AtomicUsize::new(usize::MAX), winner: Mutex::new(None) }
    }

    /// Whether the first end in time counts, wherever it is.
    pub(super) fn are_by_time(&self) -> bool {
        self.rule == Rule::First
    }

    /// Whether a claim from `start` on may still run. One load.
    pub(super) fn allows(&self, start: usize) -> bool {
        // Relaxed: a claim that runs needlessly is discarded by position.
        start <= self.limit.load(Relaxed)
    }

    /// Takes in that the claim at `position` ended the loop. Does not panic.
    pub(super) fn record(&self, position: usize, end: End<X>) {
        let mut winner = self.winner.lock().unwrap_or_else(PoisonError::into_inner);
        let wins = match &*winner {
            None => true,
            Some((lowest, _)) => self.rule == Rule::Lowest && position < *lowest,
        };
        let loser = if wins {
            self.limit.store(if self.rule == Rule::First { 0 } else { position }, Relaxed);
            winner.replace((position, end)).map(|(_, end)| end)
        } else {
            Some(end)
        };
        drop(winner);
        discard(loser);
    }

    /// How the loop ended; `None`: with its last item.
    pub(super) fn into_winner(self) -> Option<End<X>> {
        self.winner.into_inner().unwrap_or_else(PoisonError::into_inner).map(|(_, end)| end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_position_wins_whenever_it_comes() {
        let ends = Ends::new(Rule::Lowest);
        assert!(ends.allows(1000));
        ends.record(70, End::Exit("seventy"));
        assert!(!ends.allows(71));
        assert!(ends.allows(70));
        ends.record(30, End::Panic(Box::new(30)));
        ends.record(50, End::Exit("fifty"));
        let Some(End::Panic(payload)) = ends.into_winner() else { panic!("thirty wins") };
        assert_eq!(payload.downcast_ref(), Some(&30));
    }

    #[test]
    fn the_first_in_time_wins_where_asked_for() {
        let ends = Ends::new(Rule::First);
        ends.record(70, End::Exit("seventy"));
        assert!(!ends.allows(1));
        ends.record(30, End::Exit("thirty"));
        let Some(End::Exit(exit)) = ends.into_winner() else { panic!("an exit wins") };
        assert_eq!(exit, "seventy");
    }
}
