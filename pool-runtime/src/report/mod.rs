//! Seeing what happens: counters for each annotated place, and what is made of them.
//!
//! | file | what |
//! |---|---|
//! | `switch.rs` | what the environment asks for: one word, read once |
//! | `count.rs`, `tally.rs` | the counters of a place |
//! | `meter.rs` | what one worker of a region counts, on its own stack |
//! | `tasks.rs`, `latency.rs` | what a task function counts: how long calls wait and run |
//! | `cpu.rs` | what a thread has had of the processors |
//! | `registry.rs` | every place that has been entered |
//! | `figures.rs` | all of it as data: [`sites`], [`report`] |
//! | `table.rs`, `json.rs`, `human.rs`, `write_json.rs` | the report for people, and for programs |
//! | `exit.rs` | printing it when the process ends |
//! | `spans.rs` | feature `tracing`: a span for each run, and the caller's context on the workers |
//! | `publish.rs` | feature `metrics`: the counters through the facade |
//! | `trace.rs` | `POOL_TRACE`: what happens, as it happens |
//! | `advice.rs` | what the figures say should be looked at |

mod advice;
mod count;
mod cpu;
mod exit;
mod figures;
mod human;
mod json;
mod latency;
mod meter;
mod publish;
mod registry;
mod spans;
mod switch;
mod table;
mod tally;
mod tasks;
mod trace;
mod write_json;

pub(crate) use count::Count;
pub use figures::{
    BatchCounters, Counters, Latencies, ProcessorCounters, QueueCounters, Report, SiteReport,
    report, sites,
};
pub(crate) use latency::Latency;
pub use latency::Quantiles;
pub(crate) use meter::{Meter, has_woken, turned, waited_for_turns, woke};
#[cfg(feature = "metrics")]
pub use publish::publish_metrics;
pub(crate) use publish::{Published, Running};
pub(crate) use registry::register;
pub(crate) use spans::Context;
pub(crate) use switch::Switches;
pub use switch::measure;
pub use tally::QueueFigures;
pub(crate) use tally::{Counts, Region, Tally};
pub(crate) use tasks::{Shift, Stamp, TaskFigures, TaskTally};
pub(crate) use trace::{Kind, slice, waiting};
