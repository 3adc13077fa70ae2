//! A loop on the calling thread: it takes the source in order and keeps every share in hand.
//!
//! A loop that is thought to be small looks at the clock after an eighth of its items, and then
//! when it has done four times as many, but not again before [`LOOK`] should have passed: a loop of
//! four microseconds looks once. If the rest turns out worth helpers, a team takes over where it stands.

use std::ops::Range;
use std::time::Instant;

use super::claim::{Claim, run};
use super::drive::{Task, Went};
use super::flow::Flow;
use super::life::Scope;
use super::pace::{Grain, Pace};
use super::shares::Split;
use crate::clock::nanos;
use crate::report::{Kind, slice};
use crate::site::Site;
use crate::source::{DEAR, Feed, Lead};

/// How long to run between two looks at the clock (about 40 ns), in nanoseconds.
const LOOK: f64 = 4000.0;

/// A loop of known length that is not worth a look at the clock: one claim, usually, and no state
/// beside the accumulators. This is what small loops pay, so it is all that is inlined into the
/// user's function (17 to 28 ns before, with [`Alone`] inlined there; see `benches/overhead.rs`).
#[inline]
pub(super) fn whole<F: Feed, L: Lead<F>, P: Split, X: Flow>(
    site: &Site,
    block: usize,
    feed: &mut F,
    lead: &mut L,
    seed: &P::Seed,
    total: &mut P::Held,
    body: &impl Fn(P::Values, &mut P::Views, F::Block) -> (P::Values, X),
) -> Option<X> {
    let len = feed.len();
    let block = if P::BLOCKS { block } else { usize::MAX };
    let (mut items, mut blocks) = (0, 0);
    let mut hand = F::Hand::default();
    let mut parcel = P::parcel();
    let mut left = None;
    while let Some(claimed) = lead.claim_alone(feed, &mut hand, usize::MAX, 1) {
        let (end, number) = (claimed.end, claimed.len());
        let claim = Claim { feed: &*feed, hand: &mut hand, rest: claimed, size: block };
        left = run::<F, P, X>(claim, seed, Scope::Alone, total, &mut parcel, |_| true, body);
        if left.is_some() {
            break;
        }
        items += number as u64;
        blocks += if P::BLOCKS { number.div_ceil(block) as u64 } else { 1 };
        if len == Some(end) {
            break;
        }
    }
    site.tally().ran_alone(false, items, blocks);
    left
}

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

    #[inline(never)]
    pub(super) fn run<F: Feed, L: Lead<F>, P: Split, X: Flow>(
        &self,
        feed: &mut F,
        lead: &mut L,
        seed: &P::Seed,
        total: &mut P::Held,
        body: &impl Fn(P::Values, &mut P::Views, F::Block) -> (P::Values, X),
    ) -> Went<X> {
        let task = self.task;
        let len = feed.len();
        // With helpers to come, claims must be whole blocks from the start.
        let unit = if task.in_blocks { task.block } else { 1 };
        let block = if P::BLOCKS { task.block } else { usize::MAX };
        // Without a length, items come as they come: small claims, so that the first one is not
        // kept waiting for the last one of its claim. A producer sees to that itself.
        let paced =
            (len.is_none() && !L::PRODUCES) || task.deadline.is_some() || task.bar.is_some();
        let one_by_one = L::PRODUCES && !(P::STRAIGHT_ALONE && task.deadline.is_none());
        let most = if one_by_one { 1 } else { usize::MAX };
        let mut pace = paced.then(|| {
            Pace::new(task.site.profile().item_cost(), 1, len, Grain::Fine, Instant::now())
        });
        let watched = task.switches.watched() && task.site.tally().looks_at_clock();
        let mut watch = Watch::start(self.check_after, watched, L::PRODUCES);
        let (mut items, mut blocks) = (0, 0);
        let mut hand = F::Hand::default();
        let mut parcel = P::parcel();
        loop {
            let late = match (&pace, task.deadline) {
                (Some(pace), Some(deadline)) => pace.now() >= deadline,
                _ => false,
            };
            let want = pace.as_ref().map_or(usize::MAX, Pace::want).min(watch.want()).min(most);
            let Some(mut claimed) = lead.claim_alone(feed, &mut hand, want, unit) else {
                watch.end(task, 0, items);
                task.site.tally().ran_alone(false, items, blocks);
                return Went::Through;
            };
            let claim = Claim { feed: &*feed, hand: &mut hand, rest: claimed.clone(), size: block };
            if late {
                task.site.tally().ran_alone(false, items, blocks);
                return Went::Late;
            }
            let left =
                run::<F, P, X>(claim, seed, Scope::Alone, total, &mut parcel, |_| true, body);
            if let Some(ran) = lead.ran_alone(feed, &mut hand) {
                claimed.end = claimed.start + ran;
            }
            if let Some(flow) = left {
                watch.left(task, items);
                task.site.tally().ran_alone(false, items, blocks);
                return Went::Left(flow);
            }
            if let Some(bar) = &task.bar {
                bar.advance(claimed.len());
            }
            items += claimed.len() as u64;
            blocks += if P::BLOCKS { claimed.len().div_ceil(block) as u64 } else { 1 };
            if len == Some(claimed.end) {
                watch.end(task, claimed.len(), items);
                task.site.tally().ran_alone(false, items, blocks);
                return Went::Through;
            }
            if let Some(pace) = &mut pace {
                pace.ran(&claimed, len);
            }
            if watch.dearer(task, &claimed, lead.hint(feed)) {
                watch.left(task, items);
                task.site.tally().ran_alone(true, items, blocks);
                return Went::Open(claimed.end);
            }
        }
    }
}

/// The look at the clock of a loop that is thought to be small.
struct Watch {
    /// `None`: the clock is not looked at.
    since: Option<Instant>,
    /// The clock is looked at, at the end, for the report alone.
    idly: bool,
    done: usize,
    check_at: usize,
    /// Of a producer: when its last claim was over. What it has to give may go on for ever and
    /// become dear at any time.
    looked: Option<Instant>,
}

impl Watch {
    #[inline]
    fn start(check_at: usize, watched: bool, produces: bool) -> Self {
        let idly = check_at == usize::MAX;
        let since = (watched || !idly).then(Instant::now);
        let looked = since.filter(|_| produces && !idly);
        Self { since, idly, done: 0, check_at, looked }
    }

    /// At most how many items to claim until then.
    #[inline]
    fn want(&self) -> usize {
        self.check_at - self.done
    }

    /// The loop has ended with `last` more items: what it took is what its place learns.
    #[inline]
    fn end(&self, task: &Task<'_>, last: usize, items: u64) {
        if let Some(since) = self.since {
            let took = since.elapsed();
            if !self.idly {
                let items = self.done.saturating_add(last);
                let profile = task.site.profile();
                profile.learned_alone(task.pool, task.threads, items, since, took);
            }
            task.site.tally().timed_alone(items, took);
            if task.switches.traced() {
                slice(task.site.name(), Kind::Run, since, since + took, items);
            }
        }
    }

    /// The loop does not go on here.
    #[cold]
    fn left(&self, task: &Task<'_>, items: u64) {
        if let Some(since) = self.since {
            task.site.tally().timed_alone(items, since.elapsed());
        }
    }

    /// Whether the rest of the loop is worth helpers after all.
    #[inline]
    fn dearer(&mut self, task: &Task<'_>, claimed: &Range<usize>, hint: Option<usize>) -> bool {
        let Some(since) = self.since.filter(|_| !self.idly) else { return false };
        self.done += claimed.len();
        if let Some(looked) = &mut self.looked {
            let now = Instant::now();
            let took = nanos(now - std::mem::replace(looked, now)) as f64;
            if took >= nanos(DEAR) as f64 && !task.is_cheap(took / claimed.len() as f64) {
                return true;
            }
        }
        if self.done < self.check_at {
            return false;
        }
        // A source that says nothing of its length, or lied, is taken to be half done.
        let rest = hint.unwrap_or(0).saturating_sub(self.done).max(self.done);
        let busy = since.elapsed();
        let cost = nanos(busy) as f64 / self.done as f64;
        let next = self.done.saturating_mul(3).max((LOOK / cost) as usize);
        self.check_at = self.done.saturating_add(next);
        !task.is_cheap(cost)
            && task.site.profile().reconsider(task.pool, self.done, busy, rest, task.threads)
    }
}
