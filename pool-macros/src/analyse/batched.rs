//! The loop variable of a batched loop, used as if it were an item.
//!
//! Most of that is rustc's to say: it names the types, `Vec<Event>` for `Event`. Nothing on stable
//! Rust lets a macro add to what it says of a method, a field or an argument. Where no batch could
//! be meant, whatever the items are, the loop is refused here instead, and the reason is given.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, ExprBinary, ExprField, ExprForLoop, ExprLit, Item, Lit, Macro, Pat, UnOp};

use super::macros;
use super::names::{Names, Var};
use super::place::peel;
use crate::diagnostics::{Errors, readable};

/// Refuses what can only be meant for an item; whether anything is.
pub(super) fn used_as_items(node: &ExprForLoop, names: &Names, errors: &Errors) {
    let pattern = match &*node.pat {
        Pat::Type(typed) => &*typed.pat,
        other => other,
    };
    match pattern {
        Pat::Tuple(_) | Pat::Reference(_) | Pat::Struct(_) | Pat::TupleStruct(_) => {
            let text = readable(&names.restore_pat(pattern.clone()).to_token_stream());
            errors.at(
                names.restore_pat(pattern.clone()),
                format!(
                    "the loop variable of a batched loop is a batch, a slice or a `Vec` of items: \
                     write `for batch in ..`, and `for {text} in batch` inside"
                ),
            );
            errors.found_by_rustc();
        }
        Pat::Ident(ident) => {
            let Some(var) = names.var(&ident.ident) else { return };
            let mut search = Search { var, names, found: None };
            search.visit_block(&node.body);
            if let Some((tokens, what)) = search.found {
                let name = names.name(var);
                errors.at(
                    tokens,
                    format!(
                        "`{name}` is a batch here, a slice or a `Vec` of items, and has no {what}: \
                         write `for batch in ..`, and `for {name} in batch` inside"
                    ),
                );
                errors.found_by_rustc();
            }
        }
        _ => {}
    }
}

struct Search<'a> {
    var: Var,
    names: &'a Names,
    /// What to underline, and what a batch does not have.
    found: Option<(TokenStream, String)>,
}

impl Search<'_> {
    /// Whether an expression is the batch; with a `*` before it, if `through`.
    fn is_batch(&self, node: &Expr, through: bool) -> bool {
        match peel(node) {
            Expr::Path(path) => !through && self.names.of_path(path) == Some(self.var),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => {
                self.is_batch(&unary.expr, false)
            }
            _ => false,
        }
    }
}

/// Whether an operator computes a number.
fn is_arithmetic(op: &BinOp) -> bool {
    !matches!(
        op,
        BinOp::Eq(_)
            | BinOp::Ne(_)
            | BinOp::Lt(_)
            | BinOp::Le(_)
            | BinOp::Gt(_)
            | BinOp::Ge(_)
            | BinOp::And(_)
            | BinOp::Or(_)
    )
}

fn is_number(node: &Expr) -> bool {
    matches!(peel(node), Expr::Lit(ExprLit { lit: Lit::Int(_) | Lit::Float(_), .. }))
}

impl Visit<'_> for Search<'_> {
    fn visit_expr_field(&mut self, node: &ExprField) {
        if self.is_batch(&node.base, false) {
            let member = node.member.to_token_stream();
            self.found.get_or_insert((member.clone(), format!("field `{member}`")));
        }
        visit::visit_expr_field(self, node);
    }

    fn visit_expr_binary(&mut self, node: &ExprBinary) {
        // A slice behind `*` can be compared with another one, and no more.
        let of = |side: &Expr, other: &Expr| {
            is_number(other) && self.is_batch(side, false)
                || is_arithmetic(&node.op) && self.is_batch(side, true)
        };
        if of(&node.left, &node.right) || of(&node.right, &node.left) {
            let op = node.op.to_token_stream();
            self.found.get_or_insert((op.clone(), format!("operator `{op}`")));
        }
        visit::visit_expr_binary(self, node);
    }

    fn visit_macro(&mut self, call: &Macro) {
        macros::arguments(call).iter().flatten().for_each(|argument| self.visit_expr(argument));
    }
    fn visit_item(&mut self, _: &Item) {}
}
