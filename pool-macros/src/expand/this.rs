//! The receiver of a method under a name that a closure can bind.
//!
//! A visitor does not see into macros, so their tokens are renamed one by one, and so are the
//! inline arguments of std's formatting macros: `println!("{self}")`.

use proc_macro2::{Group, Ident, Spacing, Span, TokenStream, TokenTree};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Item, LitStr, Macro};

/// What `self` is called in the body. The user's own hygiene, so that format strings find it.
const NAME: &str = "self_";

/// The name, in the place of a `self`.
pub(super) fn name(place: Span) -> Ident {
    Ident::new(NAME, place)
}

/// Renames `self` in the code of one function, not in the items inside it.
pub(super) fn rename(block: &mut Block) {
    Rename.visit_block_mut(block);
}

struct Rename;

impl VisitMut for Rename {
    fn visit_expr_mut(&mut self, node: &mut Expr) {
        if let Expr::Path(path) = node
            && path.qself.is_none()
            && path.path.is_ident("self")
            && let Some(segment) = path.path.segments.first_mut()
        {
            segment.ident = name(segment.ident.span());
        }
        visit_mut::visit_expr_mut(self, node);
    }

    fn visit_macro_mut(&mut self, node: &mut Macro) {
        let formats = node.path.segments.last().is_some_and(|tail| formats(&tail.ident));
        node.tokens = tokens(std::mem::take(&mut node.tokens), formats);
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
}

/// Whether a macro takes a format string.
fn formats(name: &Ident) -> bool {
    const NAMES: [&str; 22] = [
        "format",
        "format_args",
        "print",
        "println",
        "eprint",
        "eprintln",
        "write",
        "writeln",
        "panic",
        "assert",
        "assert_eq",
        "assert_ne",
        "debug_assert",
        "debug_assert_eq",
        "debug_assert_ne",
        "unreachable",
        "error",
        "warn",
        "info",
        "debug",
        "trace",
        "log",
    ];
    NAMES.iter().any(|known| name == known)
}

fn tokens(stream: TokenStream, formats: bool) -> TokenStream {
    let mut result = Vec::new();
    let mut rest = stream.into_iter().peekable();
    while let Some(token) = rest.next() {
        result.push(match token {
            TokenTree::Ident(word) if word == "self" => {
                let in_path = matches!(rest.peek(), Some(TokenTree::Punct(next))
                    if next.as_char() == ':' && next.spacing() == Spacing::Joint);
                if in_path { word.into() } else { name(word.span()).into() }
            }
            TokenTree::Group(group) => {
                let mut renamed = Group::new(group.delimiter(), tokens(group.stream(), formats));
                renamed.set_span(group.span());
                renamed.into()
            }
            TokenTree::Literal(literal) if formats => {
                let text = syn::parse2::<LitStr>(TokenTree::from(literal.clone()).into());
                let renamed = text.ok().and_then(|text| format_string(&text));
                renamed.map_or(literal, |text| text.token()).into()
            }
            other => other,
        });
    }
    result.into_iter().collect()
}

/// A format string with `{self..}` renamed, if it has any.
fn format_string(text: &LitStr) -> Option<LitStr> {
    let value = text.value();
    let mut renamed = String::with_capacity(value.len());
    let mut rest = value.as_str();
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open + 1);
        renamed.push_str(before);
        rest = after;
        if let Some(escaped) = rest.strip_prefix('{') {
            renamed.push('{');
            rest = escaped;
        } else if let Some(tail) = rest.strip_prefix("self")
            && tail.starts_with(['}', ':'])
        {
            renamed.push_str(NAME);
            rest = tail;
        }
    }
    renamed.push_str(rest);
    (renamed != value).then(|| LitStr::new(&renamed, text.span()))
}
