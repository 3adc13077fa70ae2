//! Counters through the facade: their names, labels and values.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use metrics::{
    Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
    set_global_recorder, with_local_recorder,
};
use pool_runtime::{Task, batched, bounded, join_all, pooled, publish_metrics};

/// The counters by name and place, and what was described.
#[derive(Default)]
struct Told {
    counters: HashMap<(String, String), Arc<AtomicU64>>,
    described: HashMap<String, Option<Unit>>,
}

#[derive(Clone, Default)]
struct Registry(Arc<Mutex<Told>>);

impl Recorder for Registry {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, _: SharedString) {
        self.0.lock().unwrap().described.insert(key.as_str().to_owned(), unit);
    }

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        assert_eq!(metadata.target(), "pool_runtime");
        let labels: HashMap<_, _> =
            key.labels().map(|label| (label.key(), label.value())).collect();
        assert!(labels["file"].ends_with(".rs") && labels["line"].parse::<u32>().is_ok());
        let place = (key.name().to_owned(), labels["name"].to_owned());
        let mut told = self.0.lock().unwrap();
        Counter::from_arc(Arc::clone(told.counters.entry(place).or_default()))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

/// The recorder of this process.
fn registry() -> &'static Registry {
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    REGISTRY.get_or_init(|| {
        let registry = Registry::default();
        set_global_recorder(registry.clone()).unwrap();
        registry
    })
}

impl Registry {
    /// A counter's value; 0 when it was never told of.
    fn value(&self, name: &str, place: &str) -> u64 {
        let told = self.0.lock().unwrap();
        let counter = told.counters.get(&(name.to_owned(), place.to_owned()));
        counter.map_or(0, |counter| counter.load(Relaxed))
    }
}

#[pooled(workers = 2)]
fn short(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
}

#[pooled(workers = 4)]
fn long(n: u64) {
    for _ in 0..n {
        thread::sleep(Duration::from_millis(1));
    }
}

#[pooled(workers = 2)]
fn fails(n: u64) -> Result<(), u64> {
    for i in 0..n {
        if i == 5 {
            Err(i)?;
        }
    }
    Ok(())
}

#[bounded(workers = 1, queue = 2, on_full = "drop", dropped = lost)]
fn drops(n: u64) -> u64 {
    let mut lost = 0;
    for _ in 0..n {
        thread::sleep(Duration::from_millis(1));
    }
    lost
}

#[pooled(workers = 2)]
fn twice(n: u64) -> Task<u64> {
    n * 2
}

#[batched(workers = 1, size = 4)]
fn together(numbers: Vec<u64>) -> Task<u64> {
    numbers
}

#[test]
fn metrics_count_every_run_from_the_first() {
    let told = registry();
    assert_eq!(short(10), 45);
    assert_eq!(told.value("pool_entries_total", "short"), 1);
    assert_eq!(told.value("pool_items_total", "short"), 10);
    for _ in 1..1000 {
        short(10);
    }
    let behind = 10_000 - told.value("pool_items_total", "short");
    assert!(behind < 640, "{behind}");
    publish_metrics();
    assert_eq!(told.value("pool_entries_total", "short"), 1000);
    assert_eq!(told.value("pool_items_total", "short"), 10_000);
    assert_eq!(told.value("pool_panics_total", "short"), 0);
}

#[test]
fn metrics_have_times_and_workers() {
    let told = registry();
    long(40);
    assert_eq!(told.value("pool_items_total", "long"), 40);
    assert!(told.value("pool_busy_nanoseconds_total", "long") >= 40_000_000);
    assert!(told.value("pool_wall_nanoseconds_total", "long") >= 10_000_000);
    assert!(told.value("pool_workers_joined_total", "long") > 1);
    let described = &told.0.lock().unwrap().described;
    assert_eq!(described["pool_busy_nanoseconds_total"], Some(Unit::Nanoseconds));
    assert_eq!(described["pool_items_total"], Some(Unit::Count));
}

#[test]
fn metrics_have_errors_and_drops() {
    let told = registry();
    assert_eq!(fails(10), Err(5));
    assert_eq!(told.value("pool_errors_total", "fails"), 1);
    let lost = drops(200);
    assert!(lost > 0);
    assert_eq!(told.value("pool_queue_dropped_total", "drops"), lost);
    assert_eq!(told.value("pool_queue_admitted_total", "drops"), 200 - lost);
}

#[test]
fn metrics_have_tasks_and_batches() {
    let told = registry();
    assert_eq!(join_all((0..100).map(twice)).len(), 100);
    let tasks: Vec<_> = (0..10).map(together).collect();
    assert!(join_all(tasks).into_iter().all(|task| task.is_ok()));
    // A worker publishes when it is out of calls, which may be after they have been joined.
    for _ in 0..1000 {
        if told.value("pool_items_total", "twice") == 100
            && told.value("pool_items_total", "together") == 10
        {
            break;
        }
        thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(told.value("pool_entries_total", "twice"), 100);
    assert_eq!(told.value("pool_items_total", "twice"), 100);
    assert_eq!(told.value("pool_items_total", "together"), 10);
    assert!(told.value("pool_batches_total", "together") >= 3);
    assert!(told.value("pool_batches_full_total", "together") >= 1);
}

/// A recorder with a fault.
struct Faulty;

impl Recorder for Faulty {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        panic!("the recorder's own")
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[test]
fn metrics_that_cannot_be_recorded_do_not_end_the_loop() {
    let sum = with_local_recorder(&Faulty, || short_too(10));
    assert_eq!(sum, 45);
}

#[pooled(workers = 2)]
fn short_too(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
}
