use pool_runtime::{Task, pooled};

pub struct Job(u64);

#[pooled]
fn show(job: &Job) -> Task<u64> {
    job.0
}

fn main() {}
