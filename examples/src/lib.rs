//! Shared helpers of the examples: real inputs, timing, tables.
