//! Tasks that are joined right where they are made, inside a loop: the loop then waits for each
//! before it makes the next.

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprForLoop, ExprLoop, ExprMethodCall, ExprWhile, Item};

use super::place::peel;
use crate::diagnostics::{Errors, readable};

/// Refuses `task(..).join()` in the loops of a function.
pub(crate) fn refuse(body: &Block, errors: &Errors) {
    Search { loops: 0, errors }.visit_block(body);
}

struct Search<'a> {
    loops: usize,
    errors: &'a Errors,
}

impl Visit<'_> for Search<'_> {
    fn visit_expr_method_call(&mut self, node: &ExprMethodCall) {
        if self.loops > 0
            && node.method == "join"
            && node.args.is_empty()
            && let Expr::Call(call) = peel(&node.receiver)
            && let Expr::Path(function) = peel(&call.func)
            // What spawns a thread is no task of ours.
            && function.path.segments.last().is_none_or(|last| last.ident != "spawn")
        {
            let name = readable(&function.to_token_stream());
            self.errors.at(
                &node.method,
                format!(
                    "`{name}(..)` is joined where it is made, so this loop waits for each task \
                     before it makes the next: `push` the tasks to a `Vec`, and write \
                     `pool_runtime::try_join_all(tasks)` after the loop"
                ),
            );
        }
        visit::visit_expr_method_call(self, node);
    }

    fn visit_expr_for_loop(&mut self, node: &ExprForLoop) {
        self.visit_expr(&node.expr);
        self.loops += 1;
        self.visit_block(&node.body);
        self.loops -= 1;
    }

    fn visit_expr_while(&mut self, node: &ExprWhile) {
        self.loops += 1;
        visit::visit_expr_while(self, node);
        self.loops -= 1;
    }

    fn visit_expr_loop(&mut self, node: &ExprLoop) {
        self.loops += 1;
        visit::visit_expr_loop(self, node);
        self.loops -= 1;
    }

    fn visit_item(&mut self, _: &Item) {}
}
