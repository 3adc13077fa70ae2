//! Builds programs into binaries of one scratch package, and runs them.
//!
//! Programs that do not compile are found by the lines of their errors, reported, and left out of
//! the next attempt; programs that end the process likewise.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use super::program::Program;
use super::text::{Node, Twin, print};

/// A scratch package that programs are built in; deps are built once per directory.
#[derive(Debug)]
pub struct Workshop {
    root: PathBuf,
    /// Shared by all workshops of one parent directory.
    target: PathBuf,
    /// What binaries are called before their number: the package's name.
    package: String,
    /// What the annotated twin really is: the plain one when the generator itself is tested.
    second: Twin,
}

/// What became of a batch.
#[derive(Debug, Default)]
pub struct Report {
    /// Programs that ran.
    pub programs: usize,
    /// Runs of annotated twins.
    pub runs: usize,
    /// Programs whose bodies were seen on more than one thread.
    pub parallel: usize,
    /// Programs whose twins differ, or that ended the process: name and how.
    pub differs: Vec<(String, String)>,
    /// Programs that did not compile: name and the errors.
    pub refused: Vec<(String, Vec<String>)>,
}

impl Report {
    /// Adds what became of another batch.
    pub fn add(&mut self, other: Self) {
        self.programs += other.programs;
        self.runs += other.runs;
        self.parallel += other.parallel;
        self.differs.extend(other.differs);
        self.refused.extend(other.refused);
    }
}

/// Items to compile under a name, and the errors they get.
struct Unit<'a> {
    name: String,
    nodes: &'a [Node],
}

/// The names of programs, in order of file and line.
type Lines = Vec<(PathBuf, usize, String)>;

impl Workshop {
    /// A package below `root` (which need not exist), for programs against the crates whose
    /// `tests` package is at `tests`.
    ///
    /// # Errors
    /// What the file system says.
    pub fn new(root: &Path, tests: &Path, second: Twin) -> io::Result<Self> {
        let workspace = tests.parent().expect("the package is in the workspace");
        fs::create_dir_all(root.join("src/bin"))?;
        let package =
            root.file_name().expect("a directory of its own").to_string_lossy().into_owned();
        let manifest = format!(
            "[package]\nname = {package:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\npool-runtime = {{ path = {:?} }}\ntests = {{ path = {tests:?} }}\n\n\
             [workspace]\n\n\
             [profile.dev]\ndebug = false\nincremental = false\n",
            workspace.join("pool-runtime"),
        );
        write(&root.join("Cargo.toml"), &manifest)?;
        fs::copy(workspace.join("Cargo.lock"), root.join("Cargo.lock"))?;
        let target = root.with_file_name("target");
        Ok(Self { root: root.to_owned(), target, package, second })
    }

    /// Builds and runs all of `programs`, `per_binary` in each binary.
    ///
    /// # Errors
    /// What the file system says, or the compiler where the error is in no program.
    pub fn compare(&self, programs: &[Program], per_binary: usize) -> io::Result<Report> {
        let mut report = Report::default();
        let mut left: Vec<&Program> = programs.iter().collect();
        let binaries = loop {
            if left.is_empty() {
                return Ok(report);
            }
            let units: Vec<Unit<'_>> =
                left.iter().map(|p| Unit { name: found(p), nodes: &p.nodes }).collect();
            let count = units.len().div_ceil(per_binary.max(1)).max(1);
            let (lines, binaries) = self.write_binaries(&units, count)?;
            let errors = self.cargo("build", &lines)?;
            if errors.is_empty() {
                break binaries;
            }
            for program in left.iter().filter(|program| errors.contains_key(&found(program))) {
                self.keep(program)?;
            }
            left.retain(|program| !errors.contains_key(&found(program)));
            report.refused.extend(errors);
        };
        for binary in binaries {
            self.run(&binary, &mut report)?;
        }
        for program in left {
            if report.differs.iter().any(|(name, _)| *name == found(program)) {
                self.keep(program)?;
            }
        }
        Ok(report)
    }

    /// The errors of each of `programs`, which are compiled with attributes only; each with the
    /// line that it stands at.
    ///
    /// # Errors
    /// As [`compare`](Self::compare).
    pub fn errors(
        &self,
        programs: &[(String, Vec<Node>)],
    ) -> io::Result<BTreeMap<String, Vec<String>>> {
        let mut text = HEADER.to_owned();
        let mut lines = Lines::new();
        let file = PathBuf::from(format!("src/bin/{}-b0.rs", self.package));
        for (name, nodes) in programs {
            lines.push((file.clone(), text.lines().count() + 1, name.clone()));
            writeln!(text, "mod {name} {{").expect("a string takes everything");
            text.push_str(USES);
            print(nodes, Twin::Annotated, 1, &mut text);
            text.push_str("}\n");
        }
        text.push_str("fn main() {}\n");
        self.clear()?;
        write(&self.root.join(&file), &text)?;
        let mut errors = self.cargo("check", &lines)?;
        let shown: Vec<&str> = text.lines().collect();
        for error in errors.values_mut().flatten() {
            let row = error.split(':').nth(1).and_then(|row| row.parse::<usize>().ok());
            if let Some(line) = row.and_then(|row| shown.get(row.wrapping_sub(1))) {
                error.push_str(" | ");
                error.push_str(line.trim());
            }
        }
        Ok(errors)
    }

    /// Leaves the text of a program that is in some report.
    fn keep(&self, program: &Program) -> io::Result<()> {
        fs::create_dir_all(self.root.join("found"))?;
        write(&self.root.join("found").join(found(program) + ".rs"), &program.text(Twin::Annotated))
    }

    fn clear(&self) -> io::Result<()> {
        for entry in fs::read_dir(self.root.join("src/bin"))? {
            fs::remove_file(entry?.path())?;
        }
        Ok(())
    }

    fn write_binaries(&self, units: &[Unit<'_>], count: usize) -> io::Result<(Lines, Vec<String>)> {
        self.clear()?;
        let (mut lines, mut binaries) = (Lines::new(), Vec::new());
        for (at, units) in units.chunks(units.len().div_ceil(count).max(1)).enumerate() {
            let binary = format!("{}-b{at}", self.package);
            let file = PathBuf::from(format!("src/bin/{binary}.rs"));
            let mut text = HEADER.to_owned();
            let mut cases = String::new();
            for unit in units {
                let name = &unit.name;
                lines.push((file.clone(), text.lines().count() + 1, name.clone()));
                writeln!(text, "mod {name} {{").expect("a string takes everything");
                for (twin, shown) in [("plain", Twin::Plain), ("annotated", self.second)] {
                    writeln!(text, "pub mod {twin} {{").expect("a string takes everything");
                    text.push_str(USES);
                    print(unit.nodes, shown, 1, &mut text);
                    text.push_str("}\n");
                }
                text.push_str("}\n");
                writeln!(
                    cases,
                    "Case {{ name: {name:?}, plain: {name}::plain::run, \
                     annotated: {name}::annotated::run }},"
                )
                .expect("a string takes everything");
            }
            lines.push((file.clone(), text.lines().count() + 1, String::new()));
            text.push_str("use tests::generate::run::{Case, main as run};\n");
            writeln!(text, "fn main() {{ run(&[\n{cases}]) }}").expect("a string takes everything");
            write(&self.root.join(&file), &text)?;
            binaries.push(binary);
        }
        Ok((lines, binaries))
    }

    /// Runs cargo; the errors by program.
    fn cargo(&self, command: &str, lines: &Lines) -> io::Result<BTreeMap<String, Vec<String>>> {
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args([command, "--offline", "--bins", "--keep-going", "--message-format=short"])
            .args(["--quiet", "--target-dir"])
            .arg(&self.target)
            .current_dir(&self.root)
            .env_remove("RUSTFLAGS")
            .output()?;
        let text = String::from_utf8_lossy(&output.stderr);
        let mut errors: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for message in text.lines().filter(|line| line.contains(": error")) {
            let mut parts = message.splitn(4, ':');
            let (file, row) = (parts.next(), parts.next());
            let row = row.and_then(|row| row.parse::<usize>().ok());
            let unit = row.and_then(|row| {
                lines
                    .iter()
                    .rev()
                    .find(|(path, first, _)| file.map(Path::new) == Some(path) && *first <= row)
                    .filter(|(_, _, name)| !name.is_empty())
            });
            let Some((_, _, name)) = unit else {
                return Err(io::Error::other(format!("{message}\nin no program:\n{text}")));
            };
            errors.entry(name.clone()).or_default().push(message.to_owned());
        }
        if errors.is_empty() && !output.status.success() {
            return Err(io::Error::other(text.into_owned()));
        }
        Ok(errors)
    }

    /// Runs one binary to its end, again without each program that ends the process.
    fn run(&self, binary: &str, report: &mut Report) -> io::Result<()> {
        let mut skipped: Vec<String> = Vec::new();
        loop {
            let output =
                Command::new(self.target.join("debug").join(binary)).args(&skipped).output()?;
            let text = String::from_utf8_lossy(&output.stdout);
            let mut last = "";
            let mut ended = None;
            let mut differs = Vec::new();
            for line in text.lines() {
                if let Some(name) = line.strip_prefix("start ") {
                    last = name;
                } else if let Some((name, how)) =
                    line.strip_prefix("differs ").and_then(|rest| rest.split_once(' '))
                {
                    differs.push((name.to_owned(), how.to_owned()));
                } else if let Some(counts) = line.strip_prefix("end ") {
                    ended = Some(
                        counts.split(' ').filter_map(|n| n.parse().ok()).collect::<Vec<usize>>(),
                    );
                }
            }
            if let Some([programs, runs, parallel]) = ended.as_deref() {
                report.programs += programs;
                report.runs += runs;
                report.parallel += parallel;
                report.differs.extend(differs);
                return Ok(());
            }
            let end = text.lines().last().unwrap_or_default();
            let error = String::from_utf8_lossy(&output.stderr);
            let how = format!("{} after `{end}`: {}", output.status, error.trim());
            if last.is_empty() {
                return Err(io::Error::other(how));
            }
            report.differs.push((last.to_owned(), how));
            skipped.push(last.to_owned());
        }
    }
}

/// What a program is called in reports and in the generated file.
pub(super) fn found(program: &Program) -> String {
    format!("p{}", program.seed)
}

/// Writes only what changed, so that cargo does not build again.
fn write(path: &Path, text: &str) -> io::Result<()> {
    match fs::read_to_string(path) {
        Ok(old) if old == text => Ok(()),
        _ => fs::write(path, text),
    }
}

const HEADER: &str = "#![allow(warnings, unconditional_panic, arithmetic_overflow)]\n";
const USES: &str =
    "use tests::generate::prelude::*; use pool_runtime::{batched, bounded, pooled};\n";
