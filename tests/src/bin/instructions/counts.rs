//! Counting with callgrind, and the file of what was counted before.

use std::env;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio, id};

/// What may change before a count has risen or fallen.
const TOLERANCE: f64 = 0.05;

/// Compiler and processor.
pub(crate) struct Toolchain(pub(crate) String);

impl Toolchain {
    pub(crate) fn read() -> Self {
        let rustc = Command::new("rustc").arg("--version").output();
        let version = rustc.ok().and_then(|output| String::from_utf8(output.stdout).ok());
        let version = version.unwrap_or_else(|| "an unknown compiler".to_owned());
        Self(format!("{}, {} {}", version.trim(), env::consts::ARCH, env::consts::OS))
    }
}

/// How a count compares with the one in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Same,
    Fallen,
    Risen,
    Missing,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Same => "as before",
            Self::Fallen => "fewer than before: write it down with `UPDATE_EXPECT=1`",
            Self::Risen => "MORE than before by over 5 %",
            Self::Missing => "NOT in the file: write it down with `UPDATE_EXPECT=1`",
        })
    }
}

/// Instructions for one run of each case.
pub(crate) struct Counts {
    pub(crate) toolchain: String,
    pub(crate) cases: Vec<(String, f64)>,
}

impl Counts {
    fn path() -> PathBuf {
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/instructions.txt"))
    }

    /// The file: the toolchain, then a line for each case, its name before the last colon.
    pub(crate) fn read() -> Self {
        let text = fs::read_to_string(Self::path()).unwrap_or_default();
        let mut lines = text.lines();
        let toolchain = lines.next().unwrap_or("no toolchain").to_owned();
        let case = |line: &str| {
            let (name, count) = line.rsplit_once(": ")?;
            Some((name.to_owned(), count.parse().ok()?))
        };
        Self { toolchain, cases: lines.filter_map(case).collect() }
    }

    pub(crate) fn write(&self) {
        let lines = self.cases.iter().map(|(name, count)| format!("{name}: {count:.1}\n"));
        let text = format!("{}\n{}", self.toolchain, lines.collect::<String>());
        fs::write(Self::path(), text).expect("the file can be written");
    }

    pub(crate) fn judge(&self, name: &str, count: f64) -> Outcome {
        let Some((_, before)) = self.cases.iter().find(|(other, _)| other == name) else {
            return Outcome::Missing;
        };
        if count > before * (1.0 + TOLERANCE) {
            Outcome::Risen
        } else if count < before * (1.0 - TOLERANCE) {
            Outcome::Fallen
        } else {
            Outcome::Same
        }
    }
}

/// Instructions of the case `name`: the fewest of three runs, as what a clock decides makes it more.
pub(crate) fn count(name: &str) -> Option<u64> {
    (0..3).map(|_| count_once(name)).min().flatten()
}

/// Runs the case `name` of this program under callgrind.
///
/// # Panics
/// When callgrind writes no count: a case has failed.
fn count_once(name: &str) -> Option<u64> {
    let directory = env::temp_dir().join(format!("instructions.{}", id()));
    fs::create_dir_all(&directory).expect("the system has room for a directory");
    let file = directory.join("out");
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--tool=callgrind", "--zero-before=*counting_begins*"])
        .arg("--dump-before=*counting_ends*")
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(env::current_exe().ok()?)
        .arg(name)
        // A region on one worker takes the path of small regions, and never looks at the clock.
        .env("POOL_WORKERS", "1")
        .env_remove("POOL_SERIAL")
        .env_remove("POOL_REPORT")
        .env_remove("POOL_TRACE")
        .stderr(Stdio::null());
    valgrind.status().ok()?;
    // The first dump is what was counted, the second one the rest of the program.
    let text = fs::read_to_string(directory.join("out.1")).unwrap_or_default();
    drop(fs::remove_dir_all(&directory));
    let totals = text.lines().find_map(|line| line.strip_prefix("totals: "));
    Some(totals.and_then(|count| count.parse().ok()).expect("callgrind writes totals"))
}
