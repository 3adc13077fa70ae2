//! The attribute macros of `pool-runtime`. Depend on `pool-runtime`, which re-exports them.

use proc_macro::TokenStream;

mod diagnostics;
mod expand;
mod model;
mod options;
mod parse;
mod runtime_path;
#[cfg(test)]
mod tests;

use model::Layer;

/// Runs the `for` loops of a function in parallel, or makes each call of it a task.
#[proc_macro_attribute]
pub fn pooled(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(Layer::Pooled, args.into(), item.into()).into()
}

/// `pooled` with a bounded queue between the producer and the workers.
#[proc_macro_attribute]
pub fn bounded(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(Layer::Bounded, args.into(), item.into()).into()
}

/// `pooled` over batches instead of single items.
#[proc_macro_attribute]
pub fn batched(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(Layer::Batched, args.into(), item.into()).into()
}
