//! The attribute macros of [`pool-runtime`](https://docs.rs/pool-runtime). Depend on that crate,
//! which exports them together with what they expand to.
//!
//! `#[pooled]`, `#[bounded]` and `#[batched]` go on functions. The declared return type decides
//! what becomes of one, so that the signature shows it:
//!
//! * **Loops.** The `for` (or `while let`) loop of the function runs in parallel, and the call
//!   blocks until it is done. *An accepted loop returns what the same loop without the attribute
//!   returns*, on any number of workers, on any run; what cannot keep that promise is refused at
//!   compile time, in words that say what to write instead. In a function with several outermost
//!   loops each parallel one carries an attribute itself; the keys on the function are defaults.
//! * **Tasks.** A function that returns `Task<T>` or `Admission` submits itself: a call moves its
//!   arguments into the function's own queue, a worker runs the body, and the caller goes on.
//!
//! The three attributes stack, in any order, by any path and under `cfg_attr`, into one plan; a key
//! is given once in a stack.
//!
//! | key | of | says |
//! |---|---|---|
//! | `workers = 8` | all | at most so many threads run the body at a time; default: what the machine can run at a time, or `POOL_WORKERS`. More than that is meant for bodies that block |
//! | `name = "resize"` | all | the name in reports; default: the function's |
//! | `pool = &POOL` | all | the pool whose threads help; default: the global one |
//! | `scratch(buf, client = Client::new())` | all, loops | working space of each worker: a clone of the captured `buf`, or a new value |
//! | `reduce(total: +, stats)` | all, loops | what the body changes in a form that is not found by itself: `+ * \| & ^`, `min`, `max`, `append`, or the type's own `Accumulate` |
//! | `errors = "first"` | all, loops | which error a loop returns: `"first"` by position (default), `"any"` (the first in time), `"all"` |
//! | `timeout = "2s"` | all, loops | no new block of the loop starts after that |
//! | `progress = "label"` | all, loops | a progress bar on a terminal |
//! | `explain` | all | rustc says, in a warning at the loop, what was found in it |
//! | `crate = ::pool_runtime` | all | where the runtime is, when it is re-exported by another crate |
//! | `chunk = 1_000` | `pooled`, loops | how many items are claimed, and merged, together |
//! | `shards = 32` | `pooled`, loops | merge maps of many keys in parallel, by hash |
//! | `queue = 500` | `bounded` | at most so many items, or calls, wait |
//! | `on_full = "block"` | `bounded` | what happens to one too many: `"block"` (default), `"drop"`, `"drop_oldest"`, `"run"`, and for loops `"error"` |
//! | `dropped = lost` | `bounded`, loops | the local integer that the number of drops is added to |
//! | `size = 100` | `batched` | how many items, or calls, make a batch |
//! | `linger = "5ms"` | `batched` | how long an incomplete batch waits for more |
//!
//! Numbers are integers, `"auto"` (the default) or expressions of type `usize`; durations are
//! strings (`ns`, `us`, `ms`, `s`, `m`, `h`) or expressions of type `Duration`. Constants are
//! checked at compile time.

use proc_macro::TokenStream;

mod analyse;
mod diagnostics;
mod expand;
mod model;
mod options;
mod parse;
mod places;
mod runtime_path;
#[cfg(test)]
mod tests;

use model::Layer;

#[doc = include_str!("doc/pooled.md")]
#[doc = include_str!("doc/common.md")]
#[proc_macro_attribute]
pub fn pooled(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(Layer::Pooled, args.into(), item.into()).into()
}

#[doc = include_str!("doc/bounded.md")]
#[doc = include_str!("doc/common.md")]
#[proc_macro_attribute]
pub fn bounded(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(Layer::Bounded, args.into(), item.into()).into()
}

#[doc = include_str!("doc/batched.md")]
#[doc = include_str!("doc/common.md")]
#[proc_macro_attribute]
pub fn batched(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(Layer::Batched, args.into(), item.into()).into()
}

/// What a batched loop does with its batch goes through this, so that rustc's own errors name it.
#[doc(hidden)]
#[proc_macro]
pub fn the_loop_variable_is_a_batch(tokens: TokenStream) -> TokenStream {
    let one_place = places::are_one(tokens.clone());
    expand::batch_note::expand(tokens.into(), one_place).into()
}

/// Implements the trait `pool_runtime::Accumulate` for a struct, field by field.
///
/// Every field must be of a type that is `Accumulate` itself: numbers (added up), strings and
/// containers (appended), and what you implement it for.
///
/// ```
/// use pool_runtime::{Accumulate, pooled};
///
/// #[derive(Accumulate, Default)]
/// struct Stats {
///     lines: u64,
///     long: Vec<String>,
/// }
///
/// impl Stats {
///     fn see(&mut self, line: &str) {
///         self.lines += 1;
///         if line.len() > 80 {
///             self.long.push(line.to_owned());
///         }
///     }
/// }
///
/// #[pooled(reduce(stats))]
/// fn survey(text: &[String]) -> Stats {
///     let mut stats = Stats::default();
///     for line in text {
///         stats.see(line);
///     }
///     stats
/// }
///
/// assert_eq!(survey(&[String::from("short")]).lines, 1);
/// ```
#[proc_macro_derive(Accumulate)]
pub fn accumulate(item: TokenStream) -> TokenStream {
    expand::accumulate::derive(item.into()).into()
}
