//! `if e > best.0 { *best = (e, i); }` on an element or a map's entry: the extremum of elements
//! that are compared by a part of them.
//!
//! As for an extremum of variables ([`extremum`](super::extremum)), what the block assigns must
//! compare the way the condition says: the new value, put in the element's place in the
//! comparison, is the other side.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{BinOp, Expr, ExprIf, Member, Stmt};

use super::extremum::{normal, quiet, split};
use super::forms::same_target;
use super::names::Names;
use super::place::{Step, Target, peel, text};

/// The name that stands for the element in [`Choice::state`].
const ELEMENT: &str = "element·";

/// How elements are compared.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) target: Target,
    op: BinOp,
    /// The side of the comparison that holds the element.
    state: Expr,
    state_on_right: bool,
    /// The other side.
    pub(crate) candidate: Expr,
    /// What else the condition asks.
    pub(crate) others: Vec<Expr>,
    /// What the whole element becomes, where that is one expression.
    pub(crate) value: Option<Expr>,
}

impl Choice {
    /// Whether two of them compare in the same way.
    pub(crate) fn same(&self, other: &Self) -> bool {
        text(self.op) == text(other.op)
            && self.state_on_right == other.state_on_right
            && text(&self.state) == text(&other.state)
    }

    /// `|later, so_far| later.0 > so_far.0`; `total`: any two values must compare.
    pub(crate) fn better(&self, names: &Names, total: Option<&TokenStream>) -> TokenStream {
        let side = |of: &str| {
            let mut state = self.state.clone();
            Rename(Ident::new(of, Span::mixed_site())).visit_expr_mut(&mut state);
            names.restore_expr(state)
        };
        let [later, so_far] = ["later", "so_far"].map(|name| Ident::new(name, Span::mixed_site()));
        let (new, old) = (side("later"), side("so_far"));
        let op = &self.op;
        let comparison =
            if self.state_on_right { quote!(#new #op #old) } else { quote!(#old #op #new) };
        let at = Span::mixed_site().located_at(self.state.span());
        let total = total.map(|ordered| quote_spanned!(at=> #ordered(&#new);));
        match total {
            Some(total) => quote!(|#later, #so_far| { #total #comparison }),
            None => quote!(|#later, #so_far| #comparison),
        }
    }
}

/// What an `if` is.
pub(crate) enum Found {
    Yes(Box<Choice>),
    /// Meant as one, and cannot be one: the reason.
    Broken(Box<Target>, &'static str),
    No,
}

type Find<'a> = &'a dyn Fn(&Expr) -> Option<Target>;

/// Looks at an `if`; `find` says where an expression leads.
pub(crate) fn find(node: &ExprIf, find: Find<'_>) -> Found {
    let Some((element, assigned)) = assigned_in(node, find) else { return Found::No };
    let holds = |part: &Expr| mentions(part, &element, find);
    let mut conjuncts = Vec::new();
    split(&node.cond, &mut conjuncts);
    let Some(at) = conjuncts.iter().position(|part| holds(part)) else { return Found::No };
    let broken = |reason| Found::Broken(Box::new(element.clone()), reason);
    let Expr::Binary(comparison) = peel(conjuncts[at]) else { return Found::No };
    let (state_on_right, state, candidate) =
        match (holds(&comparison.left), holds(&comparison.right)) {
            (false, true) => (true, &comparison.right, &comparison.left),
            (true, false) => (false, &comparison.left, &comparison.right),
            _ => return Found::No,
        };
    match comparison.op {
        BinOp::Lt(_) | BinOp::Gt(_) => {}
        BinOp::Le(_) | BinOp::Ge(_) => {
            return broken(
                "of several candidates that compare as equal the last one stays here, and which \
                 that is cannot be told from a part of the element: compare all of it, \
                 `if (e, i) >= *best { *best = (e, i); }`, or keep the first one, with `<` or `>`",
            );
        }
        _ => return Found::No,
    }
    if node.else_branch.is_some() {
        return broken(
            "whether the `else` runs depends on the items before: write a second `if` after the \
             first one instead",
        );
    }
    let plain = |part: &Expr| quiet(part) && !holds(part);
    if !conjuncts[at + 1..].iter().all(|part| plain(part))
        || !assigned.iter().all(|(_, value)| plain(value))
    {
        return broken(
            "what an extremum assigns, and what else it asks, cannot depend on what it has found \
             so far",
        );
    }
    let mut expected = (**state).clone();
    Substitute { element: &element, assigned: &assigned, find }.visit_expr_mut(&mut expected);
    if normal(&expected) != normal(candidate) {
        return broken(
            "the value that an extremum compares must be the one that it assigns: \
             `if e > best.0 { *best = (e, i); }`",
        );
    }
    let mut state = (**state).clone();
    Abstract { element: &element, find }.visit_expr_mut(&mut state);
    let value = match assigned.as_slice() {
        [(fields, value)] if fields.is_empty() => Some(value.clone()),
        _ => None,
    };
    let others = conjuncts.iter().enumerate().filter(|(index, _)| *index != at);
    Found::Yes(Box::new(Choice {
        others: others.map(|(_, part)| (*part).clone()).collect(),
        op: comparison.op,
        state,
        state_on_right,
        candidate: (**candidate).clone(),
        value,
        target: element,
    }))
}

/// What is assigned to: the fields that lead to it from the element, and the value.
type Assigned = (Vec<String>, Expr);

/// The one element that the block assigns, as a whole or by its fields, and does nothing else.
fn assigned_in(node: &ExprIf, find: Find<'_>) -> Option<(Target, Vec<Assigned>)> {
    let mut targets = Vec::new();
    for stmt in &node.then_branch.stmts {
        let Stmt::Expr(Expr::Assign(assign), _) = stmt else { return None };
        let target = find(&assign.left).filter(|target| !target.steps.is_empty())?;
        targets.push((target, (*assign.right).clone()));
    }
    let mut element = targets.first()?.0.clone();
    if targets.len() > 1 {
        while let Some(Step::Field(_)) = element.steps.last() {
            element.steps.pop();
        }
    }
    element.seen = element.seen.min(element.steps.len());
    let assigned = targets
        .into_iter()
        .map(|(target, value)| Some((fields_below(&element, &target)?, value)))
        .collect::<Option<_>>()?;
    (!element.steps.is_empty()).then_some((element, assigned))
}

/// The fields by which `target` is a part of `element`, if it is one.
fn fields_below(element: &Target, target: &Target) -> Option<Vec<String>> {
    let (steps, rest) = target.steps.split_at_checked(element.steps.len())?;
    let whole = Target { steps: steps.to_vec(), ..target.clone() };
    if !same_target(&whole, element) {
        return None;
    }
    rest.iter()
        .map(|step| match step {
            Step::Field(name) => Some(name.clone()),
            _ => None,
        })
        .collect()
}

/// Whether a part of an expression leads to where the element is kept.
fn mentions(node: &Expr, element: &Target, find: Find<'_>) -> bool {
    struct Search<'a>(&'a Target, Find<'a>, bool);
    impl Visit<'_> for Search<'_> {
        fn visit_expr(&mut self, node: &Expr) {
            self.2 |= (self.1)(node).is_some_and(|found| found.place.overlaps(&self.0.place));
            visit::visit_expr(self, node);
        }
    }
    let mut search = Search(element, find, false);
    search.visit_expr(node);
    search.2
}

/// `base.a.b`
fn with_fields(base: Expr, fields: &[String]) -> Expr {
    fields.iter().fold(base, |base, field| match syn::parse_str::<Member>(field) {
        Ok(member) => syn::parse_quote!(#base.#member),
        Err(_) => base,
    })
}

/// Puts the new value in the element's place.
struct Substitute<'a> {
    element: &'a Target,
    assigned: &'a [Assigned],
    find: Find<'a>,
}

impl VisitMut for Substitute<'_> {
    fn visit_expr_mut(&mut self, node: &mut Expr) {
        if let Some(target) = (self.find)(node)
            && let Some(fields) = fields_below(self.element, &target)
            && let Some((own, value)) =
                self.assigned.iter().find(|(own, _)| fields.starts_with(own))
        {
            *node = with_fields(syn::parse_quote!((#value)), &fields[own.len()..]);
            return;
        }
        visit_mut::visit_expr_mut(self, node);
    }
}

/// Puts [`ELEMENT`] in the element's place.
struct Abstract<'a> {
    element: &'a Target,
    find: Find<'a>,
}

impl VisitMut for Abstract<'_> {
    fn visit_expr_mut(&mut self, node: &mut Expr) {
        if let Some(target) = (self.find)(node)
            && let Some(fields) = fields_below(self.element, &target)
        {
            let element = Ident::new(ELEMENT, node.span());
            *node = if fields.is_empty() {
                syn::parse_quote!((*#element))
            } else {
                with_fields(syn::parse_quote!(#element), &fields)
            };
            return;
        }
        visit_mut::visit_expr_mut(self, node);
    }
}

/// Puts a name in the place of [`ELEMENT`].
struct Rename(Ident);

impl VisitMut for Rename {
    fn visit_ident_mut(&mut self, node: &mut Ident) {
        if node == ELEMENT {
            let span = self.0.span().located_at(node.span());
            *node = Ident::new(&self.0.to_string(), span);
        }
    }
}
