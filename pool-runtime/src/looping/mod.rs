//! The loop driver: what `#[pooled]` on a `for` loop expands to.
//!
//! ```text
//! Loop::new(&SITE, source!(0..n))
//!     .workers(8)
//!     .run((add!(sum),), (), |(mut sum,), (), block| { for i in block { sum += i; } (sum,) })
//! ```

mod flow;

pub use flow::{Carry, Flow, Leave, Step};

use crate::site::Site;
use crate::source::Feed;

/// An annotated loop, ready to run.
#[must_use]
pub struct Loop<F> {
    site: &'static Site,
    feed: F,
    workers: Option<usize>,
    chunk: Option<usize>,
}

impl<F: Feed> Loop<F> {
    /// A loop over `feed` with the default plan.
    pub fn new(site: &'static Site, feed: F) -> Self {
        Self { site, feed, workers: None, chunk: None }
    }
}
