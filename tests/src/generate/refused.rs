//! Programs that section 8 of the language refuses: a valid one with one mistake in it.

use super::maker::Maker;
use super::program::{mark, one_loop};
use super::text::{Node, Twin, block, line, print};

/// A program that must not compile.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The kind of mistake and a number.
    pub name: String,
    /// Its items.
    pub nodes: Vec<Node>,
    /// What some message must name, or the line that it stands at.
    pub names: &'static str,
    /// Whether only the compiler can find it, by types and names.
    pub by_type: bool,
}

impl Refused {
    /// The program.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = format!("// {}\n", self.name);
        print(&self.nodes, Twin::Annotated, 0, &mut out);
        out
    }
}

/// Where the mistake is put.
enum Put {
    /// In the body, anywhere.
    Body,
    /// In the body, under an index loop.
    Indexed,
    /// Into the keys of the attribute.
    Keys,
    /// Before the word `fn`.
    Function,
}

/// One kind of mistake.
struct Mistake {
    name: &'static str,
    put: Put,
    /// What the function declares for it.
    before: &'static str,
    /// The mistake.
    text: &'static str,
    /// What the function does with it afterwards.
    after: &'static str,
    /// What the message must name.
    names: &'static str,
}

const fn body(
    name: &'static str,
    before: &'static str,
    text: &'static str,
    after: &'static str,
) -> Mistake {
    Mistake { name, put: Put::Body, before, text, after, names: "odd" }
}

const fn indexed(name: &'static str, before: &'static str, text: &'static str) -> Mistake {
    Mistake { name, put: Put::Indexed, before, text, after: "let _ = &odd;", names: "odd" }
}

const fn keys(name: &'static str, text: &'static str, names: &'static str) -> Mistake {
    Mistake { name, put: Put::Keys, before: "", text, after: "", names }
}

const fn function(name: &'static str, text: &'static str) -> Mistake {
    Mistake { name, put: Put::Function, before: "", text, after: "", names: text }
}

const NUMBER: &str = "let mut odd = 1i64;";
const LIST: &str = "let mut odd = vec![3i64, 1, 2];";
const OUT: &str = "let mut odd = vec![1i64; n + 9];";
const USED: &str = "let _ = &odd;";

const MISTAKES: &[Mistake] = &[
    // Changed in no known form.
    body("recurrence", NUMBER, "odd = (odd * 3 + ITEM) % 1009;", USED),
    body("negation", NUMBER, "odd = -odd;", USED),
    body("remainder", NUMBER, "odd %= 7;", USED),
    body("quotient", NUMBER, "odd /= 2;", USED),
    body("shift", NUMBER, "odd <<= 1;", USED),
    body("last_value", NUMBER, "if ITEM > 3 { odd = ITEM; }", "let _ = odd + 1;"),
    body("swap", NUMBER, "let mut v = ITEM; std::mem::swap(&mut odd, &mut v);", USED),
    body("replace", NUMBER, "let _ = std::mem::replace(&mut odd, ITEM);", USED),
    body("passed_on", NUMBER, "bump(&mut odd, ITEM);", USED),
    body("difference_to_itself", NUMBER, "odd = ITEM - odd;", USED),
    body("field", "let mut odd = (1i64, 2i64);", "odd.1 = odd.1 * 2 + ITEM;", USED),
    body(
        "behind_a_reference",
        "let mut x = 1i64; let odd = &mut x;",
        "*odd = *odd % 9 + ITEM;",
        USED,
    ),
    body("element", LIST, "odd[0] = ITEM;", USED),
    body("swapped_elements", LIST, "odd.swap(0, 1);", USED),
    body("sorted", LIST, "odd.sort();", USED),
    body("popped", LIST, "odd.pop();", USED),
    body("cleared", LIST, "odd.clear();", USED),
    body("removed", "let mut odd = BTreeSet::from([1i64]);", "odd.remove(&ITEM);", USED),
    // Two forms that do not go together.
    body("sum_and_product", NUMBER, "odd += ITEM; odd *= 3;", USED),
    body("sum_and_minimum", NUMBER, "odd += ITEM; odd = odd.min(ITEM);", USED),
    Mistake {
        // Short messages of the compiler stand at the attribute, and do not show the variable.
        names: "`insert`",
        ..body("push_and_insert", LIST, "odd.push(ITEM); odd.insert(0, 4);", USED)
    },
    // Read outside its form.
    body("read", NUMBER, "odd += ITEM; let _ = odd + 2;", USED),
    body("read_in_a_condition", NUMBER, "odd += ITEM; if odd > 40 { let _ = 4; }", USED),
    body("read_in_its_own_value", NUMBER, "odd += odd % 7 + ITEM;", USED),
    body("read_in_a_format_string", NUMBER, "odd += 1; let _ = format!(\"{odd}\");", USED),
    body("read_by_a_macro", NUMBER, "odd += 1; assert!(odd > -5, \"{}\", ITEM);", USED),
    body("read_in_a_closure", NUMBER, "odd += 1; let c = |k: i64| k + odd; let _ = c(3);", USED),
    body("length_of_a_sequence", LIST, "odd.push(ITEM); let _ = odd.len();", USED),
    body(
        "look_up",
        "let mut odd = std::collections::BTreeMap::new();",
        "*odd.entry(ITEM).or_insert(0) += 1; let _ = odd.get(&4);",
        USED,
    ),
    body("best_read_elsewhere", NUMBER, "if ITEM < odd { odd = ITEM; } let _ = odd - 1;", USED),
    body("histogram_read", "let mut odd = [0i64; 4];", "odd[1] += ITEM; let _ = odd[2];", USED),
    // Indices.
    indexed("neighbour", OUT, "odd[INDEX] = 3; odd[INDEX + 1] = 4;"),
    indexed("neighbour_read", OUT, "odd[INDEX] = odd[INDEX + 1] + 1;"),
    indexed("fixed_index", OUT, "odd[INDEX] = 1; odd[0] = 2;"),
    indexed("shifted_alone", OUT, "odd[INDEX + 2] = 5;"),
    indexed("scattered", OUT, "odd[(INDEX * 7) % 9] = 5;"),
    indexed(
        "two_positions",
        "let mut odd = vec![vec![0i64; n + 9]; n + 9];",
        "odd[INDEX][0] = 1; odd[1][INDEX] = 2;",
    ),
    indexed("length_and_neighbour", OUT, "odd[INDEX] = 1; let _ = odd[odd.len() - 1];"),
    // Control flow.
    Mistake { names: "'outer", ..body("outer_break", "", "if ITEM == 1 { break 'outer; }", "") },
    Mistake {
        names: "'outer",
        ..body("outer_continue", "", "if ITEM == 1 { continue 'outer; }", "")
    },
    Mistake {
        names: "odd!",
        ..body(
            "unknown_macro",
            "macro_rules! odd { ($x:expr) => { $x += 1 } } let mut even = 0i64;",
            "even += ITEM; odd!(even);",
            "let _ = even;",
        )
    },
    Mistake { names: "?", ..body("question_without_result", "", "let _ = check(ITEM, 9)?;", "") },
    // Types.
    Mistake {
        names: "Rc",
        ..body("not_sync", "let odd = Rc::new(3i64);", "let _ = *odd + ITEM;", USED)
    },
    Mistake {
        names: "Cell",
        ..body(
            "a_cell",
            "let odd = std::cell::Cell::new(3i64);",
            "odd.set(odd.get() + ITEM);",
            USED,
        )
    },
    // Keys.
    keys("unknown_key", "worker = 3", "worker"),
    keys("doubled_key", "name = \"a\", name = \"b\"", "name"),
    keys("no_workers", "workers = 0", "workers"),
    keys("no_chunk", "chunk = 0", "chunk"),
    keys("dropped_without_policy", "dropped = n", "dropped"),
    keys("a_queue_without_bounded", "queue = 5", "queue"),
    keys("a_size_without_batched", "size = 5", "size"),
    keys("wrong_kind", "chunk = \"many\"", "chunk"),
    keys("scratch_of_nothing", "scratch(missing)", "missing"),
    keys("reduce_without_name", "reduce(+)", "reduce"),
    keys("unknown_operator", "reduce(base: average)", "average"),
    keys("unknown_errors", "errors = \"some\"", "errors"),
    keys("zero_timeout", "timeout = \"0s\"", "timeout"),
    function("constant", "const"),
    Mistake { names: "extern", ..function("foreign", "extern \"C\"") },
    function("asynchronous", "async"),
];

/// How many kinds of mistakes there are.
pub const KINDS: usize = MISTAKES.len();

/// The refused program of kind `kind % KINDS` that follows from `seed`.
#[must_use]
pub fn refused(kind: usize, seed: u64) -> Refused {
    let mistake = &MISTAKES[kind % KINDS];
    let mut maker = Maker::new(seed);
    maker.exits.modulus = 100;
    let source = match mistake.put {
        Put::Indexed => maker.index_source(),
        _ => maker.source(),
    };
    let (item, index) = (source.item.clone(), source.index.clone().unwrap_or_default());
    let mut nodes = vec![
        line("let n = input.n;"),
        line("let (xs, ys, words) = (&input.xs[..], &input.ys[..], &input.words[..]);"),
        line("let base: i64 = 7;"),
        line(mistake.before),
    ];
    let (mut made, own) = one_loop(&mut maker, source, &mut Vec::new(), &mut nodes);
    let text = mistake.text.replace("ITEM", &item).replace("INDEX", &index);
    let merged;
    let mut keys: Vec<&str> = vec!["crate = ::pool_runtime"];
    if !own.is_empty() {
        keys.push(&own);
    }
    match mistake.put {
        Put::Body | Put::Indexed => insert(&mut made, &mut maker, &text),
        // A second `reduce(..)` would be another mistake.
        Put::Keys => match (own.find("reduce("), mistake.text.strip_prefix("reduce(")) {
            (Some(at), Some(entry)) => {
                let at = at + "reduce(".len();
                let entry = entry.trim_end_matches(')');
                merged = format!("{}{entry}, {}", &own[..at], &own[at..]);
                keys[1] = &merged;
            }
            _ => keys.push(mistake.text),
        },
        Put::Function => {}
    }
    if mistake.names == "'outer" {
        let keys = keys.split_off(1).join(", ");
        mark(&mut made, &format!("pooled({keys})"));
        made = block("'outer: for _ in 0..2", vec![made]);
    }
    nodes.push(made);
    nodes.push(line(mistake.after));
    let prefix = if matches!(mistake.put, Put::Function) { mistake.text } else { "" };
    let function = block(format!("{prefix} fn f(input: &Input, state: &mut State)"), nodes);
    Refused {
        name: format!("{}_{seed}", mistake.name),
        nodes: vec![line(format!("#[pooled({})]", keys.join(", "))), function],
        names: mistake.names,
        by_type: matches!(
            mistake.name,
            "not_sync" | "a_cell" | "push_and_insert" | "scratch_of_nothing"
        ),
    }
}

/// Puts `text` at the end of the loop's body or of some block in it.
fn insert(node: &mut Node, maker: &mut Maker, text: &str) {
    let Node::Block { body, .. } = node else { return };
    if maker.random.chance(50) {
        let blocks: Vec<usize> = (0..body.len()).filter(|&at| is_flow(&body[at])).collect();
        if !blocks.is_empty() {
            let at = *maker.random.pick(&blocks);
            return insert(&mut body[at], maker, text);
        }
    }
    body.push(line(text));
}

/// Whether statements may be added to this block, and are the loop's own there.
fn is_flow(node: &Node) -> bool {
    let Node::Block { head, body, .. } = node else { return false };
    // The block of an extremum can only assign.
    let compared = |node: &Node| {
        matches!(node, Node::Line(text)
            if text.split_once(" = ").is_some_and(|(left, _)| head.contains(left.trim())))
    };
    let extremum = head.starts_with("if ") && body.iter().any(compared);
    let flows = ["if ", "else", "for ", "while "].iter().any(|word| head.starts_with(word));
    head.is_empty() || flows && !extremum
}
