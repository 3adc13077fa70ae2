//! What a loop runs over.
//!
//! The expression after `in` goes through `source!`, which looks at the type of
//! its iterator and picks the first that fits:
//!
//! | kind | iterators | how the workers get at it |
//! |---|---|---|
//! | [`Cut`] | known length, cut by index: ranges, slices, arrays, `Vec`, and `chunks`, `windows`, `enumerate`, `zip`, `rev`, `step_by` .. over them | a cursor, one atomic addition a claim; nothing is touched that is not run |
//! | [`Pull`] | any other `Iterator + Send` | a lock around the iterator, a few items a claim |
//! | [`Stream`](crate::queue::Stream) | any other `Iterator`, of items that are `Send` | the calling thread produces, through a bounded queue |
//!
//! Two layers keep scheduling apart from data. [`Split`] is a source whose positions are known: a
//! block of it is cut by index, without touching the items before it. [`Feed`] is what the driver
//! sees of any source: something that hands out positions in order, a range at a time, to several
//! workers at once. A [`Source`] is what `source!` evaluates to: a description, which becomes a
//! feed when the loop starts. Its [`Lead`] is what stays on the calling thread: nothing for the
//! kinds above; the producer, where items are handed over through a queue.

mod batches;
mod combine;
mod cursor;
mod dispatch;
mod exclusive;
mod nimble;
mod owned;
mod pull;
mod range;
mod slice;
mod span;
mod turn;
mod undo;
mod zip;

pub(crate) use batches::next_batch;
pub use batches::{InBatches, batch_of};
pub use cursor::Cut;
pub use dispatch::{Of, PickCut, PickPull, PickSaved, PickStream};
pub(crate) use pull::{Batch, Buffer, Pull};
pub(crate) use span::{Span, Spanned};
pub use undo::{ByBits, ByClone, CopyOf};
pub(crate) use undo::{Copying, Saved, Undo, Unsaved, can_save};
pub(crate) use zip::Zipped;

/// What `source!` asks about what it is given. In a module of its own, so that rustc's notes say
/// where it is defined.
pub mod ask {
    pub use super::turn::{PickIterator, PickNoIterator, Turn};
}

use dispatch::AsCut;
use exclusive::Mut;
use owned::Owned;
use range::{Int, Ints, Through};
use slice::Shared;
use undo::{Map, Mapped};

use std::ops::Range;
use std::time::Duration;

use crate::report::QueueFigures;

/// A loop's source before the loop starts.
pub trait Source {
    /// What the workers claim from.
    type Feed: Feed<Block = Self::Block>;
    /// What the body gets: an iterator over one stretch of the source.
    type Block;
    /// What stays on the calling thread.
    type Lead: Lead<Self::Feed>;

    /// Ready to be claimed from, by at most `workers` workers.
    fn open(self, workers: usize) -> (Self::Feed, Self::Lead);
}

/// The calling thread's part of a loop.
pub trait Lead<F: Feed> {
    /// Whether the calling thread produces, so that it does not count as one of the workers.
    const PRODUCES: bool = false;

    /// Whether the calling thread may run the items itself, one after the other, where that is
    /// quicker.
    fn may_run_alone(&self) -> bool {
        true
    }

    /// Items that cost less than this, in nanoseconds, are quicker run than handed to a worker; by
    /// themselves, if they may be run `straight` from the source.
    fn handing_over(&self, straight: bool) -> f64 {
        let _ = straight;
        0.0
    }

    /// How many items to expect. What the source says of itself, which may be wrong.
    fn hint(&self, feed: &F) -> Option<usize>;

    /// As [`Feed::claim`], while there are no workers but the calling thread: no atomic operation,
    /// no lock, no queue. A producer ends such a claim early when items turn out [`DEAR`], unless
    /// `want` is `usize::MAX`: then the loop is known to be small.
    fn claim_alone(
        &mut self,
        feed: &mut F,
        hand: &mut F::Hand,
        want: usize,
        unit: usize,
    ) -> Option<Range<usize>>;

    /// How many items the last such claim with this hand had, where that shows only when it has been
    /// run: then it may have been of fewer than it said. Called after each that asks for more than
    /// one, and before the lead is asked for anything else.
    fn ran_alone(&mut self, _: &mut F, _: &mut F::Hand) -> Option<usize> {
        None
    }

    /// Produces until the source is used up or the feed is closed; what `claim_alone` claimed
    /// before is out of the source. Called on the calling thread while the workers claim. `help`
    /// makes one claim with this thread's `hand` (which is the one to say that it must not wait)
    /// and runs it, if there is one; `false`: the source is to be asked no more. `straight`: such a
    /// claim may be of the [newest](Feed::newest) items. If the source panics, what it gave before
    /// is still to be handed out.
    fn lead(
        self,
        feed: &F,
        hand: &mut F::Hand,
        straight: bool,
        help: &mut dyn FnMut(&mut F::Hand) -> bool,
    ) where
        Self: Sized,
    {
        let _ = (feed, hand, straight, help);
    }
}

/// A stretch of a claim that takes so long is not one of cheap items: where nobody else would notice,
/// the calling thread looks.
pub(crate) const DEAR: Duration = Duration::from_micros(50);

/// The lead of a loop whose workers get everything from the feed.
#[derive(Debug)]
pub struct Nothing;

/// A source of known length that is cut by index.
#[allow(clippy::len_without_is_empty, reason = "nobody asks")]
pub trait Split: Sync {
    /// What the loop variable gets.
    type Item;
    /// One contiguous stretch of the source as a native iterator: `for` over it must vectorize.
    type Block: Iterator<Item = Self::Item>;
    /// What puts items back that were changed beyond an exit.
    type Undo: Undo;

    /// How many items there are. A source longer than `usize::MAX` says `usize::MAX`.
    fn len(&self) -> usize;

    /// What puts the items back; it does not outlive the source.
    fn undo(&self) -> Self::Undo;

    /// The items at `positions`, owned by the returned block (it drops what is not consumed).
    ///
    /// # Safety
    /// `positions` lies within `0..self.len()`, over the life of the source every position is
    /// asked for at most once, and the block does not outlive the source. A position never asked
    /// for is leaked, so the caller asks for the rest and drops it.
    #[allow(unsafe_code, reason = "declares a contract that the driver upholds")]
    unsafe fn block(&self, positions: Range<usize>) -> Self::Block;
}

/// A source as the workers see it: hands out positions in order.
#[allow(clippy::len_without_is_empty, reason = "nobody asks")]
pub trait Feed: Sync {
    /// What one worker keeps between claims (a buffer that it refills, for example).
    type Hand: Default;
    /// The items of one claim.
    type Block;
    /// What puts items back that were changed beyond an exit.
    type Undo: Undo;
    /// Whether a claim may wait for items, which is not to be counted as their cost.
    const WAITS: bool = false;
    /// Whether a claim may be cut up further: any part of what has been claimed may be asked for,
    /// with any hand and in any order.
    const CUT: bool = false;

    /// The length, when it is known before the loop starts.
    fn len(&self) -> Option<usize>;

    /// From now on items run in turns: a feed that [`WAITS`](Self::WAITS) may see to it that claims
    /// of several items do not run at the same time.
    fn take_turns(&mut self) {}

    /// Takes the next positions, at most `want`; with `unit > 1` the claim starts at a multiple of
    /// `unit` and its length is a multiple of `unit`, the end of the source excepted (`want` is
    /// rounded up to such a multiple). `None`: the source is used up or closed.
    fn claim(&self, hand: &mut Self::Hand, want: usize, unit: usize) -> Option<Range<usize>>;

    /// [`claim`](Self::claim), but a feed that [`WAITS`](Self::WAITS) returns `None` where it would
    /// wait; the claim before then goes on counting as one that runs.
    fn try_claim(&self, hand: &mut Self::Hand, want: usize, unit: usize) -> Option<Range<usize>> {
        self.claim(hand, want, unit)
    }

    /// The items of (a part of) the range just claimed with this `hand`.
    ///
    /// # Safety
    /// `positions` lies within the range that the last claim with this `hand` returned, every
    /// position is asked for at most once, in ascending order, all of them before the next claim
    /// (where the feed may be [`CUT`](Self::CUT): within any claim, at most once), and the block
    /// does not outlive the feed.
    #[allow(unsafe_code, reason = "declares a contract that the driver upholds")]
    unsafe fn block(&self, hand: &mut Self::Hand, positions: Range<usize>) -> Self::Block;

    /// Whether the last claim with this `hand` has waited for items, where the feed
    /// [`WAITS`](Self::WAITS).
    fn waited(_: &Self::Hand) -> bool {
        Self::WAITS
    }

    /// If the last claim with this `hand` is of the newest items, while older ones are still to be
    /// claimed: how many of them the body has taken from its block so far. Only they were of the
    /// claim, and what is claimed later follows them.
    fn newest(_: &Self::Hand) -> Option<usize> {
        None
    }

    /// What puts the items back; it does not outlive the source.
    fn undo(&self) -> Self::Undo;

    /// What has gone through a queue, where there is one.
    #[doc(hidden)]
    fn queue_figures(&self) -> Option<QueueFigures> {
        None
    }

    /// Hands out nothing more: later claims return `None`.
    fn close(&self);
}
