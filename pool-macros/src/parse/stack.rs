//! The attributes that stand on one function or loop, put together.
//!
//! The first attribute to expand sees its siblings as plain attributes, by whatever path, and
//! takes them: `cfg_attr` has been resolved by then.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Meta};

use crate::diagnostics::Errors;
use crate::model::{Layer, Stack};
use crate::options::{self, Place};

/// The plan of the function's attribute, which is being expanded, and its siblings among
/// `attributes`, which are removed from there.
pub(super) fn take(
    attribute: Layer,
    args: TokenStream,
    place: Place,
    attributes: &mut Vec<Attribute>,
    errors: &Errors,
) -> Stack {
    let mut stack = Stack::default();
    add(attribute, Span::call_site(), args, place, &mut stack, errors);
    take_siblings(place, attributes, &mut stack, errors);
    stack
}

/// Takes every attribute of ours from `attributes` into `stack`.
pub(super) fn take_siblings(
    place: Place,
    attributes: &mut Vec<Attribute>,
    stack: &mut Stack,
    errors: &Errors,
) {
    attributes.retain(|attribute| {
        let Some(layer) = Layer::of(attribute.path()) else { return true };
        stack.taken.push(attribute.path().clone());
        let args = match &attribute.meta {
            Meta::Path(_) => TokenStream::new(),
            Meta::List(list) => list.tokens.clone(),
            Meta::NameValue(pair) => {
                let name = layer.name();
                errors.at(pair, format!("`{name}` takes a list: write `#[{name}(workers = 8)]`"));
                TokenStream::new()
            }
        };
        let span =
            attribute.path().segments.last().map_or_else(Span::call_site, |s| s.ident.span());
        add(layer, span, args, place, stack, errors);
        false
    });
}

fn add(
    layer: Layer,
    span: Span,
    args: TokenStream,
    place: Place,
    stack: &mut Stack,
    errors: &Errors,
) {
    let name = layer.name();
    let slot = stack.layers.slot(layer);
    if slot.is_some() {
        errors.at_span(span, format!("`#[{name}]` is given twice: put all keys into one"));
    }
    slot.get_or_insert(span);
    if !stack.text.is_empty() {
        stack.text.push_str(", ");
    }
    stack.text.push_str(name);
    if !args.is_empty() {
        stack.text.push_str(&format!("({})", crate::diagnostics::readable(&args)));
    }
    options::read(layer, place, args, &mut stack.keys, errors);
}
