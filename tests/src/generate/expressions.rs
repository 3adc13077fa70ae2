//! Expressions: typed, small in value, without side effects but for the exits of section 4.

use super::maker::{Maker, Question};
use super::scope::Kind;

impl Maker {
    /// An `i64` between about -10,000 and 10,000.
    pub(super) fn int(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.chance(25) {
            return self.int_leaf();
        }
        let d = depth - 1;
        match self.random.below(19) {
            0 | 1 => format!("({} + {})", self.int(d), self.int(d)),
            2 => format!("({} - {})", self.int(d), self.int(d)),
            3 => format!("({} * {} % 1009)", self.int(d), self.int(d)),
            4 => format!("({}).rem_euclid({})", self.int(d), self.random.between(2, 90)),
            5 => format!("({}).abs()", self.int(d)),
            6 => format!("(if {} {{ {} }} else {{ {} }})", self.cond(d), self.int(d), self.int(d)),
            7 => {
                let (key, a, b, c) = (self.int(d), self.int(d), self.int(d), self.int(d));
                format!("(match ({key}).rem_euclid(4) {{ 0 => {a}, 1 | 2 => {b}, _ => {c} }})")
            }
            8 => {
                let t = self.name("t");
                format!("{{ let {t} = {}; {t} - {} }}", self.int(d), self.int(d))
            }
            9 => format!("helper({})", self.int(d)),
            10 => {
                let k = self.name("k");
                let arg = self.int(d);
                format!("(|{k}: i64| {k} + {})({arg})", self.quiet(Self::int_leaf))
            }
            11 => format!("i64::from({})", self.cond(d)),
            12 => {
                let inner = self.int(d);
                format!("xs.get(({inner}).unsigned_abs() as usize).copied().unwrap_or(5)")
            }
            13 => format!("ys[({}).rem_euclid(16) as usize]", self.int(d)),
            14 => format!("(vec![{}, {}].len() as i64)", self.int(d), self.int(d)),
            15 => format!("(format!(\"{{}}\", {}).len() as i64)", self.int(d)),
            16 => {
                let (a, k) = (self.random.between(1, 5), self.name("k"));
                let inner = self.quiet(Self::int_leaf);
                format!("ys.iter().take({a}).map(|{k}| {k} - {inner}).sum::<i64>()")
            }
            17 => format!("max({}, {})", self.int(d), self.int(d)),
            _ => {
                let (pick, a, b) = (self.cond(d), self.int(d), self.int(d));
                format!("(if {pick} {{ [{a}, {b}] }} else {{ [{b}, {a}] }})[0]")
            }
        }
    }

    /// One that is only a name or a number, most of the time.
    pub(super) fn int_leaf(&mut self) -> String {
        if let Some(question) = self.exits.question
            && self.leaves()
            && self.random.chance(4)
        {
            let (item, modulus) = (self.item.clone(), self.exits.modulus);
            return match question {
                Question::Option => format!("maybe({item}, {modulus})?"),
                Question::Result(_) => format!("check({item}, {modulus})?"),
            };
        }
        match self.random.below(10) {
            0 => format!("{}i64", self.random.between(0, 99)),
            1 => String::from("base"),
            2 => {
                let lens = self.scope.of(Kind::Len);
                match lens.len() {
                    0 => String::from("(n as i64)"),
                    _ => {
                        let var = self.random.pick(&lens).clone();
                        if var.indexes && self.random.chance(70) {
                            format!("xs[{}]", var.read)
                        } else {
                            format!("({} as i64)", var.read)
                        }
                    }
                }
            }
            3 => {
                let texts = self.scope.of(Kind::Text);
                match texts.len() {
                    0 => self.int_variable(),
                    _ => format!("({}.len() as i64)", self.random.pick(&texts).read),
                }
            }
            _ => self.int_variable(),
        }
    }

    fn int_variable(&mut self) -> String {
        let ints = self.scope.of(Kind::Int);
        match ints.len() {
            0 => self.item.clone(),
            _ => self.random.pick(&ints).read.clone(),
        }
    }

    /// An expression that does not leave: for places whose `?` would be a closure's own.
    pub(super) fn quiet<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> T {
        let closure = std::mem::replace(&mut self.here.closure, true);
        let made = make(self);
        self.here.closure = closure;
        made
    }

    /// A `bool`.
    pub(super) fn cond(&mut self, depth: usize) -> String {
        let conds = self.scope.of(Kind::Cond);
        if !conds.is_empty() && self.random.chance(20) {
            return self.random.pick(&conds).read.clone();
        }
        let d = depth.saturating_sub(1);
        match self.random.below(if depth == 0 { 4 } else { 8 }) {
            0 => format!("({}) < ({})", self.int(d), self.int(d)),
            1 => format!("{} >= {}", self.int_leaf(), self.random.between(-500, 500)),
            2 => {
                let modulus = self.random.between(2, 6);
                format!("({}).rem_euclid({modulus}) == {}", self.int(d), modulus - 1)
            }
            3 => format!("({}) != {}", self.int(d), self.random.between(-3, 3)),
            4 => format!("!({})", self.cond(d)),
            5 => format!("(({}) && ({}))", self.cond(d), self.cond(d)),
            6 => format!("(({}) || ({}))", self.cond(d), self.cond(d)),
            _ => format!("matches!(({}).rem_euclid(10), 0..=3 | 7)", self.int(d)),
        }
    }

    /// A `String`.
    pub(super) fn text(&mut self, depth: usize) -> String {
        let texts = self.scope.of(Kind::Text);
        if !texts.is_empty() && self.random.chance(50) {
            return format!("{}.to_owned()", self.random.pick(&texts).read);
        }
        match self.random.below(4) {
            0 => format!("String::from(\"{}\")", self.word(&["a", "bc", "ü", ""])),
            1 => format!("({}).to_string()", self.int(depth)),
            2 => format!("format!(\"{{}}-{{:?}}\", {}, {})", self.int(depth), self.cond(0)),
            _ => {
                let ints: Vec<_> =
                    self.scope.of(Kind::Int).into_iter().filter(|v| v.read == v.name).collect();
                match ints.len() {
                    0 => format!("format!(\"<{{:>4}}>\", {})", self.int(depth)),
                    _ => format!("format!(\"<{{{}}}>\")", self.random.pick(&ints).name),
                }
            }
        }
    }

    /// An `f64` whose sums are exact: a whole number, or half of one.
    pub(super) fn real(&mut self, depth: usize) -> String {
        match self.random.below(3) {
            0 => format!("({}) as f64 * 0.5", self.int(depth)),
            1 => format!("({}) as f64", self.int(depth)),
            _ => format!("f64::from(({}) as i32) + 0.5", self.int(depth)),
        }
    }

    /// An `f64` whose sums depend on their grouping.
    pub(super) fn rough(&mut self, depth: usize) -> String {
        match self.random.below(3) {
            0 => format!("({}) as f64 * 0.1", self.int(depth)),
            1 => format!("1.0 / (({}).abs() as f64 + 0.7)", self.int(depth)),
            _ => format!("(({}).abs() as f64).sqrt() * 1e3", self.int(depth)),
        }
    }

    /// A `usize` below `bound`.
    pub(super) fn index(&mut self, bound: usize, depth: usize) -> String {
        format!("({}).rem_euclid({bound}) as usize", self.int(depth))
    }
}
