//! Extrema of elements that are compared by a part of them: `let best = m.entry(k).or_insert((0,
//! String::new())); if e.len() > best.0 { *best = (e.len(), e.clone()); }`.
//!
//! The body's comparison decides between the shares, as in [`compare`](super::compare). It is
//! strict: two values that compare as equal may differ in the rest, and a share that found nothing
//! better than what it started from must not take the place of one that did.

use std::sync::Mutex;

use super::Order;
use super::compare::best_by;
use super::extremum::unlocked_clone;
use super::parts::Type;
use super::rule::Rule;

/// The best by `F`, which says whether a later value takes the place of what was found so far.
#[derive(Clone, Copy, Debug)]
pub struct ByChoice<F>(F);

impl<F> ByChoice<F> {
    /// Compares values of this type.
    pub fn of<T>(_type: &Type<T>, better: F) -> Self
    where
        F: Fn(&T, &T) -> bool,
    {
        Self(better)
    }
}

best_by!(T: [Clone], ByChoice<F: [Fn(&T, &T) -> bool + Sync]>, |rule: &Self, later, so_far| {
    (rule.0)(later, so_far)
});

/// Any two of its values compare.
#[diagnostic::on_unimplemented(
    message = "an entry that starts from the item's own value is compared by a `{Self}`, and not any two of them compare",
    label = "this is compared by a `{Self}`",
    note = "start every entry from the same value, such as `or_insert((f64::INFINITY, 0))`, which NaN does not change"
)]
pub trait TotalOrder {}

#[diagnostic::do_not_recommend]
impl<T: Ord + ?Sized> TotalOrder for T {}

/// Asserts it.
pub fn ordered<T: TotalOrder + ?Sized>(_value: &T) {}
