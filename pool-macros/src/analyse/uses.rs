//! What a loop's body does with the variables that it captures.
//!
//! One walk over the body in order of evaluation. Every place in which a captured variable stands
//! becomes a [`Mention`]: read, called a method on, changed in one of the forms of the language
//! (`x += e`, `v.push(e)`, `*m.entry(k).or_insert(0) += 1` ..), or changed in another way. What
//! follows from the mentions together is decided elsewhere.

use std::collections::{HashMap, HashSet};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{
    BinOp, Block, Expr, ExprAssign, ExprBinary, ExprClosure, ExprIf, ExprMethodCall, Ident, Item,
    Local, Macro, Pat, PatIdent, Stmt, UnOp,
};

use super::extremum::{self, Extremum};
use super::forms::{self, Leaf, Op};
use super::macros;
use super::names::{Names, Var};
use super::place::{Absent, Step, Target, peel};

/// One place in the body where a captured variable stands.
#[derive(Clone, Debug)]
pub(crate) struct Mention {
    pub(crate) target: Target,
    pub(crate) act: Act,
    /// What to underline.
    pub(crate) tokens: TokenStream,
    /// Whether an iteration may skip it, or run it several times.
    pub(crate) conditional: bool,
}

/// What is done at a mention.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Read,
    /// A method call that is no form; whether it changes anything is not known.
    Method(Ident),
    Form(Form),
    Change(Change),
    /// It stands in the tokens of a macro that is not known.
    Opaque(String),
    /// `let a = &mut x[i];`: what happens is said by the mentions through `a`.
    Alias,
}

/// A change in one of the language's forms.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) leaf: Leaf,
    /// What is added, pushed ..., where it is one expression.
    pub(crate) operand: Option<Expr>,
    /// Whether it stands in the closure of an `and_modify`.
    pub(crate) in_modify: bool,
    /// `x = e + x`: the new value stands first.
    pub(crate) reversed: bool,
}

/// A change in no known form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// `x = e`
    Assign,
    /// `x = true`, `x = false`
    Flag(bool),
    /// `x = x || e`, `x = x && e`
    ShortCircuit(&'static str),
    /// `x /= e`
    Operator(String),
    /// `&mut x`
    Borrow,
    /// `(x, y) = ..`
    Destructured,
    /// `m.insert(k, v)` whose result is used.
    InsertResult,
    /// An entry whose value is read.
    EntryValue,
    /// A method that is known to change what it is called on.
    Method(String),
    /// An extremum that is not one; the message.
    Extremum(&'static str),
}

/// The mentions of one loop's body.
#[derive(Debug)]
pub(crate) struct Uses {
    pub(crate) mentions: Vec<Mention>,
    pub(crate) extrema: Vec<Extremum>,
}

/// Walks the body. `inner` are the variables that the loop itself declares.
pub(crate) fn of_body(body: &Block, names: &Names, inner: &HashSet<Var>) -> Uses {
    let mut walk = Walk {
        names,
        inner,
        aliases: HashMap::new(),
        uses: Uses { mentions: Vec::new(), extrema: Vec::new() },
        conditional: 0,
        in_modify: 0,
    };
    walk.block(body, true);
    walk.uses
}

/// The variables that a loop declares, its own and those of its body.
pub(crate) fn declared_in(pattern: &Pat, body: &Block, names: &Names) -> HashSet<Var> {
    struct Search<'a>(&'a Names, HashSet<Var>);
    impl Visit<'_> for Search<'_> {
        fn visit_pat_ident(&mut self, node: &PatIdent) {
            self.1.extend(self.0.var(&node.ident));
            visit::visit_pat_ident(self, node);
        }
        fn visit_macro(&mut self, call: &Macro) {
            macros::arguments_mut(&mut call.clone(), |part| match part {
                macros::Part::Value(value) => self.visit_expr(value),
                macros::Part::Pattern(pattern) => self.visit_pat(pattern),
            });
        }
        fn visit_item(&mut self, _: &Item) {}
    }
    let mut search = Search(names, HashSet::new());
    search.visit_pat(pattern);
    search.visit_block(body);
    search.1
}

struct Walk<'a> {
    names: &'a Names,
    inner: &'a HashSet<Var>,
    /// Locals of the body that are `&mut` to a captured place.
    aliases: HashMap<Var, Target>,
    uses: Uses,
    /// How many branches, loops and closures surround this place.
    conditional: usize,
    in_modify: usize,
}

impl Walk<'_> {
    /// Where an expression leads, if it leads to a captured variable.
    fn target(&self, node: &Expr) -> Option<Target> {
        Target::with(node, &|path| {
            let var = self.names.of_path(path)?;
            if let Some(target) = self.aliases.get(&var) {
                return Some(target.clone());
            }
            if self.inner.contains(&var) {
                return None;
            }
            Target::of(&Expr::Path(path.clone()), self.names)
        })
    }

    fn mention(&mut self, target: Target, act: Act, tokens: impl ToTokens) {
        self.uses.mentions.push(Mention {
            target,
            act,
            tokens: tokens.to_token_stream(),
            conditional: self.conditional > 0,
        });
    }

    /// A form at `target`; the expressions in its steps are visited.
    fn form(&mut self, target: Target, leaf: Leaf, operand: Option<&Expr>, tokens: impl ToTokens) {
        self.steps(&target);
        self.ordered(target, leaf, operand, false, tokens);
    }

    fn ordered(
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

    fn change(&mut self, target: Target, change: Change, tokens: impl ToTokens) {
        self.steps(&target);
        self.mention(target, Act::Change(change), tokens);
    }

    /// What stands in the steps to a target: indices, keys, initial values, closures. The steps of
    /// an alias have been seen where it was made.
    fn steps(&mut self, target: &Target) {
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
                if let Pat::Ident(PatIdent { ident, .. }) = value
                    && let Some(var) = self.names.var(ident)
                {
                    let mut inside = target.clone();
                    inside.seen = inside.steps.len();
                    inside.alias = true;
                    self.aliases.insert(var, inside);
                    self.conditional += 1;
                    self.expr(&closure.body, true);
                    self.conditional -= 1;
                } else {
                    self.mention(target.clone(), Act::Change(Change::EntryValue), change);
                }
            }
            _ => self.mention(target.clone(), Act::Change(Change::EntryValue), change),
        }
        self.in_modify -= 1;
    }

    fn maybe(&mut self, inside: impl FnOnce(&mut Self)) {
        self.conditional += 1;
        inside(self);
        self.conditional -= 1;
    }

    fn block(&mut self, block: &Block, discarded: bool) {
        for stmt in &block.stmts {
            match stmt {
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
            Pat::Ident(PatIdent { by_ref: None, subpat: None, ident, .. })
                if let Some(target) = self.aliased(&init.expr)
                    && let Some(var) = self.names.var(ident) =>
            {
                self.steps(&target);
                let entry = matches!(target.steps.last(), Some(Step::Entry(_)));
                let act = if entry {
                    Act::Form(Form {
                        leaf: Leaf::Present,
                        operand: None,
                        in_modify: self.in_modify > 0,
                        reversed: false,
                    })
                } else {
                    Act::Alias
                };
                let mut alias = target.clone();
                alias.seen = alias.steps.len();
                alias.alias = true;
                self.mention(target, act, &init.expr);
                self.aliases.insert(var, alias);
            }
            _ => self.expr(&init.expr, false),
        }
        self.visit_pat(&local.pat);
        if let Some((_, otherwise)) = &init.diverge {
            self.maybe(|this| this.expr(otherwise, true));
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
    fn expr(&mut self, node: &Expr, discarded: bool) {
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
                self.maybe(|this| this.block(&node.body, true));
            }
            Expr::While(node) => {
                self.maybe(|this| {
                    this.expr(&node.cond, false);
                    this.block(&node.body, true);
                });
            }
            Expr::Loop(node) => self.maybe(|this| this.block(&node.body, true)),
            Expr::Closure(ExprClosure { body, .. }) => self.maybe(|this| this.expr(body, false)),
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
            Expr::Try(node) => self.expr(&node.expr, discarded),
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
        match extremum::find(node, &|node| self.target(node)) {
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
            extremum::Found::No => self.plain_if(node, discarded),
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

    fn assign(&mut self, node: &ExprAssign) {
        let left = peel(&node.left);
        if matches!(left, Expr::Infer(_)) {
            return self.expr(&node.right, true);
        }
        let Some(target) = self.target(left) else {
            if matches!(left, Expr::Tuple(_) | Expr::Array(_) | Expr::Struct(_) | Expr::Call(_)) {
                self.expr(&node.right, false);
                self.destructured(left);
            } else {
                self.expr(&node.right, false);
                self.expr(left, false);
            }
            return;
        };
        match forms::assigned(&target, &node.right, &|node| self.target(node)) {
            forms::Assigned::Form(leaf, operands) => {
                for operand in &operands {
                    self.expr(operand, false);
                }
                let operand = if let [only] = operands.as_slice() { Some(only) } else { None };
                self.form(target, leaf, operand, node);
            }
            forms::Assigned::Reversed(op, operand) => {
                self.expr(&operand, false);
                self.steps(&target);
                self.ordered(target, Leaf::Op(op), Some(&operand), true, node);
            }
            forms::Assigned::Change(change @ Change::ShortCircuit(_)) => {
                self.change(target, change, node);
                self.expr(&node.right, false);
            }
            forms::Assigned::Change(change) => {
                self.expr(&node.right, false);
                self.change(target, change, node);
            }
        }
    }

    /// The places left of a destructuring assignment.
    fn destructured(&mut self, node: &Expr) {
        match peel(node) {
            Expr::Tuple(tuple) => tuple.elems.iter().for_each(|part| self.destructured(part)),
            Expr::Array(array) => array.elems.iter().for_each(|part| self.destructured(part)),
            Expr::Call(call) => call.args.iter().for_each(|part| self.destructured(part)),
            Expr::Struct(node) => {
                node.fields.iter().for_each(|field| self.destructured(&field.expr));
            }
            other => match self.target(other) {
                Some(target) => self.change(target, Change::Destructured, other),
                None => self.expr(other, false),
            },
        }
    }

    fn binary(&mut self, node: &ExprBinary) {
        if let BinOp::And(_) | BinOp::Or(_) = node.op {
            self.expr(&node.left, false);
            return self.maybe(|this| this.expr(&node.right, false));
        }
        let assigns = forms::is_assignment(&node.op);
        match assigns.then(|| self.target(&node.left)).flatten() {
            Some(target) => {
                self.expr(&node.right, false);
                match Op::of_assignment(&node.op) {
                    Some(op) => self.form(target, Leaf::Op(op), Some(&node.right), node),
                    None => {
                        let change = Change::Operator(node.op.to_token_stream().to_string());
                        self.change(target, change, node);
                    }
                }
            }
            None => {
                self.expr(&node.left, false);
                self.expr(&node.right, false);
            }
        }
    }

    fn method_call(&mut self, whole: &Expr, call: &ExprMethodCall, discarded: bool) {
        // `m.entry(k).or_insert(z)` as a whole.
        if let Some(target) = self.target(whole) {
            if discarded {
                let leaf = Leaf::Present;
                return self.form(target, leaf, None, whole);
            }
            return self.change(target, Change::EntryValue, whole);
        }
        let Some(target) = self.target(&call.receiver) else {
            self.expr(&call.receiver, false);
            call.args.iter().for_each(|argument| self.expr(argument, false));
            return;
        };
        call.args.iter().for_each(|argument| self.expr(argument, false));
        let operand = if call.args.len() == 1 { call.args.first() } else { None };
        if !forms::may_change(self.names, &target) {
            self.steps(&target);
            return self.mention(target, Act::Method(call.method.clone()), whole);
        }
        match forms::of_method(call) {
            forms::Called::Append => self.form(target, Leaf::Append, operand, whole),
            forms::Called::Insert if discarded => self.form(target, Leaf::Insert, None, whole),
            forms::Called::Insert => self.change(target, Change::InsertResult, whole),
            forms::Called::Changes => {
                self.change(target, Change::Method(call.method.to_string()), whole);
            }
            forms::Called::Unknown if matches!(target.steps.last(), Some(Step::Entry(_))) => {
                self.change(target, Change::EntryValue, whole);
            }
            forms::Called::Unknown => {
                self.steps(&target);
                self.mention(target, Act::Method(call.method.clone()), whole);
            }
        }
    }

    fn macro_call(&mut self, call: &Macro) {
        let Some(arguments) = macros::arguments(call) else {
            let name = call.path.to_token_stream().to_string().replace(' ', "");
            for (var, ident) in self.names.in_tokens(&call.tokens) {
                let path: Expr = syn::parse_quote!(#ident);
                if self.inner.contains(&var) && !self.aliases.contains_key(&var) {
                    continue;
                }
                if let Some(target) = self.target(&path) {
                    self.mention(target, Act::Opaque(name.clone()), ident);
                }
            }
            return;
        };
        let mut arguments = arguments.into_iter();
        let writes = call
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "write" || last.ident == "writeln");
        if writes && let Some(destination) = arguments.next() {
            let place = match peel(&destination) {
                Expr::Reference(reference) if reference.mutability.is_some() => &reference.expr,
                _ => &destination,
            };
            let rest: Vec<Expr> = arguments.by_ref().collect();
            for argument in &rest {
                self.expr(argument, false);
            }
            match self.target(place) {
                Some(target) if forms::may_change(self.names, &target) => {
                    self.form(target, Leaf::Append, None, &destination);
                }
                _ => self.expr(&destination, false),
            }
        }
        for argument in arguments {
            self.expr(&argument, false);
        }
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
