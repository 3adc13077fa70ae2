//! `if e < best { best = e; arg = i; }`: the extremum with payload.
//!
//! Let `S(best)` be the side of the comparison that holds the variables and `C` the other one.
//! The block may run for more items in parallel than it does sequentially (a worker does not know
//! the others' best), so it must do nothing but assign; and what it assigns must compare the way
//! `C` does, `S(new value) = C`, so that the best of the workers' bests is the loop's best. That
//! is checked on the syntax: the new values are put into `S` and the result must be `C`, up to
//! references and clones.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{BinOp, Expr, ExprIf, Member, Stmt, UnOp};

use super::forms::{is_some, same_target};
use super::names::Var;
use super::place::{Place, Target, peel, text};

/// A variable that an extremum assigns.
#[derive(Clone, Debug)]
pub(crate) struct AssignedPlace {
    pub(crate) target: Target,
    pub(crate) value: Expr,
}

/// An extremum with payload.
#[derive(Clone, Debug)]
pub(crate) struct Extremum {
    pub(crate) assigned: Vec<AssignedPlace>,
    pub(crate) op: BinOp,
    /// The side of the comparison that holds the variables.
    pub(crate) state: Expr,
    /// Whether that is the right side.
    pub(crate) state_on_right: bool,
    /// The other side.
    pub(crate) candidate: Expr,
    /// What else the condition asks.
    pub(crate) others: Vec<Expr>,
    /// There is no comparison: the loop is left behind the assignment.
    pub(crate) departs: bool,
}

impl Extremum {
    /// `found = Some(i); break;`
    pub(crate) fn departing(target: Target, value: Expr) -> Self {
        let nothing: Expr = syn::parse_quote!(());
        Self {
            assigned: vec![AssignedPlace { target, value }],
            op: BinOp::Lt(<syn::Token![<]>::default()),
            state: nothing.clone(),
            state_on_right: false,
            candidate: nothing,
            others: Vec::new(),
            departs: true,
        }
    }

    /// The places, in the order of their first assignment.
    pub(crate) fn places(&self) -> Vec<Place> {
        self.assigned.iter().map(|assigned| assigned.target.place.clone()).collect()
    }

    /// Whether two extrema of one body can share their accumulators.
    pub(crate) fn agrees(&self, other: &Self) -> bool {
        let sorted = |of: &Self| {
            let mut places: Vec<_> =
                of.places().into_iter().map(|place| (place.root, place.fields)).collect();
            places.sort();
            places
        };
        sorted(self) == sorted(other)
            && self.departs == other.departs
            && text(self.op) == text(other.op)
            && self.state_on_right == other.state_on_right
            && text(&self.state) == text(&other.state)
    }
}

/// What an `if` is.
pub(crate) enum Found {
    Yes(Box<Extremum>),
    /// Meant as an extremum, and cannot be one: the variables, what to underline, the reason.
    Broken(Vec<(Target, TokenStream)>, &'static str),
    No,
}

type Find<'a> = &'a dyn Fn(&Expr) -> Option<Target>;

/// Looks at an `if`; `find` says where an expression leads, `own` which variables hold nothing
/// that an item before has left.
pub(crate) fn find(node: &ExprIf, find: Find<'_>, own: &dyn Fn(Var) -> bool) -> Found {
    let assigned = assigned_in(node, find);
    if assigned.is_empty() {
        return Found::No;
    }
    let holds = |part: &Expr| mentions(part, &assigned, find, own);
    let mut conjuncts = Vec::new();
    split(&node.cond, &mut conjuncts);
    let Some(at) = conjuncts.iter().position(|part| holds(part)) else { return Found::No };
    let broken = |tokens: &dyn ToTokens, reason| {
        let tokens = tokens.to_token_stream();
        let all = assigned.iter().map(|one| (one.target.clone(), tokens.clone())).collect();
        Found::Broken(all, reason)
    };
    let comparison = match peel(conjuncts[at]) {
        Expr::Binary(binary)
            if matches!(binary.op, BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_)) =>
        {
            binary
        }
        // Its message says more.
        _ if assigned.iter().any(|one| is_some(&one.value)) => return Found::No,
        _ => {
            return broken(
                conjuncts[at],
                "an extremum is found by one comparison, `if e < best { best = e; }`, with \
                 `<`, `<=`, `>` or `>=`",
            );
        }
    };
    if let Some(second) = conjuncts[at + 1..].iter().find(|part| holds(part)) {
        return broken(second, "the condition of an extremum compares its variables once");
    }
    let (state_on_right, state, candidate) =
        match (holds(&comparison.left), holds(&comparison.right)) {
            (false, true) => (true, &comparison.right, &comparison.left),
            (true, false) => (false, &comparison.left, &comparison.right),
            _ => {
                return broken(
                    comparison,
                    "one side of the comparison of an extremum holds its variables, the other \
                     one does not",
                );
            }
        };
    if let Some((token, _)) = &node.else_branch {
        return broken(
            token,
            "whether this `else` runs depends on the items before: write a second `if` after the \
             first one instead",
        );
    }
    for stmt in &node.then_branch.stmts {
        let plain = match stmt {
            Stmt::Local(local) => {
                local.init.as_ref().is_none_or(|init| init.diverge.is_none() && quiet(&init.expr))
            }
            Stmt::Expr(Expr::Assign(assign), _) => {
                find(&assign.left).is_some_and(|target| target.steps.is_empty())
                    && quiet(&assign.right)
            }
            _ => false,
        };
        if !plain {
            return broken(
                stmt,
                "how often the block of an extremum runs depends on the items before: it can only \
                 assign to the extremum's variables",
            );
        }
    }
    for one in &assigned {
        if mentions(&one.value, &assigned, find, own) {
            return broken(&one.value, "what an extremum assigns cannot depend on its variables");
        }
    }
    let others: Vec<Expr> = conjuncts
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != at)
        .map(|(_, part)| (*part).clone())
        .collect();
    if let Some(loud) = conjuncts[at + 1..].iter().find(|part| !quiet(part)) {
        return broken(
            loud,
            "whether this runs depends on the items before: put it before the comparison",
        );
    }
    let mut expected = (**state).clone();
    Substitute { assigned: &assigned, find }.visit_expr_mut(&mut expected);
    if normal(&expected) != normal(candidate) {
        return broken(
            &node.cond,
            "the value that an extremum compares must be the one that it assigns: \
             `if e < best { best = e; }`",
        );
    }
    Found::Yes(Box::new(Extremum {
        op: comparison.op,
        state: (**state).clone(),
        state_on_right,
        candidate: (**candidate).clone(),
        others,
        assigned,
        departs: false,
    }))
}

/// `if e > h[k] { h[k] = e; }`, an extremum of an element: the element, the name of the comparison
/// between a later value and the one so far, and `e`.
pub(crate) fn of_element(node: &ExprIf, find: Find<'_>) -> Option<(Target, &'static str, Expr)> {
    let Expr::Binary(comparison) = peel(&node.cond) else { return None };
    let [Stmt::Expr(Expr::Assign(assign), _)] = node.then_branch.stmts.as_slice() else {
        return None;
    };
    let target = find(&assign.left).filter(|target| !target.steps.is_empty())?;
    let is_target = |side: &Expr| find(side).is_some_and(|found| same_target(&found, &target));
    let (op, candidate, flipped) = if is_target(&comparison.right) {
        (&comparison.op, &comparison.left, false)
    } else if is_target(&comparison.left) {
        (&comparison.op, &comparison.right, true)
    } else {
        return None;
    };
    let name = match (op, flipped) {
        (BinOp::Lt(_), false) | (BinOp::Gt(_), true) => "less",
        (BinOp::Le(_), false) | (BinOp::Ge(_), true) => "less_equal",
        (BinOp::Gt(_), false) | (BinOp::Lt(_), true) => "greater",
        (BinOp::Ge(_), false) | (BinOp::Le(_), true) => "greater_equal",
        _ => return None,
    };
    let own = |node: &Expr| find(node).is_some_and(|found| found.place == target.place);
    let plain = node.else_branch.is_none()
        && quiet(candidate)
        && normal(candidate) == normal(&assign.right)
        && !holds(candidate, &own);
    plain.then(|| (target, name, (**candidate).clone()))
}

/// Whether a part of an expression is such.
fn holds(node: &Expr, such: &dyn Fn(&Expr) -> bool) -> bool {
    struct Search<'a>(&'a dyn Fn(&Expr) -> bool, bool);
    impl Visit<'_> for Search<'_> {
        fn visit_expr(&mut self, node: &Expr) {
            self.1 |= (self.0)(node);
            visit::visit_expr(self, node);
        }
    }
    let mut search = Search(such, false);
    search.visit_expr(node);
    search.1
}

/// The captured variables that the block assigns as a whole.
fn assigned_in(node: &ExprIf, find: Find<'_>) -> Vec<AssignedPlace> {
    let mut assigned: Vec<AssignedPlace> = Vec::new();
    for stmt in &node.then_branch.stmts {
        if let Stmt::Expr(Expr::Assign(assign), _) = stmt
            && let Some(target) = find(&assign.left)
            && target.steps.is_empty()
            && !target.alias
        {
            assigned.push(AssignedPlace { target, value: (*assign.right).clone() });
        }
    }
    assigned
}

pub(super) fn split<'a>(condition: &'a Expr, parts: &mut Vec<&'a Expr>) {
    match peel(condition) {
        Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => {
            split(&binary.left, parts);
            split(&binary.right, parts);
        }
        other => parts.push(other),
    }
}

/// Whether an expression holds one of the variables.
fn mentions(
    node: &Expr,
    assigned: &[AssignedPlace],
    find: Find<'_>,
    own: &dyn Fn(Var) -> bool,
) -> bool {
    struct Search<'a> {
        assigned: &'a [AssignedPlace],
        find: Find<'a>,
        own: &'a dyn Fn(Var) -> bool,
        found: bool,
    }
    impl Visit<'_> for Search<'_> {
        fn visit_expr(&mut self, node: &Expr) {
            if let Some(target) = (self.find)(node) {
                self.found |=
                    self.assigned.iter().any(|one| one.target.place.overlaps(&target.place))
                        && !(self.own)(target.place.root);
            }
            visit::visit_expr(self, node);
        }
    }
    let mut search = Search { assigned, find, own, found: false };
    search.visit_expr(node);
    search.found
}

/// Whether an expression only computes a value, as far as its syntax tells.
pub(super) fn quiet(node: &Expr) -> bool {
    struct Search(bool);
    impl Visit<'_> for Search {
        fn visit_expr(&mut self, node: &Expr) {
            self.0 &= match node {
                Expr::Try(_)
                | Expr::Return(_)
                | Expr::Break(_)
                | Expr::Continue(_)
                | Expr::Assign(_)
                | Expr::Await(_)
                | Expr::Yield(_) => false,
                Expr::Binary(binary) => !super::forms::is_assignment(&binary.op),
                Expr::Reference(reference) => reference.mutability.is_none(),
                _ => true,
            };
            visit::visit_expr(self, node);
        }
        fn visit_macro(&mut self, call: &syn::Macro) {
            let allowed = ["format", "vec", "matches"];
            self.0 &= call
                .path
                .segments
                .last()
                .is_some_and(|last| allowed.iter().any(|name| last.ident == name))
                && super::macros::arguments(call).is_some_and(|all| all.iter().all(quiet));
        }
        fn visit_item(&mut self, _: &syn::Item) {}
    }
    let mut search = Search(true);
    search.visit_expr(node);
    search.0
}

/// Puts the new values in place of the variables.
struct Substitute<'a> {
    assigned: &'a [AssignedPlace],
    find: Find<'a>,
}

impl VisitMut for Substitute<'_> {
    fn visit_expr_mut(&mut self, node: &mut Expr) {
        if let Some(target) = (self.find)(node)
            && target.steps.is_empty()
            && let Some(one) = self.assigned.iter().find(|one| one.target.place == target.place)
        {
            let value = &one.value;
            *node = syn::parse_quote!((#value));
            return;
        }
        visit_mut::visit_expr_mut(self, node);
    }
}

/// Methods that give a value equal to the one that they are called on, owned or borrowed.
const SAME_VALUE: [&str; 8] =
    ["clone", "to_owned", "copied", "cloned", "to_string", "as_str", "to_vec", "as_slice"];

/// The text of an expression without references, clones and parentheses, literals projected.
pub(crate) fn normal(node: &Expr) -> String {
    struct Strip;
    impl VisitMut for Strip {
        fn visit_expr_mut(&mut self, node: &mut Expr) {
            loop {
                let inner = match node {
                    Expr::Paren(paren) => &*paren.expr,
                    Expr::Group(group) => &*group.expr,
                    Expr::Reference(reference) if reference.mutability.is_none() => {
                        &*reference.expr
                    }
                    Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => &*unary.expr,
                    Expr::MethodCall(call)
                        if call.args.is_empty()
                            && SAME_VALUE.iter().any(|name| call.method == name) =>
                    {
                        &*call.receiver
                    }
                    Expr::Call(call)
                        if call.args.len() == 1
                            && ["String::from", "Vec::from"]
                                .contains(&text(&call.func).replace(' ', "").as_str()) =>
                    {
                        &call.args[0]
                    }
                    _ => break,
                };
                *node = inner.clone();
            }
            visit_mut::visit_expr_mut(self, node);
            if let Expr::Field(field) = node
                && let Some(part) = project(&field.base, &field.member)
            {
                *node = part;
            }
        }
    }
    let mut node = node.clone();
    Strip.visit_expr_mut(&mut node);
    text(node)
}

/// `(a, b).0`, `S { x: a }.x`.
fn project(base: &Expr, member: &Member) -> Option<Expr> {
    match (base, member) {
        (Expr::Tuple(tuple), Member::Unnamed(index)) => {
            tuple.elems.get(usize::try_from(index.index).ok()?).cloned()
        }
        (Expr::Struct(node), member) => {
            node.fields.iter().find(|field| field.member == *member).map(|field| field.expr.clone())
        }
        _ => None,
    }
}
