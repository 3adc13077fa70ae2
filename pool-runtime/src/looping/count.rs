//! Numbers in attributes: `workers = config.workers` takes whatever integer type that is.

/// An integer that stands for how many of something.
#[diagnostic::on_unimplemented(
    message = "this key takes a number, and `{Self}` is none",
    label = "not an integer",
    note = "write an integer, `\"auto\"` or an expression of an integer type, such as `usize`"
)]
pub trait Count: Copy {
    /// As `usize`; the error is the value as text.
    fn count(self) -> Result<usize, String>;
}

macro_rules! count {
    ($($int:ty)*) => { $(
        impl Count for $int {
            #[inline]
            fn count(self) -> Result<usize, String> {
                match usize::try_from(self) {
                    Ok(count) if count > 0 => Ok(count),
                    _ => Err(self.to_string()),
                }
            }
        }
    )* };
}
count!(i8 u8 i16 u16 i32 u32 i64 u64 i128 u128 isize usize);

/// The value of `key`, at least 1.
///
/// # Panics
/// When it is less than 1, or more than a `usize` holds.
#[inline]
#[track_caller]
pub(crate) fn positive(key: &str, value: impl Count) -> usize {
    match value.count() {
        Ok(count) => count,
        Err(value) => refuse(key, &value),
    }
}

#[cold]
#[track_caller]
fn refuse(key: &str, value: &str) -> ! {
    panic!("`{key}` must be at least 1 and at most `usize::MAX`, but it is {value} here")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_positive_integer_is_a_count() {
        assert_eq!(positive("workers", 8), 8);
        assert_eq!(positive("workers", 8u8), 8);
        assert_eq!(positive("workers", 1i128), 1);
    }

    #[test]
    #[should_panic = "`chunk` must be at least 1 and at most `usize::MAX`, but it is -3 here"]
    fn a_negative_count_is_refused_by_name() {
        positive("chunk", -3i64);
    }

    #[test]
    #[should_panic = "`workers` must be at least 1 and at most `usize::MAX`, but it is 0 here"]
    fn no_workers_at_all_is_refused() {
        positive("workers", 0u8);
    }
}
