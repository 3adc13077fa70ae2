//! The walk over a body: what is evaluated, in which order, and under which conditions.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprClosure, ExprIf, Item, Label, Local, Macro, Pat, PatIdent, Stmt, UnOp};

use super::{Act, Change, Form, Mention, Moment, Uses};
use crate::analyse::forms::Leaf;
use crate::analyse::names::{Names, Var};
use crate::analyse::place::{Absent, Step, Target, peel};
use crate::analyse::{choice, departing, extremum, flow};

pub(super) struct Walk<'a> {
    pub(super) names: &'a Names,
    pub(super) body: &'a Block,
    /// Whether every iteration assigns a variable before it reads it, as far as that was asked.
    pub(super) own: RefCell<HashMap<Var, bool>>,
    pub(super) inner: &'a HashSet<Var>,
    pub(super) uses: Uses,
    /// The innermost branch, loop or closure around this place, by number; 0 is the body.
    pub(super) branch: usize,
    /// How many of them there are so far.
    pub(super) branches: usize,
    /// How many ways out of an iteration there are so far.
    pub(super) ways_out: usize,
    pub(super) in_modify: usize,
    /// The loop's own.
    pub(super) label: Option<&'a Label>,
    /// How many loops of the body surround this place.
    pub(super) loops: usize,
    /// How many closures do.
    pub(super) closures: usize,
}

impl Walk<'_> {
    /// Where an expression leads, if it leads to a captured variable.
    pub(super) fn target(&self, node: &Expr) -> Option<Target> {
        Target::with(node, &|path| {
            let var = self.names.of_path(path)?;
            if let Some(target) = self.uses.aliases.get(&var) {
                return Some(target.clone());
            }
            if self.inner.contains(&var) {
                return None;
            }
            Target::of(&Expr::Path(path.clone()), self.names)
        })
    }

    /// Whether every iteration assigns `var` before it reads it: a condition on such a variable
    /// compares with nothing that items before left.
    fn is_own(&self, var: Var) -> bool {
        let read_first = || flow::read_first(self.body, self.names, var).is_some();
        *self.own.borrow_mut().entry(var).or_insert_with(|| !read_first())
    }

    fn moment(&self) -> Moment {
        Moment { branch: self.branch, ways_out: self.ways_out }
    }

    pub(super) fn mention(&mut self, target: Target, act: Act, tokens: impl ToTokens) {
        self.uses.mentions.push(Mention {
            target,
            act,
            tokens: tokens.to_token_stream(),
            conditional: self.branch > 0,
            moment: self.moment(),
        });
    }

    /// A form at `target`; the expressions in its steps are visited.
    pub(super) fn form(
        &mut self,
        target: Target,
        leaf: Leaf,
        operand: Option<&Expr>,
        tokens: impl ToTokens,
    ) {
        self.steps(&target);
        self.ordered(target, leaf, operand, false, tokens);
    }

    pub(super) fn ordered(
        &mut self,
        target: Target,
        leaf: Leaf,
        operand: Option<&Expr>,
        reversed: bool,
        tokens: impl ToTokens,
    ) {
        let in_modify = self.in_modify > 0;
        let form = Form { leaf, operand: operand.cloned(), in_modify, reversed };
        self.mention(target, Act::Form(form), tokens);
    }

    pub(super) fn change(&mut self, target: Target, change: Change, tokens: impl ToTokens) {
        self.steps(&target);
        self.mention(target, Act::Change(change), tokens);
    }

    /// What stands in the steps to a target: indices, keys, initial values, closures. The steps of
    /// an alias have been seen where it was made.
    pub(super) fn steps(&mut self, target: &Target) {
        for step in &target.steps[target.seen..] {
            match step {
                Step::Field(_) => {}
                Step::Index(index) => self.expr(index, false),
                Step::Entry(entry) => {
                    self.expr(&entry.key, false);
                    for change in &entry.changes {
                        self.and_modify(target, change);
                    }
                    match &entry.absent {
                        Absent::Default => {}
                        Absent::Value(value) => self.expr(value, false),
                        Absent::With(make) => {
                            self.expr(make, false);
                        }
                    }
                }
            }
        }
    }

    /// `|value| *value += e`: its parameter is the entry's value.
    fn and_modify(&mut self, target: &Target, change: &Expr) {
        self.in_modify += 1;
        match peel(change) {
            Expr::Closure(closure) if closure.inputs.len() == 1 => {
                let value = match &closure.inputs[0] {
                    Pat::Type(typed) => &*typed.pat,
                    other => other,
                };
                let mut inside = target.clone();
                inside.seen = inside.steps.len();
                inside.alias = true;
                if self.other_names(value, inside) {
                    self.maybe(|this| this.expr(&closure.body, true));
                } else {
                    self.mention(target.clone(), Act::Change(Change::EntryValue), change);
                }
            }
            _ => self.mention(target.clone(), Act::Change(Change::EntryValue), change),
        }
        self.in_modify -= 1;
    }

    pub(super) fn maybe(&mut self, inside: impl FnOnce(&mut Self)) {
        let around = self.branch;
        self.branches += 1;
        self.branch = self.branches;
        inside(self);
        self.branch = around;
    }

    /// Whether a statement leaves the loop.
    fn leaves(&self, node: &Expr) -> bool {
        self.closures == 0
            && match node {
                Expr::Return(_) => true,
                Expr::Break(node) => match &node.label {
                    Some(label) => self.label.is_some_and(|own| own.name.ident == label.ident),
                    None => self.loops == 0,
                },
                _ => false,
            }
    }

    fn in_loop(&mut self, inside: impl FnOnce(&mut Self)) {
        self.loops += 1;
        self.maybe(inside);
        self.loops -= 1;
    }

    pub(super) fn block(&mut self, block: &Block, discarded: bool) {
        let departing = departing::assignments(block, &|node| self.leaves(node));
        for (at, stmt) in block.stmts.iter().enumerate() {
            match stmt {
                Stmt::Expr(Expr::Assign(node), _) if departing.contains(&at) => {
                    self.departing(node);
                }
                Stmt::Local(local) => self.local(local),
                Stmt::Item(_) => {}
                Stmt::Expr(node, semicolon) => {
                    self.expr(node, semicolon.is_some() || discarded);
                }
                Stmt::Macro(node) => self.macro_call(&node.mac),
            }
        }
    }

    fn local(&mut self, local: &Local) {
        let Some(init) = &local.init else { return };
        let pattern = match &local.pat {
            Pat::Type(typed) => &*typed.pat,
            other => other,
        };
        match pattern {
            Pat::Wild(_) => self.expr(&init.expr, true),
            Pat::Ident(PatIdent { by_ref: None, subpat: None, ident, .. }) => {
                match self.aliased(&init.expr) {
                    Some(target) if self.names.var(ident).is_some() => {
                        self.alias(pattern, target, &init.expr);
                    }
                    _ => self.expr(&init.expr, false),
                }
            }
            Pat::Tuple(_) => match self.aliased(&init.expr) {
                Some(target) if !target.steps.is_empty() && has_fields(pattern) => {
                    self.alias(pattern, target, &init.expr);
                }
                _ => self.expr(&init.expr, false),
            },
            _ => self.expr(&init.expr, false),
        }
        self.visit_pat(&local.pat);
        if let Some((_, otherwise)) = &init.diverge {
            self.maybe(|this| this.expr(otherwise, true));
        }
    }

    /// `let pattern = value;` where the value leads to `target`.
    fn alias(&mut self, pattern: &Pat, target: Target, value: &Expr) {
        self.steps(&target);
        let entry = matches!(target.steps.last(), Some(Step::Entry(_)));
        let act = if entry {
            let in_modify = self.in_modify > 0;
            Act::Form(Form { leaf: Leaf::Present, operand: None, in_modify, reversed: false })
        } else {
            Act::Alias
        };
        let mut alias = target.clone();
        alias.seen = alias.steps.len();
        alias.alias = true;
        self.mention(target, act, value);
        self.other_names(pattern, alias);
    }

    /// Makes the names in a pattern other names for what `target` leads to, or for its fields.
    /// Whether it can be told what they stand for.
    fn other_names(&mut self, pattern: &Pat, target: Target) -> bool {
        match pattern {
            Pat::Ident(PatIdent { ident, .. }) => match self.names.var(ident) {
                Some(var) => {
                    self.uses.aliases.insert(var, target);
                    true
                }
                None => false,
            },
            Pat::Wild(_) | Pat::Rest(_) => true,
            Pat::Tuple(tuple) if has_fields(pattern) => {
                tuple.elems.iter().enumerate().all(|(index, part)| {
                    let mut field = target.clone();
                    field.steps.push(Step::Field(index.to_string()));
                    field.seen = field.steps.len();
                    self.other_names(part, field)
                })
            }
            _ => false,
        }
    }

    /// `&mut place[..]` or `m.entry(k).or_insert(z)`: what a `let` makes another name for.
    fn aliased(&self, node: &Expr) -> Option<Target> {
        match peel(node) {
            Expr::Reference(reference) if reference.mutability.is_some() => {
                self.target(&reference.expr)
            }
            node @ Expr::MethodCall(_) => self
                .target(node)
                .filter(|target| matches!(target.steps.last(), Some(Step::Entry(_)))),
            _ => None,
        }
    }

    /// An expression; `discarded` says that nobody sees its value.
    pub(super) fn expr(&mut self, node: &Expr, discarded: bool) {
        match node {
            Expr::Group(group) => self.expr(&group.expr, discarded),
            Expr::Paren(paren) => self.expr(&paren.expr, discarded),
            Expr::Block(block) => self.block(&block.block, discarded),
            Expr::Unsafe(block) => self.block(&block.block, discarded),
            Expr::If(node) => self.if_else(node, discarded),
            Expr::Match(node) => {
                self.expr(&node.expr, false);
                self.maybe(|this| {
                    for arm in &node.arms {
                        this.visit_pat(&arm.pat);
                        this.expr(&arm.body, discarded);
                    }
                });
            }
            Expr::ForLoop(node) => {
                self.expr(&node.expr, false);
                self.in_loop(|this| this.block(&node.body, true));
            }
            Expr::While(node) => {
                self.in_loop(|this| {
                    this.expr(&node.cond, false);
                    this.block(&node.body, true);
                });
            }
            Expr::Loop(node) => self.in_loop(|this| this.block(&node.body, true)),
            Expr::Closure(ExprClosure { body, .. }) => {
                self.closures += 1;
                self.maybe(|this| this.expr(body, false));
                self.closures -= 1;
            }
            Expr::Assign(node) => self.assign(node),
            Expr::Binary(node) => self.binary(node),
            Expr::MethodCall(call) => self.method_call(node, call, discarded),
            Expr::Reference(reference) if reference.mutability.is_some() => {
                match self.target(&reference.expr) {
                    Some(target) => self.change(target, Change::Borrow, node),
                    None => self.expr(&reference.expr, false),
                }
            }
            Expr::RawAddr(address) => match self.target(&address.expr) {
                Some(target) => self.change(target, Change::Borrow, node),
                None => self.expr(&address.expr, false),
            },
            Expr::Path(_) | Expr::Field(_) | Expr::Index(_) => self.read(node),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => self.read(node),
            Expr::Macro(node) => self.macro_call(&node.mac),
            Expr::Try(node) => {
                self.expr(&node.expr, discarded);
                self.ways_out += 1;
            }
            Expr::Continue(_) => self.ways_out += 1,
            Expr::Break(_) | Expr::Return(_) => {
                visit::visit_expr(self, node);
                self.ways_out += 1;
            }
            Expr::Call(call)
                if call.args.len() == 1
                    && matches!(peel(&call.func), Expr::Path(path) if path.path.is_ident("drop")) =>
            {
                self.expr(&call.args[0], true);
            }
            _ => visit::visit_expr(self, node),
        }
    }

    fn read(&mut self, node: &Expr) {
        match self.target(node) {
            Some(target) => {
                self.steps(&target);
                let act = if matches!(target.steps.last(), Some(Step::Entry(_))) {
                    Act::Change(Change::EntryValue)
                } else {
                    Act::Read
                };
                self.mention(target, act, node);
            }
            None => visit::visit_expr(self, node),
        }
    }

    fn if_else(&mut self, node: &ExprIf, discarded: bool) {
        match extremum::find(node, &|node| self.target(node), &|var| self.is_own(var)) {
            extremum::Found::Yes(found) => {
                for conjunct in &found.others {
                    self.expr(conjunct, false);
                }
                self.expr(&found.candidate, false);
                self.maybe(|this| {
                    for stmt in &node.then_branch.stmts {
                        match stmt {
                            Stmt::Expr(Expr::Assign(assign), _) => this.expr(&assign.right, false),
                            Stmt::Local(local) => this.local(local),
                            _ => {}
                        }
                    }
                    let leaf = Leaf::Best(this.uses.extrema.len());
                    for assigned in &found.assigned {
                        this.form(assigned.target.clone(), leaf.clone(), None, &node.cond);
                    }
                });
                self.uses.extrema.push(*found);
            }
            extremum::Found::Broken(targets, message) => {
                for (target, tokens) in targets {
                    self.mention(target, Act::Change(Change::Extremum(message)), tokens);
                }
                self.plain_if(node, discarded);
            }
            extremum::Found::No => match extremum::of_element(node, &|node| self.target(node)) {
                Some((target, name, candidate)) => {
                    self.expr(&candidate, false);
                    let leaf = Leaf::Compare(name);
                    let compared = self.moment();
                    self.maybe(|this| this.form(target, leaf, Some(&candidate), &node.cond));
                    if let Some(form) = self.uses.mentions.last_mut() {
                        form.moment = compared;
                    }
                }
                None => self.choice(node, discarded),
            },
        }
    }

    fn choice(&mut self, node: &ExprIf, discarded: bool) {
        match choice::find(node, &|node| self.target(node)) {
            choice::Found::Yes(found) => {
                for conjunct in &found.others {
                    self.expr(conjunct, false);
                }
                self.expr(&found.candidate, false);
                let value = found.value.clone();
                let target = found.target.clone();
                let compared = self.moment();
                self.steps(&target);
                self.maybe(|this| {
                    for stmt in &node.then_branch.stmts {
                        if let Stmt::Expr(Expr::Assign(assign), _) = stmt {
                            this.expr(&assign.right, false);
                        }
                    }
                    let leaf = Leaf::Choice(found);
                    this.ordered(target, leaf, value.as_ref(), false, &node.cond);
                });
                if let Some(form) = self.uses.mentions.last_mut() {
                    form.moment = compared;
                }
            }
            choice::Found::Broken(target, reason) => {
                self.mention(*target, Act::Change(Change::Extremum(reason)), &node.cond);
                self.plain_if(node, discarded);
            }
            choice::Found::No => self.plain_if(node, discarded),
        }
    }

    fn plain_if(&mut self, node: &ExprIf, discarded: bool) {
        self.expr(&node.cond, false);
        self.maybe(|this| {
            this.block(&node.then_branch, discarded);
            if let Some((_, otherwise)) = &node.else_branch {
                this.expr(otherwise, discarded);
            }
        });
    }
}

impl Visit<'_> for Walk<'_> {
    fn visit_expr(&mut self, node: &Expr) {
        self.expr(node, false);
    }
    fn visit_block(&mut self, node: &Block) {
        self.block(node, false);
    }
    fn visit_macro(&mut self, node: &Macro) {
        self.macro_call(node);
    }
    fn visit_pat_guard(&mut self, node: &syn::PatGuard) {
        self.maybe(|this| this.expr(&node.guard, false));
    }
    fn visit_pat(&mut self, node: &Pat) {
        if let Pat::Guard(_) = node {
            visit::visit_pat(self, node);
        }
    }
    fn visit_item(&mut self, _: &Item) {}
    fn visit_type(&mut self, _: &syn::Type) {}
    fn visit_attribute(&mut self, _: &syn::Attribute) {}
}

/// Whether a pattern is `(a, _, c)`, whose parts are the fields of a tuple by their position.
fn has_fields(pattern: &Pat) -> bool {
    let Pat::Tuple(tuple) = pattern else { return false };
    let last = tuple.elems.len().saturating_sub(1);
    tuple.elems.iter().enumerate().all(|(index, part)| match part {
        Pat::Ident(PatIdent { by_ref: None, mutability: None, subpat: None, .. })
        | Pat::Wild(_) => true,
        Pat::Rest(_) => index == last,
        _ => false,
    })
}
