//! Measures, given to criterion.

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode};

use crate::measure::Measure;

/// Times every version of every measure.
pub(crate) fn drive(criterion: &mut Criterion, group: &str, measures: Vec<Measure>) {
    for mut measure in measures {
        measure.verify();
        let mut group = criterion.benchmark_group(format!("{group}/{}", measure.name));
        group.sampling_mode(SamplingMode::Flat);
        let pause = measure.plan.pause;
        for version in &mut measure.versions {
            group.bench_function(version.name, |bencher| {
                bencher.iter_custom(|runs| {
                    let mut total = Duration::ZERO;
                    (version.place)(&mut || {
                        for _ in 0..runs {
                            thread::sleep(pause);
                            let start = Instant::now();
                            black_box((version.work)());
                            total += start.elapsed();
                        }
                    });
                    total
                });
            });
        }
    }
}

/// Few samples: there are many versions, and quiet is rare.
pub(crate) fn settings() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
}
