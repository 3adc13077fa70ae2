//! One function's queue: its line, its body, what its workers keep, its slots for results.

use std::sync::Mutex;
use std::thread::yield_now;
use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;

use super::crew::{self, Serve};
use super::entry::{Bare, Entry};
use super::error::{Admission, TaskError};
use super::handle::Task;
use super::inside::Permits;
use super::lifecycle::Lane;
use super::plan::{TaskPlan, WhenFull};
use super::scratch::Scratch;
use super::slot::{Home, Lent, Runner, Slot, Ticket, issue};
use super::stage::{Offer, Ripe, Stage};
use super::work::Work;
use super::{discard, inside};
use crate::looping::serial;
use crate::report::{Latency, Shift, Stamp, TaskFigures, TaskTally};
use crate::site::Site;
use crate::sync::{Spin, spin_loop, unpoisoned};

/// How many free slots are kept, in bytes, and at least how many.
const SPARE_BYTES: usize = 4 << 20;
const SPARE_LEAST: usize = 1024;

/// How often a caller looks for room before it sleeps, and how long between two looks.
const LOOKS: usize = 8;
const SPINS_BETWEEN: usize = 64;

/// How often it gives its processor away before that, where calls are cheap.
const YIELDS: usize = 16;

/// If it does not get it back within this time, others need it: then it sleeps.
const CROWDED: Duration = Duration::from_micros(50);

/// The queue of one function, or of one instance of a generic one. Lives as long as the process.
pub(super) struct Queue<E: Entry, W: Work<E>> {
    stage: Stage<E>,
    work: W,
    when_full: WhenFull,
    serial: bool,
    site: &'static Site,
    tally: TaskTally,
    /// What workers have made and no worker has in use.
    kept: Mutex<Vec<W::Kept>>,
    /// Free slots. (Always empty for bare entries.) Callers' alone, as a rule.
    spare: CachePadded<Spin<Vec<E::Spare>>>,
}

impl<E: Entry, W: Work<E>> Queue<E, W> {
    pub(super) fn new(site: &'static Site, plan: &TaskPlan, batch: Option<Ripe>, work: W) -> Self {
        Self {
            stage: Stage::new(plan.crew(), plan.limit(), batch),
            work,
            when_full: plan.when_full,
            serial: serial(),
            site,
            tally: TaskTally::new(site.name()),
            kept: Mutex::new(Vec::new()),
            spare: CachePadded::new(Spin::new(Vec::new())),
        }
    }

    /// What is counted for the report.
    pub(super) fn tally(&self) -> &TaskTally {
        &self.tally
    }

    pub(super) fn stage(&self) -> &Stage<E> {
        &self.stage
    }

    /// A call.
    #[inline]
    fn enter(&'static self, entry: E) -> Admission {
        if self.serial {
            return self.run_aside(entry);
        }
        match self.stage.enter(entry) {
            Ok(()) => {
                self.trace_depth();
                Admission::Accepted
            }
            Err(entry) => self.enter_the_long_way(entry),
        }
    }

    #[inline(never)]
    fn enter_the_long_way(&'static self, entry: E) -> Admission {
        match self.stage.offer(entry) {
            Offer::Full(entry) => self.overflow(entry),
            offer => self.conclude(offer),
        }
    }

    fn conclude(&'static self, offer: Offer<E>) -> Admission {
        match offer {
            Offer::Taken { call } => {
                if call {
                    crew::call(self);
                }
                self.trace_depth();
            }
            Offer::Guest(entry) => self.run_as_guest(entry),
            Offer::Full(entry) => return self.drop_call(entry),
            Offer::Closed(entry) => return refuse(entry, TaskError::Closed),
        }
        Admission::Accepted
    }

    /// A call that found the queue full.
    #[cold]
    fn overflow(&'static self, entry: E) -> Admission {
        match self.when_full {
            WhenFull::Block => self.block(entry),
            WhenFull::Drop => self.drop_call(entry),
            WhenFull::DropOldest => {
                let (offer, oldest) = self.stage.offer_for_oldest(entry);
                if let Some(oldest) = oldest {
                    self.tally.withdrawn.add(1);
                    self.tally.evicted.add(1);
                    self.drop_call(oldest);
                }
                self.conclude(offer)
            }
            WhenFull::Run => self.run_aside(entry),
        }
    }

    /// The policy drops a call.
    fn drop_call(&self, entry: E) -> Admission {
        self.tally.dropped.add(1);
        refuse(entry, TaskError::Dropped)
    }

    /// Runs a call, and measures how long it waited and runs where that is wanted.
    #[inline]
    pub(super) fn run(&self, entry: E, scratch: &mut Scratch<W::Kept>) -> bool {
        let Some((args, reply, stamp)) = entry.start() else { return false };
        self.run_started(stamp, args, reply, scratch)
    }

    #[inline]
    fn run_started(
        &self,
        stamp: Stamp,
        args: E::Args,
        reply: E::Reply,
        scratch: &mut Scratch<W::Kept>,
    ) -> bool {
        if stamp.is_measured() {
            self.tally.timed(stamp, || self.work.run_started(args, reply, scratch))
        } else {
            self.work.run_started(args, reply, scratch)
        }
    }

    /// The caller waits for room; a worker runs the call itself if it can (see [`inside`]).
    fn block(&'static self, mut entry: E) -> Admission {
        // Each look takes from the workers' caches what they are working with.
        let time = self.stage.time_for_room();
        for _ in 0..LOOKS {
            let since = Instant::now();
            while {
                for _ in 0..SPINS_BETWEEN {
                    spin_loop();
                }
                since.elapsed() < time
            } {}
            match self.stage.offer(entry) {
                Offer::Full(back) => entry = back,
                offer => return self.conclude(offer),
            }
        }
        if !inside::is_worker() {
            // There would have been room by now if a worker had a processor.
            let yields = if time.is_zero() { 0 } else { YIELDS };
            for _ in 0..yields {
                let since = Instant::now();
                yield_now();
                match self.stage.offer(entry) {
                    Offer::Full(back) => entry = back,
                    offer => return self.conclude(offer),
                }
                if since.elapsed() > CROWDED {
                    break;
                }
            }
            let offer = self.stage.wait_for_room(entry, false);
            return self.conclude(offer);
        }
        let may_nest = inside::may_nest();
        if may_nest && !self.stage.is_batched() && inside::holds(self) {
            self.run_here(entry);
            return Admission::Accepted;
        }
        let offer = inside::waiting(!may_nest, || self.stage.wait_for_room(entry, may_nest));
        self.conclude(offer)
    }

    /// Runs a call that never waited on its caller's thread.
    fn run_here(&'static self, entry: E) {
        self.tally.aside.add(1);
        self.run_nested(|scratch| self.run(entry, scratch));
    }

    /// Runs a call on this thread with what a worker keeps.
    fn run_nested<R>(&'static self, run: impl FnOnce(&mut Scratch<W::Kept>) -> R) {
        let mut scratch = Scratch::new(unpoisoned(self.kept.lock()).pop());
        let shift = self.tally.begin();
        inside::visiting(|| run(&mut scratch));
        self.end_shift(shift, 1);
        self.put_back(&mut scratch);
    }

    /// Writes down how many calls wait, where somebody wants to know.
    #[inline]
    pub(super) fn trace_depth(&self) {
        self.tally.trace_depth(|| self.stage.waiting());
    }

    /// A worker has run some calls.
    pub(super) fn end_shift(&self, shift: Option<Shift>, calls: u64) {
        self.tally.end(shift, calls);
        self.site.published().worked(self.site, false);
    }

    /// Leaves what was kept to the next worker.
    pub(super) fn put_back(&self, scratch: &mut Scratch<W::Kept>) {
        if let Some(kept) = scratch.take() {
            unpoisoned(self.kept.lock()).push(kept);
        }
    }

    /// Runs a call on its caller's thread, beside the workers.
    fn run_aside(&'static self, entry: E) -> Admission {
        if !self.stage.enter_aside() {
            return refuse(entry, TaskError::Closed);
        }
        self.run_here(entry);
        self.stage.leave_aside();
        Admission::Accepted
    }

    /// Runs a call with a permit that this thread has just got.
    fn run_as_guest(&'static self, entry: E) {
        inside::holding(self, || self.run_here(entry));
        self.stage.guest_left();
    }
}

fn refuse<E: Entry>(entry: E, error: TaskError) -> Admission {
    entry.refuse(error);
    Admission::Dropped
}

impl<A: Send + 'static, W: Work<Bare<A>>> Queue<Bare<A>, W> {
    /// A call that nobody will wait for.
    pub(super) fn admit(&'static self, args: A) -> Admission {
        self.enter(Bare(args, self.tally.stamp()))
    }
}

impl<A: Send + 'static, T: Send + 'static, W: Work<Ticket<A, T>>> Queue<Ticket<A, T>, W> {
    /// A call whose result is wanted.
    pub(super) fn submit(&'static self, args: A) -> Task<T> {
        let spare = self.spare.lock().pop();
        let slot = spare.unwrap_or_else(|| Slot::new(self));
        let (entry, handle) = issue(slot, args, self.tally.stamp());
        self.enter(entry);
        Task::new(handle)
    }

    /// Runs a call before its turn; its entry stays in line and is void.
    fn run_early(&'static self, args: A, reply: Runner<A, T>) {
        self.stage.voided();
        self.tally.early.add(1);
        let stamp = reply.stamp();
        self.run_nested(|scratch| self.run_started(stamp, args, reply, scratch));
    }
}

impl<A, T, W> Home<A, T> for Queue<Ticket<A, T>, W>
where
    A: Send + 'static,
    T: Send + 'static,
    W: Work<Ticket<A, T>>,
{
    fn give_back(&self, slot: Box<Slot<A, T>>) {
        let most = (SPARE_BYTES / size_of::<Slot<A, T>>()).max(SPARE_LEAST);
        let mut spare = self.spare.lock();
        if spare.len() < most {
            spare.push(slot);
        }
    }

    fn cancelled(&self) {
        self.tally.withdrawn.add(1);
        self.stage.voided();
    }

    fn hurry(&self) {
        self.stage.hurry();
    }

    fn demanded(&'static self) {
        if self.stage.demand() {
            crew::call(self);
        }
    }

    fn wait_inside(&'static self, slot: Lent<'_, A, T>, deadline: Option<Instant>) {
        let may_nest = inside::may_nest();
        if may_nest
            && !self.stage.is_batched()
            && inside::holds(self)
            && let Some((args, reply)) = slot.start_early()
        {
            return self.run_early(args, reply);
        }
        self.demanded();
        let early = inside::waiting(!may_nest, || {
            while !slot.is_over() && deadline.is_none_or(|deadline| Instant::now() < deadline) {
                if may_nest && slot.is_queued() && self.stage.guest_or_told() {
                    match slot.start_early() {
                        Some(early) => return Some(early),
                        None => self.stage.guest_left(),
                    }
                } else {
                    slot.doze(deadline);
                }
            }
            None
        });
        if let Some((args, reply)) = early {
            inside::holding(self, || self.run_early(args, reply));
            self.stage.guest_left();
        }
    }
}

impl<E: Entry, W: Work<E>> Serve for Queue<E, W> {
    fn serve(&'static self) {
        let mut scratch = Scratch::new(unpoisoned(self.kept.lock()).pop());
        inside::holding(self, || {
            inside::visiting(|| self.work.serve(self, &mut scratch));
        });
        self.site.published().worked(self.site, true);
    }

    fn dismiss(&'static self) -> bool {
        self.stage.uncall()
    }
}

impl<E: Entry, W: Work<E>> Permits for Queue<E, W> {
    fn pause(&'static self, deep: bool) {
        if self.stage.pause(deep) {
            crew::call(self);
        }
    }

    fn resume(&'static self, deep: bool) {
        self.stage.resume(deep);
    }
}

impl<E: Entry, W: Work<E>> Lane for Queue<E, W> {
    fn entered(&self) -> u64 {
        self.stage.entered()
    }

    fn site(&self) -> &'static Site {
        self.site
    }

    fn waiting(&self) -> usize {
        self.stage.waiting()
    }

    fn add_figures(&self, sum: &mut TaskFigures, all: &Latency) {
        self.stage.add_figures(sum);
        self.tally.add_to(sum, all);
        sum.panics += self.work.panics();
    }

    fn drain(&'static self, deadline: Option<Instant>) -> bool {
        self.stage.drain(deadline, || crew::call(self))
    }

    fn close(&self) {
        for entry in self.stage.close() {
            self.tally.withdrawn.add(u64::from(!entry.is_void()));
            entry.refuse(TaskError::Closed);
        }
        let kept = std::mem::take(&mut *unpoisoned(self.kept.lock()));
        kept.into_iter().for_each(discard);
    }
}
