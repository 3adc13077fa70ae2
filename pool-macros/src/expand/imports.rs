//! Attributes that were taken before rustc saw them still count as uses of their imports.

use quote::{ToTokens, quote};
use syn::{Item, ItemFn, Path, Stmt};

/// Names the attributes at the top of the function's body.
///
/// ```text
/// from: #[pooled] #[bounded(queue = 8)] fn f() { .. }
/// into: fn f() { #[allow(unused_imports)] use bounded as _; .. }
/// ```
pub(crate) fn keep<'a>(function: &mut ItemFn, taken: impl IntoIterator<Item = &'a Path>) {
    let mut seen: Vec<String> = Vec::new();
    let mut uses = Vec::new();
    for path in taken {
        let text = path.to_token_stream().to_string();
        if !seen.contains(&text) {
            seen.push(text);
            uses.push(import(path));
        }
    }
    let items = uses.into_iter().map(|import| Stmt::Item(Item::Verbatim(import)));
    function.block.stmts.splice(0..0, items);
}

/// An import that does nothing but use the name.
pub(super) fn import(path: impl ToTokens) -> proc_macro2::TokenStream {
    quote! {
        #[allow(unused_imports, reason = "the attribute has been expanded")]
        use #path as _;
    }
}
