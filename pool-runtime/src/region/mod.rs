//! Fork-join regions: the caller runs a body, and helpers that come in time run it too.
//!
//! [`Slot`](slot::Slot) is the protocol for one region at a time (its states, orders and proof
//! sketch are in `README.md` beside this file); [`Crew`] is a few slots and the helpers that look
//! after them. The helpers' threads come from the pool and are not this module's business.

mod crew;
mod debt;
mod gauge;
mod slot;
mod word;

pub(crate) use crew::{Crew, run_at_once};
pub(crate) use gauge::Gauge;
#[cfg(all(test, loom))]
pub(crate) use slot::{Orders, Proven};
pub(crate) use word::MAX_HELPERS;
