//! Programs as trees of lines, so that they can be printed twice and made smaller.
//!
//! Text between guillemets differs between the twins: `«plain|annotated»`. That is how attributes,
//! markers, and what only one of the twins needs are written.

use std::fmt::Write;

/// A statement or item of a generated program.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Complete on its own.
    Line(String),
    /// `head { body } tail`.
    Block {
        /// What stands before the opening brace.
        head: String,
        /// What stands between the braces.
        body: Vec<Node>,
        /// What stands behind the closing brace.
        tail: String,
    },
}

/// A line.
pub(super) fn line(text: impl Into<String>) -> Node {
    Node::Line(text.into())
}

/// `head { body }`.
pub(super) fn block(head: impl Into<String>, body: Vec<Node>) -> Node {
    closed(head, body, "")
}

/// `head { body } tail`.
pub(super) fn closed(head: impl Into<String>, body: Vec<Node>, tail: impl Into<String>) -> Node {
    Node::Block { head: head.into(), body, tail: tail.into() }
}

/// Which of the twins is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twin {
    /// Without attributes.
    Plain,
    /// With them.
    Annotated,
}

/// `nodes` as source text, `depth` levels deep.
pub(super) fn print(nodes: &[Node], twin: Twin, depth: usize, out: &mut String) {
    for node in nodes {
        match node {
            Node::Line(text) => put(text, twin, depth, out),
            Node::Block { head, body, tail } => {
                put(&format!("{head} {{"), twin, depth, out);
                print(body, twin, depth + 1, out);
                put(&format!("}}{tail}"), twin, depth, out);
            }
        }
    }
}

fn put(text: &str, twin: Twin, depth: usize, out: &mut String) {
    let text = choose(text, twin);
    if !text.trim().is_empty() {
        writeln!(out, "{:depth$}{}", "", text.trim_start(), depth = depth * 4)
            .expect("a string takes everything");
    }
}

/// `text` with each `«plain|annotated»` decided.
fn choose(text: &str, twin: Twin) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('«') {
        let (inside, after) = after.split_once('»').expect("every « has its »");
        let (plain, annotated) = inside.split_once('|').expect("«plain|annotated»");
        out.push_str(before);
        out.push_str(if twin == Twin::Plain { plain } else { annotated });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// How many lines the nodes take, both braces of a block counted.
#[must_use]
pub fn size(nodes: &[Node]) -> usize {
    nodes
        .iter()
        .map(|node| match node {
            Node::Line(_) => 1,
            Node::Block { body, .. } => 2 + size(body),
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::{Twin, block, line, print};

    #[test]
    fn the_twins_differ_where_the_text_says_so() {
        let nodes = [block("«|#[pooled] »for x in «a|b»", vec![line("«only plain|»"), line("x;")])];
        let show = |twin| {
            let mut out = String::new();
            print(&nodes, twin, 0, &mut out);
            out
        };
        assert_eq!(show(Twin::Plain), "for x in a {\n    only plain\n    x;\n}\n");
        assert_eq!(show(Twin::Annotated), "#[pooled] for x in b {\n    x;\n}\n");
    }
}
