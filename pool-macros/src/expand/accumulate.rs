//! `#[derive(Accumulate)]`: field by field.
//!
//! ```text
//! from: struct Stats { count: u64, names: Vec<String> }
//!
//! into: impl Accumulate for Stats {
//!           fn fresh(&self) -> Self {
//!               Self { count: <u64 as Accumulate>::fresh(&self.count), names: .. }
//!           }
//!           fn merge(&mut self, later: Self) {
//!               <u64 as Accumulate>::merge(&mut self.count, later.count);
//!               ..
//!           }
//!       }
//! ```

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Data, DeriveInput, Field, Fields, Generics, Index, Path, PathSegment, Type};

use crate::runtime_path;

/// The implementation, or what is wrong with the item.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    syn::parse2(item).and_then(|item| implement(&item)).unwrap_or_else(|e| e.to_compile_error())
}

fn implement(item: &DeriveInput) -> syn::Result<TokenStream> {
    let fields = match &item.data {
        Data::Struct(data) => &data.fields,
        Data::Enum(data) => {
            return Err(syn::Error::new_spanned(
                data.enum_token,
                "the shares of an enum may be of different variants: implement `Accumulate` by hand",
            ));
        }
        Data::Union(data) => {
            return Err(syn::Error::new_spanned(
                data.union_token,
                "nobody knows which field of a union counts: implement `Accumulate` by hand",
            ));
        }
    };
    let runtime = runtime_path::find();
    let accumulate = quote!(#runtime::Accumulate);
    let later = Ident::new("later", Span::mixed_site());
    let members: Vec<TokenStream> = fields.iter().enumerate().map(member).collect();
    let fresh = fields.iter().zip(&members).map(|(field, member)| {
        let (name, ty) = (&field.ident, &field.ty);
        let name = name.as_ref().map(|name| quote!(#name:));
        quote_spanned!(ty.span()=> #name <#ty as #accumulate>::fresh(&self.#member))
    });
    let fresh = match fields {
        Fields::Named(_) => quote!({ #(#fresh),* }),
        Fields::Unnamed(_) => quote!((#(#fresh),*)),
        Fields::Unit => TokenStream::new(),
    };
    let merge = fields.iter().zip(&members).map(|(field, member)| {
        let ty = &field.ty;
        quote_spanned!(ty.span()=> <#ty as #accumulate>::merge(&mut self.#member, #later.#member);)
    });
    let name = &item.ident;
    let mut generics = item.generics.clone();
    require(&mut generics, fields, &accumulate);
    let (parameters, arguments, bounds) = generics.split_for_impl();
    let unused = members.is_empty().then(|| quote!(let _ = #later;));
    Ok(quote! {
        #[automatically_derived]
        impl #parameters #accumulate for #name #arguments #bounds {
            fn fresh(&self) -> Self {
                Self #fresh
            }
            fn merge(&mut self, #later: Self) {
                #unused
                #(#merge)*
            }
        }
    })
}

fn member((index, field): (usize, &Field)) -> TokenStream {
    field.ident.as_ref().map_or_else(|| Index::from(index).to_token_stream(), |n| quote!(#n))
}

/// Asks that the fields whose types depend on a parameter can be accumulated.
fn require(generics: &mut Generics, fields: &Fields, accumulate: &TokenStream) {
    struct Mentions<'a>(&'a [Ident], bool);
    impl<'a> Visit<'a> for Mentions<'_> {
        fn visit_path(&mut self, node: &'a Path) {
            let first: Option<&PathSegment> = node.segments.first();
            self.1 |= first.is_some_and(|first| self.0.contains(&first.ident));
            visit::visit_path(self, node);
        }
    }
    let parameters: Vec<Ident> = generics.type_params().map(|param| param.ident.clone()).collect();
    let dependent: Vec<&Type> = fields
        .iter()
        .map(|field| &field.ty)
        .filter(|ty| {
            let mut mentions = Mentions(&parameters, false);
            mentions.visit_type(ty);
            mentions.1
        })
        .collect();
    if dependent.is_empty() {
        return;
    }
    let clause = generics.make_where_clause();
    for ty in dependent {
        if let Ok(predicate) = syn::parse2(quote!(#ty: #accumulate)) {
            clause.predicates.push(predicate);
        }
    }
}
