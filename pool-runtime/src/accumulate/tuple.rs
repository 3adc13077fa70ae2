//! Reductions of a tuple's fields, each by its own operation: `let (lowest, highest, sum, count) =
//! m.entry(k).or_insert((f64::MAX, f64::MIN, 0.0, 0)); *lowest = lowest.min(e); *count += 1; ..`.
//!
//! A share of a tuple is the tuple of the fields' shares; of a field that the body does not change
//! it is nothing. How many fields there are the type says, so the macro gives eight rules, of which
//! [`Tuple::trim`] keeps as many.

use std::marker::PhantomData;

use super::Order;
use super::parts::{Nothing, Type};
use super::rule::Rule;

/// Reduces each field by its rule in the tuple `R`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByTuple<R>(pub R);

/// A field that the body does not change.
#[derive(Clone, Copy, Debug)]
pub struct Untouched;

impl<T> Rule<T> for Untouched {
    type Seed = ();
    type Share = ();
    const ORDER: Order = Order::Any;

    fn seed(&self, _: &T) {}
    fn fresh(&self, (): &()) {}
    fn merge(&self, (): &mut (), (): ()) {}
    fn apply(&self, _: &mut T, (): ()) {}
}

/// A tuple with this field.
pub trait Field<const INDEX: usize> {
    /// The field's type.
    type Part;
}

/// The field of a type.
#[derive(Debug)]
pub struct At<const INDEX: usize, T>(PhantomData<*const T>);

impl<const INDEX: usize, T> At<INDEX, T> {
    /// That of this type.
    pub fn of(_type: &Type<T>) -> Self {
        Self(PhantomData)
    }
}

/// The field of a tuple.
pub trait PickField {
    /// Its type.
    type Part;
    /// Its type.
    fn field(&self) -> Type<Self::Part> {
        Type::named()
    }
}

impl<const INDEX: usize, T: Field<INDEX>> PickField for &At<INDEX, T> {
    type Part = T::Part;
}

/// Any other field: what is wrong with it is said by `Tuple`.
pub trait PickNoField {
    /// A type that has a rule.
    fn field(&self) -> Type<Nothing> {
        Type::named()
    }
}

impl<const INDEX: usize, T> PickNoField for At<INDEX, T> {}

/// Asked of what is no tuple.
#[diagnostic::on_unimplemented(
    message = "the fields of a `{Self}` are changed in several ways, and how two of them are put together is not known",
    label = "this `{Self}` is not a tuple",
    note = "derive or implement `pool_runtime::Accumulate` for it and write `reduce(..)` with the name of what holds it"
)]
pub trait IsTuple {}

/// A tuple whose fields are reduced by the first of the rules `Rs`.
pub trait Tuple<Rs> {
    /// The tuple's rule.
    type Rule;
    /// As many of the rules as there are fields.
    fn trim(rules: Rs) -> Self::Rule;
}

/// Eight rules for the fields of a type.
#[derive(Debug)]
pub struct Fields<T, Rs>(PhantomData<*const T>, PhantomData<Rs>);

impl<T, Rs> Fields<T, Rs> {
    /// These rules for this type.
    pub fn of(_type: &Type<T>, _rules: &Rs) -> Self {
        Self(PhantomData, PhantomData)
    }
}

/// The rule of a tuple.
pub trait PickTuple {
    /// The tuple.
    type Place;
    /// What makes it.
    fn fields(&self) -> Trim<Self::Place> {
        Trim(PhantomData)
    }
}

impl<T: Tuple<Rs>, Rs> PickTuple for &Fields<T, Rs> {
    type Place = T;
}

/// Any other type: the one error.
pub trait PickNoTuple {
    /// What has no fields to be reduced.
    type Place;
    /// Makes a rule that does not compile.
    fn fields(&self) -> NoFields
    where
        Self::Place: IsTuple,
    {
        NoFields
    }
}

impl<T, Rs> PickNoTuple for Fields<T, Rs> {
    type Place = T;
}

/// Makes a tuple's rule.
#[derive(Debug)]
pub struct Trim<T>(PhantomData<*const T>);

impl<T> Trim<T> {
    /// Of as many of the rules as there are fields.
    pub fn rule<Rs>(self, rules: Rs) -> T::Rule
    where
        T: Tuple<Rs>,
    {
        T::trim(rules)
    }
}

/// Makes no rule.
#[derive(Debug)]
pub struct NoFields;

impl NoFields {
    /// Whatever the rules.
    pub fn rule<Rs>(self, _: Rs) -> Refused {
        Refused
    }
}

/// Stands for the rule of what has none, so that nothing else is said.
#[derive(Clone, Copy, Debug)]
pub struct Refused;

impl<T> Rule<T> for Refused {
    type Seed = ();
    type Share = T;
    const ORDER: Order = Order::Any;

    fn seed(&self, _: &T) {}
    fn fresh(&self, (): &()) -> T {
        unreachable!("does not compile")
    }
    fn merge(&self, _: &mut T, _: T) {}
    fn apply(&self, _: &mut T, _: T) {}
}

/// The strictest of several orders.
pub(super) const fn strictest(orders: &[Order]) -> Order {
    let mut found = Order::Any;
    let mut at = 0;
    while at < orders.len() {
        found = match (found, orders[at]) {
            (Order::InPlace, _) | (_, Order::InPlace) => Order::InPlace,
            (Order::Blocks, _) | (_, Order::Blocks) => Order::Blocks,
            (Order::Sequence, _) | (_, Order::Sequence) => Order::Sequence,
            (Order::Any, Order::Any) => Order::Any,
        };
        at += 1;
    }
    found
}

/// Tuples of one length: its fields, and the rules that are too many.
macro_rules! tuples {
    ($([$($field:ident $rule:ident $index:tt),+] [$($spare:ident),*];)*) => {$(
        impl<$($field, $rule: Rule<$field>),+> Rule<($($field,)+)> for ByTuple<($($rule,)+)> {
            type Seed = ($($rule::Seed,)+);
            type Share = ($($rule::Share,)+);
            const ORDER: Order = strictest(&[$($rule::ORDER),+]);
            const DEAR: bool = $($rule::DEAR)||+;

            fn seed(&self, place: &($($field,)+)) -> Self::Seed {
                ($(self.0.$index.seed(&place.$index),)+)
            }
            fn fresh(&self, seed: &Self::Seed) -> Self::Share {
                ($(self.0.$index.fresh(&seed.$index),)+)
            }
            fn merge(&self, into: &mut Self::Share, later: Self::Share) {
                $(self.0.$index.merge(&mut into.$index, later.$index);)+
            }
            fn apply(&self, place: &mut ($($field,)+), total: Self::Share) {
                $(self.0.$index.apply(&mut place.$index, total.$index);)+
            }
        }

        impl<$($field,)+ $($rule,)+ $($spare,)*> Tuple<($($rule,)+ $($spare,)*)>
            for ($($field,)+)
        {
            type Rule = ByTuple<($($rule,)+)>;
            fn trim(rules: ($($rule,)+ $($spare,)*)) -> Self::Rule {
                ByTuple(($(rules.$index,)+))
            }
        }

        tuples!(@fields [$($field),+] $([$field $index])+);
    )*};
    (@fields $all:tt $([$field:ident $index:tt])+) => {
        $(tuples!(@field $all $field $index);)+
    };
    (@field [$($all:ident),+] $field:ident $index:tt) => {
        impl<$($all),+> Field<$index> for ($($all,)+) {
            type Part = $field;
        }
    };
}

tuples! {
    [A Ra 0] [Rb, Rc, Rd, Re, Rf, Rg, Rh];
    [A Ra 0, B Rb 1] [Rc, Rd, Re, Rf, Rg, Rh];
    [A Ra 0, B Rb 1, C Rc 2] [Rd, Re, Rf, Rg, Rh];
    [A Ra 0, B Rb 1, C Rc 2, D Rd 3] [Re, Rf, Rg, Rh];
    [A Ra 0, B Rb 1, C Rc 2, D Rd 3, E Re 4] [Rf, Rg, Rh];
    [A Ra 0, B Rb 1, C Rc 2, D Rd 3, E Re 4, F Rf 5] [Rg, Rh];
    [A Ra 0, B Rb 1, C Rc 2, D Rd 3, E Re 4, F Rf 5, G Rg 6] [Rh];
    [A Ra 0, B Rb 1, C Rc 2, D Rd 3, E Re 4, F Rf 5, G Rg 6, H Rh 7] [];
}
