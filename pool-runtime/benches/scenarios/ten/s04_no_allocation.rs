//! Calls of a tiny function as tasks: nothing but the argument travels.

use std::thread;

use pool_runtime::{Admission, drain, pooled};

use crate::measure::calls::{CALLS, add, finish};
use crate::measure::{Measure, Role};

#[pooled(workers = 8)]
fn bump(i: u64) -> Admission {
    add(i);
}

fn annotated() -> u64 {
    for i in 0..CALLS {
        bump(i);
    }
    drain();
    finish()
}

fn sequential() -> u64 {
    (0..CALLS).for_each(add);
    finish()
}

/// Eight threads that take the argument from a channel.
fn by_hand() -> u64 {
    let (sender, receiver) = crossbeam_channel::bounded::<u64>(1024);
    thread::scope(|scope| {
        for _ in 0..8 {
            let arguments = receiver.clone();
            scope.spawn(move || arguments.into_iter().for_each(add));
        }
        (0..CALLS).for_each(|i| sender.send(i).expect("the workers wait for arguments"));
        drop(sender);
    });
    finish()
}

fn rayon() -> u64 {
    (0..CALLS).for_each(|i| rayon::spawn(move || add(i)));
    finish()
}

fn threadpool(pool: &threadpool::ThreadPool) -> u64 {
    (0..CALLS).for_each(|i| pool.execute(move || add(i)));
    finish()
}

pub(crate) fn measure() -> Measure {
    let pool = threadpool::ThreadPool::new(8);
    Measure::new("4 no allocation: 200k calls", CALLS)
        .version(Role::Sequential, "direct calls", sequential)
        .version(Role::Hand, "crossbeam, arguments", by_hand)
        .version(Role::Rayon, "rayon::spawn", rayon)
        .version(Role::Peer, "threadpool", move || threadpool(&pool))
        .version(Role::Annotated, "pooled", annotated)
}
