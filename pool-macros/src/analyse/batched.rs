//! The loop variable of a batched loop, used as if it were an item.
//!
//! Most of that is rustc's to say: it names the types, `Vec<Event>` for `Event`, and the expansion
//! adds a note to it (see `expand/loops/batch_uses.rs`). Where no batch could be meant, whatever the
//! items are, the loop is refused here, and the reason is given.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{
    BinOp, Expr, ExprBinary, ExprField, ExprForLoop, ExprLet, ExprLit, ExprMatch, Item, Lit, Local,
    Macro, Pat, UnOp,
};

use super::macros::{self, Displayed};
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
                        "`{name}` is a batch here, a slice or a `Vec` of items, and {what}: write \
                         `for batch in ..`, and `for {name} in batch` inside"
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
    /// What to underline, and what is wrong with it for a batch.
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

impl Search<'_> {
    /// The pattern that the batch is matched with.
    fn matched(&mut self, value: &Expr, pattern: &Pat) {
        let matched = match peel(value) {
            Expr::Reference(reference) => peel(&reference.expr),
            other => other,
        };
        if self.is_batch(matched, false)
            && let Some(never) = never_a_batch(pattern)
        {
            let never = self.names.restore_pat(never.clone()).to_token_stream();
            let what = format!("is never matched by `{}`", readable(&never));
            self.found.get_or_insert((never, what));
        }
    }
}

/// The part of a pattern that no slice and no `Vec` is matched by, whatever its items are.
fn never_a_batch(pattern: &Pat) -> Option<&Pat> {
    match pattern {
        Pat::Struct(_) | Pat::TupleStruct(_) | Pat::Tuple(_) | Pat::Range(_) => Some(pattern),
        Pat::Lit(ExprLit {
            lit: Lit::Int(_) | Lit::Float(_) | Lit::Bool(_) | Lit::Char(_),
            ..
        }) => Some(pattern),
        Pat::Or(several) => several.cases.iter().find_map(never_a_batch),
        Pat::Paren(inner) => never_a_batch(&inner.pat),
        Pat::Reference(inner) => never_a_batch(&inner.pat),
        Pat::Type(typed) => never_a_batch(&typed.pat),
        Pat::Guard(guarded) => never_a_batch(&guarded.pat),
        _ => None,
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
            self.found.get_or_insert((member.clone(), format!("has no field `{member}`")));
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
            self.found.get_or_insert((op.clone(), format!("has no operator `{op}`")));
        }
        visit::visit_expr_binary(self, node);
    }

    fn visit_expr_match(&mut self, node: &ExprMatch) {
        node.arms.iter().for_each(|arm| self.matched(&node.expr, &arm.pat));
        visit::visit_expr_match(self, node);
    }

    fn visit_expr_let(&mut self, node: &ExprLet) {
        self.matched(&node.expr, &node.pat);
        visit::visit_expr_let(self, node);
    }

    fn visit_local(&mut self, node: &Local) {
        if let Some(init) = &node.init {
            self.matched(&init.expr, &node.pat);
        }
        visit::visit_local(self, node);
    }

    fn visit_macro(&mut self, call: &Macro) {
        for (shown, format, spec) in macros::displayed(call) {
            let (is_batch, place) = match shown {
                Displayed::Value(value) => {
                    (self.is_batch(&value, false), self.names.restore_expr(value).to_token_stream())
                }
                Displayed::Name(name) => {
                    let mentioned = self.names.in_tokens(&call.tokens);
                    let is_batch = mentioned.iter().any(|(var, _)| *var == self.var)
                        && name == self.names.name(self.var);
                    (is_batch, format.to_token_stream())
                }
            };
            if is_batch {
                let spec = if spec.is_empty() { String::new() } else { format!(":{spec}") };
                let what = format!("is not printed by `{{{spec}}}` (by `{{:?}}` it is)");
                self.found.get_or_insert((place, what));
            }
        }
        macros::arguments(call).iter().flatten().for_each(|argument| self.visit_expr(argument));
    }
    fn visit_item(&mut self, _: &Item) {}
}
