//! The only paths that generated code may name. Not part of the public interface.

pub use pool_macros::the_loop_variable_is_a_batch;

pub use crate::accumulate::{Accumulator, Order, Over, OverRows, commutes, op, rule};
pub use crate::looping::{
    Carry, Count, Declared, Departure, Failures, Flow, Grouped, Leave, LeavesGrouped,
    LeavesOtherwise, Loop, Ordered, PickBoxed, PickSame, Shares, Step, Through, Timed, attempt,
    lend1, lend2, lend3, lend4, lend5, lend6, lend7, lend8,
};
pub use crate::queue::{
    BatchStream, InBatchesOf, OnFull, PickItems, PickSubslices, Stream, Tally, not_full,
};
pub use crate::report::QueueFigures;
pub use crate::site::Site;
pub use crate::source::{
    ByBits, ByClone, CopyOf, Cut, Feed, InBatches, Of, PickCut, PickPull, PickSaved, PickStream,
    Source, Split, ask, batch_of,
};
pub use crate::task::{
    BatchResult, Columns, Scratch, TaskArgument, TaskArguments, TaskPlan, TaskResult, TaskScratch,
    Tasks, WhenFull,
};
pub use crate::{
    __pool_add as add, __pool_and as and, __pool_append as append, __pool_batch_of as batch_of,
    __pool_batch_stream as batch_stream, __pool_best as best, __pool_bins as bins,
    __pool_collect as collect, __pool_declared as declared, __pool_entry as entry,
    __pool_entry_from as entry_from, __pool_extremum as fold, __pool_held as held,
    __pool_insert as insert, __pool_leave as leave, __pool_max as max, __pool_merge as merge,
    __pool_min as min, __pool_mul as mul, __pool_net as net, __pool_or as or,
    __pool_reached as reached, __pool_rows as rows, __pool_scratch as scratch,
    __pool_source as source, __pool_stream as stream, __pool_taken as taken,
    __pool_window as window, __pool_wrapping_add as wrapping_add,
    __pool_wrapping_mul as wrapping_mul, __pool_xor as xor,
};
