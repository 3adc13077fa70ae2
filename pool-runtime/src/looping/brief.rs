//! A loop of microseconds whose helpers are there: as a [`team`](super::team) runs it, with less in
//! hand.
//!
//! What a region of microseconds costs is how often one core waits for a line of the cache that
//! another has written to (50 ns each where they share a cache, 250 where they do not), and what
//! the loop's own data cost when they move. So nobody is called, since the loop would be over
//! before they come; the clock is looked at in one run of [`TIMED`], by the caller alone; and claims
//! [keep their place](super::places), so large that a worker touches what it touched in the last
//! run. (Conjugate gradients on 1,400 rows, in which a product of 38 us follows on three loops of
//! less than one: it takes 19.3 us, as a team's loop 19.9.)
//!
//! This is for loops that nothing but a panic ends early, whose workers own nothing, and that
//! nobody watches. About 500 ns a run.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Instant;

use super::claim::{Claim, run_apart};
use super::discard::discard;
use super::drive::Task;
use super::ends::{End, Ends, Rule};
use super::flow::Flow;
use super::leaving::Leaving;
use super::life::Scope;
use super::merge::{Kept, add_all};
use super::places::Places;
use super::shares::Split;
use crate::profile::TIMED;
use crate::report::Counts;
use crate::source::Feed;

/// Whether loops of these types can be run like this.
pub(super) const fn suits<F: Feed, P: Split, X: Flow>() -> bool {
    F::CUT && !X::LEAVES && !P::ONE_BY_ONE && !P::OWNS && !P::DEAR
}

/// A loop of microseconds. A helper that comes needs the first lines of the cache.
#[repr(C, align(64))]
struct Brief<'a, F, P: Split, X, B> {
    task: &'a Task<'a>,
    feed: &'a F,
    seed: &'a P::Seed,
    body: &'a B,
    /// How many items are worth a claim.
    least: usize,
    ends: Ends<X>,
    places: Places,
    leaving: Leaving<P, Counts>,
}

/// Runs the loop, to its end. Returns the total; `None`: its source has no places, and has not been
/// claimed.
///
/// # Panics
/// With the panic that won.
#[cold]
#[inline(never)]
pub(super) fn run<F, P, X, B>(
    task: &Task<'_>,
    feed: &F,
    seed: &P::Seed,
    body: &B,
) -> Option<P::Held>
where
    F: Feed,
    P: Split,
    X: Flow + Send,
    B: Fn(P::Values, &mut P::Views, F::Block) -> (P::Values, X) + Sync,
{
    let profile = task.site.profile();
    let started = profile.is_timed().then(Instant::now);
    let brief = Brief::<F, P, X, B> {
        task,
        feed,
        seed,
        body,
        least: profile.worth_a_claim(feed.len()?, task.threads),
        ends: Ends::new(Rule::Lowest),
        places: Places::of::<F, P>(task, feed, task.unit(), X::LEAVES)?,
        leaving: Leaving::new(),
    };
    task.pool.region_near(task.threads, &|thread| {
        let _inside = (thread > 0).then(|| task.context.enter());
        brief.work(thread);
    });
    let took = started.map(|started| {
        let ended = Instant::now();
        (ended, ended - started)
    });
    let (counts, carried, kept) = brief.leaving.into_parts();
    if let Some((ended, took)) = took {
        profile.learned_near(task.pool, task.threads, counts.ran, ended, took, counts.workers);
    }
    task.site.tally().near(counts, took.map(|(_, took)| took), TIMED);
    if let Some(End::Panic(payload)) = brief.ends.into_winner() {
        task.site.tally().panics.add(1);
        discard(carried);
        discard(kept);
        resume_unwind(payload);
    }
    let mut total = P::empty();
    add_all::<P>(seed, &mut total, kept, carried);
    Some(total)
}

impl<F, P, X, B> Brief<'_, F, P, X, B>
where
    F: Feed,
    P: Split,
    X: Flow + Send,
    B: Fn(P::Values, &mut P::Views, F::Block) -> (P::Values, X) + Sync,
{
    /// What worker `thread` does. Does not panic.
    fn work(&self, thread: usize) {
        let part = self.places.part_of(thread);
        if thread > 0 {
            self.leaving.expect();
            self.places.expect(part);
        }
        let mut worker = Worker {
            brief: self,
            part,
            hand: F::Hand::default(),
            held: P::empty(),
            kept: Vec::new(),
            stretch: None,
            position: usize::MAX,
            items: 0,
            blocks: 0,
        };
        // After a panic, what lies before it is still to be run.
        while let Err(payload) = catch_unwind(AssertUnwindSafe(|| while worker.step() {})) {
            self.ends.record(worker.position, End::Panic(payload));
        }
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| worker.leave(thread == 0))) {
            self.ends.record(usize::MAX, End::Panic(payload));
        }
    }
}

/// Claims in a row: one claim, as far as shares are concerned.
struct Stretch<P: Split> {
    start: usize,
    end: usize,
    parcel: P::Parcel,
}

/// One worker of a brief loop.
struct Worker<'t, 'a, F: Feed, P: Split, X, B> {
    brief: &'t Brief<'a, F, P, X, B>,
    part: usize,
    hand: F::Hand,
    held: P::Held,
    kept: Kept<P>,
    stretch: Option<Stretch<P>>,
    /// Where a panic stands that comes now.
    position: usize,
    items: usize,
    blocks: usize,
}

impl<F, P, X, B> Worker<'_, '_, F, P, X, B>
where
    F: Feed,
    P: Split,
    X: Flow + Send,
    B: Fn(P::Values, &mut P::Views, F::Block) -> (P::Values, X) + Sync,
{
    /// Claims once, and runs the claim. `false`: there was nothing to claim.
    #[inline]
    fn step(&mut self) -> bool {
        let Brief { task, feed, seed, body, places, ends, .. } = self.brief;
        let least = self.brief.least;
        let want = |left: usize| if left / 2 < least { left } else { (left / 4).max(least) };
        let Some(claimed) = places.claim(self.part, want) else { return false };
        let (start, number) = (claimed.start, claimed.len());
        self.position = start;
        if let Some(other) = self.stretch.take_if(|stretch| stretch.end != start) {
            self.close(other);
        }
        let size = if P::BLOCKS { task.block } else { usize::MAX };
        let claim = Claim { feed: *feed, hand: &mut self.hand, rest: claimed, size };
        if !ends.allows(start) {
            drop(claim);
            return true;
        }
        self.items += number;
        self.blocks += number.div_ceil(size);
        let fresh = || Stretch { start, end: start, parcel: P::parcel() };
        let stretch = self.stretch.get_or_insert_with(fresh);
        stretch.end += number;
        let (held, parcel) = (&mut self.held, &mut stretch.parcel);
        run_apart::<F, P, X>(claim, seed, Scope::Shared, held, parcel, |_| true, *body);
        true
    }

    /// No claim follows on this stretch.
    fn close(&mut self, mut stretch: Stretch<P>) {
        if P::DEPOSITS {
            P::wrap(Scope::Shared, &mut self.held, &mut stretch.parcel);
            self.kept.push((stretch.start, stretch.parcel));
        }
    }

    /// Hands in what there is.
    fn leave(mut self, caller: bool) {
        if let Some(stretch) = self.stretch.take() {
            self.close(stretch);
        }
        let Brief { leaving, seed, .. } = self.brief;
        let carried = P::CARRIES.then_some(self.held);
        leaving.hand_in(seed, caller, carried, self.kept, |counts| {
            counts.workers += 1;
            counts.ran += self.items;
            counts.items += self.items as u64;
            counts.blocks += self.blocks as u64;
        });
    }
}
