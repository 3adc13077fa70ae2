//! All accumulators of a loop as one: a tuple of them, and how their shares move.
//!
//! What a worker has in hand between calls of the body is a [`Shares::Held`], what it deposits for
//! one claim a [`Shares::Parcel`]; both have an entry for each accumulator, mostly empty ones. When
//! an entry is filled and emptied says [`life`](super::life).

use std::ops::Range;

use super::life::{
    Deposit, Life, Scope, carry, commit, deposit, deposits, keep, life, start, straight,
    straight_alone, wrap,
};
use crate::accumulate::{Accumulator, Order};

/// A tuple of accumulators.
pub trait Shares {
    /// The accumulators' seeds.
    type Seed: Sync;
    /// What one call of the body works on.
    type Local;
    /// What a worker has in hand between calls.
    type Held: Send;
    /// What one claim deposits.
    type Parcel: Send;

    /// Whether some share ends with its block.
    const BLOCKS: bool;
    /// Whether claims deposit something in a loop that runs to its end.
    const DEPOSITS: bool;
    /// Whether claims deposit something in a loop that can be left.
    const DEPOSITS_LEAVING: bool;
    /// Whether what claims deposit is dear to put together, in a loop that runs to its end.
    const DEAR: bool;
    /// The same in a loop that can be left.
    const DEAR_LEAVING: bool;
    /// Whether workers had better be far apart.
    const APART: bool;
    /// Whether something is combined at the end of a worker, in a loop that runs to its end.
    const CARRIES: bool;

    /// Whether a worker keeps working space from claim to claim.
    const OWNS: bool;

    /// Whether claims are to be single items, and one that is not run gets shares all the same.
    const ONE_BY_ONE: bool;

    /// Whether claims may come in another order than their items, and it may turn out late how
    /// many these are: shares are made for a claim, in any case, and touch nothing by position.
    const STRAIGHT: bool;

    /// Whether it may turn out late how many items a claim is of, on a single worker.
    const STRAIGHT_ALONE: bool;

    /// Whether the loop must run on one thread if it can be left.
    fn alone(&self) -> bool;

    /// Nothing in hand.
    fn empty() -> Self::Held;

    /// A parcel without shares.
    fn parcel() -> Self::Parcel;

    /// Called once, before the loop, with the source's length if that is known.
    fn seed(&mut self, len: Option<usize>) -> Self::Seed;

    /// The total of a loop that begins on the calling thread alone.
    ///
    /// # Safety
    /// As for [`Accumulator::in_place`].
    #[allow(unsafe_code, reason = "passes on the contract of `Accumulator::in_place`")]
    unsafe fn in_place(&mut self) -> Self::Held;

    /// The shares for a call of the body with the items at `positions`.
    ///
    /// # Safety
    /// As for [`Accumulator::fresh`].
    #[allow(unsafe_code, reason = "passes on the contract of `Accumulator::fresh`")]
    unsafe fn start(
        seed: &Self::Seed,
        scope: Scope,
        held: &mut Self::Held,
        positions: Range<usize>,
    ) -> Self::Local;

    /// Takes the shares back after the call.
    fn keep(
        seed: &Self::Seed,
        scope: Scope,
        local: Self::Local,
        held: &mut Self::Held,
        parcel: &mut Self::Parcel,
    );

    /// Moves what ends with the claim from the hand into the parcel.
    fn wrap(scope: Scope, held: &mut Self::Held, parcel: &mut Self::Parcel);

    /// Takes the working space out of the hand, and nothing else.
    fn space(held: &mut Self::Held) -> Self::Held;

    /// Puts working space into a hand that has none.
    fn furnish(held: &mut Self::Held, space: Self::Held);

    /// Adds the next claim's parcel to the total.
    fn deposit(seed: &Self::Seed, total: &mut Self::Held, parcel: Self::Parcel);

    /// Adds what a worker carried over all its claims to the total.
    fn carry(seed: &Self::Seed, total: &mut Self::Held, held: Self::Held);

    /// Adds the total to the user's places; what has no share is left alone. Returns how many items
    /// failed, where the loop collects that.
    fn commit(self, seed: Self::Seed, total: Self::Held) -> u64;
}

macro_rules! tuple {
    ($($share:ident $index:tt)*) => {
        #[allow(unused_variables, clippy::unused_unit, reason = "the empty tuple uses nothing")]
        impl<$($share: Accumulator),*> Shares for ($($share,)*) {
            type Seed = ($($share::Seed,)*);
            type Local = ($($share::Local,)*);
            type Held = ($(Option<$share::Local>,)*);
            type Parcel = ($(Deposit<$share::Local>,)*);

            const BLOCKS: bool = false
                $(|| !$share::OWN && !$share::TRANSIENT && matches!($share::ORDER, Order::Blocks))*;
            const ONE_BY_ONE: bool = false $(|| $share::ONE_BY_ONE)*;
            const DEPOSITS: bool = false $(|| deposits::<$share>(Scope::Shared))*;
            const DEPOSITS_LEAVING: bool = false $(|| deposits::<$share>(Scope::Leaving))*;
            const DEAR: bool = false
                $(|| ($share::DEAR && matches!(life::<$share>(Scope::Shared), Life::Claim)))*;
            const DEAR_LEAVING: bool = false
                $(|| ($share::DEAR && matches!(life::<$share>(Scope::Leaving), Life::Claim)))*;
            const APART: bool = false $(|| $share::APART)*;
            const CARRIES: bool = false
                $(|| matches!(life::<$share>(Scope::Shared), Life::Worker))*;

            const OWNS: bool = false $(|| $share::OWN)*;

            const STRAIGHT: bool = true $(&& straight::<$share>())*;
            const STRAIGHT_ALONE: bool = true $(&& straight_alone::<$share>())*;

            #[inline]
            fn alone(&self) -> bool {
                false $(|| self.$index.alone())*
            }

            #[inline]
            fn empty() -> Self::Held {
                ($(None::<$share::Local>,)*)
            }

            #[inline]
            fn parcel() -> Self::Parcel {
                ($(Deposit::Nothing::<$share::Local>,)*)
            }

            #[inline]
            fn seed(&mut self, len: Option<usize>) -> Self::Seed {
                ($(self.$index.seed(len),)*)
            }

            #[inline]
            #[allow(unsafe_code, reason = "passes on the contract of `Accumulator::in_place`")]
            unsafe fn in_place(&mut self) -> Self::Held {
                // SAFETY: the caller's promise, word for word.
                ($(unsafe { self.$index.in_place() },)*)
            }

            #[inline]
            #[allow(unsafe_code, reason = "passes on the contract of `Accumulator::fresh`")]
            unsafe fn start(
                seed: &Self::Seed,
                scope: Scope,
                held: &mut Self::Held,
                positions: Range<usize>,
            ) -> Self::Local {
                ($(
                    // SAFETY: the caller's promise, word for word.
                    unsafe {
                        start::<$share>(&seed.$index, scope, &mut held.$index, positions.clone())
                    },
                )*)
            }

            #[inline]
            fn keep(
                seed: &Self::Seed,
                scope: Scope,
                local: Self::Local,
                held: &mut Self::Held,
                parcel: &mut Self::Parcel,
            ) {
                $(keep::<$share>(
                    &seed.$index, scope, local.$index, &mut held.$index, &mut parcel.$index,
                );)*
            }

            #[inline]
            fn wrap(scope: Scope, held: &mut Self::Held, parcel: &mut Self::Parcel) {
                $(wrap::<$share>(scope, &mut held.$index, &mut parcel.$index);)*
            }

            #[inline]
            fn space(held: &mut Self::Held) -> Self::Held {
                ($(held.$index.take_if(|_| $share::OWN),)*)
            }

            #[inline]
            fn furnish(held: &mut Self::Held, space: Self::Held) {
                $(
                    if $share::OWN {
                        held.$index = space.$index;
                    }
                )*
            }

            fn deposit(seed: &Self::Seed, total: &mut Self::Held, parcel: Self::Parcel) {
                $(deposit::<$share>(&seed.$index, &mut total.$index, parcel.$index);)*
            }

            fn carry(seed: &Self::Seed, total: &mut Self::Held, held: Self::Held) {
                $(carry::<$share>(&seed.$index, &mut total.$index, held.$index);)*
            }

            #[inline]
            fn commit(self, seed: Self::Seed, total: Self::Held) -> u64 {
                0 $(+ commit(self.$index, seed.$index, total.$index))*
            }
        }
    };
}
tuple!();
tuple!(A 0);
tuple!(A 0 B 1);
tuple!(A 0 B 1 C 2);
tuple!(A 0 B 1 C 2 D 3);
tuple!(A 0 B 1 C 2 D 3 E 4);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12 N 13);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12 N 13 O 14);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12 N 13 O 14 P 15);

/// Two tuples as one: those passed by value and those passed by reference.
#[derive(Debug)]
pub(super) struct Both<A, V>(pub(super) A, pub(super) V);

/// Shares of which the body gets some by value, and gives them back, and some by reference. (By
/// value they are best kept in registers, but what is not moves twice a call, and to load what has
/// just been stored in other sizes waits for all stores before it: 150 ns a block with two windows.)
pub(super) trait Split:
    Shares<Local = (<Self as Split>::Values, <Self as Split>::Views)>
{
    /// By value.
    type Values;
    /// By reference.
    type Views;
}

impl<A: Shares, V: Shares> Split for Both<A, V> {
    type Values = A::Local;
    type Views = V::Local;
}

impl<A: Shares, V: Shares> Shares for Both<A, V> {
    type Seed = (A::Seed, V::Seed);
    type Local = (A::Local, V::Local);
    type Held = (A::Held, V::Held);
    type Parcel = (A::Parcel, V::Parcel);

    const BLOCKS: bool = A::BLOCKS || V::BLOCKS;
    const ONE_BY_ONE: bool = A::ONE_BY_ONE || V::ONE_BY_ONE;
    const DEPOSITS: bool = A::DEPOSITS || V::DEPOSITS;
    const DEPOSITS_LEAVING: bool = A::DEPOSITS_LEAVING || V::DEPOSITS_LEAVING;
    const DEAR: bool = A::DEAR || V::DEAR;
    const DEAR_LEAVING: bool = A::DEAR_LEAVING || V::DEAR_LEAVING;
    const APART: bool = A::APART || V::APART;
    const CARRIES: bool = A::CARRIES || V::CARRIES;
    const OWNS: bool = A::OWNS || V::OWNS;
    const STRAIGHT: bool = A::STRAIGHT && V::STRAIGHT;
    const STRAIGHT_ALONE: bool = A::STRAIGHT_ALONE && V::STRAIGHT_ALONE;

    #[inline]
    fn alone(&self) -> bool {
        self.0.alone() || self.1.alone()
    }

    #[inline]
    fn empty() -> Self::Held {
        (A::empty(), V::empty())
    }

    #[inline]
    fn parcel() -> Self::Parcel {
        (A::parcel(), V::parcel())
    }

    #[inline]
    fn seed(&mut self, len: Option<usize>) -> Self::Seed {
        (self.0.seed(len), self.1.seed(len))
    }

    #[inline]
    #[allow(unsafe_code, reason = "passes on the contract of `Accumulator::in_place`")]
    unsafe fn in_place(&mut self) -> Self::Held {
        // SAFETY: the caller's promise, word for word.
        let first = unsafe { self.0.in_place() };
        // SAFETY: the caller's promise, word for word.
        (first, unsafe { self.1.in_place() })
    }

    #[inline]
    #[allow(unsafe_code, reason = "passes on the contract of `Accumulator::fresh`")]
    unsafe fn start(
        seed: &Self::Seed,
        scope: Scope,
        held: &mut Self::Held,
        positions: Range<usize>,
    ) -> Self::Local {
        // SAFETY: the caller's promise, word for word.
        let first = unsafe { A::start(&seed.0, scope, &mut held.0, positions.clone()) };
        // SAFETY: the caller's promise, word for word.
        (first, unsafe { V::start(&seed.1, scope, &mut held.1, positions) })
    }

    #[inline]
    fn keep(
        seed: &Self::Seed,
        scope: Scope,
        local: Self::Local,
        held: &mut Self::Held,
        parcel: &mut Self::Parcel,
    ) {
        A::keep(&seed.0, scope, local.0, &mut held.0, &mut parcel.0);
        V::keep(&seed.1, scope, local.1, &mut held.1, &mut parcel.1);
    }

    #[inline]
    fn wrap(scope: Scope, held: &mut Self::Held, parcel: &mut Self::Parcel) {
        A::wrap(scope, &mut held.0, &mut parcel.0);
        V::wrap(scope, &mut held.1, &mut parcel.1);
    }

    #[inline]
    fn space(held: &mut Self::Held) -> Self::Held {
        (A::space(&mut held.0), V::space(&mut held.1))
    }

    #[inline]
    fn furnish(held: &mut Self::Held, space: Self::Held) {
        A::furnish(&mut held.0, space.0);
        V::furnish(&mut held.1, space.1);
    }

    fn deposit(seed: &Self::Seed, total: &mut Self::Held, parcel: Self::Parcel) {
        A::deposit(&seed.0, &mut total.0, parcel.0);
        V::deposit(&seed.1, &mut total.1, parcel.1);
    }

    fn carry(seed: &Self::Seed, total: &mut Self::Held, held: Self::Held) {
        A::carry(&seed.0, &mut total.0, held.0);
        V::carry(&seed.1, &mut total.1, held.1);
    }

    #[inline]
    fn commit(self, seed: Self::Seed, total: Self::Held) -> u64 {
        self.0.commit(seed.0, total.0) + self.1.commit(seed.1, total.1)
    }
}
