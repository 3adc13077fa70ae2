use pool_runtime::pooled;

struct Stats {
    count: u64,
}

#[pooled(reduce(stats))]
fn stats(values: &[u64]) -> Stats {
    let mut stats = Stats { count: 0 };
    for value in values {
        stats.count += value;
    }
    stats
}

fn main() {}
