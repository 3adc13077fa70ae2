//! Random programs: loops of every form of the language, each printed twice from the same text,
//! with and without its attributes, then compiled, run and compared.
//!
//! A [`Program`] follows from its seed alone. [`batch`] builds many into one binary, which
//! [`run`] drives; [`minimise`] makes a program that differs smaller.

pub mod batch;
mod collections;
mod expressions;
mod maker;
pub mod minimise;
pub mod prelude;
mod program;
mod random;
mod reductions;
pub mod refused;
pub mod run;
mod scope;
mod sources;
mod statements;
mod text;
mod writes;

pub use program::{Program, program};
pub use random::Random;
pub use text::{Node, Twin, size};
