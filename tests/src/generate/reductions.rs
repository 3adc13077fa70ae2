//! Accumulators that are one value: operators, extrema, extrema with payload.

use super::maker::{Accumulator, Maker};
use super::text::{Node, block, closed, line};

/// What `+=` and `-=` of one type look like.
struct Number {
    /// The type.
    ty: &'static str,
    /// The start value, without and with a type.
    start: &'static str,
    /// `{}` is an `i64` expression.
    value: &'static str,
    /// Whether `-=` may be mixed in.
    minus: bool,
}

const NUMBERS: &[Number] = &[
    Number { ty: "i64", start: "0", value: "{}", minus: true },
    Number { ty: "i64", start: "17", value: "{}", minus: true },
    Number { ty: "i128", start: "-4i128", value: "i128::from({})", minus: true },
    Number { ty: "i32", start: "3i32", value: "({}) as i32", minus: true },
    Number { ty: "u64", start: "0u64", value: "({}).unsigned_abs()", minus: false },
    Number { ty: "u64", start: "1u64 << 50", value: "({}).unsigned_abs()", minus: true },
    Number { ty: "usize", start: "0usize", value: "({}).unsigned_abs() as usize", minus: false },
    Number { ty: "u32", start: "9u32", value: "({}).unsigned_abs() as u32", minus: false },
    Number {
        ty: "Wrapping<u8>",
        start: "Wrapping(3u8)",
        value: "Wrapping(({}) as u8)",
        minus: true,
    },
    Number {
        ty: "Wrapping<i64>",
        start: "Wrapping(0i64)",
        value: "Wrapping(({}) << 40)",
        minus: true,
    },
    Number {
        ty: "std::time::Duration",
        start: "std::time::Duration::ZERO",
        value: "std::time::Duration::from_millis(({}).unsigned_abs())",
        minus: false,
    },
];

/// How a reduction's place is reached.
struct Place {
    root: String,
    place: String,
    declare: Vec<Node>,
    /// What shows it after the loop; the state shows itself.
    show: Option<String>,
}

impl Place {
    fn into_accumulator(self) -> Accumulator {
        let mut accumulator = Accumulator::new(self.root);
        accumulator.declare = self.declare;
        accumulator.show = self.show.into_iter().collect();
        accumulator
    }
}

impl Maker {
    /// A local of any shape: plain, tuple or struct field, behind a reference, in a box.
    fn local_place(&mut self, stem: &str, ty: &str, start: &str) -> Place {
        let name = self.name(stem);
        let place = |place: String, declare: Vec<String>| Place {
            root: name.clone(),
            show: Some(place.clone()),
            place,
            declare: declare.into_iter().map(line).collect(),
        };
        match self.random.below(10) {
            0 => place(format!("{name}.0"), vec![format!("let mut {name} = ({start}, 1u8);")]),
            1 => place(
                format!("{name}.inner.1"),
                vec![
                    format!("struct Inner{name} {{ inner: (bool, {ty}) }}"),
                    format!("let mut {name} = Inner{name} {{ inner: (true, {start}) }};"),
                ],
            ),
            2 => place(
                format!("*{name}"),
                vec![
                    format!("let mut under_{name}: {ty} = {start};"),
                    format!("let {name} = &mut under_{name};"),
                ],
            ),
            3 => place(format!("*{name}"), vec![format!("let mut {name} = Box::new({start});")]),
            4 | 5 => place(name.clone(), vec![format!("let mut {name}: {ty} = {start};")]),
            _ => place(name.clone(), vec![format!("let mut {name} = {start};")]),
        }
    }

    fn state_place(&mut self, field: &'static str) -> Option<Place> {
        let place = self.field(field)?;
        Some(Place { root: self.state.to_owned(), place, declare: Vec::new(), show: None })
    }

    /// A sum, product or set of bits.
    pub(super) fn operator(&mut self) -> Accumulator {
        match self.random.below(10) {
            0..=4 => self.sum(),
            5 => self.product(),
            6 | 7 => self.bits(),
            8 => self.float_sum(),
            _ => self.rough_sum(),
        }
    }

    fn sum(&mut self) -> Accumulator {
        let in_state = match self.random.below(10) {
            0 => self.state_place("total").map(|place| (place, "{}", true)),
            1 => self.state_place("count").map(|place| (place, "({}).unsigned_abs()", false)),
            2 => self.state_place("nested.pair.0").map(|place| (place, "{}", true)),
            3 => self.state_place("nested.pair.1").map(|place| (place, "{}", true)),
            _ => None,
        };
        let (place, value, minus) = in_state.unwrap_or_else(|| {
            let number = &NUMBERS[self.random.below(NUMBERS.len())];
            (self.local_place("sum", number.ty, number.start), number.value, number.minus)
        });
        let at = place.place.clone();
        let minus = minus && self.random.chance(40);
        let only = self.random.chance(30);
        place.into_accumulator().emit(move |maker| {
            let value = value.replace("{}", &maker.int(2));
            let operator = if minus && (only || maker.random.chance(50)) { "-" } else { "+" };
            vec![line(maker.assign(&at, operator, &value))]
        })
    }

    /// `place op= value`, or long-hand.
    fn assign(&mut self, place: &str, operator: &str, value: &str) -> String {
        if "+*&|^".contains(operator) && self.random.chance(10) {
            format!("{place} = ({value}) {operator} {place};")
        } else if self.random.chance(25) {
            format!("{place} = {place} {operator} ({value});")
        } else {
            format!("{place} {operator}= {value};")
        }
    }

    fn product(&mut self) -> Accumulator {
        let (ty, start, value) = *self.random.pick(&[
            ("Wrapping<u64>", "Wrapping(3u64)", "Wrapping(({}) as u64 | 1)"),
            ("i64", "1i64", "if ({}) % 2 == 0 { -1 } else { 1 }"),
            ("i32", "-2i32", "1 - 2 * (({}) & 1) as i32"),
            ("f64", "1.5f64", "if ({}) > 0 { -1.0 } else { 1.0 }"),
        ]);
        let place = self.local_place("product", ty, start);
        let at = place.place.clone();
        place.into_accumulator().emit(move |maker| {
            let value = value.replace("{}", &maker.int(2));
            vec![line(maker.assign(&at, "*", &value))]
        })
    }

    fn bits(&mut self) -> Accumulator {
        let operator = self.word(&["|", "&", "^"]);
        if let Some(place) = self.random.chance(25).then(|| self.state_place("flag")).flatten() {
            let at = place.place.clone();
            return place.into_accumulator().emit(move |maker| {
                let value = maker.cond(2);
                vec![line(maker.assign(&at, &operator, &value))]
            });
        }
        let number = |ty, start, value| (ty, start, value);
        let (ty, start, value) = match self.random.below(4) {
            0 => number("u64", "5u64", "({}) as u64"),
            1 => number("i64", "-1i64", "({}) | 6"),
            2 => number("u16", "0xf0fu16", "({}) as u16"),
            _ => number("bool", "true", "({}) > 3"),
        };
        let place = match self.random.chance(20).then(|| self.state_place("nested.bits")).flatten()
        {
            Some(place) if ty == "u64" => place,
            _ => self.local_place("bits", ty, start),
        };
        let at = place.place.clone();
        place.into_accumulator().emit(move |maker| {
            let value = value.replace("{}", &maker.int(2));
            vec![line(maker.assign(&at, &operator, &value))]
        })
    }

    /// Exact, so equal to the sequential sum.
    fn float_sum(&mut self) -> Accumulator {
        let place = match self.random.chance(30).then(|| self.state_place("real")).flatten() {
            Some(place) => place,
            None => self.local_place("real", "f64", "0.0"),
        };
        let at = place.place.clone();
        place.into_accumulator().emit(move |maker| {
            let value = maker.real(2);
            let operator = maker.word(&["+", "+", "-"]);
            vec![line(maker.assign(&at, &operator, &value))]
        })
    }

    fn rough_sum(&mut self) -> Accumulator {
        let place = self.local_place("rough", "f64", "0.25");
        let at = place.place.clone();
        let mut accumulator = place.into_accumulator().emit(move |maker| {
            let value = maker.rough(2);
            vec![line(maker.assign(&at, "+", &value))]
        });
        accumulator.rough = true;
        accumulator
    }

    /// `x = x.min(e)` and its spellings.
    pub(super) fn extremum(&mut self) -> Accumulator {
        let low = self.random.chance(50);
        let name = if low { "min" } else { "max" };
        let in_state = self.random.chance(20);
        let state =
            if in_state { self.state_place(if low { "low" } else { "high" }) } else { None };
        let (place, value, methods) = match state {
            Some(place) => (place, "{}", true),
            None => {
                let (ty, start, value) = match self.random.below(5) {
                    0 => ("i64", if low { "i64::MAX" } else { "i64::MIN" }, "{}"),
                    1 => ("i64", "7i64", "{}"),
                    2 => ("u32", "800u32", "({}).unsigned_abs() as u32"),
                    3 => ("f64", "0.5f64", "({}) as f64 * 0.3"),
                    _ => ("(i64, usize)", "(3i64, 9usize)", "({}, n)"),
                };
                (self.local_place("edge", ty, start), value, ty == "f64")
            }
        };
        let at = place.place.clone();
        let float = methods && value.contains("f64");
        // One spelling: they might be different functions.
        let spelling = self.random.below(5);
        place.into_accumulator().emit(move |maker| {
            let value = value.replace("{}", &maker.int(2));
            vec![line(match spelling {
                0 if !float => format!("{at} = {name}({at}, {value});"),
                1 if !float => format!("{at} = std::cmp::{name}({at}, {value});"),
                2 if !float => format!("{at} = {name}({value}, {at});"),
                _ if at.starts_with('*') => format!("{at} = ({at}).{name}({value});"),
                _ => format!("{at} = {at}.{name}({value});"),
            })]
        })
    }

    /// `if e < best { best = e; at = .. }`.
    pub(super) fn best(&mut self) -> Accumulator {
        let comparison = self.word(&["<", "<=", ">", ">="]);
        let flipped = self.word(match comparison.as_str() {
            "<" => &[">"],
            "<=" => &[">="],
            ">" => &["<"],
            _ => &["<="],
        });
        let low = comparison.starts_with('<');
        let best = self.name("best");
        let float = self.random.chance(20);
        let start = match (self.random.chance(30), float, low) {
            (true, false, _) => "12i64",
            (true, true, _) => "12.5",
            (false, false, true) => "i64::MAX",
            (false, false, false) => "i64::MIN",
            (false, true, true) => "f64::INFINITY",
            (false, true, false) => "f64::NEG_INFINITY",
        };
        let cast = if float { " as f64" } else { "" };
        match self.random.below(4) {
            // Alone.
            0 => Accumulator::new(&best)
                .declare(line(format!("let mut {best} = {start};")))
                .show(&best)
                .emit(move |maker| {
                    let value = format!("(({}){cast})", maker.quiet(Self::int_leaf));
                    vec![block(
                        format!("if {value} {comparison} {best}"),
                        vec![line(format!("{best} = {value};"))],
                    )]
                }),
            // A tuple compared by one field.
            1 => Accumulator::new(&best)
                .declare(line(format!("let mut {best} = (77i64, {start});")))
                .show(format!("({best}.0, {best}.1)"))
                .emit(move |maker| {
                    let value = maker.name("v");
                    let (made, other) = (maker.int(2), maker.quiet(|m| m.int(1)));
                    vec![
                        line(format!("let {value} = ({made}){cast};")),
                        block(
                            format!("if {value} {comparison} {best}.1"),
                            vec![line(format!("{best} = ({other}, {value});"))],
                        ),
                    ]
                }),
            // With companions.
            _ => {
                let (at, word) = (self.name("at"), self.name("word"));
                // The same companions everywhere: one left out would keep an older value.
                let both = self.random.chance(70);
                let turned = self.random.chance(25);
                Accumulator::new(&best)
                    .declare(line(format!("let mut {best} = {start};")))
                    .declare(line(format!("let (mut {at}, mut {word}) = (-1i64, String::new());")))
                    .show(&best)
                    .show(&at)
                    .show(&word)
                    .emit(move |maker| {
                        let value = maker.name("v");
                        let made = maker.int(2);
                        let (other, text) = maker.quiet(|m| (m.int(1), m.text(1)));
                        let head = if turned {
                            format!("if {best} {flipped} {value}")
                        } else {
                            format!("if {value} {comparison} {best}")
                        };
                        let mut payload = vec![
                            line(format!("{best} = {value};")),
                            line(format!("{at} = {other};")),
                        ];
                        if both {
                            payload.push(line(format!("{word} = {text};")));
                        }
                        vec![
                            line(format!("let {value} = ({made}){cast};")),
                            closed(head, payload, ""),
                        ]
                    })
            }
        }
    }
}
