//! Whether it pays to hand items over.
//!
//! A hand-over costs what the queue costs, and what the *items* cost where they change hands: a
//! `String` that the producer allocates and a worker frees takes both to each other's lists of free
//! memory, which can cost more than the rest of the loop (measured: records of 60 ns with a short
//! `String` each take 2 to 6 times as long on two cores as on one, by hand too). No rule tells
//! beforehand, so it is tried out: for a moment the producer runs all items itself,
//! [straight](super::straight) from the source, and if the loop gets on faster so, it goes on like
//! that, until it is tried out again. A trial takes some hundred microseconds; there is one early
//! on, and then ever fewer.

use std::time::{Duration, Instant};

/// How long the pace is measured at least.
const WINDOW: Duration = Duration::from_micros(300);

/// How long a trial lasts, once the workers have nothing left; less, if it goes badly.
const TRIAL: Duration = Duration::from_micros(150);
const SHORT_TRIAL: Duration = Duration::from_micros(50);

/// How long the workers may take for what waits, in front of a trial.
const PATIENCE: Duration = Duration::from_micros(300);

/// How long the first verdict holds, and the longest.
const FIRST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_millis(640);

/// How long a clear one holds at least.
const CLEAR: Duration = Duration::from_millis(80);

/// Less than this of the pace that it had alone, and the producer calls the workers again.
const SLOWER: f64 = 0.7;

/// One pace is so much more than the other: there is little doubt.
const CLEARLY: f64 = 1.3;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    /// Items are handed over; to be looked into at that time.
    Shared(Instant),
    /// They are, and the pace is being measured.
    Measured,
    /// They are not, and the workers run what still waits.
    Drained,
    /// They are not, and the pace is being measured.
    Tried,
    /// They are not; to be looked into at that time.
    Alone(Instant),
}

/// What the loop gets done in either way.
#[derive(Debug)]
pub(super) struct Worth {
    phase: Phase,
    /// Where the measuring began: when, and with how many items done.
    since: Instant,
    done: usize,
    /// Items a second while they are handed over, and while they are not.
    shared: f64,
    alone: f64,
    /// How long the last verdict was to hold, and what it was.
    holds: Duration,
    was_alone: bool,
}

impl Worth {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            phase: Phase::Shared(now),
            since: now,
            done: 0,
            shared: 0.0,
            alone: 0.0,
            holds: FIRST / 2,
            was_alone: false,
        }
    }

    /// Asked in front of a full queue, and, while the answer is yes, after each claim: whether the
    /// producer is to run the next items alone. It is `now`, `done` items have been handed out, and
    /// so many still wait.
    pub(super) fn goes_alone(&mut self, now: Instant, done: usize, waiting: usize) -> bool {
        let passed = now - self.since;
        match self.phase {
            Phase::Shared(until) if now < until => {}
            Phase::Shared(_) => self.measure(Phase::Measured, now, done),
            Phase::Measured if passed < WINDOW => {}
            Phase::Measured => {
                self.shared = self.pace(now, done);
                self.measure(Phase::Drained, now, done);
            }
            Phase::Drained if waiting == 0 => self.measure(Phase::Tried, now, done),
            Phase::Drained if passed < PATIENCE => {}
            // Their items are not cheap.
            Phase::Drained => self.judge(false, FIRST, now, done),
            Phase::Tried if passed < SHORT_TRIAL => {}
            Phase::Tried => {
                self.alone = self.pace(now, done);
                let gain = self.shared / self.alone;
                let clear = !(1.0 / CLEARLY..CLEARLY).contains(&gain);
                if clear || passed >= TRIAL {
                    self.judge(gain < 1.0, if clear { CLEAR } else { FIRST }, now, done);
                }
            }
            Phase::Alone(_) if passed < WINDOW => {}
            Phase::Alone(until) => {
                if self.pace(now, done) < self.alone * SLOWER {
                    // Another kind of items.
                    self.holds = FIRST / 2;
                    self.phase = Phase::Shared(now);
                } else if now >= until {
                    self.phase = Phase::Shared(now);
                } else {
                    self.measure(self.phase, now, done);
                }
            }
        }
        matches!(self.phase, Phase::Drained | Phase::Tried | Phase::Alone(_))
    }

    /// Whether there is anything to decide.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        match self.phase {
            Phase::Shared(until) => now >= until,
            Phase::Measured => now - self.since >= WINDOW,
            Phase::Drained | Phase::Tried | Phase::Alone(_) => true,
        }
    }

    fn measure(&mut self, phase: Phase, now: Instant, done: usize) {
        (self.phase, self.since, self.done) = (phase, now, done);
    }

    /// Items a second since the measuring began.
    fn pace(&self, now: Instant, done: usize) -> f64 {
        (done - self.done) as f64 / (now - self.since).as_secs_f64()
    }

    /// The same verdict twice holds for twice as long, and any for `least`.
    fn judge(&mut self, alone: bool, least: Duration, now: Instant, done: usize) {
        let again = if alone == self.was_alone { self.holds * 2 } else { FIRST };
        (self.holds, self.was_alone) = (again.max(least).min(LONGEST), alone);
        let until = now + self.holds;
        self.measure(if alone { Phase::Alone(until) } else { Phase::Shared(until) }, now, done);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// A loop that gets done so many items a microsecond in either way, for `time`. Returns how long
    /// it was alone.
    fn alone_of(worth: &mut Worth, from: Instant, time: Duration, pace: (f64, f64)) -> Duration {
        const STEP: Duration = Duration::from_micros(20);
        let (mut now, mut alone, mut sum) = (from, false, Duration::ZERO);
        let mut done = worth.done as f64;
        while now < from + time {
            alone = worth.goes_alone(now, done as usize, 0);
            now += STEP;
            sum += if alone { STEP } else { Duration::ZERO };
            done += STEP.as_micros() as f64 * if alone { pace.1 } else { pace.0 };
        }
        let _ = alone;
        sum
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn what_pays_goes_on() {
        let now = Instant::now();
        let alone = alone_of(&mut Worth::new(now), now, SECOND, (16.0, 10.0));
        assert!(alone > SHORT_TRIAL && alone < SECOND / 500, "{alone:?}");
    }

    #[test]
    fn what_does_not_pay_is_given_up_soon() {
        let now = Instant::now();
        let alone = alone_of(&mut Worth::new(now), now, SECOND, (5.0, 10.0));
        assert!(alone < SECOND && alone > SECOND * 99 / 100, "{alone:?}");
        let start = alone_of(&mut Worth::new(now), now, SECOND / 100, (5.0, 10.0));
        assert!(start > SECOND / 110, "{start:?}");
    }

    #[test]
    fn other_items_are_tried_out_again() {
        let now = Instant::now();
        let mut worth = Worth::new(now);
        alone_of(&mut worth, now, SECOND, (5.0, 10.0));
        let later = now + SECOND;
        // Dear ones: the workers are called at once.
        let alone = alone_of(&mut worth, later, SECOND / 10, (0.1, 0.05));
        assert!(alone < SECOND / 500, "{alone:?}");
        // As cheap as before: found out at the next trial.
        let later = later + SECOND / 10;
        let alone = alone_of(&mut worth, later, SECOND, (5.0, 10.0));
        assert!(alone > SECOND * 3 / 4, "{alone:?}");
    }

    #[test]
    fn workers_that_do_not_come_back_are_not_waited_for() {
        let now = Instant::now();
        let mut worth = Worth::new(now);
        let at = |micros| now + Duration::from_micros(micros);
        assert!(!worth.goes_alone(at(0), 0, 500));
        assert!(worth.goes_alone(at(400), 1000, 500));
        assert!(worth.goes_alone(at(500), 2000, 500));
        assert!(!worth.goes_alone(at(1000), 3000, 500));
    }
}
