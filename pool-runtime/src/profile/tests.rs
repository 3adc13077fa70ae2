//! What a place learns from its runs, and what it decides then.

use super::*;

const ALONE: Decision = Decision::Inline { check_after: usize::MAX };

fn profile() -> Profile {
    Profile::new()
}

fn knowing(item: Duration) -> Profile {
    let profile = profile();
    profile.learned(1, item);
    profile
}

#[test]
fn an_unknown_cost_opens_and_one_item_does_not() {
    let pool = Pool::new(2);
    assert_eq!(profile().decide(&pool, Some(2), 2), Decision::Open);
    assert_eq!(profile().decide(&pool, None, 2), Decision::Open);
    assert_eq!(profile().decide(&pool, Some(1), 2), ALONE);
    assert_eq!(profile().decide(&pool, Some(0), 2), ALONE);
    assert_eq!(profile().decide(&pool, Some(1000), 1), ALONE);
}

#[test]
fn a_long_run_opens_and_a_short_one_looks_at_the_clock_at_most() {
    let pool = Pool::new(2);
    let profile = knowing(Duration::from_nanos(10));
    assert_eq!(profile.decide(&pool, Some(1_000_000), 2), Decision::Open);
    assert_eq!(profile.decide(&pool, Some(usize::MAX), 2), Decision::Open);
    assert_eq!(profile.decide(&pool, Some(210), 2), Decision::Inline { check_after: 27 });
}

#[test]
fn of_tiny_runs_one_in_a_few_looks_at_the_clock() {
    let pool = Pool::new(2);
    let looks = |len| {
        let profile = knowing(Duration::from_nanos(1));
        let runs = (0..640).map(|_| profile.decide(&pool, Some(len), 2));
        runs.filter(|&run| run != ALONE).collect::<Vec<_>>()
    };
    assert_eq!(looks(16), [Decision::Inline { check_after: 2 }; 10]);
    assert_eq!(looks(1600), [Decision::Inline { check_after: 200 }; 40]);
}

#[test]
fn with_more_workers_than_the_pool_has_every_run_looks_after_its_first_item() {
    let pool = Pool::new(2);
    let profile = knowing(Duration::from_nanos(50));
    for _ in 0..100 {
        assert_eq!(profile.decide(&pool, Some(16), 3), Decision::Inline { check_after: 1 });
    }
}

#[test]
fn items_that_cannot_wait_get_no_more_workers_than_there_are_cores() {
    assert_eq!(profile().useful(5000), 5000, "not known");
    assert_eq!(knowing(Duration::from_nanos(50)).useful(5000), 5000);
    assert_eq!(knowing(Duration::from_nanos(5)).useful(5000), run_at_once());
    assert_eq!(knowing(Duration::from_nanos(5)).useful(1), 1);
}

#[test]
fn a_source_that_does_not_say_its_length_is_thought_to_be_as_long_as_it_was() {
    let pool = Pool::new(2);
    let profile = profile();
    profile.learned(160, Duration::from_nanos(160));
    assert_eq!(profile.decide(&pool, None, 2), Decision::Inline { check_after: 20 });
    let profile = self::profile();
    profile.learned(1_000_000, Duration::from_millis(10));
    assert_eq!(profile.decide(&pool, None, 2), Decision::Open);
}

#[test]
fn a_run_that_turns_out_dearer_is_worth_helpers_and_is_remembered() {
    let pool = Pool::new(2);
    let profile = knowing(Duration::from_nanos(1));
    assert!(!profile.reconsider(&pool, 10, Duration::from_nanos(10), 100, 2));
    assert!(!profile.reconsider(&pool, 10, Duration::from_millis(10), 100, 1));
    assert_eq!(profile.item_cost(), Some(1.0));
    assert!(profile.reconsider(&pool, 10, Duration::from_millis(10), 100, 2));
    assert_eq!(profile.decide(&pool, Some(100), 2), Decision::Open);
}

#[test]
fn where_sharing_does_not_pay_short_runs_stay_alone_until_the_next_attempt() {
    let pool = Pool::new(2);
    let profile = knowing(Duration::from_nanos(10));
    let took = Duration::from_micros(10);
    profile.learned_alone(&pool, 2, 1000, Instant::now(), took);
    for _ in 0..10 {
        assert!(profile.ratio.load(Relaxed) < PAYS, "a few losses are taken");
        profile.learned_shared(&pool, 2, 1000, Instant::now(), took);
        if profile.ratio.load(Relaxed) >= PAYS {
            break;
        }
    }
    assert!(profile.ratio.load(Relaxed) >= PAYS);
    for _ in 0..10 {
        profile.learned_shared(&pool, 2, 1000, Instant::now(), took / 2);
    }
    assert!(profile.ratio.load(Relaxed) < PAYS);
}

#[test]
fn the_longest_runs_do_not_overflow() {
    let pool = Pool::new(2);
    let profile = knowing(Duration::from_secs(1_000_000));
    profile.learned_alone(&pool, 2, 1, Instant::now(), Duration::MAX);
    profile.learned_shared(&pool, 2, usize::MAX, Instant::now(), Duration::MAX);
    assert_eq!(profile.decide(&pool, Some(usize::MAX), 2), Decision::Open);
}

#[test]
fn the_average_follows_and_never_forgets_that_it_knows() {
    let profile = knowing(Duration::from_nanos(100));
    for _ in 0..50 {
        profile.learned(100, Duration::ZERO);
    }
    assert!(profile.item_cost().is_some_and(|cost| cost < 0.1));
    for _ in 0..50 {
        profile.learned(10, Duration::from_micros(10));
    }
    assert!(profile.item_cost().is_some_and(|cost| cost > 900.0));
}

#[test]
fn items_that_seem_to_block_get_all_workers_at_once() {
    let patience = |item| knowing(item).patience(Some(1000));
    assert_eq!(patience(Duration::from_millis(5)), Duration::ZERO);
    assert!(patience(Duration::from_nanos(5)) > PATIENCE);
    assert_eq!(patience(Duration::from_micros(19)), PATIENCE + Duration::from_millis(19));
    assert_eq!(profile().patience(Some(1000)), PATIENCE);
}
