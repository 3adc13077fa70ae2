use super::super::bodies::Bodies;
use super::super::inlet::{Help, Offer, Room};
use super::super::newest::OVERTAKE;
use super::super::seat::Back;
use super::*;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

fn drain(queue: &Handover<u32>, want: usize) -> Vec<Vec<u32>> {
    let mut claims = Vec::new();
    let mut held = Held::default();
    let mut into = VecDeque::new();
    while let Some(range) = queue.claim(&mut into, want, &mut held, Claimant::Worker) {
        match queue.take {
            Take::Share => assert_eq!(range.len(), into.len()),
            Take::Batch { .. } => assert_eq!(range, claims.len()..claims.len() + 1),
        }
        claims.push(into.drain(..).collect());
    }
    claims
}

#[test]
fn hands_out_in_order_and_never_more_than_asked_for() {
    let (queue, mut inlet) = Handover::new(100, 1, Take::Share);
    (0..10).for_each(|i| assert_eq!(inlet.offer(&queue, i), Offer::Taken));
    inlet.end(&queue);
    assert_eq!(drain(&queue, 4), [vec![0, 1, 2, 3], vec![4, 5, 6, 7], vec![8, 9]]);
    assert_eq!((queue.peak(), queue.dropped()), (10, 0));
}

#[test]
fn a_full_queue_gives_the_item_back() {
    let (queue, mut inlet) = Handover::new(2, 1, Take::Share);
    assert_eq!(inlet.offer(&queue, 'a'), Offer::Taken);
    assert_eq!(inlet.offer(&queue, 'b'), Offer::Taken);
    assert_eq!(inlet.offer(&queue, 'c'), Offer::Full('c'));
    queue.close();
    assert_eq!(inlet.offer(&queue, 'd'), Offer::Closed);
}

#[test]
fn offering_the_newest_drops_the_oldest_and_counts_it() {
    let (queue, mut inlet) = Handover::new(3, 1, Take::Share);
    (0..10).for_each(|i| assert!(inlet.offer_newest(&queue, i)));
    inlet.end(&queue);
    assert_eq!(drain(&queue, 64).concat(), [7, 8, 9]);
    assert_eq!((queue.peak(), queue.dropped()), (3, 7));
}

#[test]
fn batches_are_full_but_for_the_last() {
    let (queue, mut inlet) = Handover::new(5, 1, Take::Batch { size: 4, linger: None });
    let batches = thread::scope(|scope| {
        let worker = scope.spawn(|| drain(&queue, 1));
        for i in 0..10 {
            let mut item = i;
            while let Offer::Full(back) = inlet.offer(&queue, item) {
                assert_eq!(inlet.wait_for_room(&queue, Help::Never), Room::Free);
                item = back;
            }
        }
        inlet.end(&queue);
        worker.join().unwrap()
    });
    assert_eq!(batches, [vec![0, 1, 2, 3], vec![4, 5, 6, 7], vec![8, 9]]);
}

#[test]
fn a_batch_larger_than_the_queue_still_fills() {
    let (queue, mut inlet) = Handover::new(2, 1, Take::Batch { size: 5, linger: None });
    (0..5).for_each(|i| assert_eq!(inlet.offer(&queue, i), Offer::Taken));
    assert_eq!(
        queue.claim(&mut VecDeque::new(), 1, &mut Held::default(), Claimant::Hasty),
        Some(0..1)
    );
}

#[test]
fn linger_flushes_while_the_source_stalls() {
    let linger = Some(Duration::from_millis(2));
    let (queue, mut inlet) = Handover::new(100, 1, Take::Batch { size: 50, linger });
    let (first, flushed) = (AtomicUsize::new(0), Condvar::new());
    let gate = Mutex::new(());
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut into = VecDeque::new();
            let mut held = Held::default();
            queue.claim(&mut into, 1, &mut held, Claimant::Worker).unwrap();
            first.store(into.len(), Relaxed);
            drop(gate.lock().unwrap());
            flushed.notify_all();
            queue.release(held.permit.unwrap());
        });
        (0..3).for_each(|i| assert_eq!(inlet.offer(&queue, i), Offer::Taken));
        // The source stalls: neither `end` nor more items until the batch has gone out.
        let mut open = gate.lock().unwrap();
        while first.load(Relaxed) == 0 {
            open = flushed.wait(open).unwrap();
        }
    });
    assert!((1..=3).contains(&first.load(Relaxed)));
}

#[test]
fn permits_bound_the_bodies_and_a_blocked_producer_may_help() {
    let (queue, mut inlet) = Handover::new(1, 2, Take::Share);
    assert_eq!(inlet.offer(&queue, 0), Offer::Taken);
    let claim = |held: &mut Held, who| queue.claim(&mut VecDeque::new(), 1, held, who);
    let mut held = Held::default();
    assert_eq!(claim(&mut held, Claimant::Hasty), Some(0..1));
    assert_eq!(inlet.offer(&queue, 1), Offer::Taken);
    assert_eq!(inlet.wait_for_room(&queue, Help::IfNobodyComes), Room::Help);
    assert_eq!(claim(&mut Held::default(), Claimant::Producer), Some(1..2));
    assert_eq!(inlet.offer(&queue, 2), Offer::Taken);
    assert_eq!(claim(&mut Held::default(), Claimant::Hasty), None, "both permits are out");
    queue.release(held.permit.unwrap());
    assert_eq!(claim(&mut Held::default(), Claimant::Hasty), Some(2..3));
}

#[test]
fn close_wakes_a_blocked_producer_and_idle_workers() {
    let (queue, mut inlet) = Handover::new(1, 1, Take::Share);
    thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let mut into = VecDeque::new();
            let mut held = Held::default();
            assert_eq!(queue.claim(&mut into, 1, &mut held, Claimant::Worker), Some(0..1));
            queue.claim(&mut into, 1, &mut held, Claimant::Worker)
        });
        assert_eq!(inlet.offer(&queue, 1), Offer::Taken);
        assert_eq!(
            inlet.wait_for_room(&queue, Help::Never),
            Room::Free,
            "the worker has made its claim"
        );
        queue.close();
        assert_eq!(worker.join().unwrap(), None);
        assert_eq!(inlet.wait_for_room(&queue, Help::IfNobodyComes), Room::Closed);
    });
}

/// Every item arrives once, in order within each claim, under any policy of waiting.
#[test]
fn nothing_is_lost_or_doubled_with_many_workers() {
    for (bound, workers, want) in [(1, 3, 1), (7, 4, 64), (500, 2, 8), (64, 8, 64)] {
        let (queue, mut inlet) = Handover::new(bound, workers, Take::Share);
        let seen: Vec<AtomicUsize> = (0..20_000).map(|_| AtomicUsize::new(0)).collect();
        thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    let (mut into, mut held) = (VecDeque::new(), Held::default());
                    while let Some(range) =
                        queue.claim(&mut into, want, &mut held, Claimant::Worker)
                    {
                        for (position, item) in range.zip(into.drain(..)) {
                            assert_eq!(position, item);
                            seen[item].fetch_add(1, Relaxed);
                        }
                    }
                });
            }
            for i in 0..seen.len() {
                let mut item = i;
                while let Offer::Full(back) = inlet.offer(&queue, item) {
                    let room = inlet.wait_for_room(&queue, Help::Never);
                    assert_eq!(room, Room::Free);
                    item = back;
                }
            }
            inlet.end(&queue);
        });
        assert!(seen.iter().all(|count| count.load(Relaxed) == 1));
        assert!(queue.peak() <= bound);
    }
}

#[test]
fn at_the_end_nobody_is_called_for_what_those_at_work_will_take() {
    let (queue, mut inlet) = Handover::new(100, 50, Take::Share);
    (0..10).for_each(|i| assert_eq!(inlet.offer(&queue, i), Offer::Taken));
    inlet.end(&queue);
    let mut state = queue.lock();
    state.bodies = Bodies::new(50, 2);
    (state.idle, state.watched) = (40, true);
    assert!(
        state.wants_worker(Take::Share),
        "nobody is at work, and items are not known to be cheap"
    );
    state.bodies.set_cheap(true);
    assert!(state.wants_worker(Take::Share), "nobody is at work");
    let first = state.bodies.begin(false);
    assert!(!state.wants_worker(Take::Share), "that one will be back");
    state.bodies.begin(false);
    assert!(!state.wants_worker(Take::Share), "there is no core");
    state.bodies.end(first);
    state.bodies.set_cheap(false);
    assert!(state.wants_worker(Take::Share));
    let rest = Take::Batch { size: 64, linger: None };
    assert!(state.wants_worker(rest), "the last batch goes out as it is");
}

#[test]
fn a_deep_queue_grows_and_what_is_left_in_it_is_dropped() {
    let item = Arc::new(());
    let (queue, mut inlet) = Handover::new(100_000, 1, Take::Share);
    for i in 0..5_000 {
        assert_eq!(inlet.offer(&queue, (i, Arc::clone(&item))), Offer::Taken);
    }
    let (mut into, mut held) = (VecDeque::new(), Held::default());
    for first in (0..3_200).step_by(64) {
        assert_eq!(
            queue.claim(&mut into, 64, &mut held, Claimant::Worker),
            Some(first..first + 64)
        );
        assert!(into.drain(..).map(|(i, _)| i).eq(first..first + 64));
    }
    assert_eq!(Arc::strong_count(&item), 1 + 5_000 - 3_200);
    drop((queue, inlet));
    assert_eq!(Arc::strong_count(&item), 1);
}

/// The producer runs the newest items with the last permit, and its source stalls: a worker takes
/// the permit, and positions go on behind what the producer has run.
#[test]
fn a_producer_whose_source_stalls_loses_its_permit() {
    let (queue, mut inlet) = Handover::new(2, 2, Take::Share);
    (0..2).for_each(|i| assert_eq!(inlet.offer(&queue, i), Offer::Taken));
    let blocked = queue.lock().bodies.begin(false);
    let mut permit = None;
    assert_eq!(queue.claim_newest(2, &mut permit), Some(2..4));
    queue.seat.ask();
    thread::scope(|scope| {
        let worker = scope.spawn(|| drain(&queue, 1));
        while queue.lock().drain.waiting() > 0 {
            thread::yield_now();
        }
        assert_eq!(queue.seat.back(), Back::Taken);
        queue.end_newest(1, None);
        assert_eq!(inlet.offer(&queue, 3), Offer::Taken);
        queue.release(blocked);
        inlet.end(&queue);
        assert_eq!(worker.join().unwrap().concat(), [0, 1, 3]);
    });
    assert_eq!(queue.lock().next, 4, "one position was the producer's");
}

#[test]
fn the_producer_does_not_overtake_what_nobody_takes_for_ever() {
    let (queue, mut inlet) = Handover::new(8, 2, Take::Share);
    (0..8).for_each(|i| assert_eq!(inlet.offer(&queue, i), Offer::Taken));
    let mut positions = 8;
    for _ in 0..OVERTAKE {
        let mut permit = None;
        let claimed = queue.claim_newest(4, &mut permit).expect("there is leave");
        assert_eq!(claimed, positions..positions + 4);
        queue.end_newest(3, permit);
        positions += 3;
    }
    assert_eq!(queue.claim_newest(4, &mut None), None);
    let mut held = Held::default();
    let claimed = queue.claim(&mut VecDeque::new(), 8, &mut held, Claimant::Producer);
    assert_eq!(claimed, Some(0..8));
    assert_eq!(queue.claim_newest(4, &mut held.permit), None, "it was no worker");
    queue.release(held.permit.unwrap());
    assert_eq!(inlet.offer(&queue, 8), Offer::Taken);
    inlet.end(&queue);
    let mut held = Held::default();
    let claimed = queue.claim(&mut VecDeque::new(), 8, &mut held, Claimant::Hasty);
    assert_eq!(claimed, Some(positions..positions + 1));
}
