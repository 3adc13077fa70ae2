use pool_runtime::batched;

enum Event {
    Read(u64),
    Write(u64),
}

#[batched(size = 100)]
fn bytes(events: &[Event]) -> u64 {
    let mut sum = 0;
    for event in events {
        match event {
            Event::Read(bytes) | Event::Write(bytes) => sum += bytes,
        }
    }
    sum
}

#[batched(size = 100)]
fn found(values: Vec<Option<u64>>) -> u64 {
    let mut sum = 0;
    for value in values {
        if let Some(value) = value {
            sum += value;
        }
    }
    sum
}

#[batched(size = 100)]
fn pairs(pairs: &[(u64, u64)]) -> u64 {
    let mut sum = 0;
    for pair in pairs {
        let &(a, b) = pair;
        sum += a * b;
    }
    sum
}

fn main() {}
