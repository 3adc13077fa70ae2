//! What a thread has had of the processors: tells a body that works from one that waits.
//!
//! Linux tells it of each thread (`getrusage` with `RUSAGE_THREAD`, a system call of a few hundred
//! nanoseconds, so only watched regions of some length ask). Elsewhere nothing is known.

use std::time::Duration;

/// Of one thread, since some moment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// On a processor.
    pub(crate) processor: Duration,
    /// How often it gave the processor up, to wait for something.
    pub(crate) waits: u64,
    /// How often the processor was taken from it.
    pub(crate) preempted: u64,
}

impl Usage {
    /// Of the calling thread since it started.
    #[cfg(target_os = "linux")]
    #[allow(unsafe_code, reason = "a system call that fills a plain struct")]
    pub(crate) fn of_thread() -> Option<Self> {
        let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
        // SAFETY: the pointer is to a `rusage` of our own, which the call may fill.
        let status = unsafe { libc::getrusage(libc::RUSAGE_THREAD, usage.as_mut_ptr()) };
        if status != 0 {
            return None;
        }
        // SAFETY: a struct of integers, zeroed above: any content is valid.
        let usage = unsafe { usage.assume_init() };
        let time = |time: libc::timeval| {
            Duration::from_secs(time.tv_sec.unsigned_abs())
                + Duration::from_micros(time.tv_usec.unsigned_abs())
        };
        Some(Self {
            processor: time(usage.ru_utime) + time(usage.ru_stime),
            waits: usage.ru_nvcsw.unsigned_abs(),
            preempted: usage.ru_nivcsw.unsigned_abs(),
        })
    }

    /// Of the calling thread since it started.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn of_thread() -> Option<Self> {
        None
    }

    /// What came in since `before`.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            processor: self.processor.saturating_sub(before.processor),
            waits: self.waits.saturating_sub(before.waits),
            preempted: self.preempted.saturating_sub(before.preempted),
        }
    }

    /// Both together.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            processor: self.processor + other.processor,
            waits: self.waits + other.waits,
            preempted: self.preempted + other.preempted,
        }
    }
}

#[cfg(all(test, target_os = "linux", not(loom)))]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn sleeping_takes_no_processor_and_working_does() {
        let before = Usage::of_thread().expect("Linux tells");
        std::thread::sleep(Duration::from_millis(20));
        let slept = Usage::of_thread().expect("Linux tells");
        assert!(slept.since(before).processor < Duration::from_millis(15));
        assert!(slept.since(before).waits >= 1);
        let start = Instant::now();
        // Until the thread has had 5 ms, however busy the machine is.
        while Usage::of_thread().expect("Linux tells").since(slept).processor
            < Duration::from_millis(5)
        {
            assert!(start.elapsed() < Duration::from_secs(60));
        }
    }
}
