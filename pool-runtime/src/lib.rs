//! The executor behind `#[pooled]`, `#[bounded]` and `#[batched]`.

mod accumulate;
mod looping;
mod site;
mod source;

#[doc(hidden)]
pub mod __private;

pub use accumulate::Accumulate;
pub use pool_macros::{batched, bounded, pooled};
