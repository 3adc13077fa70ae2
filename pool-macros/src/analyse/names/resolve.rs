//! Gives every variable of a function its own name.

use std::collections::HashMap;

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Arm, Block, Expr, ExprClosure, ExprForLoop, ExprIf, ExprLet, ExprPath, ExprStruct, ExprWhile,
    Ident, Item, Local, Macro, Pat, PatIdent, PatTuple, Type,
};

use super::{Declared, MENTIONS, MENTIONS_AFTER_COMMA, Names, Origin, Var, unique};
use crate::analyse::macros::{self, Part};

pub(super) struct Resolver<'a> {
    pub(super) names: &'a mut Names,
    /// Innermost last: from a name to its unique identifier.
    pub(super) scopes: Vec<HashMap<String, String>>,
}

impl Resolver<'_> {
    fn lookup(&self, ident: &Ident) -> Option<Ident> {
        let name = ident.to_string();
        let unique = self.scopes.iter().rev().find_map(|scope| scope.get(&name))?;
        Some(Ident::new(unique, ident.span()))
    }

    fn scoped(&mut self, inside: impl FnOnce(&mut Self)) {
        self.scopes.push(HashMap::new());
        inside(self);
        self.scopes.pop();
    }

    /// Declares the variables of a pattern in the innermost scope. `whole` is their origin if the
    /// pattern is nothing but a name.
    pub(super) fn bind(&mut self, pattern: &mut Pat, whole: Option<Origin>) {
        let whole = match pattern {
            Pat::Ident(PatIdent { by_ref: None, subpat: None, .. }) => whole,
            _ => None,
        };
        let fresh = HashMap::new();
        let mut binder = Binder { resolver: self, whole, fresh };
        binder.visit_pat_mut(pattern);
        let fresh = binder.fresh;
        if let Some(scope) = self.scopes.last_mut() {
            scope.extend(fresh);
        }
        Guards(self).visit_pat_mut(pattern);
    }

    fn rename_tokens(&self, tokens: TokenStream) -> TokenStream {
        let mut after_dot = false;
        tokens
            .into_iter()
            .map(|token| {
                let field = std::mem::replace(&mut after_dot, false);
                match token {
                    TokenTree::Group(group) => {
                        let mut own =
                            Group::new(group.delimiter(), self.rename_tokens(group.stream()));
                        own.set_span(group.span());
                        own.into()
                    }
                    TokenTree::Ident(ident) if !field => {
                        self.lookup(&ident).unwrap_or(ident).into()
                    }
                    TokenTree::Punct(dot) => {
                        after_dot =
                            dot.as_char() == '.' && dot.spacing() == proc_macro2::Spacing::Alone;
                        dot.into()
                    }
                    other => other,
                }
            })
            .collect()
    }

    /// Adds the variables that a call's format strings name as an argument.
    fn mention(&self, call: &mut Macro, names: &[String]) {
        // What a message about the name underlines: the format string.
        let span = call.tokens.clone().into_iter().find_map(|token| match token {
            TokenTree::Literal(text) => Some(text.span()),
            _ => None,
        });
        let span = span.unwrap_or_else(proc_macro2::Span::call_site);
        let mut unique: Vec<Ident> =
            names.iter().filter_map(|name| self.lookup(&raw_or_plain(name, span))).collect();
        unique.dedup();
        if unique.is_empty() {
            return;
        }
        let after_comma = call.tokens.clone().into_iter().last().is_some_and(
            |token| matches!(token, TokenTree::Punct(comma) if comma.as_char() == ','),
        );
        let (comma, name) =
            if after_comma { (None, MENTIONS_AFTER_COMMA) } else { (Some(quote!(,)), MENTIONS) };
        let name = Ident::new(name, span);
        call.tokens.extend(quote!(#comma #name(#(#unique),*)));
    }
}

/// A name from a format string as an identifier: `{type}` is not Rust, so no raw ones.
fn raw_or_plain(name: &str, span: proc_macro2::Span) -> Ident {
    syn::parse_str::<Ident>(name).map_or_else(
        |_| Ident::new("_", span),
        |mut ident| {
            ident.set_span(span);
            ident
        },
    )
}

/// The string literals in some tokens.
fn literals(tokens: &TokenStream, found: &mut Vec<String>) {
    for token in tokens.clone() {
        match token {
            TokenTree::Group(group) => literals(&group.stream(), found),
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse2::<syn::LitStr>(literal.into_token_stream()) {
                    found.push(text.value());
                }
            }
            _ => {}
        }
    }
}

impl VisitMut for Resolver<'_> {
    fn visit_expr_path_mut(&mut self, node: &mut ExprPath) {
        if node.qself.is_none()
            && let Some(ident) = node.path.get_ident()
            && let Some(unique) = self.lookup(ident)
        {
            node.path = unique.into();
        }
    }

    fn visit_expr_struct_mut(&mut self, node: &mut ExprStruct) {
        // Not the path: it names a type.
        for field in &mut node.fields {
            self.visit_expr_mut(&mut field.expr);
        }
        if let Some(rest) = &mut node.rest {
            self.visit_expr_mut(rest);
        }
    }

    fn visit_block_mut(&mut self, node: &mut Block) {
        self.scoped(|this| visit_mut::visit_block_mut(this, node));
    }

    fn visit_local_mut(&mut self, node: &mut Local) {
        if let Some(init) = &mut node.init {
            self.visit_expr_mut(&mut init.expr);
            if let Some((_, otherwise)) = &mut init.diverge {
                self.visit_expr_mut(otherwise);
            }
        }
        let value = node.init.as_ref().map(|init| (*init.expr).clone());
        match &mut node.pat {
            Pat::Type(typed) => {
                let declared = Some((*typed.ty).clone());
                self.bind(&mut typed.pat, Some(Origin::Let { declared, value }));
            }
            Pat::Tuple(tuple) => {
                let mut values = shared_parts(tuple, value.as_ref()).into_iter();
                for pattern in &mut tuple.elems {
                    self.bind(pattern, values.next().flatten());
                }
            }
            pattern => self.bind(pattern, Some(Origin::Let { declared: None, value })),
        }
    }

    fn visit_expr_let_mut(&mut self, node: &mut ExprLet) {
        self.visit_expr_mut(&mut node.expr);
        self.bind(&mut node.pat, None);
    }

    fn visit_expr_if_mut(&mut self, node: &mut ExprIf) {
        self.scoped(|this| {
            this.visit_expr_mut(&mut node.cond);
            this.visit_block_mut(&mut node.then_branch);
        });
        if let Some((_, otherwise)) = &mut node.else_branch {
            self.visit_expr_mut(otherwise);
        }
    }

    fn visit_expr_while_mut(&mut self, node: &mut ExprWhile) {
        self.scoped(|this| {
            this.visit_expr_mut(&mut node.cond);
            this.visit_block_mut(&mut node.body);
        });
    }

    fn visit_expr_for_loop_mut(&mut self, node: &mut ExprForLoop) {
        self.visit_expr_mut(&mut node.expr);
        self.scoped(|this| {
            this.bind(&mut node.pat, None);
            this.visit_block_mut(&mut node.body);
        });
    }

    fn visit_arm_mut(&mut self, node: &mut Arm) {
        self.scoped(|this| {
            this.bind(&mut node.pat, None);
            this.visit_expr_mut(&mut node.body);
        });
    }

    fn visit_expr_closure_mut(&mut self, node: &mut ExprClosure) {
        self.scoped(|this| {
            for input in &mut node.inputs {
                this.bind(input, None);
            }
            this.visit_expr_mut(&mut node.body);
        });
    }

    fn visit_macro_mut(&mut self, node: &mut Macro) {
        let inline = macros::inline_names(node);
        let known = self.with_macro_scope(node);
        if known {
            self.mention(node, &inline);
        } else {
            let mut texts = Vec::new();
            literals(&node.tokens, &mut texts);
            let named: Vec<String> = texts.iter().flat_map(|text| macros::named_in(text)).collect();
            node.tokens = self.rename_tokens(node.tokens.clone());
            self.mention(node, &named);
        }
    }

    // Neither names variables.
    fn visit_item_mut(&mut self, _: &mut Item) {}
    fn visit_type_mut(&mut self, _: &mut Type) {}
    fn visit_attribute_mut(&mut self, _: &mut syn::Attribute) {}
}

impl Resolver<'_> {
    /// Resolves the arguments of one of std's macros; the pattern of `matches!` has them to itself.
    fn with_macro_scope(&mut self, node: &mut Macro) -> bool {
        self.scopes.push(HashMap::new());
        let known = macros::arguments_mut(node, |part| match part {
            Part::Value(value) => self.visit_expr_mut(value),
            Part::Pattern(pattern) => self.bind(pattern, None),
        });
        self.scopes.pop();
        known
    }
}

/// Gives the names of one pattern their variables: those of `A(x) | B(x)` are one.
struct Binder<'a, 'b> {
    resolver: &'a mut Resolver<'b>,
    whole: Option<Origin>,
    fresh: HashMap<String, String>,
}

impl VisitMut for Binder<'_, '_> {
    fn visit_pat_ident_mut(&mut self, node: &mut PatIdent) {
        let plain = node.by_ref.is_none() && node.mutability.is_none() && node.subpat.is_none();
        let name = node.ident.to_string();
        if plain && name.starts_with(char::is_uppercase) {
            // A constant or a variant.
            return;
        }
        let unique = if let Some(unique) = self.fresh.get(&name) {
            unique.clone()
        } else {
            let names = &mut *self.resolver.names;
            let var = Var(names.variables.len());
            let unique = unique(&node.ident, var).to_string();
            names.variables.push(Declared {
                ident: node.ident.clone(),
                mutable: node.mutability.is_some(),
                origin: self.whole.clone().unwrap_or(Origin::Pattern),
            });
            names.by_unique.insert(unique.clone(), var);
            self.fresh.insert(name, unique.clone());
            unique
        };
        node.ident = Ident::new(&unique, node.ident.span());
        if let Some((_, inner)) = &mut node.subpat {
            self.visit_pat_mut(inner);
        }
    }

    // Values in patterns are constants; guards are resolved when everything is bound.
    fn visit_expr_mut(&mut self, _: &mut Expr) {}
    fn visit_path_mut(&mut self, _: &mut syn::Path) {}
    fn visit_type_mut(&mut self, _: &mut Type) {}
    fn visit_attribute_mut(&mut self, _: &mut syn::Attribute) {}
}

/// Resolves the guards of a pattern whose names are bound.
struct Guards<'a, 'b>(&'a mut Resolver<'b>);

impl VisitMut for Guards<'_, '_> {
    fn visit_pat_guard_mut(&mut self, node: &mut syn::PatGuard) {
        self.visit_pat_mut(&mut node.pat);
        self.0.visit_expr_mut(&mut node.guard);
    }
    fn visit_expr_mut(&mut self, _: &mut Expr) {}
}

/// Where the parts of `let (a, b) = (&x, y);` come from, as far as they are shared references.
fn shared_parts(tuple: &PatTuple, value: Option<&Expr>) -> Vec<Option<Origin>> {
    let whole = tuple.elems.iter().all(|part| !matches!(part, Pat::Rest(_)));
    let parts: Vec<Expr> = match value {
        Some(Expr::Tuple(values)) if whole => values.elems.iter().cloned().collect(),
        _ => Vec::new(),
    };
    let shared = |part: Expr| match &part {
        Expr::Reference(reference) if reference.mutability.is_none() => {
            Some(Origin::Let { declared: None, value: Some(part) })
        }
        _ => None,
    };
    parts.into_iter().map(shared).collect()
}
