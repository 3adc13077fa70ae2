#![doc = include_str!("guide/messages.md")]

// Traits and types that rustc names in its part of a message.
#[doc(hidden)]
pub use crate::__private::rule::{Fold, Last, Merged, Through};
#[doc(hidden)]
pub use crate::accumulate::{
    Accumulator, Append, Clones, Collect, Gathered, Known, LastWins, Made, Rows, Slots, Spare,
    Window,
};
#[doc(hidden)]
pub use crate::looping::{
    Count, Ends, Grouped, Holds, Leaves, Runs, Sent, Share, Step, Then, Workers,
};
#[doc(hidden)]
pub use crate::source::{InBatches, Source};
#[doc(hidden)]
pub use crate::task::{BatchResult, TaskArgument, TaskResult, TaskScratch};
