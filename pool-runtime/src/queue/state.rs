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

// What every claim looks at comes first: each line of the cache that a claim touches was another
// core's, and to fetch one takes as long as to run some of the items.
#[repr(C)]
pub(super) struct State<T> {
    pub(super) drain: Drain<T>,
    /// The position that the next claim starts at: of an item, or of a batch.
    pub(super) next: usize,
    /// Behind so many items in all is the first of the `gaps`; `usize::MAX`: there is none.
    gap_at: usize,
    /// What stands in `call_at`.
    pub(super) told: usize,
    /// Workers that sleep on `filled`.
    pub(super) idle: u32,
    /// Idle workers that have been signalled and have not woken yet. Never above `idle`.
    pub(super) called: u32,
    /// Workers that look for items, awake.
    pub(super) spinning: u32,
    /// One of the idle workers wakes when the first item has waited for `linger`.
    pub(super) armed: bool,
    /// One of the idle workers keeps a watch, or the producer in front of a full queue.
    pub(super) watched: bool,
    /// The producer waits on `drained`.
    pub(super) blocked: Option<Help>,
    /// The source has ended: what waits is the rest.
    pub(super) ended: bool,
    /// The producer runs the newest items, and has not been told to hurry.
    pub(super) overtaking: bool,
    /// How often it has since a worker last claimed some of the others.
    pub(super) overtook: u8,
    pub(super) bodies: Bodies,
    /// The producer runs all items itself.
    pub(super) alone: bool,
    /// The producer's turns when the last watch was over.
    pub(super) turns: usize,
    /// Behind so many items in all, so many positions are the producer's.
    gaps: VecDeque<(usize, usize)>,
    /// With `linger`: when the items of these numbers came, of each batch's first.
    pub(super) stamps: VecDeque<(usize, Instant)>,
    /// What the report tells.
    pub(super) figures: QueueFigures,
}

impl<T> State<T> {
    pub(super) fn new(drain: Drain<T>, bodies: Bodies) -> Self {
        Self {
            drain,
            next: 0,
            gap_at: usize::MAX,
            told: NEVER,
            idle: 0,
            called: 0,
            spinning: 0,
            armed: false,
            watched: false,
            blocked: None,
            ended: false,
            overtaking: false,
            overtook: 0,
            bodies,
            alone: false,
            turns: 0,
            gaps: VecDeque::new(),
            stamps: VecDeque::new(),
            figures: QueueFigures::default(),
        }
    }

    /// Leaves out the positions that are the producer's.
    pub(super) fn pass_gaps(&mut self) {
        while self.gap_at == self.drain.head() {
            self.next += self.gaps.pop_front().map_or(0, |(_, gap)| gap);
            self.gap_at = self.gaps.front().map_or(usize::MAX, |&(number, _)| number);
        }
    }

    /// The next `count` positions behind those of all that was offered are the producer's.
    pub(super) fn leave_out(&mut self, count: usize) {
        let number = self.drain.published();
        match self.gaps.back_mut() {
            Some((last, gap)) if *last == number => *gap += count,
            _ => self.gaps.push_back((number, count)),
        }
        self.gap_at = self.gap_at.min(number);
    }

    /// How many positions are the producer's, before those of what is offered next.
    pub(super) fn left_out(&self) -> usize {
        self.gaps.iter().map(|&(_, gap)| gap).sum()
    }

    /// How many items a claim may have now.
    pub(super) fn ready(&mut self, take: Take, want: usize) -> usize {
        match take {
            Take::Share => {
                let idle = self.idle as usize;
                let enough = want.clamp(1, MOST).saturating_mul(idle + 1);
                let mut waiting = self.drain.seen_waiting();
                if waiting < enough {
                    waiting = self.drain.waiting();
                }
                let alone =
                    self.bodies.are_cheap() && (waiting < LOAD || self.bodies.run_in_turns());
                let idle = if alone { 0 } else { idle.saturating_sub(self.called as usize) };
                let others = idle.min(self.bodies.left().saturating_sub(1) as usize);
                let to_gap = self.gap_at - self.drain.head();
                waiting.div_ceil(others + 1).min(want.clamp(1, MOST)).min(to_gap)
            }
            Take::Batch { size, .. } => {
                let waiting = self.drain.waiting();
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
