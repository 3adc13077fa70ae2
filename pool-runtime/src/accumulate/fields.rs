//! Reductions of a struct's fields, each by its own operation: `let s = m.entry(k).or_default();
//! s.count += 1; s.longest = s.longest.max(e);`.
//!
//! Nothing is known of the struct but the fields that the body changes. A share is the tuple of
//! their shares, in which the body writes; how a field is reached in the user's struct, the macro
//! says by two closures. What the body does not change stays as it was, or as a new entry has it.

use std::fmt;

use super::Order;
use super::parts::Type;
use super::rule::Rule;
use super::tuple::strictest;

/// How a field of a `T`, of type `A`, is reached.
pub struct Lens<T, A> {
    get: fn(&T) -> &A,
    get_mut: fn(&mut T) -> &mut A,
}

impl<T, A> Clone for Lens<T, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, A> Copy for Lens<T, A> {}

impl<T, A> fmt::Debug for Lens<T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lens")
    }
}

impl<T, A> Lens<T, A> {
    /// The field that these closures lead to.
    pub fn new(_type: &Type<T>, get: fn(&T) -> &A, get_mut: fn(&mut T) -> &mut A) -> Self {
        Self { get, get_mut }
    }

    /// The field's type.
    pub fn part(&self) -> Type<A> {
        Type::named()
    }

    /// The field, reduced by `rule`.
    pub fn reduced_by<R>(self, rule: R) -> Reduced<T, A, R> {
        Reduced { lens: self, rule }
    }
}

/// A field and its rule.
#[derive(Debug)]
pub struct Reduced<T, A, R> {
    lens: Lens<T, A>,
    rule: R,
}

impl<T, A, R: Clone> Clone for Reduced<T, A, R> {
    fn clone(&self) -> Self {
        Self { lens: self.lens, rule: self.rule.clone() }
    }
}

/// Reduces the fields in the tuple `Fs`, and no others.
#[derive(Clone, Debug)]
pub struct ByFields<Fs>(pub Fs);

macro_rules! by_fields {
    ($([$($field:ident $rule:ident $index:tt),+])*) => {$(
        impl<T, $($field, $rule: Rule<$field>),+> Rule<T>
            for ByFields<($(Reduced<T, $field, $rule>,)+)>
        {
            type Seed = ($($rule::Seed,)+);
            type Share = ($($rule::Share,)+);
            const ORDER: Order = strictest(&[$($rule::ORDER),+]);
            const DEAR: bool = $($rule::DEAR)||+;

            fn seed(&self, place: &T) -> Self::Seed {
                ($(self.0.$index.rule.seed((self.0.$index.lens.get)(place)),)+)
            }
            fn fresh(&self, seed: &Self::Seed) -> Self::Share {
                ($(self.0.$index.rule.fresh(&seed.$index),)+)
            }
            fn merge(&self, into: &mut Self::Share, later: Self::Share) {
                $(self.0.$index.rule.merge(&mut into.$index, later.$index);)+
            }
            fn apply(&self, place: &mut T, total: Self::Share) {
                $(self.0.$index.rule.apply((self.0.$index.lens.get_mut)(place), total.$index);)+
            }
        }
    )*};
}

by_fields! {
    [A Ra 0]
    [A Ra 0, B Rb 1]
    [A Ra 0, B Rb 1, C Rc 2]
    [A Ra 0, B Rb 1, C Rc 2, D Rd 3]
    [A Ra 0, B Rb 1, C Rc 2, D Rd 3, E Re 4]
    [A Ra 0, B Rb 1, C Rc 2, D Rd 3, E Re 4, F Rf 5]
    [A Ra 0, B Rb 1, C Rc 2, D Rd 3, E Re 4, F Rf 5, G Rg 6]
    [A Ra 0, B Rb 1, C Rc 2, D Rd 3, E Re 4, F Rf 5, G Rg 6, H Rh 7]
    [A Ra 0, B Rb 1, C Rc 2, D Rd 3, E Re 4, F Rf 5, G Rg 6, H Rh 7, I Ri 8]
    [A Ra 0, B Rb 1, C Rc 2, D Rd 3, E Re 4, F Rf 5, G Rg 6, H Rh 7, I Ri 8, J Rj 9]
    [A Ra 0, B Rb 1, C Rc 2, D Rd 3, E Re 4, F Rf 5, G Rg 6, H Rh 7, I Ri 8, J Rj 9, K Rk 10]
    [A Ra 0, B Rb 1, C Rc 2, D Rd 3, E Re 4, F Rf 5, G Rg 6, H Rh 7, I Ri 8, J Rj 9, K Rk 10,
     L Rl 11]
}
