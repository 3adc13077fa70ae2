use pool_runtime::pooled;

#[pooled]
fn random(seeds: &[u64]) -> Vec<u64> {
    let mut state = 1;
    let mut out = Vec::new();
    for seed in seeds {
        state = state * 6364136223846793005 + seed;
        out.push(state);
    }
    out
}

fn main() {}
