//! The source's own part in a loop that can be left: items that were changed in place beyond the
//! exit are put back, as one more accumulator.

#![allow(unsafe_code, reason = "implements the contract of `Accumulator`")]

use std::ops::Range;

use crate::accumulate::{Accumulator, Order};
use crate::source::Undo;

/// Puts a source's items back.
#[derive(Debug)]
pub(super) struct PutBack<U>(pub(super) U);

impl<U: Undo> Accumulator for PutBack<U> {
    type Seed = U;
    type Local = Option<U::Saved>;
    const ORDER: Order = Order::InPlace;
    const TRANSIENT: bool = true;
    const UNDOES: bool = U::SAVES;

    fn alone(&self) -> bool {
        !self.0.able()
    }

    #[inline]
    fn seed(&mut self, _: Option<usize>) -> U {
        self.0
    }

    #[inline]
    unsafe fn fresh(_: &U, _: Range<usize>) -> Option<U::Saved> {
        None
    }

    #[inline]
    unsafe fn fresh_leaving(undo: &U, positions: Range<usize>) -> Option<U::Saved> {
        // SAFETY: positions of live shares are disjoint; the driver makes a share before the block
        // of its positions, and drops it after that.
        Some(unsafe { undo.save(positions) })
    }

    fn accept(saved: Option<U::Saved>) {
        if let Some(saved) = saved {
            U::keep(saved);
        }
    }

    fn combine(_: &U, _: &mut Option<U::Saved>, _: Option<U::Saved>) {}

    fn commit(self, _: U, _: Option<U::Saved>) {}
}
