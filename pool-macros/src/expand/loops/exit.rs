//! How a function goes on when its loop has been left.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::body::Leaving;
use super::call::Request;
use super::ours;
use super::returns::{Returns, takes_question_mark};
use crate::analyse::Facts;

/// How the function goes on when the loop has been left.
pub(super) struct Exit<'a> {
    pub(super) facts: &'a Facts,
    pub(super) leaving: &'a Leaving,
    pub(super) returns: &'a Returns,
    pub(super) private: &'a TokenStream,
}

impl Exit<'_> {
    /// What follows `outcome`, the value of `run_until`.
    pub(super) fn act_on(&self, outcome: &TokenStream, keyword: Span) -> TokenStream {
        let value = ours("value", keyword);
        let exits = &self.facts.exits;
        let back = match self.leaving {
            Leaving::Declared { tries: true } => Some("back"),
            Leaving::Declared { tries: false } => Some("back_value"),
            _ => None,
        };
        let outcome = &back.map_or_else(
            || outcome.clone(),
            |back| {
                let (declared, back) = (ours("declared", keyword), Ident::new(back, keyword));
                quote_spanned!(Span::mixed_site().located_at(keyword)=> #declared.#back(#outcome))
            },
        );
        let word = exits.returns.map(syn::token::Return);
        let question = exits.tries.map(|span| quote_spanned!(span=> ?));
        match (self.leaving, word) {
            (Leaving::Carry(_), _) if self.returns.boxed => self.unbox(outcome, keyword),
            // As `unbox`, where no `?` stands around the outcome.
            (_, Some(word)) if self.returns.boxed => {
                let error = ours("error", keyword);
                quote!(match #outcome {
                    ::core::option::Option::Some(::core::result::Result::Ok(#value)) => {
                        #word ::core::result::Result::Ok(#value);
                    }
                    ::core::option::Option::Some(::core::result::Result::Err(#error)) => {
                        #word ::core::result::Result::Err(#error);
                    }
                    ::core::option::Option::None => {}
                })
            }
            (_, Some(word)) => {
                quote!(if let ::core::option::Option::Some(#value) = #outcome #question {
                    #word #value;
                })
            }
            (_, None) => quote!(#outcome #question;),
        }
    }

    /// A boxed error travels as `+ Send + Sync` and is unsized back.
    fn unbox(&self, outcome: &TokenStream, keyword: Span) -> TokenStream {
        let (value, error) = (ours("value", keyword), ours("error", keyword));
        let exits = &self.facts.exits;
        let word = exits.returns.or(exits.tries).unwrap_or(keyword);
        let word = syn::Token![return](word);
        let returned = exits.returns.is_some().then(|| {
            quote! {
                ::core::result::Result::Ok(::core::option::Option::Some(
                    ::core::result::Result::Ok(#value),
                )) => #word ::core::result::Result::Ok(#value),
                ::core::result::Result::Ok(::core::option::Option::Some(
                    ::core::result::Result::Err(#error),
                )) => #word ::core::result::Result::Err(#error),
            }
        });
        let rest =
            if exits.returns.is_some() { quote!(::core::option::Option::None) } else { quote!(_) };
        quote!(match #outcome {
            #returned
            ::core::result::Result::Ok(#rest) => {}
            ::core::result::Result::Err(#error) => #word ::core::result::Result::Err(#error),
        })
    }

    /// `let declared = declared!(BoxResult<u64>);`, where the type must be asked.
    pub(super) fn declares(&self, keyword: Span) -> Option<TokenStream> {
        let (private, returns) = (self.private, &self.returns.travels);
        let declared = ours("declared", keyword);
        matches!(self.leaving, Leaving::Declared { .. }).then(|| {
            quote_spanned!(Span::mixed_site().located_at(keyword)=>
                let #declared = #private::declared!(#returns);)
        })
    }

    /// The call of the closure around the body.
    pub(super) fn attempt(&self, body: &TokenStream, keyword: Span) -> TokenStream {
        let private = self.private;
        let declared = ours("declared", keyword);
        match self.leaving {
            Leaving::Declared { tries: true } => quote!(#declared.carry(|| { #body })),
            Leaving::Declared { tries: false } => quote!(#declared.step(|| { #body })),
            _ => {
                let declared = self.closure_type(keyword);
                quote!(#private::attempt(|| -> #declared { #body }))
            }
        }
    }

    /// The declared type of the closure around the body.
    fn closure_type(&self, keyword: Span) -> TokenStream {
        let private = self.private;
        let returned = if self.facts.exits.returns.is_none() {
            quote!(())
        } else if self.returns.unnamed {
            quote!(_)
        } else {
            let returns = &self.returns.travels;
            quote!(#returns)
        };
        let step = quote_spanned!(Span::mixed_site().located_at(keyword)=>
            #private::Step<#returned>);
        match self.leaving {
            Leaving::Carry(returns) => quote!(#private::Carry<#returns, #step>),
            _ => step,
        }
    }

    /// The last line of that closure.
    pub(super) fn next(&self, keyword: Span) -> TokenStream {
        let private = self.private;
        match self.leaving {
            Leaving::Carry(returns) => {
                quote!(<#returns as #private::Leave>::with(#private::Step::Next))
            }
            Leaving::Declared { tries: true } => {
                let declared = ours("declared", keyword);
                quote!(#declared.with(#private::Step::Next))
            }
            _ => quote!(#private::Step::Next),
        }
    }
}

/// Refuses what the return type does not allow.
pub(super) fn check_returns(request: &Request<'_>) {
    let exits = &request.facts.exits;
    if let Some(question) = exits.tries
        && !takes_question_mark(request.output)
    {
        if request.parallel.in_closure {
            request.errors.at_span(
                question,
                "`?` leaves the closure around this loop, whose return type is not known here: \
                 write it, `|..| -> Result<.., E> { .. }`, or take the loop out of the closure",
            );
            return;
        }
        request.errors.at_span(
            question,
            "`?` leaves the function with an error, but this one returns neither `Result` nor \
             `Option`: write `-> Result<.., E>`",
        );
        request.errors.found_by_rustc();
    }
}
