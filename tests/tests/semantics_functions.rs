//! Every kind of function may carry the attribute: generic, method, made by a macro, nested, with
//! marked loops, calling itself.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(clippy::needless_range_loop, reason = "the shapes are what is tested")]

use std::fmt::{Debug, Display};
use std::ops::{AddAssign, Mul};

use pool_runtime::pooled;
use tests::{noise, same, twins};

fn small(length: usize) -> Vec<u64> {
    noise(length).map(|x| x % 1000).collect()
}

twins! { pooled() fn generic<T, const W: usize>(xs: &[T], weights: [T; W]) -> [T; W]
where
    T: Copy + Default + AddAssign + Mul<Output = T> + Send + Sync,
{
    let mut sums = [T::default(); W];
    for &x in xs {
        for k in 0..W {
            sums[k] += x * weights[k];
        }
    }
    sums
} }

#[test]
fn generic_functions_and_const_generics() {
    same!(generic as f => |n| (f(&small(n), [1, 2, 3]), f::<i32, 0>(&[5; 9], []), f(&[7u8; 3], [2])));
}

twins! { pooled() fn generic_sum<T: Copy + Default + AddAssign + Send + Sync>(xs: &[T]) -> T {
    let mut sum = T::default();
    for &x in xs {
        sum += x;
    }
    sum
} }

#[test]
fn a_sum_of_a_type_parameter() {
    same!(generic_sum as f => |n| (f(&small(n)), f(&[1i32; 10])));
}

twins! { pooled() fn lifetimes<'a, 'b: 'a, S>(names: &'a [S], extra: &'b str) -> Vec<&'a str>
where
    S: AsRef<str> + Sync + 'a,
{
    let mut out = Vec::new();
    for name in names {
        out.push(name.as_ref());
        if name.as_ref().len() > 2 {
            out.push(extra);
        }
    }
    out
} }

#[test]
fn explicit_lifetimes() {
    same!(lifetimes as f => |n| {
        let names: Vec<String> = small(n).iter().map(u64::to_string).collect();
        f(&names, "extra").join(",")
    });
}

twins! { pooled() fn with_impl_fn(xs: &[u64], f: impl Fn(u64) -> u64 + Sync, show: &(dyn Fn(u64) -> String + Sync)) -> (u64, String) {
    let mut sum = 0;
    let mut text = String::new();
    for &x in xs {
        sum += f(x);
        text += &show(x);
    }
    (sum, text)
} }

#[test]
fn functions_that_are_parameters() {
    same!(with_impl_fn as f => |n| {
        let offset = n as u64;
        f(&small(n), |x| x + offset, &|x| format!("<{x}>"))
    });
}

twins! { pooled() fn impl_return(xs: &[u64]) -> impl Iterator<Item = u64> + Debug {
    let mut out = Vec::new();
    for x in xs {
        out.push(x + 1);
    }
    out.into_iter()
} }

#[test]
fn an_impl_trait_return_type() {
    same!(impl_return as f => |n| f(&small(n)).collect::<Vec<_>>());
}

trait Scale {
    const FACTOR: u64;
    fn scale(&self, x: u64) -> u64;
    fn total(&self, xs: &[u64]) -> u64;
    fn provided(&self, xs: &[u64]) -> u64;
}

macro_rules! machine {
    ($name:ident, $switch:meta) => {
        #[derive(Clone, Debug, PartialEq)]
        struct $name<T> {
            seen: u64,
            high: Option<T>,
            items: Vec<T>,
            bins: [u32; 4],
        }

        impl<T: Copy + Ord + Send + Sync + Into<u64>> $name<T> {
            const STEP: u64 = 3;

            #[cfg_attr($switch, pooled(workers = tests::workers(), chunk = tests::chunk()))]
            fn feed(&mut self, xs: &[T]) -> &mut Self {
                for &x in xs {
                    self.seen += Self::STEP;
                    self.high = self.high.max(Some(x));
                    self.items.push(x);
                    self.bins[(x.into() % 4) as usize] += 1;
                }
                self
            }

            #[cfg_attr($switch, pooled(workers = tests::workers(), chunk = tests::chunk()))]
            fn weigh(&self, weight: u64) -> u64 {
                let mut sum = 0;
                for x in &self.items {
                    sum += self.one(*x) * weight;
                }
                sum
            }

            fn one(&self, x: T) -> u64 {
                x.into() + self.seen % 7
            }

            #[cfg_attr($switch, pooled(workers = tests::workers(), chunk = tests::chunk()))]
            fn bump(&mut self)
            where
                T: AddAssign,
            {
                for x in self.items.iter_mut() {
                    let y = *x;
                    *x += y;
                }
            }

            #[cfg_attr($switch, pooled(workers = tests::workers(), chunk = tests::chunk()))]
            fn into_odd(self) -> Vec<u64> {
                let mut odd = Vec::new();
                for x in self.items {
                    if x.into() % 2 == 1 {
                        odd.push(x.into());
                    }
                }
                odd
            }

            #[cfg_attr($switch, pooled(workers = tests::workers(), chunk = tests::chunk()))]
            fn of(xs: &[T]) -> Self {
                let mut new = Self { seen: 0, high: None, items: Vec::new(), bins: [0; 4] };
                for x in xs {
                    new.seen += 1;
                    new.items.push(*x);
                }
                new
            }
        }

        impl<T: Sync> Scale for $name<T> {
            const FACTOR: u64 = 5;
            fn scale(&self, x: u64) -> u64 {
                x * Self::FACTOR + self.seen
            }

            #[cfg_attr($switch, pooled(workers = tests::workers(), chunk = tests::chunk()))]
            fn total(&self, xs: &[u64]) -> u64 {
                let mut sum = 0;
                for x in xs {
                    sum += self.scale(*x) + <Self as Scale>::FACTOR;
                }
                sum
            }

            fn provided(&self, xs: &[u64]) -> u64 {
                #[cfg_attr($switch, pooled(workers = tests::workers(), chunk = tests::chunk()))]
                fn inner(xs: &[u64], factor: u64) -> u64 {
                    let mut sum = 0;
                    for x in xs {
                        sum += x * factor;
                    }
                    sum
                }
                inner(xs, Self::FACTOR)
            }
        }
    };
}

machine!(Plain, any());
machine!(Annotated, all());

#[test]
fn methods_associated_functions_and_trait_implementations() {
    tests::across(|n| {
        let xs = small(n);
        let mut plain = Plain::of(&xs);
        let mut annotated = Annotated::of(&xs);
        plain.feed(&xs).bump();
        annotated.feed(&xs).bump();
        assert_eq!(
            format!("{plain:?}").replace("Plain", ""),
            format!("{annotated:?}").replace("Annotated", "")
        );
        assert_eq!(plain.weigh(3), annotated.weigh(3));
        assert_eq!(plain.total(&xs), annotated.total(&xs));
        assert_eq!(plain.provided(&xs), annotated.provided(&xs));
        assert_eq!(plain.into_odd(), annotated.into_odd());
    });
}

macro_rules! make_sum {
    ($name:ident, $type:ty, $start:expr, $body:block, $x:ident) => {
        pub(super) fn $name(xs: &[$type]) -> $type {
            let mut sum = $start;
            for &$x in xs {
                sum += $body;
            }
            sum
        }
    };
    (annotated $name:ident, $type:ty, $start:expr, $body:block, $x:ident) => {
        #[pooled(workers = tests::workers(), chunk = tests::chunk())]
        pub(super) fn $name(xs: &[$type]) -> $type {
            let mut sum = $start;
            for &$x in xs {
                sum += $body;
            }
            sum
        }
    };
}

mod made {
    use super::*;
    make_sum!(
        plain,
        u64,
        10,
        {
            let y = x * 2;
            y + 1
        },
        x
    );
    make_sum!(annotated auto, u64, 10, { let y = x * 2; y + 1 }, x);
    make_sum!(annotated cut, u64, 10, { let y = x * 2; y + 1 }, x);
}

#[test]
fn a_function_made_by_macro_rules() {
    same!(made as f => |n| f(&small(n)));
}

macro_rules! hygienic {
    ($x:expr) => {{
        let sum = 100;
        sum + $x
    }};
}

twins! { pooled() fn macro_locals(xs: &[u64]) -> u64 {
    let mut sum = 0;
    for x in xs {
        sum += hygienic!(x * 2);
    }
    sum
} }

#[test]
fn a_macro_s_own_local_of_the_same_name() {
    same!(macro_locals as f => |n| f(&small(n)));
}

#[pooled(workers = tests::workers())]
fn recursive(depth: u64, width: u64) -> u64 {
    let mut leaves = 0;
    for _ in 0..width {
        if depth == 0 {
            leaves += 1;
        } else {
            leaves += recursive(depth - 1, width);
        }
    }
    leaves
}

#[test]
fn a_parallel_loop_that_calls_its_own_function() {
    tests::plans(|| assert_eq!(recursive(4, 4), 4u64.pow(5)));
}

/// Documentation stays.
#[must_use]
#[inline]
#[allow(clippy::unused_unit, reason = "attributes around ours stay")]
#[pooled]
#[cfg(all())]
pub fn attributes<T: Display + Sync>(#[allow(unused_mut)] mut xs: Vec<T>) -> Vec<String> {
    #![allow(clippy::vec_init_then_push, reason = "an inner attribute")]
    let mut out = Vec::new();
    #[allow(clippy::single_match)]
    for x in &xs {
        out.push(x.to_string());
    }
    xs.clear();
    out
}

#[test]
fn attributes_parameters_and_visibility_are_kept() {
    assert_eq!(attributes(vec![1, 2, 3]), ["1", "2", "3"]);
}

twins! { pooled() fn patterns_in_parameters((a, b): (u64, u64), [x, .., z]: [u64; 4]) -> u64 {
    let mut sum = 0;
    for i in a..b {
        sum += i * x + z;
    }
    sum
} }

#[test]
fn patterns_as_parameters() {
    same!(patterns_in_parameters as f => |n| f((2, n as u64), [1, 2, 3, 4]));
}

#[test]
fn an_annotated_function_inside_a_function() {
    #[pooled(workers = 2)]
    fn local(n: u32) -> u32 {
        let mut sum = 0;
        for i in 0..n {
            sum += i;
        }
        sum
    }
    assert_eq!(local(1000), 499_500);
}

#[test]
fn a_function_pointer_to_an_annotated_function() {
    let f: fn(u64, u64) -> u64 = recursive;
    assert_eq!(f(1, 3), 9);
    assert_eq!([1, 2].map(|width| recursive(0, width)), [1, 2]);
}
