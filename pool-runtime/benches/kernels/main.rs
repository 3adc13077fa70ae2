//! Numerical kernels in the manner of the NAS Parallel Benchmarks, written anew from their
//! published descriptions: `cargo bench -p pool-runtime --bench kernels`.
//!
//! Each as the plain loops, as the same loops with `#[pooled]` on each, with rayon and, where `cc`
//! knows `-fopenmp`, as the same loops in C with a pragma on each. The last one is a process of its
//! own, which compares itself with the same C without OpenMP: printed at the end, as a gain.
//! Compare within one run only.

#[path = "../measure/drive.rs"]
mod drive;
#[path = "../measure/mod.rs"]
mod measure;
mod nas;

use criterion::{Criterion, criterion_group, criterion_main};

fn kernels(criterion: &mut Criterion) {
    drive::drive(criterion, "kernels", nas::measures());
}

fn openmp(_: &mut Criterion) {
    for mut measure in nas::measures() {
        let Some(other) = &mut measure.elsewhere else { continue };
        match (other.gain)() {
            Some(gain) => eprintln!("{}: {} gains {gain:.2}x", measure.name, other.name),
            None => eprintln!("{}: no `cc` that knows `-fopenmp`", measure.name),
        }
    }
}

criterion_group! { name = benches; config = drive::settings(); targets = kernels, openmp }
criterion_main!(benches);
