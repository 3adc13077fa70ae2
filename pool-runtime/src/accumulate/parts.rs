//! Reductions of a container's values: `entry!(m, add)`, `bins!(h, add)`, nested as deep as the
//! body indexes: `entry!(m, entry(append))`, `bins!(h, bins(add))`.
//!
//! The rule is put together from the inside: [`Parts`] leads from a container's type to the type
//! of its values, where the operator chooses its rule as it does for a variable.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::marker::PhantomData;
use std::ops::Deref;

use super::Accumulate;
use super::rule::Of;

/// A container whose values can be reduced.
pub trait Parts {
    /// The type of its values.
    type Part;
}

impl<K, V, S> Parts for HashMap<K, V, S> {
    type Part = V;
}
impl<K, V> Parts for BTreeMap<K, V> {
    type Part = V;
}
impl<T> Parts for Vec<T> {
    type Part = T;
}
impl<T> Parts for VecDeque<T> {
    type Part = T;
}
impl<T> Parts for [T] {
    type Part = T;
}
impl<T, const N: usize> Parts for [T; N] {
    type Part = T;
}

/// A type without a value.
#[derive(Debug)]
pub struct Type<T: ?Sized>(PhantomData<*const T>);

impl<T: ?Sized> Type<T> {
    /// The type of `place`.
    pub fn of(_place: &T) -> Self {
        Self(PhantomData)
    }

    /// A type by its name.
    pub(super) const fn named() -> Self {
        Self(PhantomData)
    }

    /// The type of what `start` makes, which is not called: types that only the body names are
    /// inferred from it.
    pub fn like(&self, start: impl FnOnce() -> T)
    where
        T: Sized,
    {
        drop(start);
    }

    /// Which rule has this type?
    pub fn ask<O>(&self, candidates: O) -> Of<O, T> {
        Of::part(candidates)
    }
}

/// The values of a container.
pub trait Within {
    /// Their type.
    type Part;
    /// Their type.
    fn part(&self) -> Type<Self::Part> {
        Type(PhantomData)
    }
}

impl<P: Parts + ?Sized> Within for &&Type<P> {
    type Part = P::Part;
}

/// The values of the container behind a `Box` or a guard.
pub trait WithinOwner {
    /// Their type.
    type Part;
    /// Their type.
    fn part(&self) -> Type<Self::Part> {
        Type(PhantomData)
    }
}

impl<P: Deref<Target: Parts> + ?Sized> WithinOwner for &Type<P> {
    type Part = <P::Target as Parts>::Part;
}

/// Any other type: what is wrong with it is said where its own rule is chosen.
pub trait WithinNothing {
    /// A type that has a rule.
    fn part(&self) -> Type<Nothing> {
        Type(PhantomData)
    }
}

impl<P: ?Sized> WithinNothing for Type<P> {}

/// Has no values; stands for what could not be looked into.
#[derive(Debug)]
pub struct Nothing;

#[diagnostic::do_not_recommend]
impl Accumulate for Nothing {
    fn fresh(&self) -> Self {
        Self
    }
    fn merge(&mut self, Self: Self) {}
}

/// The rule of a container's values: `__pool_part!(type, add)`, `__pool_part!(type, entry(add))`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_part {
    ($type:expr, add) => {
        $crate::__pool_part!(@ask $type, $crate::__private::rule::Operator($crate::__private::op::Add))
    };
    ($type:expr, mul) => {
        $crate::__pool_part!(@ask $type, $crate::__private::rule::Operator($crate::__private::op::Mul))
    };
    ($type:expr, or) => {
        $crate::__pool_part!(@ask $type, $crate::__private::rule::Operator($crate::__private::op::Or))
    };
    ($type:expr, and) => {
        $crate::__pool_part!(@ask $type, $crate::__private::rule::Operator($crate::__private::op::And))
    };
    ($type:expr, xor) => {
        $crate::__pool_part!(@ask $type, $crate::__private::rule::Operator($crate::__private::op::Xor))
    };
    ($type:expr, wrapping_add) => {
        $crate::__pool_part!(
            @ask $type,
            $crate::__private::rule::Operator($crate::__private::op::WrappingAdd)
        )
    };
    ($type:expr, wrapping_mul) => {
        $crate::__pool_part!(
            @ask $type,
            $crate::__private::rule::Operator($crate::__private::op::WrappingMul)
        )
    };
    ($type:expr, net) => {
        $crate::__pool_part!(@ask $type, $crate::__private::op::Balancing)
    };
    ($type:expr, min) => {
        $crate::__pool_part!(@ask $type, $crate::__private::op::Extremum($crate::__private::op::Min))
    };
    ($type:expr, max) => {
        $crate::__pool_part!(@ask $type, $crate::__private::op::Extremum($crate::__private::op::Max))
    };
    ($type:expr, merge) => {
        $crate::__pool_part!(@ask $type, ())
    };
    ($type:expr, append) => {{
        let _ = &$type;
        $crate::__private::rule::ByAppend
    }};
    ($type:expr, first) => {{
        let _ = &$type;
        $crate::__private::rule::ByFirst
    }};
    ($type:expr, insert) => {{
        let _ = &$type;
        $crate::__private::rule::ByInsert
    }};
    ($type:expr, less) => {{
        let _ = &$type;
        $crate::__private::rule::ByComparison($crate::__private::op::Less)
    }};
    ($type:expr, less_total) => {{
        let _ = &$type;
        $crate::__private::rule::ByTotalOrder($crate::__private::op::Less)
    }};
    ($type:expr, less_equal) => {{
        let _ = &$type;
        $crate::__private::rule::ByComparison($crate::__private::op::LessEqual)
    }};
    ($type:expr, less_equal_total) => {{
        let _ = &$type;
        $crate::__private::rule::ByTotalOrder($crate::__private::op::LessEqual)
    }};
    ($type:expr, greater) => {{
        let _ = &$type;
        $crate::__private::rule::ByComparison($crate::__private::op::Greater)
    }};
    ($type:expr, greater_total) => {{
        let _ = &$type;
        $crate::__private::rule::ByTotalOrder($crate::__private::op::Greater)
    }};
    ($type:expr, greater_equal) => {{
        let _ = &$type;
        $crate::__private::rule::ByComparison($crate::__private::op::GreaterEqual)
    }};
    ($type:expr, greater_equal_total) => {{
        let _ = &$type;
        $crate::__private::rule::ByTotalOrder($crate::__private::op::GreaterEqual)
    }};
    ($type:expr, entry($($inner:tt)+)) => {
        $crate::__private::rule::ByEntry($crate::__pool_part!(@within $type, $($inner)+))
    };
    // A row of the user's own type that can be indexed is its `Accumulate`.
    ($type:expr, bins($($inner:tt)+)) => {{
        let row = $crate::__private::rule::ByRow($crate::__pool_part!(@within $type, $($inner)+));
        $crate::__pool_part!(@ask $type, $crate::__private::rule::Container(row))
    }};
    ($type:expr, array($($inner:tt)+)) => {{
        $crate::__private::rule::fixed(&$type);
        $crate::__pool_part!($type, bins($($inner)+))
    }};
    ($type:expr, tuple($($index:tt $op:ident)+)) => {{
        #[allow(unused_imports)]
        use $crate::__private::rule::{PickNoTuple as _, PickTuple as _};
        let rules = ($($crate::__pool_part!(@field $type, $index, $op),)+);
        (&&$crate::__private::rule::Fields::of(&$type, &rules)).fields().rule(rules)
    }};
    ($type:expr, fields($(like($start:expr))? $([$($field:tt).+] $op:ident $(($($inner:tt)+))?),+)) => {{
        $($type.like($start);)?
        $crate::__private::rule::ByFields(($(
            $crate::__pool_part!(@lens $type, [$($field).+] $op $(($($inner)+))?),
        )+))
    }};
    ($type:expr, by($better:expr)) => {
        $crate::__private::rule::ByChoice::of(&$type, $better)
    };
    ($type:expr, by($better:expr, like($start:expr))) => {{
        $type.like($start);
        $crate::__private::rule::ByChoice::of(&$type, $better)
    }};
    (@lens $type:expr, [$($field:tt).+] $($op:tt)+) => {{
        let lens = $crate::__private::rule::Lens::new(
            &$type,
            // Behind a `*`, rustc says the same of both, and so says it once.
            |whole| &(*whole).$($field).+,
            |whole| &mut (*whole).$($field).+,
        );
        let part = lens.part();
        lens.reduced_by($crate::__pool_part!(part, $($op)+))
    }};
    (@field $type:expr, $index:tt, untouched) => { $crate::__private::rule::Untouched };
    (@field $type:expr, $index:tt, $op:ident) => {{
        #[allow(unused_imports)]
        use $crate::__private::rule::{PickField as _, PickNoField as _};
        let field = (&&$crate::__private::rule::At::<$index, _>::of(&$type)).field();
        $crate::__pool_part!(field, $op)
    }};
    (@within $type:expr, $($inner:tt)+) => {{
        #[allow(unused_imports)]
        use $crate::__private::rule::{Within as _, WithinNothing as _, WithinOwner as _};
        let part = (&&&$type).part();
        $crate::__pool_part!(part, $($inner)+)
    }};
    (@ask $type:expr, $candidates:expr) => {{
        #[allow(unused_imports)]
        use $crate::__private::rule::{First as _, Last as _, Second as _, Third as _};
        (&&&&$type.ask($candidates)).rule()
    }};
}

/// A container reached by a method call or an index, whose values are reduced; in parts, if the
/// brackets say in how many.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_reach_parts {
    ($container:expr, [$($shards:expr)?], $place:expr, $($inner:tt)+) => {{
        #[allow(unused_imports)]
        use $crate::__private::rule::Reach as _;
        match $place.__pool_reach() {
            place => {
                let place_type = $crate::__private::rule::Type::of(&*place);
                let inner = $crate::__pool_part!(@within place_type, $($inner)+);
                let container = $container(inner);
                $(let container = $crate::__private::rule::InParts::new(container, $shards);)?
                let container = $crate::__private::rule::Container(container);
                let rule = $crate::__pool_rule!(container, place);
                $crate::__private::rule::Fold::new(place, rule)
            }
        }
    }};
}
