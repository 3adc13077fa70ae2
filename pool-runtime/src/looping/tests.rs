//! Loops against the sequential ones, with the simplest accumulators that show what moves.

mod basics;
mod drops;
mod exits;
mod in_place;
mod ordered;
mod places;
mod sources;
pub(super) mod support;
mod undo;
