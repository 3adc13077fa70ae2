//! The scoreboard: `cargo run --release -p examples --bin scoreboard [-- DIRECTORY]`.
//!
//! The core measures, the numerical kernels and the ten scenarios, each as the sequential loop, by
//! hand, with rayon, with the crate that is made for it, and annotated. All versions of a measure
//! run in turn in every pass, beside a probe of what two threads gain at that moment; ratios are
//! formed within a pass, and what is shown is their median over all passes.
//!
//! Compilers put a loop at any multiple of 16 bytes, so that it fills one line of the instruction
//! cache or two, which is up to 1.8 times as slow on a core whose other half is busy (see
//! `kernels`). Which version is the lucky one changes with every build. So for figures to publish,
//! all versions of all loops start at a line, as the C ones do:
//!
//! ```sh
//! cargo rustc --release -p examples --bin scoreboard -- \
//!     -C llvm-args=-x86-experimental-pref-innermost-loop-alignment=6
//! target/release/scoreboard DIRECTORY
//! ```
//!
//! Prints one table and writes it to `scoreboard.md` and, as a picture, to `scoreboard.svg` in the
//! directory that is named. `--seconds N` changes how long it measures (100), `--only TEXT` runs
//! the measures with that text in their names, `--once` one pass. The feature `fork-union` adds
//! the pool of that name; it takes a C++ compiler.

mod board;
mod bodies;
#[path = "../../../../pool-runtime/benches/common/calibrate.rs"]
mod calibrate;
#[path = "../../../../pool-runtime/benches/measure/mod.rs"]
mod measure;
#[path = "../../../../pool-runtime/benches/kernels/nas/mod.rs"]
mod nas;
#[path = "../../../../pool-runtime/benches/common/pair.rs"]
mod pair;
mod picture;
mod regions;
mod sampling;
mod streams;
mod table;
#[path = "../../../../pool-runtime/benches/scenarios/ten/mod.rs"]
mod ten;
#[path = "../../../../pool-runtime/benches/common/uneven.rs"]
mod uneven;

use std::env;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use board::{Board, Machine};
use examples::contest::say;

/// What the command line says.
struct Arguments {
    directory: Option<PathBuf>,
    time: Duration,
    only: String,
}

impl Arguments {
    fn read() -> io::Result<Self> {
        let mut read =
            Self { directory: None, time: Duration::from_secs(100), only: String::new() };
        let mut arguments = env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value =
                || arguments.next().ok_or_else(|| io::Error::other("a value is missing"));
            match argument.as_str() {
                "--seconds" => {
                    let seconds = value()?.parse().map_err(io::Error::other)?;
                    read.time = Duration::from_secs(seconds);
                }
                "--only" => read.only = value()?,
                "--once" => read.time = Duration::ZERO,
                option if option.starts_with('-') => {
                    let known =
                        "`--seconds N`, `--only TEXT`, `--once`, or a directory to write to";
                    return Err(io::Error::other(format!("`{option}`: there is {known}")));
                }
                _ => read.directory = Some(argument.into()),
            }
        }
        Ok(read)
    }
}

fn main() -> io::Result<()> {
    let arguments = Arguments::read()?;
    let groups = [
        ("regions", regions::measures()),
        ("loops", bodies::measures()),
        ("streams and tasks", streams::measures()),
        ("numerical kernels", nas::measures()),
        ("scenarios", ten::measures()),
    ];
    let board = Board::measure(Machine::read(), groups, &arguments.only, arguments.time);
    say(&table::terminal(&board));
    if let Some(directory) = arguments.directory {
        fs::create_dir_all(&directory)?;
        fs::write(directory.join("scoreboard.md"), table::markdown(&board))?;
        picture::draw(&board, &directory.join("scoreboard.svg"))?;
    }
    Ok(())
}
