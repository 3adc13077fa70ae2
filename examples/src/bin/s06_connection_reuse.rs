//! Scenario 6: 2,000 requests by 50 workers to a real HTTP server on the loopback interface. A
//! client per request opens a connection per request; one per worker, made by `scratch`, opens one
//! per worker.

use std::cell::Cell;
use std::io;
use std::sync::Mutex;
use std::time::Duration;

use examples::contest::say;
use examples::naive::Naive;
use examples::web::Server;
use examples::{Args, Corpus, contest, machine, show};
use pool_runtime::pooled;
use ureq::Agent;

/// How long the server thinks about each request.
const DELAY: Duration = Duration::from_millis(1);
/// How many requests are in flight.
const WORKERS: usize = 50;

/// Fetches one page and reads it to its end: a body that is not drained costs its connection.
fn length(agent: &Agent, url: &str) -> Result<u64, ureq::Error> {
    let mut answer = agent.get(url).call()?;
    Ok(answer.body_mut().read_to_string()?.len() as u64)
}

/// A client that keeps `idle` connections open.
fn agent(idle: usize) -> Agent {
    Agent::config_builder()
        .max_idle_connections(idle)
        .max_idle_connections_per_host(idle)
        .build()
        .into()
}

fn sequential(urls: &[String]) -> Result<u64, ureq::Error> {
    let agent = agent(1);
    let mut bytes = 0;
    for url in urls {
        bytes += length(&agent, url)?;
    }
    Ok(bytes)
}

/// One captured client for all workers.
#[pooled(workers = WORKERS)]
fn shared(urls: &[String]) -> Result<u64, ureq::Error> {
    let agent = agent(WORKERS);
    let mut bytes = 0;
    for url in urls {
        bytes += length(&agent, url)?;
    }
    Ok(bytes)
}

/// One client per worker.
#[pooled(workers = WORKERS, scratch(agent = agent(1)))]
fn per_worker(urls: &[String]) -> Result<u64, ureq::Error> {
    let mut bytes = 0;
    for url in urls {
        bytes += length(agent, url)?;
    }
    Ok(bytes)
}

/// The usual pool: a task per request, and a client per task.
fn naive(pool: &Naive, urls: &[String]) -> Result<u64, ureq::Error> {
    let lengths = Mutex::new(Vec::new());
    pool.scope(|scope| {
        for url in urls {
            let lengths = &lengths;
            scope.spawn(move |_| {
                let length = length(&agent(1), url);
                lengths.lock().expect("pushing does not panic").push(length);
            });
        }
    });
    lengths.into_inner().expect("pushing does not panic").into_iter().sum()
}

/// What an expert writes: 50 threads, a client each, an even share of the requests each.
fn by_hand(urls: &[String]) -> Result<u64, ureq::Error> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = urls
            .chunks(urls.len().div_ceil(WORKERS))
            .map(|share| {
                scope.spawn(move || {
                    let agent = agent(1);
                    share.iter().map(|url| length(&agent, url)).sum::<Result<u64, _>>()
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().expect("requests do not panic")).sum()
    })
}

fn main() -> io::Result<()> {
    let args = Args::read();
    let mut pages = Corpus::find(args.path.as_deref(), 4 << 20)?.texts()?;
    pages.retain(|page| (1_000..20_000).contains(&page.len()));
    let server = Server::start(pages, DELAY)?;
    let urls: Vec<String> = (0..args.scaled(2_000)).map(|n| server.url(n)).collect();
    machine();

    let pool = Naive::new(WORKERS);
    let opened = [const { Cell::new(0) }; 5];
    let run = |k: usize, result: Result<u64, ureq::Error>| {
        opened[k].set(server.connections());
        result.map_err(|error| error.to_string())
    };
    let (bytes, mut timings) = contest(
        args.runs(),
        &mut [
            ("sequential loop", &mut || run(0, sequential(&urls))),
            ("naive pool, a client per request", &mut || run(1, naive(&pool, &urls))),
            ("50 threads by hand, a client each", &mut || run(2, by_hand(&urls))),
            ("#[pooled(workers = 50)], one client", &mut || run(3, shared(&urls))),
            ("#[pooled(.., scratch(agent = ..))]", &mut || run(4, per_worker(&urls))),
        ],
    );
    let rate = |time: Duration| urls.len() as f64 / time.as_secs_f64();
    for (timing, opened) in timings.iter_mut().zip(&opened) {
        timing.figure = format!("{}, {:.0} requests/s", opened.get(), rate(timing.median));
    }
    show(&format!("{} requests", urls.len()), "connections", &timings);
    let runs = if args.quick { 1 } else { 40 };
    // So close that what runs before them decides: once more, they alone.
    let (_, duel) = contest(
        runs,
        &mut [
            ("by hand", &mut || run(2, by_hand(&urls))),
            ("scratch", &mut || run(4, per_worker(&urls))),
        ],
    );
    let [hand, ours] = [duel[0].median, duel[1].median];
    say(&format!(
        "by hand and with `scratch` alone, {runs} times each in turn: {:.0} and {:.0} requests/s, \
         {:.3} of the time",
        rate(hand),
        rate(ours),
        ours.as_secs_f64() / hand.as_secs_f64()
    ));
    match bytes {
        Ok(bytes) => say(&format!("every version read {bytes} bytes in every run")),
        Err(error) => return Err(io::Error::other(error)),
    }
    assert!(opened[4].get() <= WORKERS, "no more connections than workers");
    Ok(())
}
