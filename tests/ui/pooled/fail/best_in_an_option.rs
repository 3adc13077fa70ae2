use pool_runtime::pooled;

#[pooled]
fn nearest(distances: &[f64]) -> Option<(usize, f64)> {
    let mut best = None;
    for (i, d) in distances.iter().enumerate() {
        if best.is_none_or(|(_, least)| *d < least) {
            best = Some((i, *d));
        }
    }
    best
}

#[pooled]
fn highest(scores: &[u32]) -> Option<u32> {
    let mut best = None;
    for score in scores {
        match best {
            Some(b) if b >= *score => {}
            _ => best = Some(*score),
        }
    }
    best
}

#[pooled]
fn last_long(words: &[String]) -> Option<usize> {
    let mut last = None;
    for (i, word) in words.iter().enumerate() {
        if word.len() > 10 {
            last = Some(i);
        }
    }
    last
}

fn main() {}
