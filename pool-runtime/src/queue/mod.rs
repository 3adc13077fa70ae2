//! Queues between a producer and the workers of a loop: `#[bounded]`, and sources that only the
//! calling thread can ask.
//!
//! | file | what |
//! |---|---|
//! | `stream.rs` | [`Stream`]: a source with its queue, policy and batch size, before the loop starts |
//! | `adapters.rs` | `enumerate`, `zip` and the others over it |
//! | `handover.rs` | the queue itself: fair shares, batches with `linger`, permits, counts |
//! | `outlet.rs` | the queue as the workers' [`Feed`](crate::source::Feed), item by item or in batches |
//! | `full.rs` | [`Full`], the error of `on_full = "error"` |
//! | `producer.rs` | the calling thread's part: asks the source, applies the policy |

mod adapters;
mod full;
pub(crate) mod handover;
mod outlet;
mod producer;
mod stream;

pub use full::{Full, not_full};
pub use stream::{BatchStream, OnFull, Stream, Tally};
