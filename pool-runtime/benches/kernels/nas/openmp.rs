//! The kernels in C: built when they are first asked for, with `-fopenmp` and without.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

const SOURCE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../pool-runtime/benches/kernels/nas/openmp.c");

struct Programs {
    _directory: tempfile::TempDir,
    sequential: PathBuf,
    parallel: PathBuf,
}

/// Both programs, if there is a compiler that makes them.
fn programs() -> Option<&'static Programs> {
    static PROGRAMS: OnceLock<Option<Programs>> = OnceLock::new();
    PROGRAMS
        .get_or_init(|| {
            let directory = tempfile::tempdir().ok()?;
            let build = |name: &str, flags: &[&str]| {
                let program = directory.path().join(name);
                let mut compiler = Command::new("cc");
                compiler.args(["-O3", "-march=x86-64", "-falign-loops=64", SOURCE]).args(flags);
                compiler.arg("-o").arg(&program).arg("-lm").stderr(Stdio::null());
                compiler.status().ok()?.success().then_some(program)
            };
            let (sequential, parallel) =
                (build("sequential", &[])?, build("parallel", &["-fopenmp"])?);
            Some(Programs { sequential, parallel, _directory: directory })
        })
        .as_ref()
}

/// What `program` says it took for one run of `kernel`: seconds, the middle of several.
fn seconds(program: &Path, kernel: &str, size: usize) -> Option<f64> {
    let output = Command::new(program).args([kernel, &size.to_string()]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split(" ").next()?.parse().ok()
}

/// How many times as fast OpenMP makes `kernel` in that size.
pub(super) fn gain(kernel: &'static str, size: usize) -> impl FnMut() -> Option<f64> {
    move || {
        let programs = programs()?;
        let sequential = seconds(&programs.sequential, kernel, size)?;
        Some(sequential / seconds(&programs.parallel, kernel, size)?)
    }
}
