use std::collections::HashMap;

use pool_runtime::pooled;

#[pooled]
fn sums(points: &[(u32, Vec<f64>)]) -> HashMap<u32, Vec<f64>> {
    let mut sums = HashMap::new();
    for (label, point) in points {
        let sum = sums.entry(*label).or_insert_with(|| vec![0.0; point.len()]);
        for (d, x) in point.iter().enumerate() {
            sum[d] += x;
        }
    }
    sums
}

fn main() {}
