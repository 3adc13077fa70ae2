//! The attribute macros of `pool-runtime`. Depend on `pool-runtime`, which re-exports them.
