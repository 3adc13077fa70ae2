//! The ten scenarios in a size that is timed in milliseconds.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::measure::Measure;

mod s01_chunking;
mod s02_backpressure;
mod s03_batching;
mod s04_no_allocation;
mod s05_reduction;
mod s06_connection_reuse;
mod s07_no_submit_wait;
mod s08_drop_excess;
mod s09_buffer_reuse;
mod s10_error_group;

/// All ten, in order.
pub(crate) fn measures() -> Vec<Measure> {
    vec![
        s01_chunking::measure(),
        s02_backpressure::measure(),
        s03_batching::measure(),
        s04_no_allocation::measure(),
        s05_reduction::measure(),
        s06_connection_reuse::measure(),
        s07_no_submit_wait::measure(),
        s08_drop_excess::measure(),
        s09_buffer_reuse::measure(),
        s10_error_group::measure(),
    ]
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many threads the versions by hand start for bodies that compute.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
