//! A loop on the calling thread: it takes the source in order and keeps every share in hand.
//!
//! A loop that is thought to be small looks at the clock after an eighth of its items, and then
//! when it has done twice as many, but not again before [`LOOK`] should have passed: a loop of a
//! microsecond looks once. If the rest turns out worth helpers, a team takes over where it stands.

use std::ops::Range;
use std::time::Instant;

use super::claim::{Claim, run};
use super::drive::{Task, Went};
use super::flow::Flow;
use super::pace::{Grain, Pace};
use super::shares::{Scope, Shares};
use crate::source::{Feed, Lead};

/// How long to run between two looks at the clock (about 30 ns), in nanoseconds.
const LOOK: f64 = 2000.0;

/// A loop on the calling thread alone.
pub(super) struct Alone<'a> {
    task: &'a Task<'a>,
    /// After how many items to look at the clock; `usize::MAX`: never.
    check_after: usize,
}

impl<'a> Alone<'a> {
    pub(super) fn new(task: &'a Task<'a>, check_after: usize) -> Self {
        Self { task, check_after }
    }

    #[inline]
    pub(super) fn run<F: Feed, L: Lead<F>, P: Shares, X: Flow>(
        &self,
        feed: &mut F,
        lead: &mut L,
        seed: &P::Seed,
        total: &mut P::Held,
        body: &impl Fn(P::Local, F::Block) -> (P::Local, X),
    ) -> Went<X> {
        let task = self.task;
        let len = feed.len();
        // With helpers to come, claims must be whole blocks from the start.
        let unit = if task.in_blocks { task.block } else { 1 };
        let block = if P::BLOCKS { task.block } else { usize::MAX };
        // Without a length, items come as they come: small claims, so that the first one is not
        // kept waiting for the last one of its claim.
        let paced = len.is_none() || task.deadline.is_some();
        let mut pace = paced.then(|| Pace::new(task.site.item_cost(), 1, len, Grain::Fine));
        let mut watch = Watch::start(self.check_after);
        let mut hand = F::Hand::default();
        let mut parcel = P::parcel();
        loop {
            let late = match (&pace, task.deadline) {
                (Some(pace), Some(deadline)) => pace.now() >= deadline,
                _ => false,
            };
            let want = pace.as_ref().map_or(usize::MAX, Pace::want).min(watch.want());
            let Some(claimed) = lead.claim_alone(feed, &mut hand, want, unit) else {
                watch.end(task, 0);
                return Went::Through;
            };
            let claim = Claim { feed: &*feed, hand: &mut hand, rest: claimed.clone() };
            if late {
                return Went::Late;
            }
            let left = run::<F, P, X>(claim, block, seed, Scope::Alone, total, &mut parcel, body);
            if let Some(flow) = left {
                return Went::Left(flow);
            }
            if len == Some(claimed.end) {
                watch.end(task, claimed.len());
                return Went::Through;
            }
            if let Some(pace) = &mut pace {
                pace.ran(&claimed, len);
            }
            if watch.dearer(task, &claimed, lead.hint(feed)) {
                return Went::Open(claimed.end);
            }
        }
    }
}

/// The look at the clock of a loop that is thought to be small.
struct Watch {
    /// `None`: the clock is not looked at.
    since: Option<Instant>,
    done: usize,
    check_at: usize,
}

impl Watch {
    #[inline]
    fn start(check_at: usize) -> Self {
        let since = (check_at != usize::MAX).then(Instant::now);
        Self { since, done: 0, check_at }
    }

    /// At most how many items to claim until then.
    #[inline]
    fn want(&self) -> usize {
        self.check_at - self.done
    }

    /// The loop has ended with `last` more items: what it took is what its place learns.
    #[inline]
    fn end(&self, task: &Task<'_>, last: usize) {
        if let Some(since) = self.since {
            task.site.learned(self.done.saturating_add(last), since.elapsed());
        }
    }

    /// Whether the rest of the loop is worth helpers after all.
    #[inline]
    fn dearer(&mut self, task: &Task<'_>, claimed: &Range<usize>, hint: Option<usize>) -> bool {
        let Some(since) = self.since else { return false };
        self.done += claimed.len();
        if self.done < self.check_at {
            return false;
        }
        // A source that says nothing of its length, or lied, is taken to be half done.
        let rest = hint.unwrap_or(0).saturating_sub(self.done).max(self.done);
        let busy = since.elapsed();
        let cost = busy.as_nanos() as f64 / self.done as f64;
        self.check_at = self.done.saturating_add(self.done.max((LOOK / cost) as usize));
        task.site.reconsider(task.pool, self.done, busy, rest, task.threads)
    }
}
