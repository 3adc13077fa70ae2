//! The annotated functions of `README.md`, letter by letter: that they compile and do what the text
//! beside them says. (That they expand to what is printed there, `pool-macros` tests.)

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use pool_runtime::{Task, batched, bounded, join_all};

mod first {
    use pool_runtime::pooled;
    use std::num::ParseIntError;

    #[pooled(workers = 8)]
    pub(super) fn total(lines: &[String]) -> Result<i64, ParseIntError> {
        let mut sum = 0;
        for line in lines {
            sum += line.trim().parse::<i64>()?;
        }
        Ok(sum)
    }
}

#[bounded(workers = 50, queue = 500, on_full = "drop", dropped = lost)]
fn watch(events: impl Iterator<Item = Event>) -> (u64, u64) {
    let (mut handled, mut lost) = (0, 0);
    for event in events {
        handle(event);
        handled += 1;
    }
    (handled, lost)
}

#[batched(workers = 4, size = 100, linger = "5ms")]
fn insert(events: Vec<Event>) -> Task<Result<u64, DbError>> {
    DATABASE.insert_all(&events)
}

struct Event(u64);

#[derive(Clone, Debug, PartialEq)]
struct DbError;

static SEEN: AtomicU64 = AtomicU64::new(0);

fn handle(event: Event) {
    SEEN.fetch_add(event.0, Ordering::Relaxed);
}

static DATABASE: Database = Database(Mutex::new(Vec::new()));

/// The sizes of the batches that it got.
struct Database(Mutex<Vec<usize>>);

impl Database {
    fn insert_all(&self, events: &[Event]) -> Result<Vec<u64>, DbError> {
        self.0.lock().expect("nobody panics").push(events.len());
        Ok(events.iter().map(|event| event.0).collect())
    }
}

/// Each function of the page's `rust` blocks that is annotated stands in this file, too.
#[test]
fn the_page_has_no_other_annotated_functions() {
    let flat = |text: &str| text.split_whitespace().collect::<String>().replace("pub(super)", "");
    let (page, here) = (include_str!("../../README.md"), flat(include_str!("readme.rs")));
    let blocks = page.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next());
    let annotated: Vec<&str> = blocks.filter(|block| block.contains("#[")).collect();
    assert_eq!(annotated.len(), 3, "{annotated:?}");
    for block in annotated {
        assert!(here.contains(&flat(block)), "not in this file:\n{block}");
    }
}

#[test]
fn the_first_error_by_position_comes_back() {
    let lines = |bad: &[usize]| -> Vec<String> {
        (0..1000).map(|i| if bad.contains(&i) { format!("x{i}") } else { i.to_string() }).collect()
    };
    assert_eq!(first::total(&lines(&[])), Ok(499_500));
    let mut two = lines(&[40, 900]);
    two[40].clear();
    assert_eq!(first::total(&two).unwrap_err(), "".parse::<i64>().unwrap_err());
}

#[test]
fn what_was_handled_and_what_was_lost_is_what_was_offered() {
    let (handled, lost) = watch((0..10_000).map(|_| Event(1)));
    assert_eq!(handled + lost, 10_000);
    assert_eq!(SEEN.load(Ordering::Relaxed), handled);
}

#[test]
fn each_caller_gets_the_result_that_belongs_to_it() {
    let tasks: Vec<_> = (0..1_000).map(|i| insert(Event(i))).collect();
    for (i, result) in (0..).zip(join_all(tasks)) {
        assert_eq!(result.expect("it ran"), Ok(i));
    }
    let sizes = DATABASE.0.lock().expect("nobody panics");
    assert!(sizes.iter().all(|size| (1..=100).contains(size)), "{sizes:?}");
    assert_eq!(sizes.iter().sum::<usize>(), 1_000);
}
