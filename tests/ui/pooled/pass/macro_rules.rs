//! Functions, loops and values from `macro_rules!`.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::pooled;

macro_rules! sums {
    ($($(#[$meta:meta])* $name:ident($type:ty, $workers:expr, $chunk:literal) $range:expr;)*) => {
        $(
            $(#[$meta])*
            #[pooled(workers = $workers, chunk = $chunk)]
            fn $name() -> $type {
                let mut sum = 0;
                for i in $range {
                    sum += i;
                }
                sum
            }
        )*
    };
}

sums! {
    /// Documented.
    bytes(u32, 1 + 1, 8) 0..100;
    words(u64, "auto", 16) (0..200).rev();
}

macro_rules! whole {
    ($vis:vis fn $name:ident($($arg:ident: $ty:ty),*) -> $ret:ty $body:block) => {
        #[pooled]
        $vis fn $name($($arg: $ty),*) -> $ret $body
    };
}

whole!(
    fn triple(n: u64) -> u64 {
        let mut sum = 0;
        for i in 0..n {
            sum += i * 3;
        }
        sum
    }
);

fn main() {
    assert_eq!(bytes(), 4_950);
    assert_eq!(words(), 19_900);
    assert_eq!(triple(10), 135);
}
