//! What stands under a hand-over's lock: the takers' side of the ring, the positions, who runs and
//! who waits.
//!
//! **Positions.** An item's position is given when it is claimed: what a policy dropped is not an
//! item, and positions stay dense. What the producer runs [straight](super::straight) from the
//! source has the positions behind all that wait; when it is done, it leaves as many out, a `gap`
//! behind the last item that it had offered. A claim ends at a gap.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::{Duration, Instant};

use super::bodies::Bodies;
use super::calls::{LOAD, NEVER};
use super::handover::MOST;
use super::inlet::Help;
use super::ring::Drain;
use super::take::Take;
use crate::report::QueueFigures;

pub(super) struct State<T> {
    pub(super) drain: Drain<T>,
    /// The position that the next claim starts at: of an item, or of a batch.
    pub(super) next: usize,
    /// Behind so many items in all, so many positions are the producer's.
    pub(super) gaps: VecDeque<(usize, usize)>,
    /// How often the producer has run the newest items since a worker last claimed some.
    pub(super) overtook: usize,
    pub(super) bodies: Bodies,
    /// Workers that sleep on `filled`.
    pub(super) idle: usize,
    /// Idle workers that have been signalled and have not woken yet. Never above `idle`.
    pub(super) called: usize,
    /// Workers that look for items, awake.
    pub(super) spinning: usize,
    /// One of the idle workers wakes when the first item has waited for `linger`.
    pub(super) armed: bool,
    /// One of the idle workers keeps a watch, or the producer in front of a full queue.
    pub(super) watched: bool,
    /// What stands in `call_at`.
    pub(super) told: usize,
    /// The producer waits on `drained`.
    pub(super) blocked: Option<Help>,
    /// With `linger`: when the items of these numbers came, of each batch's first.
    pub(super) stamps: VecDeque<(usize, Instant)>,
    /// The source has ended: what waits is the rest.
    pub(super) ended: bool,
    /// What the report tells.
    pub(super) figures: QueueFigures,
}

impl<T> State<T> {
    pub(super) fn new(drain: Drain<T>, bodies: Bodies) -> Self {
        Self {
            drain,
            next: 0,
            gaps: VecDeque::new(),
            overtook: 0,
            bodies,
            idle: 0,
            called: 0,
            spinning: 0,
            armed: false,
            watched: false,
            told: NEVER,
            blocked: None,
            stamps: VecDeque::new(),
            ended: false,
            figures: QueueFigures::default(),
        }
    }

    /// Leaves out the positions that are the producer's.
    pub(super) fn pass_gaps(&mut self) {
        let head = self.drain.head();
        while let Some(&(number, gap)) = self.gaps.front()
            && number == head
        {
            self.gaps.pop_front();
            self.next += gap;
        }
    }

    /// How many items a claim may have now.
    pub(super) fn ready(&mut self, take: Take, want: usize) -> usize {
        let waiting = self.drain.waiting();
        match take {
            Take::Share => {
                let alone =
                    self.bodies.are_cheap() && (waiting < LOAD || self.bodies.run_in_turns());
                let idle = if alone { 0 } else { self.idle.saturating_sub(self.called) };
                let others = idle.min(self.bodies.left().saturating_sub(1));
                let to_gap =
                    self.gaps.front().map_or(MOST, |&(number, _)| number - self.drain.head());
                waiting.div_ceil(others + 1).min(want.clamp(1, MOST)).min(to_gap)
            }
            Take::Batch { size, .. } => {
                let mut flush = || self.ended || self.due(take) == Some(Duration::ZERO);
                if waiting >= size || flush() { waiting.min(size) } else { 0 }
            }
        }
    }

    /// The positions of the next `items`.
    pub(super) fn claimed(&mut self, take: Take, items: usize) -> Range<usize> {
        let start = self.next;
        self.next += match take {
            Take::Share => items,
            Take::Batch { size, .. } => {
                self.figures.batch(items, items >= size, self.ended);
                1
            }
        };
        start..self.next
    }

    /// How long the oldest item may still wait for company; `None`: for ever.
    pub(super) fn due(&mut self, take: Take) -> Option<Duration> {
        let linger = take.linger()?;
        if self.drain.waiting() == 0 {
            return None;
        }
        let head = self.drain.head();
        while self.stamps.front().is_some_and(|&(number, _)| number < head) {
            self.stamps.pop_front();
        }
        match self.stamps.front() {
            Some(&(number, came)) if number == head => Some(linger.saturating_sub(came.elapsed())),
            // It has become the first one out of turn, just now.
            _ => {
                self.stamps.push_front((head, Instant::now()));
                Some(linger)
            }
        }
    }

    /// Whether the producer may run items itself in front of a full queue.
    pub(super) fn may_help(&self, help: Help) -> bool {
        let nobody_comes = self.bodies.are_cheap() || self.idle + self.spinning == 0;
        self.bodies.leave_room_to_lead()
            && match help {
                Help::Never => false,
                Help::IfNobodyComes => nobody_comes,
                Help::Always => true,
            }
    }
}
