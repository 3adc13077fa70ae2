//! The features `tracing` and `metrics`, with a subscriber and a recorder that write down all they
//! are told.

mod metrics;
mod tracing;
