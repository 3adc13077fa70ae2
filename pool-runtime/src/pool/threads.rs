//! A crew and the threads behind it: a rayon pool of their own.
//!
//! rayon supplies the threads and wakes them; what they run is [`Crew::serve`], which never waits
//! for another job. While a body of ours waits inside rayon (a nested `par_iter`, say), rayon may
//! run another job of the same pool on top of it; that job must not enter a region there (the
//! body below may hold a lock, or a turn, that the region's items want), so it returns at once.

use std::cell::Cell;
use std::sync::Arc;

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::builder::{PoolError, Settings};
use crate::region::Crew;

thread_local! {
    /// Whether this thread is serving a crew already.
    static SERVING: Cell<bool> = const { Cell::new(false) };
}

/// A crew with its threads, which end when this is dropped.
pub(super) struct Threads {
    crew: Arc<Crew>,
    /// `None` when there are none to have.
    supply: Option<ThreadPool>,
}

impl Threads {
    /// A crew without helpers.
    pub(super) fn none() -> Self {
        Self { crew: Arc::new(Crew::new(0)), supply: None }
    }

    /// A crew of `size` helpers.
    pub(super) fn start(settings: &Settings, size: usize) -> Result<Self, PoolError> {
        if size == 0 {
            return Ok(Self::none());
        }
        let name = Arc::clone(&settings.name);
        let mut supply =
            ThreadPoolBuilder::new().num_threads(size).thread_name(move |index| name(index));
        if let Some(bytes) = settings.stack_size {
            supply = supply.stack_size(bytes);
        }
        let supply =
            supply.build().map_err(|cause| PoolError { threads: size, cause: cause.into() })?;
        Ok(Self { crew: Arc::new(Crew::new(size)), supply: Some(supply) })
    }

    /// How many helpers there can be.
    pub(super) fn size(&self) -> usize {
        self.crew.size()
    }

    /// See [`Crew::run`].
    pub(super) fn run<F: Fn(usize) + Sync>(&self, helpers: usize, body: &F) {
        match &self.supply {
            Some(supply) => {
                let muster = |number| {
                    for _ in 0..number {
                        let crew = Arc::clone(&self.crew);
                        supply.spawn(move || serve(&crew));
                    }
                };
                self.crew.run(helpers, muster, body);
            }
            None => body(0),
        }
    }
}

/// One helper, on a thread of the supply.
fn serve(crew: &Arc<Crew>) {
    if SERVING.replace(true) {
        crew.decline();
        return;
    }
    crew.serve(|number| {
        for _ in 0..number {
            let crew = Arc::clone(crew);
            // From one of the supply's threads, this stays in the supply.
            rayon::spawn(move || serve(&crew));
        }
    });
    SERVING.set(false);
}
