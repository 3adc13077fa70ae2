//! Reductions of elements and of map entries: which constructor fits what the body does.
//!
//! `*m.entry(k).or_insert(z) += e` is a plain reduction per key when a new entry adds nothing: the
//! shares' values for a key can then be added up. For any other `z`, and for `and_modify`, the
//! share keeps what the first access did apart (`entry_from`). An extremum cannot be taken apart
//! again: if a new entry starts from a constant, a share's starts from what the user's map holds
//! for the key, if it does (`entry_held`). Nor does a share know how long a row is: it asks the map
//! as well (`entry_rows`).

mod nothing;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Expr, ExprPath};

use nothing::{first_level_adds_nothing, identities, modifies_by_first_value};

use super::choice::Choice;
use super::fields::{self, OfField};
use super::forms::Fold;
use super::names::Names;
use super::place::{Absent, Entry, Step};
use super::uses::{Form, Mention};
use super::values::is_constant;
use super::verdict::{Kind, nested};
use super::{starts, words};
use crate::diagnostics::Errors;

/// The operation at the end of the steps.
#[derive(Clone, Debug)]
pub(crate) enum Leaf {
    Plain(&'static str),
    Fold(Fold),
    Choice(Box<Choice>),
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
            (Self::Choice(a), Self::Choice(b)) if a.same(b) => Some(self),
            _ => None,
        }
    }

    /// Whether it is a comparison: `if e > h[k] { h[k] = e; }`.
    fn compares(&self) -> bool {
        matches!(self, Self::Plain("less" | "less_equal" | "greater" | "greater_equal"))
    }

    /// Whether it keeps the best of what it sees, and so sees what an entry starts from.
    fn is_extremum(&self) -> bool {
        self.compares() || matches!(self, Self::Fold(_) | Self::Choice(_))
    }

    /// The name of the rule for elements.
    fn name(&self) -> String {
        match self {
            Self::Plain(name) => (*name).to_owned(),
            Self::Fold(fold) => fold.name(),
            Self::Choice(_) => "by".to_owned(),
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

/// The forms at one place, and who can be asked about them.
pub(crate) struct Reduction<'a> {
    pub(crate) name: &'a str,
    pub(crate) formed: &'a [(&'a Mention, &'a Form)],
    /// Whether a path is a captured variable that the loop only reads.
    pub(crate) invariant: Box<dyn Fn(&ExprPath) -> bool + 'a>,
    /// Whether it is a variable that may differ from item to item.
    pub(crate) varies: Box<dyn Fn(&ExprPath) -> bool + 'a>,
    pub(crate) errors: &'a Errors,
    pub(crate) names: &'a Names,
    /// `::pool_runtime::__private`
    pub(crate) private: TokenStream,
    /// Whether the container's type is written where it is declared.
    pub(crate) typed: bool,
}

impl Reduction<'_> {
    /// The rule for elements, as the constructors take it.
    fn operation(&self, leaf: &Leaf) -> TokenStream {
        match leaf {
            Leaf::Choice(choice) => {
                let better = choice.better(self.names, None);
                let like = self.like();
                let like = (!like.is_empty()).then(|| quote!(, #like));
                quote!(by(#better #like))
            }
            leaf => Ident::new(&leaf.name(), Span::call_site()).into_token_stream(),
        }
    }

    /// [`operation`](Self::operation), where a share may start from any item's own value.
    fn total(&self, leaf: &Leaf) -> TokenStream {
        match leaf {
            Leaf::Choice(choice) => {
                let private = &self.private;
                let ordered = quote!(#private::rule::ordered);
                let better = choice.better(self.names, Some(&ordered));
                quote!(by(#better))
            }
            leaf => {
                let total = if leaf.compares() { "_total" } else { "" };
                let name = format!("{}{total}", leaf.name());
                Ident::new(&name, Span::call_site()).into_token_stream()
            }
        }
    }

    /// `like(|| Stats::new())`: tells the type of the values where the map's is not written.
    fn like(&self) -> TokenStream {
        let start = self.formed.iter().find_map(|(mention, _)| first_entry(mention));
        match start {
            Some(entry) if !self.typed && starts::is_constant_start(entry, &*self.invariant) => {
                match &entry.absent {
                    Absent::Default => TokenStream::new(),
                    Absent::Value(value) => {
                        let value = self.names.restore_expr(value.clone());
                        quote!(like(|| #value))
                    }
                    Absent::With(make) => {
                        let make = self.names.restore_expr(make.clone());
                        quote!(like(#make))
                    }
                }
            }
            _ => TokenStream::new(),
        }
    }

    fn refuse(&self, message: String) -> Option<Kind> {
        self.errors.at(&self.formed[0].0.tokens, message);
        None
    }

    /// The number of levels of rows right below the map, of which a share must know how long they
    /// are; `None`: that depends on the item.
    fn rows(&self, steps: &[&'static str]) -> Option<usize> {
        let depth = steps[1..].iter().take_while(|step| **step == "bins").count();
        if depth == 0 || starts::all_arrays(self.formed) {
            return Some(0);
        }
        (!self.lengths_vary(depth)).then_some(depth)
    }

    /// Whether how long the rows of a new value are depends on the item.
    fn lengths_vary(&self, depth: usize) -> bool {
        !starts::one_start(self.formed, 0)
            || starts::lengths_vary(self.formed, depth, &*self.varies)
    }

    /// `, same`, if it does not matter which of a key's accesses was the first.
    fn same(&self) -> Option<TokenStream> {
        let constant = |value: &Expr| is_constant(value, &*self.invariant);
        let constant = starts::one_start(self.formed, 0)
            && self.formed.iter().all(|(mention, form)| {
                first_entry(mention)
                    .is_none_or(|entry| starts::is_constant_start(entry, &*self.invariant))
                    && (!form.in_modify || form.operand.as_ref().is_some_and(constant))
            });
        constant.then(|| quote!(, same))
    }
}

/// The accumulator for forms that all go through `steps` to `leaf`.
pub(crate) fn kind(reduction: &Reduction<'_>, steps: &[&'static str], leaf: Leaf) -> Option<Kind> {
    let Reduction { name, formed, .. } = *reduction;
    let steps: Vec<&'static str> = steps.to_vec();
    let fields = steps.iter().position(|step| *step == "field");
    let (steps, leaf) = match fields {
        Some(at) => (steps[..at].to_vec(), Leaf::Plain("merge")),
        None => (steps, leaf),
    };
    if leaf.is_extremum() && steps[0] == "entry" {
        return extremum_per_key(reduction, &steps, &leaf);
    }
    let operation = nested(&fixed_inside(&steps)[1..], reduction.operation(&leaf));
    if steps[1..].contains(&"entry") && !identities(formed, &leaf, 1) {
        return reduction.refuse(words::inner_entry(name));
    }
    if steps[0] == "bins" {
        return Some(Kind::Named("bins", operation));
    }
    let Some(rows) = reduction.rows(&steps) else {
        return reduction.refuse(words::row_length(name));
    };
    let nothing = identities(formed, &leaf, 0) && !steps[1..].is_empty()
        || first_level_adds_nothing(formed, &leaf, steps.len() == 1);
    if nothing && rows == 0 {
        return Some(Kind::Named("entry", operation));
    }
    let same = reduction.same();
    let kind = if rows > 0 { "entry_rows" } else { "entry_from" };
    Some(Kind::Named(kind, quote!(#operation #same)))
}

/// How many fields a tuple may have.
pub(crate) const FIELDS: usize = 8;

/// The accumulator for forms that go through `steps` to the fields of a tuple, each by its leaf.
pub(crate) fn of_tuple(
    reduction: &Reduction<'_>,
    steps: &[&'static str],
    leaves: &[(usize, Leaf)],
) -> Option<Kind> {
    let name = reduction.name;
    if steps[1..].contains(&"entry") {
        return reduction.refuse(words::inner_tuple(name));
    }
    let in_map = steps[0] == "entry";
    let Some(rows) = (if in_map { reduction.rows(steps) } else { Some(0) }) else {
        return reduction.refuse(words::row_length(name));
    };
    let mut fields = TokenStream::new();
    for index in 0..FIELDS {
        let leaf = leaves.iter().find(|(at, _)| *at == index).map(|(_, leaf)| leaf);
        let mut operation =
            leaf.map_or_else(|| quote!(untouched), |leaf| reduction.operation(leaf));
        if let Some(leaf) = leaf
            && in_map
            && leaf.is_extremum()
        {
            let way = [index.to_string()];
            match field_starts(reduction, &way, rows)? {
                FieldStart::Constant => {}
                FieldStart::Own => operation = reduction.total(leaf),
            }
        }
        let index = Literal::usize_unsuffixed(index);
        fields.extend(quote!(#index #operation));
    }
    let operation = nested(&steps[1..], quote!(tuple(#fields)));
    if !in_map {
        return Some(Kind::Named("bins", operation));
    }
    let same = reduction.same();
    Some(Kind::Named("entry_rows", quote!(#operation #same)))
}

/// What the field of an extremum starts from.
enum FieldStart {
    Constant,
    /// What takes part in it anyway.
    Own,
}

fn field_starts(reduction: &Reduction<'_>, way: &[String], rows: usize) -> Option<FieldStart> {
    let formed = reduction.formed;
    if starts::one_start(formed, 0) && starts::is_constant_field(formed, way, &*reduction.invariant)
    {
        return Some(FieldStart::Constant);
    }
    if rows > 0 || !starts::is_own_field(formed, way) {
        reduction.refuse(words::field_start(reduction.name));
        return None;
    }
    Some(FieldStart::Own)
}

/// The accumulator for forms that go through `steps` to fields, each by its leaf.
pub(super) fn of_fields(
    reduction: &Reduction<'_>,
    steps: &[&'static str],
    fields: &[OfField<'_>],
    leaves: &[Leaf],
) -> Option<Kind> {
    let name = reduction.name;
    if steps[1..].contains(&"entry") {
        return reduction.refuse(words::inner_tuple(name));
    }
    let in_map = steps[0] == "entry";
    let has_rows = fields.iter().any(|field| field.below().contains(&"bins"));
    let deep = if has_rows { usize::MAX } else { 0 };
    if in_map && has_rows && reduction.lengths_vary(deep) {
        return reduction.refuse(words::row_length(name));
    }
    let Some(rows) = (if in_map { reduction.rows(steps) } else { Some(0) }) else {
        return reduction.refuse(words::row_length(name));
    };
    let mut totals = Vec::new();
    for (field, leaf) in fields.iter().zip(leaves) {
        let below = field.below();
        if below.contains(&"entry") && !identities(&field.forms, leaf, steps.len()) {
            return reduction.refuse(words::inner_entry(name));
        }
        let own = in_map
            && leaf.is_extremum()
            && matches!(field_starts(reduction, &field.way, rows)?, FieldStart::Own);
        if own && !below.is_empty() {
            return reduction.refuse(words::field_start(name));
        }
        totals.push(own);
    }
    let operations = fields::operations(fields, |index, field| {
        let leaf = &leaves[index];
        if totals[index] {
            return reduction.total(leaf);
        }
        let mut below = vec!["field"];
        below.extend(field.below());
        nested(&fixed_inside(&below)[1..], reduction.operation(leaf))
    });
    let like = reduction.like();
    let operation = nested(&steps[1..], quote!(fields(#like #operations)));
    if !in_map {
        return Some(Kind::Named("bins", operation));
    }
    let same = reduction.same();
    Some(Kind::Named("entry_rows", quote!(#operation #same)))
}

/// The steps, less what a share cannot ask the user's map: how long the rows of an inner map are.
fn fixed_inside(steps: &[&'static str]) -> Vec<&'static str> {
    let inner = steps.iter().skip(1).position(|step| *step == "entry").map(|at| at + 1);
    let fixed = |(at, step): (usize, &&'static str)| match *step {
        "bins" if inner.is_some_and(|inner| at > inner) => "array",
        step => step,
    };
    steps.iter().enumerate().map(fixed).collect()
}

/// An extremum of a map's values, or inside of them.
fn extremum_per_key(
    reduction: &Reduction<'_>,
    steps: &[&'static str],
    leaf: &Leaf,
) -> Option<Kind> {
    let formed = reduction.formed;
    if starts::all_constant(formed, &*reduction.invariant) {
        // A share asks the user's map for what it holds.
        return Some(Kind::Named("entry_held", nested(&steps[1..], reduction.operation(leaf))));
    }
    let adds_nothing = |mention: &Mention| {
        first_entry(mention).is_some_and(|entry| {
            entry.changes.len() == 1 && modifies_by_first_value(formed, entry, leaf)
        })
    };
    if steps.len() == 1 && starts::all_own(formed, &adds_nothing) {
        return Some(Kind::Named("entry", reduction.total(leaf)));
    }
    reduction.refuse(words::extremum_start(reduction.name))
}

pub(super) fn first_entry(mention: &Mention) -> Option<&Entry> {
    mention.target.steps.iter().find_map(|step| match step {
        Step::Entry(entry) => Some(&**entry),
        _ => None,
    })
}
