//! Working space.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::__private::{Loop, Site, attempt, scratch, source};
use crate::Pool;

static SITE: Site = Site::new("test", file!(), line!(), "");

/// Counts how many were made and dropped. Not `Sync`.
struct Client<'a> {
    alive: &'a AtomicUsize,
    requests: Cell<usize>,
}

impl<'a> Client<'a> {
    fn new(made: &AtomicUsize, alive: &'a AtomicUsize) -> Self {
        made.fetch_add(1, Relaxed);
        alive.fetch_add(1, Relaxed);
        Self { alive, requests: Cell::new(0) }
    }

    fn get(&mut self) {
        self.requests.set(self.requests.get() + 1);
    }
}

impl Drop for Client<'_> {
    fn drop(&mut self) {
        self.alive.fetch_sub(1, Relaxed);
    }
}

#[test]
fn one_is_made_per_worker_and_loop_and_dropped_with_the_loop() {
    let pool = Pool::new(4);
    let (made, alive) = (AtomicUsize::new(0), AtomicUsize::new(0));
    for round in 1..=3 {
        Loop::new(&SITE, source!(0..1000)).workers(4).pool(&pool).run(
            (),
            (scratch!(= Client::new(&made, &alive)),),
            |(), (client,), block| {
                for _ in block {
                    client.get();
                    std::thread::yield_now();
                }
            },
        );
        assert!((round..=4 * round).contains(&made.load(Relaxed)));
        assert_eq!(alive.load(Relaxed), 0);
    }
    Loop::new(&SITE, source!(0..0)).workers(4).pool(&pool).run(
        (),
        (scratch!(= Client::new(&made, &alive)),),
        |(), (_,), _| unreachable!("there is nothing to do"),
    );
    assert_eq!(alive.load(Relaxed), 0);
}

#[test]
fn a_clone_is_each_workers_own_and_the_original_stays() {
    let pool = Pool::new(4);
    let mut buffer = vec![7_u8; 3];
    let mut window = [0; 4];
    fn slice(words: &mut [u32], pool: &Pool) {
        Loop::new(&SITE, source!(0..100)).workers(4).pool(pool).run(
            (),
            (scratch!(words),),
            |(), (words,), block| {
                for i in block {
                    words[0] = i;
                    assert_eq!(words.len(), 2);
                }
            },
        );
    }
    Loop::new(&SITE, source!(0..100)).workers(4).pool(&pool).run(
        (scratch!(window),),
        (scratch!(buffer),),
        |(mut window,), (buffer,), block| {
            for i in block {
                buffer.push(i as u8);
                window[i % 4] += 1;
            }
            assert_eq!(buffer.len(), 3 + window.iter().sum::<usize>(), "kept over all claims");
            (window,)
        },
    );
    let mut words = [5, 6];
    slice(&mut words, &pool);
    assert_eq!((buffer, window, words), (vec![7; 3], [0; 4], [5, 6]));
}

#[test]
fn a_maker_that_fails_leaves_the_loop_at_the_first_item_of_its_claim() {
    let pool = Pool::new(4);
    let tried = AtomicUsize::new(0);
    let connect = || match tried.fetch_add(1, Relaxed) {
        0 => Ok(String::from("connected")),
        nth => Err(nth),
    };
    let run = || -> Result<(), usize> {
        Loop::new(&SITE, source!(0..1000)).workers(4).pool(&pool).run_until(
            (),
            (scratch!(?),),
            |(), (connection,), block| {
                let step = attempt(|| -> Result<_, usize> {
                    if connection.is_empty() {
                        connection.fill(connect()?);
                    }
                    let connection: &mut String = connection.get();
                    for _ in block {
                        assert_eq!(connection, "connected");
                        std::thread::yield_now();
                    }
                    Ok(crate::__private::Step::<()>::Next)
                });
                ((), step)
            },
        )?;
        Ok(())
    };
    match run() {
        Ok(()) => assert_eq!(tried.load(Relaxed), 1, "a single worker came"),
        Err(nth) => assert!((1..4).contains(&nth)),
    }
    assert!(run().is_err());
}
