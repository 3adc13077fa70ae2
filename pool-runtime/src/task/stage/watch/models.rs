//! The watcher under loom.

use std::sync::Arc;

use loom::thread;

use super::super::models::{Body, Scene};
use super::super::{Seat, Stage};
use super::Look;
use crate::modelling::{complaint_of, explore};
use crate::task::entry::Bare;

/// Calls are thought to be cheap, so that one worker runs them while the other watches.
fn cheap(workers: usize, body: Body) -> Arc<Scene> {
    let scene = Arc::new(Scene::new(workers, None, body));
    scene.stage.lock().cost = 1;
    scene
}

#[test]
fn with_a_watcher_each_call_runs_once_and_all_leave() {
    explore(2, || {
        let scene = cheap(2, |_, _| ());
        for n in 0..4 {
            scene.call(n);
        }
        scene.end(4);
    });
}

/// Call 1 is in the hand of the worker that call 0 keeps, and thought to be cheap.
fn behind_a_call_that_is_not_cheap(nap: Option<fn(&Stage<Bare<usize>>, &mut Seat) -> bool>) {
    let mut scene = Scene::new(2, None, |scene, n| match n {
        0 => scene.wait_for(1),
        1 => scene.arrive(),
        _ => (),
    });
    scene.nap = nap.unwrap_or(scene.nap);
    scene.stage.lock().cost = 1;
    let scene = Arc::new(scene);
    for n in [2, 0, 1] {
        scene.call(n);
    }
    scene.end(3);
}

#[test]
fn the_watcher_runs_a_call_behind_one_that_blocks() {
    explore(3, || behind_a_call_that_is_not_cheap(None));
}

#[test]
#[ignore = "ends in a deadlock: run by the next test"]
fn seeded_a_watcher_that_leaves_without_a_look() {
    explore(3, || {
        behind_a_call_that_is_not_cheap(Some(|stage, seat| {
            thread::yield_now();
            let mut state = stage.lock();
            let leaves = matches!(stage.look(&mut state, seat), Look::Rescue | Look::Decide);
            if leaves {
                stage.leave(state, seat);
            }
            leaves
        }));
    });
}

#[test]
fn a_watcher_that_leaves_without_a_look_is_caught() {
    let said =
        complaint_of("task::stage::watch::models::seeded_a_watcher_that_leaves_without_a_look");
    assert!(said.contains("deadlock"), "{said}");
}
