//! Numerical kernels in the manner of the NAS Parallel Benchmarks, written anew from their
//! published descriptions: `cargo bench -p pool-runtime --bench kernels`.
//!
//! Each as the plain loops, as the same loops with `#[pooled]` on each, with rayon and, where `cc`
//! knows `-fopenmp`, as the same loops in C with a pragma on each. The last one is a process of its
//! own, which compares itself with the same C without OpenMP: printed at the end, as a gain.
//! Compare within one run only, and beware: on a virtual machine the other half of a core may be
//! somebody else's. While it is busy, a loop that is bound by what a core has once (multipliers,
//! the decoder, a line of the instruction cache a cycle) takes up to twice as long, one that waits
//! for its own last result just as long as before. So the same plain loop takes 2.0 ms or 3.7 ms
//! (CG, for seconds; on an AMD EPYC, told by a chain of additions beside independent ones), and one
//! that lies across two lines of the instruction cache takes 1.3 to 1.8 times as long as one that
//! does not, which changes with every build. The scoreboard allows for both.

#[path = "../measure/drive.rs"]
mod drive;
#[path = "../measure/mod.rs"]
mod measure;
mod nas;
#[path = "../common/pair.rs"]
mod pair;

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
