//! What the user asked for, with the tokens that say it. Nothing here generates code.

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use syn::{
    AttrStyle, Attribute, Expr, ExprLit, Ident, ItemFn, Lit, LitInt, LitStr, Meta, MetaNameValue,
    Path, Token, Type, token,
};

/// A key's value beside the tokens that gave it.
#[derive(Clone, Debug)]
pub(crate) struct Opt<T> {
    /// What was asked.
    pub(crate) value: T,
    /// The key as written.
    pub(crate) key: Ident,
    /// The value as written (the key's tokens where there is no value).
    pub(crate) tokens: TokenStream,
}

/// A number that the user gave.
#[derive(Clone, Debug)]
pub(crate) enum Number {
    /// `"auto"`: the default.
    Auto,
    /// A literal, checked: `Opt::tokens`.
    Const,
    /// Known when the loop (or the first task) runs.
    Expr(Expr),
}

/// A duration that the user gave.
#[derive(Clone, Debug)]
pub(crate) enum Time {
    /// `"5ms"`.
    Const(Duration),
    /// An expression of type `Duration`.
    Expr(Expr),
}

/// What happens to an item that finds the queue full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnFull {
    /// The producer waits.
    Block,
    /// The new item is dropped.
    Drop,
    /// The oldest waiting item is dropped.
    DropOldest,
    /// The producer runs the item.
    Run,
    /// The loop, or the call, ends with an error.
    Error,
}

/// Which of several errors a loop reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorPolicy {
    /// The one with the lowest position, as the sequential loop does.
    First,
    /// The first in time.
    Any,
    /// All of them.
    All,
}

/// The operator of `reduce(x: op)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReduceOp {
    Add,
    Mul,
    Or,
    And,
    Xor,
    Min,
    Max,
    Append,
    /// `merge`, or no operator: the type's own `Accumulate`.
    Merge,
}

/// One entry of `reduce(..)`.
#[derive(Clone, Debug)]
pub(crate) struct Reduce {
    /// `x`, `self.x`, `s.field`, `*acc`.
    pub(crate) place: Expr,
    /// What stands behind the colon.
    pub(crate) op: ReduceOp,
}

/// One entry of `scratch(..)`.
#[derive(Clone, Debug)]
pub(crate) struct Scratch {
    /// The name under which the body sees it.
    pub(crate) name: Ident,
    /// `None`: a clone of the captured variable of that name.
    pub(crate) maker: Option<Expr>,
}

/// The values of all keys, of whichever attribute. One field per row of `options::table`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    pub(crate) workers: Option<Opt<Number>>,
    pub(crate) name: Option<Opt<LitStr>>,
    pub(crate) pool: Option<Opt<Expr>>,
    pub(crate) scratch: Option<Opt<Vec<Scratch>>>,
    pub(crate) reduce: Option<Opt<Vec<Reduce>>>,
    pub(crate) errors: Option<Opt<ErrorPolicy>>,
    pub(crate) timeout: Option<Opt<Time>>,
    pub(crate) progress: Option<Opt<Expr>>,
    pub(crate) krate: Option<Opt<Path>>,
    pub(crate) explain: Option<Opt<()>>,
    pub(crate) chunk: Option<Opt<Number>>,
    pub(crate) shards: Option<Opt<Number>>,
    pub(crate) queue: Option<Opt<Number>>,
    pub(crate) on_full: Option<Opt<OnFull>>,
    pub(crate) dropped: Option<Opt<Expr>>,
    pub(crate) size: Option<Opt<Number>>,
    pub(crate) linger: Option<Opt<Time>>,
    /// Keys that were meant but refused: what others lack is there, wrongly written.
    pub(crate) refused: Vec<&'static str>,
}

impl Keys {
    /// Whether `reduce(..)` names the variable.
    pub(crate) fn reduces(&self, name: &Ident) -> bool {
        self.reduce
            .iter()
            .flat_map(|reduce| &reduce.value)
            .any(|entry| matches!(&entry.place, Expr::Path(path) if path.path.is_ident(name)))
    }
}

/// One of the three attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    Pooled,
    Bounded,
    Batched,
}

impl Layer {
    /// In the order in which documentation lists them.
    pub(crate) const ALL: [Self; 3] = [Self::Pooled, Self::Bounded, Self::Batched];

    /// The attribute's name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Pooled => "pooled",
            Self::Bounded => "bounded",
            Self::Batched => "batched",
        }
    }

    /// The layer that a path names by its last segment: `bounded`, `pool_runtime::bounded`.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let tail = &path.segments.last()?.ident;
        Self::ALL.into_iter().find(|layer| tail == layer.name())
    }
}

/// Whether an attribute on an expression must be a macro's, and so cannot stay there on stable
/// Rust: not one of the language's own, nor a tool's.
pub(crate) fn is_macro(path: &Path) -> bool {
    const KNOWN: [&str; 8] =
        ["allow", "expect", "warn", "deny", "forbid", "cfg", "cfg_attr", PARALLEL];
    const TOOLS: [&str; 5] = ["rustfmt", "clippy", "diagnostic", "miri", "rust_analyzer"];
    let Some(first) = path.segments.first() else { return false };
    let known: &[&str] = if path.segments.len() == 1 { &KNOWN } else { &TOOLS };
    !known.iter().any(|name| first.ident == name)
}

/// Which attributes were given, each with the span of its name.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Layers {
    pub(crate) pooled: Option<Span>,
    pub(crate) bounded: Option<Span>,
    pub(crate) batched: Option<Span>,
}

impl Layers {
    /// The place of one attribute.
    pub(crate) fn slot(&mut self, layer: Layer) -> &mut Option<Span> {
        match layer {
            Layer::Pooled => &mut self.pooled,
            Layer::Bounded => &mut self.bounded,
            Layer::Batched => &mut self.batched,
        }
    }
}

/// The attributes of one function, or of one marked loop, as one plan.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stack {
    pub(crate) layers: Layers,
    pub(crate) keys: Keys,
    /// The attributes as the user wrote them, for reports: `pooled(workers = 8), bounded`.
    pub(crate) text: String,
    /// The paths of the attributes that were taken from here and so are not resolved by rustc.
    pub(crate) taken: Vec<Path>,
}

/// The types of the language that are no error for certain.
pub(crate) const PRIMITIVES: [&str; 16] = [
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32",
    "f64", "bool", "char",
];

/// Whether a type of this name is one of the language's numbers.
pub(crate) fn is_number(name: &Ident) -> bool {
    PRIMITIVES.iter().any(|primitive| name == primitive) && name != "bool" && name != "char"
}

/// What the attributed function becomes.
#[derive(Debug)]
pub(crate) enum Plan {
    Loop(Box<LoopPlan>),
    Task(Box<TaskPlan>),
}

/// A function whose marked loops (or whose only loop) run in parallel.
#[derive(Debug)]
pub(crate) struct LoopPlan {
    /// `::pool_runtime`, a renamed dependency, or the `crate` key.
    pub(crate) runtime: Path,
    /// The function without our attributes. Each parallel loop carries one attribute instead of
    /// its markers, which [`parallel_index`] reads and [`take_parallel_index`] removes.
    pub(crate) function: ItemFn,
    /// In source order; [`parallel_index`] indexes into it.
    pub(crate) loops: Vec<ParallelLoop>,
}

/// One loop that runs in parallel, with the function's keys as defaults of its own.
#[derive(Clone, Debug)]
pub(crate) struct ParallelLoop {
    pub(crate) stack: Stack,
    /// The `for` or `while` keyword.
    pub(crate) keyword: Span,
    /// Whether only the calling thread can ask for its items: `while let`.
    pub(crate) produced: bool,
    /// Whether it stands in a closure or an `async` block of the function, which `return` and `?`
    /// then leave instead of the function.
    pub(crate) in_closure: bool,
}

/// A function each call of which is a task.
#[derive(Debug)]
pub(crate) struct TaskPlan {
    /// `::pool_runtime`, a renamed dependency, or the `crate` key.
    pub(crate) runtime: Path,
    /// The function without our attributes.
    pub(crate) function: ItemFn,
    pub(crate) stack: Stack,
    pub(crate) returns: TaskReturn,
}

/// The declared return type of a task function.
#[derive(Debug)]
pub(crate) enum TaskReturn {
    /// `Task<T>`: `T`.
    Task(Box<Type>),
    /// `Admission`.
    Admission,
}

/// The attribute that stands for a parallel loop's markers between parsing and lowering.
const PARALLEL: &str = "__pool_parallel_loop";

/// The attribute that makes a loop `LoopPlan::loops[index]`.
pub(crate) fn parallel(index: usize, keyword: Span) -> Attribute {
    let number = Expr::Lit(ExprLit {
        attrs: Vec::new(),
        lit: Lit::Int(LitInt::new(&index.to_string(), keyword)),
    });
    Attribute {
        pound_token: Token![#](keyword),
        style: AttrStyle::Outer,
        bracket_token: token::Bracket(keyword),
        meta: Meta::NameValue(MetaNameValue {
            path: Ident::new(PARALLEL, keyword).into(),
            eq_token: Token![=](keyword),
            value: number,
        }),
    }
}

/// Which of `LoopPlan::loops` a loop with these attributes is, if it is one.
pub(crate) fn parallel_index(attributes: &[Attribute]) -> Option<usize> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(MetaNameValue {
            path,
            value: Expr::Lit(ExprLit { lit: Lit::Int(index), .. }),
            ..
        }) if path.is_ident(PARALLEL) => index.base10_parse().ok(),
        _ => None,
    })
}

/// [`parallel_index`], and the attribute is gone.
pub(crate) fn take_parallel_index(attributes: &mut Vec<Attribute>) -> Option<usize> {
    let index = parallel_index(attributes)?;
    attributes.retain(|attribute| !attribute.path().is_ident(PARALLEL));
    Some(index)
}
