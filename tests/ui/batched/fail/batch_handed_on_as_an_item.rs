use pool_runtime::batched;

struct Event {
    size: u64,
}

fn send(event: Event) -> u64 {
    event.size
}

#[batched(size = 100)]
fn send_all(events: Vec<Event>) -> u64 {
    let mut sum = 0;
    for event in events {
        sum += send(event);
    }
    sum
}

fn main() {}
