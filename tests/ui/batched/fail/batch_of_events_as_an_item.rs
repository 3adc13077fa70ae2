use pool_runtime::batched;

struct Event {
    size: u64,
}

#[batched(size = 100, linger = "5ms")]
fn total(events: Vec<Event>) -> u64 {
    let mut sum = 0;
    for event in events {
        sum += event.size;
    }
    sum
}

fn main() {}
