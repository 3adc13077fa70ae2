//! What the body sees in the place of each accumulator, and what makes it.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, parse_quote};

use super::body::Local;
use super::call::Request;
use super::ours;
use super::spans::{here, placed};
use crate::analyse::extremum::Extremum;
use crate::analyse::forms::Fold;
use crate::analyse::names::Names;
use crate::analyse::place::{Target, text};
use crate::analyse::verdict::{Accumulator, Kind};
use crate::expand::value;

/// An accumulator with its local names and its constructor.
pub(super) struct Prepared {
    pub(super) view: bool,
    /// `add!(sum)`
    pub(super) make: TokenStream,
    /// `mut sum`, or `((mut best, mut arg), mut best_found)`.
    pub(super) pattern: TokenStream,
    /// `sum`, or `((best, arg), best_found)`.
    pub(super) result: TokenStream,
    /// For what is reduced aside: the variable that holds it, and the place.
    pub(super) aside: Option<(Ident, TokenStream)>,
    pub(super) window: bool,
    /// What stands before the loop, after what is reduced aside has been taken.
    pub(super) before: TokenStream,
    /// What the body starts with: working space that can fail to be made, a share with what the
    /// user's map holds.
    pub(super) start: TokenStream,
}

/// The names, the constructor and the result of one accumulator.
pub(super) fn prepare(
    accumulator: &Accumulator,
    locals: &[Local],
    flag: Option<Ident>,
    request: &Request<'_>,
) -> Prepared {
    let names = request.names;
    let keyword = request.parallel.keyword;
    let runtime = &request.plan.runtime;
    let at = here(&accumulator.members[0].spelling);
    let private = &placed(&quote!(#runtime::__private), at);
    let idents: Vec<Ident> = locals.iter().map(|local| names.restore_ident(&local.ident)).collect();
    let places: Vec<Expr> = accumulator
        .members
        .iter()
        .map(|member| names.restore_expr(member.spelling.clone()))
        .collect();
    let (place, ident) = (&places[0], &idents[0]);
    let view = accumulator.kind.is_view();
    let make = match &accumulator.kind {
        Kind::Named(name, arguments) => {
            let name = match *name {
                "collect" if accumulator.aside => "append",
                "entry_held" => "entry",
                "entry_rows" => "entry_from",
                name => name,
            };
            let name = Ident::new(name, Span::mixed_site());
            let comma = (!arguments.is_empty()).then(|| quote!(,));
            let keyed = name == "entry" || name == "entry_from" || name == "insert";
            let shards = request.parallel.stack.keys.shards.as_ref().filter(|_| keyed);
            let shards = shards.and_then(value::number).map(|shards| quote!(, shards = #shards));
            let make = quote_spanned!(at=> #private::#name!(#place #comma #arguments #shards));
            if accumulator.commutes {
                let span = Span::mixed_site().located_at(place.span());
                quote_spanned!(span=> { #private::commutes(&#place); #make })
            } else {
                make
            }
        }
        Kind::Fold(fold) => {
            let function = fold_function(fold, names);
            quote_spanned!(at=> #private::fold!(#place, #function))
        }
        Kind::Best(extremum) => {
            let better = better(extremum, names);
            quote_spanned!(at=> #private::best!((#(#places,)*), #better))
        }
        Kind::Window(position) => {
            let source = ours("source", keyword);
            if *position == 0 {
                quote_spanned!(at=> #private::window!(#place, #source))
            } else {
                let position = Literal::usize_unsuffixed(*position);
                quote_spanned!(at=> #private::rows!(#place, #source, #position))
            }
        }
    };
    let (mut before, mut start) = (TokenStream::new(), TokenStream::new());
    let over = match accumulator.kind {
        Kind::Named("entry_held", _) => Some("Over"),
        Kind::Named("entry_rows", _) => Some("OverRows"),
        _ => None,
    };
    let held = over.map(|over| {
        let over = Ident::new(over, Span::mixed_site());
        let name = plain(ident);
        let [held, share] = ["held", "share"].map(|word| ours(&format!("{name}_{word}"), keyword));
        before = quote_spanned!(at=> let #held = #private::held!(#place););
        start = quote_spanned!(at=> let mut #ident = #private::#over::new(&mut #share, #held););
        share
    });
    let (pattern, result) = match (&flag, &held) {
        (_, Some(share)) => (quote!(mut #share), quote!(#share)),
        (Some(flag), None) => {
            (quote!(((#(mut #idents,)*), mut #flag)), quote!(((#(#idents,)*), #flag)))
        }
        (None, None) if view => (quote!(#ident), TokenStream::new()),
        (None, None) => (quote!(mut #ident), quote!(#ident)),
    };
    let aside = accumulator.aside.then(|| {
        let name = plain(ident);
        let places = match &accumulator.kind {
            Kind::Best(_) => quote!((#(&mut #places,)*)),
            Kind::Named("entry_held" | "entry_rows", _) => quote!(#private::reached!(#place)),
            _ => quote!(&mut #place),
        };
        (ours(&format!("{name}_apart"), keyword), places)
    });
    Prepared {
        view,
        make,
        pattern,
        result,
        aside,
        window: matches!(accumulator.kind, Kind::Window(_)),
        before,
        start,
    }
}

/// The name of a local, for others to be made of.
fn plain(ident: &Ident) -> String {
    let name = text(ident).trim_start_matches("r#").to_owned();
    name.split('·').next().unwrap_or_default().to_owned()
}

/// `|so_far, later| so_far.min(later)`
fn fold_function(fold: &Fold, names: &Names) -> TokenStream {
    let (so_far, later) = (ours("so_far", Span::call_site()), ours("later", Span::call_site()));
    match fold {
        Fold::Method { name, flipped: false } => quote!(|#so_far, #later| #so_far.#name(#later)),
        Fold::Method { name, flipped: true } => quote!(|#so_far, #later| #later.#name(#so_far)),
        Fold::Call { function, flipped } => {
            let function = names.restore_expr((**function).clone());
            if *flipped {
                quote!(|#so_far, #later| #function(#later, #so_far))
            } else {
                quote!(|#so_far, #later| #function(#so_far, #later))
            }
        }
    }
}

/// `|later, so_far| later.0 < so_far.0`
fn better(extremum: &Extremum, names: &Names) -> TokenStream {
    if extremum.departs {
        return quote!(|_, _| true);
    }
    let (later, so_far) = (ours("later", Span::call_site()), ours("so_far", Span::call_site()));
    let side = |of: &Ident| {
        let mut side = extremum.state.clone();
        InShare { extremum, names, of }.visit(&mut side);
        names.restore_expr(side)
    };
    let op = &extremum.op;
    let (new, old) = (side(&later), side(&so_far));
    let comparison =
        if extremum.state_on_right { quote!(#new #op #old) } else { quote!(#old #op #new) };
    quote!(|#later, #so_far| #comparison)
}

/// Puts `share.0` in the place of an extremum's first variable, and so on.
struct InShare<'a> {
    extremum: &'a Extremum,
    names: &'a Names,
    of: &'a Ident,
}

impl InShare<'_> {
    fn visit(&mut self, node: &mut Expr) {
        VisitMut::visit_expr_mut(self, node);
    }
}

impl VisitMut for InShare<'_> {
    fn visit_expr_mut(&mut self, node: &mut Expr) {
        if let Some(target) = Target::of(node, self.names)
            && target.steps.is_empty()
            && let Some(index) = self
                .extremum
                .assigned
                .iter()
                .position(|assigned| assigned.target.place == target.place)
        {
            let of = self.of;
            let index = syn::Index::from(index);
            *node = parse_quote!(#of.#index);
            return;
        }
        visit_mut::visit_expr_mut(self, node);
    }
}
