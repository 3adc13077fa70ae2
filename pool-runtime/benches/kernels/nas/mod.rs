//! Five kernels: a sparse solver, a multigrid cycle, pairs of random numbers in a histogram, a
//! counting sort, a Fourier transform by rows and transpositions.
//!
//! [`twins`] takes each loop once and makes two functions of it, with the attribute and without.

#![allow(
    clippy::assign_op_pattern,
    clippy::manual_div_ceil,
    clippy::needless_range_loop,
    reason = "loops in the spelling of numerical codes are what is measured"
)]

mod cg;
mod ep;
mod ft;
mod is;
mod mg;
mod openmp;

use crate::measure::{Goal, Measure};

/// How many runs a sample of the small sizes and of the large ones has: some 20 ms.
const SMALL: u32 = 15;
const LARGE: u32 = 5;

/// All kernels, in two sizes each. Beside OpenMP as it does here, each has what OpenMP gains with two
/// threads in the benchmarks' own C++ version, in sizes S and W, on a machine like this one.
///
/// The C programs are timed as the middle one of up to 31 runs in a row: so is all that stands beside
/// them, else a moment in which the machine is somebody else's counts on one side only.
pub(crate) fn measures() -> Vec<Measure> {
    vec![
        ep::measure(1 << 14).middle_of(SMALL).goal(Goal::Gain(1.96)),
        ep::measure(1 << 18).middle_of(LARGE).goal(Goal::Gain(1.98)),
        cg::measure(1_400).middle_of(SMALL).goal(Goal::Gain(1.83)),
        cg::measure(7_000).middle_of(LARGE).goal(Goal::Gain(1.65)),
        mg::measure(32).middle_of(SMALL).goal(Goal::Gain(1.53)),
        mg::measure(64).middle_of(LARGE).goal(Goal::Gain(1.86)),
        ft::measure(32).middle_of(SMALL).goal(Goal::Gain(1.24)),
        ft::measure(64).middle_of(LARGE).goal(Goal::Gain(1.91)),
        is::measure(1 << 16, 1 << 11).middle_of(SMALL).goal(Goal::Gain(0.80)),
        is::measure(1 << 20, 1 << 16).middle_of(LARGE).goal(Goal::Gain(1.40)),
    ]
}

/// What a float result is compared by: groupings of a sum differ in the last digits.
fn digits(x: f64) -> String {
    format!("{x:.7e}")
}

/// `Loops`, a struct of functions, and two values of it: `PLAIN` and `ANNOTATED`.
macro_rules! twins {
    ($(fn $name:ident($($parameter:ident: $type:ty),* $(,)?) $(-> $result:ty)? {
        $($body:tt)*
    })*) => {
        mod plain {
            #[allow(unused_imports, reason = "a loop over numbers names nothing from outside")]
            use super::*;
            $(pub(super) fn $name($($parameter: $type),*) $(-> $result)? { $($body)* })*
        }

        mod annotated {
            #[allow(unused_imports, reason = "a loop over numbers names nothing from outside")]
            use super::*;
            $(
                #[::pool_runtime::pooled]
                pub(super) fn $name($($parameter: $type),*) $(-> $result)? { $($body)* }
            )*
        }

        struct Loops {
            $($name: fn($($type),*) $(-> $result)?,)*
        }

        const PLAIN: Loops = Loops { $($name: plain::$name,)* };
        const ANNOTATED: Loops = Loops { $($name: annotated::$name,)* };
    };
}
use twins;
