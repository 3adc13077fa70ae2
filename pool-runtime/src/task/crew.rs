//! The threads that run tasks.
//!
//! All task functions share them. A function that has work *calls* a thread: the one that fell
//! asleep last, else a new one; the thread serves that function until its line is empty and then
//! sleeps again. So there are as many threads as were busy at the same time, not `workers` for
//! each function (and each instance of a generic one), and a function whose calls wait for others
//! does not keep anyone else from being served. A thread that slept for [`KEEP`] ends.
//!
//! They are not the threads of the pool: a task may block (that is what `workers = 50` is for),
//! and loops must not wait behind it. A parallel loop inside a task uses the pool as everywhere.
//!
//! They are detached: the process ends when `main` returns, whatever they do.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use super::{contain, inside};
use crate::sync::unpoisoned;

/// How long an idle thread stays.
const KEEP: Duration = Duration::from_secs(10);

/// A function's queue as its threads see it.
pub(super) trait Serve: Sync {
    /// Runs calls until there are none. The caller is a thread that was counted in.
    fn serve(&'static self);
    /// The thread that was counted in does not exist. False when no other is there: then the
    /// calling thread has to serve.
    fn dismiss(&'static self) -> bool;
}

/// Where one thread sleeps.
struct Berth {
    order: Mutex<Option<Order>>,
    thread: Thread,
}

enum Order {
    Serve(&'static dyn Serve),
    End,
}

struct Idle {
    /// Threads asleep, the last one on top. Who takes one off gives it an order.
    asleep: Vec<Arc<Berth>>,
    /// Threads do not sleep any more, but end.
    retired: bool,
}

static IDLE: Mutex<Idle> = Mutex::new(Idle { asleep: Vec::new(), retired: false });

/// Threads ever started: the next one's number.
static STARTED: AtomicUsize = AtomicUsize::new(0);

/// A thread that has been counted in at `job` comes and serves.
///
/// When the system has no thread to give, the calling thread serves, unless others do.
#[cold]
pub(super) fn call(job: &'static dyn Serve) {
    let asleep = unpoisoned(IDLE.lock()).asleep.pop();
    if let Some(berth) = asleep {
        return berth.order(Order::Serve(job));
    }
    let number = STARTED.fetch_add(1, Ordering::Relaxed);
    let builder = thread::Builder::new().name(format!("pool-task-{number}"));
    if let Err(error) = builder.spawn(move || run(job)) {
        warn(&error);
        if !job.dismiss() {
            inside::visiting(|| job.serve());
        }
    }
}

#[cold]
fn warn(error: &std::io::Error) {
    static SAID: AtomicBool = AtomicBool::new(false);
    if !SAID.swap(true, Ordering::Relaxed) {
        eprintln!(
            "pool-runtime: cannot start a thread for tasks: {error}; they make do with what there \
             is, if need be with the thread that calls them"
        );
    }
}

/// Lets the threads end when they have nothing to do.
pub(super) fn retire() {
    let mut idle = unpoisoned(IDLE.lock());
    idle.retired = true;
    for berth in idle.asleep.drain(..) {
        berth.order(Order::End);
    }
}

fn run(first: &'static dyn Serve) {
    inside::begin();
    let berth = Arc::new(Berth { order: Mutex::new(None), thread: thread::current() });
    let mut job = first;
    loop {
        // What can panic in there is contained in there; this is the last line of defence.
        contain(|| job.serve());
        {
            let mut idle = unpoisoned(IDLE.lock());
            if idle.retired {
                return;
            }
            idle.asleep.push(Arc::clone(&berth));
        }
        match berth.sleep() {
            Order::Serve(next) => job = next,
            Order::End => return,
        }
    }
}

impl Berth {
    fn order(&self, order: Order) {
        *unpoisoned(self.order.lock()) = Some(order);
        self.thread.unpark();
    }

    /// Sleeps until there is an order. Nobody giving one for long is one, too.
    fn sleep(self: &Arc<Self>) -> Order {
        let mut slept = Instant::now();
        loop {
            thread::park_timeout(KEEP);
            if let Some(order) = unpoisoned(self.order.lock()).take() {
                return order;
            }
            if slept.elapsed() < KEEP {
                continue;
            }
            let mut idle = unpoisoned(IDLE.lock());
            if let Some(place) = idle.asleep.iter().position(|berth| Arc::ptr_eq(berth, self)) {
                idle.asleep.remove(place);
                return Order::End;
            }
            // Somebody has just taken it off.
            slept = Instant::now();
        }
    }
}
