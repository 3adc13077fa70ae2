//! More events than anybody can handle: a hundred may wait, the others are dropped and counted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use pool_runtime::bounded;

use crate::measure::{Measure, Role};

/// What a second of a firehose offers.
const EVENTS: u64 = 1_000;

fn events() -> impl Iterator<Item = u64> + Send {
    (0..EVENTS).filter(|&event| event != u64::MAX)
}

fn handle(event: u64) {
    thread::sleep(Duration::from_micros(event % 2 + 50));
}

/// All events, handled: what dropping spares.
fn sequential() -> u64 {
    let mut handled = 0;
    for event in events() {
        handle(event);
        handled += 1;
    }
    handled
}

#[bounded(workers = 10, queue = 100, on_full = "drop", dropped = lost)]
fn annotated() -> u64 {
    let (mut handled, mut lost) = (0, 0);
    for event in events() {
        handle(event);
        handled += 1;
    }
    handled + lost
}

/// Ten threads, and `try_send`.
fn by_hand() -> u64 {
    let (sender, receiver) = crossbeam_channel::bounded::<u64>(100);
    let (handled, mut lost) = (AtomicU64::new(0), 0);
    thread::scope(|scope| {
        for _ in 0..10 {
            let (events, handled) = (receiver.clone(), &handled);
            scope.spawn(move || {
                for event in events {
                    handle(event);
                    handled.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for event in events() {
            lost += u64::from(sender.try_send(event).is_err());
        }
        drop(sender);
    });
    handled.into_inner() + lost
}

pub(crate) fn measure() -> Measure {
    Measure::new("8 drop the excess: 1,000 events at once, 10 workers", EVENTS)
        .every(3)
        .version(Role::Sequential, "sequential, nothing dropped", sequential)
        .version(Role::Hand, "crossbeam, try_send", by_hand)
        .version(Role::Annotated, "bounded, drop", annotated)
}
