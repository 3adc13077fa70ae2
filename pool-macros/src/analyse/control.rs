//! How a body leaves its loop: `?`, `return`, `break`, and what it may not do.

use proc_macro2::Span;
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{
    Block, Expr, ExprAsync, ExprBreak, ExprClosure, ExprConst, ExprContinue, ExprForLoop, ExprLoop,
    ExprReturn, ExprTry, ExprTryBlock, ExprWhile, Item, Label, Lifetime, Macro,
};

use super::macros;
use crate::diagnostics::Errors;

/// The ways out of one loop's body, each with the place of its first use.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Exits {
    pub(crate) tries: Option<Span>,
    pub(crate) returns: Option<Span>,
    pub(crate) breaks: Option<Span>,
    /// `continue` of the loop itself: not a way out, but what follows may not run.
    pub(crate) continues: Option<Span>,
    /// A macro that is not known, outside of inner loops and closures: it might hold a `break`.
    pub(crate) unknown_macro: Option<Span>,
}

impl Exits {
    /// Whether the body can leave its loop.
    pub(crate) fn any(&self) -> bool {
        self.tries.or(self.returns).or(self.breaks).is_some()
    }
}

/// Finds the ways out of `body`; `label` is the loop's own. What cannot be is refused.
pub(crate) fn exits(body: &Block, label: Option<&Label>, errors: &Errors) -> Exits {
    let mut search = Search {
        own: label.map(|label| label.name.ident.to_string()),
        labels: Vec::new(),
        loops: 0,
        exits: Exits::default(),
        errors,
    };
    search.visit_block(body);
    search.exits
}

/// The first `?` of an expression that is not in a closure or the like.
pub(crate) fn question_mark(node: &Expr) -> Option<Span> {
    let ignored = Errors::new();
    let mut search = Search {
        own: None,
        labels: Vec::new(),
        loops: 0,
        exits: Exits::default(),
        errors: &ignored,
    };
    search.visit_expr(node);
    let found = search.exits.tries;
    // What else is wrong with it is rustc's to say.
    let _ = ignored.check();
    found
}

struct Search<'a> {
    /// The parallel loop's label.
    own: Option<String>,
    /// The labels that the body declares around this place.
    labels: Vec<String>,
    /// How many loops of the body surround this place.
    loops: usize,
    exits: Exits,
    errors: &'a Errors,
}

impl Search<'_> {
    fn labelled(&mut self, label: Option<&Label>, inside: impl FnOnce(&mut Self)) {
        let depth = self.labels.len();
        self.labels.extend(label.map(|label| label.name.ident.to_string()));
        inside(self);
        self.labels.truncate(depth);
    }

    /// Where a jump goes: `Some(true)` out of the body, `Some(false)` elsewhere in it.
    fn leaves(&self, label: Option<&Lifetime>) -> Option<bool> {
        match label {
            None => Some(self.loops == 0),
            Some(label) if self.labels.iter().any(|known| label.ident == known) => Some(false),
            Some(label) if self.own.as_ref().is_some_and(|own| label.ident == own) => Some(true),
            Some(_) => None,
        }
    }

    fn outer(&self, word: &str, label: &Lifetime) {
        self.errors.at(
            label,
            format!(
                "`{word} {label}` leaves the parallel loop for one around it: `break` this loop, \
                 and `{word} {label}` after it"
            ),
        );
    }
}

impl Visit<'_> for Search<'_> {
    fn visit_expr_try(&mut self, node: &ExprTry) {
        self.exits.tries.get_or_insert(node.question_token.spans[0]);
        visit::visit_expr_try(self, node);
    }

    fn visit_expr_return(&mut self, node: &ExprReturn) {
        self.exits.returns.get_or_insert(node.return_token.span);
        visit::visit_expr_return(self, node);
    }

    fn visit_expr_break(&mut self, node: &ExprBreak) {
        match self.leaves(node.label.as_ref()) {
            Some(true) => {
                self.exits.breaks.get_or_insert(node.break_token.span);
                if let Some(value) = &node.expr {
                    self.errors.at(
                        value,
                        "`break` with a value leaves a `loop`, not a `for`: assign the value to a \
                         variable, or `return` it",
                    );
                    self.errors.found_by_rustc();
                }
            }
            Some(false) => {}
            None => {
                if let Some(label) = &node.label {
                    self.outer("break", label);
                }
            }
        }
        visit::visit_expr_break(self, node);
    }

    fn visit_expr_continue(&mut self, node: &ExprContinue) {
        match self.leaves(node.label.as_ref()) {
            Some(true) => {
                self.exits.continues.get_or_insert(node.continue_token.span);
            }
            Some(false) => {}
            None => {
                if let Some(label) = &node.label {
                    self.outer("continue", label);
                }
            }
        }
    }

    fn visit_expr(&mut self, node: &Expr) {
        match node {
            Expr::Await(node) => {
                self.errors.at(
                    node.await_token,
                    "`.await` cannot stand in a parallel loop: its body runs on plain threads; \
                     block on the future, or collect the futures and await them after the loop",
                );
                self.errors.found_by_rustc();
            }
            Expr::Yield(node) => {
                self.errors.at(
                    node.yield_token,
                    "`yield` cannot stand in a parallel loop: `push` the values",
                );
                self.errors.found_by_rustc();
            }
            Expr::Block(node) if node.label.is_some() => {
                self.labelled(node.label.as_ref(), |this| visit::visit_expr_block(this, node));
                return;
            }
            _ => {}
        }
        visit::visit_expr(self, node);
    }

    fn visit_expr_for_loop(&mut self, node: &ExprForLoop) {
        self.visit_expr(&node.expr);
        self.loops += 1;
        self.labelled(node.label.as_ref(), |this| this.visit_block(&node.body));
        self.loops -= 1;
    }

    fn visit_expr_while(&mut self, node: &ExprWhile) {
        self.loops += 1;
        self.labelled(node.label.as_ref(), |this| {
            this.visit_expr(&node.cond);
            this.visit_block(&node.body);
        });
        self.loops -= 1;
    }

    fn visit_expr_loop(&mut self, node: &ExprLoop) {
        self.loops += 1;
        self.labelled(node.label.as_ref(), |this| this.visit_block(&node.body));
        self.loops -= 1;
    }

    fn visit_macro(&mut self, call: &Macro) {
        if let Some(arguments) = macros::arguments(call) {
            arguments.iter().for_each(|argument| self.visit_expr(argument));
            return;
        }
        let name = call.path.to_token_stream().to_string().replace(' ', "");
        if let Some(word) = macros::opaque_exit(&call.tokens) {
            self.errors.at(
                &word,
                format!(
                    "what `{word}` leaves cannot be seen inside `{name}!`: take it out of the \
                     macro call"
                ),
            );
        }
        let last = call.path.segments.last().map(|last| &last.ident);
        if last.is_some_and(|last| last == "bail" || last == "ensure" || last == "try")
            || macros::opaque_try(&call.tokens)
        {
            let span = last.map_or_else(Span::call_site, syn::Ident::span);
            self.exits.tries.get_or_insert(span);
        }
        if self.loops == 0 {
            let span = last.map_or_else(Span::call_site, syn::Ident::span);
            self.exits.unknown_macro.get_or_insert(span);
        }
    }

    // These keep their own ways out.
    fn visit_expr_closure(&mut self, _: &ExprClosure) {}
    fn visit_expr_async(&mut self, _: &ExprAsync) {}
    fn visit_expr_const(&mut self, _: &ExprConst) {}
    fn visit_expr_try_block(&mut self, _: &ExprTryBlock) {}
    fn visit_item(&mut self, _: &Item) {}
}
