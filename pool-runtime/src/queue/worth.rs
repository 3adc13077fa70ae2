//! Whether it pays to hand items over.
//!
//! A hand-over costs what the queue costs, and what the *items* cost where they change hands: a
//! `String` that the producer allocates and a worker frees takes both to each other's lists of free
//! memory, which can cost more than the rest of the loop (measured: records of 60 ns with a short
//! `String` each take 2 to 6 times as long on two cores as on one, by hand too). No rule tells
//! beforehand, so it is tried out: for a moment the producer runs all items itself,
//! [straight](super::straight) from the source, and if the loop gets on faster so, it goes on like
//! that, until it is tried out again.
//!
//! The first trial comes early and is short, so it may be wrong where a source gives its items in
//! bursts. The way that won goes on for ever longer and its pace is that of all this time; the
//! other one's trials become longer in proportion, [`SHARE`] of that.

use std::time::{Duration, Instant};

/// How long the pace is measured at first.
const WINDOW: Duration = Duration::from_micros(300);

/// How long a trial lasts at least, once the workers have nothing left.
const TRIAL: Duration = Duration::from_micros(150);

/// Of the time that the last verdict holds, the next trial lasts so much.
const SHARE: f64 = 0.03;

/// So many items must have been handed out in all before the first trial, and so many a second. Where
/// bodies take long, or wait for what the source does next, the producer keeps to producing.
const ENOUGH: usize = 1_000;
const CHEAP: f64 = 2e5;

/// How long the workers may take for what waits, in front of a trial.
const PATIENCE: Duration = Duration::from_micros(300);

/// How long a verdict holds at first, at first when there is little doubt, and at most.
const FIRST: Duration = Duration::from_millis(10);
const CLEAR: Duration = Duration::from_millis(40);
const LONGEST: Duration = Duration::from_millis(640);

/// One pace is so much more than the other: there is little doubt.
const CLEARLY: f64 = 1.3;

/// How often a producer that is alone looks whether its items have become dear: it is then below
/// this part of the pace that handing over had.
const LOOK: Duration = Duration::from_millis(5);
const SLOWER: f64 = 0.9;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    /// Items are handed over until then.
    Shared(Instant),
    /// They are not, and the workers run what still waits.
    Drained,
    /// They are not, for a trial until then.
    Tried(Instant),
    /// They are not, until then.
    Alone(Instant),
    /// They are handed over for a trial until then.
    Retried(Instant),
}

/// What the loop gets done in either way.
#[derive(Debug)]
pub(super) struct Worth {
    phase: Phase,
    /// Where the phase began: when, and with how many items done.
    since: Mark,
    /// Where a producer that is alone looked last.
    look: Mark,
    /// Items a second while they are handed over, and while they are not.
    shared: f64,
    alone: f64,
    /// How long the last verdict was to hold, and what it was.
    holds: Duration,
    was_alone: bool,
}

/// A point in time, and how many items were done.
#[derive(Clone, Copy, Debug)]
struct Mark {
    at: Instant,
    done: usize,
}

impl Mark {
    /// Items a second from here to there.
    fn pace(self, to: Self) -> f64 {
        (to.done - self.done) as f64 / (to.at - self.at).as_secs_f64()
    }
}

impl Worth {
    pub(super) fn new(now: Instant) -> Self {
        let since = Mark { at: now, done: 0 };
        Self {
            phase: Phase::Shared(now + WINDOW),
            since,
            look: since,
            shared: 0.0,
            alone: 0.0,
            holds: FIRST / 2,
            was_alone: false,
        }
    }

    /// Whether there is anything to decide.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        match self.phase {
            Phase::Shared(until) | Phase::Retried(until) => now >= until,
            Phase::Drained | Phase::Tried(_) | Phase::Alone(_) => true,
        }
    }

    /// Asked when it is due, in front of a full queue or after a claim: whether the producer is to
    /// run the next items alone. It is `now`, `done` items have been handed out, and so many still
    /// wait.
    pub(super) fn goes_alone(&mut self, now: Instant, done: usize, waiting: usize) -> bool {
        let here = Mark { at: now, done };
        let passed = now - self.since.at;
        match self.phase {
            Phase::Shared(until) if now >= until && done >= ENOUGH => {
                self.shared = self.since.pace(here);
                if self.shared < CHEAP {
                    self.judge(false, here);
                } else {
                    self.enter(Phase::Drained, here);
                }
            }
            Phase::Drained if waiting == 0 => {
                self.enter(Phase::Tried(now + self.trial(TRIAL)), here);
            }
            // The items that the workers have are not cheap.
            Phase::Drained if passed >= PATIENCE => self.judge(false, here),
            Phase::Tried(until) if now >= until || passed >= (until - self.since.at) / 3 => {
                self.alone = self.since.pace(here);
                if now >= until || self.shared > self.alone * CLEARLY {
                    self.judge(self.alone > self.shared, here);
                }
            }
            Phase::Alone(until) if now >= until => {
                self.alone = self.since.pace(here);
                self.enter(Phase::Retried(now + self.trial(WINDOW)), here);
            }
            Phase::Alone(_) if now - self.look.at >= LOOK => {
                let slower = self.look.pace(here) < self.shared * SLOWER;
                self.look = here;
                if slower {
                    self.alone = self.since.pace(here);
                    self.enter(Phase::Retried(now + WINDOW), here);
                }
            }
            Phase::Retried(until) if now >= until => {
                self.shared = self.since.pace(here);
                self.judge(self.alone > self.shared, here);
            }
            _ => {}
        }
        matches!(self.phase, Phase::Drained | Phase::Tried(_) | Phase::Alone(_))
    }

    fn enter(&mut self, phase: Phase, here: Mark) {
        (self.phase, self.since, self.look) = (phase, here, here);
    }

    /// How long the other way is tried.
    fn trial(&self, least: Duration) -> Duration {
        self.holds.mul_f64(SHARE).max(least)
    }

    /// The same verdict twice holds for twice as long.
    fn judge(&mut self, alone: bool, here: Mark) {
        let gain = self.shared / self.alone;
        let clear = !(1.0 / CLEARLY..CLEARLY).contains(&gain);
        let again = if alone == self.was_alone { self.holds * 2 } else { FIRST };
        let least = if clear { CLEAR } else { FIRST };
        (self.holds, self.was_alone) = (again.max(least).min(LONGEST), alone);
        let until = here.at + self.holds;
        self.enter(if alone { Phase::Alone(until) } else { Phase::Shared(until) }, here);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const MICROSECOND: Duration = Duration::from_micros(1);
    const SECOND: Duration = Duration::from_secs(1);

    /// A loop, and the time of its own.
    struct Running {
        worth: Worth,
        now: Instant,
        done: f64,
    }

    impl Running {
        fn new() -> Self {
            let now = Instant::now();
            Self { worth: Worth::new(now), now, done: 0.0 }
        }

        /// Goes on for `time`: so many items a microsecond while they are handed over, and while
        /// they are not, both of which the source may change. Returns how long it was alone.
        fn alone_of(&mut self, time: Duration, pace: impl Fn(Duration) -> (f64, f64)) -> Duration {
            let (start, mut sum) = (self.now, Duration::ZERO);
            while self.now < start + time {
                let alone = self.worth.goes_alone(self.now, self.done as usize, 0);
                let (shared, by_itself) = pace(self.now - start);
                let step = 20 * MICROSECOND;
                sum += if alone { step } else { Duration::ZERO };
                self.done += 20.0 * if alone { by_itself } else { shared };
                self.now += step;
            }
            sum
        }
    }

    #[test]
    fn what_pays_goes_on() {
        let alone = Running::new().alone_of(SECOND, |_| (16.0, 10.0));
        assert!(alone > 20 * MICROSECOND && alone < SECOND / 50, "{alone:?}");
    }

    #[test]
    fn what_does_not_pay_is_given_up_soon() {
        let alone = Running::new().alone_of(SECOND, |_| (5.0, 10.0));
        assert!(alone < SECOND && alone > SECOND * 9 / 10, "{alone:?}");
        let start = Running::new().alone_of(SECOND / 100, |_| (5.0, 10.0));
        assert!(start > SECOND / 110, "{start:?}");
    }

    #[test]
    fn other_items_are_tried_out_again() {
        let mut running = Running::new();
        running.alone_of(SECOND, |_| (5.0, 10.0));
        // Dearer ones: the workers are called soon.
        let alone = running.alone_of(SECOND, |_| (1.0, 0.5));
        assert!(alone < SECOND / 20, "{alone:?}");
        // As cheap as before: found out at the next trial.
        let alone = running.alone_of(2 * SECOND, |_| (5.0, 10.0));
        assert!(alone > SECOND, "{alone:?}");
    }

    /// A trial may fall into a gap, but not every one; and the longer ones see both.
    #[test]
    fn bursts_deceive_for_a_while_only() {
        for (shared, by_itself) in [(5.0, 8.0), (8.0, 5.0)] {
            for period in [700, 1_300, 2_900] {
                let alone = Running::new().alone_of(4 * SECOND, |time| {
                    let gives = time.as_micros() % period < period / 3;
                    if gives { (shared, by_itself) } else { (0.0, 0.0) }
                });
                let right = if by_itself > shared { alone } else { 4 * SECOND - alone };
                assert!(right > 3 * SECOND, "{shared} {by_itself} {period}: {right:?}");
            }
        }
    }

    #[test]
    fn workers_that_do_not_come_back_are_not_waited_for() {
        let mut worth = Worth::new(Instant::now());
        let start = worth.since.at;
        let mut alone = |micros, done| worth.goes_alone(start + micros * MICROSECOND, done, 500);
        assert!(!alone(0, 0));
        assert!(alone(400, 1000));
        assert!(alone(500, 2000));
        assert!(!alone(1000, 3000));
    }

    #[test]
    fn bodies_that_take_long_or_wait_stay_with_the_workers() {
        for pace in [(0.1, 10.0), (0.0, 10.0)] {
            assert_eq!(Running::new().alone_of(SECOND, |_| pace), Duration::ZERO, "{pace:?}");
        }
        let few = |time: Duration| if time < SECOND / 1000 { (0.9, 1.0) } else { (0.0, 1.0) };
        assert_eq!(Running::new().alone_of(SECOND, few), Duration::ZERO, "then they are stuck");
    }
}
