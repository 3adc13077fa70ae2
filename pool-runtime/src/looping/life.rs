//! One accumulator's share: what it lives for, and how it moves.
//!
//! What an accumulator's share lives for follows from its order, and from whether the loop can be
//! left early (then only items before the exit may count, so that a share must not span claims):
//!
//! | order | share lives for | at its end |
//! |---|---|---|
//! | `OWN` | the worker; in a queue's loop it is anybody's while its worker waits | dropped |
//! | `TRANSIENT` | one call of the body | dropped; deposited if it `UNDOES` and the loop can be left |
//! | `Any` | the worker; a claim if the loop can be left | combined, at any time; deposited |
//! | `Sequence` | a claim | deposited |
//! | `Blocks` | one call of the body, which gets one block | deposited |
//! | `InPlace` | one call of the body | deposited |
//!
//! *Deposited* means: handed in with the claim's position, combined in order.
//!
//! On a single worker all of it happens in order by itself: [`Scope::Alone`] keeps every share in
//! hand and combines blocks as they come.

use std::ops::Range;

use crate::accumulate::{Accumulator, Order};

/// Who is at work on a loop, which decides what shares live for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One worker runs the whole loop in order.
    Alone,
    /// One of several workers; the loop runs to its end.
    Shared,
    /// One of several workers; the loop can be left early.
    Leaving,
}

/// One accumulator's part of a parcel.
#[derive(Debug, Default)]
pub enum Deposit<L> {
    /// Nothing.
    #[default]
    Nothing,
    /// One share.
    One(L),
    /// The shares of several blocks, in order.
    Many(Vec<L>),
}

impl<L> Deposit<L> {
    #[inline]
    fn push(&mut self, share: L) {
        match self {
            Self::Many(shares) => shares.push(share),
            _ => self.start(share),
        }
    }

    /// The first share, or the second.
    fn start(&mut self, share: L) {
        *self = match std::mem::take(self) {
            Self::One(first) => {
                // To grow from 4 to 64 costs as much as that many blocks of cheap items do.
                let room = (1024 / size_of::<L>().max(1)).clamp(2, 64);
                let mut shares = Vec::with_capacity(room);
                shares.extend([first, share]);
                Self::Many(shares)
            }
            _ => Self::One(share),
        };
    }
}

/// What a share of one accumulator lives for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// One call of the body, then dropped.
    Call,
    /// One call of the body, then deposited.
    Block,
    /// A claim.
    Claim,
    /// The worker, then combined.
    Worker,
    /// The worker, then dropped.
    Own,
}

#[inline]
pub(super) const fn life<A: Accumulator>(scope: Scope) -> Life {
    match (A::OWN, A::TRANSIENT, A::ORDER, scope) {
        (true, ..) => Life::Own,
        (_, true, _, Scope::Leaving) if A::UNDOES => Life::Block,
        (_, true, ..) => Life::Call,
        (_, _, Order::Blocks | Order::InPlace, _) => Life::Block,
        (_, _, _, Scope::Alone) | (_, _, Order::Any, Scope::Shared) => Life::Worker,
        _ => Life::Claim,
    }
}

/// Adds `later` to what there is.
#[inline]
fn add<A: Accumulator>(seed: &A::Seed, total: &mut Option<A::Local>, later: A::Local) {
    match total {
        Some(total) => A::combine(seed, total, later),
        None => *total = Some(later),
    }
}

/// # Safety
/// As for [`Accumulator::fresh`].
#[inline]
#[allow(unsafe_code, reason = "passes on the contract of `Accumulator::fresh`")]
pub(super) unsafe fn start<A: Accumulator>(
    seed: &A::Seed,
    scope: Scope,
    held: &mut Option<A::Local>,
    positions: Range<usize>,
) -> A::Local {
    // A share that ends with its block may stand in `held` as the total so far.
    let ends = !A::OWN && (A::TRANSIENT || matches!(A::ORDER, Order::Blocks | Order::InPlace));
    match held.take_if(|_| !ends) {
        Some(local) => local,
        // SAFETY: the caller's promise, word for word.
        None if scope == Scope::Leaving => unsafe { A::fresh_leaving(seed, positions) },
        // SAFETY: the caller's promise, word for word.
        None => unsafe { A::fresh(seed, positions) },
    }
}

#[inline]
pub(super) fn keep<A: Accumulator>(
    seed: &A::Seed,
    scope: Scope,
    local: A::Local,
    held: &mut Option<A::Local>,
    parcel: &mut Deposit<A::Local>,
) {
    match life::<A>(scope) {
        Life::Call => drop(local),
        Life::Block if scope == Scope::Alone => add::<A>(seed, held, local),
        Life::Block => parcel.push(local),
        Life::Claim | Life::Worker | Life::Own => *held = Some(local),
    }
}

#[inline]
pub(super) fn wrap<A: Accumulator>(
    scope: Scope,
    held: &mut Option<A::Local>,
    parcel: &mut Deposit<A::Local>,
) {
    if life::<A>(scope) == Life::Claim
        && let Some(share) = held.take()
    {
        *parcel = Deposit::One(share);
    }
}

pub(super) fn deposit<A: Accumulator>(
    seed: &A::Seed,
    total: &mut Option<A::Local>,
    parcel: Deposit<A::Local>,
) {
    if A::UNDOES {
        match parcel {
            Deposit::Nothing => {}
            Deposit::One(share) => A::accept(share),
            Deposit::Many(shares) => shares.into_iter().for_each(A::accept),
        }
        return;
    }
    match parcel {
        Deposit::Nothing => {}
        Deposit::One(share) => add::<A>(seed, total, share),
        Deposit::Many(shares) => {
            shares.into_iter().for_each(|share| add::<A>(seed, total, share));
        }
    }
}

pub(super) fn carry<A: Accumulator>(
    seed: &A::Seed,
    total: &mut Option<A::Local>,
    held: Option<A::Local>,
) {
    match held {
        Some(share) if life::<A>(Scope::Shared) == Life::Worker => add::<A>(seed, total, share),
        _ => {}
    }
}

#[inline]
pub(super) fn commit<A: Accumulator>(this: A, seed: A::Seed, total: Option<A::Local>) -> u64 {
    let Some(total) = total.filter(|_| !A::OWN && !A::TRANSIENT) else { return 0 };
    let failures = A::failures(&total);
    this.commit(seed, total);
    failures
}

pub(super) const fn deposits<A: Accumulator>(scope: Scope) -> bool {
    matches!(life::<A>(scope), Life::Block | Life::Claim)
}

pub(super) const fn straight<A: Accumulator>() -> bool {
    straight_alone::<A>() && !A::ONE_BY_ONE
}

pub(super) const fn straight_alone<A: Accumulator>() -> bool {
    // What is transient and in place is the source's own part; it does nothing unless it undoes.
    // Turns, on a single worker, are always the next.
    let counts_itself = matches!(A::ORDER, Order::InPlace) || A::ONE_BY_ONE;
    let by_position = A::UNDOES || (A::TRANSIENT && !counts_itself);
    A::OWN || !(by_position || matches!(A::ORDER, Order::Blocks))
}
