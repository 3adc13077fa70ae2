//! A loop with helpers: every worker claims, runs, deposits, until the source is used up or the
//! loop has ended early.
//!
//! Each part of a worker's life is inside a `catch_unwind`; what panics and exits leave is sorted
//! out by position (see [`ends`](super::ends)), and the winner comes out on the calling thread when
//! all workers have left. The inner loop pays one claim, one look at the limit, one clock read and,
//! where shares end with the claim, one deposit, for about 20 us of items.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use super::caller::CallerOnly;
use super::claim::{Claim, run_apart};
use super::discard::discard;
use super::drive::{Task, Went};
use super::ends::{End, Ends};
use super::flow::Flow;
use super::leaving::Leaving;
use super::life::Scope;
use super::merge::{Kept, Merge, add_all};
use super::ordered::Abandoned;
use super::pace::{Grain, Pace};
use super::places::Places;
use super::shares::Split;
use super::solo::{Answer, Solo};
use crate::report::{Kind, Meter, Region, has_woken, slice, waited_for_turns, waiting};
use crate::source::{Feed, Lead};
use crate::sync::unpoisoned;

/// A loop with helpers.
pub(super) struct Team<'a, F, P: Split, X, B> {
    task: &'a Task<'a>,
    /// The deadline came before the last item.
    late: AtomicBool,
    feed: &'a F,
    seed: &'a P::Seed,
    body: &'a B,
    merge: Merge<P>,
    ends: Ends<X>,
    /// Working space that nobody has in hand: what the caller had when it was alone, and that of
    /// workers that wait for items. With each permit goes at most one, so a loop whose caller
    /// helps `workers` others makes no more than `workers`.
    spaces: Mutex<Vec<P::Held>>,
    /// Where cheap items take turns: who runs them.
    solo: Solo,
    /// What the workers did, and carry.
    leaving: Leaving<P, Region>,
    /// Whether the loop had started on the calling thread alone.
    continues: bool,
    started: Instant,
    /// Whether the workers look at their processor time.
    usage: bool,
}

impl<'a, F, P, X, B> Team<'a, F, P, X, B>
where
    F: Feed,
    P: Split,
    X: Flow + Send,
    B: Fn(P::Values, &mut P::Views, F::Block) -> (P::Values, X) + Sync,
{
    pub(super) fn new(
        task: &'a Task<'a>,
        feed: &'a F,
        seed: &'a P::Seed,
        body: &'a B,
        mut total: P::Held,
        next: usize,
    ) -> Self {
        let space = (P::OWNS && next > 0).then(|| P::space(&mut total));
        Self {
            task,
            late: AtomicBool::new(false),
            feed,
            seed,
            body,
            merge: Merge::new(total, next),
            ends: Ends::new(task.rule),
            spaces: Mutex::new(space.into_iter().collect()),
            solo: Solo::default(),
            leaving: Leaving::new(),
            continues: next > 0,
            started: Instant::now(),
            usage: task.switches.watched() && {
                let regions = task.site.tally().regions();
                task.site.profile().looks_at_usage(feed.len().map(|len| len - next), regions)
            },
        }
    }

    /// Runs the loop from position `next` on. Returns how it went, and the total.
    ///
    /// # Panics
    /// With the panic that won.
    #[cold]
    #[inline(never)]
    pub(super) fn run<L: Lead<F>>(self, lead: L, next: usize) -> (Went<X>, P::Held) {
        let task = self.task;
        let left = self.feed.len().map(|len| len - next);
        let lead = L::PRODUCES.then(|| CallerOnly::new(lead));
        let places = if next == 0 {
            Places::of::<F, P>(task, self.feed, task.unit(), X::LEAVES)
        } else {
            None
        };
        let work = |thread| {
            let _inside = (thread > 0).then(|| task.context.enter());
            let mut worker = Worker::new(&self, places.as_ref(), thread, left);
            if let Some(lead) = lead.as_ref().and_then(CallerOnly::take) {
                worker.guard(|worker| worker.lead(lead));
            }
            loop {
                worker.guard(|worker| while worker.step() {});
                // Where claims keep their place, what lies before a panic may be anybody's.
                if worker.places.is_none() || worker.done {
                    break;
                }
            }
            worker.guard(Worker::finish);
        };
        task.site.tally().planned(task.chunk, task.threads, task.pool.join_ns());
        if L::PRODUCES {
            task.site.open_apart(task.pool, task.threads, &work);
        } else {
            task.site.open(task.pool, task.threads, left, &work);
        }
        let ended = Instant::now();
        let wall = ended - self.started;
        let (region, carried, kept) = self.leaving.into_parts();
        let Region { counts, times } = &region;
        // Who waits for its turn is busy as well; that is not what an item costs.
        let spent = Duration::from_nanos(counts.busy) + times.merging;
        let profile = task.site.profile();
        profile.learned(counts.ran, spent.saturating_sub(times.turning));
        if !self.continues && counts.workers > 1 && counts.wakes == 0 && !L::PRODUCES {
            profile.learned_shared(task.pool, task.threads, counts.ran, ended, wall, 1);
        }
        task.site.tally().region(&region, self.continues, wall);
        if task.switches.traced() {
            slice(task.site.name(), Kind::Run, self.started, ended, counts.items);
        }
        if let Some(figures) = self.feed.queue_figures() {
            task.site.tally().queued(&figures);
        }
        let went = match self.ends.into_winner() {
            Some(End::Panic(payload)) => {
                task.site.tally().panics.add(1);
                discard(self.merge);
                discard(carried);
                discard(kept);
                discard(self.spaces);
                resume_unwind(payload);
            }
            Some(End::Exit(flow)) => Went::Left(flow),
            None if self.late.into_inner() => Went::Late,
            None => Went::Through,
        };
        let mut total = self.merge.into_total();
        add_all::<P>(self.seed, &mut total, kept, carried);
        (went, total)
    }

    /// Takes in that the claim at `position` ended the loop; `usize::MAX`: the source did. What
    /// waits lies behind that, except where the claim was of the `newest` items; and where the first
    /// end in time counts, nothing is run any more.
    fn end(&self, position: usize, newest: bool, end: End<X>) {
        self.ends.record(position, end);
        if self.ends.are_by_time() || (position < usize::MAX && !newest) {
            self.feed.close();
        }
        self.merge.ending();
    }
}

/// One worker of a team.
struct Worker<'t, 'a, F: Feed, P: Split, X, B> {
    team: &'t Team<'a, F, P, X, B>,
    /// Where claims keep their place: where, and this worker's part.
    places: Option<&'t Places>,
    part: usize,
    /// What its claims there would have deposited.
    kept: Kept<P>,
    pace: Pace,
    meter: Meter,
    held: P::Held,
    /// Whether there is working space in `held`, as far as this worker's claims have made any.
    furnished: bool,
    hand: F::Hand,
    /// Where a panic stands that comes now: the claim that runs; else above all claims.
    position: usize,
    /// That claim is of the newest items: older ones are still to be run.
    newest: bool,
    /// The source is to be asked no more: it has panicked, or its newest item has ended the loop.
    spent: bool,
    /// This worker claims no more.
    done: bool,
    /// Whether it is the calling thread.
    caller: bool,
}

impl<'t, 'a, F, P, X, B> Worker<'t, 'a, F, P, X, B>
where
    F: Feed,
    P: Split,
    X: Flow + Send,
    B: Fn(P::Values, &mut P::Views, F::Block) -> (P::Values, X) + Sync,
{
    fn new(
        team: &'t Team<'a, F, P, X, B>,
        places: Option<&'t Places>,
        thread: usize,
        left: Option<usize>,
    ) -> Self {
        let caller = thread == 0;
        if !caller {
            team.leaving.expect();
        }
        let task = team.task;
        let grain = match left {
            Some(_) if (P::DEAR || P::APART) && !X::LEAVES => Grain::Coarse,
            _ if P::DEAR || (P::DEAR_LEAVING && X::LEAVES) => Grain::Medium,
            Some(_) if !(X::LEAVES || P::ONE_BY_ONE || task.deadline.is_some()) => Grain::Wide,
            _ => Grain::Fine,
        };
        let profile = task.site.profile();
        let timed = task.switches.traced() || task.deadline.is_some() || F::WAITS;
        // The caller starts with its region, unless it has woken somebody in between.
        let now = if caller && !has_woken() { team.started } else { Instant::now() };
        let pace = Pace::new(profile.item_cost(), task.threads, left, grain, now);
        Self {
            team,
            places,
            part: places.map_or(0, |places| places.part_of(thread)),
            kept: Vec::new(),
            pace: pace.brief(profile.light() && !timed),
            meter: Meter::new(team.usage),
            held: P::empty(),
            furnished: false,
            hand: F::Hand::default(),
            position: usize::MAX,
            newest: false,
            spent: false,
            done: false,
            caller,
        }
    }

    /// Runs a part of this worker's life. Its panic ends the loop, at the position where it came.
    fn guard(&mut self, part: impl FnOnce(&mut Self)) {
        let ran = catch_unwind(AssertUnwindSafe(|| part(&mut *self)));
        let Err(payload) = ran else { return };
        self.spent = true;
        if payload.is::<Abandoned>() {
            // A lower item has ended the loop.
            self.done = true;
        } else {
            // After a panic of the source, or of its newest item, what it gave before is still to
            // be run.
            self.done |= self.position < usize::MAX && !self.newest && self.places.is_none();
            self.team.end(self.position, self.newest, End::Panic(payload));
        }
        self.position = usize::MAX;
    }

    /// The calling thread's own part.
    fn lead(&mut self, lead: impl Lead<F>) {
        let Team { feed, task, .. } = *self.team;
        let mut hand = F::Hand::default();
        // A source that stalls must not keep the loop from being late.
        let straight = P::STRAIGHT && task.deadline.is_none();
        lead.lead(feed, &mut hand, straight, &mut |hand| {
            std::mem::swap(&mut self.hand, hand);
            self.pace.restart();
            self.guard(|worker| {
                worker.step();
            });
            self.unfurnish();
            std::mem::swap(&mut self.hand, hand);
            !self.done && !self.spent
        });
        self.hand = hand;
        // What it did up to here was no waiting for items.
        self.pace.restart();
    }

    /// Claims once, and runs the claim. `false`: there was nothing to claim, or the loop is over.
    #[inline]
    fn step(&mut self) -> bool {
        let Team { task, feed, seed, .. } = *self.team;
        if self.done {
            return false;
        }
        if let Some(places) = self.places {
            return self.step_in(places);
        }
        let unit = task.unit();
        let cheap = P::ONE_BY_ONE && self.is_cheap_to_turn();
        let mut alone = None;
        if cheap && !F::WAITS {
            match self.team.solo.ask() {
                Answer::Yours(taken) => alone = Some(taken),
                answer => {
                    self.pace.restart();
                    if matches!(answer, Answer::Later) {
                        return true;
                    }
                }
            }
        }
        let singly = P::ONE_BY_ONE && alone.is_none() && !(F::WAITS && cheap);
        let want = if singly { 1 } else { self.pace.want() };
        let mut claimed = None;
        if P::OWNS && F::WAITS {
            claimed = feed.try_claim(&mut self.hand, want, unit);
            if claimed.is_none() {
                self.unfurnish();
            }
        }
        let claimed = claimed.or_else(|| feed.claim(&mut self.hand, want, unit));
        let Some(mut claimed) = claimed else { return false };
        self.newest = F::newest(&self.hand).is_some();
        if P::OWNS {
            self.furnish();
        }
        if F::WAITS && F::waited(&self.hand) {
            let waited = self.pace.restart();
            if task.switches.traced() {
                self.trace_wait(waited);
            }
        } else if !F::WAITS && task.switches.watched() && feed.len().is_none() {
            // Where the length is known, a claim is an addition.
            self.meter.claiming += self.pace.restart();
        }
        let late = task.deadline.is_some_and(|deadline| self.pace.now() >= deadline);
        self.position = claimed.start;
        // A claim from a producer is a block, and cheap items that take turns run one by one.
        let asks = X::LEAVES && !F::WAITS && !P::ONE_BY_ONE;
        let size = if P::BLOCKS || asks { task.block } else { usize::MAX };
        let claim = Claim { feed, hand: &mut self.hand, rest: claimed.clone(), size };
        if late || !self.team.ends.allows(claimed.start) {
            drop(claim);
            if P::ONE_BY_ONE {
                // SAFETY: of this claim alone.
                #[allow(unsafe_code, reason = "upholds the contract of `Accumulator::fresh`")]
                let local = unsafe { P::start(seed, Scope::Shared, &mut self.held, claimed) };
                P::keep(seed, Scope::Shared, local, &mut self.held, &mut P::parcel());
            }
            if late {
                self.team.late.store(true, Relaxed);
                feed.close();
            }
            self.done = true;
        } else {
            let scope = if X::LEAVES { Scope::Leaving } else { Scope::Shared };
            let mut parcel = P::parcel();
            let (held, body) = (&mut self.held, self.team.body);
            let turned = if P::ONE_BY_ONE { waited_for_turns() } else { Duration::ZERO };
            let mut beyond = false;
            let starts = |position| {
                beyond = asks && !self.team.ends.allows(position);
                !beyond
            };
            let exit = run_apart::<F, P, X>(claim, seed, scope, held, &mut parcel, starts, body);
            if P::ONE_BY_ONE {
                self.pace.excuse(waited_for_turns().saturating_sub(turned));
            }
            if beyond {
                // A lower item has ended the loop: nothing of this claim counts.
                self.done = true;
            } else {
                if self.newest {
                    claimed.end = claimed.start + F::newest(&self.hand).unwrap_or_default();
                }
                self.close(&claimed, exit, parcel);
            }
        }
        drop(alone);
        self.position = usize::MAX;
        !self.done
    }

    /// [`step`](Self::step), where claims keep their place. Only a panic ends such a loop early.
    fn step_in(&mut self, places: &Places) -> bool {
        let Team { task, feed, seed, body, .. } = *self.team;
        let Some(claimed) = places.claim(self.part, |left| self.pace.want_of(left)) else {
            self.done = true;
            return false;
        };
        if P::OWNS {
            self.furnish();
        }
        self.position = claimed.start;
        let size = if P::BLOCKS { task.block } else { usize::MAX };
        let claim = Claim { feed, hand: &mut self.hand, rest: claimed.clone(), size };
        if self.team.ends.allows(claimed.start) {
            let mut parcel = P::parcel();
            let held = &mut self.held;
            run_apart::<F, P, X>(claim, seed, Scope::Shared, held, &mut parcel, |_| true, body);
            self.close(&claimed, None, parcel);
        } else {
            drop(claim);
        }
        self.position = usize::MAX;
        true
    }

    /// Whether the items are so cheap that they had better not run at the same time.
    fn is_cheap_to_turn(&self) -> bool {
        self.pace.cost().is_some_and(|cost| self.team.task.is_cheap(cost))
    }

    /// Takes working space that lies ready.
    #[inline]
    fn furnish(&mut self) {
        if !std::mem::replace(&mut self.furnished, true) {
            let mut spaces = unpoisoned(self.team.spaces.lock());
            if let Some(space) = spaces.pop() {
                P::furnish(&mut self.held, space);
            }
        }
    }

    /// Leaves the working space to others.
    fn unfurnish(&mut self) {
        if std::mem::take(&mut self.furnished) {
            let space = P::space(&mut self.held);
            let mut spaces = unpoisoned(self.team.spaces.lock());
            spaces.push(space);
        }
    }

    /// Writes down that this worker has waited for items, and how many are left.
    #[cold]
    fn trace_wait(&self, waited: Duration) {
        let name = self.team.task.site.name();
        if waited > Duration::from_micros(1) {
            slice(name, Kind::Starved, self.pace.now() - waited, self.pace.now(), 0);
        }
        if let Some(figures) = self.team.feed.queue_figures() {
            waiting(name, figures.waiting);
        }
    }

    /// Ends a claim that has run.
    #[inline]
    fn close(&mut self, claimed: &Range<usize>, exit: Option<X>, mut parcel: P::Parcel) {
        let scope = if X::LEAVES { Scope::Leaving } else { Scope::Shared };
        let team = self.team;
        let last = exit.is_some();
        if let Some(flow) = exit {
            // First the mark, then the parcel: depositing may wait for lower ones.
            team.end(claimed.start, self.newest, End::Exit(flow));
            self.spent = true;
            self.done |= !self.newest;
        }
        if if X::LEAVES { P::DEPOSITS_LEAVING } else { P::DEPOSITS } {
            P::wrap(scope, &mut self.held, &mut parcel);
            if !P::DEAR && self.places.is_some() {
                self.kept.push((claimed.start, parcel));
            } else {
                let since = team.task.switches.watched().then(Instant::now);
                team.merge.deposit(team.seed, claimed, last, parcel);
                self.meter.merging += since.map(|since| since.elapsed()).unwrap_or_default();
            }
        }
        if !last {
            if let Some(bar) = &team.task.bar {
                bar.advance(claimed.len());
            }
            self.meter.items(claimed.len(), if P::BLOCKS { team.task.block } else { usize::MAX });
        }
        let from = self.pace.now();
        self.pace.ran(claimed, team.feed.len());
        if team.task.switches.traced() {
            let items = claimed.len() as u64;
            slice(team.task.site.name(), Kind::Block, from, self.pace.now(), items);
        }
    }

    /// Hands in what is left in hand.
    fn finish(&mut self) {
        self.pace.stop();
        if P::ONE_BY_ONE {
            self.team.solo.end();
        }
        let held = std::mem::replace(&mut self.held, P::empty());
        let carried = (P::CARRIES && !X::LEAVES).then_some(held);
        let (ran, busy) = self.pace.sum();
        let ended = self.pace.now() - self.team.started;
        let Team { leaving, seed, .. } = self.team;
        let kept = std::mem::take(&mut self.kept);
        leaving.hand_in(seed, self.caller, carried, kept, |region| {
            self.meter.hand_in(region, ran, busy, ended);
        });
    }
}
