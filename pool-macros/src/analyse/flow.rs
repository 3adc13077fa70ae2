//! Variables that are private to an iteration: every iteration assigns them before it reads them,
//! and nothing reads them after the loop.
//!
//! Both questions are the same: starting here, can the variable be read before it is assigned?
//! The walk follows the order of evaluation and keeps one state; where ways meet, the variable is
//! assigned if it is on all of them. A loop may run zero times, a closure at any time.

use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprForLoop, ExprWhile, Ident, Item, Macro, Pat, Stmt, UnOp};

use super::macros;
use super::names::{Names, Var};
use super::place::peel;

/// What is known at one point of the walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing was assigned since the walk's start.
    Open,
    Assigned,
    /// Control never gets here.
    Gone,
    /// The walk has not come to its start.
    Before,
}

impl State {
    fn meet(self, other: Self) -> Self {
        match (self, other) {
            (Self::Gone, known) | (known, Self::Gone) => known,
            (Self::Open, _) | (_, Self::Open) => Self::Open,
            (Self::Before, _) | (_, Self::Before) => Self::Before,
            (Self::Assigned, Self::Assigned) => Self::Assigned,
        }
    }
}

/// Where `var` is read before the body assigns it, if an iteration can do that.
pub(crate) fn read_first(body: &Block, names: &Names, var: Var) -> Option<Ident> {
    let mut walk = Walk { names, var, state: State::Open, start: None, read: None };
    walk.block(body);
    walk.read
}

/// Where `var` is read after the loop, before it is assigned again. `parallel` tells whether a
/// node is the loop.
pub(crate) fn read_after(
    function: &Block,
    parallel: &dyn Fn(&Expr) -> bool,
    names: &Names,
    var: Var,
) -> Option<Ident> {
    let mut walk = Walk { names, var, state: State::Before, start: Some(parallel), read: None };
    walk.block(function);
    walk.read
}

struct Walk<'a> {
    names: &'a Names,
    var: Var,
    state: State,
    /// The loop behind which the walk starts.
    start: Option<&'a dyn Fn(&Expr) -> bool>,
    read: Option<Ident>,
}

impl Walk<'_> {
    fn is_var(&self, node: &Expr) -> Option<Ident> {
        match peel(node) {
            Expr::Path(path) if self.names.of_path(path) == Some(self.var) => {
                path.path.get_ident().cloned()
            }
            _ => None,
        }
    }

    fn touch(&mut self, ident: Ident) {
        if self.state == State::Open {
            self.read.get_or_insert(ident);
        }
    }

    /// Runs `inside` as something that may not happen at all.
    fn maybe(&mut self, inside: impl FnOnce(&mut Self)) {
        let before = self.state;
        inside(self);
        self.state = self.state.meet(before);
    }

    /// A loop's body, which may run again with what it has left.
    fn again(&mut self, inside: impl Fn(&mut Self)) {
        let before = self.state;
        inside(self);
        if before == State::Before && self.state != State::Before {
            // The start is inside: the next round begins with what this one has left.
            inside(self);
            self.state = self.state.meet(State::Open);
        } else {
            self.state = before;
        }
    }

    fn block(&mut self, block: &Block) {
        for stmt in &block.stmts {
            match stmt {
                Stmt::Local(local) => {
                    if let Some(init) = &local.init {
                        self.expr(&init.expr);
                        if let Some((_, otherwise)) = &init.diverge {
                            let before = self.state;
                            self.expr(otherwise);
                            self.state = before;
                        }
                    }
                }
                Stmt::Item(_) => {}
                Stmt::Expr(node, _) => self.expr(node),
                Stmt::Macro(node) => self.macro_call(&node.mac),
            }
        }
    }

    fn expr(&mut self, node: &Expr) {
        if let Some(is_start) = self.start
            && is_start(node)
        {
            return self.the_loop(node);
        }
        match node {
            Expr::Group(group) => self.expr(&group.expr),
            Expr::Paren(paren) => self.expr(&paren.expr),
            Expr::Path(_) => {
                if let Some(ident) = self.is_var(node) {
                    self.touch(ident);
                }
            }
            Expr::Assign(assign) => {
                self.expr(&assign.right);
                self.assigned(&assign.left);
            }
            Expr::Block(block) if block.label.is_some() => {
                let before = self.state;
                self.block(&block.block);
                self.state = self.state.meet(before);
            }
            Expr::Block(block) => self.block(&block.block),
            Expr::If(node) => {
                self.expr(&node.cond);
                let before = self.state;
                self.block(&node.then_branch);
                let then = std::mem::replace(&mut self.state, before);
                if let Some((_, otherwise)) = &node.else_branch {
                    self.expr(otherwise);
                }
                self.state = self.state.meet(then);
            }
            Expr::Match(node) => {
                self.expr(&node.expr);
                let before = self.state;
                let mut after = State::Gone;
                for arm in &node.arms {
                    self.state = before;
                    self.guard(&arm.pat);
                    self.expr(&arm.body);
                    after = after.meet(self.state);
                }
                self.state = if node.arms.is_empty() { before } else { after };
            }
            Expr::ForLoop(ExprForLoop { expr, body, .. }) => {
                self.expr(expr);
                self.again(|this| this.block(body));
            }
            Expr::While(ExprWhile { cond, body, .. }) => {
                let before = self.state;
                self.expr(cond);
                let checked = self.state;
                self.again(|this| {
                    this.block(body);
                    this.expr(cond);
                });
                if before != State::Before {
                    self.state = checked;
                }
            }
            Expr::Loop(node) => self.again(|this| this.block(&node.body)),
            Expr::Closure(closure) => {
                let before = self.state;
                self.expr(&closure.body);
                self.state = if before == State::Before && self.state != State::Before {
                    // The loop is in the closure, and nobody knows what follows.
                    State::Open
                } else {
                    before
                };
            }
            Expr::Async(node) => {
                let before = self.state;
                self.block(&node.block);
                self.state = before;
            }
            Expr::Binary(binary) if matches!(binary.op, syn::BinOp::And(_) | syn::BinOp::Or(_)) => {
                self.expr(&binary.left);
                self.maybe(|this| this.expr(&binary.right));
            }
            Expr::Return(node) => {
                if let Some(value) = &node.expr {
                    self.expr(value);
                }
                self.leave();
            }
            Expr::Break(node) => {
                if let Some(value) = &node.expr {
                    self.expr(value);
                }
                self.leave();
            }
            Expr::Continue(_) => self.leave(),
            Expr::Macro(node) => self.macro_call(&node.mac),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => self.expr(&unary.expr),
            _ => visit::visit_expr(self, node),
        }
    }

    fn leave(&mut self) {
        if self.state != State::Before {
            self.state = State::Gone;
        }
    }

    /// The loop behind which the walk starts.
    fn the_loop(&mut self, node: &Expr) {
        match node {
            Expr::ForLoop(node) => self.expr(&node.expr),
            Expr::While(node) => self.expr(&node.cond),
            _ => {}
        }
        self.state = State::Open;
    }

    /// The left side of an assignment.
    fn assigned(&mut self, left: &Expr) {
        match peel(left) {
            Expr::Tuple(tuple) => tuple.elems.iter().for_each(|part| self.assigned(part)),
            left if self.is_var(left).is_some() => {
                if self.state == State::Open {
                    self.state = State::Assigned;
                }
            }
            left => self.expr(left),
        }
    }

    fn guard(&mut self, pattern: &Pat) {
        if let Pat::Guard(guarded) = pattern {
            self.maybe(|this| this.expr(&guarded.guard));
        }
    }

    fn macro_call(&mut self, call: &Macro) {
        match macros::arguments(call) {
            Some(arguments) => arguments.iter().for_each(|argument| self.expr(argument)),
            None => {
                for (var, ident) in self.names.in_tokens(&call.tokens) {
                    if var == self.var {
                        self.touch(ident);
                    }
                }
            }
        }
        if macros::diverges(&call.path) {
            self.leave();
        }
    }
}

impl Visit<'_> for Walk<'_> {
    fn visit_expr(&mut self, node: &Expr) {
        self.expr(node);
    }
    fn visit_block(&mut self, node: &Block) {
        self.block(node);
    }
    fn visit_macro(&mut self, call: &Macro) {
        self.macro_call(call);
    }
    fn visit_item(&mut self, _: &Item) {}
    fn visit_type(&mut self, _: &syn::Type) {}
    fn visit_attribute(&mut self, _: &syn::Attribute) {}
}
