//! Loops against the sequential ones, with the simplest accumulators that show what moves.

mod basics;
mod support;
