//! Items that the producer runs straight from the source, in front of a full queue.
//!
//! What waits in the queue is for the workers; the producer runs the *newest* items itself, one
//! after the other as the source gives them. They cross no core and stand in no ring, which is most
//! of what a hand-over costs, and none of them waits: each is run when it is there. Their positions
//! are those behind everything that waits; how many they were is known when the producer is done,
//! and it offers nothing before. [`Run`] is the source and where it stands; it goes into the block
//! that the body gets, and comes home when that is dropped.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use super::seat::{Back, Seat};
use crate::source::{Batch, DEAR, next_batch};

/// After so many items one looks at the clock, if at all: as many may be in one worker's hands.
const LOOK: usize = 64;

/// A source that is asked item by item.
pub(crate) struct Run<I: Iterator> {
    source: I,
    seat: Arc<Seat>,
    /// An item that the source has given and nobody has run.
    pending: Option<I::Item>,
    /// How many more items may be run before one looks again.
    left: usize,
    /// How many behind those.
    rest: usize,
    /// When one looked last, if one looks at the clock.
    looked: Option<Instant>,
    /// How many have been, since it was sent.
    ran: usize,
    /// How many were before that.
    total: usize,
    /// The source is being asked, or has panicked.
    asking: bool,
    /// Somebody has taken the permit.
    taken: bool,
    ended: bool,
}

impl<I: Iterator> Run<I> {
    pub(super) fn new(source: I, seat: Arc<Seat>) -> Self {
        Self {
            source,
            seat,
            pending: None,
            left: 0,
            rest: 0,
            looked: None,
            ran: 0,
            total: 0,
            asking: false,
            taken: false,
            ended: false,
        }
    }

    /// The next item, to be offered.
    #[inline]
    pub(super) fn next(&mut self) -> Option<I::Item> {
        if self.pending.is_some() {
            return self.pending.take();
        }
        if self.ended { None } else { self.source.next() }
    }

    /// The next `size` items, or what is left of them.
    pub(super) fn next_batch(&mut self, size: usize) -> Option<Vec<I::Item>> {
        next_batch(&mut self.source, size, &mut self.ended)
    }

    /// At most how many items the source says it has left.
    pub(super) fn most(&self) -> Option<usize> {
        self.source.size_hint().1
    }

    /// Whether the source has none left.
    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// How many items it has run beside the workers.
    pub(super) fn total(&self) -> usize {
        self.total
    }

    /// It has run so many items more beside the workers.
    pub(super) fn add(&mut self, ran: usize) {
        self.total += ran;
    }

    /// It is sent for `count` items. With nobody to bid it hurry, it `looks` at the clock itself.
    pub(super) fn set_out(&mut self, count: usize, looks: bool) {
        self.left = if looks { count.min(LOOK) } else { count };
        self.rest = count - self.left;
        self.looked = looks.then(Instant::now);
    }

    /// `item` comes first.
    pub(super) fn put_back(&mut self, item: I::Item) {
        self.pending = Some(item);
    }

    /// The next item, to be run here and now.
    #[inline]
    fn next_to_run(&mut self) -> Option<I::Item> {
        if self.left == 0 && !self.looks() {
            return None;
        }
        self.left -= 1;
        if self.pending.is_none() {
            self.asking = true;
            self.seat.ask();
            let item = self.source.next();
            self.asking = false;
            match self.seat.back() {
                Back::Seated => self.pending = item,
                back => {
                    (self.left, self.rest) = (0, 0);
                    self.taken = back == Back::Taken;
                    self.ended |= item.is_none();
                    self.pending = item;
                    return None;
                }
            }
        }
        match self.pending.take() {
            Some(item) => {
                self.ran += 1;
                Some(item)
            }
            None => {
                (self.left, self.rest) = (0, 0);
                self.ended = true;
                None
            }
        }
    }

    /// Whether there are more to be run: not if the last ones were dear, and it matters.
    #[cold]
    fn looks(&mut self) -> bool {
        if let Some(looked) = &mut self.looked {
            let now = Instant::now();
            if now - std::mem::replace(looked, now) >= DEAR {
                self.rest = 0;
            }
        }
        self.left = self.rest.min(LOOK);
        self.rest -= self.left;
        self.left > 0
    }
}

/// Where a run is at home.
pub(super) type Home<I> = Rc<Cell<Option<Run<I>>>>;

/// How a run went.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Went {
    pub(super) ran: usize,
    pub(super) taken: bool,
}

/// Sends the run that is at `home` for `count` items.
pub(super) fn send<I: Iterator>(home: &Home<I>, count: usize) {
    if let Some(mut run) = home.take() {
        run.set_out(count, false);
        home.set(Some(run));
    }
}

/// How many items the run has run that is at `home`, and whether its permit is gone.
pub(super) fn went<I: Iterator>(home: &Home<I>) -> Went {
    let Some(run) = home.take() else { return Went::default() };
    let went = Went { ran: run.ran, taken: run.taken };
    home.set(Some(run));
    went
}

/// Takes the run home for good, until it is sent the next time. Returns how many items it has run.
pub(super) fn fetch<I: Iterator>(home: &Home<I>) -> Option<(Run<I>, usize)> {
    let mut run = home.take()?;
    let ran = std::mem::take(&mut run.ran);
    (run.left, run.rest, run.looked, run.taken) = (0, 0, None, false);
    Some((run, ran))
}

/// The items of one claim.
pub enum Items<I: Iterator> {
    /// They have waited in the queue.
    Waited(Batch<I::Item>),
    /// The source is asked for them.
    Straight(Straight<I>),
}

/// A block of a [`Run`].
pub struct Straight<I: Iterator> {
    run: Option<Run<I>>,
    home: Home<I>,
}

impl<I: Iterator> Straight<I> {
    pub(super) fn new(home: &Home<I>) -> Self {
        Self { run: home.take(), home: Rc::clone(home) }
    }
}

impl<I: Iterator> Drop for Straight<I> {
    fn drop(&mut self) {
        if let Some(run) = &mut self.run
            && run.asking
        {
            // The source has panicked.
            run.ended = true;
            run.taken = run.seat.back() == Back::Taken;
        }
        self.home.set(self.run.take());
    }
}

impl<I: Iterator> Iterator for Items<I> {
    type Item = I::Item;

    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        match self {
            Self::Waited(items) => items.next(),
            Self::Straight(items) => items.run.as_mut()?.next_to_run(),
        }
    }
}
