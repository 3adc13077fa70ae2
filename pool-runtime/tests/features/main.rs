//! The features: `tracing` and `metrics` with a subscriber and a recorder that write down all they
//! are told, `progress` in a process of its own.

mod metrics;
mod progress;
mod tracing;
