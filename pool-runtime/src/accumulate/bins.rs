//! Reductions per element: `h[any index] += e` on arrays, slices, `Vec` and `VecDeque`, and nested
//! ones.
//!
//! A share has the shape of the user's value with every element fresh, an array's on the heap:
//! it may be larger than a worker's stack. Shares are put together element by element.

use std::collections::VecDeque;

use super::Order;
use super::parts::{Nothing, Type};
use super::rule::Rule;

/// Reduces each element by `R`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByBins<R>(pub R);

/// Reduces each element by `R`, inside another container: an array stays in place.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByRow<R>(pub R);

/// What each element of a share starts from.
fn seeds<'a, T: 'a, R: Rule<T>>(
    rule: &R,
    elements: impl IntoIterator<Item = &'a T>,
) -> Vec<R::Seed> {
    elements.into_iter().map(|element| rule.seed(element)).collect()
}

fn fresh<T, R: Rule<T>, S: FromIterator<R::Share>>(rule: &R, seeds: &[R::Seed]) -> S {
    seeds.iter().map(|seed| rule.fresh(seed)).collect()
}

fn merge<'a, T, R: Rule<T, Share: 'a>>(
    rule: &R,
    into: impl IntoIterator<Item = &'a mut R::Share>,
    later: impl IntoIterator<Item = R::Share>,
) {
    into.into_iter().zip(later).for_each(|(into, later)| rule.merge(into, later));
}

fn apply<'a, T: 'a, R: Rule<T>>(
    rule: &R,
    place: impl IntoIterator<Item = &'a mut T>,
    total: impl IntoIterator<Item = R::Share>,
) {
    place.into_iter().zip(total).for_each(|(place, total)| rule.apply(place, total));
}

/// Places whose shares are containers of the same kind, a slice's a `Vec`.
macro_rules! by_element {
    ($($rule:ident: $place:ty, $share:ident;)*) => {$(
        impl<T, R: Rule<T>> Rule<$place> for $rule<R> {
            type Seed = Vec<R::Seed>;
            type Share = $share<R::Share>;
            const ORDER: Order = R::ORDER;
            const DEAR: bool = true;

            fn seed(&self, place: &$place) -> Self::Seed {
                seeds(&self.0, place)
            }
            fn fresh(&self, seed: &Self::Seed) -> Self::Share {
                fresh(&self.0, seed)
            }
            fn merge(&self, into: &mut Self::Share, later: Self::Share) {
                merge(&self.0, into, later);
            }
            fn apply(&self, place: &mut $place, total: Self::Share) {
                apply(&self.0, place, total);
            }
        }
    )*};
}

by_element!(
    ByBins: [T], Vec;
    ByBins: Vec<T>, Vec;
    ByRow: [T], Vec;
    ByRow: Vec<T>, Vec;
    ByBins: VecDeque<T>, VecDeque;
    ByRow: VecDeque<T>, VecDeque;
);

impl<T, R: Rule<T>, const N: usize> Rule<[T; N]> for ByBins<R> {
    type Seed = Vec<R::Seed>;
    type Share = Box<[R::Share; N]>;
    const ORDER: Order = R::ORDER;
    const DEAR: bool = true;

    fn seed(&self, place: &[T; N]) -> Self::Seed {
        seeds(&self.0, place)
    }
    fn fresh(&self, seed: &Self::Seed) -> Self::Share {
        let Ok(share) = fresh::<_, _, Vec<_>>(&self.0, seed).try_into() else {
            unreachable!("there is one seed per element")
        };
        share
    }
    fn merge(&self, into: &mut Self::Share, later: Self::Share) {
        let later: Box<[R::Share]> = later;
        merge(&self.0, into.iter_mut(), later);
    }
    fn apply(&self, place: &mut [T; N], total: Self::Share) {
        let total: Box<[R::Share]> = total;
        apply(&self.0, place, total);
    }
}

impl<T, R: Rule<T>, const N: usize> Rule<[T; N]> for ByRow<R> {
    type Seed = [R::Seed; N];
    type Share = [R::Share; N];
    const ORDER: Order = R::ORDER;
    const DEAR: bool = true;

    fn seed(&self, place: &[T; N]) -> Self::Seed {
        place.each_ref().map(|element| self.0.seed(element))
    }
    fn fresh(&self, seed: &Self::Seed) -> Self::Share {
        seed.each_ref().map(|seed| self.0.fresh(seed))
    }
    fn merge(&self, into: &mut Self::Share, later: Self::Share) {
        merge(&self.0, into, later);
    }
    fn apply(&self, place: &mut [T; N], total: Self::Share) {
        apply(&self.0, place, total);
    }
}

/// A row that has the same length whenever it is made.
#[diagnostic::on_unimplemented(
    message = "the rows of a map inside another container are reduced in parallel only if they are arrays",
    label = "how long the rows of type `{Self}` are in the user's map is not known to a worker",
    note = "make the rows arrays, or key one map by both: `m.entry((a, b)).or_default()[i] += e`"
)]
pub trait FixedLength {}

#[diagnostic::do_not_recommend]
impl<T, const N: usize> FixedLength for [T; N] {}
#[diagnostic::do_not_recommend]
impl FixedLength for Nothing {}

/// Asserts it.
pub fn fixed<T: FixedLength>(_rows: &Type<T>) {}

/// `bins!(place, add)`: `place[any index] += e`; `bins!(place, bins(add))`: `place[i][j] += e`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_bins {
    ($place:expr, $($op:tt)+) => {
        $crate::__pool_reach_parts!($crate::__private::rule::ByBins, [], $place, $($op)+)
    };
}
