//! The time of one expansion: a function of 200 lines with ten parallel loops, and a small one.
//!
//! A macro crate cannot be linked, so its modules are compiled into this program.
#![allow(
    dead_code,
    unused_imports,
    missing_docs,
    unreachable_pub,
    reason = "the modules are those of the macro crate, of which one function is measured"
)]

#[path = "../src"]
mod src {
    pub(crate) mod analyse;
    pub(crate) mod diagnostics;
    pub(crate) mod expand;
    pub(crate) mod model;
    pub(crate) mod options;
    pub(crate) mod parse;
    pub(crate) mod runtime_path;
}

use src::{analyse, diagnostics, expand, model, options, parse, runtime_path};

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use proc_macro2::TokenStream;

use model::Layer;

/// A stretch of 19 lines with most of what a body can do.
const STRETCH: &str = "
    #[pooled(workers = 4, scratch(buffer = String::new()))]
    for (i, line) in lines.iter().enumerate() {
        buffer.clear();
        buffer.push_str(line.trim());
        if buffer.is_empty() || buffer.starts_with('#') {
            continue;
        }
        let value: i64 = buffer.parse()?;
        let weight = if value > 100 { 2 } else { 1 };
        total += value * weight;
        *counts.entry(value % 10).or_insert(0) += 1;
        histogram[(value & 255) as usize] += 1;
        out[i] = value;
        if value < least {
            least = value;
            at = i;
        }
        report.push(format!(\"{i}: {value}\"));
    }
";

fn long_function() -> String {
    let head = "
fn long(lines: &[String], out: &mut [i64]) -> Result<i64, std::num::ParseIntError> {
    let (mut total, mut least, mut at) = (0, i64::MAX, 0);
    let mut counts = std::collections::HashMap::new();
    let mut histogram = [0_u64; 256];
    let mut report = Vec::new();
";
    let tail = "
    println!(\"{counts:?} {histogram:?} {report:?} {least} {at}\");
    Ok(total)
}
";
    format!("{head}{}{tail}", STRETCH.repeat(10))
}

const SHORT: &str = "fn sum(values: &[u64]) -> u64 {
    let mut sum = 0;
    for value in values {
        sum += value;
    }
    sum
}";

fn bench(c: &mut Criterion) {
    let long = long_function();
    assert!((195..=210).contains(&long.lines().count()), "{}", long.lines().count());
    for (name, source) in [("200 lines, ten loops", long.as_str()), ("6 lines", SHORT)] {
        let item: TokenStream = source.parse().expect("tokens");
        let output = expand::expand(Layer::Pooled, TokenStream::new(), item.clone());
        assert!(!output.to_string().contains("compile_error"), "{output}");
        c.bench_function(&format!("expand/{name}"), |b| {
            b.iter_batched(
                || item.clone(),
                |item| black_box(expand::expand(Layer::Pooled, TokenStream::new(), item)),
                BatchSize::SmallInput,
            );
        });
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
