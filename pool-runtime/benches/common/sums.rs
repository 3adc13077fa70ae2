//! The loop of the benchmarks that ask what a loop costs beyond its items, and their clocks.

use std::num::Wrapping;
use std::time::Duration;

/// Two wide multiplications, about 1 ns, bound by the multiplier: loops that are bound by how fast
/// instructions come differ by 15 % with where the linker has put them.
#[inline(always)]
pub(crate) fn item(x: u32) -> Wrapping<u64> {
    let fold = |x: u64, by: u64| {
        let wide = u128::from(x) * u128::from(by);
        (wide >> 64) as u64 ^ wide as u64
    };
    let once = fold(u64::from(x) ^ 0x2D35_8DCC_AA6C_78A5, 0x8BB8_4B93_962E_ACC9);
    Wrapping(fold(once, 0x9E37_79B9_7F4A_7C15))
}

#[inline(never)]
pub(crate) fn sequential(data: &[u32]) -> Wrapping<u64> {
    let mut sum = Wrapping(0);
    for &x in data {
        sum += item(x);
    }
    sum
}

/// Processor time of the whole process.
#[cfg(target_os = "linux")]
pub(crate) fn processor_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock exists, and the result is ours to write.
    #[allow(unsafe_code, reason = "system call")]
    let status = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    assert_eq!(status, 0);
    Duration::from_secs(time.tv_sec.unsigned_abs())
        + Duration::from_nanos(time.tv_nsec.unsigned_abs())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn processor_time() -> Duration {
    Duration::ZERO
}
