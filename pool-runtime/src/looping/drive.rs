//! The driver: runs one loop, alone or with helpers, and says how it ended.
//!
//! **Alone** (one worker, or too little work to share): the caller takes the source in order and
//! keeps every share in hand. A loop that is thought to be small looks at the clock after an
//! eighth of its items and calls helpers for the rest if it turns out dearer.
//!
//! **With helpers**: every worker claims, runs, deposits, until the source is used up or the loop
//! has ended early. A worker's whole life is inside one `catch_unwind`; what a panic or an exit
//! leaves is sorted out by position (see [`ends`](super::ends)), and the winner comes out on the
//! calling thread when all workers have left.
//!
//! A claim is cut into blocks where some share ends with its block, else the body gets the claim
//! in one piece. Either way the body is called with a native iterator and runs the user's own loop.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use super::ends::{End, Ends, Rule};
use super::flow::Flow;
use super::merge::Merge;
use super::pace::Pace;
use super::shares::{Scope, Shares};
use super::timeout::TimedOut;
use crate::pool::Pool;
use crate::site::{Decision, Site};
use crate::source::{Feed, Source};

/// What was asked of a loop.
#[derive(Debug)]
pub(super) struct Plan<'p> {
    pub(super) workers: Option<usize>,
    pub(super) chunk: Option<usize>,
    pub(super) pool: Option<&'p Pool>,
    pub(super) limit: Option<Duration>,
    pub(super) rule: Rule,
}

/// The size of a block when the length is not known.
const BLOCK: usize = 64;

/// The borders of merging: a function of the length and `chunk` alone.
///
/// About 256 blocks, so that uneven costs and some dozens of workers share them well, but not so
/// small that a loop of cheap items consists of borders; where that leaves too few of them (a
/// hundred slow items), up to 64 blocks go first.
fn block_size(len: Option<usize>, chunk: Option<usize>) -> usize {
    match (chunk, len) {
        (Some(chunk), _) => chunk,
        (None, Some(len)) => len.div_ceil(256).max(len.div_ceil(64).min(16)).max(1),
        (None, None) => BLOCK,
    }
}

/// `POOL_SERIAL=1`: everything on the calling thread.
fn serial() -> bool {
    static SERIAL: OnceLock<bool> = OnceLock::new();
    *SERIAL.get_or_init(|| {
        std::env::var_os("POOL_SERIAL").is_some_and(|value| !value.is_empty() && value != "0")
    })
}

/// What is left of a claim. Items that the body does not get are dropped here.
struct Claim<'f, F: Feed> {
    feed: &'f F,
    hand: &'f mut F::Hand,
    rest: Range<usize>,
}

impl<F: Feed> Claim<'_, F> {
    /// The next block of at most `size` items.
    #[inline]
    #[allow(unsafe_code, reason = "upholds the contract of `Feed::block`")]
    fn next(&mut self, size: usize) -> Option<(Range<usize>, F::Block)> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.start.saturating_add(size).min(self.rest.end);
        let positions = self.rest.start..end;
        self.rest.start = end;
        // SAFETY: within the last claim of this hand; `rest` moves on, so each position comes once
        // and in order; the body consumes the block while it borrows nothing of the feed's, and
        // both are gone before the feed.
        let block = unsafe { self.feed.block(self.hand, positions.clone()) };
        Some((positions, block))
    }
}

impl<F: Feed> Drop for Claim<'_, F> {
    #[inline]
    fn drop(&mut self) {
        drop(self.next(usize::MAX));
    }
}

/// Runs the body over a claim, block by block, until it leaves.
#[inline(always)]
fn run<F: Feed, P: Shares, X: Flow>(
    mut claim: Claim<'_, F>,
    block: usize,
    seed: &P::Seed,
    scope: Scope,
    held: &mut P::Held,
    parcel: &mut P::Parcel,
    body: &impl Fn(P::Local, F::Block) -> (P::Local, X),
) -> Option<X> {
    while let Some((positions, items)) = claim.next(block) {
        // SAFETY: claims are disjoint, and so are the blocks of one; both lie within the length.
        #[allow(unsafe_code, reason = "upholds the contract of `Accumulator::fresh`")]
        let local = unsafe { P::start(seed, held, positions) };
        let (local, flow) = body(local, items);
        P::keep(seed, scope, local, held, parcel);
        if flow.leaves() {
            return Some(flow);
        }
    }
    None
}

/// How a loop, or its part on the caller, went.
enum Went<X> {
    /// To the end of the source.
    Through,
    /// The body left it.
    Left(X),
    /// The deadline came first.
    Late,
    /// This far, and the rest is worth helpers.
    Open(usize),
}

/// Runs a loop.
#[inline]
pub(super) fn drive<S, P, X, B>(
    site: &Site,
    source: S,
    plan: &Plan<'_>,
    mut shares: P,
    body: B,
) -> Result<X::Out, TimedOut>
where
    S: Source,
    P: Shares,
    X: Flow + Send,
    B: Fn(P::Local, S::Block) -> (P::Local, X) + Sync,
{
    let mut feed = source.open();
    let pool = plan.pool.unwrap_or_else(|| Pool::global());
    let workers = if serial() { 1 } else { plan.workers.unwrap_or_else(|| pool.workers()) };
    let deadline = plan.limit.and_then(|limit| Instant::now().checked_add(limit));
    let block = block_size(feed.len(), plan.chunk);
    let seed = shares.seed(feed.len());
    let mut total = P::empty();

    let decision = site.decide(pool, feed.hint(), workers);
    let went = match decision {
        Decision::Inline { check_after } => {
            let alone = Alone { site, pool, workers, check_after, block, deadline };
            alone.run::<S::Feed, P, X>(&mut feed, &seed, &mut total, &body)
        }
        Decision::Open => Went::Open(0),
    };
    let went = match went {
        Went::Open(next) => {
            let team = Team {
                site,
                pool,
                workers,
                unit: if P::BLOCKS || plan.chunk.is_some() { block } else { 1 },
                block: if P::BLOCKS { block } else { usize::MAX },
                deadline,
                late: AtomicBool::new(false),
                feed: &feed,
                seed: &seed,
                body: &body,
                merge: Merge::<P>::new(total, next),
                ends: Ends::new(plan.rule),
                items: AtomicUsize::new(0),
                busy: AtomicU64::new(0),
            };
            let (went, sum) = team.run(next);
            total = sum;
            went
        }
        went => went,
    };
    // The source goes first, as a `for` loop's does; nothing is committed if that panics.
    drop(feed);
    shares.commit(seed, total);
    match (went, plan.limit) {
        (Went::Left(flow), _) => Ok(flow.into_out()),
        (Went::Late, Some(limit)) => Err(TimedOut::new(limit)),
        _ => Ok(X::through()),
    }
}

/// A loop on the calling thread alone.
struct Alone<'a> {
    site: &'a Site,
    pool: &'a Pool,
    workers: usize,
    /// After how many items to look at the clock; `usize::MAX`: never.
    check_after: usize,
    block: usize,
    deadline: Option<Instant>,
}

impl Alone<'_> {
    #[inline]
    fn run<F: Feed, P: Shares, X: Flow>(
        &self,
        feed: &mut F,
        seed: &P::Seed,
        total: &mut P::Held,
        body: &impl Fn(P::Local, F::Block) -> (P::Local, X),
    ) -> Went<X> {
        let len = feed.len();
        let block = if P::BLOCKS { self.block } else { usize::MAX };
        let unit = if P::BLOCKS { self.block } else { 1 };
        // Without a length, items come as they come: small claims, so that the first one is not
        // kept waiting for the last one of its claim.
        let paced = len.is_none() || self.deadline.is_some();
        let mut pace = paced.then(|| Pace::new(self.site.item_cost(), 1, len));
        let mut watch = Watch::start(self.check_after);
        let mut hand = F::Hand::default();
        let mut parcel = P::parcel();
        loop {
            let want = pace.as_ref().map_or(usize::MAX, Pace::want).min(watch.want());
            let late = match (&pace, self.deadline) {
                (Some(pace), Some(deadline)) => pace.now() >= deadline,
                _ => false,
            };
            let Some(claimed) = feed.claim_alone(&mut hand, want, unit) else {
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
            if let Some(pace) = &mut pace {
                pace.ran(&claimed, len);
            } else if len == Some(claimed.end) {
                return Went::Through;
            }
            if watch.dearer(self, &claimed, feed.hint()) {
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

    /// Whether the rest of the loop is worth helpers after all.
    #[inline]
    fn dearer(&mut self, alone: &Alone<'_>, claimed: &Range<usize>, hint: Option<usize>) -> bool {
        self.done += claimed.len();
        if self.done < self.check_at {
            return false;
        }
        let Some(since) = self.since else { return false };
        // A source that says nothing of its length, or lied, is taken to be half done.
        let rest = hint.map_or(0, |hint| hint.saturating_sub(self.done)).max(self.done);
        self.check_at = self.done.saturating_mul(2);
        alone.site.reconsider(alone.pool, self.done, since.elapsed(), rest, alone.workers)
    }
}

/// A loop with helpers.
struct Team<'a, F, P: Shares, X, B> {
    site: &'a Site,
    pool: &'a Pool,
    workers: usize,
    /// What claims are multiples of.
    unit: usize,
    /// The most that the body gets at a time.
    block: usize,
    deadline: Option<Instant>,
    /// The deadline came before the last item.
    late: AtomicBool,
    feed: &'a F,
    seed: &'a P::Seed,
    body: &'a B,
    merge: Merge<P>,
    ends: Ends<X>,
    /// What the workers ran, and for how many nanoseconds.
    items: AtomicUsize,
    busy: AtomicU64,
}

impl<F, P, X, B> Team<'_, F, P, X, B>
where
    F: Feed,
    P: Shares,
    X: Flow + Send,
    B: Fn(P::Local, F::Block) -> (P::Local, X) + Sync,
{
    /// Runs the loop from position `next` on. Returns how it went, and the total.
    ///
    /// # Panics
    /// With the panic that won.
    #[cold]
    #[inline(never)]
    fn run(self, next: usize) -> (Went<X>, P::Held) {
        let left = self.feed.len().map(|len| len - next);
        self.pool.region(self.workers, &|_| self.work(left));
        self.site.learned(self.items.into_inner(), Duration::from_nanos(self.busy.into_inner()));
        let went = match self.ends.into_winner() {
            Some(End::Panic(payload)) => resume_unwind(payload),
            Some(End::Exit(flow)) => Went::Left(flow),
            None if self.late.into_inner() => Went::Late,
            None => Went::Through,
        };
        (went, self.merge.into_total(self.seed))
    }

    /// What one worker does. Does not panic.
    fn work(&self, left: Option<usize>) {
        // Above every claim: where a panic of the source itself stands.
        let mut position = usize::MAX;
        let worked = catch_unwind(AssertUnwindSafe(|| self.claim_and_run(&mut position, left)));
        if let Err(payload) = worked {
            self.end(position, End::Panic(payload));
        }
    }

    fn end(&self, position: usize, end: End<X>) {
        self.ends.record(position, end);
        if position < usize::MAX {
            self.feed.close();
        }
        self.merge.ending();
    }

    fn claim_and_run(&self, position: &mut usize, left: Option<usize>) {
        let scope = if X::LEAVES { Scope::Leaving } else { Scope::Shared };
        let deposits = if X::LEAVES { P::DEPOSITS_LEAVING } else { P::DEPOSITS };
        let len = self.feed.len();
        let mut pace = Pace::new(self.site.item_cost(), self.workers, left);
        let mut hand = F::Hand::default();
        let mut held = P::empty();
        loop {
            let late = self.deadline.is_some_and(|deadline| pace.now() >= deadline);
            *position = usize::MAX;
            let Some(claimed) = self.feed.claim(&mut hand, pace.want(), self.unit) else { break };
            *position = claimed.start;
            let claim = Claim { feed: self.feed, hand: &mut hand, rest: claimed.clone() };
            if late || !self.ends.allows(claimed.start) {
                drop(claim);
                if late {
                    self.late.store(true, Relaxed);
                    self.feed.close();
                }
                break;
            }
            let mut parcel = P::parcel();
            let exit = run::<F, P, X>(
                claim,
                self.block,
                self.seed,
                scope,
                &mut held,
                &mut parcel,
                self.body,
            );
            if deposits {
                P::wrap(scope, &mut held, &mut parcel);
            }
            if let Some(flow) = exit {
                // First the mark, then the parcel: depositing may wait for lower ones.
                self.end(claimed.start, End::Exit(flow));
                self.merge.deposit(self.seed, &claimed, true, parcel);
                break;
            }
            if deposits {
                self.merge.deposit(self.seed, &claimed, false, parcel);
            }
            pace.ran(&claimed, len);
        }
        if P::CARRIES && !X::LEAVES {
            self.merge.carry(self.seed, held);
        }
        let (items, busy) = pace.sum();
        self.items.fetch_add(items, Relaxed);
        self.busy.fetch_add(u64::try_from(busy.as_nanos()).unwrap_or(u64::MAX), Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_borders_are_a_function_of_length_and_chunk() {
        assert_eq!(block_size(Some(1_000_000), None), 3907);
        assert_eq!(block_size(Some(100), None), 2);
        assert_eq!(block_size(Some(1000), None), 16);
        assert_eq!(block_size(Some(0), None), 1);
        assert_eq!(block_size(Some(1000), Some(7)), 7);
        assert_eq!(block_size(None, None), 64);
    }
}
