use std::collections::HashMap;

use pool_runtime::pooled;

#[derive(Default)]
struct Place {
    x: i64,
    y: i64,
}

#[derive(Default)]
struct Stats {
    place: Place,
}

#[pooled]
fn stats(values: &[i64]) -> HashMap<i64, Stats> {
    let mut stats: HashMap<i64, Stats> = HashMap::new();
    for &x in values {
        let place = &mut stats.entry(x % 10).or_default().place;
        place.x += x;
        place.y += 1;
    }
    stats
}

fn main() {
    stats(&[]);
}
