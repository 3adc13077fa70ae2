//! What the producer claims in front of a full queue: the newest items, which it then runs
//! [straight](super::straight) from the source, while the older ones go on waiting for workers.
//!
//! Each such claim costs about a microsecond: the state's lines of the cache are the workers', and
//! so are those of the ring. So it is as large as its items' cost allows. For the workers not to
//! run out of items meanwhile, the one that leaves no more than a quarter of the queue bids the
//! producer [`hurry`](super::seat): it ends its claim with the item in hand, and fills the queue.

use std::ops::Range;

use super::bodies::Permit;
use super::handover::{Handover, MODEL};
use super::state::State;

/// So often the producer runs the newest items while no worker comes for the others.
pub(super) const OVERTAKE: u8 = 4;

/// In a watch the producer gets done twice as many turns as there are cheap items: at least so many.
const CHEAP: usize = 500;

/// The most items of such a claim.
pub(super) const MOST: usize = 1024;

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
        if self.is_closed() || !state.bodies.can_lead_on() || state.overtook == OVERTAKE {
            return None;
        }
        let waiting = state.drain.waiting();
        state.overtook += u8::from(waiting > 0);
        state.overtaking = !state.alone;
        self.seat.sit_down();
        *held = Some(state.bodies.begin(true));
        let start = state.next + state.left_out() + waiting;
        self.settle(state);
        Some(start..start + want.clamp(1, MOST))
    }

    /// The producer has run so many items that it [claimed](Self::claim_newest); `permit` is what
    /// is left of the claim.
    pub(super) fn end_newest(&self, ran: usize, permit: Option<Permit>) {
        let mut state = self.lock();
        state.overtaking = false;
        if ran > 0 {
            state.leave_out(ran);
        }
        if let Some(permit) = permit {
            state.bodies.end(permit);
        }
        self.unblock(&mut state);
        self.settle(state);
    }

    /// The producer runs all items itself from now on, or does so no more.
    pub(super) fn set_alone(&self, alone: bool) {
        let mut state = self.lock();
        state.alone = alone;
        if alone && !state.watched {
            // One of those who sleep has to keep a watch.
            self.filled.notify_one();
        }
    }

    /// A watch is over: if the producer runs all items itself, and they are not cheap, it is to hand
    /// them over.
    pub(super) fn watch_alone(&self, state: &mut State<T>) {
        let turns = self.seat.turns();
        let ran = turns - std::mem::replace(&mut state.turns, turns);
        if state.alone && ran < CHEAP {
            self.seat.hurry();
        }
    }

    /// Bids the producer hurry, if it runs the newest items and little waits.
    pub(super) fn hurry(&self, state: &mut State<T>) {
        // What waits is known: the producer has added nothing since it claimed.
        if state.overtaking && state.drain.seen_waiting() <= self.bound / 4 {
            state.overtaking = false;
            self.seat.hurry();
        }
    }

    /// Takes the permit of a producer that asks its source, if a body could begin with it.
    pub(super) fn take_seat(&self, state: &mut State<T>) -> bool {
        state.bodies.could_use_lead() && self.seat.take() && {
            state.bodies.lose_lead();
            true
        }
    }
}
