//! Queues between a producer and the workers of a loop: `#[bounded]`, and sources that only the
//! calling thread can ask.
//!
//! | file | what |
//! |---|---|
//! | `stream.rs` | [`Stream`]: a source with its queue, policy and batch size, before the loop starts |
//! | `adapters.rs` | `enumerate`, `zip` and the others over it |
//! | `subslices.rs` | a slice's stream in batches: they are subslices |
//! | `handover.rs` | the queue itself as the workers see it: fair shares, batches with `linger` |
//! | `state.rs` | what stands under its lock; positions |
//! | `calls.rs` | who is woken when, and how one waits |
//! | `newest.rs` | what the producer claims in front of a full queue |
//! | `inlet.rs` | its producer's side |
//! | `worth.rs` | whether it pays to hand items over, or the producer runs them all |
//! | `take.rs` | what a claim asks for |
//! | `ring.rs` | where the items stand |
//! | `bodies.rs` | who may run the body now |
//! | `straight.rs` | items that the producer runs as they come |
//! | `seat.rs` | its permit meanwhile |
//! | `tell.rs` | how producer and workers see each other without a lock |
//! | `outlet.rs` | the queue as the workers' [`Feed`](crate::source::Feed), item by item or in batches |
//! | `full.rs` | [`Full`], the error of `on_full = "error"` |
//! | `producer.rs` | the calling thread's part: asks the source, applies the policy |

mod adapters;
mod bodies;
mod calls;
mod full;
pub(crate) mod handover;
mod inlet;
mod newest;
mod outlet;
mod producer;
mod ring;
mod seat;
mod state;
mod straight;
mod stream;
mod subslices;
mod take;
mod tell;
mod worth;

pub use full::{Full, not_full};
pub use stream::{BatchStream, OnFull, Stream, Tally};
pub use subslices::{InBatchesOf, PickItems, PickSubslices, SliceStream, SubsliceStream};
