//! Bodies: control flow, locals, shadowing, closures, nested functions, macros, exits.

use super::maker::{Here, Maker, Question};
use super::scope::{Kind, Var};
use super::text::{Node, block, closed, line};

impl Maker {
    /// A handful of statements.
    pub(super) fn statements(&mut self, count: usize, depth: usize) -> Vec<Node> {
        let mut nodes = Vec::new();
        for _ in 0..count {
            nodes.extend(self.statement(depth));
        }
        nodes
    }

    fn statement(&mut self, depth: usize) -> Vec<Node> {
        match self.random.below(100) {
            0..=34 => self.accumulate(),
            35..=52 => self.local(),
            53..=58 => self.assignment(),
            59..=64 => self.exit(),
            65..=68 => self.own_closure(),
            69..=71 => self.shadow(depth),
            72..=74 => self.std_macro(),
            _ if depth == 0 => self.local(),
            _ => self.flow(depth - 1),
        }
    }

    /// A statement that changes some accumulator which is not shadowed here.
    pub(super) fn accumulate(&mut self) -> Vec<Node> {
        let open: Vec<usize> = (0..self.accumulators.len())
            .filter(|&at| self.accumulators[at].emit.is_some())
            .filter(|&at| !self.scope.holds(&self.accumulators[at].root))
            .collect();
        if open.is_empty() || self.here.closure {
            return self.local();
        }
        let at = *self.random.pick(&open);
        self.accumulate_in(at)
    }

    /// A statement that changes the accumulator at `at`.
    pub(super) fn accumulate_in(&mut self, at: usize) -> Vec<Node> {
        let Some(emit) = self.accumulators[at].emit.clone() else { return Vec::new() };
        self.used.insert(at);
        emit(self)
    }

    /// A block: its names end with it.
    fn body(&mut self, depth: usize) -> Vec<Node> {
        self.nested(|maker| {
            let count = 1 + maker.random.below(3);
            maker.statements(count, depth)
        })
    }

    /// `let`.
    fn local(&mut self) -> Vec<Node> {
        let name = self.name("v");
        match self.random.below(9) {
            0 => {
                let value = self.cond(2);
                self.scope.add(Var::new(&name, Kind::Cond));
                vec![line(format!("let {name} = {value};"))]
            }
            1 => {
                let value = self.text(1);
                self.scope.add(Var::new(&name, Kind::Text).read_as(format!("{name}.as_str()")));
                vec![line(format!("let {name} = {value};"))]
            }
            2 => {
                let (a, b) = (self.int(1), self.cond(1));
                let other = self.name("v");
                self.scope.add(Var::new(&name, Kind::Int));
                self.scope.add(Var::new(&other, Kind::Cond));
                vec![line(format!("let ({name}, {other}) = (({a}) % 1009, {b});"))]
            }
            3 => {
                let modulus = self.random.between(3, 50);
                let value = self.int(1);
                let leave = self.way_out();
                self.scope.add(Var::new(&name, Kind::Int));
                vec![line(format!(
                    "let Some({name}) = maybe({value}, {modulus}) else {{ {leave} }};"
                ))]
            }
            4 => {
                let value = self.int(2);
                self.scope.add(Var::new(&name, Kind::Int).local());
                vec![line(format!("let mut {name} = ({value}) % 1009;"))]
            }
            _ => {
                let value = self.int(2);
                self.scope.add(Var::new(&name, Kind::Int));
                vec![line(format!("let {name} = ({value}) % 1009;"))]
            }
        }
    }

    /// A local of the body changes.
    fn assignment(&mut self) -> Vec<Node> {
        let locals: Vec<_> = self.scope.of(Kind::Int).into_iter().filter(|v| v.local).collect();
        if locals.is_empty() {
            return self.local();
        }
        let name = self.random.pick(&locals).name.clone();
        let value = self.int(1);
        let operator = self.word(&["+", "-"]);
        vec![line(match self.random.below(3) {
            0 => format!("{name} = ({value}) % 1009;"),
            1 => format!("{name} = ({name} {operator} ({value})) % 1009;"),
            _ => format!("{name} {operator}= ({value}) % 50;"),
        })]
    }

    /// A local with the name of something captured, perhaps of an accumulator.
    fn shadow(&mut self, depth: usize) -> Vec<Node> {
        let mut names = vec![String::from("base")];
        names.extend(
            self.accumulators
                .iter()
                .map(|a| a.root.clone())
                .filter(|root| !root.is_empty() && root != self.state),
        );
        let name = self.random.pick(&names).clone();
        let value = self.int(1);
        let body = self.nested(|maker| {
            let mut nodes = vec![line(format!("let mut {name} = ({value}) % 1009;"))];
            maker.scope.add(Var::new(&name, Kind::Int).local());
            let by = maker.int(1);
            nodes.push(line(format!("{name} += ({by}) % 100;")));
            let count = 1 + maker.random.below(2);
            nodes.extend(maker.statements(count, depth.saturating_sub(1)));
            nodes
        });
        vec![block("", body)]
    }

    /// `continue`, `break` and the like, as an expression that never returns.
    fn way_out(&mut self) -> String {
        let mut ways = Vec::new();
        for label in self.here.loops.iter().flatten() {
            ways.push(format!("continue {label}"));
            ways.push(format!("break {label}"));
        }
        if self.here.labelled {
            // An unlabelled `break` or `continue` is an error in a labelled block.
        } else if !self.here.loops.is_empty() {
            ways.push(String::from("continue"));
            ways.push(String::from("break"));
        } else if !self.here.closure {
            ways.push(String::from("continue"));
            if self.exits.breaks {
                ways.push(String::from("break"));
            }
        }
        if !self.here.closure {
            if let Some(label) = &self.label {
                ways.push(format!("continue {label}"));
                if self.exits.breaks {
                    ways.push(format!("break {label}"));
                }
            }
            if self.exits.returns {
                ways.push(self.returning());
            }
            if self.exits.panics {
                ways.push(format!("panic!(\"at {{}}\", {})", self.item));
            }
        }
        if ways.is_empty() {
            // In a closure that returns a number, or nowhere to go: a block that cannot end.
            return String::from(if self.here.closure { "return 4" } else { "unreachable!()" });
        }
        self.random.pick(&ways).clone()
    }

    fn returning(&mut self) -> String {
        let value = format!("early({})", self.quiet(|m| m.int(1)));
        match self.exits.question {
            None => format!("return {value}"),
            Some(Question::Option) => {
                if self.random.chance(40) {
                    String::from("return None")
                } else {
                    format!("return Some({value})")
                }
            }
            Some(Question::Result(_)) => {
                if self.random.chance(40) {
                    format!("return Err(Bad({}).into())", self.item)
                } else {
                    format!("return Ok({value})")
                }
            }
        }
    }

    /// Leaves for a few items.
    fn exit(&mut self) -> Vec<Node> {
        let (item, modulus) = (self.item.clone(), self.exits.modulus);
        let rest = self.random.between(0, 2);
        match (self.exits.question, self.random.below(4)) {
            (Some(Question::Option), 0) if self.leaves() => {
                vec![line(format!("maybe({item}, {modulus})?;"))]
            }
            (Some(Question::Result(_)), 0) if self.leaves() => {
                vec![line(format!("check({item}, {modulus})?;"))]
            }
            (Some(Question::Result("Worse")), 1) if self.leaves() => {
                let v = self.name("v");
                self.scope.add(Var::new(&v, Kind::Int));
                vec![line(format!(
                    "let {v} = if ({item}).rem_euclid({modulus}) == 9 {{ \"x\" }} else {{ \"7\" }}\
                     .parse::<i64>()?;"
                ))]
            }
            _ => {
                let leave = self.way_out();
                let only = if leave.starts_with("continue") { 5 } else { modulus };
                let head = format!("if ({item}).rem_euclid({only}) == {rest}");
                vec![block(head, vec![line(format!("{leave};"))])]
            }
        }
    }

    /// A closure or function whose `return` and `?` are its own, and a call of it.
    fn own_closure(&mut self) -> Vec<Node> {
        let (name, k, result) = (self.name("call"), self.name("k"), self.name("v"));
        let arg = self.int(1);
        let choice = self.random.below(4);
        let mut nodes = self.nested(|maker| {
            maker.here = Here { closure: true, ..Here::default() };
            maker.scope.add(Var::new(&k, Kind::Int));
            match choice {
                0 => {
                    let (modulus, value) = (maker.random.between(3, 20), maker.int(1));
                    vec![closed(
                        format!("let {name} = |{k}: i64| -> Result<i64, Bad>"),
                        vec![line(format!("Ok(check({k}, {modulus})? + {value})"))],
                        ";",
                    )]
                }
                1 => {
                    let (value, bound) = (maker.int(1), maker.random.between(-20, 20));
                    vec![closed(
                        format!("let {name} = |{k}: i64|"),
                        vec![
                            block(format!("if {k} > {bound}"), vec![line("return Some(1i64);")]),
                            line(format!("let r = maybe({value}, 4)?;")),
                            line("Some(r)"),
                        ],
                        ";",
                    )]
                }
                2 => vec![block(
                    format!("fn {name}({k}: i64) -> Option<i64>"),
                    vec![
                        block(
                            "for step in 0..5i64",
                            vec![block(
                                format!("if step + {k} == 3"),
                                vec![line("return Some(step);")],
                            )],
                        ),
                        line(format!("maybe({k}, 3)?;")),
                        line(format!("Some({k})")),
                    ],
                )],
                _ => {
                    let outer = maker.scope.clone();
                    maker.scope.freeze();
                    let mut body = maker.statements(2, 1);
                    body.push(line(format!("({}) % 1009", maker.int(1))));
                    maker.scope = outer;
                    vec![closed(format!("let {name} = |{k}: i64| -> i64"), body, ";")]
                }
            }
        });
        let call = match choice {
            0 => format!("{name}({arg}).unwrap_or(-1)"),
            1 | 2 => format!("{name}({arg}).unwrap_or(-2)"),
            _ => format!("{name}({arg})"),
        };
        nodes.push(line(format!("let {result} = ({call}) % 1009;")));
        self.scope.add(Var::new(&result, Kind::Int));
        nodes
    }

    /// A macro of std with expressions inside.
    fn std_macro(&mut self) -> Vec<Node> {
        let (a, b) = (self.int(1), self.cond(1));
        let v = self.name("v");
        match self.random.below(6) {
            0 => vec![line(format!("assert!(({a}) < 5_000_000, \"{{}}\", {});", self.int(1)))],
            1 => vec![line(format!("debug_assert_ne!({a}, i64::MAX, \"never\");"))],
            2 => {
                let c = self.int(1);
                self.scope.add(Var::new(&v, Kind::Int));
                vec![line(format!("let {v} = vec![{a}, {c}, 3].len() as i64;"))]
            }
            3 => {
                self.scope.add(Var::new(&v, Kind::Cond));
                vec![line(format!("let {v} = matches!({a}, 0..=200 if {b});"))]
            }
            4 => {
                self.scope.add(Var::new(&v, Kind::Text).read_as(format!("{v}.as_str()")));
                vec![
                    line(format!("let mut {v} = String::new();")),
                    line(format!("write!({v}, \"{{0}}{{1:?}}{{0}}\", {a}, {b}).unwrap();")),
                ]
            }
            _ => {
                self.scope.add(Var::new(&v, Kind::Text).read_as(format!("{v}.as_str()")));
                vec![line(format!("let {v} = format!(\"{{name}}{{:>3}}\", {a}, name = {b});"))]
            }
        }
    }

    /// Nested control flow.
    fn flow(&mut self, depth: usize) -> Vec<Node> {
        match self.random.below(11) {
            0 | 1 => {
                let c = self.cond(2);
                vec![block(format!("if {c}"), self.body(depth))]
            }
            2 => {
                let (c, d) = (self.cond(1), self.cond(1));
                let mut nodes = vec![block(format!("if {c}"), self.body(depth))];
                if self.random.chance(40) {
                    nodes.push(block(format!("else if {d}"), self.body(depth)));
                }
                nodes.push(block("else", self.body(depth)));
                nodes
            }
            3 => {
                let value = self.int(1);
                let m = self.name("m");
                let bound = self.random.between(-100, 100);
                let mut arms = vec![
                    block("0 | 1 =>", self.body(depth)),
                    block(format!("2..=40 if {} =>", self.quiet(|m| m.cond(1))), self.body(depth)),
                ];
                arms.push(self.nested(|maker| {
                    maker.scope.add(Var::new(&m, Kind::Int));
                    let inner = maker.body(depth);
                    block(format!("{m} if {m} > {bound} =>"), inner)
                }));
                arms.push(line("_ => {}"));
                vec![block(format!("match ({value}) % 1009"), arms)]
            }
            4 => {
                let (v, value) = (self.name("v"), self.int(1));
                let body = self.nested(|maker| {
                    maker.scope.add(Var::new(&v, Kind::Int));
                    maker.body(depth)
                });
                let mut nodes = vec![block(format!("if let Some({v}) = maybe({value}, 3)"), body)];
                if self.random.chance(40) {
                    nodes.push(block("else", self.body(depth)));
                }
                nodes
            }
            5 | 6 => vec![self.inner_loop(depth)],
            7 => {
                let label = self.random.chance(50).then(|| format!("'{}", self.name("w")));
                let (count, top) = (self.name("c"), self.random.between(1, 4));
                let head = match &label {
                    Some(label) => format!("{label}: while {count} < {top}"),
                    None => format!("while {count} < {top}"),
                };
                let body = self.nested(|maker| {
                    maker.here.enter(label);
                    let mut body = vec![line(format!("{count} += 1;"))];
                    body.extend(maker.body(depth));
                    body
                });
                vec![line(format!("let mut {count} = 0i64;")), block(head, body)]
            }
            8 => {
                let label = format!("'{}", self.name("b"));
                let c = self.cond(1);
                let body = self.nested(|maker| {
                    maker.here.labelled = true;
                    let mut body = maker.body(depth);
                    body.push(block(format!("if {c}"), vec![line(format!("break {label};"))]));
                    body.extend(maker.body(depth));
                    body
                });
                vec![block(format!("{label}:"), body)]
            }
            9 => {
                let (v, count) = (self.name("v"), self.name("c"));
                let (value, top) = (self.int(1), self.random.between(1, 3));
                let body = self.nested(|maker| {
                    maker.here.enter(None);
                    let mut body = vec![line(format!("{count} += 1;"))];
                    body.push(block(
                        format!("if {count} > {top}"),
                        vec![line(format!("break ({value}) % 1009 + {count};"))],
                    ));
                    // `break` alone would not have the value that the others have.
                    let closure = std::mem::replace(&mut maker.here.closure, true);
                    body.push(line(format!("let _ = {};", maker.int(1))));
                    maker.here.closure = closure;
                    body
                });
                self.scope.add(Var::new(&v, Kind::Int));
                vec![
                    line(format!("let mut {count} = 0i64;")),
                    closed(format!("let {v} = loop"), body, ";"),
                ]
            }
            _ => vec![block("", self.body(depth))],
        }
    }

    fn inner_loop(&mut self, depth: usize) -> Node {
        let label = self.random.chance(40).then(|| format!("'{}", self.name("l")));
        let k = self.name("k");
        let (source, var) = match self.random.below(5) {
            0 => {
                let top = self.random.between(0, 4);
                (format!("0..{top}i64"), Var::new(&k, Kind::Int))
            }
            1 => {
                let top = self.random.between(1, 5);
                (format!("ys.iter().take({top})"), Var::new(&k, Kind::Int).read_as(format!("*{k}")))
            }
            2 => (format!("0..({}).rem_euclid(4)", self.int(1)), Var::new(&k, Kind::Int)),
            3 => (String::from("&[7i64, -7]"), Var::new(&k, Kind::Int).read_as(format!("*{k}"))),
            _ => (String::from("\"ab c\".split(' ')"), Var::new(&k, Kind::Text)),
        };
        let head = match &label {
            Some(label) => format!("{label}: for {k} in {source}"),
            None => format!("for {k} in {source}"),
        };
        let body = self.nested(|maker| {
            maker.here.enter(label);
            maker.scope.add(var);
            maker.body(depth)
        });
        block(head, body)
    }
}
