//! The queue as the workers see it: a [`Feed`] whose claims may wait for items.

#![allow(unsafe_code, reason = "implements the contract of `Feed`; no unsafe operation inside")]

use std::collections::VecDeque;
use std::iter::{Once, once};
use std::ops::Range;

use super::bodies::Permit;
use super::handover::Handover;
use super::inlet::Inlet;
use super::take::{Claimant, Take};
use crate::report::QueueFigures;
use crate::source::{Batch, Buffer, Feed, Unsaved, next_batch};

/// A feed that a producer fills.
pub(crate) trait Produced<T>: Feed {
    /// The queue between them.
    #[doc(hidden)]
    fn handover(&self) -> &Handover<T>;
    /// The next claim, straight from the source, while there are no workers.
    fn claim_own(
        &mut self,
        hand: &mut Self::Hand,
        source: &mut impl Iterator<Item = T>,
    ) -> Option<Range<usize>>;
    /// Whether the next claims with this hand are the producer's, who does not wait for items.
    fn leads(hand: &mut Self::Hand, leads: bool);
    /// Gives back the permit of the last claim with this hand.
    fn release(&self, hand: &mut Self::Hand);
}

/// What a worker keeps between claims.
#[derive(Debug)]
pub struct Hand<B> {
    buffer: B,
    /// The last claim's permit, if it is still out.
    held: Option<Permit>,
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
        Self { buffer: B::default(), held: None, leads: false }
    }
}

/// Items one by one, claimed in fair shares.
pub struct Outlet<T>(Handover<T>);

impl<T> Outlet<T> {
    /// A queue of `bound` items for `permits` bodies at a time.
    pub(crate) fn new(bound: usize, permits: usize) -> (Self, Inlet<T>) {
        let (queue, inlet) = Handover::new(bound, permits, Take::Share);
        (Self(queue), inlet)
    }
}

/// Items in batches, each of which is one position.
pub struct Batches<T>(Handover<T>);

impl<T> Batches<T> {
    /// A queue of `bound` items, claimed as `take` says.
    pub(crate) fn new(bound: usize, permits: usize, take: Take) -> (Self, Inlet<T>) {
        let (queue, inlet) = Handover::new(bound, permits, take);
        (Self(queue), inlet)
    }
}

impl<T: Send> Produced<T> for Outlet<T> {
    fn handover(&self) -> &Handover<T> {
        &self.0
    }
    fn claim_own(
        &mut self,
        hand: &mut Self::Hand,
        source: &mut impl Iterator<Item = T>,
    ) -> Option<Range<usize>> {
        // One at a time: the source may stall, and what it gave before must not wait for that.
        let item = source.next()?;
        let mut items = hand.buffer.take();
        items.push_back(item);
        hand.buffer.put(items);
        Some(self.0.skip(1))
    }
    fn leads(hand: &mut Self::Hand, leads: bool) {
        hand.leads = leads;
    }
    fn release(&self, hand: &mut Self::Hand) {
        if let Some(permit) = hand.held.take() {
            self.0.release(permit);
        }
    }
}

impl<T: Send> Produced<T> for Batches<T> {
    fn handover(&self) -> &Handover<T> {
        &self.0
    }
    fn claim_own(
        &mut self,
        hand: &mut Self::Hand,
        source: &mut impl Iterator<Item = T>,
    ) -> Option<Range<usize>> {
        hand.buffer = next_batch(source, self.0.take.size())?;
        Some(self.0.skip(1))
    }
    fn leads(hand: &mut Self::Hand, leads: bool) {
        hand.leads = leads;
    }
    fn release(&self, hand: &mut Self::Hand) {
        if let Some(permit) = hand.held.take() {
            self.0.release(permit);
        }
    }
}

impl<T: Send> Feed for Outlet<T> {
    type Hand = Hand<Buffer<T>>;
    type Block = Batch<T>;
    type Undo = Unsaved<T>;
    const WAITS: bool = true;

    fn len(&self) -> Option<usize> {
        None
    }

    fn claim(&self, hand: &mut Self::Hand, want: usize, _: usize) -> Option<Range<usize>> {
        let who = hand.patient();
        let mut items = hand.buffer.take();
        let claimed = self.0.claim(&mut items, want, &mut hand.held, who);
        hand.buffer.put(items);
        claimed
    }

    fn try_claim(&self, hand: &mut Self::Hand, want: usize, _: usize) -> Option<Range<usize>> {
        let who = hand.hasty();
        let mut items = hand.buffer.take();
        let claimed = self.0.claim(&mut items, want, &mut hand.held, who);
        hand.buffer.put(items);
        claimed
    }

    unsafe fn block(&self, hand: &mut Self::Hand, positions: Range<usize>) -> Batch<T> {
        hand.buffer.block(positions.len())
    }

    fn take_turns(&mut self) {
        self.0.take_turns();
    }

    fn undo(&self) -> Unsaved<T> {
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
        let claimed = self.0.claim(&mut items, want, &mut hand.held, who);
        hand.buffer = items.into();
        claimed
    }

    fn try_claim(&self, hand: &mut Self::Hand, want: usize, _: usize) -> Option<Range<usize>> {
        let who = hand.hasty();
        let mut items = VecDeque::new();
        let claimed = self.0.claim(&mut items, want, &mut hand.held, who);
        hand.buffer = items.into();
        claimed
    }

    unsafe fn block(&self, hand: &mut Self::Hand, _: Range<usize>) -> Once<Vec<T>> {
        once(std::mem::take(&mut hand.buffer))
    }

    fn undo(&self) -> Unsaved<T> {
        Unsaved::new()
    }

    fn queue_figures(&self) -> Option<QueueFigures> {
        Some(self.0.figures())
    }

    fn close(&self) {
        self.0.close();
    }
}
