//! One annotated function over `workers` x `chunk`: medians as a table and as an SVG plot. The
//! argument names the file; without one, `sweep.svg` in the directory for temporary files.
//!
//! A sum of floats is put together block by block, so that `chunk` is what its workers do between
//! two look-ups of what is next: with one item a block that is all they do, and a block as long as
//! the input leaves nothing to share.

use std::error::Error;

use examples::contest::say;
use examples::sweep::Sweep;
use examples::{Args, machine};
use pool_runtime::pooled;

fn sequential(values: &[f64]) -> f64 {
    let mut sum = 0.0;
    for value in values {
        sum += value.sqrt();
    }
    sum
}

#[pooled(workers = workers, chunk = chunk)]
fn roots(values: &[f64], workers: usize, chunk: usize) -> f64 {
    let mut sum = 0.0;
    for value in values {
        sum += value.sqrt();
    }
    sum
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::read();
    machine();
    let n = args.scaled(1_000_000) as u32;
    let values: Vec<f64> = (0..n).map(f64::from).collect();
    let chunks = (0..).map(|power| 10_usize.pow(power));
    let sweep = Sweep {
        workers: vec![1, 2, 4, 8],
        chunks: chunks.take_while(|&chunk| chunk <= n as usize).collect(),
        runs: args.runs(),
    };
    let swept = sweep.run(|| sequential(&values), |workers, chunk| roots(&values, workers, chunk));
    say(&format!("sum of {n} square roots, sequential {:.2?}", swept.sequential));
    say(&swept.table().to_string());
    if let Some((workers, chunk, time)) = swept.best() {
        say(&format!("least: workers = {workers}, chunk = {chunk}, {time:.2?}"));
    }
    let path = args.path.unwrap_or_else(|| std::env::temp_dir().join("sweep.svg"));
    let cores = pool_runtime::report().cores;
    std::fs::write(&path, swept.svg(&format!("sum of {n} square roots, {cores} cores"))?)?;
    say(&format!("the plot is in {}", path.display()));
    Ok(())
}
