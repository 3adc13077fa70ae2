//! How many threads there are, and that they cost nothing while idle. One test, for it counts what
//! the whole process has.
#![cfg(target_os = "linux")]

mod common;

use std::fs::read_to_string;
use std::sync::Barrier;
use std::thread::sleep;
use std::time::Duration;

use pool_runtime::Pool;

/// Threads of this process.
fn threads() -> usize {
    let status = read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("Threads:")).unwrap();
    line.trim().parse().unwrap()
}

/// Processor time of this process so far, in ticks of 10 ms.
fn ticks() -> u64 {
    let stat = read_to_string("/proc/self/stat").unwrap();
    // After the name, which may hold blanks: user and system time are the 12th and 13th.
    let fields = stat.rsplit_once(')').unwrap().1.split_whitespace();
    fields.skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum()
}

/// Waits until the process has `number` threads: ended threads take a moment to go.
fn settles_at(number: usize) -> bool {
    (0..1000).any(|_| {
        sleep(Duration::from_millis(5));
        threads() == number
    })
}

fn meet(pool: &Pool, workers: usize) {
    let meeting = Barrier::new(workers);
    pool.region(workers, &|_| {
        meeting.wait();
    });
}

#[test]
fn threads_are_reused_idle_for_free_and_end_with_their_pool() {
    common::watchdog(Duration::from_secs(300));
    let before = threads();
    let pool = Pool::new(3);
    assert_eq!(threads(), before + 2, "the caller is the third worker");
    for _ in 0..100 {
        meet(&pool, 3);
    }
    assert_eq!(threads(), before + 2);

    meet(&pool, 50);
    let wide = threads();
    assert!(wide >= before + 2 + 49);
    for _ in 0..50 {
        meet(&pool, 50);
        meet(&pool, 40);
        meet(&pool, 3);
    }
    assert_eq!(threads(), wide);

    sleep(Duration::from_millis(50));
    let busy = ticks();
    sleep(Duration::from_millis(500));
    assert!(ticks() - busy <= 2, "{} ticks while idle", ticks() - busy);

    let other = pool.clone();
    drop(pool);
    meet(&other, 50);
    assert_eq!(threads(), wide, "a clone keeps the threads");
    drop(other);
    assert!(settles_at(before), "{} threads instead of {before}", threads());
}
