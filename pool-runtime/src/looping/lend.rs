//! Variables handed to a body as parameters.
//!
//! ```text
//! |(), (out,), block| lend2(table, n, |table, n| {
//!     for i in block { out[i] = table[i % n]; }
//! })
//! ```
//!
//! What a closure captures is read from memory, and may be anybody's as far as LLVM knows; what a
//! parameter refers to stays as it is while the function runs.

/// A function for each number of variables.
macro_rules! lend {
    ($($name:ident: $($variable:ident $kind:ident),+;)+) => {$(
        /// Runs `body` with these variables.
        #[allow(clippy::too_many_arguments, reason = "generated code calls it")]
        #[inline(always)]
        pub fn $name<$($kind,)+ R>(
            $($variable: $kind,)+
            body: impl FnOnce($($kind),+) -> R,
        ) -> R {
            body($($variable),+)
        }
    )+};
}

lend! {
    lend1: a A;
    lend2: a A, b B;
    lend3: a A, b B, c C;
    lend4: a A, b B, c C, d D;
    lend5: a A, b B, c C, d D, e E;
    lend6: a A, b B, c C, d D, e E, f F;
    lend7: a A, b B, c C, d D, e E, f F, g G;
    lend8: a A, b B, c C, d D, e E, f F, g G, h H;
}
