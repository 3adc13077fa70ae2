//! The calling thread's part of a stream loop: it asks the source and applies the policy.
//!
//! * `"block"`, `"run"`: in front of a full queue the caller runs items itself as long as fewer
//!   than `workers` bodies run, else it waits for half of the queue to drain. Cheap items it runs
//!   [straight](super::straight) from the source, the others in their turn.
//! * `"drop"`, `"drop_oldest"`, `"error"`: the caller only produces; a source that keeps its own
//!   time must not wait for a body.
//!
//! When the source ends, the caller works off the rest like any worker. When a body leaves the loop
//! or panics, the queue is closed: the caller notices at its next item and takes no more of the
//! source. A panic of the source stands behind all items that it gave before.
//!
//! A loop that is known to be small, and `POOL_SERIAL`, run each item on the caller as it comes.

use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use super::full::Full;
use super::handover::{Handover, MODEL};
use super::inlet::{Help, Inlet, Offer, Room};
use super::outlet::{Batches, Outlet, Produced};
use super::straight::{Items, Run};
use super::stream::{BatchStream, OnFull, Stream, Tally};
use super::subslices::{Subslice, SubsliceStream};
use super::take::Take;
use super::worth::Worth;
use crate::source::{Feed, Lead, Source};

impl<'s, I: Iterator> Source for Stream<'s, I>
where
    I::Item: Send,
{
    type Feed = Outlet<I>;
    type Block = Items<I>;
    type Lead = Producer<'s, I>;

    fn open(self, workers: usize) -> (Self::Feed, Self::Lead) {
        let (feed, inlet) = Outlet::new(self.bound, workers);
        let producer = Producer::new(self, &feed, inlet);
        (feed, producer)
    }
}

impl<'s, I: Iterator> Source for BatchStream<'s, I>
where
    I::Item: Send,
{
    type Feed = Batches<I::Item>;
    type Block = std::iter::Once<Vec<I::Item>>;
    type Lead = Producer<'s, I>;

    fn open(self, workers: usize) -> (Self::Feed, Self::Lead) {
        let (size, lingers) = match self.take {
            Take::Batch { size, linger } => (size, linger.is_some()),
            Take::Share => (1, false),
        };
        let (feed, inlet) = Batches::new(self.stream.bound, workers, self.take);
        let producer = Producer { size, lingers, ..Producer::new(self.stream, &feed, inlet) };
        (feed, producer)
    }
}

impl<'s, I: Iterator> Source for SubsliceStream<'s, I>
where
    I::Item: Subslice + Send,
{
    type Feed = Outlet<I>;
    type Block = Items<I>;
    type Lead = Producer<'s, I>;

    fn open(self, workers: usize) -> (Self::Feed, Self::Lead) {
        let (feed, inlet) = Outlet::new(self.waiting, workers);
        let producer = Producer::new(self.stream, &feed, inlet.weighing(Subslice::items));
        (feed, producer)
    }
}

/// What it takes to hand a batch, and each of its items, to another core, in nanoseconds.
const BATCH: f64 = 200.0;
const ITEM: f64 = 5.0;

/// Items that cost less than this, in nanoseconds, take longer on several cores than straight from the
/// source on one: what goes through the queue costs the producer about as much.
const STRAIGHT: f64 = 8.0;

/// After so many items, none of which found the queue full, the time is looked at.
const EACH: usize = 1024;

/// The source and what is to be done with its items.
pub struct Producer<'s, I: Iterator> {
    /// `None`: it is lent.
    run: Option<Run<I>>,
    rules: Rules<'s>,
    inlet: Inlet<I::Item>,
    /// Items to a claim while there are no workers.
    size: usize,
    /// Whether items are to be handed over while the source stalls, which takes a worker.
    lingers: bool,
}

/// What was asked of the queue.
struct Rules<'s> {
    bound: usize,
    policy: OnFull,
    dropped: Option<&'s mut dyn Tally>,
    full: Option<&'s mut Option<Full>>,
}

impl<'s, I: Iterator> Producer<'s, I> {
    fn new<F: Produced<I>>(stream: Stream<'s, I>, feed: &F, inlet: Inlet<I::Item>) -> Self {
        let Stream { iterator, bound, policy, dropped, full } = stream;
        let run = Some(Run::new(iterator, Arc::clone(&feed.handover().seat)));
        let rules = Rules { bound, policy, dropped, full };
        Self { run, rules, inlet, size: 1, lingers: false }
    }
}

impl<I: Iterator, F: Produced<I>> Lead<F> for Producer<'_, I> {
    const PRODUCES: bool = true;

    fn may_run_alone(&self) -> bool {
        matches!(self.rules.policy, OnFull::Block | OnFull::Run) && !self.lingers
    }

    fn handing_over(&self, straight: bool) -> f64 {
        match self.size {
            1 if straight => STRAIGHT,
            // About what it takes to run one here.
            1 => 0.0,
            size => BATCH + ITEM * size as f64,
        }
    }

    fn hint(&self, _: &F) -> Option<usize> {
        self.run.as_ref()?.most().map(|most| most.div_ceil(self.size))
    }

    fn claim_alone(
        &mut self,
        feed: &mut F,
        hand: &mut F::Hand,
        want: usize,
        _: usize,
    ) -> Option<Range<usize>> {
        feed.claim_own(hand, &mut self.run, want)
    }

    fn ran_alone(&mut self, feed: &mut F, hand: &mut F::Hand) -> Option<usize> {
        let (run, ran) = feed.come_home(hand)?;
        self.run = Some(run);
        Some(ran)
    }

    fn lead(
        self,
        feed: &F,
        hand: &mut F::Hand,
        straight: bool,
        help: &mut dyn FnMut(&mut F::Hand) -> bool,
    ) {
        let Self { run, rules, inlet, .. } = self;
        let Rules { bound, policy, dropped, full } = rules;
        let mut end = End { inlet, queue: feed.handover() };
        let Some(run) = run else { return };
        F::leads(hand, true);
        let overflowed = produce(run, policy, &mut end.inlet, feed, hand, straight, help);
        F::leads(hand, false);
        drop(end);
        if let Some(dropped) = dropped {
            dropped.add_count(feed.handover().dropped());
        }
        if let Some(full) = full
            && overflowed
        {
            *full = Some(Full::new(bound));
        }
    }
}

/// Tells the workers that the source has ended, also when it panicked.
struct End<'a, T> {
    inlet: Inlet<T>,
    queue: &'a Handover<T>,
}

impl<T> Drop for End<'_, T> {
    fn drop(&mut self) {
        self.inlet.end(self.queue);
    }
}

/// Hands over items until the source or the loop ends. Returns whether a full queue ended it.
fn produce<I: Iterator, F: Produced<I>>(
    mut run: Run<I>,
    policy: OnFull,
    inlet: &mut Inlet<I::Item>,
    feed: &F,
    hand: &mut <F as Feed>::Hand,
    straight: bool,
    help: &mut dyn FnMut(&mut F::Hand) -> bool,
) -> bool {
    let queue = feed.handover();
    let helps_out = matches!(policy, OnFull::Block | OnFull::Run);
    let mut alone = Alone::new(straight && helps_out);
    let helps = if policy == OnFull::Run { Help::Always } else { Help::IfNobodyComes };
    while let Some(item) = run.next() {
        if policy == OnFull::DropOldest {
            if !inlet.offer_newest(queue, item) {
                return false;
            }
            continue;
        }
        match inlet.offer(queue, item) {
            Offer::Taken if inlet.offered() < alone.decide_at => continue,
            Offer::Taken => {
                if !alone.decide(queue, inlet, &run) {
                    continue;
                }
            }
            Offer::Closed => return false,
            Offer::Full(item) => {
                match policy {
                    OnFull::Drop => {
                        inlet.count_drop(queue, &item);
                        continue;
                    }
                    OnFull::Error => return true,
                    OnFull::Block | OnFull::Run | OnFull::DropOldest => run.put_back(item),
                }
                match inlet.wait_for_room(queue, helps) {
                    Room::Closed => return false,
                    Room::Free => continue,
                    Room::Help => {}
                }
            }
        }
        loop {
            let before = alone.alone.then(|| done(inlet, &run));
            let kept = if straight { F::lend(hand, run).err() } else { Some(run) };
            let goes_on = help(hand);
            let Some(back) = feed.release(hand).or(kept) else { return false };
            if !goes_on {
                return false;
            }
            run = back;
            let nothing = before.is_some_and(|before| before == done(inlet, &run));
            if !alone.decide(queue, inlet, &run) || nothing || run.has_ended() {
                break;
            }
        }
    }
    false
}

/// How many items have been handed out, or run straight.
fn done<I: Iterator>(inlet: &mut Inlet<I::Item>, run: &Run<I>) -> usize {
    inlet.progress().0 + run.total()
}

/// Whether the producer runs all items itself, for now.
struct Alone {
    /// `None`: it cannot.
    worth: Option<Worth>,
    /// To be decided when so many items have been offered.
    decide_at: usize,
    alone: bool,
}

impl Alone {
    fn new(straight: bool) -> Self {
        // The model has no time.
        let worth = (straight && !MODEL).then(|| Worth::new(Instant::now()));
        Self { decide_at: if worth.is_some() { EACH } else { usize::MAX }, worth, alone: false }
    }

    fn decide<I: Iterator>(
        &mut self,
        queue: &Handover<I::Item>,
        inlet: &mut Inlet<I::Item>,
        run: &Run<I>,
    ) -> bool {
        let Some(worth) = &mut self.worth else { return false };
        let each = if self.alone { 1 } else { EACH };
        self.decide_at = inlet.offered() + each;
        let now = Instant::now();
        if !worth.is_due(now) {
            return false;
        }
        let (out, waiting) = inlet.progress();
        let alone = worth.goes_alone(now, out + run.total(), waiting);
        if alone != self.alone {
            self.alone = alone;
            queue.set_alone(alone);
        }
        alone
    }
}
