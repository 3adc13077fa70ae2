//! `#[ordered] { .. }`: the end of a body that runs item by item, in order.
//!
//! ```text
//! from: for line in &lines { let record = parse(line); #[ordered] { writeln!(file, "{record}"); } }
//! into: let order = Ordered::new((&mut file,));
//!       .. |(), (turns,), block| {
//!           let turns = &*turns;
//!           for line in turns.over(block) {
//!               let record = parse(line);
//!               let (file,) = &mut *turns.enter();
//!               let (file,) = (&mut **file,);
//!               { writeln!(file, "{record}"); }
//!           }
//!       }
//! ```

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{Block, ExprBlock, Stmt, parse_quote};

use super::body::{self, Rewrite};
use super::ours;
use super::prepare::Prepared;
use crate::analyse::forms::{self, Mutability};
use crate::analyse::names::{Names, SELF};
use crate::analyse::ordered;
use crate::analyse::verdict::Member;

/// `#[ordered] { .. }` at the end of the body.
pub(super) struct Ordered {
    /// Enters the turnstile, and does it.
    pub(super) stmts: Vec<Stmt>,
    /// `(&mut file, &mut lines)`
    pub(super) makes: TokenStream,
    pub(super) label_used: bool,
}

impl Ordered {
    pub(super) fn of(
        mut last: ExprBlock,
        members: &[Member],
        rewrite: &Rewrite<'_>,
        names: &Names,
        keyword: Span,
    ) -> Self {
        last.attrs.retain(|attribute| !ordered::is_ordered(attribute));
        let locals = body::ordered_locals(members);
        let mut scratch = rewrite.scratch.clone();
        let mut makes = Vec::new();
        for member in members {
            let place = names.restore_expr(body::without_deref(&member.spelling).clone());
            let own = member.place.fields.is_empty() && member.place.root != SELF;
            let owned = forms::mutability(names, member.place.root) == Mutability::Owned;
            if own && owned {
                scratch.insert(member.place.root, false);
                makes.push(quote!(&mut #place));
            } else if own || member.place.fields.is_empty() {
                makes.push(quote!(&mut *#place));
            } else {
                makes.push(quote!(&mut #place));
            }
        }
        let inside = Rewrite {
            scratch: &scratch,
            locals: &locals,
            leaving: rewrite.leaving.clone(),
            item: rewrite.item.clone(),
            stays: true,
            ..*rewrite
        };
        let rewritten = inside.body(last.block);
        let mut block = names.restore_block(rewritten.body);
        // The user must write these braces, so no lint may say that they are not needed.
        let braces = Span::mixed_site().located_at(block.brace_token.span.join());
        block.brace_token = syn::token::Brace(braces);
        let attrs = &last.attrs;
        let idents: Vec<Ident> =
            locals.iter().map(|local| names.restore_ident(&local.ident)).collect();
        let turns = ours("turns", keyword);
        let enter = if idents.is_empty() {
            let turn = ours("_turn", keyword);
            quote!(let #turn = #turns.enter();)
        } else {
            // The turn itself has no name, and lasts as long as what is borrowed from it.
            quote! {
                let (#(#idents,)*) = &mut *#turns.enter();
                let (#(#idents,)*) = (#(&mut **#idents,)*);
            }
        };
        let entered: Block = parse_quote!({
            #enter
            #(#attrs)* #block;
        });
        Self {
            stmts: entered.stmts,
            makes: quote!((#(#makes,)*)),
            label_used: rewritten.label_used,
        }
    }

    /// The turnstile as a view of the loop.
    pub(super) fn view(&self, keyword: Span) -> Prepared {
        let (order, turns) = (ours("order", keyword), ours("turns", keyword));
        Prepared {
            view: true,
            make: quote!(#order.turns()),
            pattern: quote!(#turns),
            result: TokenStream::new(),
            aside: None,
            window: false,
            before: TokenStream::new(),
            start: quote!(let #turns = &*#turns;),
        }
    }
}
