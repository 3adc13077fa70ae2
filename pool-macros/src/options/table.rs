//! The keys: one table that parses them, says where they are accepted and lists them.

use quote::ToTokens;
use syn::Ident;

use super::value::Source;
use super::{Arg, Value};
use crate::diagnostics::{Errors, all_of, nearest};
use crate::model::{Keys, Layer, Opt};

/// What an attribute stands on, as far as its keys care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A function whose loops are parallel.
    Function,
    /// A loop inside such a function.
    Loop,
    /// A function whose calls are tasks.
    Task,
}

/// Where a key is accepted.
enum In {
    /// Everywhere.
    Anywhere,
    /// Not on tasks, for this reason.
    Loops(&'static str),
    /// On functions of either mode, not on a marked loop.
    Functions,
}

struct Key {
    name: &'static str,
    /// The attribute that has it; `None`: all of them.
    layer: Option<Layer>,
    accepted: In,
    /// How it is written.
    form: &'static str,
    /// Reads the value into its field.
    read: fn(&mut Keys, Source<'_>) -> syn::Result<()>,
}

/// A row: `name`, owner, where, form, field and the function that reads its value.
macro_rules! key {
    ($name:literal, $layer:expr, $accepted:expr, $form:literal, $field:ident, $read:expr) => {
        Key {
            name: $name,
            layer: $layer,
            accepted: $accepted,
            form: $form,
            read: |keys, source| put(&mut keys.$field, source, $read),
        }
    };
}

const POOLED: Option<Layer> = Some(Layer::Pooled);
const BOUNDED: Option<Layer> = Some(Layer::Bounded);
const BATCHED: Option<Layer> = Some(Layer::Batched);

/// The largest number of threads, and of shards, that is taken for meant.
const MANY: usize = 65_536;

static TABLE: &[Key] = &[
    key!("workers", None, In::Anywhere, "workers = 8", workers, |s| s.number(MANY)),
    key!("name", None, In::Anywhere, "name = \"resize\"", name, |s| s.text()),
    key!("pool", None, In::Anywhere, "pool = &POOL", pool, |s| s.expression()),
    key!("scratch", None, In::Anywhere, "scratch(buffer)", scratch, |s| s.scratch()),
    key!(
        "reduce",
        None,
        In::Loops("the result of a task is what it returns"),
        "reduce(total: +)",
        reduce,
        |s| s.reduce()
    ),
    key!(
        "errors",
        None,
        In::Loops("each task returns its own error"),
        "errors = \"all\"",
        errors,
        |s| s.error_policy()
    ),
    key!(
        "timeout",
        None,
        In::Loops("wait with `task.join_timeout(..)` instead"),
        "timeout = \"2s\"",
        timeout,
        |s| s.positive_time()
    ),
    key!(
        "progress",
        None,
        In::Loops("a task has no length to progress along"),
        "progress = \"label\"",
        progress,
        |s| s.expression()
    ),
    key!("explain", None, In::Anywhere, "explain", explain, |s| s.nothing()),
    key!("crate", None, In::Functions, "crate = ::pool_runtime", krate, |s| s.path()),
    key!(
        "chunk",
        POOLED,
        In::Loops("`#[batched(size = 100)]` makes batches of calls"),
        "chunk = 1_000",
        chunk,
        |s| s.number(usize::MAX)
    ),
    key!(
        "shards",
        POOLED,
        In::Loops("the result of a task is what it returns"),
        "shards = 32",
        shards,
        |s| s.number(MANY)
    ),
    key!("queue", BOUNDED, In::Anywhere, "queue = 500", queue, |s| s.number(usize::MAX)),
    key!("on_full", BOUNDED, In::Anywhere, "on_full = \"drop\"", on_full, |s| s.on_full()),
    key!(
        "dropped",
        BOUNDED,
        In::Loops("return `Admission`, which says it of each call"),
        "dropped = lost",
        dropped,
        |s| s.place()
    ),
    key!("size", BATCHED, In::Anywhere, "size = 100", size, |s| s.number(usize::MAX)),
    key!("linger", BATCHED, In::Anywhere, "linger = \"5ms\"", linger, |s| s.time()),
];

fn put<T>(
    field: &mut Option<Opt<T>>,
    source: Source<'_>,
    read: fn(&Source<'_>) -> syn::Result<T>,
) -> syn::Result<()> {
    let key = source.key.clone();
    if field.is_some() {
        return Err(syn::Error::new_spanned(
            &key,
            format!("`{key}` is given twice: keep one of them"),
        ));
    }
    let value = read(&source)?;
    let tokens = match source.value {
        Value::Word => key.to_token_stream(),
        Value::Is(value) => value.to_token_stream(),
        Value::List(_, list) => list.clone(),
    };
    *field = Some(Opt { value, key, tokens });
    Ok(())
}

/// Reads one argument into `keys`.
pub(super) fn enter(layer: Layer, place: Place, arg: Arg, keys: &mut Keys, errors: &Errors) {
    let Arg { key, value } = arg;
    let name = key.to_string();
    let Some(row) = TABLE.iter().find(|row| row.name == name) else {
        errors.at(&key, unknown(layer, place, &name));
        keys.refused.extend(meant(&name));
        return;
    };
    if let Err(message) = row.accepts(layer, place) {
        errors.at(&key, message);
        keys.refused.push(row.name);
        return;
    }
    let source = Source { key: &key, value: &value, form: row.form };
    if errors.take((row.read)(keys, source)).is_none() {
        keys.refused.push(row.name);
    }
}

impl Key {
    fn accepts(&self, layer: Layer, place: Place) -> Result<(), String> {
        let name = self.name;
        match (&self.accepted, place) {
            (In::Loops(reason), Place::Task) => {
                return Err(format!(
                    "`{name}` is for loops, and each call of this function is a task: {reason}"
                ));
            }
            (In::Functions, Place::Loop) => {
                return Err(format!(
                    "`{name}` belongs on the function: write `#[{}({})]` above it",
                    layer.name(),
                    self.form
                ));
            }
            _ => {}
        }
        if let Some(owner) = self.layer
            && owner != layer
        {
            return Err(format!(
                "`{name}` is a key of `#[{owner}]`, not of `#[{here}]`: write `#[{owner}({form})]` \
                 as well",
                owner = owner.name(),
                here = layer.name(),
                form = self.form,
            ));
        }
        Ok(())
    }
}

/// The key that an unknown one was meant to be.
fn meant(name: &str) -> Option<&'static str> {
    nearest(name, TABLE.iter().map(|row| row.name))
}

fn unknown(layer: Layer, place: Place, name: &str) -> String {
    let accepted: Vec<&str> =
        TABLE.iter().filter(|row| row.accepts(layer, place).is_ok()).map(|row| row.name).collect();
    match meant(name) {
        Some(meant) => format!("unknown key `{name}`: did you mean `{meant}`?"),
        None => format!("unknown key `{name}`: `#[{}]` accepts {}", layer.name(), all_of(accepted)),
    }
}

/// How the key is written, for messages about a key that may not be known.
pub(super) fn form_of(key: &Ident) -> String {
    TABLE
        .iter()
        .find(|row| key == row.name)
        .map_or_else(|| format!("{key} = value"), |row| row.form.to_owned())
}
