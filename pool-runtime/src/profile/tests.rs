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
    assert_eq!(profile().decide(&pool, Some(2), 2, false), Decision::Open);
    assert_eq!(profile().decide(&pool, None, 2, false), Decision::Open);
    assert_eq!(profile().decide(&pool, Some(1), 2, false), ALONE);
    assert_eq!(profile().decide(&pool, Some(0), 2, false), ALONE);
    assert_eq!(profile().decide(&pool, Some(1000), 1, false), ALONE);
}

#[test]
fn a_long_run_opens_and_a_short_one_looks_at_the_clock_at_most() {
    let pool = Pool::new(2);
    let profile = knowing(Duration::from_nanos(10));
    assert_eq!(profile.decide(&pool, Some(1_000_000), 2, false), Decision::Open);
    assert_eq!(profile.decide(&pool, Some(usize::MAX), 2, false), Decision::Open);
    assert_eq!(profile.decide(&pool, Some(210), 2, false), Decision::Inline { check_after: 27 });
}

#[test]
fn of_tiny_runs_one_in_a_few_looks_at_the_clock() {
    let pool = Pool::new(2);
    let looks = |len| {
        let profile = knowing(Duration::from_nanos(1));
        let runs = (0..640).map(|_| profile.decide(&pool, Some(len), 2, false));
        runs.filter(|&run| run != ALONE).collect::<Vec<_>>()
    };
    assert_eq!(looks(16), [Decision::Inline { check_after: 2 }; 10]);
    assert_eq!(looks(1600), [Decision::Inline { check_after: 200 }; 40]);
}

#[test]
fn runs_that_follow_on_no_other_look_less_often() {
    let pool = Pool::new(2);
    let profile = knowing(Duration::from_nanos(1));
    let looks = || {
        let runs = (0..64).map(|_| profile.decide(&pool, Some(10_000), 2, false));
        runs.filter(|&run| run != ALONE).count()
    };
    let took = Duration::from_micros(10);
    let alone = |since| profile.learned_alone(&pool, 2, 10_000, since, took);
    crate::clock::now_ns();
    let start = Instant::now() + Duration::from_millis(10);
    alone(start);
    assert_eq!(looks(), 16, "more may follow on this one");
    alone(start + Duration::from_millis(10));
    assert_eq!(looks(), 4);
    alone(start + Duration::from_millis(10) + took);
    assert_eq!(looks(), 16);
    let dear = knowing(Duration::from_nanos(100));
    for run in 2..4 {
        dear.learned_alone(&pool, 2, 100, start + run * Duration::from_millis(10), took);
    }
    assert_ne!(dear.decide(&pool, Some(100), 2, false), ALONE, "an item may turn out to wait");
}

#[test]
fn with_more_workers_than_the_pool_has_every_run_looks_after_its_first_item() {
    let pool = Pool::new(2);
    let profile = knowing(Duration::from_nanos(50));
    for _ in 0..100 {
        assert_eq!(profile.decide(&pool, Some(16), 3, false), Decision::Inline { check_after: 1 });
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
    assert_eq!(profile.decide(&pool, None, 2, false), Decision::Inline { check_after: 20 });
    let profile = self::profile();
    profile.learned(1_000_000, Duration::from_millis(10));
    assert_eq!(profile.decide(&pool, None, 2, false), Decision::Open);
}

#[test]
fn a_run_that_turns_out_dearer_is_worth_helpers_and_is_remembered() {
    let pool = Pool::new(2);
    let profile = knowing(Duration::from_nanos(1));
    assert!(!profile.reconsider(&pool, 10, Duration::from_nanos(10), 100, 2));
    assert!(!profile.reconsider(&pool, 10, Duration::from_millis(10), 100, 1));
    assert_eq!(profile.item_cost(), Some(1.0));
    assert!(profile.reconsider(&pool, 10, Duration::from_millis(10), 100, 2));
    assert_eq!(profile.decide(&pool, Some(100), 2, false), Decision::Open);
}

#[test]
fn where_sharing_does_not_pay_short_runs_stay_alone_until_the_next_attempt() {
    let pool = Pool::new(2);
    let profile = knowing(Duration::from_nanos(10));
    let took = Duration::from_micros(10);
    profile.learned_alone(&pool, 2, 1000, Instant::now(), took);
    for _ in 0..10 {
        assert!(profile.ratio.load(Relaxed) < PAYS, "a few losses are taken");
        profile.learned_shared(&pool, 2, 1000, Instant::now(), took, 1);
        if profile.ratio.load(Relaxed) >= PAYS {
            break;
        }
    }
    assert!(profile.ratio.load(Relaxed) >= PAYS);
    for _ in 0..10 {
        profile.learned_shared(&pool, 2, 1000, Instant::now(), took / 2, 1);
    }
    assert!(profile.ratio.load(Relaxed) < PAYS);
}

#[test]
fn brief_runs_use_helpers_that_are_about_and_call_nobody() {
    let (pool, profile) = (Pool::new(2), knowing(Duration::from_nanos(1)));
    let gauge = pool.gauge(2);
    let decide = |ns: u64, delay, brief| {
        profile.near.store(1, Relaxed);
        profile.short(ns * 1000, Some(1000), gauge, delay, brief)
    };
    let near = Some(Decision::Near);
    assert_eq!(decide(2_000, None, true), near);
    assert_eq!(decide(200_000, None, true), near);
    assert_eq!(decide(200_000, None, false), Some(Decision::Open));
    assert_eq!(decide(500_000, None, true), Some(Decision::Open), "long enough for all means");
    assert_eq!(decide(2_000, Some(40_000), true), None);
    assert_eq!(decide(200_000, Some(40_000), true), Some(Decision::Open));
}

#[test]
fn where_nobody_joins_brief_runs_stay_alone_until_the_next_attempt() {
    let (pool, profile) = (Pool::new(2), knowing(Duration::from_nanos(1)));
    let took = Duration::from_micros(2);
    let mut runs = 0;
    while profile.ratio.load(Relaxed) < PAYS {
        profile.learned_near(&pool, 2, 2000, Instant::now(), took, 1);
        runs += 1;
    }
    assert!(runs < 8, "{runs}");
    profile.near.store(1, Relaxed);
    assert_eq!(profile.short(2_000_000, Some(2000), pool.gauge(2), None, true), None);
    assert_eq!(profile.item_cost(), Some(1.0));
}

#[test]
fn what_an_item_of_a_brief_run_costs_is_what_it_would_cost_alone() {
    let (pool, profile) = (Pool::new(2), knowing(Duration::from_nanos(100)));
    let about =
        |cost: f64| profile.item_cost().is_some_and(|known| (known / cost - 1.0).abs() < 0.1);
    for _ in 0..50 {
        profile.learned_near(&pool, 2, 1000, Instant::now(), Duration::from_micros(50), 2);
    }
    assert!(about(100.0), "{:?}", profile.item_cost());
    for round in 0..200 {
        if round % 16 == 0 {
            let took = Duration::from_micros(2);
            profile.learned_alone(&pool, 2, 1000, Instant::now(), took);
        }
        profile.learned_near(&pool, 2, 1000, Instant::now(), Duration::from_nanos(1500), 2);
    }
    assert!(about(2.0), "{:?}", profile.item_cost());
}

#[test]
fn what_a_brief_run_gains_that_was_timed_the_others_have_gained_too() {
    let due_again = |wall: u64| {
        let (pool, profile, now) = (Pool::new(2), profile(), Instant::now());
        profile.learned_alone(&pool, 2, 1000, now, Duration::from_micros(10));
        let (debt, from) = (&pool.gauge(2).debt, at_ns(now));
        debt.ran_alone(from, from + 100_000, 1);
        assert!(debt.due(from + 100_000, 1_000, 4_000), "a call for 4 us");
        profile.learned_near(&pool, 2, 1000, now, Duration::from_nanos(wall), 2);
        debt.ran_alone(from, from + 9_000, 1);
        debt.due(from + 9_000, 1_000, 4_000)
    };
    assert!(due_again(9_000), "4 us were gained: the next call is made as soon");
    assert!(!due_again(9_500), "2 us");
}

#[test]
fn parts_of_short_runs_are_single_claims() {
    let profile = knowing(Duration::from_nanos(1));
    assert_eq!(profile.worth_a_claim(6_000, 2), usize::MAX);
    assert_eq!(profile.worth_a_claim(60_000, 2), 1_000);
    assert_eq!(knowing(Duration::from_micros(100)).worth_a_claim(10, 2), 1);
}

#[test]
fn the_longest_runs_do_not_overflow() {
    let pool = Pool::new(2);
    let profile = knowing(Duration::from_secs(1_000_000));
    profile.learned_alone(&pool, 2, 1, Instant::now(), Duration::MAX);
    profile.learned_shared(&pool, 2, usize::MAX, Instant::now(), Duration::MAX, 1);
    assert_eq!(profile.decide(&pool, Some(usize::MAX), 2, false), Decision::Open);
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
