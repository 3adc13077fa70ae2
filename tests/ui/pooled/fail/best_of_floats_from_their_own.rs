use std::collections::HashMap;

use pool_runtime::pooled;

#[pooled]
fn highest(values: &[(u8, f64)]) -> HashMap<u8, (f64, usize)> {
    let mut highest: HashMap<u8, (f64, usize)> = HashMap::new();
    for (i, &(key, value)) in values.iter().enumerate() {
        let best = highest.entry(key).or_insert((value, i));
        if value > best.0 {
            *best = (value, i);
        }
    }
    highest
}

fn main() {
    highest(&[]);
}
