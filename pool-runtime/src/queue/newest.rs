//! What the producer claims in front of a full queue: the newest items, which it then runs
//! [straight](super::straight) from the source, while the older ones go on waiting for workers.

use std::ops::Range;

use super::bodies::Permit;
use super::handover::{Handover, MODEL, MOST};
use super::state::State;

/// So often the producer runs the newest items while no worker comes for the others.
pub(super) const OVERTAKE: usize = 4;

impl<T> Handover<T> {
    /// The producer, in front of a full queue, takes the next positions behind all that wait, at
    /// most `want`, and a permit: for items that it runs as the source gives them. `None`: it has
    /// to run what waits, or nothing. (What waits must be run at some time, also if nobody comes.)
    pub(crate) fn claim_newest(
        &self,
        want: usize,
        held: &mut Option<Permit>,
    ) -> Option<Range<usize>> {
        let mut state = self.lock();
        state.bodies.set_cheap(want > 1 && !MODEL);
        let gaps: usize = state.gaps.iter().map(|&(_, gap)| gap).sum();
        let waiting = state.drain.waiting();
        if self.is_closed() || !state.bodies.can_lead_on() || state.overtook == OVERTAKE {
            return None;
        }
        state.overtook += 1;
        *held = Some(state.bodies.begin(true));
        let start = state.next + gaps + waiting;
        // The workers are not to run out of items meanwhile.
        let each = waiting / state.bodies.fresh_workers().max(1);
        self.settle(state);
        Some(start..start + want.min(MOST).min(each).max(1))
    }

    /// The producer has run so many items that it [claimed](Self::claim_newest); `permit` is what
    /// is left of the claim.
    pub(super) fn end_newest(&self, ran: usize, permit: Option<Permit>) {
        let mut state = self.lock();
        if ran > 0 {
            let number = state.drain.published();
            state.gaps.push_back((number, ran));
        }
        if let Some(permit) = permit {
            state.bodies.end(permit);
        }
        self.unblock(&state);
        self.settle(state);
    }

    /// Takes the permit of a producer that asks its source, if a body could begin with it.
    pub(super) fn take_seat(&self, state: &mut State<T>) -> bool {
        state.bodies.could_use_lead() && self.seat.take() && {
            state.bodies.lose_lead();
            true
        }
    }
}
