//! The loops of a batched function that is refused: they keep running over batches, as far as
//! rustc's check of the body is concerned, so that one mistake has no others in its wake.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::model::{Layer, LoopPlan};

/// What the fallback must know of a batched function.
pub(super) struct Batches {
    /// All outermost loops, or those with a marker.
    all: bool,
    /// `::pool_runtime::__private::batch_of!`
    name: TokenStream,
}

impl Batches {
    /// `None`: no loop of it is batched. `defaults` says whether the function is batched as a whole.
    pub(super) fn of(plan: &LoopPlan, defaults: impl FnOnce() -> bool) -> Option<Self> {
        let one = plan.loops.iter().find(|one| one.stack.layers.batched.is_some())?;
        let streamed = one.stack.layers.bounded.is_some() || one.stack.keys.linger.is_some();
        let runtime = &plan.runtime;
        let kind = if streamed { quote!(stream) } else { quote!(source) };
        Some(Self { all: defaults(), name: quote!(#runtime::__private::batch_of!{ #kind, }) })
    }

    /// `for batch in EXPR {` becomes `for batch in batch_of!(EXPR) {`.
    pub(super) fn wrap(&self, tokens: TokenStream) -> TokenStream {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut output = TokenStream::new();
        let mut at = 0;
        let mut marked = false;
        while at < tokens.len() {
            if let Some((over, body)) = parts(&tokens[at..])
                && (self.all || marked)
            {
                let (over, body) = (at + over, at + body);
                output.extend(tokens[at..=over].iter().cloned());
                output.extend(self.call(tokens[over + 1..body].iter().cloned().collect()));
                output.extend([tokens[body].clone()]);
                (at, marked) = (body + 1, false);
                continue;
            }
            match &tokens[at] {
                TokenTree::Group(group) => {
                    let text = group.stream().to_string();
                    if group.delimiter() == Delimiter::Bracket {
                        marked |= text.starts_with(Layer::Batched.name());
                    } else {
                        marked = false;
                    }
                    let mut inner = Group::new(group.delimiter(), self.wrap(group.stream()));
                    inner.set_span(group.span());
                    output.extend([TokenTree::from(inner)]);
                }
                other => output.extend([other.clone()]),
            }
            at += 1;
        }
        output
    }

    fn call(&self, source: TokenStream) -> TokenStream {
        let mut tokens: Vec<TokenTree> = self.name.clone().into_iter().collect();
        if let Some(TokenTree::Group(last)) = tokens.pop() {
            let kind = last.stream();
            let arguments = Group::new(Delimiter::Parenthesis, quote!(#kind #source));
            tokens.push(arguments.into());
        }
        tokens.into_iter().map(ToTokens::into_token_stream).collect()
    }
}

/// Where in `for PATTERN in EXPR { .. }` the `in` and the body are.
fn parts(tokens: &[TokenTree]) -> Option<(usize, usize)> {
    let word =
        |token: &TokenTree, wanted: &str| matches!(token, TokenTree::Ident(word) if word == wanted);
    if !word(tokens.first()?, "for") {
        return None;
    }
    let is_block = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    let over = tokens.iter().take_while(|token| !is_block(token)).position(|t| word(t, "in"))?;
    let body = over + tokens[over..].iter().position(is_block)?;
    // `for batch in { .. }.into_iter() { .. }` is left as it is.
    let ends =
        !matches!(tokens.get(body + 1), Some(TokenTree::Punct(sign)) if sign.as_char() != '#');
    (body > over + 1 && ends).then_some((over, body))
}
