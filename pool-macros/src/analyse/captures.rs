//! The captured places that a body reads, of which the expansion asks whether threads can share
//! them, at the place where each is used first.
//!
//! Asked is only what the body's closure captures for certain. Of a place that a pattern takes
//! apart it captures the parts that the pattern names, so nothing is said of the whole. What is
//! not asked here rustc still checks, in its own words.

use syn::visit::{self, Visit};
use syn::{Block, Expr, GenericArgument, Item, Local, Pat, PathArguments, Type};

use super::macros;
use super::names::{Names, Origin, Var};
use super::place::{Place, Target, peel};
use super::uses::{Act, Uses};
use super::verdict::Verdict;
use crate::model::PRIMITIVES;

/// A place that is asked about.
#[derive(Clone, Debug)]
pub(crate) struct Capture {
    /// As the body writes it: `table`, `self.config`.
    pub(crate) place: Expr,
    /// The variable, where it is a reference: the closure captures what it refers to as a whole.
    pub(crate) all: Option<Expr>,
}

/// What is asked about.
pub(super) fn of_body(
    uses: &Uses,
    body: &Block,
    names: &Names,
    verdict: &Verdict,
    changed: &[Place],
    scratch: &dyn Fn(Var) -> bool,
) -> Vec<Capture> {
    let mut apart = TakenApart { names, places: Vec::new() };
    apart.visit_block(body);
    let reduced = verdict.accumulators.iter().flat_map(|accumulator| &accumulator.members);
    let reduced: Vec<&Place> = reduced.map(|member| &member.place).chain(changed).collect();
    let mut found: Vec<(Place, Expr)> = Vec::new();
    for mention in &uses.mentions {
        let target = &mention.target;
        let place = &target.place;
        let asked = matches!(mention.act, Act::Read | Act::Method(_))
            && !target.alias
            && !scratch(place.root)
            && !verdict.privates.contains(&place.root)
            && !reduced.iter().any(|other| other.overlaps(place))
            && !apart.places.iter().any(|other| other.overlaps(place))
            && !is_shared_for_sure(place, names);
        if !asked || found.iter().any(|(known, _)| known.overlaps(place) && is_in(place, known)) {
            continue;
        }
        let spelling = match peel(&target.spelling) {
            Expr::Unary(unary) => peel(&unary.expr),
            other => other,
        };
        found.retain(|(known, _)| !(known.overlaps(place) && is_in(known, place)));
        found.push((place.clone(), spelling.clone()));
    }
    let mut whole: Vec<Var> = Vec::new();
    found
        .into_iter()
        .map(|(place, spelling)| {
            let through = !place.fields.is_empty()
                && is_reference(place.root, names)
                && !whole.contains(&place.root);
            let all = through.then(|| root(&spelling)).flatten();
            whole.extend(all.is_some().then_some(place.root));
            Capture { place: spelling, all }
        })
        .collect()
}

/// Whether a variable is declared as a shared reference.
fn is_reference(var: Var, names: &Names) -> bool {
    matches!(
        &names.declared(var).origin,
        Origin::Parameter(Some(Type::Reference(declared)))
        | Origin::Let { declared: Some(Type::Reference(declared)), .. }
            if declared.mutability.is_none()
    )
}

/// The variable that a place starts with.
fn root(place: &Expr) -> Option<Expr> {
    match peel(place) {
        Expr::Field(field) => root(&field.base),
        Expr::Unary(unary) => root(&unary.expr),
        path @ Expr::Path(_) => Some(path.clone()),
        _ => None,
    }
}

/// Whether `part` is `whole` or a part of it, of two places that overlap.
fn is_in(part: &Place, whole: &Place) -> bool {
    part.fields.len() >= whole.fields.len()
}

/// Whether the declaration of a variable says that threads can share it, so that nothing need be
/// asked.
fn is_shared_for_sure(place: &Place, names: &Names) -> bool {
    if !place.fields.is_empty() {
        return false;
    }
    match &names.declared(place.root).origin {
        Origin::Parameter(Some(declared)) | Origin::Let { declared: Some(declared), .. } => {
            is_plain(declared)
        }
        Origin::Let { declared: None, value: Some(value) } => matches!(peel(value), Expr::Lit(_)),
        _ => false,
    }
}

/// Whether a type is made of std's plain types alone.
fn is_plain(declared: &Type) -> bool {
    const OF_PLAIN: [&str; 7] =
        ["Vec", "VecDeque", "Option", "HashMap", "HashSet", "BTreeMap", "BTreeSet"];
    match declared {
        Type::Group(group) => is_plain(&group.elem),
        Type::Paren(paren) => is_plain(&paren.elem),
        Type::Reference(reference) => is_plain(&reference.elem),
        Type::Slice(slice) => is_plain(&slice.elem),
        Type::Array(array) => is_plain(&array.elem),
        Type::Tuple(tuple) => tuple.elems.iter().all(is_plain),
        Type::Path(path) => {
            let Some(tail) = path.path.segments.last() else { return false };
            let name = tail.ident.to_string();
            match &tail.arguments {
                PathArguments::None => {
                    let plain =
                        PRIMITIVES.contains(&name.as_str()) || name == "str" || name == "String";
                    plain && path.path.get_ident().is_some()
                }
                PathArguments::AngleBracketed(arguments) => OF_PLAIN.contains(&name.as_str())
                    && arguments.args.iter().all(
                        |argument| matches!(argument, GenericArgument::Type(of) if is_plain(of)),
                    ),
                PathArguments::Parenthesized(_) => false,
            }
        }
        _ => false,
    }
}

/// The places that patterns take apart.
struct TakenApart<'a> {
    names: &'a Names,
    places: Vec<Place>,
}

impl TakenApart<'_> {
    fn note(&mut self, node: &Expr) {
        self.places.extend(Target::of(node, self.names).map(|target| target.place));
    }
}

impl Visit<'_> for TakenApart<'_> {
    fn visit_expr(&mut self, node: &Expr) {
        match node {
            Expr::Match(node) => self.note(&node.expr),
            Expr::Let(node) => self.note(&node.expr),
            // `matches!(x, ..)`, and whatever an unknown macro makes of its arguments.
            Expr::Macro(node) => {
                let known = macros::arguments(&node.mac).is_some();
                if !known || node.mac.path.is_ident("matches") {
                    let named = self.names.in_tokens(&node.mac.tokens);
                    let whole = |(root, _)| Place { root, fields: Vec::new() };
                    self.places.extend(named.into_iter().map(whole));
                }
            }
            _ => {}
        }
        visit::visit_expr(self, node);
    }

    fn visit_local(&mut self, node: &Local) {
        let pattern = match &node.pat {
            Pat::Type(typed) => &*typed.pat,
            other => other,
        };
        if let Some(init) = &node.init
            && !matches!(pattern, Pat::Ident(_))
        {
            self.note(&init.expr);
        }
        visit::visit_local(self, node);
    }

    fn visit_item(&mut self, _: &Item) {}
}
