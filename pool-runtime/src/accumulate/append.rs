//! Collections that grow at their end: `push`, `extend`, `append`, `push_back`, `push_str`, `write!`.
//!
//! A share is an empty container of the same type, and shares are moved behind one another. The
//! first share of the loop becomes the user's container when that one is empty and smaller.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::hash::{BuildHasher, Hash};

use super::Order;
use super::rule::Rule;

/// A container of the standard library that takes up a later one of its type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a collection that is known to grow",
    note = "known are `Vec`, `VecDeque`, `String`, `LinkedList`, `BinaryHeap` and std's sets and maps",
    note = "implement `pool_runtime::Accumulate` for it and write `reduce(..)` with its name"
)]
pub trait Append: Sized {
    /// What makes an empty container: the hasher, where there is one.
    type Seed;
    /// How shares may be grouped.
    const ORDER: Order = Order::Sequence;
    /// As for the rule: whether every item of `later` is inserted once more.
    const DEAR: bool = false;
    /// What makes an empty container like this one.
    fn seed(&self) -> Self::Seed;
    /// An empty container.
    fn fresh(seed: &Self::Seed) -> Self;
    /// Takes up all of `later`.
    fn take(&mut self, later: Self);
}

impl<T> Append for Vec<T> {
    type Seed = ();
    fn seed(&self) {}
    fn fresh((): &()) -> Self {
        Self::new()
    }
    fn take(&mut self, mut later: Self) {
        if self.is_empty() && self.capacity() < later.len() {
            *self = later;
        } else {
            self.append(&mut later);
        }
    }
}

impl Append for String {
    type Seed = ();
    fn seed(&self) {}
    fn fresh((): &()) -> Self {
        Self::new()
    }
    fn take(&mut self, later: Self) {
        if self.is_empty() && self.capacity() < later.len() {
            *self = later;
        } else {
            self.push_str(&later);
        }
    }
}

/// Containers that have `append` themselves.
macro_rules! appends {
    ($($type:ident<$item:ident $(: $bound:ident)?>)*) => {$(
        impl<$item $(: $bound)?> Append for $type<$item> {
            type Seed = ();
            fn seed(&self) {}
            fn fresh((): &()) -> Self {
                Self::new()
            }
            fn take(&mut self, mut later: Self) {
                self.append(&mut later);
            }
        }
    )*};
}

appends!(VecDeque<T> LinkedList<T> BinaryHeap<T: Ord>);

/// Trees: their own `append` rebuilds the whole of both, and may keep the later one of equal keys.
macro_rules! trees {
    ($($type:ident<$key:ident $(, $value:ident)?>)*) => {$(
        impl<$key: Ord $(, $value)?> Append for $type<$key $(, $value)?> {
            type Seed = ();
            const DEAR: bool = true;
            fn seed(&self) {}
            fn fresh((): &()) -> Self {
                Self::new()
            }
            fn take(&mut self, later: Self) {
                if self.is_empty() {
                    *self = later;
                } else {
                    self.extend(later);
                }
            }
        }
    )*};
}

trees!(BTreeMap<K, V> BTreeSet<T>);

impl<K, V, S> Append for HashMap<K, V, S>
where
    K: Eq + Hash,
    S: BuildHasher + Clone,
{
    type Seed = S;
    const DEAR: bool = true;
    fn seed(&self) -> S {
        self.hasher().clone()
    }
    fn fresh(hasher: &S) -> Self {
        Self::with_hasher(hasher.clone())
    }
    fn take(&mut self, later: Self) {
        self.extend(later);
    }
}

impl<T, S> Append for HashSet<T, S>
where
    T: Eq + Hash,
    S: BuildHasher + Clone,
{
    type Seed = S;
    const DEAR: bool = true;
    fn seed(&self) -> S {
        self.hasher().clone()
    }
    fn fresh(hasher: &S) -> Self {
        Self::with_hasher(hasher.clone())
    }
    fn take(&mut self, later: Self) {
        self.extend(later);
    }
}

/// Collects in order.
#[derive(Clone, Copy, Debug)]
pub struct ByAppend;

impl<T: Append> Rule<T> for ByAppend {
    type Seed = T::Seed;
    type Share = T;
    const ORDER: Order = T::ORDER;
    const DEAR: bool = T::DEAR;

    fn seed(&self, place: &T) -> T::Seed {
        place.seed()
    }
    fn fresh(&self, seed: &T::Seed) -> T {
        T::fresh(seed)
    }
    fn merge(&self, into: &mut T, later: T) {
        into.take(later);
    }
    fn apply(&self, place: &mut T, total: T) {
        place.take(total);
    }
}

/// `append!(place)`: `place.push(e)`, `extend`, `append`, `push_back`, `push_str`, `write!`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_append {
    ($place:expr) => {
        $crate::__pool_reach!(
            $crate::__private::rule::Container($crate::__private::rule::ByAppend),
            $place
        )
    };
}
