//! The captured variables that a body gets as parameters of a closure around it.
//!
//! A function that is given `table: &[f64]` may keep what it knows of the table while it writes
//! elsewhere: rustc tells LLVM that nobody changes what a parameter refers to. Of what a closure
//! captures it does not say so, and every write through memory has all tables looked up again (a
//! stencil over `Vec`s of `Vec`s took 12 to 24 % longer than in the plain loop). So a body that
//! writes through memory is lent again what the loop's function was: shared references and numbers,
//! by value.
//!
//! A lent variable is a copy that ends with the body. So none is lent that the body might borrow
//! as a variable (`&n`, a closure that captures it), since the borrow may outlive the body.

use std::collections::HashSet;

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Ident, Item, Macro, Type, UnOp};

use super::forms::is_assignment;
use super::macros;
use super::names::{Names, Origin, SELF, Var};
use super::place::peel;
use super::uses::{Act, Uses};
use super::verdict::Verdict;
use crate::model::is_number;

/// How many variables can be lent: the runtime has a function for each number.
const MOST: usize = 8;

/// What a variable is, as its declaration says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Shared,
    Number,
}

/// The variables to lend, as the body writes them, references first.
pub(super) fn of_body(
    uses: &Uses,
    body: &Block,
    names: &Names,
    verdict: &Verdict,
    scratch: &dyn Fn(Var) -> bool,
) -> Vec<Ident> {
    let mut search = Search { names, found: Vec::new(), borrowed: HashSet::new(), writes: false };
    search.visit_block(body);
    if !search.writes {
        return Vec::new();
    }
    let reduced = verdict.accumulators.iter().flat_map(|accumulator| &accumulator.members);
    let taken: HashSet<Var> = reduced
        .map(|member| member.place.root)
        .chain(verdict.privates.iter().copied())
        .chain(search.borrowed)
        .chain(uses.mentions.iter().filter_map(|mention| {
            let read = matches!(mention.act, Act::Read | Act::Method(_)) && !mention.target.alias;
            (!read).then_some(mention.target.place.root)
        }))
        .collect();
    let captured: HashSet<Var> =
        uses.mentions.iter().map(|mention| mention.target.place.root).collect();
    let mut lent: Vec<(Kind, Ident)> = search
        .found
        .into_iter()
        .filter(|(var, _)| captured.contains(var) && !taken.contains(var) && !scratch(*var))
        .filter_map(|(var, ident)| Some((kind(var, names)?, ident)))
        .collect();
    lent.sort_by_key(|(kind, _)| *kind);
    lent.into_iter().map(|(_, ident)| ident).take(MOST).collect()
}

/// What is lent of a variable's type, if anything is.
fn kind(var: Var, names: &Names) -> Option<Kind> {
    let declared = names.declared(var);
    if declared.mutable || var == SELF {
        return None;
    }
    match &declared.origin {
        Origin::Parameter(Some(declared)) | Origin::Let { declared: Some(declared), .. } => {
            kind_of(declared)
        }
        Origin::Let { declared: None, value: Some(value) } => match peel(value) {
            Expr::Reference(taken) if taken.mutability.is_none() => Some(Kind::Shared),
            _ => None,
        },
        _ => None,
    }
}

fn kind_of(declared: &Type) -> Option<Kind> {
    match declared {
        Type::Group(group) => kind_of(&group.elem),
        Type::Paren(paren) => kind_of(&paren.elem),
        Type::Reference(reference) if reference.mutability.is_none() => Some(Kind::Shared),
        Type::Path(path) => is_number(path.path.get_ident()?).then_some(Kind::Number),
        _ => None,
    }
}

/// What a body mentions.
struct Search<'a> {
    names: &'a Names,
    found: Vec<(Var, Ident)>,
    /// What may be borrowed as a variable.
    borrowed: HashSet<Var>,
    /// Whether something is written through memory: `out[i] = e`, `*x += e`.
    writes: bool,
}

impl Search<'_> {
    /// The variable that an expression is.
    fn variable(&self, node: &Expr) -> Option<Var> {
        match peel(node) {
            Expr::Path(path) => self.names.of_path(path),
            _ => None,
        }
    }

    fn borrow_all(&mut self, node: &impl ToTokens) {
        let all = self.names.in_tokens(&node.to_token_stream());
        self.borrowed.extend(all.into_iter().map(|(var, _)| var));
    }

    fn assigned(&mut self, place: &Expr) {
        self.writes |= match peel(place) {
            Expr::Index(_) => true,
            Expr::Unary(unary) => matches!(unary.op, UnOp::Deref(_)),
            Expr::Field(field) => return self.assigned(&field.base),
            _ => false,
        };
    }
}

impl Visit<'_> for Search<'_> {
    fn visit_expr(&mut self, node: &Expr) {
        match node {
            Expr::Path(path) => {
                if let Some(var) = self.names.of_path(path)
                    && let Some(ident) = path.path.get_ident()
                    && !self.found.iter().any(|(known, _)| *known == var)
                {
                    self.found.push((var, ident.clone()));
                }
            }
            Expr::Reference(taken) => self.borrowed.extend(self.variable(&taken.expr)),
            Expr::RawAddr(taken) => self.borrowed.extend(self.variable(&taken.expr)),
            Expr::MethodCall(call) => {
                // A number's method may borrow the variable; a reference's borrows what that is to.
                let var = self.variable(&call.receiver);
                let number = |var: &Var| kind(*var, self.names) == Some(Kind::Number);
                self.borrowed.extend(var.filter(number));
            }
            Expr::Assign(assigns) => self.assigned(&assigns.left),
            Expr::Binary(binary) if is_assignment(&binary.op) => self.assigned(&binary.left),
            Expr::Closure(_) | Expr::Async(_) => return self.borrow_all(node),
            _ => {}
        }
        visit::visit_expr(self, node);
    }

    fn visit_macro(&mut self, node: &Macro) {
        match macros::arguments(node) {
            Some(values) => values.iter().for_each(|value| self.visit_expr(value)),
            None => self.borrow_all(&node.tokens),
        }
    }

    fn visit_item(&mut self, _: &Item) {}
}
