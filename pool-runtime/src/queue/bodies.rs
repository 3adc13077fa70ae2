//! Who may run the body now: never more threads than `workers`, and, where items are cheap, no more
//! than there are cores.
//!
//! Where items cost microseconds, a thread that falls asleep and is woken costs more than all that
//! it could do meanwhile. So while claims are of several items (`cheap`), only as many bodies are
//! begun as there are cores, and once the producer has met a full queue, one of these is
//! `reserved` for it: from then on it runs a claim itself whenever the queue is full, and nobody
//! sleeps. Both rest on guesses: that cheap items compute, and that the source is the faster side.
//! A worker that sleeps because of them keeps a *watch*: when it is over ([`Bodies::watched`]), a
//! body that began two watches ago no longer counts (it blocks, another one gets its core), and
//! a reserve that was not needed is void.
//!
//! Where items take turns ([`Bodies::take_turns`]), two cheap ones at a time gain nothing and cost
//! a hand-over of the turn each. There one body at a time runs, and gets many items; the other core
//! is the producer's.

/// Leave to be inside the body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Permit {
    /// The watch in which the body began.
    watch: usize,
    leads: bool,
}

/// The threads inside the body.
#[derive(Clone, Debug)]
pub(super) struct Bodies {
    permits: u32,
    cores: u32,
    /// Never above `permits`.
    running: u32,
    /// Workers that began in this watch, and in the one before.
    fresh: [u32; 2],
    /// The watch in which the producer's body began that runs.
    leading: Option<usize>,
    watch: usize,
    cheap: bool,
    turns: bool,
    reserved: bool,
    /// The producer has met a full queue in this watch.
    was_full: bool,
}

impl Bodies {
    /// At most `permits` at a time on `cores` cores.
    pub(super) fn new(permits: usize, cores: usize) -> Self {
        Self {
            permits: u32::try_from(permits).unwrap_or(u32::MAX).max(1),
            cores: u32::try_from(cores).unwrap_or(u32::MAX).max(1),
            running: 0,
            fresh: [0; 2],
            leading: None,
            watch: 0,
            cheap: false,
            turns: false,
            reserved: false,
            was_full: false,
        }
    }

    /// Whether no more bodies may run, however cheap they are.
    pub(super) fn are_all(&self) -> bool {
        self.running >= self.permits
    }

    pub(super) fn are_cheap(&self) -> bool {
        self.cheap
    }

    /// Items take turns.
    pub(super) fn take_turns(&mut self) {
        self.turns = true;
    }

    pub(super) fn run_in_turns(&self) -> bool {
        self.turns
    }

    /// What the last claim said of its items.
    pub(super) fn set_cheap(&mut self, cheap: bool) {
        self.cheap = cheap;
    }

    /// Whether cheap bodies run that nobody takes to be blocked: their threads will be back.
    pub(super) fn return_soon(&self) -> bool {
        self.cheap && self.fresh_workers() > 0
    }

    /// Workers inside the body that nobody takes to be blocked.
    pub(super) fn fresh_workers(&self) -> u32 {
        self.fresh[0] + self.fresh[1]
    }

    fn leads(&self) -> bool {
        self.leading.is_some_and(|watch| self.watch - watch < 2)
    }

    /// How many more workers may begin.
    pub(super) fn left(&self) -> u32 {
        let left = self.permits - self.running;
        if !self.cheap {
            return left;
        }
        if self.turns {
            return u32::from(self.fresh_workers() == 0 && !self.leads()).min(left);
        }
        let cores = self.cores - u32::from(self.reserved || self.leads());
        cores.max(1).saturating_sub(self.fresh_workers()).min(left)
    }

    /// Whether the producer may begin.
    pub(super) fn leave_room_to_lead(&self) -> bool {
        let cores = if self.turns { 1 } else { self.cores };
        !self.are_all() && (!self.cheap || self.fresh_workers() < cores)
    }

    /// Whether the producer may begin and one more may, whatever becomes of the producer.
    pub(super) fn can_lead_on(&self) -> bool {
        self.permits > 1 && self.leave_room_to_lead()
    }

    /// Whether the producer's is one of all the bodies that may run.
    pub(super) fn last_leads(&self) -> bool {
        self.are_all() && self.leading.is_some()
    }

    /// Whether a worker could begin if the producer's body were none.
    pub(super) fn could_use_lead(&self) -> bool {
        self.last_leads() && {
            let mut without = self.clone();
            without.lose_lead();
            without.left() > 0
        }
    }

    /// The producer's body is none.
    pub(super) fn lose_lead(&mut self) {
        self.running -= 1;
        self.leading = None;
    }

    /// Somebody begins: the producer if it `leads`.
    pub(super) fn begin(&mut self, leads: bool) -> Permit {
        self.running += 1;
        if leads {
            self.leading = Some(self.watch);
        } else {
            self.fresh[0] += 1;
        }
        Permit { watch: self.watch, leads }
    }

    /// Somebody is done.
    pub(super) fn end(&mut self, Permit { watch, leads }: Permit) {
        self.running -= 1;
        if leads {
            self.leading = None;
        } else if let Some(fresh) = self.fresh.get_mut(self.watch - watch) {
            *fresh -= 1;
        }
    }

    /// Who was said to be done goes on.
    pub(super) fn resume(&mut self, permit: Permit) -> Permit {
        self.running += 1;
        if permit.leads {
            self.leading = Some(permit.watch);
        } else if let Some(fresh) = self.fresh.get_mut(self.watch - permit.watch) {
            *fresh += 1;
        }
        permit
    }

    /// The producer has met a full queue. A core is its own from now on, if the workers want all.
    pub(super) fn meet_full_queue(&mut self) {
        self.was_full = true;
        self.reserved |= self.permits > 1 && self.permits >= self.cores;
    }

    /// The producer will lead no more.
    pub(super) fn stop_leading(&mut self) {
        self.reserved = false;
    }

    /// A watch is over.
    pub(super) fn watched(&mut self) {
        self.watch += 1;
        self.fresh = [0, self.fresh[0]];
        self.reserved &= self.was_full;
        self.was_full = false;
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn never_more_than_workers() {
        let mut bodies = Bodies::new(2, 8);
        let first = bodies.begin(false);
        assert_eq!(bodies.left(), 1);
        bodies.begin(true);
        assert!(bodies.are_all() && bodies.left() == 0 && !bodies.leave_room_to_lead());
        bodies.end(first);
        assert_eq!(bodies.left(), 1);
    }

    #[test]
    fn cheap_bodies_are_no_more_than_the_cores() {
        let mut bodies = Bodies::new(50, 2);
        assert_eq!(bodies.left(), 50);
        bodies.set_cheap(true);
        assert_eq!(bodies.left(), 2);
        bodies.meet_full_queue();
        assert_eq!(bodies.left(), 1, "one is the producer's");
        bodies.begin(false);
        assert!(bodies.left() == 0 && bodies.leave_room_to_lead());
        bodies.begin(true);
        assert_eq!(bodies.left(), 0);
        bodies.stop_leading();
        bodies.set_cheap(false);
        assert_eq!(bodies.left(), 48);
    }

    #[test]
    fn bodies_that_do_not_come_back_do_not_count_for_ever() {
        let mut bodies = Bodies::new(50, 2);
        bodies.set_cheap(true);
        let blocked = [bodies.begin(false), bodies.begin(false)];
        bodies.watched();
        assert_eq!(bodies.left(), 0);
        bodies.watched();
        assert_eq!(bodies.left(), 2);
        bodies.begin(false);
        for permit in blocked {
            bodies.end(permit);
        }
        assert_eq!((bodies.left(), bodies.running), (1, 1));
    }

    #[test]
    fn a_reserve_that_is_not_needed_is_void_after_a_watch() {
        let mut bodies = Bodies::new(2, 2);
        bodies.set_cheap(true);
        bodies.meet_full_queue();
        bodies.watched();
        assert_eq!(bodies.left(), 1);
        bodies.watched();
        assert_eq!(bodies.left(), 2);
    }

    #[test]
    fn one_body_at_a_time_has_the_cheap_items_that_take_turns() {
        let mut bodies = Bodies::new(4, 8);
        bodies.take_turns();
        bodies.begin(false);
        assert_eq!(bodies.left(), 3, "not known to be cheap");
        bodies.set_cheap(true);
        assert!(bodies.left() == 0 && !bodies.leave_room_to_lead());
        bodies.watched();
        bodies.watched();
        assert!(bodies.left() == 1 && bodies.leave_room_to_lead(), "that one is blocked");
        bodies.begin(true);
        assert_eq!(bodies.left(), 0, "the producer's is one as well");
    }

    #[test]
    fn with_cores_for_all_nothing_is_reserved() {
        let mut bodies = Bodies::new(2, 8);
        bodies.set_cheap(true);
        bodies.meet_full_queue();
        assert_eq!(bodies.left(), 2);
    }
}
