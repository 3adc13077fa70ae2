//! The arguments of an attribute: `key`, `key = value`, `key(list)`, separated by commas.
//!
//! Each argument is taken apart on its own, so that one mistake does not hide the next one.
//! What the keys are, where they are accepted and how their values are read stands in one place:
//! [`table`].

mod lists;
mod table;
mod together;
mod value;

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Ident, Token, token};

use crate::diagnostics::Errors;
use crate::model::{Keys, Layer};

pub(crate) use table::Place;
pub(crate) use together::{check_loop, check_task};

/// One argument before its key is known to be one.
struct Arg {
    key: Ident,
    value: Value,
}

/// What follows the key.
enum Value {
    /// Nothing.
    Word,
    /// `= expr`.
    Is(Box<Expr>),
    /// `(..)`.
    List(token::Paren, TokenStream),
}

/// Reads the arguments of `layer` on `place` into `keys`. A key that is there already, from this
/// attribute or another one of its stack, is an error.
pub(crate) fn read(
    layer: Layer,
    place: Place,
    args: TokenStream,
    keys: &mut Keys,
    errors: &Errors,
) {
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            match arg(input) {
                Ok(arg) => table::enter(layer, place, arg, keys, errors),
                Err(error) => {
                    errors.push(error);
                    skip_to_comma(input)?;
                }
            }
            if input.is_empty() {
                break;
            }
            if input.parse::<Token![,]>().is_err() {
                errors.at_span(
                    input.span(),
                    "expected `,` between two keys: write `workers = 8, chunk = 100`",
                );
                skip_to_comma(input)?;
                input.parse::<Option<Token![,]>>()?;
            }
        }
        Ok(())
    };
    errors.take(parser.parse2(args));
}

fn arg(input: ParseStream<'_>) -> syn::Result<Arg> {
    if !input.peek(Ident::peek_any) {
        return Err(value::not_a_key(input));
    }
    let key = input.call(Ident::parse_any)?;
    if input.peek(Token![-]) && input.peek2(Ident::peek_any) {
        let dash: Token![-] = input.parse()?;
        let rest = input.call(Ident::parse_any)?;
        skip_to_comma(input)?;
        return Err(syn::Error::new_spanned(
            dash,
            format!("keys are written with `_`: write `{key}_{rest}`"),
        ));
    }
    let value = if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        if input.is_empty() || input.peek(Token![,]) {
            return Err(syn::Error::new_spanned(
                &key,
                format!("`{key}` has no value: write `{}`", table::form_of(&key)),
            ));
        }
        Value::Is(input.parse().map_err(|error| {
            // An error at the end of the input would underline the whole attribute.
            if input.is_empty() {
                syn::Error::new_spanned(&key, format!("the value of `{key}` is not complete"))
            } else {
                error
            }
        })?)
    } else if input.peek(token::Paren) {
        let content;
        let paren = syn::parenthesized!(content in input);
        Value::List(paren, content.parse()?)
    } else {
        Value::Word
    };
    Ok(Arg { key, value })
}

fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}
