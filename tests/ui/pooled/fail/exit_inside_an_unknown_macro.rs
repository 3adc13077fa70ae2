use pool_runtime::pooled;

macro_rules! stop_if {
    ($condition:expr, $exit:expr) => {
        if $condition {
            $exit
        }
    };
}

#[pooled]
fn total(values: &[u64]) -> u64 {
    let mut sum = 0;
    for value in values {
        stop_if!(*value > 9, break);
        sum += value;
    }
    sum
}

fn main() {}
