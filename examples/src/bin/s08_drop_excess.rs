//! Scenario 8: a firehose offers 1,000 events a second to workers that manage 20. `on_full = "drop"`
//! keeps memory bounded by dropping what does not fit, and counts it; `"drop_oldest"` drops what
//! has waited longest, so that what is handled is fresh.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use comfy_table::{Table, presets};
use examples::contest::say;
use examples::{Args, machine};
use pool_runtime::bounded;

/// How many events exist now, and the most that existed at once.
static ALIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// One event, which knows when it was made.
struct Event {
    number: usize,
    made: Instant,
}

impl Event {
    fn new(number: usize) -> Self {
        PEAK.fetch_max(ALIVE.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
        Self { number, made: Instant::now() }
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

/// `count` events, one every `interval`, whether anybody is ready or not.
fn firehose(count: usize, interval: Duration) -> impl Iterator<Item = Event> {
    let start = Instant::now();
    (0..count).map(move |number| {
        let due = interval * number as u32;
        if let Some(early) = due.checked_sub(start.elapsed()) {
            thread::sleep(early);
        }
        Event::new(number)
    })
}

/// What became of the events.
#[derive(Debug, Default)]
struct Outcome {
    handled: usize,
    lost: usize,
    waited: Duration,
    newest: usize,
}

/// The most events that waited in the queue of this place, as it has counted.
fn peak_queue(place: &str) -> String {
    let sites = pool_runtime::sites();
    let queue =
        sites.iter().find(|site| site.name == place).and_then(|site| site.counters.queue.as_ref());
    queue.map_or("-".to_owned(), |queue| queue.peak.to_string())
}

/// The slow part: half a second for each event.
fn handle(delay: Duration) {
    thread::sleep(delay);
}

#[bounded(workers = 10, queue = 100, on_full = "drop", dropped = lost)]
fn drop_new(events: impl Iterator<Item = Event>, delay: Duration) -> Outcome {
    let mut outcome = Outcome::default();
    let mut lost = 0;
    for event in events {
        outcome.waited += event.made.elapsed();
        handle(delay);
        outcome.handled += 1;
        outcome.newest = outcome.newest.max(event.number);
    }
    outcome.lost = lost;
    outcome
}

#[bounded(workers = 10, queue = 100, on_full = "drop_oldest", dropped = lost)]
fn drop_oldest(events: impl Iterator<Item = Event>, delay: Duration) -> Outcome {
    let mut outcome = Outcome::default();
    let mut lost = 0;
    for event in events {
        outcome.waited += event.made.elapsed();
        handle(delay);
        outcome.handled += 1;
        outcome.newest = outcome.newest.max(event.number);
    }
    outcome.lost = lost;
    outcome
}

/// The usual pool: nothing is dropped, everything waits. Stopped when the firehose ends, or it would
/// take 50 times as long as the events did.
fn naive(events: impl Iterator<Item = Event>, delay: Duration) -> Outcome {
    let (queue, waiting) = crossbeam_channel::unbounded::<Event>();
    let stop = AtomicUsize::new(0);
    let mut outcome = Outcome::default();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..10)
            .map(|_| {
                let (waiting, stop) = (waiting.clone(), &stop);
                scope.spawn(move || {
                    let mut own = Outcome::default();
                    for event in waiting {
                        if stop.load(Ordering::Relaxed) == 1 {
                            own.lost += 1;
                            continue;
                        }
                        own.waited += event.made.elapsed();
                        handle(delay);
                        own.handled += 1;
                        own.newest = own.newest.max(event.number);
                    }
                    own
                })
            })
            .collect();
        for event in events {
            queue.send(event).expect("the workers wait for events");
        }
        stop.store(1, Ordering::Relaxed);
        drop(queue);
        for worker in workers {
            let own = worker.join().expect("handling does not panic");
            outcome.handled += own.handled;
            outcome.lost += own.lost;
            outcome.waited += own.waited;
            outcome.newest = outcome.newest.max(own.newest);
        }
    });
    outcome
}

fn main() -> io::Result<()> {
    let args = Args::read();
    machine();
    let (count, interval) = (if args.quick { 500 } else { 5_000 }, Duration::from_millis(1));
    let delay = Duration::from_millis(if args.quick { 50 } else { 500 });
    say(&format!(
        "{count} events, one every {interval:?}; 10 workers that take {delay:?} for each"
    ));
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN);
    table.set_header([
        "version",
        "offered",
        "handled",
        "dropped",
        "peak queue",
        "most alive",
        "mean wait",
        "newest handled",
    ]);
    type Version = fn(usize, Duration, Duration) -> Outcome;
    let versions: [(&str, &str, Version); 3] = [
        ("naive pool (abandoned at the end)", "", |n, every, delay| {
            naive(firehose(n, every), delay)
        }),
        ("on_full = \"drop\"", "drop_new", |n, every, delay| drop_new(firehose(n, every), delay)),
        ("on_full = \"drop_oldest\"", "drop_oldest", |n, every, delay| {
            drop_oldest(firehose(n, every), delay)
        }),
    ];
    for (name, place, version) in versions {
        PEAK.store(0, Ordering::Relaxed);
        let outcome = version(count, interval, delay);
        assert_eq!(
            outcome.handled + outcome.lost,
            count,
            "{name}: every event is handled or counted"
        );
        assert_eq!(ALIVE.load(Ordering::Relaxed), 0, "{name}: every event has been dropped");
        let wait = outcome.waited / outcome.handled.max(1) as u32;
        table.add_row([
            name.to_owned(),
            count.to_string(),
            outcome.handled.to_string(),
            outcome.lost.to_string(),
            peak_queue(place),
            PEAK.load(Ordering::Relaxed).to_string(),
            format!("{:.2} s", wait.as_secs_f64()),
            outcome.newest.to_string(),
        ]);
    }
    say(&table.to_string());
    say("offered = handled + dropped in every version");
    Ok(())
}
