//! The only paths that generated code may name. Not part of the public interface.

pub use crate::accumulate::{Accumulator, Order};
pub use crate::looping::{Carry, Flow, Leave, Loop, Step};
pub use crate::site::Site;
pub use crate::source::{Feed, Split};
