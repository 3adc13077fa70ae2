//! The names that a statement can read, with block scoping and shadowing.

/// What a name holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `i64`, never far from zero.
    Int,
    /// `usize`, at most a few thousand.
    Len,
    /// `bool`.
    Cond,
    /// `&str`.
    Text,
}

/// A name in scope.
#[derive(Clone, Debug)]
pub(super) struct Var {
    pub(super) name: String,
    /// The expression that reads it: `x`, `*x`, `w.as_str()`.
    pub(super) read: String,
    pub(super) kind: Kind,
    /// Whether the body may assign it: its own local.
    pub(super) local: bool,
    /// Whether `xs[name]` is within bounds.
    pub(super) indexes: bool,
}

impl Var {
    pub(super) fn new(name: impl Into<String>, kind: Kind) -> Self {
        let name = name.into();
        Self { read: name.clone(), name, kind, local: false, indexes: false }
    }

    pub(super) fn read_as(mut self, read: impl Into<String>) -> Self {
        self.read = read.into();
        self
    }

    pub(super) fn local(mut self) -> Self {
        self.local = true;
        self
    }

    pub(super) fn indexes(mut self) -> Self {
        self.indexes = true;
        self
    }
}

/// The names, innermost last.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope(Vec<Var>);

impl Scope {
    pub(super) fn mark(&self) -> usize {
        self.0.len()
    }

    pub(super) fn reset(&mut self, mark: usize) {
        self.0.truncate(mark);
    }

    pub(super) fn add(&mut self, var: Var) {
        self.0.push(var);
    }

    /// Nothing that is in scope now may be assigned.
    pub(super) fn freeze(&mut self) {
        for var in &mut self.0 {
            var.local = false;
        }
    }

    /// Whether something in the body now bears this name.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.0.iter().any(|var| var.name == name)
    }

    /// What can be read here, shadowed names left out.
    pub(super) fn visible(&self) -> impl Iterator<Item = &Var> {
        self.0.iter().enumerate().filter_map(|(at, var)| {
            let shadowed = self.0[at + 1..].iter().any(|later| later.name == var.name);
            (!shadowed).then_some(var)
        })
    }

    pub(super) fn of(&self, kind: Kind) -> Vec<Var> {
        self.visible().filter(|var| var.kind == kind).cloned().collect()
    }
}
