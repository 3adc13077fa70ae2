//! What a loop's body changes, and how the workers' shares of it become one.

mod apart;
mod append;
mod best;
mod bins;
mod choice;
mod collect;
mod commutes;
mod compare;
mod entry;
mod entry_from;
mod extremum;
mod fields;
mod first;
mod gathered;
mod held;
mod indexed;
mod insert;
mod known;
mod merged;
mod net;
mod parts;
mod provided;
mod rows;
mod scratch;
mod sharded;
mod taken;
mod tuple;
mod window;

pub use append::Append;
pub use collect::Collect;
pub use commutes::commutes;
pub use gathered::Gathered;
pub use held::{Over, OverRows};
pub use insert::LastWins;
pub use known::Known;
pub use rows::Rows;
pub use scratch::{Clones, Made, Slots, Spare};
pub use window::Window;

pub mod rule;
#[cfg(all(test, not(loom)))]
mod tests;

use std::ops::Range;

/// The operators as types.
pub mod op {
    pub use super::compare::{Greater, GreaterEqual, Less, LessEqual};
    pub use super::extremum::{Extremum, Folding, Max, Min};
    pub use super::known::{Add, And, Mul, Or, WrappingAdd, WrappingMul, Xor};
    pub use super::net::Balancing;
}

/// A type that can be reduced: `reduce(x)` in an attribute accepts any accumulator of such a type.
///
/// Numbers (added up) and std's containers (appended) are; `#[derive(Accumulate)]` makes a struct
/// of such fields one. Merging must be associative, as the shares of a loop's blocks are merged
/// pairwise, in the order of their positions.
///
/// ```
/// use pool_runtime::{Accumulate, pooled};
///
/// #[derive(Clone, Copy)]
/// struct Range {
///     low: f64,
///     high: f64,
/// }
///
/// impl Accumulate for Range {
///     fn fresh(&self) -> Self {
///         Self { low: f64::INFINITY, high: f64::NEG_INFINITY }
///     }
///     fn merge(&mut self, later: Self) {
///         self.low = self.low.min(later.low);
///         self.high = self.high.max(later.high);
///     }
/// }
///
/// #[pooled(reduce(range))]
/// fn range(values: &[f64]) -> Range {
///     let mut range = Range { low: f64::INFINITY, high: f64::NEG_INFINITY };
///     for &value in values {
///         range.merge(Range { low: value, high: value });
///     }
///     range
/// }
///
/// assert_eq!(range(&[2.0, -1.0, 3.0]).low, -1.0);
/// ```
#[diagnostic::on_unimplemented(
    message = "nothing says how the workers' shares of a `{Self}` become one",
    label = "this `{Self}` is not `Accumulate`",
    note = "derive or implement `pool_runtime::Accumulate` for it",
    note = "an operator such as `+=` is enough beside `Default`, `Sum` or `Product`"
)]
pub trait Accumulate {
    /// A value that adds nothing: merging it into `self` leaves `self` as it is.
    #[must_use]
    fn fresh(&self) -> Self;
    /// Adds what a later stretch of the loop gathered.
    fn merge(&mut self, later: Self);
}

/// How the shares of one accumulator may be put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Any grouping in any order gives the same bits (integer sums, counts per key): a worker
    /// keeps one share over all its claims.
    Any,
    /// Any grouping, in the order of positions (`push`, `insert`, extremum with payload): a share
    /// ends with its claim.
    Sequence,
    /// Fixed borders, in order (float sums, foreign types): a share ends with its block, and
    /// borders depend on the length and `chunk` alone.
    Blocks,
    /// As `Sequence`, but a share is bound to its positions (a stretch of the user's memory): it
    /// ends with its claim on a single worker too.
    InPlace,
}

/// One thing that the body changes, or works with, under its own name.
///
/// The life of a share: [`fresh`](Self::fresh) on the worker, the body works on it,
/// [`combine`](Self::combine)d by position into one share, [`commit`](Self::commit)ted to the
/// user's place when the loop has ended without a panic.
pub trait Accumulator {
    /// What a worker needs in order to start a share.
    type Seed: Sync;
    /// A worker's share; the body sees it under the user's name.
    type Local: Send;
    /// How shares may be grouped.
    const ORDER: Order;
    /// Whether a share ends with its claim and there is nothing to combine (a window into the
    /// user's slice). Such a share is dropped on the worker.
    const TRANSIENT: bool = false;
    /// Whether a share is its worker's own working space (`scratch`): kept over all of the worker's
    /// claims, in a loop that can be left too, never combined or committed, dropped by the worker.
    const OWN: bool = false;
    /// Whether an item of a later claim may wait for this one's (`#[ordered]`), so that claims are
    /// single items, and a claim that is not run is told: a share is made for it and dropped.
    const ONE_BY_ONE: bool = false;
    /// Whether a share has changed the user's memory before it is known to count. In a loop that
    /// can be left it is made by [`fresh_leaving`](Self::fresh_leaving) and ends with its claim;
    /// dropped, it puts everything back, unless it is [`accept`](Self::accept)ed.
    const UNDOES: bool = false;

    /// Whether putting two shares together costs about as much as the items of one of them
    /// (maps: every key is inserted once more), so that a loop should deposit few of them.
    const DEAR: bool = false;

    /// Whether workers had better be far apart: where they write fresh memory side by side, they
    /// wait for each other's page faults.
    const APART: bool = false;

    /// Called once, before the loop, with the source's length if that is known.
    fn seed(&mut self, len: Option<usize>) -> Self::Seed;

    /// The user's place itself as a share, for a loop that begins on the calling thread alone: it
    /// becomes part of the total, and [`commit`](Self::commit) finds nothing to add. Only where
    /// making, combining or committing a share is dear.
    ///
    /// # Safety
    /// Until the share is gone or committed, `self` is not used; it is gone or committed before the
    /// place is used again.
    #[allow(unsafe_code, reason = "declares a contract that the driver upholds")]
    unsafe fn in_place(&mut self) -> Option<Self::Local> {
        None
    }

    /// Whether a loop that can be left must run on one thread, because this cannot be put back.
    fn alone(&self) -> bool {
        false
    }

    /// A share for the items at `positions` (for `Order::Any`, of the first claim).
    ///
    /// # Safety
    /// Within one loop the ranges of live shares are disjoint and lie within the source's length.
    #[allow(unsafe_code, reason = "declares a contract that the driver upholds")]
    unsafe fn fresh(seed: &Self::Seed, positions: Range<usize>) -> Self::Local;

    /// As [`fresh`](Self::fresh), in a loop that can be left, on one of several workers.
    ///
    /// # Safety
    /// As for [`fresh`](Self::fresh); and what the share gives out is gone before it is dropped.
    #[allow(unsafe_code, reason = "declares a contract that the driver upholds")]
    unsafe fn fresh_leaving(seed: &Self::Seed, positions: Range<usize>) -> Self::Local {
        // SAFETY: the caller's promise, word for word.
        unsafe { Self::fresh(seed, positions) }
    }

    /// The positions of a share made by [`fresh_leaving`](Self::fresh_leaving) count.
    fn accept(share: Self::Local) {
        drop(share);
    }

    /// Adds `later` to `into`; for other orders than `Any`, `later` is the next by position.
    fn combine(seed: &Self::Seed, into: &mut Self::Local, later: Self::Local);

    /// How many items failed, where that is what it collects.
    fn failures(_total: &Self::Local) -> u64 {
        0
    }

    /// Adds the whole loop's share to the user's place.
    fn commit(self, seed: Self::Seed, total: Self::Local);
}
