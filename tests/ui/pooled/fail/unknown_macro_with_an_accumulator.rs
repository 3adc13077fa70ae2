use pool_runtime::pooled;

macro_rules! add {
    ($to:ident, $value:expr) => {
        $to += $value
    };
}

#[pooled]
fn total(values: &[u64]) -> u64 {
    let mut sum = 0;
    for value in values {
        sum += 1;
        add!(sum, value);
    }
    sum
}

fn main() {}
