//! Reductions per element: `h[any index] += e` on arrays, slices and `Vec`, and nested ones.
//!
//! A share has the shape of the user's value with every element fresh, an array's on the heap:
//! it may be larger than a worker's stack. Shares are put together element by element.

use super::Order;
use super::rule::Rule;

/// Reduces each element by `R`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByBins<R>(pub R);

/// Reduces each element by `R`, inside another container: an array stays in place.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByRow<R>(pub R);

/// What each element of a share starts from.
fn seeds<T, R: Rule<T>>(rule: &R, elements: &[T]) -> Vec<R::Seed> {
    elements.iter().map(|element| rule.seed(element)).collect()
}

fn fresh<T, R: Rule<T>>(rule: &R, seeds: &[R::Seed]) -> Vec<R::Share> {
    seeds.iter().map(|seed| rule.fresh(seed)).collect()
}

fn merge<T, R: Rule<T>>(
    rule: &R,
    into: &mut [R::Share],
    later: impl IntoIterator<Item = R::Share>,
) {
    into.iter_mut().zip(later).for_each(|(into, later)| rule.merge(into, later));
}

fn apply<T, R: Rule<T>>(rule: &R, place: &mut [T], total: impl IntoIterator<Item = R::Share>) {
    place.iter_mut().zip(total).for_each(|(place, total)| rule.apply(place, total));
}

/// Places whose shares are `Vec`s.
macro_rules! by_element {
    ($($rule:ident: $place:ty;)*) => {$(
        impl<T, R: Rule<T>> Rule<$place> for $rule<R> {
            type Seed = Vec<R::Seed>;
            type Share = Vec<R::Share>;
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

by_element!(ByBins: [T]; ByBins: Vec<T>; ByRow: Vec<T>;);

impl<T, R: Rule<T>, const N: usize> Rule<[T; N]> for ByBins<R> {
    type Seed = Vec<R::Seed>;
    type Share = Box<[R::Share; N]>;
    const ORDER: Order = R::ORDER;
    const DEAR: bool = true;

    fn seed(&self, place: &[T; N]) -> Self::Seed {
        seeds(&self.0, place)
    }
    fn fresh(&self, seed: &Self::Seed) -> Self::Share {
        let Ok(share) = fresh(&self.0, seed).try_into() else {
            unreachable!("there is one seed per element")
        };
        share
    }
    fn merge(&self, into: &mut Self::Share, later: Self::Share) {
        let later: Box<[R::Share]> = later;
        merge(&self.0, &mut into[..], later);
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

/// `bins!(place, add)`: `place[any index] += e`; `bins!(place, bins(add))`: `place[i][j] += e`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_bins {
    ($place:expr, $($op:tt)+) => {
        $crate::__pool_reach_parts!($crate::__private::rule::ByBins, [], $place, $($op)+)
    };
}
