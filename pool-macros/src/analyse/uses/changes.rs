//! The expressions that change something: assignments, operators, method calls, macros.

use quote::ToTokens;
use syn::{BinOp, Expr, ExprAssign, ExprBinary, ExprMethodCall, Macro};

use super::walk::Walk;
use super::{Act, Change};
use crate::analyse::extremum::Extremum;
use crate::analyse::forms::{self, Leaf, Op};
use crate::analyse::macros;
use crate::analyse::place::{Step, Target, peel};

impl Walk<'_> {
    pub(super) fn assign(&mut self, node: &ExprAssign) {
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

    /// An assignment on the way out of the loop.
    pub(super) fn departing(&mut self, node: &ExprAssign) {
        let plain = |target: &Target| target.steps.is_empty() && !target.alias;
        let Some(target) = self.target(&node.left).filter(plain) else { return self.assign(node) };
        let known = forms::assigned(&target, &node.right, &|node| self.target(node));
        if !matches!(
            known,
            forms::Assigned::Change(Change::Assign | Change::Kept | Change::Flag(_))
        ) {
            return self.assign(node);
        }
        self.expr(&node.right, false);
        let leaf = Leaf::Best(self.uses.extrema.len());
        self.uses.extrema.push(Extremum::departing(target.clone(), (*node.right).clone()));
        self.form(target, leaf, None, node);
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

    pub(super) fn binary(&mut self, node: &ExprBinary) {
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

    pub(super) fn method_call(&mut self, whole: &Expr, call: &ExprMethodCall, discarded: bool) {
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

    pub(super) fn macro_call(&mut self, call: &Macro) {
        let Some(arguments) = macros::arguments(call) else {
            let name = call.path.to_token_stream().to_string().replace(' ', "");
            self.ways_out += 1;
            for (var, ident) in self.names.in_tokens(&call.tokens) {
                let path: Expr = syn::parse_quote!(#ident);
                if self.inner.contains(&var) && !self.uses.aliases.contains_key(&var) {
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
