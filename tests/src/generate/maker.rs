//! What the parts of the grammar share while one program is made.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::random::Random;
use super::scope::Scope;
use super::text::Node;

/// Makes one more statement that changes an accumulator.
pub(super) type Emit = Rc<dyn Fn(&mut Maker) -> Vec<Node>>;

/// Something captured that a loop changes, in a form of the language.
#[derive(Clone)]
pub(super) struct Accumulator {
    /// The variable at its root: a local of that name hides it.
    pub(super) root: String,
    /// What stands before the loop.
    pub(super) declare: Vec<Node>,
    /// A statement that changes it, at any place of the body.
    pub(super) emit: Option<Emit>,
    /// Statements that every iteration starts with, in this order.
    pub(super) opening: Option<Emit>,
    /// Expressions to return after the loop.
    pub(super) show: Vec<String>,
    /// Whether they are sums of floats, which depend on where blocks begin.
    pub(super) rough: bool,
    /// `scratch(..)` or `reduce(..)`: the key and one entry.
    pub(super) key: Option<(&'static str, String)>,
}

impl Accumulator {
    pub(super) fn new(root: impl Into<String>) -> Self {
        Self {
            root: root.into(),
            declare: Vec::new(),
            emit: None,
            opening: None,
            show: Vec::new(),
            rough: false,
            key: None,
        }
    }

    pub(super) fn declare(mut self, node: Node) -> Self {
        self.declare.push(node);
        self
    }

    pub(super) fn show(mut self, expression: impl Into<String>) -> Self {
        self.show.push(expression.into());
        self
    }

    pub(super) fn emit(mut self, emit: impl Fn(&mut Maker) -> Vec<Node> + 'static) -> Self {
        self.emit = Some(Rc::new(emit));
        self
    }

    pub(super) fn opening(mut self, emit: impl Fn(&mut Maker) -> Vec<Node> + 'static) -> Self {
        self.opening = Some(Rc::new(emit));
        self
    }
}

/// How the body may leave its loop.
#[derive(Clone, Debug, Default)]
pub(super) struct Exits {
    pub(super) breaks: bool,
    pub(super) returns: bool,
    pub(super) panics: bool,
    pub(super) question: Option<Question>,
    /// About one item in so many leaves.
    pub(super) modulus: i64,
}

/// What `?` leaves with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Option,
    /// `Result` with an error that `Bad` converts into.
    Result(&'static str),
}

/// Where a statement stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Here {
    /// In a closure or an inner function, whose `return` and `?` are its own.
    pub(super) closure: bool,
    /// Labels of the inner loops around, innermost last.
    pub(super) loops: Vec<Option<String>>,
    /// Directly in a labelled block, where `break` and `continue` need a label.
    pub(super) labelled: bool,
}

impl Here {
    /// In the body of one more inner loop.
    pub(super) fn enter(&mut self, label: Option<String>) {
        self.loops.push(label);
        self.labelled = false;
    }
}

/// One program in the making.
pub(super) struct Maker {
    pub(super) random: Random,
    pub(super) scope: Scope,
    pub(super) here: Here,
    /// Those of the loop that is being made.
    pub(super) accumulators: Vec<Accumulator>,
    /// Which of them some statement changes.
    pub(super) used: BTreeSet<usize>,
    pub(super) exits: Exits,
    /// The label of the parallel loop.
    pub(super) label: Option<String>,
    /// An `i64` that differs from item to item.
    pub(super) item: String,
    /// The variable through which [`State`](super::prelude::State) is reached.
    pub(super) state: &'static str,
    /// Its fields that are accumulators already.
    pub(super) taken: BTreeSet<&'static str>,
    /// Whether loops may end with an `#[ordered]` block.
    pub(super) ordered: bool,
    names: usize,
}

impl Maker {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            scope: Scope::default(),
            here: Here::default(),
            accumulators: Vec::new(),
            used: BTreeSet::new(),
            exits: Exits::default(),
            label: None,
            item: String::new(),
            state: "state",
            taken: BTreeSet::new(),
            ordered: false,
            names: 0,
        }
    }

    /// A name that nothing else has.
    pub(super) fn name(&mut self, stem: &str) -> String {
        self.names += 1;
        format!("{stem}{}", self.names)
    }

    /// One of `choices`, as owned text.
    pub(super) fn word(&mut self, choices: &[&str]) -> String {
        (*self.random.pick(choices)).to_owned()
    }

    /// A field of the state that is still free.
    pub(super) fn field(&mut self, field: &'static str) -> Option<String> {
        self.taken.insert(field).then(|| format!("{}.{field}", self.state))
    }

    /// What `make` makes inside braces: its names end with it.
    pub(super) fn nested<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> T {
        let mark = self.scope.mark();
        let here = self.here.clone();
        let made = make(self);
        self.here = here;
        self.scope.reset(mark);
        made
    }

    /// Whether `?` and `return` are the function's here.
    pub(super) fn leaves(&self) -> bool {
        !self.here.closure
    }
}
