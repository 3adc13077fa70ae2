//! From the mentions of a body to its accumulators, or to refusals.
//!
//! Each captured variable that the body changes gets one meaning, tried in this order: what the
//! attribute says (`scratch`, `reduce`), private to the iteration, a window (every use stands at
//! the loop variable's index), and at last the forms of accumulation, which must all be the same.

mod by_hand;
mod merging;
mod window;

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Block, Expr};

use super::control::Exits;
use super::extremum::Extremum;
use super::fields;
use super::forms::{self, Fold, Mutability};
use super::names::{Names, SELF, Var};
use super::place::{Place, Step};
use super::source::Source;
use super::uses::{Act, Change, Form, Mention, Uses};
use super::words;
use crate::diagnostics::Errors;
use crate::model::Keys;

/// A place that the body accumulates into.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) place: Place,
    /// As the user wrote it: `total`, `self.total`, `*acc`.
    pub(crate) spelling: Expr,
    /// Whether the spelling has a `*` of its own before it.
    pub(crate) deref: bool,
}

/// One accumulator of a loop.
#[derive(Clone, Debug)]
pub(crate) struct Accumulator {
    /// One place, or those of an extremum with payload.
    pub(crate) members: Vec<Member>,
    pub(crate) kind: Kind,
    /// The variable is used as a whole beside the place, so the place is reduced aside.
    pub(crate) aside: bool,
    /// The fields of its elements of which a share has a tuple.
    pub(crate) fields: Vec<Vec<String>>,
    /// `x = e + x`: the type must be one whose operators commute.
    pub(crate) commutes: bool,
}

/// How an accumulator's shares become one.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// `add`, `net`, `append`, `bins(..)` ...: the name of the constructor, and its arguments
    /// behind the place.
    Named(&'static str, TokenStream),
    Fold(Fold),
    Best(Box<Extremum>),
    /// The loop variable stands at this index position in every use.
    Window(usize),
}

impl Kind {
    /// Whether the body gets it by `&mut`.
    pub(crate) fn is_view(&self) -> bool {
        matches!(self, Self::Window(_) | Self::Named("bins", _))
    }
}

/// What the body does with its surroundings.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) accumulators: Vec<Accumulator>,
    pub(crate) privates: Vec<Var>,
}

/// What is known about the loop.
pub(crate) struct Context<'a> {
    pub(crate) names: &'a Names,
    pub(crate) function: &'a Block,
    pub(crate) body: &'a Block,
    /// Whether a node of `function` is the loop.
    pub(crate) is_loop: &'a dyn Fn(&Expr) -> bool,
    pub(crate) source: &'a Source,
    pub(crate) keys: &'a Keys,
    pub(crate) exits: &'a Exits,
    pub(crate) errors: &'a Errors,
    /// `::pool_runtime::__private`
    pub(crate) private: &'a TokenStream,
}

/// Decides what every changed variable is.
pub(crate) fn decide(context: &Context<'_>, uses: &Uses) -> Verdict {
    let mut verdict = Verdict::default();
    let mut roots: Vec<Var> = Vec::new();
    for mention in &uses.mentions {
        if !roots.contains(&mention.target.place.root) {
            roots.push(mention.target.place.root);
        }
    }
    let scratch: HashSet<String> = context
        .keys
        .scratch
        .iter()
        .flat_map(|scratch| &scratch.value)
        .map(|scratch| scratch.name.to_string())
        .collect();
    roots.retain(|root| *root == SELF || !scratch.contains(&context.names.name(*root)));
    let of_root = |root: Var| -> Vec<&Mention> {
        uses.mentions.iter().filter(|one| one.target.place.root == root).collect()
    };
    // What is private is known before anything else is decided: an extremum's variables are
    // decided together.
    roots.retain(|&root| {
        let mentions = of_root(root);
        let mut decision = Root { context, uses, root, mentions, verdict: &mut verdict };
        !decision.by_hand() && !decision.is_private()
    });
    let mut best_done: Vec<usize> = Vec::new();
    for root in roots {
        let mentions = of_root(root);
        let mut decision = Root { context, uses, root, mentions, verdict: &mut verdict };
        decision.decide(&mut best_done);
    }
    by_hand::by_hand_unused(context, uses);
    verdict
}

/// The mentions of one variable.
struct Root<'a, 'c> {
    context: &'a Context<'c>,
    uses: &'a Uses,
    root: Var,
    mentions: Vec<&'a Mention>,
    verdict: &'a mut Verdict,
}

impl Root<'_, '_> {
    fn name(&self) -> String {
        self.context.names.name(self.root)
    }

    fn decide(&mut self, best_done: &mut Vec<usize>) {
        let changed = |mention: &&Mention| matches!(mention.act, Act::Form(_) | Act::Change(_));
        if !self.mentions.iter().any(changed) {
            return self.maybe_changed();
        }
        // The places of this variable, each with its mentions; a place that is changed claims all
        // mentions that overlap it.
        let mut places: Vec<Place> = Vec::new();
        for mention in &self.mentions {
            let place = &mention.target.place;
            if (matches!(mention.act, Act::Form(_) | Act::Change(_))) && !places.contains(place) {
                places.push(place.clone());
            }
        }
        for (at, place) in places.iter().enumerate() {
            if let Some(other) = places[..at].iter().find(|other| other.overlaps(place)) {
                let tokens = self.mentions.iter().find(|one| one.target.place == *place);
                if let Some(mention) = tokens {
                    self.context.errors.at(
                        &mention.tokens,
                        words::overlap(&self.spell_place(place), &self.spell_place(other)),
                    );
                }
                return;
            }
        }
        for place in &places {
            self.place(place, best_done);
        }
    }

    fn spell_place(&self, place: &Place) -> String {
        let mut text = self.name();
        for field in &place.fields {
            text.push('.');
            text.push_str(field);
        }
        text
    }

    /// Nothing changes the variable for sure. If it is declared `mut` for nothing else than this
    /// loop, one of the methods called on it does.
    fn maybe_changed(&mut self) {
        let Some((mention, method)) = self.mentions.iter().find_map(|mention| match &mention.act {
            Act::Method(method) => Some((mention, method)),
            _ => None,
        }) else {
            return;
        };
        let declared = forms::mutability(self.context.names, self.root);
        let changeable =
            declared == Mutability::Owned || declared == Mutability::Reference && self.root != SELF;
        if !changeable || self.changed_elsewhere() {
            return;
        }
        let place = mention.target.place.clone();
        let text = words::unknown_method(&self.name(), method);
        let method = method.clone();
        if !self.context.source.names.contains(&self.root) && self.window(&place) {
            return;
        }
        self.context.errors.at(method, text);
    }

    /// Whether something outside of the loop may need the variable to be `mut`.
    fn changed_elsewhere(&self) -> bool {
        super::elsewhere::may_change(
            self.context.function,
            self.context.is_loop,
            self.context.names,
            self.root,
        )
    }

    /// Assigned before it is read in every iteration, and not read after the loop.
    fn is_private(&mut self) -> bool {
        let whole = self.mentions.iter().any(|mention| {
            matches!(
                mention.act,
                Act::Change(Change::Assign | Change::Kept | Change::Flag(_) | Change::Destructured)
            ) && mention.target.place.fields.is_empty()
                && mention.target.steps.is_empty()
                && !mention.target.deref
                && !mention.target.alias
        });
        if !whole || self.root == SELF {
            return false;
        }
        let Context { names, function, body, is_loop, errors, .. } = *self.context;
        if super::flow::read_first(body, names, self.root).is_some() {
            return false;
        }
        if let Some(read) = super::flow::read_after(function, is_loop, names, self.root) {
            let telling = self.mentions.iter().find_map(|mention| match &mention.act {
                Act::Change(change @ (Change::Flag(_) | Change::Kept)) => Some((mention, change)),
                _ => None,
            });
            match telling {
                Some((mention, change)) => {
                    let text = words::change(&self.name(), change, mention, self.context.source);
                    errors.at(&mention.tokens, text);
                }
                None => errors.at(read, words::read_after(&self.name())),
            }
        } else {
            self.verdict.privates.push(self.root);
        }
        true
    }

    /// One place and everything that is done with it.
    fn place(&mut self, place: &Place, best_done: &mut Vec<usize>) {
        if self.window(place) {
            return;
        }
        let name = self.spell_place(place);
        let errors = self.context.errors;
        let mut formed: Vec<(&Mention, &Form)> = Vec::new();
        let mut aside = false;
        // What changes all of it in no known form says more than that it is read.
        let change = self.mentions.iter().find_map(|mention| match &mention.act {
            Act::Change(change)
                if mention.target.place.overlaps(place) && mention.target.steps.is_empty() =>
            {
                Some((mention, change))
            }
            _ => None,
        });
        if let Some((mention, change)) = change {
            let text = words::change(&name, change, mention, self.context.source);
            return errors.at(&mention.tokens, text);
        }
        for mention in self.mentions.clone() {
            if !mention.target.place.overlaps(place) {
                continue;
            }
            let whole = mention.target.place.fields.len() < place.fields.len();
            match &mention.act {
                Act::Form(form) => formed.push((mention, form)),
                Act::Change(change) => {
                    let text = words::change(&name, change, mention, self.context.source);
                    return errors.at(&mention.tokens, text);
                }
                Act::Opaque(macro_name) => {
                    return errors.at(&mention.tokens, words::opaque(&name, macro_name));
                }
                Act::Method(_) if whole => aside = true,
                Act::Read if whole && self.root == SELF => aside = true,
                Act::Method(method)
                    if mention.target.steps.is_empty()
                        && (method == "len" || method == "is_empty")
                        && self.is_bins(place) => {}
                Act::Alias => {}
                Act::Read | Act::Method(_) => {
                    return errors.at(&mention.tokens, words::read(&name, mention));
                }
            }
        }
        let Some((first, _)) = formed.first() else {
            return;
        };
        let spelled = formed
            .iter()
            .find(|(mention, _)| mention.target.deref)
            .unwrap_or(&(first, formed[0].1))
            .0;
        let member = Member {
            place: place.clone(),
            spelling: spelled.target.spelling.clone(),
            deref: spelled.target.deref,
        };
        let kind = match self.kind(&name, &formed, best_done) {
            Some(kind) => kind,
            None => return,
        };
        // The shares read the place.
        aside |= matches!(kind, Kind::Named("entry_held" | "entry_rows", _));
        let members = match &kind {
            Kind::Best(extremum) => extremum
                .assigned
                .iter()
                .map(|assigned| Member {
                    place: assigned.target.place.clone(),
                    spelling: assigned.target.spelling.clone(),
                    deref: assigned.target.deref,
                })
                .collect(),
            _ => vec![member],
        };
        let fields = fields::of(&formed)
            .map_or_else(Vec::new, |fields| fields.into_iter().map(|field| field.way).collect());
        let commutes = formed.iter().any(|(_, form)| form.reversed);
        self.verdict.accumulators.push(Accumulator { members, kind, aside, fields, commutes });
    }

    /// Whether the body only reduces elements of this place.
    fn is_bins(&self, place: &Place) -> bool {
        self.mentions.iter().any(|mention| {
            mention.target.place == *place
                && matches!(mention.act, Act::Form(_))
                && matches!(mention.target.steps.first(), Some(Step::Index(_)))
        })
    }
}

/// Tokens for the parts of a nested operation: `entry(bins(add))`.
pub(crate) fn nested(steps: &[&'static str], leaf: TokenStream) -> TokenStream {
    steps.iter().rev().fold(leaf, |inner, step| {
        let step = syn::Ident::new(step, proc_macro2::Span::call_site());
        quote!(#step(#inner))
    })
}
