//! `#[derive(Accumulate)]`.

use expect_test::{Expect, expect};

fn check(source: &str, expected: &Expect) {
    let output = crate::expand::accumulate::derive(source.parse().expect("tokens"));
    let file = syn::parse2::<syn::File>(output).expect("an item");
    expected.assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn named_fields_accumulate_one_by_one() {
    check(
        "pub struct Stats { pub count: u64, names: Vec<String> }",
        &expect![[r#"
        #[automatically_derived]
        impl ::pool_runtime::Accumulate for Stats {
            fn fresh(&self) -> Self {
                Self {
                    count: <u64 as ::pool_runtime::Accumulate>::fresh(&self.count),
                    names: <Vec<String> as ::pool_runtime::Accumulate>::fresh(&self.names),
                }
            }
            fn merge(&mut self, later: Self) {
                <u64 as ::pool_runtime::Accumulate>::merge(&mut self.count, later.count);
                <Vec<String> as ::pool_runtime::Accumulate>::merge(&mut self.names, later.names);
            }
        }
    "#]],
    );
}

#[test]
fn generic_fields_must_accumulate_and_others_need_not_say_so() {
    check(
        "struct Pair<T, const N: usize>(u64, [T; N], Vec<T>) where T: Clone;",
        &expect![[r#"
        #[automatically_derived]
        impl<T, const N: usize> ::pool_runtime::Accumulate for Pair<T, N>
        where
            T: Clone,
            [T; N]: ::pool_runtime::Accumulate,
            Vec<T>: ::pool_runtime::Accumulate,
        {
            fn fresh(&self) -> Self {
                Self(
                    <u64 as ::pool_runtime::Accumulate>::fresh(&self.0),
                    <[T; N] as ::pool_runtime::Accumulate>::fresh(&self.1),
                    <Vec<T> as ::pool_runtime::Accumulate>::fresh(&self.2),
                )
            }
            fn merge(&mut self, later: Self) {
                <u64 as ::pool_runtime::Accumulate>::merge(&mut self.0, later.0);
                <[T; N] as ::pool_runtime::Accumulate>::merge(&mut self.1, later.1);
                <Vec<T> as ::pool_runtime::Accumulate>::merge(&mut self.2, later.2);
            }
        }
    "#]],
    );
}

#[test]
fn a_unit_struct_has_nothing_to_accumulate() {
    check(
        "struct Nothing;",
        &expect![[r#"
        #[automatically_derived]
        impl ::pool_runtime::Accumulate for Nothing {
            fn fresh(&self) -> Self {
                Self
            }
            fn merge(&mut self, later: Self) {
                let _ = later;
            }
        }
    "#]],
    );
}

#[test]
fn an_enum_is_refused_at_its_keyword() {
    check(
        "enum Either { Left(u64), Right }",
        &expect![[r#"
        ::core::compile_error! {
            "the shares of an enum may be of different variants: implement `Accumulate` by hand"
        }
    "#]],
    );
}
