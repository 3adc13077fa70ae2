//! `m.insert(k, v)`, `set.insert(e)`: the last write wins, and a set keeps what it has.
//!
//! A share is an empty map or set of the same type, and the later one is inserted into the
//! earlier one, item by item.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, Hash};

use super::Order;
use super::append::Append;
use super::rule::{Rule, Through};
use super::sharded::InParts;

/// A map or set of the standard library.
pub trait Insert: Append {}

impl<K: Eq + Hash, V, S: BuildHasher + Clone> Insert for HashMap<K, V, S> {}
impl<T: Eq + Hash, S: BuildHasher + Clone> Insert for HashSet<T, S> {}
impl<K: Ord, V> Insert for BTreeMap<K, V> {}
impl<T: Ord> Insert for BTreeSet<T> {}

/// Inserts in order.
#[derive(Clone, Copy, Debug)]
pub struct ByInsert;

impl<T: Insert> Rule<T> for ByInsert {
    type Seed = T::Seed;
    type Share = T;
    const ORDER: Order = T::ORDER;
    const DEAR: bool = true;

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

/// A rule under which the last write wins.
///
/// `insert` of a sequence is another thing: where it puts an item depends on the items before.
#[diagnostic::on_unimplemented(
    message = "`insert` into this type has no form that can be put together: accepted are the maps \
               and sets of the standard library, where the last write wins",
    label = "`insert` in the body of a parallel loop",
    note = "`push` what is to be in the order of the loop, or name the variable in `reduce(..)` if \
            its type is `Accumulate`"
)]
pub trait LastWins {}

impl LastWins for ByInsert {}
impl<R: LastWins> LastWins for Through<R> {}
impl<R: LastWins> LastWins for InParts<R> {}

/// `rule`, if the last write wins under it.
pub const fn last_wins<R: LastWins>(rule: R) -> R {
    rule
}

/// `insert!(place)`: `place.insert(k, v)`, `place.insert(e)`; with `shards = n` last: in parts.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_insert {
    ($place:expr) => {
        $crate::__pool_reach!(
            $crate::__private::rule::Container($crate::__private::rule::ByInsert),
            $place,
            $crate::__private::rule::last_wins
        )
    };
    ($place:expr, shards = $shards:expr) => {
        $crate::__pool_reach!(
            $crate::__private::rule::Container($crate::__private::rule::InParts::new(
                $crate::__private::rule::ByInsert,
                $shards
            )),
            $place,
            $crate::__private::rule::last_wins
        )
    };
}
