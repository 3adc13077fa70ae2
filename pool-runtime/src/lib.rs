#![doc = include_str!("guide/front.md")]

mod accumulate;
mod clock;
mod cores;
mod looping;
#[cfg(all(test, loom))]
mod modelling;
mod pool;
mod prefetch;
mod profile;
mod queue;
mod region;
mod report;
mod site;
mod source;
mod spin;
mod sync;
mod task;

#[doc(hidden)]
pub mod __private;
#[cfg(any(doc, doctest))]
pub mod guide;
pub mod messages;

// So that rustc, where it must name them, names them shortly.
#[doc(hidden)]
pub use looping::Loop;
#[doc(hidden)]
pub use queue::{BatchStream, SliceStream, Stream, SubsliceStream};
#[doc(hidden)]
pub use task::Tasks;

pub use accumulate::Accumulate;
pub use looping::{Errors, TimedOut};
pub use pool::{Pool, PoolBuilder, PoolError};
pub use pool_macros::{Accumulate, batched, bounded, pooled};
pub use queue::Full;
#[cfg(feature = "metrics")]
pub use report::publish_metrics;
pub use report::{
    BatchCounters, Counters, Latencies, ProcessorCounters, Quantiles, QueueCounters, Report,
    SiteReport, measure, report, sites,
};
pub use task::{Admission, PanicPayload, Task, TaskError, drain, join_all, shutdown, try_join_all};

/// Everything that annotated functions name: `use pool_runtime::prelude::*;`.
pub mod prelude {
    pub use crate::{Accumulate, Admission, Task, batched, bounded, pooled};
}
