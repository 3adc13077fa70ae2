//! Processes that end while tasks are queued, and processes that get no more threads. Each case
//! is a child process: this binary again, with the name of the case in `ABUSE`.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(clippy::print_stdout, reason = "how children report")]

use std::io::Read;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use pool_runtime::{Admission, Task, bounded, pooled};

/// What one of the queued tasks takes.
const LONG: Duration = Duration::from_millis(500);

#[bounded(workers = 2, queue = 1_000)]
fn slow(id: u64) -> Task<u64> {
    thread::sleep(LONG);
    id
}

#[bounded(workers = 1, queue = 1_000, on_full = "drop")]
fn record(_id: u64) -> Admission {
    thread::sleep(LONG);
}

#[pooled(workers = workers, chunk = 1)]
fn blocks(n: u64, workers: usize) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        thread::sleep(Duration::from_millis(1));
        sum += i;
    }
    sum
}

#[bounded(workers = 8, queue = 4)]
fn stream(n: u64) -> u64 {
    let mut sum = 0;
    for i in (0..n).filter(|i| i % 2 == 0) {
        sum += i;
    }
    sum
}

/// Tasks that would take longer than the watchdog below has patience: who waits for them is killed.
fn queue_many() {
    for id in 0..1_000 {
        drop(slow(id));
        let _ = record(id);
    }
}

/// What the child does: not a test of its own.
#[test]
fn child() {
    match std::env::var("ABUSE").as_deref() {
        Ok("exit") => {
            queue_many();
            std::process::exit(7);
        }
        Ok("exit in a task") => {
            queue_many();
            #[pooled(workers = 1)]
            fn leave() -> Task<()> {
                std::process::exit(8);
            }
            let _ = leave().join();
        }
        Ok("exit in a loop") => {
            #[pooled(workers = 4, chunk = 1)]
            fn leave(n: u64) {
                for i in 0..n {
                    if i == 50 {
                        std::process::exit(9);
                    }
                }
            }
            queue_many();
            leave(1_000);
        }
        Ok("main returns") => {
            queue_many();
            println!("returned");
        }
        Ok("threads") => {
            let sum = blocks(300, 200);
            let tasks: Vec<_> = (0..40).map(count).collect();
            let joined: u64 = tasks.into_iter().map(|task| task.join().unwrap()).sum();
            println!("sums {sum} {joined} {}", stream(1_000));
        }
        _ => {}
    }
}

#[pooled(workers = 50)]
fn count(id: u64) -> Task<u64> {
    thread::sleep(Duration::from_millis(2));
    id
}

/// The status, output and errors of a child that must end soon, started by `start` in a shell.
fn run(case: &str, start: &str) -> (Option<i32>, String, String) {
    const PATIENCE: Duration = Duration::from_secs(100);
    let program = std::env::current_exe().expect("this binary");
    let mut child = Command::new("sh")
        .args(["-c", &format!("{start} \"$0\" --exact child --nocapture --test-threads=1")])
        .arg(program)
        .env("ABUSE", case)
        // To find a panic's backtrace takes memory. Where there is none, std waits for ever for the
        // lock on its output that it already has.
        .env("RUST_BACKTRACE", "0")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a child");
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("its status") {
            break status;
        }
        if started.elapsed() > PATIENCE {
            child.kill().expect("it runs");
            panic!("`{case}` hangs with `{start}`");
        }
        thread::sleep(Duration::from_millis(5));
    };
    let (mut out, mut err) = (String::new(), String::new());
    child.stdout.take().expect("piped").read_to_string(&mut out).expect("text");
    child.stderr.take().expect("piped").read_to_string(&mut err).expect("text");
    (status.code(), out, err)
}

#[test]
fn a_process_that_exits_leaves_its_queued_tasks() {
    for (case, code) in [("exit", 7), ("exit in a task", 8), ("exit in a loop", 9)] {
        for _ in 0..5 {
            let (status, _, err) = run(case, "exec");
            assert_eq!(status, Some(code), "{case}: {err}");
        }
    }
}

#[test]
fn a_main_that_returns_leaves_its_queued_tasks() {
    for _ in 0..5 {
        let (status, out, err) = run("main returns", "exec");
        assert_eq!(status, Some(0), "{err}");
        assert!(out.contains("returned"));
    }
}

/// What the case `threads` prints if all is well.
fn sums() -> String {
    format!("sums {} {} {}", 300 * 299 / 2, 40 * 39 / 2, 249_500)
}

/// Address space for some threads only: each takes two MiB of it for its stack alone.
#[test]
#[cfg(target_os = "linux")]
fn a_process_that_has_no_memory_for_more_threads_makes_do_with_fewer() {
    for kilobytes in [60_000, 120_000, 250_000, 450_000] {
        let (status, out, err) = run("threads", &format!("ulimit -v {kilobytes}; exec"));
        if out.contains(&sums()) {
            assert_eq!(status, Some(0), "{err}");
        } else {
            // Too little even to start: then it says so, and ends.
            assert_ne!(status, Some(0));
            let mut others = err.lines().filter(|line| !line.starts_with("pool-runtime"));
            let says = |line: &str| line.contains("memory") || line.contains("thread");
            assert!(others.any(says), "{kilobytes}: {out}{err}");
        }
        println!("{kilobytes} kB: {status:?} {}", err.lines().next().unwrap_or_default());
    }
}

/// `RLIMIT_NPROC`: root is exempt from it, so that its child first becomes user 65534, who has no
/// other processes.
#[test]
#[cfg(target_os = "linux")]
fn a_process_that_may_not_have_more_threads_makes_do_with_fewer() {
    use std::os::unix::fs::MetadataExt;
    let is_root = std::fs::metadata("/proc/self").expect("this process").uid() == 0;
    let become_other = if is_root { "setpriv --reuid=65534 --clear-groups" } else { "" };
    let program = std::env::current_exe().expect("this binary");
    let reach = Command::new("sh")
        .args(["-c", &format!("exec prlimit --nproc=10 {become_other} test -x \"$0\"")])
        .arg(program)
        .status();
    if !reach.expect("a shell").success() {
        println!("not tested: no `prlimit`, no `setpriv`, or user 65534 cannot reach this binary");
        return;
    }
    for limit in [1, 2, 5, 20, 100] {
        let (status, out, err) =
            run("threads", &format!("exec prlimit --nproc={limit} {become_other}"));
        println!("{limit}: {}", err.lines().next().unwrap_or_default());
        assert_eq!(status, Some(0), "{limit}: {out}{err}");
        assert!(out.contains(&sums()), "{limit}: {out}{err}");
        assert!(err.contains("pool-runtime: cannot create"), "{limit}: it says so: {err}");
    }
}
