//! The queue as the workers see it: a [`Feed`] whose claims may wait for items.

#![allow(unsafe_code, reason = "implements the contract of `Feed`; no unsafe operation inside")]

use std::collections::VecDeque;
use std::iter::{Once, once};
use std::ops::Range;

use super::handover::{Handover, Take};
use crate::report::QueueFigures;
use crate::source::{Batch, Buffer, Feed, Unsaved};

/// A feed that a producer fills.
pub(crate) trait Produced<T>: Feed {
    /// The queue between them.
    #[doc(hidden)]
    fn handover(&self) -> &Handover<T>;
    /// The positions of items that the producer claims itself, while there are no workers.
    fn claim_own(&mut self, hand: &mut Self::Hand, items: VecDeque<T>) -> Range<usize>;
    /// Whether the next claims with this hand wait for items, or take what is there.
    fn patient(hand: &mut Self::Hand, patient: bool);
    /// Gives back the permit of the last claim with this hand.
    fn release(&self, hand: &mut Self::Hand);
}

/// What a worker keeps between claims.
#[derive(Debug)]
pub struct Hand<B> {
    buffer: B,
    /// Whether the last claim's permit is still out.
    held: bool,
    hurried: bool,
}

impl<B: Default> Default for Hand<B> {
    fn default() -> Self {
        Self { buffer: B::default(), held: false, hurried: false }
    }
}

/// Items one by one, claimed in fair shares.
pub struct Outlet<T>(Handover<T>);

impl<T> Outlet<T> {
    /// A queue of `bound` items for `permits` bodies at a time.
    pub(crate) fn new(bound: usize, permits: usize) -> Self {
        Self(Handover::new(bound, permits, Take::Share))
    }
}

/// Items in batches, each of which is one position.
pub struct Batches<T>(Handover<T>);

impl<T> Batches<T> {
    /// A queue of `bound` items, claimed as `take` says.
    pub(crate) fn new(bound: usize, permits: usize, take: Take) -> Self {
        Self(Handover::new(bound, permits, take))
    }
}

impl<T: Send> Produced<T> for Outlet<T> {
    fn handover(&self) -> &Handover<T> {
        &self.0
    }
    fn claim_own(&mut self, hand: &mut Self::Hand, items: VecDeque<T>) -> Range<usize> {
        let claimed = self.0.skip(items.len());
        hand.buffer.put(items);
        claimed
    }
    fn patient(hand: &mut Self::Hand, patient: bool) {
        hand.hurried = !patient;
    }
    fn release(&self, hand: &mut Self::Hand) {
        if std::mem::take(&mut hand.held) {
            self.0.release();
        }
    }
}

impl<T: Send> Produced<T> for Batches<T> {
    fn handover(&self) -> &Handover<T> {
        &self.0
    }
    fn claim_own(&mut self, hand: &mut Self::Hand, items: VecDeque<T>) -> Range<usize> {
        hand.buffer = items.into();
        self.0.skip(1)
    }
    fn patient(hand: &mut Self::Hand, patient: bool) {
        hand.hurried = !patient;
    }
    fn release(&self, hand: &mut Self::Hand) {
        if std::mem::take(&mut hand.held) {
            self.0.release();
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

    fn claim(&self, hand: &mut Self::Hand, want: usize, unit: usize) -> Option<Range<usize>> {
        if hand.hurried {
            return self.try_claim(hand, want, unit);
        }
        let mut items = hand.buffer.take();
        let claimed = self.0.claim(&mut items, want, hand.held, true);
        hand.held = claimed.is_some();
        hand.buffer.put(items);
        claimed
    }

    fn try_claim(&self, hand: &mut Self::Hand, want: usize, _: usize) -> Option<Range<usize>> {
        let mut items = hand.buffer.take();
        let claimed = self.0.claim(&mut items, want, hand.held, false);
        hand.held |= claimed.is_some();
        hand.buffer.put(items);
        claimed
    }

    unsafe fn block(&self, hand: &mut Self::Hand, positions: Range<usize>) -> Batch<T> {
        hand.buffer.block(positions.len())
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

    fn claim(&self, hand: &mut Self::Hand, want: usize, unit: usize) -> Option<Range<usize>> {
        if hand.hurried {
            return self.try_claim(hand, want, unit);
        }
        let mut items = VecDeque::new();
        let claimed = self.0.claim(&mut items, want, hand.held, true);
        hand.held = claimed.is_some();
        hand.buffer = items.into();
        claimed
    }

    fn try_claim(&self, hand: &mut Self::Hand, want: usize, _: usize) -> Option<Range<usize>> {
        let mut items = VecDeque::new();
        let claimed = self.0.claim(&mut items, want, hand.held, false);
        hand.held |= claimed.is_some();
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
