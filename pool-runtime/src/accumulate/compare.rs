//! Extrema of elements and of map entries by comparison: `if e > h[k] { h[k] = e; }`,
//! `let best = m.entry(k).or_insert(0); if e > *best { *best = e; }`.
//!
//! The comparison of the body decides between the shares, too, so that values which compare with
//! nothing (NaN) stay or go as they do sequentially. A share starts from the user's element, or
//! from the entry's first value: taking part twice does not change an extremum. Where that first
//! value is the item's own, what compares with nothing would keep the rest of the share out, so
//! [`ByTotalOrder`] asks for `Ord`.

use std::sync::Mutex;

use super::Order;
use super::extremum::unlocked_clone;
use super::rule::Rule;

/// Says when a later value takes the place of what was found so far.
pub trait Comparison: Copy + Send + Sync {
    /// `later > so_far`, for example.
    fn better<T: PartialOrd>(&self, later: &T, so_far: &T) -> bool;
}

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident $op:tt)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Comparison for $name {
            #[inline]
            fn better<T: PartialOrd>(&self, later: &T, so_far: &T) -> bool {
                later $op so_far
            }
        }
    )*};
}

comparisons! {
    /// `later < so_far`
    Less <
    /// `later <= so_far`
    LessEqual <=
    /// `later > so_far`
    Greater >
    /// `later >= so_far`
    GreaterEqual >=
}

/// The best by a comparison.
#[derive(Clone, Copy, Debug)]
pub struct ByComparison<O>(pub O);

/// The best by a comparison in which any two values compare.
#[derive(Clone, Copy, Debug)]
pub struct ByTotalOrder<O>(pub O);

/// The best by what `$better` says of a rule, a later value and the best so far.
macro_rules! best_by {
    ($type:ident: [$($bound:tt)+], $rule:ident<$by:ident: [$($way:tt)+]>, $better:expr) => {
        impl<$type: $($bound)+, $by: $($way)+> Rule<$type> for $rule<$by> {
            type Seed = Mutex<$type>;
            type Share = $type;
            const ORDER: Order = Order::Blocks;

            fn seed(&self, place: &$type) -> Mutex<$type> {
                Mutex::new(place.clone())
            }
            fn fresh(&self, seed: &Mutex<$type>) -> $type {
                unlocked_clone(seed)
            }
            fn merge(&self, into: &mut $type, later: $type) {
                if $better(self, &later, into) {
                    *into = later;
                }
            }
            fn apply(&self, place: &mut $type, total: $type) {
                self.merge(place, total);
            }
        }
    };
}

pub(super) use best_by;

best_by!(T: [PartialOrd + Clone], ByComparison<O: [Comparison]>, |rule: &Self, later, so_far| {
    rule.0.better(later, so_far)
});
best_by!(T: [Ord + Clone], ByTotalOrder<O: [Comparison]>, |rule: &Self, later, so_far| {
    rule.0.better(later, so_far)
});
