//! The short way in, for as long as somebody is certain to come for what entered.
//!
//! Each call used to take the stage's lock, whose memory the workers have just written to. A line
//! of a cache that changes processors costs some hundred nanoseconds, far more than what is done
//! with it. So callers fill a block of their own (`Gate`), behind a lock that workers do not touch
//! as long as they find full blocks where callers leave them (`Tray`): between two processors that
//! are busy, memory is exchanged once a block.
//!
//! At the gate is a `credit`: how many calls may enter without anybody being told. The stage grants
//! it in three cases ([`Grant`]), and for no more calls than there is room for.
//!
//! * **Nobody is overlooked.** Credit is granted and taken back under the stage's lock, and it is
//!   taken back (`revoke`, which also gathers what has entered) before its reason ceases to hold:
//!   before a worker leaves, lingers, watches, or is missed by one that waits inside its body.
//!   Where calls were still found then, the worker does not leave, or another is called.
//! * **A call does not wait for company.** A worker without work takes a block that is not full.
//!   If it runs calls faster than they come, it pauses before: see [`Take::Pause`](super::Take).
//! * **Never above the limit.** The calls that wait, here or there, and the credit together are
//!   never more than `limit` (`promised` is the stage's record of both parts that are here). A
//!   caller without credit revokes that of others before it looks for room.
//! * **In order.** Who goes the long way gathers first, so what stands here came later than what
//!   stands in the stage's line; blocks in the tray came before the one at the gate.
//!
//! A caller that finds a quiet function (nobody at work, or all idle) goes the long way, and so
//! does the next: there is credit only once calls come faster than they are fetched.

use std::collections::VecDeque;
use std::mem;
use std::sync::atomic::Ordering;

use crossbeam_utils::CachePadded;

use super::line::BLOCK;
use super::{Stage, State};
use crate::sync::{AtomicBool, Mutex, Spin, lock};
use crate::task::entry::Entry;

/// See the module. Order of locks: the stage's, the gate's, the tray's.
pub(super) struct Intake<E> {
    gate: CachePadded<Gate<E>>,
    tray: CachePadded<Tray<E>>,
    bell: CachePadded<Bell>,
    /// A block of so many is full.
    block: usize,
}

/// Only so that a worker that lingers or pauses need not look behind a lock.
struct Bell {
    /// Something has entered that was not gathered.
    some: AtomicBool,
    /// Somebody waits for what may be there.
    hurry: AtomicBool,
}

struct Gate<E> {
    /// There is credit: only so that nobody need look behind the lock.
    open: AtomicBool,
    inner: Spin<Filling<E>>,
}

struct Filling<E> {
    credit: usize,
    calls: VecDeque<E>,
}

struct Tray<E> {
    /// There is a full block: only so that nobody need look behind the lock.
    laden: AtomicBool,
    inner: Mutex<Blocks<E>>,
}

struct Blocks<E> {
    full: Vec<VecDeque<E>>,
    empty: Vec<VecDeque<E>>,
    /// More credit, for who comes with a block or has none left.
    credit: usize,
}

/// Why there is credit, if there is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grant {
    /// There is none.
    Nothing,
    /// A worker is at it, and another watches: as long as it is little, nobody is called.
    Little,
    /// A worker is on its way, or all are at work, and each comes again before it leaves.
    Room,
}

impl<E> Intake<E> {
    pub(super) fn new(limit: usize) -> Self {
        let filling = Filling { credit: 0, calls: VecDeque::new() };
        let blocks = Blocks { full: Vec::new(), empty: Vec::new(), credit: 0 };
        Self {
            gate: CachePadded::new(Gate {
                open: AtomicBool::new(false),
                inner: Spin::new(filling),
            }),
            tray: CachePadded::new(Tray {
                laden: AtomicBool::new(false),
                inner: Mutex::new(blocks),
            }),
            bell: CachePadded::new(Bell {
                some: AtomicBool::new(false),
                hurry: AtomicBool::new(false),
            }),
            block: (limit / 4).clamp(1, BLOCK),
        }
    }

    /// A full block, and what credit there is for it.
    #[cold]
    fn hand_over(&self, gate: &mut Filling<E>) {
        let mut tray = lock(&self.tray.inner);
        // The one before it was filled, so this one may be.
        let empty = tray.empty.pop().unwrap_or_else(|| VecDeque::with_capacity(self.block));
        tray.full.push(mem::replace(&mut gate.calls, empty));
        gate.credit += mem::take(&mut tray.credit);
        self.tray.laden.store(true, Ordering::Relaxed);
    }

    /// What credit there is for who has none. False: none either.
    #[cold]
    fn renew(&self, gate: &mut Filling<E>) -> bool {
        gate.credit = mem::take(&mut lock(&self.tray.inner).credit);
        gate.credit > 0
    }
}

impl<E: Entry> Stage<E> {
    /// Enters on credit, if there is any.
    #[inline]
    pub(in crate::task) fn enter(&self, entry: E) -> Result<(), E> {
        let intake = &self.intake;
        if !intake.gate.open.load(Ordering::Relaxed) {
            return Err(entry);
        }
        let mut gate = intake.gate.inner.lock();
        if gate.credit == 0 && !intake.renew(&mut gate) {
            return Err(entry);
        }
        gate.credit -= 1;
        gate.calls.push_back(entry);
        if gate.calls.len() == 1 {
            intake.bell.some.store(true, Ordering::Relaxed);
        }
        if gate.calls.len() >= intake.block {
            intake.hand_over(&mut gate);
        }
        Ok(())
    }

    /// Whether there is a block to be fetched.
    fn is_laden(&self) -> bool {
        self.intake.tray.laden.load(Ordering::Relaxed)
    }

    /// Whether there is something to be gathered.
    pub(super) fn has_some(&self) -> bool {
        self.intake.bell.some.load(Ordering::Relaxed)
    }

    /// A caller waits for a result: a worker that pauses comes at once.
    #[inline]
    pub(in crate::task) fn hurry(&self) {
        self.intake.bell.hurry.store(true, Ordering::Relaxed);
    }

    /// Whether a pause is to end.
    #[inline]
    pub(in crate::task) fn is_pause_over(&self) -> bool {
        self.is_laden() || self.intake.bell.hurry.load(Ordering::Relaxed)
    }

    /// Moves full blocks to the end of the line.
    pub(super) fn fetch(&self, state: &mut State<E>) {
        if state.grant == Grant::Nothing || !self.is_laden() {
            return;
        }
        let mut tray = lock(&self.intake.tray.inner);
        self.unload(state, &mut tray);
        let credit = self.credit(state).saturating_sub(state.promised);
        tray.credit += credit;
        state.promised += credit;
    }

    /// Moves all that has entered on credit to the end of the line. False: nothing has.
    pub(super) fn gather(&self, state: &mut State<E>) -> bool {
        state.grant != Grant::Nothing && self.gather_and_grant(state)
    }

    /// Gathers, and takes the credit back.
    pub(super) fn revoke(&self, state: &mut State<E>) -> bool {
        if state.grant == Grant::Nothing {
            return false;
        }
        state.grant = Grant::Nothing;
        self.intake.gate.open.store(false, Ordering::Relaxed);
        self.gather_and_grant(state)
    }

    fn gather_and_grant(&self, state: &mut State<E>) -> bool {
        let mut gate = self.intake.gate.inner.lock();
        let mut tray = lock(&self.intake.tray.inner);
        self.intake.bell.some.store(false, Ordering::Relaxed);
        self.intake.bell.hurry.store(false, Ordering::Relaxed);
        let came = self.unload(state, &mut tray) + self.admit_all(state, &mut gate.calls);
        gate.credit = self.credit(state);
        tray.credit = 0;
        state.promised = gate.credit;
        came > 0
    }

    fn unload(&self, state: &mut State<E>, tray: &mut Blocks<E>) -> usize {
        self.intake.tray.laden.store(false, Ordering::Relaxed);
        let mut came = 0;
        for mut full in tray.full.drain(..) {
            came += self.admit_all(state, &mut full);
            if full.capacity() > 0 {
                tray.empty.push(full);
            }
        }
        state.promised = state.promised.saturating_sub(came);
        came
    }

    fn admit_all(&self, state: &mut State<E>, block: &mut VecDeque<E>) -> usize {
        let came = state.line.append(block);
        state.entered += came as u64;
        state.figures.admitted += came as u64;
        state.figures.peak = state.figures.peak.max(state.line.len() + state.handed);
        came
    }

    /// Takes back what was granted without a reason that still holds. True: calls had entered.
    pub(super) fn tighten(&self, state: &mut State<E>) -> bool {
        match self.reason(state) {
            reason if reason >= state.grant => false,
            Grant::Nothing => self.revoke(state),
            reason => {
                state.grant = reason;
                self.gather_and_grant(state)
            }
        }
    }

    /// Grants what there is reason for. There is no credit, and nothing to gather.
    pub(super) fn open(&self, state: &mut State<E>) {
        if self.blocked.load(Ordering::Relaxed) > 0 {
            return;
        }
        state.grant = self.reason(state);
        if state.grant != Grant::Nothing {
            state.promised = self.credit(state);
            self.intake.gate.inner.lock().credit = state.promised;
            self.intake.gate.open.store(true, Ordering::Relaxed);
        }
    }

    /// For how many calls, besides those that are in line and in hands.
    fn credit(&self, state: &State<E>) -> usize {
        let room = self.limit.saturating_sub(state.line.len() + state.handed);
        match state.grant {
            Grant::Nothing => 0,
            Grant::Little => room.min(self.little_left(state)),
            Grant::Room => room,
        }
    }

    fn reason(&self, state: &State<E>) -> Grant {
        if self.batch.is_some() || state.closed {
            Grant::Nothing
        } else if state.called || state.lingering.is_some() || self.all_at_work(state) {
            Grant::Room
        } else if self.is_watched(state) {
            Grant::Little
        } else {
            Grant::Nothing
        }
    }

    /// Whether there is nobody to call, and nobody is idle.
    fn all_at_work(&self, state: &State<E>) -> bool {
        state.crew >= self.workers + state.deep
            && state.lingering.is_none()
            && state.watcher.is_none()
    }
}
