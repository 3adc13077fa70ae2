//! `#[cfg_attr(P, pooled)] for ..`: rustc resolves the conditions of attributes above a function
//! before it calls us, but not of those inside, and a macro cannot ask whether `P` holds. So the
//! function is given twice, for `P` and for not `P`, and rustc takes one:
//!
//! ```text
//! #[pooled(keys)] fn f() { #[cfg_attr(P, pooled)] for .. }
//! ->  #[cfg(P)]      #[pooled(keys)] fn f() { #[pooled] for .. }
//!     #[cfg(not(P))] #[pooled(keys)] fn f() { for .. }
//! ```
//!
//! So is a function with `#[cfg(P)]` on a statement of a loop: what the statement does must not
//! count where rustc takes it away.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Block, Expr, ExprForLoop, ExprWhile, ItemFn, Meta, Path, Stmt, Token, parse_quote,
};

use crate::analyse::{macros::first_word, ordered};
use crate::model::Layer;
use crate::runtime_path;

/// Both functions, if there is a marker with a condition in this one.
pub(super) fn both(
    attribute: Layer,
    args: &TokenStream,
    item: &TokenStream,
) -> Option<TokenStream> {
    // Nearly no function has a condition, and to parse it for that is dear.
    first_word(item, &|word| word == "cfg_attr" || word == "cfg")?;
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

/// Resolves the first such marker of `function`; returns its condition.
fn take(function: &mut ItemFn, holds: bool) -> Option<Meta> {
    let mut search = Search { holds, condition: None, loops: 0 };
    search.visit_block_mut(&mut function.block);
    search.condition
}

struct Search {
    holds: bool,
    condition: Option<Meta>,
    loops: usize,
}

impl Search {
    fn in_loop(&mut self, body: &mut Block) {
        self.loops += 1;
        self.visit_block_mut(body);
        self.loops -= 1;
    }

    /// Resolves the first statement with a condition.
    fn statement(&mut self, stmts: &mut Vec<Stmt>) {
        let conditions = stmts.iter_mut().enumerate().find_map(|(at, stmt)| {
            let attributes = attributes_of(stmt)?;
            let own = attributes.iter().position(|one| one.path().is_ident("cfg"))?;
            let condition = attributes[own].parse_args::<Meta>().ok()?;
            attributes.remove(own);
            Some((at, condition))
        });
        if let Some((at, condition)) = conditions {
            self.condition = Some(condition);
            if !self.holds {
                stmts.remove(at);
            }
        }
    }
}

/// The attributes of a statement that is no item.
fn attributes_of(stmt: &mut Stmt) -> Option<&mut Vec<Attribute>> {
    match stmt {
        Stmt::Local(local) => Some(&mut local.attrs),
        Stmt::Macro(call) => Some(&mut call.attrs),
        Stmt::Expr(node, _) => attributes_of_expr(node),
        Stmt::Item(_) => None,
    }
}

/// Those before an expression that can stand as a statement: `rustc` refuses them before an
/// assignment or an operation.
fn attributes_of_expr(node: &mut Expr) -> Option<&mut Vec<Attribute>> {
    Some(match node {
        Expr::Block(node) => &mut node.attrs,
        Expr::Call(node) => &mut node.attrs,
        Expr::ForLoop(node) => &mut node.attrs,
        Expr::If(node) => &mut node.attrs,
        Expr::Loop(node) => &mut node.attrs,
        Expr::Macro(node) => &mut node.attrs,
        Expr::Match(node) => &mut node.attrs,
        Expr::MethodCall(node) => &mut node.attrs,
        Expr::Return(node) => &mut node.attrs,
        Expr::Break(node) => &mut node.attrs,
        Expr::Continue(node) => &mut node.attrs,
        Expr::Unsafe(node) => &mut node.attrs,
        Expr::While(node) => &mut node.attrs,
        _ => return None,
    })
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
    fn visit_block_mut(&mut self, node: &mut Block) {
        if self.loops > 0 && self.condition.is_none() {
            self.statement(&mut node.stmts);
        }
        visit_mut::visit_block_mut(self, node);
    }
    fn visit_expr_for_loop_mut(&mut self, node: &mut ExprForLoop) {
        self.visit_attributes_mut(&mut node.attrs);
        self.visit_expr_mut(&mut node.expr);
        self.in_loop(&mut node.body);
    }
    fn visit_expr_while_mut(&mut self, node: &mut ExprWhile) {
        self.visit_attributes_mut(&mut node.attrs);
        self.visit_expr_mut(&mut node.cond);
        self.in_loop(&mut node.body);
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
