//! Whole programs: a function of some shape around one or two loops.

use super::maker::{Accumulator, Exits, Maker, Question};
use super::sources::Source;
use super::text::{Node, Twin, block, closed, line, print};

/// A generated program: items that define `fn run(input: &Input) -> Seen`.
#[derive(Clone, Debug)]
pub struct Program {
    /// What it was made from.
    pub seed: u64,
    /// Its items.
    pub nodes: Vec<Node>,
}

impl Program {
    /// One of the twins as the text of a module.
    #[must_use]
    pub fn text(&self, twin: Twin) -> String {
        let mut out = String::new();
        print(&self.nodes, twin, 1, &mut out);
        out
    }
}

/// The kind of function around the loop.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Free,
    Method,
    Generic,
    ConstGeneric,
    Macro,
    Stream,
}

/// The program that follows from `seed`.
#[must_use]
pub fn program(seed: u64) -> Program {
    let mut maker = Maker::new(seed);
    maker.exits = exits(&mut maker);
    maker.ordered = true;
    let shape = match maker.random.below(20) {
        0..=2 => Shape::Method,
        3 => Shape::Generic,
        4 => Shape::ConstGeneric,
        5 => Shape::Macro,
        6 => Shape::Stream,
        _ => Shape::Free,
    };
    if shape == Shape::Method {
        maker.state = "self";
    }
    let mut body = prologue(shape);
    let (attributes, shows) = loops(&mut maker, shape, &mut body);
    body.push(result(&maker, &shows));
    let returns = match maker.exits.question {
        None => String::from("Seen"),
        Some(Question::Option) => String::from("Option<Seen>"),
        Some(Question::Result("alias")) => String::from("Res<Seen>"),
        Some(Question::Result(error)) => format!("Result<Seen, {error}>"),
    };
    let mut nodes = function(shape, attributes, &returns, body);
    let call = match shape {
        Shape::Method => "state.f(input)",
        Shape::Generic => "f(input, &mut state, 7i32)",
        Shape::ConstGeneric => "f::<7>(input, &mut state)",
        Shape::Stream => "f(input, &mut state, input.xs.iter().map(|x| x + 1))",
        Shape::Free | Shape::Macro => "f(input, &mut state)",
    };
    nodes.push(block(
        "pub fn run(input: &Input) -> Seen",
        vec![
            line("let mut state = State::new(input);"),
            line(format!("let outcome = {call};")),
            line("finish(outcome, &state)"),
        ],
    ));
    Program { seed, nodes }
}

fn exits(maker: &mut Maker) -> Exits {
    let mut exits =
        Exits { modulus: *maker.random.pick(&[20, 60, 150, 400, 1500]), ..Exits::default() };
    if maker.random.chance(55) {
        return exits;
    }
    exits.breaks = maker.random.chance(45);
    exits.returns = maker.random.chance(35);
    exits.panics = maker.random.chance(10);
    exits.question = match maker.random.below(10) {
        0 | 1 => Some(Question::Option),
        2 => Some(Question::Result("Bad")),
        3 => Some(Question::Result("Worse")),
        4 => Some(Question::Result("Box<dyn std::error::Error + Send + Sync>")),
        5 => Some(Question::Result("alias")),
        6 => Some(Question::Result("Box<dyn std::error::Error>")),
        _ => None,
    };
    exits
}

fn prologue(shape: Shape) -> Vec<Node> {
    let base = match shape {
        Shape::Generic => "base.into()",
        Shape::ConstGeneric => "BASE as i64",
        Shape::Macro => "$base + 2",
        Shape::Free | Shape::Method | Shape::Stream => "7",
    };
    vec![
        line("let n = input.n;"),
        line("let (xs, ys, words) = (&input.xs[..], &input.ys[..], &input.words[..]);"),
        line(format!("let base: i64 = {base};")),
    ]
}

fn function(shape: Shape, attributes: Vec<Node>, returns: &str, body: Vec<Node>) -> Vec<Node> {
    let head = match shape {
        Shape::Free => String::from("fn f(input: &Input, state: &mut State)"),
        Shape::Method => String::from("fn f(&mut self, input: &Input)"),
        Shape::Generic => String::from(
            "fn f<B: Copy + Into<i64> + Send + Sync>(input: &Input, state: &mut State, base: B)",
        ),
        Shape::ConstGeneric => {
            String::from("fn f<const BASE: usize>(input: &Input, state: &mut State)")
        }
        Shape::Macro => String::from("fn $f(input: &Input, state: &mut State)"),
        Shape::Stream => String::from(
            "fn f(input: &Input, state: &mut State, items: impl Iterator<Item = i64> + Send)",
        ),
    };
    let mut items = attributes;
    items.push(block(format!("{head} -> {returns}"), body));
    match shape {
        Shape::Method => vec![
            block("trait Job", vec![line(format!("fn f(&mut self, input: &Input) -> {returns};"))]),
            block("impl Job for State", items),
        ],
        Shape::Macro => vec![
            closed("macro_rules! make", vec![block("($f:ident, $base:expr) =>", items)], ""),
            line("make!(f, 2 + 3);"),
        ],
        _ => items,
    }
}

/// `Seen` of everything that is shown after the loop.
fn result(maker: &Maker, shows: &[(String, bool)]) -> Node {
    let text = |rough| {
        let shown: Vec<&str> =
            shows.iter().filter(|(_, r)| *r == rough).map(|(show, _)| show.as_str()).collect();
        format!("format!(\"{}\", {})", "{:?} ".repeat(shown.len()), shown.join(", "))
    };
    let seen = format!("Seen {{ exact: {}, rough: {} }}", text(false), text(true));
    line(match maker.exits.question {
        None => seen,
        Some(Question::Option) => format!("Some({seen})"),
        Some(Question::Result(_)) => format!("Ok({seen})"),
    })
}

/// Adds the loops to `body`; the function's attributes, and what is shown after the loops.
fn loops(
    maker: &mut Maker,
    shape: Shape,
    body: &mut Vec<Node>,
) -> (Vec<Node>, Vec<(String, bool)>) {
    let mut shows = Vec::new();
    let marked = shape != Shape::Stream && maker.random.chance(20);
    let keys = keys(maker);
    if !marked {
        let batched = shape != Shape::Stream && maker.random.chance(12);
        let source = match shape {
            Shape::Stream => Source::items(),
            _ if batched => maker.batched_source(),
            _ => maker.source(),
        };
        let (node, own) = one_loop(maker, source, &mut shows, body);
        let mut attributes = attributes(maker, &keys, &own);
        if batched {
            let at = maker.random.below(attributes.len() + 1);
            attributes.insert(at, line("«|#[batched(size = 3)]»"));
            if maker.random.chance(40) {
                let keys = join("size = 3, workers = workers()", &own);
                attributes = vec![line(format!("«|#[{}]»", call("batched", &keys)))];
            }
        }
        body.push(node);
        return (attributes, shows);
    }
    for _ in 0..=maker.random.below(2) {
        let source = maker.source();
        // The next loop would declare it once more, and might move it.
        let last = !source.show.is_empty();
        let (mut node, own) = one_loop(maker, source, &mut shows, body);
        mark(&mut node, &call("pooled", &own));
        body.push(node);
        if maker.random.chance(30) {
            body.push(line("for step in 0..3i64 { let _ = step + base; }"));
        }
        if last {
            break;
        }
    }
    (vec![line(format!("«|#[{}]»", call("pooled", &keys)))], shows)
}

/// Puts a marker on a loop.
pub(super) fn mark(node: &mut Node, attribute: &str) {
    if let Node::Block { head, .. } = node {
        *head = format!("«|#[{attribute}]»{head}");
    }
}

fn join(a: &str, b: &str) -> String {
    [a, b].into_iter().filter(|keys| !keys.is_empty()).collect::<Vec<_>>().join(", ")
}

fn call(name: &str, keys: &str) -> String {
    if keys.is_empty() { name.to_owned() } else { format!("{name}({keys})") }
}

fn keys(maker: &mut Maker) -> String {
    let chunks = ["chunk = chunk()", "chunk = chunk()", "chunk = 4", "chunk = chunk() * 2", ""];
    let chunk = maker.word(&chunks);
    join("workers = workers()", &chunk)
}

/// The attributes of a function with one loop, in one of their spellings; `own` are keys that the
/// loop cannot do without.
fn attributes(maker: &mut Maker, keys: &str, own: &str) -> Vec<Node> {
    let keys = &join(keys, own);
    let attribute = |text: String| line(format!("«|#[{text}]»"));
    match maker.random.below(14) {
        12 => {
            // Small, so that the producer waits or helps.
            let policy = maker.word(&["", ", on_full = \"run\"", ", on_full = \"block\""]);
            let keys = format!("workers = workers(), queue = chunk(){policy}");
            vec![attribute(call("bounded", &join(&keys, own)))]
        }
        0 => vec![attribute(call("pool_runtime::pooled", keys))],
        1 => vec![attribute(format!("cfg_attr(all(), {})", call("pooled", keys)))],
        2 => {
            let queue = maker.word(&["queue = 3", "queue = chunk()", "queue = 500"]);
            vec![attribute(call("pooled", keys)), attribute(format!("bounded({queue})"))]
        }
        3 => {
            let policy = maker.word(&["on_full = \"run\"", "on_full = \"block\""]);
            vec![
                attribute(format!("bounded(queue = 4, {policy})")),
                attribute(call("pooled", keys)),
            ]
        }
        _ => vec![attribute(call("pooled", keys))],
    }
}

/// A loop over `source`, with what it needs before it put into `body`; and its keys.
pub(super) fn one_loop(
    maker: &mut Maker,
    source: Source,
    shows: &mut Vec<(String, bool)>,
    body: &mut Vec<Node>,
) -> (Node, String) {
    maker.scope.reset(0);
    maker.used.clear();
    maker.item = source.item.clone();
    maker.label = maker.random.chance(25).then(|| format!("'{}", maker.name("own")));
    maker.accumulators = accumulators(maker, &source);
    body.extend(source.setup.iter().cloned());
    for accumulator in &maker.accumulators {
        body.extend(accumulator.declare.iter().cloned());
        shows.extend(accumulator.show.iter().map(|show| (show.clone(), accumulator.rough)));
    }
    shows.extend(source.show.iter().map(|show| (show.clone(), false)));
    for var in &source.vars {
        maker.scope.add(var.clone());
    }
    let mut inner = loop_body(maker, &source);
    if maker.ordered && source.writes.is_none() && maker.random.chance(18) {
        inner.push(maker.ordered_block(shows, body));
    }
    let head = match &maker.label {
        Some(label) => format!("{label}: {}", source.head),
        None => source.head.clone(),
    };
    (block(head, inner), own_keys(&maker.accumulators))
}

/// `scratch(..)` and `reduce(..)`.
fn own_keys(accumulators: &[Accumulator]) -> String {
    let mut keys = String::new();
    for key in ["scratch", "reduce"] {
        let entries: Vec<&str> = accumulators
            .iter()
            .filter_map(|a| a.key.as_ref())
            .filter(|(name, _)| *name == key)
            .map(|(_, entry)| entry.as_str())
            .collect();
        if !entries.is_empty() {
            keys = join(&keys, &format!("{key}({})", entries.join(", ")));
        }
    }
    keys
}

fn accumulators(maker: &mut Maker, source: &Source) -> Vec<Accumulator> {
    let count = 1 + maker.random.below(4);
    (0..count)
        .map(|_| match (maker.random.below(26), &source.index) {
            (24 | 25, _) => maker.element_extremum(),
            (0..=7, Some(i)) => maker.window(&i.clone()),
            (0..=5, _) => maker.operator(),
            (6 | 7, _) => maker.extremum(),
            (8 | 9, _) => maker.best(),
            (10..=12, _) => maker.sequence(),
            (13 | 14, _) => maker.string(),
            (15 | 16, _) => maker.insert(),
            (17 | 18, _) => maker.entry(),
            (19 | 20, _) => maker.histogram(),
            (21, _) => maker.private(),
            (22, _) => maker.scratch(),
            _ => maker.by_hand(),
        })
        .collect()
}

fn loop_body(maker: &mut Maker, source: &Source) -> Vec<Node> {
    let mut nodes = Vec::new();
    if maker.random.chance(75) {
        nodes.push(line(format!("weigh({});", maker.item)));
    }
    if source.endless {
        let end = maker.random.between(50, 900);
        nodes.push(block(format!("if {} > {end}", maker.item), vec![line("break;")]));
    }
    for at in 0..maker.accumulators.len() {
        if let Some(opening) = maker.accumulators[at].opening.clone() {
            nodes.extend(opening(maker));
        }
    }
    if let Some(place) = &source.writes {
        let value = maker.int(2);
        let operator = maker.word(&["=", "+=", "-="]);
        nodes.push(line(format!("{place} {operator} ({value}) % 1009;")));
    }
    let count = 1 + maker.random.below(5);
    nodes.extend(maker.statements(count, 3));
    for at in 0..maker.accumulators.len() {
        if !maker.used.contains(&at) && !maker.scope.holds(&maker.accumulators[at].root) {
            nodes.extend(maker.accumulate_in(at));
        }
    }
    nodes
}
