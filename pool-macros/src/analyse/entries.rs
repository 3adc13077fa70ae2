//! Reductions of elements and of map entries: which constructor fits what the body does.
//!
//! `*m.entry(k).or_insert(z) += e` is a plain reduction per key when a new entry adds nothing: the
//! shares' values for a key can then be added up. For any other `z`, and for `and_modify`, the
//! share keeps what the first access did apart (`entry_from`).

use quote::quote;
use syn::{Expr, ExprLit, Lit, UnOp};

use super::extremum::normal;
use super::forms::Fold;
use super::place::{Absent, Entry, Step, peel, same, text};
use super::uses::{Form, Mention};
use super::verdict::{Kind, nested};
use super::words;
use crate::diagnostics::Errors;

/// The operation at the end of the steps.
#[derive(Clone, Debug)]
pub(crate) enum Leaf {
    Plain(&'static str),
    Fold(Fold),
}

impl Leaf {
    /// The operation that does both, if there is one.
    pub(crate) fn and(self, other: &Self) -> Option<Self> {
        match (&self, other) {
            (Self::Plain(a), Self::Plain(b)) => match (*a, *b) {
                (a, b) if a == b => Some(self),
                ("add" | "net", "add" | "net") => Some(Self::Plain("net")),
                // `s += e` beside `s.push(c)`; `m.extend(..)` beside `m.insert(..)`.
                ("add" | "append", "add" | "append") => Some(Self::Plain("append")),
                ("insert" | "append", "insert" | "append") => Some(Self::Plain("insert")),
                _ => None,
            },
            (Self::Fold(a), Self::Fold(b)) if a.same(b) => Some(self),
            _ => None,
        }
    }

    /// Whether it is a comparison: `if e > h[k] { h[k] = e; }`.
    fn compares(&self) -> bool {
        matches!(self, Self::Plain("less" | "less_equal" | "greater" | "greater_equal"))
    }

    /// The name of the rule for elements.
    fn name(&self) -> String {
        match self {
            Self::Plain(name) => (*name).to_owned(),
            Self::Fold(fold) => fold.name(),
        }
    }
}

/// Whether the fields of elements that a form changes are those of a tuple, which are put together
/// one by one: numbers added up, containers appended.
pub(crate) fn fields_merge(mention: &Mention, leaf: &Leaf) -> bool {
    let numbered = mention.target.steps.iter().all(|step| match step {
        Step::Field(name) => name.parse::<usize>().is_ok(),
        _ => true,
    });
    let fields = mention.target.steps.iter().any(|step| matches!(step, Step::Field(_)));
    let last = mention.target.steps.last();
    !fields
        || numbered
            && matches!(last, Some(Step::Field(_)))
            && matches!(leaf, Leaf::Plain("add" | "append"))
}

/// The accumulator for forms that all go through `steps` to `leaf`.
pub(crate) fn kind(
    name: &str,
    steps: &[&'static str],
    leaf: Leaf,
    formed: &[(&Mention, &Form)],
    errors: &Errors,
) -> Option<Kind> {
    let steps: Vec<&'static str> = steps.to_vec();
    let fields = steps.iter().position(|step| *step == "field");
    let (steps, leaf) = match fields {
        Some(at) => (steps[..at].to_vec(), Leaf::Plain("merge")),
        None => (steps, leaf),
    };
    let own_start = formed.iter().any(|(mention, _)| {
        first_entry(mention).is_some_and(|entry| !starts_from_constant(&entry.absent))
    });
    let total = if leaf.compares() && own_start { "_total" } else { "" };
    let operation = nested(&steps[1..], &format!("{}{total}", leaf.name()));
    if steps[0] == "bins" {
        if steps[1..].contains(&"entry") && !identities(formed, &leaf, 1) {
            errors.at(&formed[0].0.tokens, words::inner_entry(name));
            return None;
        }
        return Some(Kind::Named("bins", operation));
    }
    if steps[1..].contains(&"entry") && !identities(formed, &leaf, 1) {
        errors.at(&formed[0].0.tokens, words::inner_entry(name));
        return None;
    }
    if identities(formed, &leaf, 0) && !steps[1..].is_empty()
        || first_level_adds_nothing(formed, &leaf, steps.len() == 1)
    {
        return Some(Kind::Named("entry", operation));
    }
    if leaf.compares() || matches!(leaf, Leaf::Fold(_)) {
        // A share cannot take what an absent key starts with out of its extremum again.
        errors.at(&formed[0].0.tokens, words::extremum_start(name));
        return None;
    }
    let constant = formed.iter().all(|(mention, form)| {
        first_entry(mention).is_none_or(|entry| match &entry.absent {
            Absent::Default => true,
            Absent::Value(value) => is_constant(value),
            Absent::With(_) => false,
        }) && (!form.in_modify || form.operand.as_ref().is_some_and(is_constant))
    });
    let same = constant.then(|| quote!(, same));
    Some(Kind::Named("entry_from", quote!(#operation #same)))
}

fn starts_from_constant(absent: &Absent) -> bool {
    match absent {
        Absent::Default => true,
        Absent::Value(value) => is_constant(value),
        Absent::With(_) => false,
    }
}

fn first_entry(mention: &Mention) -> Option<&Entry> {
    mention.target.steps.iter().find_map(|step| match step {
        Step::Entry(entry) => Some(&**entry),
        _ => None,
    })
}

/// Whether every entry step from `depth` on starts from what the next one (or the leaf) takes for
/// nothing, without `and_modify`.
fn identities(formed: &[(&Mention, &Form)], leaf: &Leaf, depth: usize) -> bool {
    formed.iter().all(|(mention, _)| {
        let steps = &mention.target.steps;
        steps.iter().enumerate().skip(depth).all(|(at, step)| match step {
            Step::Entry(entry) => {
                let container = !matches!(steps.get(at + 1), None | Some(Step::Field(_)));
                entry.changes.is_empty()
                    && if container {
                        is_empty_container(&entry.absent)
                    } else {
                        is_identity(&entry.absent, leaf)
                    }
            }
            _ => true,
        })
    })
}

/// The same for the map itself, `and_modify(|v| *v += e).or_insert(e)` included.
fn first_level_adds_nothing(formed: &[(&Mention, &Form)], leaf: &Leaf, last: bool) -> bool {
    formed.iter().all(|(mention, form)| {
        let Some(entry) = first_entry(mention) else { return false };
        if entry.changes.is_empty() {
            return if last {
                is_identity_for(&entry.absent, leaf, form)
            } else {
                is_empty_container(&entry.absent)
            };
        }
        // The modification of a present entry is the first value of an absent one.
        last && entry.changes.len() == 1 && modifies_by_first_value(mention, formed, entry, leaf)
    })
}

fn modifies_by_first_value(
    mention: &Mention,
    formed: &[(&Mention, &Form)],
    entry: &Entry,
    leaf: &Leaf,
) -> bool {
    let chain = text(&entry.changes[0]);
    let modifications: Vec<&Form> = formed
        .iter()
        .filter(|(other, form)| {
            form.in_modify
                && first_entry(other).is_some_and(|other| {
                    other.changes.first().is_some_and(|change| text(change) == chain)
                })
        })
        .map(|(_, form)| *form)
        .collect();
    let [only] = modifications.as_slice() else { return false };
    let outside = formed.iter().any(|(other, form)| {
        !form.in_modify
            && !matches!(form.leaf, super::forms::Leaf::Present)
            && first_entry(other).is_some_and(|other| {
                other.changes.first().is_some_and(|change| text(change) == chain)
            })
    });
    if outside || conditional_inside(mention, entry) {
        return false;
    }
    let Some(operand) = &only.operand else { return false };
    match (&entry.absent, leaf) {
        (Absent::Value(value), Leaf::Plain("append")) => is_one_element(value, operand),
        (Absent::With(make), Leaf::Plain("append")) => match peel(make) {
            Expr::Closure(closure) if closure.inputs.is_empty() => {
                is_one_element(&closure.body, operand)
            }
            _ => false,
        },
        (Absent::Value(value), Leaf::Plain("add" | "mul" | "or" | "and" | "xor")) => {
            same(value, operand)
        }
        (Absent::Value(value), Leaf::Fold(_)) => same(value, operand),
        _ => false,
    }
}

/// Whether the closure of `and_modify` does more than its one form.
fn conditional_inside(_: &Mention, entry: &Entry) -> bool {
    let Expr::Closure(closure) = peel(&entry.changes[0]) else { return true };
    let plain =
        |node: &Expr| matches!(peel(node), Expr::Binary(_) | Expr::Assign(_) | Expr::MethodCall(_));
    match peel(&closure.body) {
        Expr::Block(block) => match block.block.stmts.as_slice() {
            [syn::Stmt::Expr(only, _)] => !plain(only),
            _ => true,
        },
        other => !plain(other),
    }
}

/// `vec![e]`
fn is_one_element(value: &Expr, operand: &Expr) -> bool {
    let Expr::Macro(node) = peel(value) else { return false };
    node.mac.path.is_ident("vec")
        && syn::parse2::<Expr>(node.mac.tokens.clone()).is_ok_and(|element| same(&element, operand))
}

/// Whether a new entry adds nothing, or what it adds does not change an extremum of `form`.
fn is_identity_for(absent: &Absent, leaf: &Leaf, form: &Form) -> bool {
    if leaf.compares() {
        // The form that makes the entry has no operand: the comparison follows it.
        return match absent {
            Absent::Value(value) => {
                is_constant(value)
                    || form.operand.as_ref().is_none_or(|operand| normal(value) == normal(operand))
            }
            Absent::Default => true,
            Absent::With(_) => false,
        };
    }
    if let (Leaf::Fold(_), Absent::Value(value)) = (leaf, absent) {
        // The first value counts once or several times: an extremum does not change by that, as
        // long as it is the same one, or the item's own.
        return is_constant(value)
            || form.operand.as_ref().is_some_and(|operand| normal(value) == normal(operand));
    }
    if let (Leaf::Fold(_), Absent::Default) = (leaf, absent) {
        return true;
    }
    is_identity(absent, leaf)
}

fn is_identity(absent: &Absent, leaf: &Leaf) -> bool {
    let Leaf::Plain(op) = leaf else { return false };
    match absent {
        Absent::Default => !matches!(*op, "mul" | "and"),
        Absent::Value(value) => match *op {
            "add" | "net" => is_zero(value) || is_empty_value(value) || is_default_call(value),
            "or" | "xor" => is_zero(value) || is_bool(value, false) || is_default_call(value),
            "mul" => is_one(value),
            "and" => is_bool(value, true) || text(peel(value)).replace(' ', "") == "!0",
            "append" | "insert" => is_empty_value(value) || is_default_call(value),
            // A tuple, component by component.
            "merge" => match peel(value) {
                Expr::Tuple(tuple) => {
                    tuple.elems.iter().all(|part| is_zero(part) || is_empty_value(part))
                }
                other => is_default_call(other),
            },
            "first" => true,
            _ => false,
        },
        Absent::With(_) if *op == "first" => true,
        Absent::With(make) => {
            let made = match peel(make) {
                Expr::Closure(closure) if closure.inputs.is_empty() => &*closure.body,
                Expr::Path(path) => {
                    let name = text(path).replace(' ', "");
                    return matches!(*op, "append" | "insert" | "add" | "net" | "or" | "xor")
                        && (name.ends_with("::new") || name.ends_with("::default"))
                        && (is_known_container(&name) || name.ends_with("Default::default"));
                }
                _ => return false,
            };
            is_identity(&Absent::Value(made.clone()), leaf)
        }
    }
}

fn is_empty_container(absent: &Absent) -> bool {
    is_identity(absent, &Leaf::Plain("insert"))
}

const CONTAINERS: [&str; 9] = [
    "Vec",
    "VecDeque",
    "String",
    "HashMap",
    "HashSet",
    "BTreeMap",
    "BTreeSet",
    "LinkedList",
    "BinaryHeap",
];

/// Whether `Vec::new`, `std::vec::Vec::<T>::new` .. is a function of one of std's containers.
fn is_known_container(path: &str) -> bool {
    path.split("::").any(|segment| CONTAINERS.contains(&segment))
}

/// `Vec::new()`, `String::with_capacity(16)`, `vec![]`, `String::from("")`.
fn is_empty_value(value: &Expr) -> bool {
    match peel(value) {
        Expr::Call(call) => {
            let name = text(&call.func).replace(' ', "");
            is_known_container(&name)
                && (name.ends_with("::new") || name.ends_with("::with_capacity"))
        }
        Expr::Macro(node) => node.mac.path.is_ident("vec") && node.mac.tokens.is_empty(),
        _ => false,
    }
}

/// `Default::default()`, `u64::default()`, `Vec::default()`.
fn is_default_call(value: &Expr) -> bool {
    let Expr::Call(call) = peel(value) else { return false };
    if !call.args.is_empty() {
        return false;
    }
    let name = text(&call.func).replace(' ', "");
    let Some(owner) = name.strip_suffix("::default") else { return false };
    let owner = owner.rsplit("::").next().unwrap_or(owner);
    owner == "Default"
        || CONTAINERS.contains(&owner)
        || matches!(
            owner,
            "u8" | "u16"
                | "u32"
                | "u64"
                | "u128"
                | "usize"
                | "i8"
                | "i16"
                | "i32"
                | "i64"
                | "i128"
                | "isize"
                | "f32"
                | "f64"
                | "bool"
        )
}

fn number(value: &Expr) -> Option<f64> {
    match peel(value) {
        Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) => int.base10_parse::<u64>().ok().map(|n| {
            #[allow(clippy::cast_precision_loss, reason = "compared with 0 and 1")]
            let n = n as f64;
            n
        }),
        Expr::Lit(ExprLit { lit: Lit::Float(float), .. }) => float.base10_parse().ok(),
        Expr::Cast(cast) => number(&cast.expr),
        _ => None,
    }
}

#[allow(clippy::float_cmp, reason = "literals")]
fn is_zero(value: &Expr) -> bool {
    number(value) == Some(0.0)
        || matches!(
            text(peel(value)).replace(' ', "").as_str(),
            "Duration::ZERO" | "std::time::Duration::ZERO"
        )
}

#[allow(clippy::float_cmp, reason = "literals")]
fn is_one(value: &Expr) -> bool {
    number(value) == Some(1.0)
}

fn is_bool(value: &Expr, wanted: bool) -> bool {
    matches!(peel(value), Expr::Lit(ExprLit { lit: Lit::Bool(found), .. }) if found.value == wanted)
}

/// A literal, or a constant by the way it is written: `f64::INFINITY`, `MAX`.
pub(crate) fn is_constant(value: &Expr) -> bool {
    match peel(value) {
        Expr::Lit(_) => true,
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_) | UnOp::Not(_)) => {
            is_constant(&unary.expr)
        }
        Expr::Path(path) => path.path.segments.last().is_some_and(|last| {
            let name = last.ident.to_string();
            name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
        }),
        _ => false,
    }
}
