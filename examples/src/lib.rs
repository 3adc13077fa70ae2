//! Shared helpers of the examples: real inputs, fair timing, tables.
//!
//! Every example prints the sequential loop, the naive pool and the annotated loop side by side.
//! [`contest()`] runs the versions in turn, so that a slow moment of the machine hits all of them,
//! and compares what they return; [`ceiling`] says how much two threads can gain here at all.

pub mod contest;
pub mod corpus;
pub mod memory;
pub mod naive;
pub mod picture;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod service;
pub mod sweep;
pub mod web;

pub use contest::{Timing, ceiling, contest, machine, show};
pub use corpus::{Corpus, words};

/// The arguments that every example understands.
#[derive(Debug, Default)]
pub struct Args {
    /// `--quick`: a fraction of the input and one run, to see that the program works.
    pub quick: bool,
    /// The first argument that is not an option.
    pub path: Option<std::path::PathBuf>,
}

impl Args {
    /// Reads the command line.
    #[must_use]
    pub fn read() -> Self {
        let mut args = Self::default();
        for arg in std::env::args_os().skip(1) {
            if arg == "--quick" {
                args.quick = true;
            } else {
                args.path = Some(arg.into());
            }
        }
        args
    }

    /// `full`, or a hundredth of it under `--quick`.
    #[must_use]
    pub const fn scaled(&self, full: usize) -> usize {
        if self.quick { full.div_ceil(100) } else { full }
    }

    /// How often each version runs.
    #[must_use]
    pub const fn runs(&self) -> usize {
        if self.quick { 1 } else { 5 }
    }
}
