//! The bar of `progress = ".."`: nothing of it where standard error is not a terminal.

use std::env::current_exe;
use std::process::Command;
use std::thread;
use std::time::Duration;

use pool_runtime::pooled;

#[pooled(workers = 2, progress = "known")]
fn known(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        thread::sleep(Duration::from_millis(5));
        sum += i;
    }
    sum
}

#[pooled(workers = 2, progress = format!("{what} length"))]
fn unknown(n: u64, what: &str) -> u64 {
    let mut sum = 0;
    for i in (0..n).filter(|i| i % 2 == 0) {
        thread::sleep(Duration::from_millis(5));
        sum += i;
    }
    sum
}

/// Run it in a terminal to look at the bars:
/// `cargo test -p pool-runtime --features progress,tracing,metrics --test features -- --ignored --nocapture progress`.
#[test]
#[ignore = "a program"]
fn program_progress() {
    assert_eq!(known(400), 79_800);
    assert_eq!(unknown(400, "unknown"), 39_800);
}

#[test]
fn progress_shows_nothing_where_there_is_no_terminal() {
    let mut command = Command::new(current_exe().unwrap());
    command.args(["--ignored", "--exact", "--nocapture", "progress::program_progress"]);
    let output = command.output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
}
