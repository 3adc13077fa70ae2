//! Instruction counts of the hot paths: `cargo run --release -p tests --bin instructions`.
//!
//! Runs each case of [`cases`] under callgrind and compares what it counts with
//! `tests/instructions.txt`: more than 5 % above is an error. Times on a shared machine vary by
//! more than that; counts on a path without a clock do not vary at all. There is one worker, and
//! where it is not the calling thread, it is held back while that is counted.
//!
//! `UPDATE_EXPECT=1` writes the file. Counts belong to one compiler and its standard library on
//! one kind of processor: where another one is at work, or no valgrind, this says so and passes.

mod cases;
mod counts;

use std::env;
use std::process::ExitCode;

use counts::{Counts, Outcome, Toolchain};

fn main() -> ExitCode {
    if let Some(name) = env::args().nth(1) {
        cases::run(&name);
        return ExitCode::SUCCESS;
    }
    let toolchain = Toolchain::read();
    let expected = Counts::read();
    let update = env::var_os("UPDATE_EXPECT").is_some();
    if !update && expected.toolchain != toolchain.0 {
        eprintln!("not compared: counted with {}, this is {}", expected.toolchain, toolchain.0);
        return ExitCode::SUCCESS;
    }
    let mut found = Counts { toolchain: toolchain.0, cases: Vec::new() };
    for &(name, runs, _) in cases::ALL {
        match counts::count(name) {
            Some(count) => found.cases.push((name.to_owned(), count as f64 / f64::from(runs))),
            None => {
                eprintln!("not compared: valgrind does not run here");
                return ExitCode::SUCCESS;
            }
        }
    }
    if update {
        found.write();
        return ExitCode::SUCCESS;
    }
    let mut passed = true;
    for (name, count) in &found.cases {
        let outcome = expected.judge(name, *count);
        passed &= outcome != Outcome::Risen && outcome != Outcome::Missing;
        eprintln!("{name}: {count:.1} instructions, {outcome}");
    }
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
