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
use proc_macro2::{Group, TokenStream, TokenTree};

use crate::expand::{batch_note, expand};
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
    without_notes(expand(layer, args, quote::ToTokens::into_token_stream(item)))
}

/// Tokens in which our own macro for notes is expanded, too.
fn without_notes(tokens: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut shown: Vec<TokenTree> = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Ident(word) if *word == batch_note::NAME => {
                let Some(TokenTree::Group(inside)) = tokens.get(at + 1) else {
                    panic!("the macro is called");
                };
                at += 2;
                // `::pool_runtime::__private::`
                let path = |token: &TokenTree| match token {
                    TokenTree::Punct(mark) => mark.as_char() == ':',
                    TokenTree::Ident(word) => word == "pool_runtime" || word == "__private",
                    _ => false,
                };
                while shown.last().is_some_and(path) {
                    shown.pop();
                }
                shown.extend(without_notes(batch_note::expand(inside.stream(), true)));
            }
            TokenTree::Group(group) => {
                shown.push(Group::new(group.delimiter(), without_notes(group.stream())).into());
            }
            token => shown.push(token.clone()),
        }
    }
    shown.into_iter().collect()
}

fn check(source: &str, expected: &Expect) {
    expected.assert_eq(&expansion(source));
}
