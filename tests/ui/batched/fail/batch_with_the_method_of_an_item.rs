use pool_runtime::{batched, bounded};

struct Event {
    size: u64,
}

impl Event {
    fn weight(&self) -> u64 {
        self.size * 2
    }
}

#[batched(size = 100)]
fn weigh(events: &[Event]) -> u64 {
    let mut sum = 0;
    for event in events {
        sum += event.weight();
    }
    sum
}

#[bounded(queue = 500)]
#[batched(size = 100, linger = "5ms")]
fn weigh_all(events: impl Iterator<Item = Event>) -> u64 {
    let mut sum = 0;
    for event in events {
        sum += event.weight();
    }
    sum
}

fn main() {}
