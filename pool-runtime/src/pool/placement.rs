//! Where a woken thread runs: not on the core of the thread that wakes it.
//!
//! Linux tends to place a thread where its waker runs, on the assumption that the waker is about
//! to sleep. The caller of a region is not; so the helper would share the caller's core for
//! milliseconds while the others idle (measured: two threads on two cores, 10 us to 80 us loops
//! back to back, 1.00x without this file and 1.8x to 1.95x with it).
//!
//! So a thread that goes to sleep takes the core of its last waker out of its own affinity; a
//! waker on another core corrects that (4 us, so not as a rule); and the thread restores its
//! affinity as soon as it runs, before it touches anything of the user's, so that nothing that a
//! body starts inherits the restriction. A mask that somebody else has set meanwhile is left
//! alone. Where masks cannot be had or set, all of this does nothing.

// Under loom all threads of a model are one; Miri has no masks.
#[cfg(all(target_os = "linux", not(any(miri, all(loom, test)))))]
pub(super) use linux::Place;
#[cfg(not(all(target_os = "linux", not(any(miri, all(loom, test))))))]
pub(super) use other::Place;

#[cfg(all(target_os = "linux", not(any(miri, all(loom, test)))))]
mod linux {
    use std::mem::{size_of, zeroed};
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use libc::{CPU_CLR, CPU_COUNT, CPU_EQUAL, CPU_ISSET, cpu_set_t, pid_t};

    /// One thread's affinity while it sleeps. Never contended: the thread itself uses it while it
    /// is awake, its waker while it sleeps.
    #[derive(Default)]
    pub(in crate::pool) struct Place(Mutex<Masks>);

    #[derive(Default)]
    struct Masks {
        /// Nothing until the thread has gone to sleep once.
        thread: Option<pid_t>,
        /// What the thread may use when awake, and what it may use now: `None` if the same.
        home: Option<cpu_set_t>,
        away: Option<cpu_set_t>,
        /// The core of the last waker.
        waker: Option<usize>,
    }

    impl Place {
        /// The current thread, whose place this is, is about to sleep. Unless `placed`, it wakes
        /// wherever the system has it.
        pub(in crate::pool) fn sleep(&self, placed: bool) {
            let mut masks = self.masks();
            // SAFETY: no arguments, no way to fail.
            #[allow(unsafe_code, reason = "system call")]
            let thread = *masks.thread.get_or_insert_with(|| unsafe { libc::gettid() });
            masks.home = placed.then(|| mask_of(thread)).flatten();
            if let Some(core) = masks.waker {
                masks.avoid(core);
            }
        }

        /// The current thread is about to wake the thread whose place this is.
        pub(in crate::pool) fn wake_elsewhere(&self) {
            // SAFETY: no arguments; a failure is a negative number.
            #[allow(unsafe_code, reason = "system call")]
            let Ok(core) = usize::try_from(unsafe { libc::sched_getcpu() }) else { return };
            let mut masks = self.masks();
            if masks.away.is_none() || masks.waker != Some(core) {
                masks.avoid(core);
            }
        }

        /// The current thread, whose place this is, has woken.
        pub(in crate::pool) fn wake(&self) {
            let mut masks = self.masks();
            let (Some(thread), Some(home), Some(away)) = (masks.thread, masks.home, masks.away)
            else {
                return;
            };
            masks.away = None;
            if mask_of(thread).is_some_and(|now| equal(&now, &away)) {
                set_mask(thread, &home);
            }
        }

        fn masks(&self) -> MutexGuard<'_, Masks> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    impl Masks {
        /// Restricts the thread to its home without `core`.
        fn avoid(&mut self, core: usize) {
            let (Some(thread), Some(home)) = (self.thread, self.home) else { return };
            if let Some(away) = without(&home, core)
                && set_mask(thread, &away)
            {
                self.away = Some(away);
                self.waker = Some(core);
            }
        }
    }

    /// `mask` without `core`, if it is in there and not all that is.
    fn without(mask: &cpu_set_t, core: usize) -> Option<cpu_set_t> {
        let fits = core < 8 * size_of::<cpu_set_t>();
        // SAFETY: in range, as just checked; plain bit operations on a valid set.
        #[allow(unsafe_code, reason = "libc declares its bit operations unsafe")]
        if !fits || unsafe { !CPU_ISSET(core, mask) } || count(mask) < 2 {
            return None;
        }
        let mut rest = *mask;
        // SAFETY: as above.
        #[allow(unsafe_code, reason = "libc declares its bit operations unsafe")]
        unsafe {
            CPU_CLR(core, &mut rest);
        }
        Some(rest)
    }

    fn count(mask: &cpu_set_t) -> i32 {
        // SAFETY: plain bit operations on a valid set.
        #[allow(unsafe_code, reason = "libc declares its bit operations unsafe")]
        unsafe {
            CPU_COUNT(mask)
        }
    }

    fn equal(one: &cpu_set_t, other: &cpu_set_t) -> bool {
        // SAFETY: plain bit operations on valid sets.
        #[allow(unsafe_code, reason = "libc declares its bit operations unsafe")]
        unsafe {
            CPU_EQUAL(one, other)
        }
    }

    /// The cores that `thread` may use.
    fn mask_of(thread: pid_t) -> Option<cpu_set_t> {
        // SAFETY: an array of integers; zero is the empty set.
        #[allow(unsafe_code, reason = "libc has no constructor")]
        let mut mask: cpu_set_t = unsafe { zeroed() };
        // SAFETY: the size is that of the set, which is ours to write.
        #[allow(unsafe_code, reason = "system call")]
        let status = unsafe { libc::sched_getaffinity(thread, size_of::<cpu_set_t>(), &mut mask) };
        (status == 0).then_some(mask)
    }

    /// Lets `thread` use the cores of `mask`; false if that cannot be.
    fn set_mask(thread: pid_t, mask: &cpu_set_t) -> bool {
        // SAFETY: the size is that of the set, which is only read.
        #[allow(unsafe_code, reason = "system call")]
        let status = unsafe { libc::sched_setaffinity(thread, size_of::<cpu_set_t>(), mask) };
        status == 0
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_thread_sleeps_away_from_its_waker_and_wakes_at_home() {
            std::thread::spawn(|| {
                let place = Place::default();
                let home = mask_of(0).unwrap();
                place.sleep(true);
                place.wake_elsewhere();
                let asleep = mask_of(0).unwrap();
                let waker = place.masks().waker;
                place.wake();
                assert!(equal(&mask_of(0).unwrap(), &home));
                if count(&home) > 1 {
                    assert_eq!(count(&asleep), count(&home) - 1);
                    place.sleep(true);
                    assert_eq!(place.masks().waker, waker, "remembers its waker");
                    assert!(equal(&mask_of(0).unwrap(), &asleep));
                    place.wake();
                    assert!(equal(&mask_of(0).unwrap(), &home));
                }
            })
            .join()
            .unwrap();
        }

        #[test]
        fn a_mask_set_by_somebody_else_stays() {
            std::thread::spawn(|| {
                let place = Place::default();
                let home = mask_of(0).unwrap();
                place.sleep(true);
                place.wake_elsewhere();
                let core = (0..1024).find(|&core| without(&home, core).is_some());
                let Some(others) = core.and_then(|core| without(&home, core)) else { return };
                let chosen = match place.masks().away {
                    Some(away) if equal(&away, &others) => home,
                    _ => others,
                };
                assert!(set_mask(0, &chosen));
                place.wake();
                assert!(equal(&mask_of(0).unwrap(), &chosen));
            })
            .join()
            .unwrap();
        }

        #[test]
        fn the_only_core_is_not_taken_away() {
            let mut one = mask_of(0).unwrap();
            while let Some(fewer) = (0..1024).find_map(|core| without(&one, core)) {
                one = fewer;
            }
            assert_eq!(count(&one), 1);
            assert!(without(&one, usize::MAX).is_none());
        }
    }
}

#[cfg(not(all(target_os = "linux", not(any(miri, all(loom, test))))))]
mod other {
    /// Other systems place woken threads by themselves.
    #[derive(Default)]
    pub(in crate::pool) struct Place;

    impl Place {
        pub(in crate::pool) fn sleep(&self, _placed: bool) {}
        pub(in crate::pool) fn wake_elsewhere(&self) {}
        pub(in crate::pool) fn wake(&self) {}
    }
}
