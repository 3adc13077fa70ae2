//! Places: what stands left of an assignment, and what a method is called on.
//!
//! `self.stats.by_day[d][h]` is the variable `self`, the fields `stats`, `by_day`, and two index
//! steps; `*m.entry(k).or_insert(0)` is the variable `m` and an entry step.

use quote::ToTokens;
use syn::{Expr, ExprMethodCall, Member, UnOp};

use super::names::{Names, Var};

/// Without the parentheses and invisible groups (of `macro_rules!` arguments) around it.
pub(crate) fn peel(mut node: &Expr) -> &Expr {
    loop {
        match node {
            Expr::Group(group) => node = &group.expr,
            Expr::Paren(paren) => node = &paren.expr,
            _ => return node,
        }
    }
}

/// Whether two pieces of syntax are the same tokens, parentheses around the whole aside.
pub(crate) fn same(a: &Expr, b: &Expr) -> bool {
    text(peel(a)) == text(peel(b))
}

/// Tokens as text, to compare them.
pub(crate) fn text(node: impl ToTokens) -> String {
    node.to_token_stream().to_string()
}

/// What is accumulated into as a whole: a variable, or a field of one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) root: Var,
    pub(crate) fields: Vec<String>,
}

impl Place {
    /// Whether one of the two is a part of the other, or they are the same.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.root == other.root && self.fields.iter().zip(&other.fields).all(|(a, b)| a == b)
    }
}

/// What an entry holds when its key is new.
#[derive(Clone, Debug)]
pub(crate) enum Absent {
    /// `or_default()`
    Default,
    /// `or_insert(value)`
    Value(Expr),
    /// `or_insert_with(make)`, `or_insert_with_key(make)`
    With(Expr),
}

/// `m.entry(key).and_modify(change).or_insert(value)`, less the `m`.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Expr,
    pub(crate) changes: Vec<Expr>,
    pub(crate) absent: Absent,
}

impl Absent {
    /// As text, to compare it.
    pub(crate) fn spelled(&self) -> String {
        match self {
            Self::Default => String::new(),
            Self::Value(value) => text(peel(value)),
            Self::With(make) => format!("with {}", text(peel(make))),
        }
    }
}

/// A step from a place into one of its elements.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Index(Expr),
    Entry(Box<Entry>),
    /// A field of an element.
    Field(String),
}

/// An expression that leads to (a part of) a variable.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) place: Place,
    pub(crate) steps: Vec<Step>,
    /// Whether a `*` stands before the place itself: the variable is a reference.
    pub(crate) deref: bool,
    /// How many of the steps stand where an alias was made, and not here.
    pub(crate) seen: usize,
    /// Whether the variable is a local of the body that is `&mut` to the place.
    pub(crate) alias: bool,
    /// The place as it was written, without the steps.
    pub(crate) spelling: Expr,
}

impl Target {
    /// The variable (or a part of it) that an expression names directly, if it does.
    pub(crate) fn of(node: &Expr, names: &Names) -> Option<Self> {
        Self::with(node, &|path| {
            let root = names.of_path(path)?;
            Some(Self {
                place: Place { root, fields: Vec::new() },
                steps: Vec::new(),
                deref: false,
                seen: 0,
                alias: false,
                spelling: Expr::Path(path.clone()),
            })
        })
    }

    /// [`of`](Self::of), `root` deciding what a variable leads to.
    pub(crate) fn with(node: &Expr, root: &dyn Fn(&syn::ExprPath) -> Option<Self>) -> Option<Self> {
        match peel(node) {
            Expr::Path(path) => root(path),
            Expr::Field(field) => {
                let mut target = Self::with(&field.base, root)?;
                let name = match &field.member {
                    Member::Named(name) => name.to_string(),
                    Member::Unnamed(index) => index.index.to_string(),
                };
                if target.steps.is_empty() {
                    target.place.fields.push(name);
                    target.deref = false;
                    let base = Box::new(target.spelling);
                    target.spelling = Expr::Field(syn::ExprField { base, ..field.clone() });
                } else {
                    target.steps.push(Step::Field(name));
                }
                Some(target)
            }
            Expr::Index(index) => {
                let mut target = Self::with(&index.expr, root)?;
                target.steps.push(Step::Index((*index.index).clone()));
                Some(target)
            }
            Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => {
                let mut target = Self::with(&unary.expr, root)?;
                if target.steps.is_empty() && !target.alias {
                    target.deref = true;
                    target.spelling = peel(node).clone();
                }
                Some(target)
            }
            Expr::MethodCall(call) => {
                let (base, entry) = entry_chain(call)?;
                let mut target = Self::with(base, root)?;
                target.steps.push(Step::Entry(Box::new(entry)));
                Some(target)
            }
            _ => None,
        }
    }

    /// The index expressions that stand directly behind the place.
    pub(crate) fn leading_indices(&self) -> Vec<Expr> {
        self.steps
            .iter()
            .map_while(|step| match step {
                Step::Index(index) => Some(index.clone()),
                _ => None,
            })
            .collect()
    }
}

/// Takes `m.entry(k).and_modify(f).or_insert(z)` apart into `m` and the rest.
fn entry_chain(call: &ExprMethodCall) -> Option<(&Expr, Entry)> {
    let argument = || (call.args.len() == 1).then(|| call.args[0].clone());
    let absent = match call.method.to_string().as_str() {
        "or_default" if call.args.is_empty() => Absent::Default,
        "or_insert" => Absent::Value(argument()?),
        "or_insert_with" | "or_insert_with_key" => Absent::With(argument()?),
        _ => return None,
    };
    let mut changes = Vec::new();
    let mut receiver = peel(&call.receiver);
    loop {
        let Expr::MethodCall(inner) = receiver else { return None };
        if inner.args.len() != 1 {
            return None;
        }
        if inner.method == "and_modify" {
            changes.insert(0, inner.args[0].clone());
            receiver = peel(&inner.receiver);
        } else if inner.method == "entry" {
            let key = inner.args[0].clone();
            return Some((&inner.receiver, Entry { key, changes, absent }));
        } else {
            return None;
        }
    }
}
