//! What the loom models of this crate have in common. How to run them stands in
//! `region/README.md`.

use std::env::current_exe;
use std::process::Command;

/// Explores every interleaving of `scenario` with at most `preemptions` involuntary switches,
/// which finds what there is to find in protocols of this size (loom's own advice is 2 or 3) and
/// bounds the time.
pub(crate) fn explore(preemptions: usize, scenario: impl Fn() + Sync + Send + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(preemptions);
    model.check(scenario);
}

/// Runs an ignored test in a process of its own, where it must fail; returns what it said. For
/// seeded bugs that end in a deadlock: loom cannot unwind out of one, it aborts.
pub(crate) fn complaint_of(test: &str) -> String {
    let child = Command::new(current_exe().expect("the test binary has a path"))
        .args(["--ignored", "--nocapture", "--exact", test])
        .output()
        .expect("the test binary can be run again");
    let said = String::from_utf8_lossy(&child.stderr).into_owned();
    assert!(!child.status.success(), "{test} is to fail: {said}");
    said
}
