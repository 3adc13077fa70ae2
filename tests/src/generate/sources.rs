//! What the loop runs over: section 2 of the language.

use super::maker::Maker;
use super::scope::{Kind, Var};
use super::text::{Node, line};

/// A source with its pattern.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// What stands before the loop.
    pub(super) setup: Vec<Node>,
    /// `for PAT in EXPR` or `while let PAT = EXPR`.
    pub(super) head: String,
    /// What the pattern binds.
    pub(super) vars: Vec<Var>,
    /// An `i64` that differs from item to item.
    pub(super) item: String,
    /// The loop variable, when it is an index: below `n + 4`.
    pub(super) index: Option<String>,
    /// A pattern variable that the body may write through.
    pub(super) writes: Option<String>,
    /// Expressions to return after the loop.
    pub(super) show: Vec<String>,
    /// Whether it never ends by itself.
    pub(super) endless: bool,
}

impl Source {
    fn over(pattern: &str, expression: &str, item: &str) -> Self {
        Self {
            setup: Vec::new(),
            head: format!("for {pattern} in {expression}"),
            vars: Vec::new(),
            item: item.to_owned(),
            index: None,
            writes: None,
            show: Vec::new(),
            endless: false,
        }
    }

    /// The parameter of a function that takes an iterator.
    pub(super) fn items() -> Self {
        Self::over("x", "items", "x").var(int("x", "x"))
    }

    fn var(mut self, var: Var) -> Self {
        self.vars.push(var);
        self
    }

    fn setup(mut self, text: impl Into<String>) -> Self {
        self.setup.push(line(text));
        self
    }
}

fn int(name: &str, read: &str) -> Var {
    Var::new(name, Kind::Int).read_as(read)
}

fn len(name: &str) -> Var {
    Var::new(name, Kind::Len)
}

/// Integer ranges whose variable is `usize`: windows are over these.
const INDEXES: &[(&str, bool)] = &[
    ("0..n", true),
    ("0..xs.len()", true),
    ("(0..n).rev()", true),
    ("(0..n).step_by(3)", true),
    ("2..n", true),
    ("(1..n).rev().step_by(2)", true),
    ("(0..n).step_by(4).rev()", true),
    ("0..=n", false),
    ("(1..=n).rev()", false),
    ("(0..=n + 2).step_by(2)", false),
    ("0..n / 2", true),
    ("3..n + 3", false),
];

/// Pattern, expression, the `i64` that an item is, and how often two more names are bound.
type Row = (&'static str, &'static str, &'static str, &'static [Bound]);

/// A name that a pattern binds, and how it is read.
enum Bound {
    I(&'static str, &'static str),
    L(&'static str),
    T(&'static str, &'static str),
}
use Bound::{I, L, T};

/// Sources of known length.
const CUT: &[Row] = &[
    ("x", "0..n as i64", "x", &[I("x", "x")]),
    ("x", "-40..n as i64", "x", &[I("x", "x")]),
    ("x", "1..=n as i64", "x", &[I("x", "x")]),
    ("b", "0..=(n.min(200) as u8)", "i64::from(b)", &[I("b", "i64::from(b)")]),
    ("x", "xs", "*x", &[I("x", "*x")]),
    ("&x", "xs", "x", &[I("x", "x")]),
    ("x", "xs.iter()", "*x", &[I("x", "*x")]),
    ("x", "xs.iter().copied()", "x", &[I("x", "x")]),
    ("x", "xs.iter().cloned().rev()", "x", &[I("x", "x")]),
    ("(i, x)", "xs.iter().enumerate()", "*x + i as i64", &[L("i"), I("x", "*x")]),
    ("(i, &x)", "xs.iter().enumerate().rev()", "x", &[L("i"), I("x", "x")]),
    ("(x, y)", "xs.iter().zip(ys)", "x - y", &[I("x", "*x"), I("y", "*y")]),
    ("(&x, &y)", "xs.iter().zip(ys.iter().rev())", "x - y", &[I("x", "x"), I("y", "y")]),
    (
        "(i, (x, y))",
        "xs.iter().zip(ys.iter()).enumerate()",
        "x + y",
        &[L("i"), I("x", "*x"), I("y", "*y")],
    ),
    ("x", "xs.iter().step_by(3)", "*x", &[I("x", "*x")]),
    ("x", "xs.iter().skip(5)", "*x", &[I("x", "*x")]),
    ("x", "xs.iter().take(90)", "*x", &[I("x", "*x")]),
    ("part", "xs.chunks(4)", "part[0]", &[I("part", "part[0]")]),
    ("part", "xs.chunks_exact(3)", "part[1]", &[I("part", "part.iter().sum::<i64>()")]),
    ("pair", "xs.windows(2)", "pair[0] - pair[1]", &[I("pair", "pair[1]")]),
    ("(i, part)", "xs.chunks(5).enumerate()", "part[0]", &[L("i"), I("part", "part[0]")]),
    ("[a, b, ..]", "input.grid.iter()", "*a", &[I("a", "*a"), I("b", "*b")]),
    ("&[a, _, _, d]", "&input.grid", "a", &[I("a", "a"), I("d", "d")]),
    ("x", "own", "x", &[I("x", "x")]),
    ("x", "own.into_iter().rev()", "x", &[I("x", "x")]),
    ("(i, x)", "own.into_iter().enumerate()", "x", &[L("i"), I("x", "x")]),
    ("x", "[3i64, -1, 4, -1, 5, -9, 2, 6]", "x", &[I("x", "x")]),
    ("w", "words", "w.len() as i64", &[T("w", "w.as_str()")]),
    ("w", "words.iter().rev()", "w.len() as i64", &[T("w", "w.as_str()")]),
    ("w", "words.to_vec()", "w.len() as i64", &[T("w", "w.as_str()")]),
    ("(w, x)", "words.iter().zip(xs)", "*x", &[T("w", "w.as_str()"), I("x", "*x")]),
    ("part", "xs.chunks(4).rev()", "part[0]", &[I("part", "part[part.len() - 1]")]),
    ("(i, part)", "xs.windows(3).enumerate().rev()", "part[1]", &[L("i"), I("part", "part[2]")]),
    (
        "part",
        "xs.windows(3).step_by(2)",
        "part[0]",
        &[I("part", "part.iter().max().map_or(1, |m| *m)")],
    ),
    ("(x, i)", "xs.iter().zip(1..)", "*x", &[I("x", "*x"), I("i", "i64::from(i)")]),
    ("(x, i)", "xs.iter().copied().zip(0..n)", "x", &[I("x", "x"), L("i")]),
    (
        "((x, y), z)",
        "xs.iter().zip(ys).zip(xs.iter().rev())",
        "x + z",
        &[I("x", "*x"), I("y", "*y"), I("z", "*z")],
    ),
    ("(i, x)", "xs.iter().rev().enumerate()", "*x", &[L("i"), I("x", "*x")]),
    ("(i, x)", "xs.iter().enumerate().skip(3)", "*x", &[L("i"), I("x", "*x")]),
    ("(i, x)", "xs.iter().enumerate().step_by(2)", "*x", &[L("i"), I("x", "*x")]),
    ("x", "xs.iter().skip(2).step_by(3)", "*x", &[I("x", "*x")]),
    ("x", "xs.iter().take(60).rev()", "*x", &[I("x", "*x")]),
    ("x", "xs.iter().rev().skip(4).take(70)", "*x", &[I("x", "*x")]),
    ("c", "'a'..='z'", "(c as i64)", &[I("c", "(c as i64)")]),
    ("x", "(-30i32..n as i32).rev().step_by(2)", "i64::from(x)", &[I("x", "i64::from(x)")]),
    ("(x, part)", "xs.iter().zip(ys.chunks(2))", "*x", &[I("x", "*x"), I("part", "part[0]")]),
    ("&(a, b)", "&pairs", "a - b", &[I("a", "a"), I("b", "b")]),
    ("(i, &(a, _))", "pairs.iter().enumerate()", "a", &[L("i"), I("a", "a")]),
    ("(a, b)", "pairs", "a - b", &[I("a", "a"), I("b", "b")]),
    (
        "Pair { left, right }",
        "&structs",
        "left - right",
        &[I("left", "*left"), I("right", "*right")],
    ),
    ("x", "xs.first().into_iter().chain(ys)", "*x", &[I("x", "*x")]),
    ("x", "[xs, ys].concat()", "x", &[I("x", "x")]),
    ("x", "&mut xs.iter()", "*x", &[I("x", "*x")]),
];

/// Sources that are pulled or produced by the calling thread.
const PULLED: &[Row] = &[
    ("x", "xs.iter().map(|x| x / 2)", "x", &[I("x", "x")]),
    ("x", "xs.iter().filter(|x| **x % 3 != 0)", "*x", &[I("x", "*x")]),
    ("x", "xs.iter().map(|x| helper(*x)).rev()", "x", &[I("x", "x")]),
    ("(i, x)", "xs.iter().map(|x| x - 1).enumerate()", "x", &[L("i"), I("x", "x")]),
    ("x", "xs.iter().chain(ys)", "*x", &[I("x", "*x")]),
    ("x", "xs.iter().flat_map(|x| [*x, 1 - *x])", "x", &[I("x", "x")]),
    ("x", "xs.iter().copied().take_while(|x| *x < 990)", "x", &[I("x", "x")]),
    ("x", "(0..n as i64).filter(|x| x % 2 == 0).peekable()", "x", &[I("x", "x")]),
    ("l", "input.text.lines()", "l.len() as i64", &[T("l", "l")]),
    ("l", "input.text.split_whitespace()", "l.len() as i64", &[T("l", "l")]),
    ("(i, c)", "input.text.char_indices()", "(i % 900) as i64", &[I("c", "(c as i64)")]),
    ("(k, v)", "&input.table", "k + v", &[I("k", "*k"), I("v", "*v")]),
    ("(&k, v)", "input.table.iter().rev()", "k - v", &[I("k", "k"), I("v", "*v")]),
    ("(k, _)", "input.table.clone()", "k", &[I("k", "k")]),
    ("(_, v)", "&input.hash", "*v", &[I("v", "*v")]),
    ("x", "std::iter::repeat(3i64).take(n)", "x", &[I("x", "x")]),
    (
        "x",
        "std::iter::successors(Some(1i64), |x| (*x < 900).then_some(x + 3))",
        "x",
        &[I("x", "x")],
    ),
    ("x", "own.drain(..)", "x", &[I("x", "x")]),
    ("x", "VecDeque::from(own)", "x", &[I("x", "x")]),
    ("x", "ys.iter().collect::<BTreeSet<_>>()", "*x", &[I("x", "*x")]),
    ("x", "{ let k = 3; own.into_iter().map(move |x| x - k) }", "x", &[I("x", "x")]),
    ("x", "xs.iter().map(|x| x % 5).collect::<Vec<_>>()", "x", &[I("x", "x")]),
    ("x", "Some(n as i64)", "x", &[I("x", "x")]),
    ("x", "batches(xs.iter().copied(), 3).map(|b| b[0])", "x", &[I("x", "x")]),
    // The iterator is not `Send`: the calling thread is the producer.
    ("x", "own.into_iter().map(move |x| x + *shared)", "x", &[I("x", "x")]),
    ("x", "boxed", "x", &[I("x", "x")]),
    ("x", "received", "x", &[I("x", "x")]),
    ("x", "received.iter()", "x", &[I("x", "x")]),
];

impl Maker {
    /// Any source, made ready.
    pub(super) fn source(&mut self) -> Source {
        match self.random.below(100) {
            0..=24 => self.index_source(),
            25..=54 => {
                let at = self.random.below(CUT.len());
                self.row(&CUT[at])
            }
            55..=79 => {
                let at = self.random.below(PULLED.len());
                self.row(&PULLED[at])
            }
            80..=91 => self.writing_source(),
            92..=95 if self.exits.breaks => self.endless_source(),
            _ => self.while_source(),
        }
    }

    fn row(&mut self, (pattern, expression, item, bound): &Row) -> Source {
        let mut source = Source::over(pattern, expression, item);
        for bound in *bound {
            source = source.var(match *bound {
                I(name, read) => int(name, read),
                L(name) => len(name),
                T(name, read) => Var::new(name, Kind::Text).read_as(read),
            });
        }
        for (word, setup) in [
            ("own", "let mut own = xs.to_vec();"),
            ("shared", "let shared = Rc::new(2i64);"),
            (
                "pairs",
                "let pairs: Vec<(i64, i64)> = xs.iter().copied().zip(ys.iter().copied()).collect();",
            ),
            (
                "structs",
                "let structs: Vec<Pair> = xs.iter().map(|&left| Pair { left, right: left / 3 }).collect();",
            ),
            (
                "boxed",
                "let boxed: Box<dyn Iterator<Item = i64> + '_> = Box::new(xs.iter().copied());",
            ),
        ] {
            if expression.contains(word) {
                source = source.setup(setup);
            }
        }
        if expression.contains("received") {
            source = source
                .setup("let (sent, received) = mpsc::channel();")
                .setup("xs.iter().for_each(|x| sent.send(*x).unwrap());")
                .setup("drop(sent);");
        }
        source
    }

    /// An integer range over `usize`.
    pub(super) fn index_source(&mut self) -> Source {
        let (expression, indexes) = *self.random.pick(INDEXES);
        let name = self.word(&["i", "j", "row"]);
        let var = if indexes { len(&name).indexes() } else { len(&name) };
        let mut source = Source::over(&name, expression, &format!("({name} as i64)")).var(var);
        if self.random.chance(15) {
            source.head = format!("for {name} in ({expression})");
        }
        source.index = Some(name);
        source
    }

    /// Items that the body writes through.
    fn writing_source(&mut self) -> Source {
        let (pattern, expression, writes, item): (_, &str, &str, &str) = *self.random.pick(&[
            ("x", "own.iter_mut()", "x", "*x"),
            ("x", "&mut own", "x", "*x"),
            ("x", "own.iter_mut().rev()", "x", "*x"),
            ("(i, x)", "own.iter_mut().enumerate()", "x", "i as i64"),
            ("(x, y)", "own.iter_mut().zip(ys)", "x", "*y"),
            ("(x, y)", "own.iter_mut().zip(ys.iter().copied())", "x", "y"),
            ("(x, y)", "own[..n / 2].iter_mut().zip(ys.iter())", "x", "*y"),
            ("(i, (x, y))", "own.iter_mut().zip(ys.iter()).enumerate()", "x", "*y"),
            ("part", "own.chunks_mut(4)", "part[0]", "part[0]"),
            ("part", "own.chunks_exact_mut(3)", "part[2]", "part[0]"),
            ("(i, part)", "own.chunks_mut(3).enumerate()", "part[0]", "i as i64"),
            ("(part, y)", "own.chunks_mut(2).zip(ys.chunks(2))", "part[0]", "y[0]"),
            ("x", "own.iter_mut().skip(3)", "x", "*x"),
            ("x", "own.iter_mut().step_by(2)", "x", "*x"),
            ("(x, i)", "own.iter_mut().zip(1i64..)", "x", "i"),
            ("(i, x)", "own.iter_mut().rev().enumerate()", "x", "i as i64"),
            ("(part, y)", "own.chunks_mut(3).rev().zip(ys)", "part[0]", "*y"),
            ("(part, x)", "own.chunks_exact_mut(2).zip(xs.iter())", "part[1]", "*x"),
            ("row", "grid.iter_mut()", "row[1]", "row[0]"),
            ("(y, row)", "grid.iter_mut().enumerate()", "row[2]", "y as i64"),
        ]);
        let mut source = Source::over(pattern, expression, item)
            .setup("let mut own = xs.to_vec();")
            .setup("let mut grid = input.grid.clone();");
        source.item = format!("({item})");
        source.writes = Some(if writes == "x" { String::from("*x") } else { String::from(writes) });
        source.show = vec!["own".to_owned(), "grid".to_owned()];
        source
    }

    /// An iterator without end, left by `break`.
    fn endless_source(&mut self) -> Source {
        let expression =
            self.word(&["0i64..", "(5i64..).step_by(2)", "std::iter::repeat_with(|| 4i64)"]);
        let mut source = Source::over("x", &expression, "x").var(int("x", "x"));
        if expression.contains("repeat") {
            source = Source::over("(x, y)", "(0i64..).zip(std::iter::repeat(2i64))", "(x + y)")
                .var(int("x", "x"))
                .var(int("y", "y"));
        }
        source.endless = true;
        source
    }

    /// Batches of three.
    pub(super) fn batched_source(&mut self) -> Source {
        let (plain, annotated, first): (&str, &str, &str) = *self.random.pick(&[
            ("xs.chunks(3)", "xs", "batch[0]"),
            ("xs.chunks(3)", "&xs[..]", "batch[0]"),
            ("xs.chunks(3)", "xs.iter()", "batch[0]"),
            ("batches(xs.iter().copied(), 3)", "xs.iter().copied()", "batch[0]"),
            ("batches(xs.to_vec(), 3)", "xs.to_vec()", "batch[0]"),
            ("batches(0..n as i64, 3)", "0..n as i64", "batch[0]"),
            ("batches(xs.iter().filter(positive), 3)", "xs.iter().filter(positive)", "*batch[0]"),
            ("batches(ys.iter().enumerate(), 3)", "ys.iter().enumerate()", "*batch[0].1"),
            ("batches(input.text.lines(), 3)", "input.text.lines()", "batch[0].len() as i64"),
        ]);
        Source::over("batch", &format!("«{plain}|{annotated}»"), first)
            .var(int("batch", &format!("({first})")))
            .var(int("batch", "(batch.len() as i64)"))
    }

    /// `while let`.
    fn while_source(&mut self) -> Source {
        let (setup, head, name, read): (&str, &str, &str, &str) = *self.random.pick(&[
            ("let mut rest = xs.iter();", "while let Some(x) = rest.next()", "x", "*x"),
            ("let mut rest = xs.to_vec();", "while let Some(x) = rest.pop()", "x", "x"),
            (
                "let mut rest = VecDeque::from(xs.to_vec());",
                "while let Some(x) = rest.pop_front()",
                "x",
                "x",
            ),
        ]);
        let mut source = Source::over("", "", read).var(int(name, read)).setup(setup);
        source.head = head.to_owned();
        source
    }
}
