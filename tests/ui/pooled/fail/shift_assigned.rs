use pool_runtime::pooled;

#[pooled]
fn bits(values: &[bool]) -> u64 {
    let mut bits = 0;
    for value in values {
        bits <<= 1;
        bits |= u64::from(*value);
    }
    bits
}

fn main() {}
