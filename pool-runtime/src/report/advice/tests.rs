//! Each rule on figures that have exactly its fault, and on figures that have none.

use super::*;
use crate::report::figures::{BatchCounters, ProcessorCounters, QueueCounters};

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A loop of 100 ms of work that two workers shared well, in one run of 10,000 items.
fn healthy() -> Counters {
    Counters {
        entries: 1,
        items: 10_000,
        blocks: 300,
        wall: ms(51),
        shared_wall: ms(51),
        busy: ms(100),
        longest_worker: ms(50),
        idle: ms(1),
        workers: 2,
        workers_joined: 2,
        wake_ups: 1,
        processor: Some(ProcessorCounters {
            busy: ms(100),
            on_processor: ms(99),
            wall: ms(51),
            waits: 3,
            preempted: 2,
        }),
        ..Counters::default()
    }
}

fn queued() -> QueueCounters {
    QueueCounters { bound: Some(100), peak: 50, admitted: 10_000, ..QueueCounters::default() }
}

#[test]
fn a_healthy_loop_hears_nothing() {
    assert_eq!(of(&healthy()), None);
    assert_eq!(of(&Counters { queue: Some(queued()), ..healthy() }), None);
    assert_eq!(of(&Counters { chunk: Some(32), ..healthy() }), None);
    let batches = BatchCounters { count: 100, items: 10_000, size: 100, ..Default::default() };
    assert_eq!(of(&Counters { batches: Some(batches), ..healthy() }), None);
    assert_eq!(of(&Counters::default()), None);
}

#[test]
fn drops_are_said_first() {
    let queue = QueueCounters { dropped: 2_500, admitted: 7_500, ..queued() };
    let counters = Counters { items: 7_500, queue: Some(queue), idle: ms(90), ..healthy() };
    assert_eq!(of(&counters), Some(Advice::Drops { dropped: 2_500, offered: 10_000 }));
    assert!(of(&counters).unwrap().to_string().starts_with("drops: 2,500 of 10,000 (25 %)"));
    // Old ones had been let in.
    let queue = QueueCounters { dropped: 2_500, admitted: 10_000, ..queued() };
    let counters = Counters { queue: Some(queue), ..counters };
    assert_eq!(of(&counters), Some(Advice::Drops { dropped: 2_500, offered: 10_000 }));
}

#[test]
fn a_chunk_that_is_too_small_gets_a_number() {
    // 50 ns an item, one item a block.
    let counters = Counters { items: 2_000_000, blocks: 2_000_000, chunk: Some(1), ..healthy() };
    let Some(Advice::ChunkTooSmall { block, chunk: 1, better: 400 }) = of(&counters) else {
        panic!("{:?}", of(&counters))
    };
    assert_eq!(block, Duration::from_nanos(50));
    assert!(of(&counters).unwrap().to_string().contains("`chunk = 400`"));
}

#[test]
fn a_chunk_that_is_too_large_gets_a_number() {
    let counters = Counters {
        blocks: 3,
        chunk: Some(4_000),
        wall: ms(70),
        shared_wall: ms(70),
        idle: ms(40),
        ..healthy()
    };
    let Some(Advice::ChunkTooLarge { blocks: 3, workers: 2, better: 600, .. }) = of(&counters)
    else {
        panic!("{:?}", of(&counters))
    };
    assert!(of(&counters).unwrap().to_string().contains("`chunk = 600`"));
    let alone = Counters { blocks: 1, chunk: Some(10_000), workers_joined: 1, ..healthy() };
    assert!(matches!(of(&alone), Some(Advice::ChunkTooLarge { blocks: 1, .. })));
}

#[test]
fn runs_that_are_too_short_get_their_break_even() {
    let counters = Counters {
        entries: 1_000,
        inline_runs: 990,
        items: 100_000,
        wall: ms(1),
        busy: ms(1),
        idle: Duration::ZERO,
        shared_wall: Duration::ZERO,
        workers_joined: 0,
        wake_up_time: Duration::from_micros(50),
        processor: None,
        ..healthy()
    };
    // 10 ns an item: 100 us are 10,000 items.
    let found = of(&counters);
    let Some(Advice::TooSmall { items: 100, worth_items: 10_000, worth, .. }) = found else {
        panic!("{found:?}")
    };
    assert_eq!(worth, Duration::from_micros(100));
    let long = Counters { wall: ms(1_000), busy: ms(1_000), ..counters };
    assert_eq!(of(&long), None, "long runs stay alone for another reason");
}

#[test]
fn helpers_that_gain_nothing_are_said() {
    let counters = Counters { wall: ms(98), shared_wall: ms(98), ..healthy() };
    let Some(Advice::NoGain { speedup }) = of(&counters) else { panic!("{:?}", of(&counters)) };
    assert!((1.0..1.05).contains(&speedup));
}

#[test]
fn one_worker_that_works_on_is_imbalance() {
    let counters = Counters { idle: ms(60), shared_wall: ms(80), wall: ms(80), ..healthy() };
    assert_eq!(of(&counters), Some(Advice::Imbalance { idle: 60.0 / 160.0 }));
}

#[test]
fn a_slow_producer_starves_the_workers_and_a_quick_one_is_blocked() {
    let starved = QueueCounters { worker_starved: 50, starved_time: ms(400), ..queued() };
    let found = of(&Counters { queue: Some(starved), ..healthy() });
    assert_eq!(found, Some(Advice::Starved { share: 0.8 }));
    let blocked = QueueCounters { producer_blocked: 50, blocked_time: ms(51), ..queued() };
    let found = of(&Counters { queue: Some(blocked), workers: 3, ..healthy() });
    assert_eq!(found, Some(Advice::Blocked { share: 1.0, workers: 2 }));
}

#[test]
fn items_that_the_caller_keeps_are_no_sign_of_a_slow_producer() {
    let items = healthy().items;
    let kept = QueueCounters { starved_time: ms(400), admitted: items / 10, ..queued() };
    let found = of(&Counters { queue: Some(kept), ..healthy() });
    assert_eq!(found, Some(Advice::Caller { share: 0.9 }));
    let handed = QueueCounters { admitted: items / 2, ..kept };
    let found = of(&Counters { queue: Some(handed), ..healthy() });
    assert!(matches!(found, Some(Advice::Starved { .. })), "{found:?}");
}

#[test]
fn bodies_off_the_processor_wait_for_something_or_for_each_other() {
    let seen = |on: u64, wall: u64, preempted: u64| {
        Some(ProcessorCounters {
            busy: ms(100),
            on_processor: ms(on),
            wall: ms(wall),
            waits: 100,
            preempted,
        })
    };
    let found = of(&Counters { processor: seen(5, 50, 0), ..healthy() });
    assert_eq!(found, Some(Advice::Downstream { share: 0.95, workers: 2, better: 40 }));
    let found = of(&Counters { processor: seen(50, 50, 0), ..healthy() });
    assert_eq!(found, Some(Advice::Contention { on: Contended::Body, share: 0.5 }));
    let found = of(&Counters { processor: seen(50, 50, 1_000), ..healthy() });
    assert_eq!(found, Some(Advice::Crowded { share: 0.5 }));
}

#[test]
fn waiting_for_the_source_the_merge_and_the_turn_are_told_apart() {
    let on = |counters: Counters| match of(&counters) {
        Some(Advice::Contention { on, .. }) => on,
        other => panic!("{other:?}"),
    };
    assert_eq!(on(Counters { claiming: ms(50), ..healthy() }), Contended::Source);
    assert_eq!(on(Counters { merging: ms(50), ..healthy() }), Contended::Merge);
    assert_eq!(on(Counters { turn_waiting: ms(50), ..healthy() }), Contended::Turn);
}

#[test]
fn numbers_are_rounded_to_one_digit() {
    assert_eq!([1, 14, 15, 96, 149, 1_501].map(round), [1, 10, 20, 100, 100, 2_000]);
    assert_eq!(round(0), 1);
}
