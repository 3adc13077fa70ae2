//! What the macros expand to, as a reader sees it. `UPDATE_EXPECT=1 cargo test -p pool-macros`
//! writes the snapshots anew; read the difference before you commit it.

mod analysis;
mod derive;
mod face;
mod loops;
mod mutations;
mod real_code;
mod soup;
mod tasks;

use expect_test::Expect;
use proc_macro2::TokenStream;

use crate::expand::expand;
use crate::model::Layer;

/// The expansion of `source`, a function below one of our attributes, formatted.
fn expansion(source: &str) -> String {
    let tokens = expanded(source);
    match syn::parse2::<syn::File>(tokens.clone()) {
        Ok(file) => prettyplease::unparse(&file),
        Err(error) => panic!("the output does not parse: {error}\n{tokens}"),
    }
}

/// The tokens that the first attribute of `source` expands to.
fn expanded(source: &str) -> TokenStream {
    let mut item: syn::ItemFn = syn::parse_str(source).expect("a function");
    let at = item
        .attrs
        .iter()
        .position(|attribute| Layer::of(attribute.path()).is_some())
        .expect("an attribute of ours");
    let attribute = item.attrs.remove(at);
    let args = match &attribute.meta {
        syn::Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let layer = Layer::of(attribute.path()).expect("found by this");
    expand(layer, args, quote::ToTokens::into_token_stream(item))
}

fn check(source: &str, expected: &Expect) {
    expected.assert_eq(&expansion(source));
}
