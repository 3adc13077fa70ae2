//! What is said of a loop that cannot be accepted.

use syn::Ident;

use super::place::Step;
use super::source::Source;
use super::uses::{Change, Mention};

/// Methods after which nothing is left of what the items before have put there.
const EMPTIES: [&str; 8] = [
    "clear",
    "fill",
    "fill_with",
    "resize",
    "clone_from",
    "clone_from_slice",
    "copy_from_slice",
    "reset",
];

/// A variable changed in no known form.
pub(crate) fn change(name: &str, change: &Change, mention: &Mention, source: &Source) -> String {
    match change {
        Change::Flag(true) => format!(
            "`{name} = true` overwrites what other iterations wrote: write `{name} |= true`, \
             which is a reduction"
        ),
        Change::Flag(false) => format!(
            "`{name} = false` overwrites what other iterations wrote: write `{name} &= false`, \
             which is a reduction"
        ),
        Change::ShortCircuit(op) => format!(
            "whether the right side runs depends on `{name}`, which the items before decide: \
             write `{name} {op}= ..`, which always runs it"
        ),
        Change::Operator(op) => format!(
            "`{name} {op} ..` cannot be put together from several workers' parts: accepted are \
             `+=`, `-=`, `*=`, `|=`, `&=` and `^=`"
        ),
        Change::InsertResult => format!(
            "what `insert` returns depends on the items before, which other workers may not have \
             inserted yet: use it as a statement, `{name}.insert(..);`"
        ),
        Change::EntryValue => format!(
            "what this entry of `{name}` holds depends on the items before: it can only be \
             changed in a form such as `*{name}.entry(k).or_insert(0) += e`, and read after the \
             loop"
        ),
        Change::Extremum(reason) => (*reason).to_owned(),
        _ if !mention.target.steps.is_empty() => element(name, mention, source),
        Change::Kept => format!(
            "`{name} = Some(..)` keeps one item of many, and which one depends on the items before\n\
             to keep the best one, start from a value that every item beats \
             (`let mut best = f64::INFINITY;`) and write `if e < best {{ best = e; }}`, or write \
             `{name} = {name}.max(Some(e))`\n\
             to keep the first one that fits, `break` behind the assignment"
        ),
        Change::Method(method) if EMPTIES.iter().any(|known| method == known) => format!(
            "`{method}` changes `{name}`, as is done with working space that an iteration leaves \
             for nobody: add {} to the attribute, and each worker has its own\n\
             (if `{name}` is wanted after the loop, fill a variable of the iteration's own, and \
             add that to `{name}`)",
            scratch(name)
        ),
        Change::Borrow | Change::Method(_) | Change::Assign | Change::Destructured => {
            let what = match change {
                Change::Borrow => format!("`&mut {name}` lets the body change `{name}`"),
                Change::Method(method) => format!("`{method}` changes `{name}`"),
                _ => format!("`{name}` is assigned"),
            };
            let assigned = if matches!(change, Change::Assign | Change::Destructured) {
                " (a variable that every iteration assigns before it reads it belongs into the loop)"
            } else {
                ""
            };
            format!(
                "{what}, and every iteration sees what the ones before left{assigned}\n\
                 accepted are `{name} += e` (`-= *= |= &= ^=`), `{name} = {name}.min(e)`, \
                 `if e < {name} {{ {name} = e; }}`, `{name}.push(e)`, `{name}.insert(k, v)`, \
                 `*{name}.entry(k).or_insert(0) += e`, `{name}[k] += e`, and `{name}[i] = e` with \
                 the loop variable `i`\n\
                 write `reduce({name}: +)` (or `* | & ^ min max append merge`) if workers can \
                 fill parts of it that are put together in order, \
                 or {} if it is working space that an iteration leaves for nobody",
                scratch(name)
            )
        }
    }
}

/// The clause that gives each worker its own `name`.
fn scratch(name: &str) -> String {
    match name.split_once('.') {
        Some(("self", fields)) => {
            let field = fields.rsplit('.').next().filter(|field| field.parse::<u32>().is_err());
            let own = field.unwrap_or("space");
            format!("`scratch({own} = {name}.clone())`, with `{own}` for `{name}` in the body,")
        }
        Some((root, _)) => format!("`scratch({root})`"),
        None => format!("`scratch({name})`"),
    }
}

/// An element changed in no known form.
fn element(name: &str, mention: &Mention, source: &Source) -> String {
    if matches!(mention.target.steps.first(), Some(Step::Entry(_))) {
        return format!(
            "what this entry of `{name}` holds depends on the items before: accepted are the \
             reductions, such as `*{name}.entry(k).or_insert(0) += e` or \
             `{name}.entry(k).or_default().push(e)`; write `reduce({name})` if its values \
             implement `pool_runtime::Accumulate`"
        );
    }
    let rule = if source.streamed && source.index.is_none() {
        format!(
            "which items come through the queue is not known beforehand, and `{name}[i]` in place \
             needs a loop over a range whose items all come, one by one (no batches, no dropping)"
        )
    } else if source.index.is_some() {
        format!(
            "in every use of `{name}` the loop variable must stand alone, at the same index \
             position, so that no two iterations meet"
        )
    } else {
        format!(
            "no index of `{name}` is known to differ from one iteration to the next: loop over a \
             range, `for i in 0..{name}.len()`, or with `.enumerate()`, and write `{name}[i] = e`"
        )
    };
    format!(
        "iterations may write the same element of `{name}`: {rule}\n\
         accepted with any index are `{name}[k] += e`, `-=`, `*=`, `|=`, `&=` and `^=`, if `{name}` \
         is not read in the body; write {} if it is working space that an iteration leaves for \
         nobody",
        scratch(name)
    )
}

/// A reduced variable is read.
pub(crate) fn read(name: &str, mention: &Mention) -> String {
    if matches!(mention.target.steps.first(), Some(Step::Index(_))) {
        return format!(
            "`{name}` is reduced in this loop, and what it holds meanwhile depends on the items \
             before: read it after the loop (only `{name}[i]` with the loop variable `i`, alone \
             and at the same index position in every use, may be read and written)"
        );
    }
    format!(
        "`{name}` is reduced in this loop, and what it holds meanwhile depends on the items \
         before: read it after the loop"
    )
}

/// A private variable is read after the loop.
pub(crate) fn read_after(name: &str) -> String {
    format!(
        "`{name}` holds what the last iteration assigned, and in a parallel loop no iteration is \
         the last: compute it after the loop, or declare a variable of its own inside the loop"
    )
}

/// A macro whose tokens mention an accumulator.
pub(crate) fn opaque(name: &str, macro_name: &str) -> String {
    format!(
        "what `{macro_name}!` does with `{name}`, which this loop changes, cannot be seen: \
         change `{name}` outside of the macro call, and read it after the loop"
    )
}

/// Two places that are parts of one another.
pub(crate) fn overlap(place: &str, other: &str) -> String {
    format!("`{place}` and `{other}` are changed in the same loop, and one is a part of the other")
}

/// Different forms at one place.
pub(crate) fn different(name: &str, mention: &Mention) -> String {
    if let Some(Step::Index(_)) = mention.target.steps.first() {
        return format!(
            "the elements of `{name}` are changed in two different ways in this loop, and what a \
             worker adds to them is put together in one: use a variable, or an array, for each \
             operation"
        );
    }
    format!(
        "`{name}` is changed in two different ways in this loop, which depend on each other's \
         order: use one operation per variable"
    )
}

/// `s.place = ..` beside `s.place.x += 1`, thirteen fields.
pub(crate) fn field_of_element(name: &str, entry: bool) -> String {
    let (whole, field) = if entry {
        ("an entry's value", format!("{name}.entry(k).or_default().count += e"))
    } else {
        ("an element", format!("{name}[k].count += e"))
    };
    format!(
        "how these changes of {whole} of `{name}` are put together is not known: change each field \
         by itself and by its whole name, `{field}` (twelve fields at most, and no field beside a \
         part of it), or put `#[derive(pool_runtime::Accumulate)]` on their type and \
         `reduce({name})` into the attribute"
    )
}

/// An extremum per key whose start is not known to count.
pub(crate) fn extremum_start(name: &str) -> String {
    format!(
        "what a new entry of `{name}` starts from takes part in its extremum, and whether the \
         entry is new depends on the items before: start every entry from the same constant, or \
         from the value that every item compares, \
         `let so_far = {name}.entry(k).or_insert(e); *so_far = (*so_far).max(e);`"
    )
}

/// An inner entry that starts from something.
pub(crate) fn inner_entry(name: &str) -> String {
    format!(
        "an entry inside an element of `{name}` must start from nothing: `or_default()`, \
         `or_insert(0)` for `+=`, `or_insert_with(Vec::new)` for `push`"
    )
}

/// A tuple below an inner entry.
pub(crate) fn inner_tuple(name: &str) -> String {
    format!(
        "the fields of a tuple in a map that is an element of `{name}` are changed in several \
         ways: key one map by both, `{name}.entry((a, b))`, or use one map for each field"
    )
}

/// A field of an entry's tuple whose start is not known to count.
pub(crate) fn field_start(name: &str) -> String {
    format!(
        "what a new entry of `{name}` starts from takes part in the extremum of a field, and \
         whether the entry is new depends on the items before: start the field from the same \
         constant in every entry, `{name}.entry(k).or_insert((f64::INFINITY, 0.0))`, or from the \
         value that every item compares"
    )
}

/// Rows of a map that may be of several lengths.
pub(crate) fn row_length(name: &str) -> String {
    format!(
        "how long a new row of `{name}` is depends on the item, and which item makes the row \
         depends on the items before: make every row in the same way, \
         `{name}.entry(k).or_insert_with(|| vec![0; n])[i] += e` with an `n` from before the loop"
    )
}

/// A method that is the only reason for a variable's `mut`.
pub(crate) fn unknown_method(name: &str, method: &Ident) -> String {
    format!(
        "`{name}` is `mut` for this loop alone, so `{method}` changes it, and every iteration sees \
         what the ones before left: write `scratch({name})` if each worker can have its own, \
         `reduce({name})` if its type implements `pool_runtime::Accumulate`, or drop the `mut` if \
         `{method}` does not need it"
    )
}

/// A name in `scratch(..)` that nothing has.
pub(crate) fn misspelt(name: &Ident, meant: &str) -> String {
    format!("there is no variable `{name}` to take working space from: did you mean `{meant}`?")
}

/// What a `while let` asks, in its body.
pub(crate) fn taken_from(name: &str) -> String {
    format!(
        "the next item is taken from `{name}` while this body runs, so the body cannot use \
         `{name}`: collect what is to be added to it in another variable, and run the loop again"
    )
}

/// What the ordered part changes, in the parallel part.
pub(crate) fn outside_ordered(name: &str) -> String {
    format!(
        "`{name}` is changed in the `#[ordered]` block, which runs in its own order: use it there \
         only, or after the loop"
    )
}

/// `#[ordered]` in the middle of a body.
/// The variable that `dropped` names is used in the body.
pub(crate) fn counted(name: &str) -> String {
    format!(
        "`{name}` gets the number of dropped items when the loop has ended: use it after the loop, \
         and another variable in the body"
    )
}

/// Working space is read after its loop.
pub(crate) fn left_in_copies(name: &str) -> String {
    format!(
        "`{name}` is working space: each worker changes a copy of it, so what the loop leaves in it \
         is not here; write `{name}.clear()` first, use another variable, or `reduce({name})` if it \
         is to be put together"
    )
}

pub(crate) const ORDERED_LAST: &str = "`#[ordered] { .. }` is the last statement of a parallel loop's body: move what follows into \
     it, or before it";
