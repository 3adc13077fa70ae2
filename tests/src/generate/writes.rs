//! Writes by index, private scalars, scratch space, and what is said by hand.

use super::maker::{Accumulator, Maker};
use super::scope::{Kind, Var};
use super::text::{Node, block, line};

impl Maker {
    /// `out[i] = e`, where `i` is the loop variable. Elements are below `n + 4`.
    pub(super) fn window(&mut self, i: &str) -> Accumulator {
        if self.random.chance(20)
            && let Some(place) = self.field("cells")
        {
            let i = i.to_owned();
            return Accumulator::new(self.state)
                .emit(move |maker| maker.write(&format!("{place}[{i}]")));
        }
        let name = self.name("out");
        let (start, place) = match self.random.below(9) {
            0 | 1 => ("vec![0i64; n + 4]", format!("{name}[{i}]")),
            2 => ("vec![[0i64; 3]; n + 4]", format!("{name}[{i}][J]")),
            3 => ("vec![vec![1i64; 3]; n + 4]", format!("{name}[{i}][J]")),
            4 => ("vec![vec![5i64; n + 4]; 3]", format!("{name}[J][{i}]")),
            5 => ("[vec![0i64; n + 4], vec![1; n + 4], vec![2; n + 4]]", format!("{name}[J][{i}]")),
            6 => ("vec![vec![vec![0i64; n + 4]; 2]; 3]", format!("{name}[J][K][{i}]")),
            7 => ("vec![(0i64, [1i64; 3]); n + 4]", format!("{name}[{i}].1[J]")),
            _ => ("vec![(true, 6i64); n + 4]", format!("{name}[{i}].1")),
        };
        let accumulator =
            Accumulator::new(&name).declare(line(format!("let mut {name} = {start};"))).show(&name);
        let accumulator = if self.random.chance(25) {
            let slice = format!("let {name} = &mut {name}[..];");
            accumulator.declare(line(slice))
        } else {
            accumulator
        };
        accumulator.emit(move |maker| {
            let place = place.replace('J', &maker.index(3, 1)).replace('K', &maker.index(2, 1));
            maker.write(&place)
        })
    }

    /// One write to `place`, or a few.
    fn write(&mut self, place: &str) -> Vec<Node> {
        let value = self.int(2);
        match self.random.below(7) {
            0..=2 => vec![line(format!("{place} = {value};"))],
            3 => vec![line(format!("{place} += {value};"))],
            4 => vec![line(format!("{place} = {place} - ({value});"))],
            5 => vec![block(
                format!("if {place} > {}", self.random.between(-5, 5)),
                vec![line(format!("{place} -= {value};"))],
            )],
            _ => {
                let cell = self.name("cell");
                vec![block(
                    "",
                    vec![
                        line(format!("let {cell} = &mut {place};")),
                        line(format!("*{cell} = {value};")),
                        line(format!("*{cell} ^= 1;")),
                    ],
                )]
            }
        }
    }

    /// `#[ordered] { .. }`: changes in no form at all.
    pub(super) fn ordered_block(
        &mut self,
        shows: &mut Vec<(String, bool)>,
        declare: &mut Vec<Node>,
    ) -> Node {
        let (last, log) = (self.name("last"), self.name("log"));
        declare.push(line(format!("let mut {last} = 3i64;")));
        declare.push(line(format!("let mut {log} = Vec::new();")));
        shows.extend([(last.clone(), false), (log.clone(), false)]);
        let closure = self.here.closure;
        // Exits stand in the parallel part.
        self.here.closure = true;
        let (a, b) = (self.int(2), self.int(1));
        self.here.closure = closure;
        let mut body = vec![
            line(format!("{last} = ({last} * 31 + ({a}) % 1009) % 10_007;")),
            line(format!("{log}.push({last} - {b});")),
        ];
        if self.random.chance(30) {
            body.push(block(
                format!("if {log}.len() > 40"),
                vec![line(format!("{log}.swap(0, 30);")), line(format!("{log}.truncate(35);"))],
            ));
        }
        if self.exits.breaks && self.random.chance(30) {
            body.push(block(format!("if {last} % 97 == 5"), vec![line("break;")]));
        }
        if self.exits.returns && self.exits.question.is_none() && self.random.chance(30) {
            body.push(block(
                format!("if {last} % 89 == 5"),
                vec![line(format!("return early({last});"))],
            ));
        }
        block("«|#[ordered]»", body)
    }

    /// A captured scalar that every iteration assigns before it reads.
    pub(super) fn private(&mut self) -> Accumulator {
        let name = self.name("private");
        let start = self.word(&["", " = 3i64", ": i64"]);
        let at = name.clone();
        Accumulator::new("").declare(line(format!("let mut {name}{start};"))).opening(
            move |maker| {
                let nodes = if maker.random.chance(30) {
                    let (c, a, b) = (maker.cond(1), maker.int(1), maker.int(1));
                    vec![
                        block(format!("if {c}"), vec![line(format!("{at} = {a};"))]),
                        block("else", vec![line(format!("{at} = {b};"))]),
                    ]
                } else {
                    vec![line(format!("{at} = ({}) % 1009;", maker.int(2)))]
                };
                maker.scope.add(Var::new(&at, Kind::Int).local());
                nodes
            },
        )
    }

    /// Working space that each iteration clears.
    pub(super) fn scratch(&mut self) -> Accumulator {
        let name = self.name("buf");
        let at = name.clone();
        let maker_key = self.random.chance(40);
        let text = self.random.chance(30);
        let start = if text { "String::from(\"old\")" } else { "Vec::<i64>::with_capacity(8)" };
        let (declare, entry) = if maker_key {
            (format!("«let mut {name} = {start};|»"), format!("{name} = {start}"))
        } else {
            (format!("let mut {name} = {start};"), name)
        };
        let mut accumulator = Accumulator::new(&at).declare(line(declare)).opening(move |maker| {
            let mut nodes = vec![line(format!("{at}.clear();"))];
            for _ in 0..=maker.random.below(3) {
                nodes.push(line(match text {
                    true => format!("{at}.push_str(&{});", maker.text(1)),
                    false => format!("{at}.push({});", maker.int(1)),
                }));
            }
            let read = match text {
                true => format!("({at}.len() as i64)"),
                false => format!("({at}.iter().sum::<i64>() % 1009)"),
            };
            maker.scope.add(Var::new(&at, Kind::Int).read_as(read));
            nodes
        });
        accumulator.key = Some(("scratch", entry));
        accumulator
    }

    /// `reduce(..)`.
    pub(super) fn by_hand(&mut self) -> Accumulator {
        let name = self.name("hand");
        let at = name.clone();
        let choice = self.random.below(6);
        let (start, entry) = match choice {
            0 => ("4i64", format!("{name}: +")),
            1 => ("vec![0i64]", format!("{name}: append")),
            2 => ("Tally::default()", name.clone()),
            3 => ("Tally { sum: 3, seen: vec![1] }", format!("{name}: merge")),
            4 => ("300i64", format!("{name}: min")),
            _ => ("-300i64", format!("{name}: max")),
        };
        let mut accumulator = Accumulator::new(&name)
            .declare(line(format!("let mut {name} = {start};")))
            .show(&name)
            .emit(move |maker| {
                let value = maker.int(2);
                vec![match choice {
                    0 => line(format!("bump(&mut {at}, {value});")),
                    1 => line(format!("note(&mut {at}, {value});")),
                    2 | 3 => line(format!("{at}.take({value});")),
                    4 => line(format!("{at} = std::cmp::Ord::min({value}, {at});")),
                    _ => line(format!("{at} = [{at}, {value}].into_iter().max().unwrap();")),
                }]
            });
        accumulator.key = Some(("reduce", entry));
        accumulator
    }
}
