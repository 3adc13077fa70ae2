//! Every rule against the sequential loop, cut in every way the driver may cut it.

mod append;
mod collect;
mod extremum;
mod keyed;
mod net;
mod operators;
mod scratch;
mod window;

use std::ops::Range;

use super::{Accumulator, Order};

/// A small generator (xorshift64*): the cuts are random, and the same on every run.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `bound`.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(bits).expect("31 bits") % bound
    }
}

/// Cuts `0..len` at random.
pub(super) fn cuts(len: usize, dice: &mut Dice) -> Vec<Range<usize>> {
    let mut cuts = Vec::new();
    let mut start = 0;
    while start < len {
        let end = (start + 1 + dice.below(len.div_ceil(2))).min(len);
        cuts.push(start..end);
        start = end;
    }
    cuts
}

/// Runs `body` over `0..len` the way the driver does, cut and grouped by `seed`.
pub(super) fn drive<A: Accumulator>(
    mut accumulator: A,
    len: usize,
    seed: u64,
    mut body: impl FnMut(A::Local, Range<usize>) -> A::Local,
) {
    let dice = &mut Dice::new(seed);
    let plan = accumulator.seed(Some(len));
    let cuts = match A::ORDER {
        Order::Any | Order::Sequence | Order::InPlace => cuts(len, dice),
        Order::Blocks => {
            let block = 1 + len / 5;
            (0..len).step_by(block).map(|start| start..(start + block).min(len)).collect()
        }
    };
    let mut shares: Vec<A::Local> = Vec::new();
    if A::ORDER == Order::Any {
        let mut workers: Vec<Option<A::Local>> = (0..4).map(|_| None).collect();
        for cut in cuts {
            let worker = dice.below(workers.len());
            let share = workers[worker].take().unwrap_or_else(|| fresh::<A>(&plan, cut.clone()));
            workers[worker] = Some(body(share, cut));
        }
        shares.extend(workers.into_iter().flatten());
        while shares.len() > 1 {
            let later = shares.swap_remove(dice.below(shares.len()));
            let into = dice.below(shares.len());
            A::combine(&plan, &mut shares[into], later);
        }
    } else {
        for cut in cuts {
            let share = fresh::<A>(&plan, cut.clone());
            shares.push(body(share, cut));
        }
        while shares.len() > 1 {
            // Blocks are put together from the left, sequences in any association.
            let at = if A::ORDER == Order::Blocks { 1 } else { 1 + dice.below(shares.len() - 1) };
            let later = shares.remove(at);
            A::combine(&plan, &mut shares[at - 1], later);
        }
    }
    if let Some(total) = shares.pop() {
        accumulator.commit(plan, total);
    }
}

#[allow(unsafe_code, reason = "plays the driver")]
fn fresh<A: Accumulator>(plan: &A::Seed, positions: Range<usize>) -> A::Local {
    // SAFETY: `cuts` are disjoint and within `0..len`.
    unsafe { A::fresh(plan, positions) }
}
