//! `shards = n`: a map in `n` parts, by a hash of the key, so that the shares of several workers
//! are put together part by part, in parallel.
//!
//! The parts are chosen by a hash of their own (the multiplicative one of Firefox, a multiplication
//! per word): it must only spread keys over parts, and the map's own hash of the key is made anyway.
//! What stays sequential is the last step, moving every key once into the user's map. With [few](FEW)
//! workers that is more than all they gain, and there is one part.

use std::collections::btree_map::{BTreeMap, Entry as TreeEntry};
use std::collections::hash_map::{Entry as HashEntry, HashMap};
use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use super::Order;
use super::rule::Rule;
use crate::Pool;
use crate::looping::serial;
use crate::region::run_at_once;

/// From how many keys on parts are put together in parallel: waking a worker takes about as long
/// as inserting some hundred keys.
const MANY: usize = 2048;

/// With so many workers at once, parts are not worth it: one merge of two whole maps takes less than to
/// move every key into the user's map, which a whole one may become as it is. 500k words, 250k of them
/// different, two workers: 1.0x of the plain loop's speed, in 32 parts 0.66x.
/// (The unit tests try parts on any machine.)
const FEW: usize = if cfg!(test) { 1 } else { 2 };

/// A map or set that can be a part.
pub trait Part {
    /// How many keys it has.
    fn keys(&self) -> usize;
}

/// A place that can make room for keys.
pub trait Reserve {
    /// Makes room.
    fn reserve_keys(&mut self, keys: usize);
}

impl<K, V, S> Part for HashMap<K, V, S> {
    fn keys(&self) -> usize {
        self.len()
    }
}
impl<T, S> Part for HashSet<T, S> {
    fn keys(&self) -> usize {
        self.len()
    }
}
impl<K, V> Part for BTreeMap<K, V> {
    fn keys(&self) -> usize {
        self.len()
    }
}
impl<T> Part for BTreeSet<T> {
    fn keys(&self) -> usize {
        self.len()
    }
}
impl<K: Eq + Hash, V, S: BuildHasher> Reserve for HashMap<K, V, S> {
    fn reserve_keys(&mut self, keys: usize) {
        self.reserve(keys);
    }
}
impl<T: Eq + Hash, S: BuildHasher> Reserve for HashSet<T, S> {
    fn reserve_keys(&mut self, keys: usize) {
        self.reserve(keys);
    }
}
impl<K, V> Reserve for BTreeMap<K, V> {
    fn reserve_keys(&mut self, _: usize) {}
}
impl<T> Reserve for BTreeSet<T> {
    fn reserve_keys(&mut self, _: usize) {}
}

/// A share in parts: the map or set as the body sees it.
#[derive(Debug)]
pub struct Sharded<M> {
    parts: Box<[M]>,
}

impl<M> Sharded<M> {
    /// The part of `key`.
    #[inline]
    pub(super) fn part<K: Hash>(&mut self, key: &K) -> &mut M {
        if self.parts.len() == 1 {
            return &mut self.parts[0];
        }
        let mut hasher = Spread(0);
        key.hash(&mut hasher);
        // The upper half of the product is evenly spread, whatever the number of parts.
        let part = (u128::from(hasher.0) * self.parts.len() as u128) >> 64;
        &mut self.parts[part as usize]
    }
}

/// A map with entries.
pub trait Entries<K> {
    /// An entry.
    type Entry<'a>
    where
        Self: 'a;
    /// The entry of `key`.
    fn entry_of(&mut self, key: K) -> Self::Entry<'_>;
}

impl<K: Eq + Hash, V, S: BuildHasher> Entries<K> for HashMap<K, V, S> {
    type Entry<'a>
        = HashEntry<'a, K, V>
    where
        Self: 'a;
    #[inline]
    fn entry_of(&mut self, key: K) -> HashEntry<'_, K, V> {
        self.entry(key)
    }
}

impl<K: Ord, V> Entries<K> for BTreeMap<K, V> {
    type Entry<'a>
        = TreeEntry<'a, K, V>
    where
        Self: 'a;
    #[inline]
    fn entry_of(&mut self, key: K) -> TreeEntry<'_, K, V> {
        self.entry(key)
    }
}

impl<M> Sharded<M> {
    /// The entry of `key`, as the map's own `entry`.
    #[inline]
    pub fn entry<K: Hash>(&mut self, key: K) -> M::Entry<'_>
    where
        M: Entries<K>,
    {
        self.part(&key).entry_of(key)
    }
}

/// Maps with `insert`.
macro_rules! inserts {
    ($($map:ident<$key:ident: $bound:ident, V $(, $hasher:ident)?>)*) => {$(
        impl<$key: $bound + Hash, V $(, $hasher: BuildHasher)?>
            Sharded<$map<$key, V $(, $hasher)?>>
        {
            /// As the map's own `insert`.
            #[inline]
            pub fn insert(&mut self, key: $key, value: V) -> Option<V> {
                self.part(&key).insert(key, value)
            }
        }
    )*};
    ($($set:ident<$item:ident: $bound:ident $(, $hasher:ident)?>)*) => {$(
        impl<$item: $bound + Hash $(, $hasher: BuildHasher)?> Sharded<$set<$item $(, $hasher)?>> {
            /// As the set's own `insert`.
            #[inline]
            pub fn insert(&mut self, item: $item) -> bool {
                self.part(&item).insert(item)
            }
        }
    )*};
}

inserts!(HashMap<K: Eq, V, S> BTreeMap<K: Ord, V>);
inserts!(HashSet<T: Eq, S> BTreeSet<T: Ord>);

/// The hash that chooses the part.
struct Spread(u64);

impl Spread {
    #[inline]
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517C_C1B7_2722_0A95);
    }
}

impl Hasher for Spread {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|&word| self.add(u64::from_le_bytes(word)));
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.add(u64::from_le_bytes(word));
        }
    }
    #[inline]
    fn write_u8(&mut self, value: u8) {
        self.add(value.into());
    }
    #[inline]
    fn write_u16(&mut self, value: u16) {
        self.add(value.into());
    }
    #[inline]
    fn write_u32(&mut self, value: u32) {
        self.add(value.into());
    }
    #[inline]
    fn write_u64(&mut self, value: u64) {
        self.add(value);
    }
    #[inline]
    fn write_usize(&mut self, value: usize) {
        self.add(value as u64);
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

/// The rule `R`, in parts.
#[derive(Clone, Copy, Debug)]
pub struct InParts<R> {
    rule: R,
    parts: usize,
}

impl<R> InParts<R> {
    /// In `parts` parts, at least one; in one where no more than [`FEW`] workers run at once.
    pub fn new(rule: R, parts: usize) -> Self {
        Self::of(rule, if run_at_once() <= FEW { 1 } else { parts })
    }

    /// In `parts` parts, at least one.
    fn of(rule: R, parts: usize) -> Self {
        Self { rule, parts: parts.max(1) }
    }

    /// Puts each part of `later` to that of `into`, on as many workers as there are.
    fn merge_many<S: Send>(
        &self,
        into: &mut [S],
        later: Box<[S]>,
        merge: impl Fn(&mut S, S) + Sync,
    ) {
        let pairs: Vec<_> = into.iter_mut().zip(later).map(|pair| Mutex::new(Some(pair))).collect();
        let next = AtomicUsize::new(0);
        let pool = Pool::global();
        pool.region(pool.workers().min(self.parts), &|_| {
            while let Some(pair) = pairs.get(next.fetch_add(1, Relaxed)) {
                let pair = pair.lock().unwrap_or_else(PoisonError::into_inner).take();
                if let Some((into, later)) = pair {
                    merge(into, later);
                }
            }
        });
    }
}

impl<P, R> Rule<P> for InParts<R>
where
    P: Reserve,
    R: Rule<P, Share: Part + Send>,
{
    type Seed = R::Seed;
    type Share = Sharded<R::Share>;
    const ORDER: Order = R::ORDER;
    const DEAR: bool = R::DEAR;

    fn seed(&self, place: &P) -> R::Seed {
        self.rule.seed(place)
    }

    fn fresh(&self, seed: &R::Seed) -> Sharded<R::Share> {
        Sharded { parts: (0..self.parts).map(|_| self.rule.fresh(seed)).collect() }
    }

    fn merge(&self, into: &mut Sharded<R::Share>, later: Sharded<R::Share>) {
        let keys: usize = later.parts.iter().map(Part::keys).sum();
        let merge = |into: &mut R::Share, later| self.rule.merge(into, later);
        if keys < MANY || serial() {
            into.parts.iter_mut().zip(later.parts).for_each(|(into, later)| merge(into, later));
        } else {
            self.merge_many(&mut into.parts, later.parts, merge);
        }
    }

    fn apply(&self, place: &mut P, total: Sharded<R::Share>) {
        if total.parts.len() > 1 {
            place.reserve_keys(total.parts.iter().map(Part::keys).sum());
        }
        total.parts.into_iter().for_each(|part| self.rule.apply(place, part));
    }
}
