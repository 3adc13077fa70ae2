//! One annotated place in the user's code: its name, where it stands, what was asked, what running
//! it has taught, and what is counted there.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::pool::Pool;
use crate::profile::Profile;
use crate::report::{Published, Tally, register};

/// The static that every annotated loop or task function owns.
///
/// What a small loop needs of it is the end of the profile and what comes next, 64 bytes: one line of
/// the cache, where a loop that runs once in a millisecond finds none of them there.
#[derive(Debug)]
#[repr(C, align(64))]
pub struct Site {
    profile: Profile,
    /// Whether the report knows of this place.
    known: AtomicBool,
    /// What is counted for the report.
    tally: Tally,
    name: &'static str,
    file: &'static str,
    line: u32,
    plan: &'static str,
    /// What the feature `metrics` knows of this place.
    published: Published,
}

impl Site {
    /// A site that has not run yet. `plan` is the attribute as the user wrote it.
    #[must_use]
    pub const fn new(
        name: &'static str,
        file: &'static str,
        line: u32,
        plan: &'static str,
    ) -> Self {
        Self {
            profile: Profile::new(),
            known: AtomicBool::new(false),
            tally: Tally::new(),
            name,
            file,
            line,
            plan,
            published: Published::new(),
        }
    }

    /// The function's name, or what `name = ".."` says.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The source file, as rustc was given it.
    #[must_use]
    pub fn file(&self) -> &'static str {
        self.file
    }

    /// The line of the loop's keyword, or of the function's.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The attributes as the user wrote them.
    #[must_use]
    pub fn plan(&self) -> &'static str {
        self.plan
    }

    /// The place is entered: from the first time on, the report lists it.
    #[inline]
    pub(crate) fn enter(&'static self) {
        if !self.known.load(Relaxed) {
            register(self);
            self.known.store(true, Relaxed);
        }
    }

    /// What is counted for the report.
    #[inline]
    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// What the feature `metrics` knows of this place.
    #[inline(always)]
    pub(crate) fn published(&self) -> &Published {
        &self.published
    }

    /// What running it has taught.
    #[inline]
    pub(crate) fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Opens a region for about `left` items (`None`: not known): [`Pool::region`] with the
    /// patience that suits what is known of them.
    pub(crate) fn open<F: Fn(usize) + Sync>(
        &self,
        pool: &Pool,
        workers: usize,
        left: Option<usize>,
        body: &F,
    ) {
        pool.region_with(workers, self.profile.patience(left), body);
    }

    /// [`open`](Self::open) for a loop whose calling thread produces: all workers are called at
    /// once, since what a body does while it waits for items is not known.
    pub(crate) fn open_apart<F: Fn(usize) + Sync>(&self, pool: &Pool, workers: usize, body: &F) {
        pool.region_apart(workers, self.profile.patience(None), body);
    }
}
