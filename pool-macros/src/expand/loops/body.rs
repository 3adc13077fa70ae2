//! The body of a parallel loop as a closure runs it.
//!
//! ```text
//! self.total += e         total += e                     accumulators are locals
//! *acc += e               acc += e
//! if e < best { .. }      if e < best { found = true; .. }
//! buf.clear(); f(&buf)    buf.clear(); f(&*buf)          working space is `&mut`
//! break; return e;        return Step::Break; return Step::Return(e);
//! ```
//!
//! Everything else stays as it was written.

mod locals;
mod shares;

use std::collections::HashMap;

use proc_macro2::{Ident, Span};
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Block, Expr, ExprAsync, ExprBlock, ExprClosure, ExprConst, ExprForLoop, ExprIf, ExprLoop,
    ExprTryBlock, ExprWhile, FieldValue, Item, Label, Lifetime, Macro, UnOp, parse_quote,
    parse_quote_spanned,
};

pub(super) use locals::{Local, locals, ordered_locals, without_deref};
pub(super) use shares::flag;

use super::{batch_uses, ours, taken};
use crate::analyse::Facts;
use crate::analyse::departing;
use crate::analyse::extremum;
use crate::analyse::forms::is_assignment;
use crate::analyse::macros::{self, Part};
use crate::analyse::names::{Names, Var};
use crate::analyse::place::{Place, Target, peel};

/// How the body leaves.
#[derive(Clone, Debug)]
pub(super) enum Leaving {
    /// Not at all, or (`errors = "all"`) the item's own closure.
    Never,
    /// As a plain `Step`.
    Step,
    /// As the success of the function's return type.
    Carry(Box<syn::Type>),
    /// As what `declared!` finds the function's return type to need; with `?`, or by `return` alone.
    Declared { tries: bool },
}

/// What rewriting a body takes.
#[derive(Clone)]
pub(super) struct Rewrite<'a> {
    pub(super) names: &'a Names,
    pub(super) facts: &'a Facts,
    /// `::pool_runtime::__private`
    pub(super) private: &'a proc_macro2::TokenStream,
    pub(super) locals: &'a [Local],
    /// The flags of the extrema, each with one of its places.
    pub(super) flags: &'a [(Place, Ident)],
    /// Working space, and whether it was given as `scratch(name = maker)`.
    pub(super) scratch: &'a HashMap<Var, bool>,
    /// Working space whose name the attribute alone declares: it is a `&mut` in the body.
    pub(super) made: &'a [Ident],
    pub(super) leaving: Leaving,
    /// The parallel loop's own label.
    pub(super) label: Option<&'a Label>,
    /// What `continue` of the loop itself becomes: a `break` of this block.
    pub(super) item: Option<Lifetime>,
    /// What `continue` of the loop itself becomes: `return Ok(())`.
    pub(super) item_closure: bool,
    /// The locals outlive the closure around the body, or are behind a `&mut`.
    pub(super) stays: bool,
    /// The loop variable, if it is a batch.
    pub(super) batch: Option<Var>,
}

/// The body, rewritten.
pub(super) struct Rewritten {
    pub(super) body: Block,
    /// Whether the loop's label is still used.
    pub(super) label_used: bool,
}

impl Rewrite<'_> {
    /// Rewrites a body.
    pub(super) fn body(&self, mut body: Block) -> Rewritten {
        let mut walk = Walk { rewrite: self, loops: 0, labels: Vec::new(), label_used: false };
        walk.visit_block_mut(&mut body);
        let label_used = walk.label_used;
        if let Some(batch) = self.batch {
            let ours = self.locals.iter().filter(|local| !local.own).map(|local| &local.ident);
            batch_uses::mark(&mut body, batch, self.names, self.private, ours.collect());
        }
        Rewritten { body, label_used }
    }
}

struct Walk<'a, 'r> {
    rewrite: &'r Rewrite<'a>,
    loops: usize,
    labels: Vec<String>,
    label_used: bool,
}

impl Walk<'_, '_> {
    /// Whether a jump leaves the body.
    fn leaves(&self, label: Option<&Lifetime>) -> bool {
        match label {
            None => self.loops == 0,
            Some(label) => {
                !self.labels.iter().any(|known| label.ident == known)
                    && self.rewrite.label.is_some_and(|own| own.name.ident == label.ident)
            }
        }
    }

    fn labelled(&mut self, label: Option<&Label>, inside: impl FnOnce(&mut Self)) {
        let depth = self.labels.len();
        self.labels.extend(label.map(|label| label.name.ident.to_string()));
        inside(self);
        self.labels.truncate(depth);
    }

    /// `return` with this step, underlined as the user's word.
    fn leave(&self, span: Span, step: &proc_macro2::TokenStream) -> Expr {
        let value = match &self.rewrite.leaving {
            Leaving::Never | Leaving::Step | Leaving::Declared { tries: false } => step.clone(),
            Leaving::Declared { tries: true } => {
                let declared = ours("declared", span);
                quote_spanned!(Span::mixed_site().located_at(span)=> #declared.with(#step))
            }
            Leaving::Carry(returns) => {
                let private = self.rewrite.private;
                quote_spanned!(Span::mixed_site().located_at(span)=>
                    <#returns as #private::Leave>::with(#step))
            }
        };
        let word = syn::Token![return](span);
        parse_quote_spanned!(Span::mixed_site().located_at(span)=> #word #value)
    }

    /// The local that stands for an expression.
    fn local(&self, node: &Expr) -> Option<Expr> {
        let place = match node {
            Expr::Path(_) | Expr::Field(_) => node,
            Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => node,
            Expr::Paren(paren)
                if matches!(peel(&paren.expr),
                    Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_))) =>
            {
                peel(&paren.expr)
            }
            _ => return None,
        };
        let target = Target::of(place, self.rewrite.names)?;
        if !target.steps.is_empty() {
            return None;
        }
        let local = self.rewrite.locals.iter().find(|local| local.place == target.place)?;
        if local.own && !(local.deref && target.deref) {
            return None;
        }
        let mut ident = local.ident.clone();
        let span = last_span(place);
        ident.set_span(if local.own { span } else { ident.span().located_at(span) });
        Some(if local.reference { parse_quote!((*#ident)) } else { parse_quote!(#ident) })
    }

    /// Whether an expression is the whole of what the loop accumulates into.
    fn accumulates(&self, node: &Expr) -> bool {
        Target::of(node, self.rewrite.names).is_some_and(|target| {
            target.steps.is_empty()
                && self.rewrite.locals.iter().any(|local| local.place == target.place)
        })
    }

    /// Working space that an expression names.
    fn scratch(&self, node: &Expr) -> Option<(Ident, bool)> {
        let Expr::Path(path) = peel(node) else { return None };
        let var = self.rewrite.names.of_path(path)?;
        let long = self.rewrite.scratch.get(&var)?;
        Some((path.path.get_ident()?.clone(), *long))
    }

    /// Visits an operand that is fine as `&mut`.
    fn keep_scratch(&mut self, node: &mut Expr) {
        if self.scratch(node).is_none() {
            self.visit_expr_mut(node);
        }
    }
}

/// The span of the last token of a place.
fn last_span(place: &Expr) -> Span {
    match peel(place) {
        Expr::Field(field) => field.member.span(),
        Expr::Unary(unary) => last_span(&unary.expr),
        other => other.span(),
    }
}

impl VisitMut for Walk<'_, '_> {
    fn visit_expr_mut(&mut self, node: &mut Expr) {
        if let Some(local) = self.local(node) {
            *node = local;
            return;
        }
        if let Some(field) = self.field_of_share(node) {
            *node = field;
            return;
        }
        if !self.rewrite.scratch.is_empty() && self.scratch_expr(node) {
            return;
        }
        if !self.rewrite.made.is_empty() {
            self.through_reference(node);
        }
        match node {
            Expr::Return(found) if !matches!(self.rewrite.leaving, Leaving::Never) => {
                let span = found.return_token.span;
                visit_mut::visit_expr_return_mut(self, found);
                let private = self.rewrite.private;
                let value = found.expr.take();
                let value =
                    value.map_or_else(|| quote_spanned!(span=> ()), |value| quote::quote!(#value));
                let step = quote_spanned!(Span::mixed_site().located_at(span)=>
                    #private::Step::Return(#value));
                *node = self.leave(span, &step);
            }
            Expr::Break(found) if self.leaves(found.label.as_ref()) => {
                let span = found.break_token.span;
                let private = self.rewrite.private;
                let step = quote_spanned!(Span::mixed_site().located_at(span)=>
                    #private::Step::Break);
                *node = self.leave(span, &step);
            }
            Expr::Continue(found) if self.leaves(found.label.as_ref()) => {
                let span = found.continue_token.span;
                if self.rewrite.item_closure {
                    let word = syn::Token![return](span);
                    *node = parse_quote_spanned!(Span::mixed_site().located_at(span)=>
                        #word ::core::result::Result::Ok(()));
                } else if let (Some(item), None) = (&self.rewrite.item, &found.label) {
                    let word = syn::Token![break](span);
                    *node = parse_quote!(#word #item);
                } else {
                    self.label_used |= found.label.is_some();
                }
            }
            Expr::Assign(assign) if self.rewrite.stays && self.accumulates(&assign.left) => {
                visit_mut::visit_expr_assign_mut(self, assign);
                taken::take(assign, self.rewrite.private);
            }
            _ => visit_mut::visit_expr_mut(self, node),
        }
    }

    fn visit_expr_if_mut(&mut self, node: &mut ExprIf) {
        let rewrite = self.rewrite;
        let find = |node: &Expr| {
            Target::of(node, rewrite.names)
                .filter(|target| !rewrite.facts.inner.contains(&target.place.root))
        };
        let privates = &rewrite.facts.verdict.privates;
        let flag = if rewrite.flags.is_empty() {
            None
        } else {
            match extremum::find(node, &find, &|var| privates.contains(&var)) {
                extremum::Found::Yes(found) => rewrite
                    .flags
                    .iter()
                    .find(|(place, _)| found.places().contains(place))
                    .map(|(_, flag)| flag),
                _ => None,
            }
        };
        visit_mut::visit_expr_if_mut(self, node);
        if let Some(flag) = flag {
            node.then_branch.stmts.insert(0, parse_quote!(#flag = true;));
        }
    }

    fn visit_block_mut(&mut self, node: &mut Block) {
        let departing = if self.rewrite.flags.is_empty() {
            Vec::new()
        } else {
            departing::assignments(node, &|node| self.departs(node))
        };
        let flags: Vec<(usize, Ident)> = departing
            .into_iter()
            .filter_map(|at| Some((at, self.departing_flag(&node.stmts[at])?)))
            .collect();
        visit_mut::visit_block_mut(self, node);
        for (at, flag) in flags.into_iter().rev() {
            node.stmts.insert(at + 1, parse_quote!(#flag = true;));
        }
    }

    fn visit_expr_block_mut(&mut self, node: &mut ExprBlock) {
        let label = node.label.clone();
        self.labelled(label.as_ref(), |this| visit_mut::visit_expr_block_mut(this, node));
    }

    fn visit_expr_for_loop_mut(&mut self, node: &mut ExprForLoop) {
        self.visit_expr_mut(&mut node.expr);
        self.loops += 1;
        let label = node.label.clone();
        self.labelled(label.as_ref(), |this| this.visit_block_mut(&mut node.body));
        self.loops -= 1;
    }

    fn visit_expr_while_mut(&mut self, node: &mut ExprWhile) {
        self.loops += 1;
        let label = node.label.clone();
        self.labelled(label.as_ref(), |this| {
            this.visit_expr_mut(&mut node.cond);
            this.visit_block_mut(&mut node.body);
        });
        self.loops -= 1;
    }

    fn visit_expr_loop_mut(&mut self, node: &mut ExprLoop) {
        self.loops += 1;
        let label = node.label.clone();
        self.labelled(label.as_ref(), |this| this.visit_block_mut(&mut node.body));
        self.loops -= 1;
    }

    fn visit_macro_mut(&mut self, node: &mut Macro) {
        macros::arguments_mut(node, |part| match part {
            Part::Value(value) => self.visit_expr_mut(value),
            Part::Pattern(pattern) => self.visit_pat_mut(pattern),
        });
    }

    fn visit_field_value_mut(&mut self, node: &mut FieldValue) {
        let before = node.expr.clone();
        self.visit_expr_mut(&mut node.expr);
        if node.colon_token.is_none() && node.expr != before {
            node.colon_token = Some(syn::Token![:](before.span()));
        }
    }

    // Their own ways out stay; their mentions are rewritten.
    fn visit_expr_closure_mut(&mut self, node: &mut ExprClosure) {
        self.inside(|this| visit_mut::visit_expr_closure_mut(this, node));
    }
    fn visit_expr_async_mut(&mut self, node: &mut ExprAsync) {
        self.inside(|this| visit_mut::visit_expr_async_mut(this, node));
    }
    fn visit_expr_const_mut(&mut self, node: &mut ExprConst) {
        self.inside(|this| visit_mut::visit_expr_const_mut(this, node));
    }
    fn visit_expr_try_block_mut(&mut self, node: &mut ExprTryBlock) {
        self.inside(|this| visit_mut::visit_expr_try_block_mut(this, node));
    }
    fn visit_item_mut(&mut self, _: &mut Item) {}
}

impl Walk<'_, '_> {
    /// What `return` and `break` do inside is not ours.
    fn inside(&mut self, inside: impl FnOnce(&mut Walk<'_, '_>)) {
        let rewrite = Rewrite {
            leaving: Leaving::Never,
            label: None,
            item: None,
            item_closure: false,
            stays: false,
            names: self.rewrite.names,
            facts: self.rewrite.facts,
            private: self.rewrite.private,
            locals: self.rewrite.locals,
            flags: self.rewrite.flags,
            scratch: self.rewrite.scratch,
            made: self.rewrite.made,
            batch: None,
        };
        inside(&mut Walk { rewrite: &rewrite, loops: 0, labels: Vec::new(), label_used: false });
    }

    /// Rewrites a mention of working space; `true`: nothing is left to visit.
    fn scratch_expr(&mut self, node: &mut Expr) -> bool {
        if let Some((name, _)) = self.scratch(node) {
            *node = parse_quote!(*#name);
            return true;
        }
        match node {
            Expr::MethodCall(call) => {
                self.keep_scratch(&mut call.receiver);
                call.args.iter_mut().for_each(|argument| self.argument(argument));
                true
            }
            Expr::Field(field) => {
                self.keep_scratch(&mut field.base);
                true
            }
            Expr::Index(index) => {
                self.keep_scratch(&mut index.expr);
                self.visit_expr_mut(&mut index.index);
                true
            }
            Expr::Call(call) => {
                if let Some((name, _)) = self.scratch(&call.func) {
                    *call.func = parse_quote!((*#name));
                } else {
                    self.visit_expr_mut(&mut call.func);
                }
                call.args.iter_mut().for_each(|argument| self.argument(argument));
                true
            }
            Expr::Try(found) => {
                if let Some((name, _)) = self.scratch(&found.expr) {
                    *found.expr = parse_quote!((*#name));
                    return true;
                }
                false
            }
            _ => false,
        }
    }

    /// `f(&mut client)` is `f(&mut *client)`, and `count += 1` is `*count += 1`: who writes so takes
    /// the name for a variable, and nothing that takes it for the reference reads like this.
    fn through_reference(&self, node: &mut Expr) {
        let place = match node {
            Expr::Reference(reference) => &mut reference.expr,
            Expr::Assign(assign) => &mut assign.left,
            Expr::Binary(binary) if is_assignment(&binary.op) => &mut binary.left,
            _ => return,
        };
        let Expr::Path(path) = peel(place) else { return };
        let Some(name) = path.path.get_ident() else { return };
        if self.rewrite.names.of_path(path).is_none() && self.rewrite.made.contains(name) {
            let name = name.clone();
            **place = parse_quote!(*#name);
        }
    }

    /// An argument of a call: working space made by the attribute is passed on as it is.
    fn argument(&mut self, node: &mut Expr) {
        match self.scratch(node) {
            Some((_, true)) => {}
            _ => self.visit_expr_mut(node),
        }
    }
}
