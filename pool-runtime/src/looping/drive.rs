//! The driver: runs one loop, alone or with helpers, and says how it ended.
//!
//! The site decides: too little work to share, or one worker, and the caller runs the loop
//! [`alone`](super::alone); else a [`team`](super::team) does, perhaps after the caller has tried an
//! eighth of it. Accumulators are seeded before and committed after, here, once.

use std::time::{Duration, Instant};

use super::alone::{Alone, whole};
use super::brief::{self, suits};
use super::ends::Rule;
use super::flow::Flow;
use super::progress::Bar;
use super::shares::{Both, Shares, Split};
use super::team::Team;
use super::timeout::TimedOut;
use super::undo::PutBack;
use crate::pool::Pool;
use crate::profile::Decision;
use crate::report::{Context, Running, Switches};
use crate::site::Site;
use crate::source::{Feed, Lead, Source};

/// What was asked of a loop.
#[derive(Debug)]
pub(super) struct Plan<'p> {
    pub(super) workers: Option<usize>,
    pub(super) chunk: Option<usize>,
    pub(super) pool: Option<&'p Pool>,
    pub(super) limit: Option<Duration>,
    pub(super) rule: Rule,
    pub(super) bar: Option<Bar>,
}

/// The size of a block when the length is not known.
const BLOCK: usize = 64;

/// The borders of merging: a function of the length and `chunk` alone.
///
/// About 256 blocks, so that uneven costs and some dozens of workers share them well, but not so
/// small that a loop of cheap items consists of borders (each takes up to 25 ns, so 64 items go to a
/// block); where that leaves too few of them (a hundred slow items), up to 64 blocks go first.
#[inline]
fn block_size(len: Option<usize>, chunk: Option<usize>) -> usize {
    match (chunk, len) {
        (Some(chunk), _) => chunk,
        (None, Some(len)) => len.div_ceil(256).max(len.div_ceil(64).min(64)).max(1),
        (None, None) => BLOCK,
    }
}

/// `POOL_SERIAL=1`: everything on the calling thread.
#[inline]
pub(crate) fn serial() -> bool {
    Switches::now().serial()
}

/// How a loop, or its part on the caller, went.
pub(super) enum Went<X> {
    /// To the end of the source.
    Through,
    /// The body left it.
    Left(X),
    /// The deadline came first.
    Late,
    /// This far, and the rest is worth helpers.
    Open(usize),
}

/// The accumulators, and what the source has to put back.
type Everything<A, V, S> = Both<A, Both<V, (PutBack<<<S as Source>::Feed as Feed>::Undo>,)>>;

/// Runs a loop. A small one, which is not worth a look at the clock, is run here, inlined into the
/// user's function; all that only others need is made behind that.
#[inline]
pub(super) fn drive<S, A, V, X, B>(
    site: &'static Site,
    source: S,
    plan: Plan<'_>,
    values: A,
    views: V,
    body: B,
) -> Result<X::Out, TimedOut>
where
    S: Source,
    A: Shares,
    V: Shares,
    X: Flow + Send,
    B: Fn(A::Local, &mut V::Local, S::Block) -> (A::Local, X) + Sync,
{
    let Plan { workers, chunk, pool, limit, rule, bar } = plan;
    let pool = pool.unwrap_or_else(|| Pool::global());
    let workers = workers.unwrap_or_else(|| pool.workers());
    let (mut feed, mut lead) = source.open(workers);
    let one_by_one = A::ONE_BY_ONE || V::ONE_BY_ONE;
    if one_by_one {
        feed.take_turns();
    }
    let mut shares = Both(values, Both(views, (PutBack(feed.undo()),)));
    let body = |values, (views, _): &mut (V::Local, _), block| body(values, views, block);
    site.enter();
    let _running = Running(site);
    let switches = Switches::now();
    let one = switches.serial() || (X::LEAVES && shares.alone());
    let threads = match () {
        () if one => 1,
        () if S::Lead::PRODUCES => workers + 1,
        () => site.profile().useful(workers),
    };
    // How many items a claim from a producer has depends on time: each is a block.
    let block = if S::Lead::PRODUCES {
        1
    } else {
        block_size(feed.len(), chunk.or(one_by_one.then_some(1)))
    };
    let seed = shares.seed(feed.len());
    let unseen = limit.is_none() && bar.is_none();
    let decision = if threads == 1 || lead.may_run_alone() {
        let brief = suits::<S::Feed, Everything<A, V, S>, X>() && unseen && !switches.watched();
        site.profile().decide(pool, lead.hint(&feed), threads, brief)
    } else {
        Decision::Open
    };
    if decision == (Decision::Inline { check_after: usize::MAX })
        && unseen
        && feed.len().is_some()
        && !(switches.watched() && site.tally().looks_at_clock())
    {
        let context = Context::of_loop(site);
        let _inside = context.enter_here();
        // SAFETY: what is used of `shares` from here on is `commit`, which takes the total.
        #[allow(unsafe_code, reason = "upholds the contract of `Accumulator::in_place`")]
        let mut total = unsafe { shares.in_place() };
        let unwinding = Unwinding(site);
        let left = whole::<S::Feed, S::Lead, Everything<A, V, S>, X>(
            site, block, &mut feed, &mut lead, &seed, &mut total, &body,
        );
        std::mem::forget(unwinding);
        drop(lead);
        // The source goes first, as a `for` loop's does; nothing is committed if that panics.
        drop(feed);
        let failures = shares.commit(seed, total);
        site.tally().errors.add(failures);
        return Ok(leave(site, left));
    }
    let task = Task {
        site,
        pool,
        threads,
        block,
        chunk,
        switches,
        cheap: if one_by_one { TURN } else { 0.0 }
            .max(lead.handing_over(A::STRAIGHT && V::STRAIGHT)),
        in_blocks: A::BLOCKS || V::BLOCKS || chunk.is_some(),
        limit,
        deadline: limit.and_then(|limit| Instant::now().checked_add(limit)),
        rule,
        bar,
        context: Context::of_loop(site),
    };
    run(task, decision, feed, lead, shares, seed, body)
}

/// What a loop returns that has not run out of time.
#[inline]
fn leave<X: Flow>(site: &Site, left: Option<X>) -> X::Out {
    let Some(flow) = left else { return X::through() };
    if flow.fails() {
        site.tally().errors.add(1);
    }
    flow.into_out()
}

/// Runs a loop whose source is open.
#[cold]
#[inline(never)]
fn run<F, L, P, X, B>(
    task: Task<'_>,
    decision: Decision,
    mut feed: F,
    mut lead: L,
    mut shares: P,
    seed: P::Seed,
    body: B,
) -> Result<X::Out, TimedOut>
where
    F: Feed,
    L: Lead<F>,
    P: Split,
    X: Flow + Send,
    B: Fn(P::Values, &mut P::Views, F::Block) -> (P::Values, X) + Sync,
{
    let task = &task;
    let _inside = task.context.enter_here();
    if let Some(bar) = &task.bar {
        bar.start(feed.len());
    }
    let decision = match decision {
        Decision::Open if lead.may_run_alone() && task.lets_alone() => {
            Decision::Inline { check_after: if L::PRODUCES { ALONE_PRODUCING } else { ALONE } }
        }
        decision => decision,
    };
    let mut total = match decision {
        Decision::Open | Decision::Near => P::empty(),
        // SAFETY: what is used of `shares` from here on is `commit`, which takes the total.
        #[allow(unsafe_code, reason = "upholds the contract of `Accumulator::in_place`")]
        Decision::Inline { .. } => unsafe { shares.in_place() },
    };
    let mut went = match decision {
        Decision::Inline { check_after } => {
            let alone = Alone::new(task, check_after);
            let unwinding = Unwinding(task.site);
            let went = alone.run::<F, L, P, X>(&mut feed, &mut lead, &seed, &mut total, &body);
            std::mem::forget(unwinding);
            went
        }
        Decision::Open | Decision::Near => Went::Open(0),
    };
    let near = match decision {
        Decision::Near => brief::run::<F, P, X, B>(task, &feed, &seed, &body),
        _ => None,
    };
    if let Some(all) = near {
        (went, total) = (Went::Through, all);
    } else if let Went::Open(next) = went {
        let team = Team::<_, P, X, _>::new(task, &feed, &seed, &body, total, next);
        (went, total) = team.run(lead, next);
    } else {
        drop(lead);
    }
    // As above.
    drop(feed);
    let failures = shares.commit(seed, total);
    task.site.tally().errors.add(failures);
    match (went, task.limit) {
        (Went::Left(flow), _) => Ok(leave(task.site, Some(flow))),
        (Went::Late, Some(limit)) => {
            task.site.tally().timeouts.add(1);
            Err(TimedOut::new(limit))
        }
        _ => {
            if let Some(bar) = &task.bar {
                bar.finish();
            }
            Ok(X::through())
        }
    }
}

/// Counts a run on the calling thread that a panic ends.
struct Unwinding(&'static Site);

impl Drop for Unwinding {
    #[cold]
    fn drop(&mut self) {
        self.0.tally().panics.add(1);
        self.0.tally().ran_alone(false, 0, 0);
    }
}

/// Items that take turns and cost less than this, in nanoseconds, are quickest on one thread: to
/// hand the turn to another core takes about half of it.
const TURN: f64 = 1000.0;

/// After how many items that are quickest on one thread the clock is looked at: they may turn out
/// dearer this time.
const ALONE: usize = 16;

/// The same of a producer, which ends claims of dear items by itself: enough for some nanoseconds an
/// item to be told from what the start takes.
const ALONE_PRODUCING: usize = 128;

/// A loop's plan in numbers.
pub(super) struct Task<'a> {
    pub(super) site: &'static Site,
    pub(super) pool: &'a Pool,
    /// The workers, and the producer if there is one.
    pub(super) threads: usize,
    /// The size of a block.
    pub(super) block: usize,
    /// What `chunk` says.
    pub(super) chunk: Option<usize>,
    pub(super) switches: Switches,
    /// Items that cost less, in nanoseconds, are quickest on one thread.
    pub(super) cheap: f64,
    /// Whether claims are whole blocks.
    pub(super) in_blocks: bool,
    pub(super) limit: Option<Duration>,
    pub(super) deadline: Option<Instant>,
    pub(super) rule: Rule,
    /// To be told after each claim.
    pub(super) bar: Option<Bar>,
    /// Where the loop was called.
    pub(super) context: Context,
}

impl Task<'_> {
    /// Claims are multiples of so many items.
    pub(super) fn unit(&self) -> usize {
        if self.in_blocks { self.block } else { 1 }
    }

    /// Whether items are known to be quickest on one thread.
    fn lets_alone(&self) -> bool {
        self.cheap > 0.0 && self.site.profile().item_cost().is_some_and(|cost| self.is_cheap(cost))
    }

    /// Whether items of `cost` nanoseconds are quickest on one thread.
    pub(super) fn is_cheap(&self, cost: f64) -> bool {
        cost < self.cheap
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
        assert_eq!(block_size(Some(7000), None), 64);
        assert_eq!(block_size(Some(0), None), 1);
        assert_eq!(block_size(Some(1000), Some(7)), 7);
        assert_eq!(block_size(None, None), 64);
    }
}
