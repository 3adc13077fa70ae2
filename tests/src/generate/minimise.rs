//! Makes a program that shows a defect smaller, as long as it still shows it (delta debugging,
//! Zeller and Hildebrandt 2002, on the tree of statements; all candidates of a round are built
//! together).

use std::collections::BTreeSet;
use std::io;

use super::batch::{Report, Workshop, found};
use super::program::Program;
use super::text::{Node, size};

/// How a program misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// Its twins differ.
    Differs,
    /// Its plain twin compiles, the annotated one does not.
    Refused,
}

/// How many candidates are built at once.
const ROUND: usize = 48;

/// The smallest program found that has the same defect as `program`. `plain` compiles without
/// attributes on either side.
///
/// # Errors
/// What building says.
pub fn minimise(
    shop: &Workshop,
    plain: &Workshop,
    program: &Program,
    defect: Defect,
) -> io::Result<Program> {
    let mut best = program.clone();
    loop {
        let mut candidates = smaller(&best.nodes);
        candidates.sort_by_key(|nodes| weight(nodes));
        candidates.dedup();
        let mut better = None;
        for round in candidates.chunks(ROUND) {
            let round: Vec<Program> = round
                .iter()
                .enumerate()
                .map(|(at, nodes)| Program { seed: at as u64, nodes: nodes.clone() })
                .collect();
            let shows = showing(shop, plain, &round, defect)?;
            better = round.into_iter().find(|candidate| shows.contains(&found(candidate)));
            if better.is_some() {
                break;
            }
        }
        match better {
            Some(better) => best.nodes = better.nodes,
            None => return Ok(best),
        }
    }
}

fn showing(
    shop: &Workshop,
    plain: &Workshop,
    round: &[Program],
    defect: Defect,
) -> io::Result<BTreeSet<String>> {
    let names = |list: Vec<String>| list.into_iter().collect::<BTreeSet<_>>();
    if defect == Defect::Differs {
        let report = shop.compare(round, ROUND / 2)?;
        return Ok(names(differing(report)));
    }
    let unsound = plain.compare(round, ROUND / 2)?;
    let unsound = names(unsound.refused.into_iter().map(|(name, _)| name).collect());
    let valid: Vec<Program> =
        round.iter().filter(|candidate| !unsound.contains(&found(candidate))).cloned().collect();
    let report = shop.compare(&valid, ROUND / 2)?;
    Ok(names(report.refused.into_iter().map(|(name, _)| name).collect()))
}

/// Those whose plain twin at least ends.
fn differing(report: Report) -> Vec<String> {
    let ends = |how: &String| !how.contains("hangs in plain");
    report.differs.into_iter().filter(|(_, how)| ends(how)).map(|(name, _)| name).collect()
}

fn weight(nodes: &[Node]) -> usize {
    fn text(nodes: &[Node]) -> usize {
        nodes
            .iter()
            .map(|node| match node {
                Node::Line(line) => line.len(),
                Node::Block { head, body, tail } => head.len() + tail.len() + text(body),
            })
            .sum()
    }
    size(nodes) * 40 + text(nodes)
}

/// Every tree with one node, or one run of nodes, less; with one block opened; with one
/// expression in parentheses made simple.
fn smaller(nodes: &[Node]) -> Vec<Vec<Node>> {
    let mut all = Vec::new();
    let mut run = nodes.len() / 2;
    while run > 1 {
        for at in (0..=nodes.len() - run).step_by(run) {
            all.push([&nodes[..at], &nodes[at + run..]].concat());
        }
        run /= 2;
    }
    for (at, node) in nodes.iter().enumerate() {
        let with = |new: Vec<Node>| [&nodes[..at], &new, &nodes[at + 1..]].concat();
        all.push(with(Vec::new()));
        match node {
            Node::Line(text) => {
                all.extend(simpler(text).into_iter().map(|text| with(vec![Node::Line(text)])));
            }
            Node::Block { head, body, tail } => {
                all.push(with(body.clone()));
                let block = |head: &str, body| Node::Block {
                    head: head.to_owned(),
                    body,
                    tail: tail.clone(),
                };
                all.extend(smaller(body).into_iter().map(|body| with(vec![block(head, body)])));
                all.extend(
                    simpler(head).into_iter().map(|head| with(vec![block(&head, body.clone())])),
                );
            }
        }
    }
    all
}

/// `text` with one balanced group in parentheses replaced by a number, or unwrapped.
fn simpler(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (from, _) in text.match_indices('(') {
        let mut depth = 0;
        let Some(to) = text[from..].char_indices().find_map(|(at, c)| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            (depth == 0).then_some(from + at)
        }) else {
            continue;
        };
        for new in ["1i64", "x", "true"] {
            if to - from > new.len() + 1 {
                all.push(format!("{}({new}){}", &text[..from], &text[to + 1..]));
            }
        }
        if text[from + 1..to].contains('(') {
            all.push(format!("{}{}{}", &text[..from], &text[from + 1..to], &text[to + 1..]));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::text::{block, line};
    use super::{simpler, smaller, weight};

    #[test]
    fn every_candidate_is_smaller_and_each_node_goes_once() {
        let nodes = [line("a(b + (c));"), block("if (d)", vec![line("e"), line("f")]), line("g")];
        let all = smaller(&nodes);
        assert!(all.iter().all(|candidate| weight(candidate) < weight(&nodes)));
        for gone in ["a(b + (c));", "e", "f", "g"] {
            assert!(all.iter().any(|tree| !format!("{tree:?}").contains(&format!("{gone:?}"))));
        }
        assert!(simpler("a(b + (c));").contains(&String::from("a(x);")));
    }
}
