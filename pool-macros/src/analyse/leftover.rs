//! Whether something looks after a loop at a variable that the loop has as working space.
//!
//! Each worker changes a copy, so the variable holds what it held before. Whoever empties it first,
//! or has it as working space of another loop, does not look.

use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprForLoop, Ident, parse_quote};

use super::flow;
use super::names::{Names, Var};
use super::place::peel;
use crate::model::parallel_index;

/// Where `var` is read after the loop with this index.
pub(super) fn read(function: &Block, index: usize, names: &Names, var: Var) -> Option<Ident> {
    let mut rest = function.clone();
    Forget { names, var }.visit_block_mut(&mut rest);
    let is_loop = |node: &Expr| super::is_parallel(node, index);
    flow::read_after(&rest, &is_loop, names, var)
}

struct Forget<'a> {
    names: &'a Names,
    var: Var,
}

impl Forget<'_> {
    fn is_var(&self, node: &Expr) -> bool {
        match peel(node) {
            Expr::Path(path) => self.names.of_path(path) == Some(self.var),
            Expr::Reference(reference) => self.is_var(&reference.expr),
            _ => false,
        }
    }
}

impl VisitMut for Forget<'_> {
    fn visit_expr_mut(&mut self, node: &mut Expr) {
        let empties = match &*node {
            Expr::MethodCall(call) => {
                self.is_var(&call.receiver) && (call.method == "clear" || call.method == "fill")
            }
            Expr::Call(call) => {
                matches!(&*call.func, Expr::Path(path)
                    if path.path.segments.last().is_some_and(|last| last.ident == "drop"))
                    && call.args.iter().all(|argument| self.is_var(argument))
            }
            _ => false,
        };
        if empties {
            let unique = self.names.unique(self.var);
            *node = parse_quote!(#unique = ());
            return;
        }
        visit_mut::visit_expr_mut(self, node);
    }

    // What a parallel loop's body does to a captured variable is not known to the code after it.
    fn visit_expr_for_loop_mut(&mut self, node: &mut ExprForLoop) {
        if parallel_index(&node.attrs).is_some() {
            node.body.stmts.clear();
            self.visit_expr_mut(&mut node.expr);
        } else {
            visit_mut::visit_expr_for_loop_mut(self, node);
        }
    }
}
