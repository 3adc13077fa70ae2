//! Dropping what nobody will see, when its `Drop` may panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Drops `value`; a panic of its `Drop` ends here, and so does a panic of that panic's payload.
pub(super) fn discard<T>(value: T) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(value)))
        && let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload)))
    {
        std::mem::forget(again);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Chain(usize);
    impl Drop for Chain {
        fn drop(&mut self) {
            if let Some(rest) = self.0.checked_sub(1) {
                std::panic::panic_any(Chain(rest));
            }
        }
    }

    #[test]
    fn a_payload_that_panics_when_it_is_dropped_stays_inside() {
        discard(Chain(5));
    }
}
