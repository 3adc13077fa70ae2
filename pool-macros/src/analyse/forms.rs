//! The forms in which a captured variable may be changed.

use syn::{BinOp, Expr, ExprCall, ExprLit, ExprMethodCall, Ident, Lit, Type};

use super::choice::Choice;
use super::names::{Names, Origin, SELF, Var};
use super::place::{Step, Target, peel, text};
use super::uses::Change;

/// An operator of a reduction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    Add,
    /// `-=`, alone or beside `+=`.
    Sub,
    Mul,
    Or,
    And,
    Xor,
    /// `x = x.wrapping_add(e)` and `wrapping_sub`.
    WrappingAdd,
    /// `x = x.wrapping_mul(e)`
    WrappingMul,
}

impl Op {
    /// The operator of `x op= e`, if it is one of ours.
    pub(crate) fn of_assignment(op: &BinOp) -> Option<Self> {
        Some(match op {
            BinOp::AddAssign(_) => Self::Add,
            BinOp::SubAssign(_) => Self::Sub,
            BinOp::MulAssign(_) => Self::Mul,
            BinOp::BitOrAssign(_) => Self::Or,
            BinOp::BitAndAssign(_) => Self::And,
            BinOp::BitXorAssign(_) => Self::Xor,
            _ => return None,
        })
    }

    /// The operator that a method of the integers stands for, and whether its sides may be swapped.
    fn of_method(name: &Ident) -> Option<(Self, bool)> {
        Some(match name.to_string().as_str() {
            "wrapping_add" => (Self::WrappingAdd, true),
            "wrapping_sub" => (Self::WrappingAdd, false),
            "wrapping_mul" => (Self::WrappingMul, true),
            _ => return None,
        })
    }

    /// The operator of `x op e`, if it is one of ours.
    fn of(op: &BinOp) -> Option<Self> {
        Some(match op {
            BinOp::Add(_) => Self::Add,
            BinOp::Sub(_) => Self::Sub,
            BinOp::Mul(_) => Self::Mul,
            BinOp::BitOr(_) => Self::Or,
            BinOp::BitAnd(_) => Self::And,
            BinOp::BitXor(_) => Self::Xor,
            _ => return None,
        })
    }
}

/// `x.min(e)` or `min(x, e)`: what combines two values, and which of them stands first.
#[derive(Clone, Debug)]
pub(crate) enum Fold {
    Method { name: Ident, flipped: bool },
    Call { function: Box<Expr>, flipped: bool },
}

impl Fold {
    /// Whether two folds are the same function.
    pub(crate) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Method { name: a, flipped: x }, Self::Method { name: b, flipped: y }) => {
                a == b && x == y
            }
            (Self::Call { function: a, flipped: x }, Self::Call { function: b, flipped: y }) => {
                text(a) == text(b) && x == y
            }
            _ => false,
        }
    }

    /// `min` or `max`.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Method { name, .. } => name.to_string(),
            Self::Call { function, .. } => match peel(function) {
                Expr::Path(path) => {
                    path.path.segments.last().map_or_else(String::new, |s| s.ident.to_string())
                }
                _ => String::new(),
            },
        }
    }
}

/// What a form does at its place.
#[derive(Clone, Debug)]
pub(crate) enum Leaf {
    Op(Op),
    Fold(Fold),
    /// `if e < h[k] { h[k] = e; }`: the name of the comparison.
    Compare(&'static str),
    /// `if e > h[k].0 { h[k] = (e, i); }`
    Choice(Box<Choice>),
    Append,
    Insert,
    /// Part of the extremum with this index in `Uses::extrema`.
    Best(usize),
    /// An entry is made if there is none: the first value stays.
    Present,
}

/// Whether the operator changes its left side.
pub(crate) fn is_assignment(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_)
            | BinOp::RemAssign(_)
            | BinOp::BitXorAssign(_)
            | BinOp::BitAndAssign(_)
            | BinOp::BitOrAssign(_)
            | BinOp::ShlAssign(_)
            | BinOp::ShrAssign(_)
    )
}

/// What `target = right` is.
pub(crate) enum Assigned {
    /// A form, and the expressions that go into it.
    Form(Leaf, Vec<Expr>),
    /// `x = e + x`
    Reversed(Op, Expr),
    Change(Change),
}

/// Whether two targets are the same piece of the same variable.
pub(crate) fn same_target(a: &Target, b: &Target) -> bool {
    a.place == b.place && steps_text(a) == steps_text(b)
}

fn steps_text(target: &Target) -> Vec<String> {
    target
        .steps
        .iter()
        .map(|step| match step {
            Step::Index(index) => format!("[{}]", text(peel(index))),
            Step::Field(name) => format!(".{name}"),
            Step::Entry(entry) => format!("entry {}: {}", text(&entry.key), entry.absent.spelled()),
        })
        .collect()
}

/// Recognises `x = x + e` and `x = x.min(e)`; `find` says where an expression leads.
pub(crate) fn assigned(
    target: &Target,
    right: &Expr,
    find: &dyn Fn(&Expr) -> Option<Target>,
) -> Assigned {
    let is_target = |node: &Expr| find(node).is_some_and(|found| same_target(&found, target));
    match peel(right) {
        Expr::Binary(binary) => {
            if let Some(word) = short_circuit(&binary.op)
                && is_target(&binary.left)
            {
                return Assigned::Change(Change::ShortCircuit(word));
            }
            if let Some((op, operands)) = long_hand(right, &is_target) {
                return Assigned::Form(Leaf::Op(op), operands);
            }
            match Op::of(&binary.op) {
                Some(op) if op != Op::Sub && is_target(&binary.right) => {
                    Assigned::Reversed(op, (*binary.left).clone())
                }
                _ => Assigned::Change(Change::Assign),
            }
        }
        Expr::MethodCall(_) | Expr::Call(_) => {
            if let Some((op, operands)) = wrapping(right, &is_target) {
                return Assigned::Form(Leaf::Op(op), operands);
            }
            match fold(right, &is_target) {
                Some((fold, operands)) => Assigned::Form(Leaf::Fold(fold), operands),
                None if is_some(right) => Assigned::Change(Change::Kept),
                None => Assigned::Change(Change::Assign),
            }
        }
        Expr::Lit(ExprLit { lit: Lit::Bool(value), .. }) => {
            Assigned::Change(Change::Flag(value.value))
        }
        _ => Assigned::Change(Change::Assign),
    }
}

fn short_circuit(op: &BinOp) -> Option<&'static str> {
    match op {
        BinOp::Or(_) => Some("|"),
        BinOp::And(_) => Some("&"),
        _ => None,
    }
}

/// `x + a - b`, leftmost first: the operator and the operands.
fn long_hand(node: &Expr, is_target: &dyn Fn(&Expr) -> bool) -> Option<(Op, Vec<Expr>)> {
    let Expr::Binary(binary) = peel(node) else { return None };
    let op = Op::of(&binary.op)?;
    let operand = (*binary.right).clone();
    if is_target(&binary.left) {
        return Some((op, vec![operand]));
    }
    let (before, mut operands) = long_hand(&binary.left, is_target)?;
    let both = match (before, op) {
        (a, b) if a == b => a,
        (Op::Add, Op::Sub) | (Op::Sub, Op::Add) => Op::Sub,
        _ => return None,
    };
    operands.push(operand);
    Some((both, operands))
}

/// `x.wrapping_add(a)`, `a.wrapping_add(x)`, and chains of the first.
fn wrapping(node: &Expr, is_target: &dyn Fn(&Expr) -> bool) -> Option<(Op, Vec<Expr>)> {
    let Expr::MethodCall(call) = peel(node) else { return None };
    let (op, swaps) = Op::of_method(&call.method)?;
    let [argument] = call.args.iter().collect::<Vec<_>>()[..] else { return None };
    if is_target(&call.receiver) {
        return Some((op, vec![argument.clone()]));
    }
    // Integers alone have these methods and a rule for them, and theirs commute.
    if swaps && is_target(argument) {
        return Some((op, vec![(*call.receiver).clone()]));
    }
    let (inner, mut operands) = wrapping(&call.receiver, is_target)?;
    operands.push(argument.clone());
    (inner == op).then_some((op, operands))
}

/// `x.min(a)`, `a.min(x)`, `min(x, a)`, `min(a, x)`, and chains of the first.
fn fold(node: &Expr, is_target: &dyn Fn(&Expr) -> bool) -> Option<(Fold, Vec<Expr>)> {
    match peel(node) {
        Expr::MethodCall(call) if is_extremum(&call.method) && call.args.len() == 1 => {
            let argument = &call.args[0];
            let name = call.method.clone();
            if is_target(&call.receiver) {
                return Some((Fold::Method { name, flipped: false }, vec![argument.clone()]));
            }
            if is_target(argument) {
                let operand = (*call.receiver).clone();
                return Some((Fold::Method { name, flipped: true }, vec![operand]));
            }
            let (inner, mut operands) = fold(&call.receiver, is_target)?;
            if !matches!(&inner, Fold::Method { name: before, flipped: false } if *before == name) {
                return None;
            }
            operands.push(argument.clone());
            Some((inner, operands))
        }
        Expr::Call(ExprCall { func, args, .. }) if args.len() == 2 => {
            let Expr::Path(path) = peel(func) else { return None };
            if !is_extremum(&path.path.segments.last()?.ident) {
                return None;
            }
            let function = func.clone();
            if is_target(&args[0]) {
                return Some((Fold::Call { function, flipped: false }, vec![args[1].clone()]));
            }
            if is_target(&args[1]) {
                return Some((Fold::Call { function, flipped: true }, vec![args[0].clone()]));
            }
            None
        }
        _ => None,
    }
}

/// `Some(e)`
pub(super) fn is_some(node: &Expr) -> bool {
    let Expr::Call(call) = peel(node) else { return false };
    let Expr::Path(path) = peel(&call.func) else { return false };
    path.path.segments.last().is_some_and(|last| last.ident == "Some")
}

fn is_extremum(name: &Ident) -> bool {
    name == "min" || name == "max"
}

/// What a method call does to what it is called on.
pub(crate) enum Called {
    Append,
    Insert,
    /// It changes it, in no known form.
    Changes,
    Unknown,
}

/// Classifies a method by its name and number of arguments.
pub(crate) fn of_method(call: &ExprMethodCall) -> Called {
    let name = call.method.to_string();
    match (name.as_str(), call.args.len()) {
        (
            "push" | "push_back" | "push_str" | "extend" | "extend_from_slice" | "append"
            | "write_str" | "write_char",
            1,
        ) => Called::Append,
        ("insert", 1 | 2) => Called::Insert,
        (
            "clear"
            | "pop"
            | "pop_front"
            | "pop_back"
            | "push_front"
            | "remove"
            | "swap_remove"
            | "retain"
            | "drain"
            | "truncate"
            | "resize"
            | "sort"
            | "sort_by"
            | "sort_by_key"
            | "sort_unstable"
            | "sort_unstable_by"
            | "sort_unstable_by_key"
            | "reverse"
            | "dedup"
            | "dedup_by_key"
            | "fill"
            | "swap"
            | "copy_from_slice"
            | "clone_from_slice"
            | "entry"
            | "insert_str"
            | "split_off"
            | "rotate_left"
            | "rotate_right",
            _,
        ) => Called::Changes,
        (name, _) if name.ends_with("_mut") => Called::Changes,
        _ => Called::Unknown,
    }
}

/// Whether a method called on this place can change it as far as the declaration tells: methods
/// of shared values (`queue.push(x)` of a concurrent queue) cannot.
pub(crate) fn may_change(names: &Names, target: &Target) -> bool {
    target.alias || target.deref || mutability(names, target.place.root) != Mutability::Shared
}

/// Whether what a variable leads to can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutability {
    /// Declared `mut`.
    Owned,
    /// A `&mut`.
    Reference,
    /// Neither, or nothing says so.
    Shared,
    /// Bound by a pattern: it may be a `&mut`.
    Unknown,
}

/// What the declaration of a variable says.
pub(crate) fn mutability(names: &Names, var: Var) -> Mutability {
    let declared = names.declared(var);
    match &declared.origin {
        Origin::Parameter(Some(kind)) if is_mut_reference(kind) => Mutability::Reference,
        Origin::Let { declared: Some(kind), .. } if is_mut_reference(kind) => Mutability::Reference,
        _ if declared.mutable => Mutability::Owned,
        Origin::Parameter(Some(Type::Path(path)))
            if var == SELF && path.path.segments.last().is_some_and(|s| s.ident == "Pin") =>
        {
            Mutability::Unknown
        }
        Origin::Let { declared: None, value: Some(value) } => of_value(value),
        Origin::Let { .. } | Origin::Parameter(_) => Mutability::Shared,
        Origin::Pattern => Mutability::Unknown,
    }
}

fn is_mut_reference(kind: &Type) -> bool {
    match kind {
        Type::Group(group) => is_mut_reference(&group.elem),
        Type::Paren(paren) => is_mut_reference(&paren.elem),
        Type::Reference(reference) => reference.mutability.is_some(),
        _ => false,
    }
}

/// Whether the value of a `let` without `mut` looks like a `&mut`.
fn of_value(value: &Expr) -> Mutability {
    match peel(value) {
        Expr::Reference(reference) if reference.mutability.is_some() => Mutability::Reference,
        Expr::Try(node) => of_value(&node.expr),
        Expr::MethodCall(call) => {
            let name = call.method.to_string();
            if name == "mut" || name.ends_with("_mut") {
                Mutability::Reference
            } else if name.starts_with("unwrap") || name == "expect" || name.starts_with("or_") {
                of_value(&call.receiver)
            } else {
                Mutability::Shared
            }
        }
        Expr::If(node) => {
            node.then_branch.stmts.last().map_or(Mutability::Shared, |stmt| match stmt {
                syn::Stmt::Expr(tail, None) => of_value(tail),
                _ => Mutability::Shared,
            })
        }
        _ => Mutability::Shared,
    }
}
