//! The bar of `progress = "label"`: feature `progress`, drawn by indicatif on standard error when
//! that is a terminal. Without the feature the key does nothing.
//!
//! Workers say after each claim how many items it had. A loop with a bar on its calling thread
//! alone claims as if it had a deadline, so that the bar moves.

#[cfg(feature = "progress")]
use std::fmt::Write;

#[cfg(feature = "progress")]
use indicatif::{HumanCount, ProgressBar, ProgressFinish, ProgressState, ProgressStyle};

/// How far a loop is.
#[derive(Debug)]
pub(super) struct Bar {
    #[cfg(feature = "progress")]
    bar: ProgressBar,
}

#[cfg(feature = "progress")]
impl Bar {
    pub(super) fn new(label: impl AsRef<str>) -> Self {
        // A loop that is left leaves its bar as it stands.
        let bar = ProgressBar::no_length().with_finish(ProgressFinish::Abandon);
        bar.set_message(label.as_ref().to_owned());
        Self { bar }
    }

    /// The loop starts, over `len` items where that is known.
    pub(super) fn start(&self, len: Option<usize>) {
        let template = match len {
            Some(_) => "{msg} [{wide_bar}] {human_pos}/{human_len} {rate} {eta}",
            None => "{msg} {spinner} {human_pos} {rate} {elapsed}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style.with_key(
                "rate",
                |state: &ProgressState, to: &mut dyn Write| {
                    let _ = to.write_str(&rate(state.per_sec()));
                },
            ));
        }
        if let Some(len) = len {
            self.bar.set_length(len as u64);
        }
        self.bar.tick();
    }

    pub(super) fn advance(&self, items: usize) {
        self.bar.inc(items as u64);
    }

    /// The loop has come to the end of its source.
    pub(super) fn finish(&self) {
        self.bar.finish();
    }
}

/// Items a second, without decimals where nobody reads them.
#[cfg(feature = "progress")]
fn rate(per_second: f64) -> String {
    match per_second {
        ..10.0 => format!("{per_second:.1}/s"),
        _ => format!("{}/s", HumanCount(per_second.round() as u64)),
    }
}

#[cfg(not(feature = "progress"))]
impl Bar {
    pub(super) fn new(_: impl AsRef<str>) -> Self {
        Self {}
    }

    pub(super) fn start(&self, _: Option<usize>) {}

    pub(super) fn advance(&self, _: usize) {}

    pub(super) fn finish(&self) {}
}

#[cfg(all(test, feature = "progress", not(loom)))]
mod tests {
    use crate::__private::{Step, source};
    use crate::looping::Loop;
    use crate::looping::tests::support::site;

    #[test]
    fn rates_have_decimals_where_they_are_slow() {
        let rates = [0.25, 9.96, 380.4321, 1_234_567.8].map(super::rate);
        assert_eq!(rates, ["0.2/s", "10.0/s", "380/s", "1,234,568/s"]);
    }

    #[test]
    fn a_bar_counts_every_item_on_any_number_of_workers() {
        for workers in [1, 2, 8] {
            let counted = Loop::new(site(), source!(0..10_000u32)).workers(workers).progress("all");
            let bar = counted.plan.bar.as_ref().unwrap().bar.clone();
            counted.run((), (), |(), (), block| block.into_iter().for_each(drop));
            assert_eq!((bar.position(), bar.length()), (10_000, Some(10_000)));
            assert!(bar.is_finished());
            assert_eq!(bar.message(), "all");
        }
    }

    #[test]
    fn a_source_that_does_not_say_its_length_is_counted_too() {
        let counted = Loop::new(site(), source!((0..777u32).filter(|_| true))).progress("some");
        let bar = counted.plan.bar.as_ref().unwrap().bar.clone();
        counted.run((), (), |(), (), block| block.into_iter().for_each(drop));
        assert_eq!((bar.position(), bar.length()), (777, None));
    }

    #[test]
    fn a_loop_that_is_left_leaves_its_bar_short_of_the_end() {
        let counted = Loop::new(site(), source!(0..10_000u32)).workers(2).progress("left");
        let bar = counted.plan.bar.as_ref().unwrap().bar.clone();
        let left = counted.run_until((), (), |(), (), block| {
            for i in block {
                if i == 100 {
                    return ((), Step::Return(i));
                }
            }
            ((), Step::Next)
        });
        assert_eq!(left, Some(100));
        assert!(bar.position() < 10_000);
    }
}
