//! What analysis finds in a loop: each captured variable with its meaning, or what is said of it.

use quote::ToTokens;

use crate::analyse::names::Names;
use crate::analyse::verdict::{Accumulator, Kind};
use crate::analyse::{self, Facts};
use crate::diagnostics::{Errors, readable};
use crate::model::{Layer, Plan};
use crate::parse;

/// `sum: add, best at: extremum; private: x; leaves by break`, or the messages.
fn found(source: &str) -> String {
    found_with("", source)
}

fn found_with(keys: &str, source: &str) -> String {
    let errors = Errors::new();
    let keys = keys.parse().expect("keys");
    let item = source.parse().expect("a function");
    let Some(Plan::Loop(mut plan)) = parse::plan(Layer::Pooled, keys, item, &errors) else {
        panic!("no loop: {source}")
    };
    let names = Names::resolve(&mut plan.function);
    let private = quote::quote!(private);
    let facts = analyse::of_function(&plan.function, &plan.loops, &names, &private, &errors);
    let text = facts.iter().flatten().map(|facts| described(facts, &names)).collect::<String>();
    match errors.check() {
        Ok(()) => text,
        Err(error) => {
            let messages: Vec<String> = error.into_iter().map(|one| one.to_string()).collect();
            messages.join("\n")
        }
    }
}

fn described(facts: &Facts, names: &Names) -> String {
    let accumulators: Vec<String> =
        facts.verdict.accumulators.iter().map(|one| accumulator(one, names)).collect();
    let mut text = accumulators.join(", ");
    let privates: Vec<String> = facts.verdict.privates.iter().map(|var| names.name(*var)).collect();
    if !privates.is_empty() {
        text += &format!("; private: {}", privates.join(", "));
    }
    for (exit, word) in
        [(facts.exits.tries, "?"), (facts.exits.returns, "return"), (facts.exits.breaks, "break")]
    {
        if exit.is_some() {
            text += &format!("; leaves by {word}");
        }
    }
    text
}

fn accumulator(one: &Accumulator, names: &Names) -> String {
    let places: Vec<String> = one
        .members
        .iter()
        .map(|member| readable(&names.restore_expr(member.spelling.clone()).to_token_stream()))
        .collect();
    let kind = match &one.kind {
        Kind::Named(name, arguments) if arguments.is_empty() => (*name).to_owned(),
        Kind::Named(name, arguments) => format!("{name}({})", readable(arguments)),
        Kind::Fold(fold) => fold.name(),
        Kind::Best(found) if found.departs => "the last one".to_owned(),
        Kind::Best(_) => "extremum".to_owned(),
        Kind::Window(position) => format!("written at index {position}"),
    };
    format!("{}: {kind}", places.join(" "))
}

/// A function over `xs` with this body and these variables.
fn body(variables: &str, body: &str) -> String {
    found(&format!(
        "fn f(xs: &[u64]) {{ {variables} for (i, &x) in xs.iter().enumerate() {{ {body} }} use_of(r); }}"
    ))
}

#[test]
fn the_operators() {
    for (statement, rule) in [
        ("r += x;", "add"),
        ("r -= x;", "net"),
        ("r += x; r -= 1;", "net"),
        ("r *= x;", "mul"),
        ("r |= x;", "or"),
        ("r &= x;", "and"),
        ("r ^= x;", "xor"),
        ("r = r + x + 1;", "add"),
        ("r = x + r;", "add"),
        ("r = r.wrapping_mul(x);", "wrapping_mul"),
        ("r = x.min(r);", "min"),
        ("r = std::cmp::max(r, x);", "max"),
        ("if x < r { r = x; }", "extremum"),
        ("r.push(x);", "collect"),
        ("if x > 1 { r.push(x); }", "append"),
        ("write!(r, \"{x}\").unwrap();", "append"),
        ("r.insert(x);", "insert"),
        ("r[x as usize] += 1;", "bins(add)"),
        ("r[i] = x;", "written at index 0"),
        ("r[0][i] = x;", "written at index 1"),
    ] {
        assert_eq!(body("let mut r = start();", statement), format!("r: {rule}"), "{statement}");
    }
}

#[test]
fn the_entries_of_maps() {
    for (statement, rule) in [
        ("*r.entry(x).or_insert(0) += 1;", "entry(add)"),
        ("*r.entry(x).or_insert(7) += 1;", "entry_from(add, same)"),
        ("*r.entry(x).or_insert(x) += 1;", "entry_from(add)"),
        ("r.entry(x).and_modify(|n| *n += 1).or_insert(1);", "entry(add)"),
        ("r.entry(x).or_default().push(i);", "entry(append)"),
        ("r.entry(x).or_default().entry(i).or_default().push(x);", "entry(entry(append))"),
        ("r.entry(x).or_default()[i] += 1;", "entry_rows(bins(add), same)"),
        ("let m = r.entry(x).or_insert(0); *m = (*m).max(i);", "entry_held(max)"),
        ("let m = r.entry(x).or_insert(i); *m = (*m).max(i);", "entry(max)"),
        (
            "let s = r.entry(x).or_default(); s.count += 1; s.by[i] ^= x;",
            "entry_rows(fields([count] add, [by] bins(xor)), same)",
        ),
    ] {
        assert_eq!(body("let mut r = start();", statement), format!("r: {rule}"), "{statement}");
    }
}

#[test]
fn the_best_by_a_part() {
    let of = |statement: &str| body("let mut r: Map = start();", statement);
    let expected = "r: entry_held(by(|later, so_far | later.0>so_far.0))";
    let start = "let e = r.entry(x).or_default();";
    for statement in ["if x > e.0 { *e = (x, i); }", "if x > e.0 { e.0 = x; e.1 = i; }"] {
        assert_eq!(of(&format!("{start} {statement}")).replace(" . ", "."), expected);
    }
    let broken = of(&format!("{start} if x >= e.0 {{ *e = (x, i); }}"));
    assert!(broken.starts_with("of several candidates that compare as equal"), "{broken}");
    let broken = of(&format!("{start} if x > e.0 {{ *e = (x + 1, i); }}"));
    assert!(broken.starts_with("the value that an extremum compares"), "{broken}");
}

#[test]
fn private_variables() {
    let of = |statements: &str| {
        found(&format!("fn f(xs: &[u64]) {{ let mut t; for &x in xs {{ {statements} }} }}"))
    };
    assert_eq!(of("t = x; use_of(t);"), "; private: t");
    assert_eq!(of("if x > 1 { t = x; } else { t = 2; } use_of(t);"), "; private: t");
    let read = of("if x > 1 { t = x; } use_of(t);");
    assert!(read.starts_with("`t` is assigned, and every iteration sees"), "{read}");
}

#[test]
fn what_is_assigned_on_the_way_out() {
    let of = |statement: &str| body("let mut r = None;", statement);
    let expected = "r: the last one; leaves by break";
    assert_eq!(of("if x == 7 { r = Some(i); break; }"), expected);
    assert_eq!(of("match x { 7 => { r = Some(i); log(); break } _ => {} }"), expected);
    for statement in [
        "if x == 7 { r = Some(i); }",
        "if x == 7 { r = Some(i); if i > 3 { continue; } break; }",
        "loop { r = Some(i); break; }",
    ] {
        let said = of(statement);
        assert!(said.starts_with("`r = Some(..)` keeps one item of many"), "{said}");
    }
}

#[test]
fn the_ways_out() {
    assert_eq!(
        found(
            "fn f(xs: &[u64]) -> Option<u64> { for x in xs { if *x > 3 { return None; } g(x)?; } None }"
        ),
        "; leaves by ?; leaves by return"
    );
    assert_eq!(found("fn f(xs: &[u64]) { for x in xs { loop { break; } } }"), "");
    let outer = found("fn f(xs: &[u64]) { 'a: loop { #[pooled] for x in xs { break 'a; } } }");
    assert!(outer.starts_with("`break 'a` leaves the parallel loop"), "{outer}");
}

#[test]
fn what_the_attribute_says_goes_first() {
    let source = "fn f(xs: &[u64]) { let mut r = R::new(); for x in xs { r.add(x); } use_of(r); }";
    assert_eq!(found_with("reduce(r)", source), "r: merge");
    assert_eq!(found_with("reduce(r: +)", source), "r: add");
}

/// The variables that the first loop of a function is lent.
fn lent(source: &str) -> String {
    let errors = Errors::new();
    let item = source.parse().expect("a function");
    let Some(Plan::Loop(mut plan)) =
        parse::plan(Layer::Pooled, proc_macro2::TokenStream::new(), item, &errors)
    else {
        panic!("no loop: {source}")
    };
    let names = Names::resolve(&mut plan.function);
    let private = quote::quote!(private);
    let facts = analyse::of_function(&plan.function, &plan.loops, &names, &private, &errors);
    errors.check().expect(source);
    let lent = facts.iter().flatten().flat_map(|facts| &facts.lent);
    let lent: Vec<String> = lent.map(|ident| names.restore_ident(ident).to_string()).collect();
    lent.join(" ")
}

#[test]
fn references_and_numbers_are_lent_unless_the_body_may_borrow_them() {
    let body = |body: &str| {
        lent(&format!(
            "fn f(a: &[f64], m: &mut Vec<f64>, v: Vec<f64>, n: usize, out: &mut [f64]) {{
                let w: u32 = 3;
                let b = &v;
                let c = v.as_slice();
                for i in 0..out.len() {{ {body} }}
            }}"
        ))
    };
    assert_eq!(body("out[i] = a[i] + n as f64 + b[w as usize] + c[i];"), "a b n w");
    assert_eq!(body("out[i] = a.iter().sum::<f64>() + v[i] + m[i];"), "a");
    assert_eq!(body("out[i] = g(&a, &n, n, b);"), "b");
    assert_eq!(body("out[i] = n.pow(2) as f64 + a[i];"), "a");
    assert_eq!(body("out[i] = b.iter().map(|x| x + a[n]).sum();"), "b");
    assert_eq!(body("out[i] = h!(a, b, n); assert!(w > 1);"), "w");
    assert_eq!(body("println!(\"{n} {}\", a[i]); out[i] = 1.0;"), "a n");
    let nothing_written = "fn f(a: &[f64]) -> f64 {
        let mut s = 0.0;
        for i in 0..a.len() { s += a[i]; }
        s
    }";
    assert_eq!(lent(nothing_written), "");
}
