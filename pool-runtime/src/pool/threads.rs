//! A crew and the threads behind it.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::builder::Settings;
#[cfg(feature = "rayon")]
use super::on_rayon::OnRayon;
use super::own::Own;
use crate::region::{Crew, Gauge};

/// A crew with its threads, which end when this is dropped.
pub(super) struct Threads {
    crew: Arc<Crew>,
    supply: Supply,
}

/// Where the crew's helpers run.
enum Supply {
    /// There are none.
    None,
    Own(Arc<Own>),
    #[cfg(feature = "rayon")]
    Rayon(OnRayon),
}

impl Threads {
    /// A crew without helpers.
    pub(super) fn none(gauge: Arc<Gauge>) -> Self {
        Self { crew: Arc::new(Crew::new(0, gauge)), supply: Supply::None }
    }

    /// A crew of `size` helpers on threads of our own, numbered from `first`; fewer, and the
    /// reason, if the system does not give as many.
    pub(super) fn start(
        settings: &Settings,
        first: usize,
        size: usize,
        gauge: Arc<Gauge>,
    ) -> (Self, io::Result<()>) {
        let crew = Arc::new(Crew::new(size, gauge));
        let own = Arc::new(Own::new(size));
        // Made first, so that those started end if a name panics.
        let threads = Self { crew: Arc::clone(&crew), supply: Supply::Own(Arc::clone(&own)) };
        let mut outcome = Ok(());
        for number in 0..size {
            let mut builder = thread::Builder::new().name((settings.name)(first + number));
            if let Some(bytes) = settings.stack_size {
                builder = builder.stack_size(bytes);
            }
            let (crew_of_it, supply) = (Arc::clone(&crew), Arc::clone(&own));
            let job = move || crew_of_it.serve(|number| supply.call(number));
            outcome = own.start(number, builder, job);
            if outcome.is_err() {
                crew.shrink(number);
                break;
            }
        }
        (threads, outcome)
    }

    /// A crew whose helpers run on the threads of a rayon pool.
    #[cfg(feature = "rayon")]
    pub(super) fn on_rayon(threads: Arc<rayon::ThreadPool>, gauge: Arc<Gauge>) -> Self {
        let crew = Arc::new(Crew::new(threads.current_num_threads(), gauge));
        Self { crew, supply: Supply::Rayon(OnRayon::new(threads)) }
    }

    /// How many helpers there can be.
    pub(super) fn size(&self) -> usize {
        self.crew.size()
    }

    /// See [`Crew::helpers_far`].
    #[inline]
    pub(super) fn helpers_far(&self) -> bool {
        self.crew.helpers_far()
    }

    /// See [`Crew::run_near`].
    pub(super) fn run_near<F: Fn(usize) + Sync>(&self, helpers: usize, body: &F) {
        self.crew.run_near(helpers, body);
    }

    /// See [`Crew::run`].
    pub(super) fn run<F: Fn(usize) + Sync>(&self, helpers: usize, patience: Duration, body: &F) {
        match &self.supply {
            Supply::None => body(0),
            Supply::Own(own) => self.crew.run(helpers, patience, |number| own.call(number), body),
            #[cfg(feature = "rayon")]
            Supply::Rayon(rayon) => {
                let muster = |number| rayon.call(&self.crew, number);
                self.crew.run(helpers, patience, muster, body);
            }
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Supply::Own(own) = &self.supply {
            own.close();
        }
    }
}

impl fmt::Debug for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Threads").field("size", &self.size()).finish_non_exhaustive()
    }
}
