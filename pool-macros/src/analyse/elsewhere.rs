//! Whether a variable may be changed outside of a loop: whether its `mut` is for something else.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Item, Macro};

use super::forms;
use super::macros;
use super::names::{Names, Var};
use super::place::Target;

/// Whether something in `function` outside of the loop assigns `var`, borrows it mutably, or calls
/// a method on it.
pub(crate) fn may_change(
    function: &Block,
    is_loop: &dyn Fn(&Expr) -> bool,
    names: &Names,
    var: Var,
) -> bool {
    let mut search = Search { is_loop, names, var, found: false };
    search.visit_block(function);
    search.found
}

struct Search<'a> {
    is_loop: &'a dyn Fn(&Expr) -> bool,
    names: &'a Names,
    var: Var,
    found: bool,
}

impl Search<'_> {
    fn leads_there(&self, node: &Expr) -> bool {
        Target::of(node, self.names).is_some_and(|target| target.place.root == self.var)
    }

    fn in_tokens(&self, tokens: &TokenStream) -> bool {
        self.names.in_tokens(tokens).iter().any(|(var, _)| *var == self.var)
    }
}

impl Visit<'_> for Search<'_> {
    fn visit_expr(&mut self, node: &Expr) {
        if (self.is_loop)(node) {
            if let Expr::ForLoop(node) = node {
                self.visit_expr(&node.expr);
            }
            return;
        }
        self.found |= match node {
            Expr::Assign(assign) => {
                self.leads_there(&assign.left)
                    || matches!(*assign.left, Expr::Tuple(_) | Expr::Array(_))
                        && self.in_tokens(&assign.left.to_token_stream())
            }
            Expr::Binary(binary) => {
                forms::is_assignment(&binary.op) && self.leads_there(&binary.left)
            }
            Expr::Reference(reference) => {
                reference.mutability.is_some() && self.leads_there(&reference.expr)
            }
            Expr::RawAddr(address) => self.leads_there(&address.expr),
            Expr::MethodCall(call) => self.leads_there(&call.receiver),
            Expr::Call(call) => call.args.iter().any(|argument| self.leads_there(argument)),
            Expr::Match(node) => self.leads_there(&node.expr),
            Expr::Let(node) => self.leads_there(&node.expr),
            _ => false,
        };
        visit::visit_expr(self, node);
    }

    fn visit_macro(&mut self, call: &Macro) {
        match macros::arguments(call) {
            Some(arguments) => {
                let writes = call
                    .path
                    .segments
                    .last()
                    .is_some_and(|last| last.ident == "write" || last.ident == "writeln");
                if writes && let Some(first) = arguments.first() {
                    self.found |= self.leads_there(first);
                }
                arguments.iter().for_each(|argument| self.visit_expr(argument));
            }
            None => self.found |= self.in_tokens(&call.tokens),
        }
    }

    fn visit_item(&mut self, _: &Item) {}
}
