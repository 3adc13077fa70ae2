//! `explain`: what was found in a loop, said by the compiler.
//!
//! A macro on stable Rust can give errors, and no notes or warnings of its own. An error would stop
//! the build, and what a macro prints is lost as soon as cargo has the crate cached. So the text is
//! the note of a deprecated function that is called where the loop stands: rustc warns there, in
//! the terminal and in the editor, cargo repeats the warning on every build, and the program runs.
//!
//! ```text
//! #[deprecated(note = "..")] fn this_loop() {}
//! this_loop();
//! ```

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;

use super::loops::call::Request;
use crate::analyse::entries::FIELDS;
use crate::analyse::place::peel;
use crate::analyse::source;
use crate::analyse::verdict::{Accumulator, Kind};
use crate::diagnostics::{all_of, readable};
use crate::model::{Number, OnFull, Opt, TaskPlan, TaskReturn};

/// The statements that make rustc say `text` at `place`.
fn say(name: &str, text: &str, place: Span) -> TokenStream {
    let name = Ident::new(name, place);
    let call = quote_spanned!(place=> #name(););
    quote! {
        #[deprecated(note = #text)]
        const fn #name() {}
        #call
    }
}

/// What a parallel loop is found to do; nothing, if nobody asks.
pub(super) fn of_loop(source: &Expr, request: &Request<'_>) -> TokenStream {
    let keys = &request.parallel.stack.keys;
    if keys.explain.is_none() {
        return TokenStream::new();
    }
    let text = lines(source, request).join("\n");
    say("this_loop", &text, request.parallel.keyword)
}

fn lines(source: &Expr, request: &Request<'_>) -> Vec<String> {
    let facts = request.facts;
    let keys = &request.parallel.stack.keys;
    let names = request.names;
    let shown = |place: &Expr| readable(&names.restore_expr(place.clone()).to_token_stream());
    let mut lines = vec![String::from("runs in parallel, as found by `explain`:")];
    let mut line = |what: &str, text: &str| {
        if !text.is_empty() {
            lines.push(format!("{what}: {text}"));
        }
    };

    line("source", &source_kind(source, request));
    let mut in_place = Vec::new();
    let mut reduced = Vec::new();
    for accumulator in &facts.verdict.accumulators {
        let places: Vec<String> =
            accumulator.members.iter().map(|member| shown(&member.spelling)).collect();
        let text = format!("`{}` {}", places.join("`, `"), rule(accumulator));
        match accumulator.kind {
            Kind::Window(_) => in_place.push(text),
            _ => reduced.push(text),
        }
    }
    line("reduced, in order", &reduced.join("; "));
    line("written in place", &in_place.join("; "));
    let scratch: Vec<String> = keys
        .scratch
        .iter()
        .flat_map(|scratch| &scratch.value)
        .map(|entry| entry.name.to_string())
        .collect();
    line("scratch, one per worker", &all_of(scratch.iter().map(String::as_str)));
    let mut private: Vec<String> =
        facts.verdict.privates.iter().map(|var| names.name(*var)).collect();
    private.sort();
    line("private to each iteration", &all_of(private.iter().map(String::as_str)));
    let shared: Vec<String> = facts.captures.iter().map(|capture| shown(&capture.place)).collect();
    line("shared, so `Sync` is asked for", &all_of(shared.iter().map(String::as_str)));
    if let Some(members) = &facts.ordered {
        let changed: Vec<String> = members.iter().map(|member| shown(&member.spelling)).collect();
        let changed = all_of(changed.iter().map(String::as_str));
        let changed = if changed.is_empty() { String::from("nothing captured") } else { changed };
        line("ordered part changes", &changed);
    }
    let exits = &facts.exits;
    let ways = [
        (exits.tries.is_some(), "?"),
        (exits.returns.is_some(), "return"),
        (exits.breaks.is_some(), "break"),
    ];
    let ways = all_of(ways.into_iter().filter(|(there, _)| *there).map(|(_, way)| way));
    line("left by", if ways.is_empty() { "nothing: it runs to its end" } else { &ways });
    line("blocks", &blocks(keys.chunk.as_ref()));
    lines
}

fn source_kind(node: &Expr, request: &Request<'_>) -> String {
    let text = readable(&request.names.restore_expr(node.clone()).to_token_stream());
    let layers = &request.parallel.stack.layers;
    let keys = &request.parallel.stack.keys;
    let batches = match &keys.size {
        _ if layers.batched.is_none() => String::new(),
        Some(size) => format!(", in batches of {}", readable(&size.tokens)),
        None => String::from(", in batches"),
    };
    if request.parallel.produced {
        return format!("`while let`: the calling thread asks it and hands items over{batches}");
    }
    if layers.bounded.is_some() || keys.linger.is_some() {
        let queue = keys.queue.as_ref().map_or_else(
            || String::from("a bounded queue"),
            |queue| format!("a queue of {}", readable(&queue.tokens)),
        );
        return format!("`{text}`: the calling thread hands items over through {queue}{batches}");
    }
    if request.facts.by_caller {
        return format!(
            "`{text}`: it may hold what is not `Send`, so the calling thread asks it{batches}"
        );
    }
    if source::chain_base(node).is_some_and(is_range) {
        return format!("`{text}`: cut by index{batches}");
    }
    format!(
        "`{text}`: cut by index if its iterator is that of a slice, an array, a `Vec` or a range, \
         else pulled by the workers if it is `Send`, else asked by the calling thread{batches}"
    )
}

fn is_range(base: &Expr) -> bool {
    matches!(peel(base), Expr::Range(_))
}

fn rule(accumulator: &Accumulator) -> String {
    let (name, inner) = match &accumulator.kind {
        Kind::Window(position) => {
            return format!("by the loop variable at index position {position}");
        }
        Kind::Best(found) if found.departs => {
            return String::from("assigned by the item that leaves the loop");
        }
        Kind::Best(_) => return String::from("extremum with what belongs to it"),
        Kind::Fold(fold) => return format!("by `{}`", fold.name()),
        Kind::Named(name, arguments) => (*name, readable(arguments)),
    };
    let mut inner = inner.trim_end_matches(", same").to_owned();
    for index in 0..FIELDS {
        inner = inner.replace(&format!(" {index} untouched"), "");
    }
    String::from(match name {
        "add" => "by `+`",
        "net" => "by `+` and `-`",
        "mul" => "by `*`",
        "or" => "by `|`",
        "and" => "by `&`",
        "xor" => "by `^`",
        "wrapping_add" => "by `wrapping_add`",
        "wrapping_mul" => "by `wrapping_mul`",
        "collect" => "by `push`, once per item",
        "append" => "by appending",
        "insert" => "by `insert`, the last write wins",
        "merge" => "by its `Accumulate`",
        "bins" => return format!("element by element ({inner})"),
        "entry" => return format!("key by key ({inner})"),
        "entry_from" => {
            return format!("key by key ({inner}); what a new entry starts from counts once");
        }
        "entry_held" | "entry_rows" => {
            return format!("key by key ({inner}), over what it held before the loop");
        }
        other => return format!("by `{other}`"),
    })
}

fn blocks(chunk: Option<&Opt<Number>>) -> String {
    let size = match chunk.filter(|chunk| !matches!(chunk.value, Number::Auto)) {
        Some(chunk) => format!("of {} items", readable(&chunk.tokens)),
        None => String::from("about 256 if the length is known, of 64 items if not"),
    };
    format!("{size}; what is reduced is merged by position")
}

/// What a task function is found to be; nothing, if nobody asks.
pub(super) fn of_task(plan: &TaskPlan) -> TokenStream {
    let keys = &plan.stack.keys;
    let Some(explain) = &keys.explain else { return TokenStream::new() };
    let number = |given: &Option<Opt<Number>>, default: &str| {
        given
            .as_ref()
            .filter(|given| !matches!(given.value, Number::Auto))
            .map_or_else(|| String::from(default), |given| readable(&given.tokens))
    };
    let mut lines = vec![String::from("each call is a task, as found by `explain`:")];
    let bounded = plan.stack.layers.bounded.is_some();
    let queue = number(&keys.queue, if bounded { "bounded" } else { "unbounded" });
    let full = match keys.on_full.as_ref().map(|policy| policy.value) {
        _ if !bounded => "",
        None | Some(OnFull::Block) => "; when it is full, the caller waits",
        Some(OnFull::Drop) => "; when it is full, the new call is dropped",
        Some(OnFull::DropOldest) => "; when it is full, the oldest call is dropped",
        Some(OnFull::Run) => "; when it is full, the caller runs it",
        Some(OnFull::Error) => "; when it is full, the call fails",
    };
    lines.push(format!("queue: {queue}{full}"));
    lines.push(format!("workers: {}", number(&keys.workers, "as many as the machine runs")));
    if plan.stack.layers.batched.is_some() {
        lines.push(format!("batches: of {}", number(&keys.size, "whatever waits")));
    }
    lines.push(match &plan.returns {
        TaskReturn::Task(result) => format!(
            "callers get: `Task<{}>`, from a slot that is used again",
            readable(&result.to_token_stream())
        ),
        TaskReturn::Admission => String::from("callers get: `Admission`, without an allocation"),
    });
    say("this_task", &lines.join("\n"), explain.key.span())
}
