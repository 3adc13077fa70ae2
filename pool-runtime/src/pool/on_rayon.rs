//! A rayon pool as the supply of threads.
//!
//! rayon wakes a thread of its choice, which runs [`Crew::serve`] as a job. While a body of ours
//! waits inside rayon (a nested `par_iter`, say), rayon may run another job of the same pool on
//! top of it; that job must not enter a region there (the body below may hold a lock, or a turn,
//! that the region's items want), so it returns at once.

use std::cell::Cell;
use std::sync::Arc;

use rayon::ThreadPool;

use crate::region::Crew;

thread_local! {
    /// Whether this thread is serving a crew already.
    static SERVING: Cell<bool> = const { Cell::new(false) };
}

/// Helpers as jobs of a rayon pool.
pub(super) struct OnRayon(Arc<ThreadPool>);

impl OnRayon {
    pub(super) fn new(threads: Arc<ThreadPool>) -> Self {
        Self(threads)
    }

    /// Has `number` of the threads serve `crew`.
    pub(super) fn call(&self, crew: &Arc<Crew>, number: usize) {
        for _ in 0..number {
            let crew = Arc::clone(crew);
            self.0.spawn(move || serve(&crew));
        }
    }
}

/// One helper, on a thread of the pool.
fn serve(crew: &Arc<Crew>) {
    if SERVING.replace(true) {
        crew.decline();
        return;
    }
    crew.serve(|number| {
        for _ in 0..number {
            let crew = Arc::clone(crew);
            // From a thread of the pool, this stays in the pool.
            rayon::spawn(move || serve(&crew));
        }
    });
    SERVING.set(false);
}
