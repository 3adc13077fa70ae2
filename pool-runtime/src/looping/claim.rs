//! One claim: cut into blocks, each of which the body gets as a native iterator.
//!
//! A claim is cut where some share ends with its block, and where a loop of several workers can be
//! left: no block starts after an exit. Else the body gets it in one piece. Either way the body runs
//! the user's own loop over what it gets.

use std::ops::Range;

use super::flow::Flow;
use super::life::Scope;
use super::shares::Split;
use crate::source::Feed;

/// What is left of a claim. Items that the body does not get are dropped here.
pub(super) struct Claim<'f, F: Feed> {
    pub(super) feed: &'f F,
    pub(super) hand: &'f mut F::Hand,
    pub(super) rest: Range<usize>,
    /// Of at most how many items a block is.
    pub(super) size: usize,
}

impl<F: Feed> Claim<'_, F> {
    /// Where the next block lies.
    #[inline]
    fn next(&self) -> Option<Range<usize>> {
        let Range { start, end } = self.rest;
        (start < end).then(|| start..start.saturating_add(self.size).min(end))
    }

    /// The next block, up to `end`.
    #[inline]
    #[allow(unsafe_code, reason = "upholds the contract of `Feed::block`")]
    fn block(&mut self, end: usize) -> F::Block {
        let positions = self.rest.start..end;
        self.rest.start = end;
        // SAFETY: within the last claim of this hand; `rest` moves on, so each position comes once
        // and in order; the body consumes the block while it borrows nothing of the feed's, and
        // both are gone before the feed.
        unsafe { self.feed.block(self.hand, positions) }
    }
}

impl<F: Feed> Drop for Claim<'_, F> {
    #[inline]
    fn drop(&mut self) {
        if !self.rest.is_empty() {
            drop(self.block(self.rest.end));
        }
    }
}

/// [`run`], with the body in a function of its own.
#[inline]
pub(super) fn run_apart<F: Feed, P: Split, X: Flow>(
    claim: Claim<'_, F>,
    seed: &P::Seed,
    scope: Scope,
    held: &mut P::Held,
    parcel: &mut P::Parcel,
    starts: impl FnMut(usize) -> bool,
    body: &impl Fn(P::Values, &mut P::Views, F::Block) -> (P::Values, X),
) -> Option<X> {
    run::<F, P, X>(claim, seed, scope, held, parcel, starts, &|values, views, block| {
        apart(body, values, views, block)
    })
}

/// Calls the body. A worker has so much else in hand that the sums of a body that is inlined there
/// are kept in memory (two windows and a sum of floats took three times as long); here they are
/// parameters, and what the views refer to is nobody else's.
#[inline(never)]
fn apart<A, V, K, X>(
    body: &impl Fn(A, &mut V, K) -> (A, X),
    values: A,
    views: &mut V,
    block: K,
) -> (A, X) {
    body(values, views, block)
}

/// Runs the body over a claim, block by block, until it leaves or a block may not start.
#[inline(always)]
pub(super) fn run<F: Feed, P: Split, X: Flow>(
    mut claim: Claim<'_, F>,
    seed: &P::Seed,
    scope: Scope,
    held: &mut P::Held,
    parcel: &mut P::Parcel,
    mut starts: impl FnMut(usize) -> bool,
    body: &impl Fn(P::Values, &mut P::Views, F::Block) -> (P::Values, X),
) -> Option<X> {
    while let Some(positions) = claim.next() {
        if !starts(positions.start) {
            break;
        }
        let Range { start, mut end } = positions;
        let block_end = end;
        if P::ONE_BY_ONE && F::newest(claim.hand).is_some() {
            // How far it goes shows later, and turns that nobody took must not bar the way.
            end = start;
        }
        // SAFETY: claims are disjoint, and so are the blocks of one; both lie within the length.
        // What is to be put back is saved here, before the block exists.
        #[allow(unsafe_code, reason = "upholds the contract of `Accumulator::fresh`")]
        let local = unsafe { P::start(seed, scope, held, start..end) };
        let (values, mut views) = local;
        let (values, flow) = body(values, &mut views, claim.block(block_end));
        P::keep(seed, scope, (values, views), held, parcel);
        if flow.leaves() {
            return Some(flow);
        }
    }
    None
}
