//! The only paths that generated code may name. Not part of the public interface.

pub use crate::accumulate::{Accumulator, Order, op, rule};
pub use crate::looping::{Carry, Flow, Leave, Loop, Step};
pub use crate::site::Site;
pub use crate::source::{Feed, Split};
pub use crate::{
    __pool_add as add, __pool_and as and, __pool_append as append, __pool_merge as merge,
    __pool_mul as mul, __pool_or as or, __pool_xor as xor,
};
