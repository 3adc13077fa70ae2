//! `m.entry(k).or_insert(v);`: the first value of a key stays.

use super::Order;
use super::rule::Rule;

/// Keeps the value that is there. For the values of entries, which the body makes.
#[derive(Clone, Copy, Debug)]
pub struct ByFirst;

impl<T> Rule<T> for ByFirst {
    type Seed = ();
    type Share = T;
    const ORDER: Order = Order::Sequence;

    fn seed(&self, _: &T) {}
    fn fresh(&self, (): &()) -> T {
        unreachable!("an entry is made by the body")
    }
    fn merge(&self, _: &mut T, _: T) {}
    fn apply(&self, _: &mut T, _: T) {}
}
