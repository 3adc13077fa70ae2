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

macro_rules! by_comparison {
    ($($rule:ident: $bound:ident)*) => {$(
        impl<T: $bound + Clone, O: Comparison> Rule<T> for $rule<O> {
            type Seed = Mutex<T>;
            type Share = T;
            const ORDER: Order = Order::Blocks;

            fn seed(&self, place: &T) -> Mutex<T> {
                Mutex::new(place.clone())
            }
            fn fresh(&self, seed: &Mutex<T>) -> T {
                unlocked_clone(seed)
            }
            fn merge(&self, into: &mut T, later: T) {
                if self.0.better(&later, into) {
                    *into = later;
                }
            }
            fn apply(&self, place: &mut T, total: T) {
                self.merge(place, total);
            }
        }
    )*};
}

by_comparison!(ByComparison: PartialOrd ByTotalOrder: Ord);
