//! One computation in several versions, ready to be timed: what the benchmarks `kernels` and
//! `scenarios` give to criterion and the scoreboard runs in turn.
//!
//! Inputs are leaked, so that versions can share them: there are few, and the process ends soon.

#![allow(dead_code, reason = "each program uses what it needs of these")]

pub(crate) mod calls;
pub(crate) mod first_error;

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::time::Duration;

/// What a version is among its siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    /// The plain loop, with which all others are compared.
    Sequential,
    /// The best that is known by hand, without a library of loops.
    Hand,
    /// What one writes with rayon.
    Rayon,
    /// The crate that is made for exactly this.
    Peer,
    /// The plain loop with an attribute.
    Annotated,
}

/// One version. It returns a number that says what it computed, the same as its siblings do.
pub(crate) struct Version {
    pub(crate) role: Role,
    pub(crate) name: &'static str,
    pub(crate) work: Box<dyn FnMut() -> u64>,
    /// Runs what it is given, in a place that the version needs (the inside of a pool).
    pub(crate) place: fn(&mut dyn FnMut()),
}

/// A version in another process, which times itself: it returns how many times as fast as the
/// sequential loop in its own language it has been, if it could be built.
pub(crate) struct Elsewhere {
    pub(crate) name: &'static str,
    pub(crate) gain: Box<dyn FnMut() -> Option<f64>>,
}

/// What is wanted of the annotated version.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    /// So many times as fast as the sequential one.
    Gain(f64),
    /// This share of what two threads gain here at all.
    Ceiling(f64),
    /// This share of the speed of the version with that role.
    Beside(Role, f64),
    /// So much time for each item beyond the sequential one's.
    PerItem(Duration),
    /// At most so much longer than the sequential one, and 5 %.
    Overhead(Duration),
}

/// How a version is sampled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// How often a sample runs a version.
    pub(crate) repeat: u32,
    /// Whether each of these runs is timed by itself, and the sample is the middle one of them.
    pub(crate) middle: bool,
    /// How long the process sleeps before each run.
    pub(crate) pause: Duration,
}

/// One computation.
pub(crate) struct Measure {
    pub(crate) name: String,
    pub(crate) plan: Plan,
    /// How many items a run has.
    pub(crate) items: u64,
    /// One sample is enough for every so many passes: the long ones.
    pub(crate) every: u32,
    pub(crate) goals: Vec<Goal>,
    pub(crate) versions: Vec<Version>,
    pub(crate) elsewhere: Option<Elsewhere>,
}

impl Measure {
    pub(crate) fn new(name: impl Into<String>, items: u64) -> Self {
        Self {
            name: name.into(),
            plan: Plan { repeat: 1, middle: false, pause: Duration::ZERO },
            items,
            every: 1,
            goals: Vec::new(),
            versions: Vec::new(),
            elsewhere: None,
        }
    }

    /// A sample runs each version so often.
    pub(crate) fn repeat(mut self, repeat: u32) -> Self {
        self.plan.repeat = repeat;
        self
    }

    /// A sample runs each version so often, and is the middle one of these runs.
    pub(crate) fn middle_of(mut self, runs: u32) -> Self {
        self.plan.middle = true;
        self.repeat(runs)
    }

    /// Everybody sleeps for a millisecond before each run.
    pub(crate) fn cold(mut self) -> Self {
        self.plan.pause = Duration::from_millis(1);
        self
    }

    /// Takes part in every `every`th pass only.
    pub(crate) fn every(mut self, every: u32) -> Self {
        self.every = every;
        self
    }

    pub(crate) fn goal(mut self, goal: Goal) -> Self {
        self.goals.push(goal);
        self
    }

    pub(crate) fn elsewhere(
        mut self,
        name: &'static str,
        gain: impl FnMut() -> Option<f64> + 'static,
    ) -> Self {
        self.elsewhere = Some(Elsewhere { name, gain: Box::new(gain) });
        self
    }

    pub(crate) fn version<T: Hash>(
        self,
        role: Role,
        name: &'static str,
        work: impl FnMut() -> T + 'static,
    ) -> Self {
        self.version_in(role, name, |run| run(), work)
    }

    pub(crate) fn version_in<T: Hash>(
        mut self,
        role: Role,
        name: &'static str,
        place: fn(&mut dyn FnMut()),
        mut work: impl FnMut() -> T + 'static,
    ) -> Self {
        let work = Box::new(move || fingerprint(&work()));
        self.versions.push(Version { role, name, work, place });
        self
    }

    /// Runs each version once.
    ///
    /// # Panics
    /// When one returns something else than the first.
    pub(crate) fn verify(&mut self) {
        let mut expected = None;
        for version in &mut self.versions {
            let mut found = 0;
            (version.place)(&mut || found = (version.work)());
            let first = *expected.get_or_insert(found);
            assert_eq!(found, first, "{}: {} computes something else", self.name, version.name);
        }
    }
}

/// A number for a result. Numbers of 64 bits stay what they are: hashing would cost more than the
/// shortest loops do.
fn fingerprint<T: Hash>(result: &T) -> u64 {
    let mut hasher = Fingerprint::default();
    result.hash(&mut hasher);
    hasher.finish()
}

#[derive(Default)]
struct Fingerprint {
    number: u64,
    rest: Option<DefaultHasher>,
}

impl Hasher for Fingerprint {
    fn write(&mut self, bytes: &[u8]) {
        self.rest.get_or_insert_default().write(bytes);
    }

    #[inline]
    fn write_u64(&mut self, number: u64) {
        self.number = self.number.rotate_left(7) ^ number;
    }

    fn finish(&self) -> u64 {
        self.rest.as_ref().map_or(self.number, |rest| rest.finish() ^ self.number)
    }
}

/// An input that lives as long as the process.
pub(crate) fn kept<T>(input: T) -> &'static T {
    Box::leak(Box::new(input))
}

/// One step of splitmix64: noise, and an item that LLVM can vectorize but not fold.
#[inline(always)]
pub(crate) fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}
