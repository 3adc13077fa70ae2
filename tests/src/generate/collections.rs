//! Accumulators that hold many values: sequences, text, maps, sets, histograms.

use super::maker::{Accumulator, Maker};
use super::text::{Node, block, line};

impl Maker {
    /// `push` and its relatives.
    pub(super) fn sequence(&mut self) -> Accumulator {
        let in_state = self.random.below(6);
        let field = match in_state {
            0 => self.field("list"),
            _ => None,
        };
        if let Some(place) = field {
            return Accumulator::new(self.state)
                .emit(move |maker| vec![line(format!("{place}.push({});", maker.int(2)))]);
        }
        let name = self.name("list");
        let at = name.clone();
        match self.random.below(8) {
            // Exactly one per item, if nothing else is said.
            0 | 1 => Accumulator::new(&name)
                .declare(line(format!("let mut {name} = Vec::new();")))
                .show(&name)
                .opening(move |maker| vec![line(format!("{at}.push({});", maker.int(2)))]),
            2 => Accumulator::new(&name)
                .declare(line(format!("let mut {name} = vec![String::from(\"0\")];")))
                .show(&name)
                .emit(move |maker| vec![line(format!("{at}.push({});", maker.text(2)))]),
            3 => Accumulator::new(&name)
                .declare(line(format!("let mut {name} = VecDeque::from([8i64]);")))
                .show(&name)
                .emit(move |maker| vec![line(format!("{at}.push_back({});", maker.int(2)))]),
            4 => Accumulator::new(&name)
                .declare(line(format!("let mut {name}: Vec<i64> = Vec::new();")))
                .show(&name)
                .emit(move |maker| {
                    let (a, b) = (maker.int(2), maker.int(1));
                    let few = maker.random.below(4);
                    let k = maker.name("k");
                    vec![line(match maker.random.below(4) {
                        0 => format!("{at}.extend([{a}, {b}]);"),
                        1 => format!("{at}.append(&mut vec![{a}, {b}]);"),
                        2 => format!("{at}.extend((0..{few}).map(|{k}| {k}));"),
                        _ => format!("{at}.extend_from_slice(&[{a}]);"),
                    })]
                }),
            _ => Accumulator::new(&name)
                .declare(line(format!("let mut {name} = vec![];")))
                .show(&name)
                .emit(move |maker| {
                    vec![line(format!("{at}.push(({}, {}));", maker.int(2), maker.cond(1)))]
                }),
        }
    }

    /// Text that grows.
    pub(super) fn string(&mut self) -> Accumulator {
        let field = if self.random.chance(25) { self.field("text") } else { None };
        let (accumulator, at) = match field {
            Some(place) => (Accumulator::new(self.state), place),
            None => {
                let name = self.name("text");
                let start = self.word(&["String::new()", "String::from(\"start \")"]);
                let accumulator = Accumulator::new(&name)
                    .declare(line(format!("let mut {name} = {start};")))
                    .show(&name);
                (accumulator, name)
            }
        };
        accumulator.emit(move |maker| {
            let text = maker.text(1);
            let (a, c) = (maker.int(1), maker.cond(1));
            vec![line(match maker.random.below(9) {
                7 if !at.contains('.') => format!("{at} = {at} + &{text};"),
                8 => format!("{at}.extend([{text}, String::from(\"+\")]);"),
                0 => format!("{at}.push(if {c} {{ 'x' }} else {{ 'ß' }});"),
                1 => format!("{at}.push_str(&{text});"),
                2 => format!("{at} += &{text};"),
                3 => format!("{at} += \"-\";"),
                4 => format!("write!({at}, \"{{}};{{:?}}\", {a}, {c}).unwrap();"),
                5 => format!("writeln!({at}, \"{{:>5}}\", {a}).unwrap();"),
                _ => format!("let _ = write!({at}, \"{{}}\", {text});"),
            })]
        })
    }

    /// The last write wins.
    pub(super) fn insert(&mut self) -> Accumulator {
        let name = self.name("set");
        let at = name.clone();
        let (start, show) = match self.random.below(4) {
            0 => ("BTreeSet::from([3i64])", name.clone()),
            1 => ("HashSet::new()", format!("ordered(&{name})")),
            2 => ("std::collections::BTreeMap::from([(2i64, -2i64)])", name.clone()),
            _ => ("std::collections::HashMap::new()", format!("sorted(&{name})")),
        };
        let map = start.contains("Map");
        Accumulator::new(&name).declare(line(format!("let mut {name} = {start};"))).show(show).emit(
            move |maker| {
                let modulus = maker.random.between(5, 40);
                let key = format!("({}).rem_euclid({modulus})", maker.int(2));
                let value = maker.int(2);
                vec![line(match map {
                    true => format!("{at}.insert({key}, {value});"),
                    false => format!("{at}.insert({key});"),
                })]
            },
        )
    }

    /// A reduction per key.
    pub(super) fn entry(&mut self) -> Accumulator {
        if self.random.chance(15)
            && let Some(place) = self.field("map")
        {
            return Accumulator::new(self.state).emit(move |maker| {
                let key = maker.key();
                vec![line(format!("*{place}.entry({key}).or_insert(0) += {};", maker.int(2)))]
            });
        }
        let name = self.name("map");
        let at = name.clone();
        let hash = self.random.chance(50);
        let ty = if hash { "std::collections::HashMap" } else { "std::collections::BTreeMap" };
        let show = if hash { format!("sorted(&{name})") } else { name.clone() };
        if self.random.chance(30) {
            return self.entry_extremum(name, ty, show);
        }
        let (start, emit): (String, fn(&mut Maker, &str) -> Node) = match self.random.below(12) {
            0 | 1 => (format!("{ty}::new()"), |maker, at| {
                let (key, value) = (maker.key(), maker.int(2));
                line(format!("*{at}.entry({key}).or_insert(0) += {value};"))
            }),
            2 => (format!("{ty}::<i64, u64>::from([(1, 10), (99, 1)])"), |maker, at| {
                let key = maker.key();
                line(format!("*{at}.entry({key}).or_default() += 1;"))
            }),
            3 => (format!("{ty}::<i64, i64>::from([(2, 40)])"), |maker, at| {
                let (key, value) = (maker.key(), maker.int(2));
                line(format!("*{at}.entry({key}).or_insert(1000) -= {value};"))
            }),
            4 => (format!("{ty}::<i64, Vec<i64>>::from([(0, vec![1])])"), |maker, at| {
                let (key, value) = (maker.key(), maker.int(2));
                line(format!("{at}.entry({key}).or_default().push({value});"))
            }),
            5 => (format!("{ty}::<i64, Vec<String>>::new()"), |maker, at| {
                let (key, value) = (maker.key(), maker.text(1));
                line(format!("{at}.entry({key}).or_insert_with(Vec::new).push({value});"))
            }),
            6 => (format!("{ty}::<i64, String>::new()"), |maker, at| {
                let (key, value) = (maker.key(), maker.text(1));
                line(format!("{at}.entry({key}).or_default().push_str(&{value});"))
            }),
            7 => (format!("{ty}::<String, i64>::new()"), |maker, at| {
                let (key, value) = (maker.text(1), maker.int(1));
                let other = maker.quiet(|m| m.int(1));
                let k = maker.name("k");
                line(format!(
                    "{at}.entry({key}).and_modify(|{k}| *{k} += {other}).or_insert({value});"
                ))
            }),
            8 => (
                format!("{ty}::<i64, std::collections::BTreeMap<i64, u32>>::new()"),
                |maker, at| {
                    let (a, b) = (maker.key(), maker.key());
                    line(format!("*{at}.entry({a}).or_default().entry({b}).or_insert(0) += 1;"))
                },
            ),
            9 => (format!("{ty}::<i64, [u32; 4]>::new()"), |maker, at| {
                let (key, index) = (maker.key(), maker.index(4, 1));
                line(format!("{at}.entry({key}).or_default()[{index}] += 1;"))
            }),
            10 => (format!("{ty}::<bool, std::collections::BTreeSet<i64>>::new()"), |maker, at| {
                let (key, value) = (maker.cond(1), maker.key());
                line(format!("{at}.entry({key}).or_default().insert({value});"))
            }),
            _ => (format!("{ty}::<i64, u64>::new()"), |maker, at| {
                let (key, value) = (maker.key(), maker.int(2));
                line(format!("*{at}.entry({key}).or_insert(0) |= ({value}) as u64;"))
            }),
        };
        Accumulator::new(&name)
            .declare(line(format!("let mut {name} = {start};")))
            .show(show)
            .emit(move |maker| vec![emit(maker, &at)])
    }

    /// An extremum per key, into a map that holds some keys before the loop.
    fn entry_extremum(&mut self, name: String, ty: &str, show: String) -> Accumulator {
        let at = name.clone();
        let low = self.random.chance(50);
        let (word, outer) = if low { ("min", "i64::MAX") } else { ("max", "i64::MIN") };
        let comparison = match (low, self.random.chance(50)) {
            (true, strict) => ["<=", "<"][usize::from(strict)],
            (false, strict) => [">=", ">"][usize::from(strict)],
        };
        let start = self.word(&["12", outer]);
        let spelling = self.random.below(6);
        let prefilled = self.word(&["from([(1, 300), (2, -300), (77, 5)])", "new()"]);
        Accumulator::new(&name)
            .declare(line(format!("let mut {name} = {ty}::<i64, i64>::{prefilled};")))
            .show(show)
            .emit(move |maker| {
                let key = maker.key();
                let (e, slot) = (maker.name("e"), maker.name("slot"));
                let value = line(format!("let {e} = ({}) % 1009;", maker.int(2)));
                let bind = line(format!("let {slot} = {at}.entry({key}).or_insert({start});"));
                let modify = |how: &str| {
                    line(format!("{at}.entry({key}).and_modify(|{slot}| {how}).or_insert({e});"))
                };
                match spelling {
                    0 => vec![value, bind, line(format!("*{slot} = (*{slot}).{word}({e});"))],
                    1 => vec![
                        value,
                        bind,
                        block(
                            format!("if {e} {comparison} *{slot}"),
                            vec![line(format!("*{slot} = {e};"))],
                        ),
                    ],
                    2 => vec![value, modify(&format!("*{slot} = (*{slot}).{word}({e})"))],
                    3 => vec![value, modify(&format!("*{slot} = {word}(*{slot}, {e})"))],
                    4 => vec![
                        value,
                        modify(&format!("if {e} {comparison} *{slot} {{ *{slot} = {e}; }}")),
                    ],
                    _ => vec![value, bind, line(format!("*{slot} = {word}({e}, *{slot});"))],
                }
            })
    }

    /// An extremum of elements.
    pub(super) fn element_extremum(&mut self) -> Accumulator {
        let name = self.name("edges");
        let at = name.clone();
        let low = self.random.chance(50);
        let word = if low { "min" } else { "max" };
        let comparison = match (low, self.random.chance(50)) {
            (true, strict) => ["<=", "<"][usize::from(strict)],
            (false, strict) => [">=", ">"][usize::from(strict)],
        };
        let (start, levels, bound) = match self.random.below(4) {
            0 => ("[7i64; 6]", 1, 6),
            1 => ("vec![-3i64, 900, 4, 4, -800]", 1, 5),
            2 => ("[[1i64; 3]; 3]", 2, 3),
            _ => ("vec![vec![2i64; 4]; 4]", 2, 4),
        };
        let by_method = self.random.chance(50);
        Accumulator::new(&name)
            .declare(line(format!("let mut {name} = {start};")))
            .show(&name)
            .emit(move |maker| {
                let (e, k, l) = (maker.name("e"), maker.name("k"), maker.name("k"));
                let mut nodes = vec![
                    line(format!("let {e} = ({}) % 1009;", maker.int(2))),
                    line(format!("let {k} = {};", maker.index(bound, 1))),
                ];
                let place = if levels == 1 {
                    format!("{at}[{k}]")
                } else {
                    nodes.push(line(format!("let {l} = {};", maker.index(bound, 1))));
                    format!("{at}[{k}][{l}]")
                };
                nodes.push(if by_method {
                    line(format!("{place} = {place}.{word}({e});"))
                } else {
                    block(
                        format!("if {e} {comparison} {place}"),
                        vec![line(format!("{place} = {e};"))],
                    )
                });
                nodes
            })
    }

    fn key(&mut self) -> String {
        let modulus = self.random.between(2, 25);
        format!("({}).rem_euclid({modulus})", self.int(2))
    }

    /// `h[any] += e`.
    pub(super) fn histogram(&mut self) -> Accumulator {
        if self.random.chance(15)
            && let Some(place) = self.field("bins")
        {
            return Accumulator::new(self.state)
                .emit(move |maker| vec![line(format!("{place}[{}] += 1;", maker.index(8, 2)))]);
        }
        let name = self.name("bins");
        let at = name.clone();
        let operator = self.word(&["+=", "+=", "+=", "-=", "|=", "^="]);
        let (start, levels, bound): (&str, usize, usize) = match self.random.below(6) {
            0 => ("[0i64; 7]", 1, 7),
            1 => ("vec![1i64; 9]", 1, 9),
            2 => ("[[0i64; 5]; 5]", 2, 5),
            3 => ("vec![vec![2i64; 3]; 4]", 2, 3),
            4 => ("vec![[0i64; 6]; 6]", 2, 6),
            _ => ("[0i64, 1, 2, 3, 4, 5, 6, 7]", 1, 8),
        };
        let mut accumulator = Accumulator::new(&name).show(&name);
        if self.random.chance(20) && levels == 1 {
            let under = format!("under_{name}");
            accumulator = accumulator
                .declare(line(format!("let mut {under} = {start};")))
                .declare(line(format!("let {name} = &mut {under}[..];")));
        } else {
            accumulator = accumulator.declare(line(format!("let mut {name} = {start};")));
        }
        accumulator.emit(move |maker| {
            let value = maker.int(2);
            let place = match levels {
                1 => format!("{at}[{}]", maker.index(bound, 2)),
                _ => format!("{at}[{}][{}]", maker.index(bound, 1), maker.index(bound, 1)),
            };
            let add = line(format!("{place} {operator} {value};"));
            if maker.random.chance(15) {
                let c = maker.cond(1);
                return vec![block(format!("if {c}"), vec![add])];
            }
            vec![add]
        })
    }
}
