//! `#[cfg_attr(P, pooled)] for ..`: rustc resolves the conditions of attributes above a function
//! before it calls us, but not of those inside, and a macro cannot ask whether `P` holds. So the
//! function is given twice, for `P` and for not `P`, and rustc takes one:
//!
//! ```text
//! #[pooled(keys)] fn f() { #[cfg_attr(P, pooled)] for .. }
//! ->  #[cfg(P)]      #[pooled(keys)] fn f() { #[pooled] for .. }
//!     #[cfg(not(P))] #[pooled(keys)] fn f() { for .. }
//! ```

use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Expr, ItemFn, Meta, Path, Token, parse_quote};

use crate::analyse::ordered;
use crate::model::Layer;
use crate::runtime_path;

/// Both functions, if there is a marker with a condition in this one.
pub(super) fn both(
    attribute: Layer,
    args: &TokenStream,
    item: &TokenStream,
) -> Option<TokenStream> {
    if !has_conditions(item) {
        return None;
    }
    let mut with: ItemFn = syn::parse2(item.clone()).ok()?;
    let mut without = with.clone();
    let condition = take(&mut with, true)?;
    take(&mut without, false);
    let runtime = runtime(args, &with.attrs);
    let name = format_ident!("{}", attribute.name());
    Some(quote! {
        #[cfg(#condition)]
        #[#runtime::#name(#args)]
        #with
        #[cfg(not(#condition))]
        #[#runtime::#name(#args)]
        #without
    })
}

/// Whether there can be any. Nearly no function has one, and to parse it for that is dear.
fn has_conditions(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "cfg_attr",
        TokenTree::Group(group) => has_conditions(&group.stream()),
        _ => false,
    })
}

/// Resolves the first such marker of `function`; returns its condition.
fn take(function: &mut ItemFn, holds: bool) -> Option<Meta> {
    let mut search = Search { holds, condition: None };
    search.visit_block_mut(&mut function.block);
    search.condition
}

struct Search {
    holds: bool,
    condition: Option<Meta>,
}

impl VisitMut for Search {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        if self.condition.is_some() {
            return;
        }
        let found = attributes.iter().enumerate().find_map(|(at, one)| Some((at, marker(one)?)));
        if let Some((at, (condition, markers))) = found {
            let markers = markers.into_iter().filter(|_| self.holds);
            attributes.splice(at..=at, markers.map(|marker| parse_quote!(#[#marker])));
            self.condition = Some(condition);
        }
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
    fn visit_expr_mut(&mut self, node: &mut Expr) {
        if self.condition.is_none() {
            visit_mut::visit_expr_mut(self, node);
        }
    }
}

/// The condition of `cfg_attr(condition, ..)` and what is behind it, if one of that is ours.
fn marker(attribute: &Attribute) -> Option<(Meta, Vec<Meta>)> {
    let Meta::List(list) = &attribute.meta else { return None };
    if !list.path.is_ident("cfg_attr") {
        return None;
    }
    let all = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(list.tokens.clone()).ok()?;
    let mut all = all.into_iter();
    let condition = all.next()?;
    let markers: Vec<Meta> = all.collect();
    let ours =
        |meta: &Meta| Layer::of(meta.path()).is_some() || ordered::is_ordered_path(meta.path());
    markers.iter().any(ours).then_some((condition, markers))
}

/// Where the attributes are: what `crate = ..` says, here or in a sibling.
fn runtime(args: &TokenStream, siblings: &[Attribute]) -> Path {
    let lists = siblings.iter().filter(|sibling| Layer::of(sibling.path()).is_some());
    let lists = lists.filter_map(|sibling| Some(sibling.meta.require_list().ok()?.tokens.clone()));
    std::iter::once(args.clone()).chain(lists).find_map(said).unwrap_or_else(runtime_path::find)
}

fn said(keys: TokenStream) -> Option<Path> {
    let keys = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(keys).ok()?;
    keys.into_iter().find_map(|key| match key {
        Meta::NameValue(pair) if pair.path.is_ident("crate") => match pair.value {
            Expr::Path(path) => Some(path.path),
            _ => None,
        },
        _ => None,
    })
}
