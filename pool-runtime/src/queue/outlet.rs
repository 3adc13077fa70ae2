//! The queue as the workers see it: a [`Feed`] whose claims may wait for items.

#![allow(unsafe_code, reason = "implements the contract of `Feed`; no unsafe operation inside")]

use std::collections::VecDeque;
use std::iter::{Once, once};
use std::marker::PhantomData;
use std::mem;
use std::ops::Range;

use super::handover::{Handover, Held};
use super::inlet::Inlet;
use super::newest::MOST;
use super::straight::{Home, Items, Run, Straight, fetch, send, went};
use super::take::{Claimant, Take};
use crate::report::QueueFigures;
use crate::source::{Buffer, Feed, Unsaved};

/// A feed that a producer fills.
pub(crate) trait Produced<I: Iterator>: Feed {
    /// The queue between them.
    #[doc(hidden)]
    fn handover(&self) -> &Handover<I::Item>;
    /// The next claim, straight from the source, while there are no workers: of one item, or of at
    /// most `want`. Then `source` is taken along, until it comes [home](Self::come_home).
    fn claim_own(
        &mut self,
        hand: &mut Self::Hand,
        source: &mut Option<Run<I>>,
        want: usize,
    ) -> Option<Range<usize>>;
    /// Brings home the source that the last such claim took along, and says how many items it had.
    fn come_home(&mut self, _: &mut Self::Hand) -> Option<(Run<I>, usize)> {
        None
    }
    /// Whether the next claims with this hand are the producer's, who does not wait for items.
    fn leads(hand: &mut Self::Hand, leads: bool);
    /// Lends the source for the next claim with this hand, to run the newest items instead of
    /// those that wait longest; gives it back where that cannot be.
    fn lend(_: &mut Self::Hand, run: Run<I>) -> Result<(), Run<I>> {
        Err(run)
    }
    /// Gives back the permit of the last claim with this hand, and the source if it was lent.
    fn release(&self, hand: &mut Self::Hand) -> Option<Run<I>>;
}

/// What a worker keeps between claims.
#[derive(Debug)]
pub struct Hand<B> {
    buffer: B,
    held: Held,
    leads: bool,
}

impl<B> Hand<B> {
    /// Who claims, and does not wait.
    fn hasty(&self) -> Claimant {
        if self.leads { Claimant::Producer } else { Claimant::Hasty }
    }

    /// Who claims, and waits, unless it is the producer.
    fn patient(&self) -> Claimant {
        if self.leads { Claimant::Producer } else { Claimant::Worker }
    }
}

impl<B: Default> Default for Hand<B> {
    fn default() -> Self {
        Self { buffer: B::default(), held: Held::default(), leads: false }
    }
}

/// A worker's buffer, and the source if this is the producer's.
pub struct Shelf<I: Iterator> {
    waited: Buffer<I::Item>,
    /// Where the source is while it is lent.
    home: Option<Home<I>>,
    /// The source is lent.
    lent: bool,
    /// The last claim is of the newest items.
    newest: bool,
}

impl<I: Iterator> Default for Shelf<I> {
    fn default() -> Self {
        Self { waited: Buffer::default(), home: None, lent: false, newest: false }
    }
}

/// Items one by one, claimed in fair shares.
pub struct Outlet<I: Iterator>(Handover<I::Item>, PhantomData<fn() -> I>);

impl<I: Iterator> Outlet<I> {
    /// A queue of `bound` items for `permits` bodies at a time.
    pub(crate) fn new(bound: usize, permits: usize) -> (Self, Inlet<I::Item>) {
        let (queue, inlet) = Handover::new(bound, permits, Take::Share);
        (Self(queue, PhantomData), inlet)
    }

    fn claim_of(
        &self,
        hand: &mut Hand<Shelf<I>>,
        want: usize,
        who: Claimant,
    ) -> Option<Range<usize>> {
        if hand.buffer.lent
            && want > 1
            && let Some(home) = &hand.buffer.home
            && let Some(claimed) = self.0.claim_newest(want, &mut hand.held.permit)
        {
            send(home, claimed.len());
            hand.buffer.newest = true;
            return Some(claimed);
        }
        let mut items = hand.buffer.waited.take();
        let claimed = self.0.claim(&mut items, want, &mut hand.held, who);
        hand.buffer.waited.put(items);
        claimed
    }
}

/// Items in batches, each of which is one position.
pub struct Batches<T> {
    queue: Handover<T>,
}

impl<T> Batches<T> {
    /// A queue of `bound` items, claimed as `take` says.
    pub(crate) fn new(bound: usize, permits: usize, take: Take) -> (Self, Inlet<T>) {
        let (queue, inlet) = Handover::new(bound, permits, take);
        (Self { queue }, inlet)
    }
}

impl<I: Iterator> Produced<I> for Outlet<I>
where
    I::Item: Send,
{
    fn handover(&self) -> &Handover<I::Item> {
        &self.0
    }
    fn claim_own(
        &mut self,
        hand: &mut Self::Hand,
        source: &mut Option<Run<I>>,
        want: usize,
    ) -> Option<Range<usize>> {
        // The source may stall, and what it gave before must not wait for that.
        let item = source.as_mut()?.next()?;
        if want == 1 {
            let mut items = hand.buffer.waited.take();
            items.push_back(item);
            hand.buffer.waited.put(items);
            return Some(self.0.skip(1));
        }
        let mut run = source.take()?;
        let count = want.min(MOST).min(run.most().map_or(MOST, |most| most.saturating_add(1)));
        run.put_back(item);
        run.set_out(count, want < usize::MAX);
        hand.buffer.home.get_or_insert_default().set(Some(run));
        hand.buffer.newest = true;
        let start = self.0.skip(0).start;
        Some(start..start + count)
    }
    fn come_home(&mut self, hand: &mut Self::Hand) -> Option<(Run<I>, usize)> {
        if !mem::take(&mut hand.buffer.newest) {
            return None;
        }
        let (run, ran) = fetch(hand.buffer.home.as_ref()?)?;
        self.0.skip(ran);
        Some((run, ran))
    }
    fn leads(hand: &mut Self::Hand, leads: bool) {
        hand.leads = leads;
    }
    fn lend(hand: &mut Self::Hand, run: Run<I>) -> Result<(), Run<I>> {
        hand.buffer.home.get_or_insert_default().set(Some(run));
        hand.buffer.lent = true;
        Ok(())
    }
    fn release(&self, hand: &mut Self::Hand) -> Option<Run<I>> {
        let permit = hand.held.permit.take();
        let home = hand.buffer.home.as_ref().filter(|_| hand.buffer.lent);
        if mem::take(&mut hand.buffer.newest) {
            let went = home.map(went).unwrap_or_default();
            self.0.end_newest(went.ran, permit.filter(|_| !went.taken));
        } else if let Some(permit) = permit {
            self.0.release(permit);
        }
        let back = home.and_then(fetch);
        hand.buffer.lent = false;
        let (mut run, ran) = back?;
        run.add(ran);
        Some(run)
    }
}

impl<I: Iterator> Produced<I> for Batches<I::Item>
where
    I::Item: Send,
{
    fn handover(&self) -> &Handover<I::Item> {
        &self.queue
    }
    fn claim_own(
        &mut self,
        hand: &mut Self::Hand,
        source: &mut Option<Run<I>>,
        _: usize,
    ) -> Option<Range<usize>> {
        hand.buffer = source.as_mut()?.next_batch(self.queue.take.size())?;
        Some(self.queue.skip(1))
    }
    fn leads(hand: &mut Self::Hand, leads: bool) {
        hand.leads = leads;
    }
    fn release(&self, hand: &mut Self::Hand) -> Option<Run<I>> {
        if let Some(permit) = hand.held.permit.take() {
            self.queue.release(permit);
        }
        None
    }
}

impl<I: Iterator> Feed for Outlet<I>
where
    I::Item: Send,
{
    type Hand = Hand<Shelf<I>>;
    type Block = Items<I>;
    type Undo = Unsaved<I::Item>;
    const WAITS: bool = true;

    fn len(&self) -> Option<usize> {
        None
    }

    fn claim(&self, hand: &mut Self::Hand, want: usize, _: usize) -> Option<Range<usize>> {
        let who = hand.patient();
        self.claim_of(hand, want, who)
    }

    fn try_claim(&self, hand: &mut Self::Hand, want: usize, _: usize) -> Option<Range<usize>> {
        let who = hand.hasty();
        self.claim_of(hand, want, who)
    }

    unsafe fn block(&self, hand: &mut Self::Hand, positions: Range<usize>) -> Items<I> {
        match &hand.buffer.home {
            Some(home) if hand.buffer.newest => Items::Straight(Straight::new(home)),
            _ => Items::Waited(hand.buffer.waited.block(positions.len())),
        }
    }

    fn waited(hand: &Self::Hand) -> bool {
        hand.held.waited
    }

    fn newest(hand: &Self::Hand) -> Option<usize> {
        let home = hand.buffer.home.as_ref().filter(|_| hand.buffer.newest)?;
        Some(went(home).ran)
    }

    fn take_turns(&mut self) {
        self.0.take_turns();
    }

    fn undo(&self) -> Unsaved<I::Item> {
        Unsaved::new()
    }

    fn queue_figures(&self) -> Option<QueueFigures> {
        Some(self.0.figures())
    }

    fn close(&self) {
        self.0.close();
    }
}

impl<T: Send> Feed for Batches<T> {
    type Hand = Hand<Vec<T>>;
    type Block = Once<Vec<T>>;
    type Undo = Unsaved<T>;
    const WAITS: bool = true;

    fn len(&self) -> Option<usize> {
        None
    }

    fn claim(&self, hand: &mut Self::Hand, want: usize, _: usize) -> Option<Range<usize>> {
        let who = hand.patient();
        let mut items = VecDeque::new();
        let claimed = self.queue.claim(&mut items, want, &mut hand.held, who);
        hand.buffer = items.into();
        claimed
    }

    fn try_claim(&self, hand: &mut Self::Hand, want: usize, _: usize) -> Option<Range<usize>> {
        let who = hand.hasty();
        let mut items = VecDeque::new();
        let claimed = self.queue.claim(&mut items, want, &mut hand.held, who);
        hand.buffer = items.into();
        claimed
    }

    fn waited(hand: &Self::Hand) -> bool {
        hand.held.waited
    }

    unsafe fn block(&self, hand: &mut Self::Hand, _: Range<usize>) -> Once<Vec<T>> {
        once(mem::take(&mut hand.buffer))
    }

    fn undo(&self) -> Unsaved<T> {
        Unsaved::new()
    }

    fn queue_figures(&self) -> Option<QueueFigures> {
        Some(self.queue.figures())
    }

    fn close(&self) {
        self.queue.close();
    }
}
