//! The pool as it is usually written: one boxed task per item, and a lock around what is shared.

use rayon::{Scope, ThreadPool, ThreadPoolBuilder};

/// A pool of `workers` threads that takes one closure per item.
pub struct Naive(ThreadPool);

impl Naive {
    /// Starts the threads.
    ///
    /// # Panics
    /// When the system refuses to start them.
    #[must_use]
    pub fn new(workers: usize) -> Self {
        let pool = ThreadPoolBuilder::new().num_threads(workers).build();
        Self(pool.expect("the system starts threads"))
    }

    /// Lets `submit` spawn tasks that borrow, and waits for all of them.
    pub fn scope<'s, R: Send>(&self, submit: impl FnOnce(&Scope<'s>) -> R + Send) -> R {
        self.0.scope(submit)
    }
}
