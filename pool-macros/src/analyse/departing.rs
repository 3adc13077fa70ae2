//! `found = Some(i); break;`: what is assigned on the way out of the loop.
//!
//! The exit with the lowest position wins, and of the items that count it alone has assigned. So
//! the assignment is an extremum without a comparison: a share says whether it was reached.

use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprBreak, ExprClosure, ExprContinue, Item, Stmt};

/// The statements of a block that assign something behind which the loop is left for certain;
/// `leaves` says so of a `break` or a `return`.
pub(crate) fn assignments(block: &Block, leaves: &dyn Fn(&Expr) -> bool) -> Vec<usize> {
    let way_out =
        block.stmts.iter().position(|stmt| matches!(stmt, Stmt::Expr(node, _) if leaves(node)));
    let Some(way_out) = way_out else { return Vec::new() };
    let straight = block.stmts[..way_out].iter().rev().take_while(|stmt| is_straight(stmt));
    let straight = straight.count();
    let is_assignment = |at: &usize| matches!(block.stmts[*at], Stmt::Expr(Expr::Assign(_), _));
    (way_out - straight..way_out).filter(is_assignment).collect()
}

/// Whether what follows a statement is reached, or the function is left.
fn is_straight(stmt: &Stmt) -> bool {
    struct Search(bool);
    impl Visit<'_> for Search {
        fn visit_expr_break(&mut self, _: &ExprBreak) {
            self.0 = false;
        }
        fn visit_expr_continue(&mut self, _: &ExprContinue) {
            self.0 = false;
        }
        fn visit_macro(&mut self, call: &syn::Macro) {
            self.0 &= super::macros::arguments(call).is_some();
        }
        fn visit_expr_closure(&mut self, _: &ExprClosure) {}
        fn visit_item(&mut self, _: &Item) {}
    }
    let mut search = Search(true);
    visit::visit_stmt(&mut search, stmt);
    search.0
}
