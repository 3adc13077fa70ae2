//! Crew and threads together under loom: no call is lost, no region overlooked.
//!
//! A body that waits for all of its region's workers turns an overlooked region into a deadlock,
//! which loom reports. How to run this stands in `region/README.md`.

use std::sync::atomic::Ordering;
use std::time::Duration;

use loom::sync::Arc;
use loom::sync::atomic::AtomicUsize;
use loom::thread::{self, JoinHandle};

use super::own::Own;
use crate::modelling::{complaint_of, explore};
use crate::region::{Crew, Gauge, Orders, Proven};
use crate::sync::{Condvar, Mutex};

/// Where `number` threads wait for each other.
struct Meeting {
    missing: Mutex<usize>,
    complete: Condvar,
}

impl Meeting {
    fn of(number: usize) -> Self {
        Self { missing: Mutex::new(number), complete: Condvar::new() }
    }

    fn wait(&self) {
        let mut missing = self.missing.lock().unwrap();
        *missing -= 1;
        if *missing == 0 {
            self.complete.notify_all();
        }
        while *missing > 0 {
            missing = self.complete.wait(missing).unwrap();
        }
    }
}

/// A crew on threads of our own, as the pool puts them together.
struct Team<O: Orders + 'static> {
    crew: std::sync::Arc<Crew<O>>,
    own: std::sync::Arc<Own>,
    threads: Vec<JoinHandle<()>>,
}

impl<O: Orders + 'static> Team<O> {
    fn of(helpers: usize) -> Self {
        let crew = std::sync::Arc::new(Crew::new(helpers, std::sync::Arc::new(Gauge::new())));
        let own = std::sync::Arc::new(Own::new(helpers));
        let thread = |number| {
            let (crew, own) = (crew.clone(), own.clone());
            thread::spawn(move || own.run(number, || crew.serve(|more| own.call(more))))
        };
        let threads = (0..helpers).map(thread).collect();
        Self { crew, own, threads }
    }

    /// A region that ends only if every helper comes; in a model, the machine has two cores.
    fn meet(&self, helpers: usize, patience: Duration) {
        let meeting = Meeting::of(helpers + 1);
        let muster = |number| self.own.call(number);
        self.crew.run(helpers, patience, muster, &|_| meeting.wait());
    }

    fn end(self) {
        self.own.close();
        for thread in self.threads {
            thread.join().unwrap();
        }
    }
}

fn one_region_after_another<O: Orders + 'static>() {
    let team = Team::<O>::of(1);
    team.meet(1, Duration::ZERO);
    team.meet(1, Duration::ZERO);
    team.end();
}

#[test]
fn no_region_is_overlooked() {
    explore(3, one_region_after_another::<Proven>);
}

#[test]
fn helpers_call_each_other() {
    explore(1, || {
        let team = Team::<Proven>::of(2);
        team.meet(2, Duration::ZERO);
        team.end();
    });
}

#[test]
fn late_helpers_come_to_a_region_that_blocks() {
    explore(1, || {
        let team = Team::<Proven>::of(2);
        team.meet(2, Duration::from_nanos(1));
        team.end();
    });
}

/// `Proven` with the crew's fence too weak for Dekker's argument.
struct WeakFence;

impl Orders for WeakFence {
    const OPEN: Ordering = Proven::OPEN;
    const JOIN: Ordering = Proven::JOIN;
    const LEAVE: Ordering = Proven::LEAVE;
    const CLOSE: Ordering = Proven::CLOSE;
    const CLAIM: Ordering = Proven::CLAIM;
    const FREE: Ordering = Proven::FREE;
    const FENCE: Ordering = Ordering::AcqRel;
}

#[test]
#[ignore = "fails by design, see the test below"]
fn weak_fence() {
    explore(3, one_region_after_another::<WeakFence>);
}

#[test]
fn a_weak_fence_overlooks_a_region_and_is_caught() {
    let said = complaint_of("pool::models::weak_fence");
    assert!(said.contains("deadlock; threads"), "{said}");
}

#[test]
fn every_call_is_one_run_of_the_job() {
    explore(3, || {
        let own = std::sync::Arc::new(Own::new(1));
        let runs = Arc::new(AtomicUsize::new(0));
        let thread = {
            let (own, runs) = (own.clone(), runs.clone());
            thread::spawn(move || {
                own.run(0, || {
                    runs.fetch_add(1, Ordering::Relaxed);
                });
            })
        };
        let other = {
            let own = own.clone();
            thread::spawn(move || own.call(1))
        };
        own.call(1);
        other.join().unwrap();
        own.close();
        thread.join().unwrap();
        // Closing wakes a sleeping thread, which looks round once more.
        let runs = runs.load(Ordering::Relaxed);
        assert!((2..=3).contains(&runs), "{runs}");
    });
}
