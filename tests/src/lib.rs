//! Shared helpers of the test package; the tests are in `tests/`.

pub mod generate;
