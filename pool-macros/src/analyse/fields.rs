//! Fields of elements and of map entries, each changed in its own way: `let s =
//! m.entry(k).or_default(); s.count += 1; s.longest = s.longest.max(e);`.
//!
//! A share is the tuple of the changed fields' shares, so the body's `s.count` becomes `s.0`. The
//! fields of plain tuples have a rule of their own, which needs no name for them.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Member;

use super::forms::{Leaf, Op};
use super::macros::first_word;
use super::place::{Step, Target};
use super::uses::{Form, Mention};
use super::verdict::Accumulator;

/// How many fields may be changed.
pub(super) const MOST: usize = 12;

/// A field, named by the way from the element to it.
pub(super) type Way = Vec<String>;

/// A field of an element, and the forms that change it.
pub(super) struct OfField<'a> {
    pub(super) way: Way,
    pub(super) forms: Vec<(&'a Mention, &'a Form)>,
}

impl OfField<'_> {
    /// The kinds of the steps below the field.
    pub(super) fn below(&self) -> Vec<&'static str> {
        let (mention, _) = self.forms[0];
        split(&mention.target.steps).map_or_else(Vec::new, |(_, _, below)| kinds(below))
    }
}

/// The kinds of some steps.
pub(super) fn kinds(steps: &[Step]) -> Vec<&'static str> {
    let kind = |step: &Step| match step {
        Step::Index(_) => "bins",
        Step::Entry(_) => "entry",
        Step::Field(_) => "field",
    };
    steps.iter().map(kind).collect()
}

/// The steps to a field's element, the way to the field, the steps below it.
pub(super) fn split(steps: &[Step]) -> Option<(&[Step], Way, &[Step])> {
    let at = steps.iter().position(|step| matches!(step, Step::Field(_)))?;
    let (before, rest) = steps.split_at(at);
    let way: Way = rest
        .iter()
        .map_while(|step| match step {
            Step::Field(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    let below = &rest[way.len()..];
    Some((before, way, below))
}

/// The forms by the field that they change, if they all change one, and a tuple's rule does not do.
pub(super) fn of<'a>(formed: &[(&'a Mention, &'a Form)]) -> Option<Vec<OfField<'a>>> {
    let mut found: Vec<OfField<'a>> = Vec::new();
    let (mut plain, mut adds) = (true, true);
    for (mention, form) in formed {
        if matches!(form.leaf, Leaf::Present) {
            continue;
        }
        let (before, way, below) = split(&mention.target.steps)?;
        if before.is_empty() || below.iter().any(|step| matches!(step, Step::Field(_))) {
            return None;
        }
        let numbered = way.iter().all(|name| name.parse::<usize>().is_ok());
        adds &=
            numbered && below.is_empty() && matches!(form.leaf, Leaf::Op(Op::Add) | Leaf::Append);
        plain &=
            numbered && way.len() == 1 && below.is_empty() && !matches!(form.leaf, Leaf::Choice(_));
        match found.iter_mut().find(|field| field.way == way) {
            Some(field) => field.forms.push((*mention, *form)),
            None => found.push(OfField { way, forms: vec![(*mention, *form)] }),
        }
    }
    (!found.is_empty() && !plain && !adds).then_some(found)
}

/// Whether the body names each field in full: not a part of another one, nor in two steps.
pub(super) fn are_apart(fields: &[OfField<'_>]) -> bool {
    let apart = fields.iter().enumerate().all(|(at, field)| {
        fields[..at]
            .iter()
            .all(|other| !other.way.starts_with(&field.way) && !field.way.starts_with(&other.way))
    });
    let in_full = fields.iter().flat_map(|field| &field.forms).all(|(mention, _)| {
        let target = &mention.target;
        split(&target.steps).is_none_or(|(before, way, _)| {
            target.seen <= before.len() || target.seen >= before.len() + way.len()
        })
    });
    apart && in_full && fields.len() <= MOST
}

/// `[count] add, [times] bins(add)`
pub(super) fn operations(
    fields: &[OfField<'_>],
    operation: impl Fn(usize, &OfField<'_>) -> TokenStream,
) -> TokenStream {
    let one = |(index, field): (usize, &OfField<'_>)| {
        let (mention, _) = field.forms[0];
        let members = field.way.iter().map(|name| member(name, &mention.tokens));
        let operation = operation(index, field);
        quote!([#(#members).*] #operation)
    };
    let all = fields.iter().enumerate().map(one);
    quote!(#(#all),*)
}

/// A field where the body names it.
fn member(name: &str, tokens: &TokenStream) -> TokenStream {
    match syn::parse_str::<Member>(name) {
        Ok(Member::Named(mut ident)) => {
            let written = first_word(tokens, &|word| *word == ident);
            ident.set_span(written.map_or_else(Span::call_site, |word| word.span()));
            ident.into_token_stream()
        }
        Ok(unnamed) => unnamed.to_token_stream(),
        Err(_) => TokenStream::new(),
    }
}

/// The accumulator whose share has a tuple in the place of the fields that `target` leads through;
/// the field's index in it, and how many names lead to it.
pub(crate) fn in_share(target: &Target, accumulators: &[Accumulator]) -> Option<(usize, usize)> {
    let Some(Step::Field(_)) = target.steps.last() else { return None };
    let (_, way, below) = split(&target.steps)?;
    let of = |one: &&Accumulator| {
        !one.fields.is_empty()
            && one.members.first().is_some_and(|member| member.place == target.place)
    };
    let accumulator = accumulators.iter().find(of)?;
    let index = accumulator.fields.iter().position(|field| *field == way)?;
    below.is_empty().then_some((index, way.len()))
}
