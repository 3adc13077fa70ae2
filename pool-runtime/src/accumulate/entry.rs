//! Reductions per key: `*m.entry(k).or_insert(0) += e` and its relatives, where what an absent key
//! starts with adds nothing.
//!
//! A share is an empty map of the same type with the same hasher. Shares are put together key by
//! key; where the values may be grouped in any order the smaller map is poured into the larger
//! one. Of several equal keys that can be told apart, any may be the one that stays.

use std::collections::hash_map::Entry as HashEntry;
use std::collections::{BTreeMap, HashMap, btree_map};
use std::hash::{BuildHasher, Hash};
use std::mem;

use super::Order;
use super::rule::Rule;

/// Reduces each key's values by `R`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByEntry<R>(pub R);

impl<K, V, S, R> Rule<HashMap<K, V, S>> for ByEntry<R>
where
    K: Eq + Hash,
    S: BuildHasher + Clone,
    R: Rule<V, Share = V>,
{
    type Seed = S;
    type Share = HashMap<K, V, S>;
    const ORDER: Order = R::ORDER;
    const DEAR: bool = true;

    fn seed(&self, place: &HashMap<K, V, S>) -> S {
        place.hasher().clone()
    }

    fn fresh(&self, hasher: &S) -> Self::Share {
        HashMap::with_hasher(hasher.clone())
    }

    fn merge(&self, into: &mut Self::Share, mut later: Self::Share) {
        if into.is_empty() || (R::ORDER == Order::Any && into.len() < later.len()) {
            mem::swap(into, &mut later);
        }
        self.pour(into, later);
    }

    fn apply(&self, place: &mut HashMap<K, V, S>, total: Self::Share) {
        if place.capacity() == 0 {
            *place = total;
        } else {
            self.pour(place, total);
        }
    }
}

impl<R> ByEntry<R> {
    fn pour<K, V, S>(&self, into: &mut HashMap<K, V, S>, later: HashMap<K, V, S>)
    where
        K: Eq + Hash,
        S: BuildHasher,
        R: Rule<V, Share = V>,
    {
        for (key, value) in later {
            match into.entry(key) {
                HashEntry::Occupied(mut entry) => self.0.merge(entry.get_mut(), value),
                HashEntry::Vacant(entry) => {
                    entry.insert(value);
                }
            }
        }
    }

    fn pour_tree<K, V>(&self, into: &mut BTreeMap<K, V>, later: BTreeMap<K, V>)
    where
        K: Ord,
        R: Rule<V, Share = V>,
    {
        for (key, value) in later {
            match into.entry(key) {
                btree_map::Entry::Occupied(mut entry) => self.0.merge(entry.get_mut(), value),
                btree_map::Entry::Vacant(entry) => {
                    entry.insert(value);
                }
            }
        }
    }
}

impl<K, V, R> Rule<BTreeMap<K, V>> for ByEntry<R>
where
    K: Ord,
    R: Rule<V, Share = V>,
{
    type Seed = ();
    type Share = BTreeMap<K, V>;
    const ORDER: Order = R::ORDER;
    const DEAR: bool = true;

    fn seed(&self, _: &BTreeMap<K, V>) {}

    fn fresh(&self, (): &()) -> Self::Share {
        BTreeMap::new()
    }

    fn merge(&self, into: &mut Self::Share, mut later: Self::Share) {
        if into.is_empty() || (R::ORDER == Order::Any && into.len() < later.len()) {
            mem::swap(into, &mut later);
        }
        self.pour_tree(into, later);
    }

    fn apply(&self, place: &mut BTreeMap<K, V>, total: Self::Share) {
        if place.is_empty() {
            *place = total;
        } else {
            self.pour_tree(place, total);
        }
    }
}

/// `entry!(place, add)`: `*place.entry(k).or_insert(0) += e`; `entry!(place, append)`,
/// `entry!(place, entry(add))` ..; with `shards = n` last: in parts.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_entry {
    ($place:expr, $op:ident $(($($inner:tt)+))? $(, shards = $shards:expr)?) => {
        $crate::__pool_reach_parts!(
            $crate::__private::rule::ByEntry, [$($shards)?], $place, $op $(($($inner)+))?)
    };
}
