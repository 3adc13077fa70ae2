//! The ten scenarios: `cargo bench -p pool-runtime --bench scenarios`.
//!
//! Each as the sequential loop, as an expert writes it by hand, and annotated, on inputs that fit
//! a short window of quiet; the programs `s01_chunking` to `s10_error_group` in `examples` do the
//! same on real ones. Compare within one run only.

#[path = "../measure/drive.rs"]
mod drive;
#[path = "../measure/mod.rs"]
mod measure;
mod ten;

use criterion::{Criterion, criterion_group, criterion_main};

fn scenarios(criterion: &mut Criterion) {
    drive::drive(criterion, "scenarios", ten::measures());
}

criterion_group! { name = benches; config = drive::settings(); targets = scenarios }
criterion_main!(benches);
