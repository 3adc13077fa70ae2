//! Requests to a service on the loopback interface, over a connection for each worker.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use pool_runtime::pooled;

use crate::measure::{Measure, Role};

const REQUESTS: usize = 400;
const WORKERS: usize = 50;
/// How long the service thinks.
const DELAY: Duration = Duration::from_millis(1);

/// A service that answers every line with its length.
fn service() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || answer(&stream));
        }
    });
    Ok(address)
}

fn answer(mut stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    for line in BufReader::new(stream).lines() {
        let length = line?.len();
        thread::sleep(DELAY);
        stream.write_all(format!("{length}\n").as_bytes())?;
    }
    Ok(())
}

struct Client {
    stream: BufReader<TcpStream>,
    line: String,
}

impl Client {
    fn connect(service: SocketAddr) -> Self {
        let stream = TcpStream::connect(service).expect("the service accepts");
        stream.set_nodelay(true).expect("the stream is open");
        Self { stream: BufReader::new(stream), line: String::new() }
    }

    fn ask(&mut self, question: usize) -> io::Result<u64> {
        let page = format!("/page/{question}\n");
        self.stream.get_mut().write_all(page.as_bytes())?;
        self.line.clear();
        self.stream.read_line(&mut self.line)?;
        self.line.trim().parse().map_err(io::Error::other)
    }
}

fn sequential(service: SocketAddr) -> io::Result<u64> {
    let mut client = Client::connect(service);
    let mut bytes = 0;
    for question in 0..REQUESTS {
        bytes += client.ask(question)?;
    }
    Ok(bytes)
}

#[pooled(workers = WORKERS, scratch(client = Client::connect(service)))]
fn annotated(service: SocketAddr) -> io::Result<u64> {
    let mut bytes = 0;
    for question in 0..REQUESTS {
        bytes += client.ask(question)?;
    }
    Ok(bytes)
}

/// An even share for each of 50 threads.
fn by_hand(service: SocketAddr) -> io::Result<u64> {
    thread::scope(|scope| {
        let share = REQUESTS.div_ceil(WORKERS);
        let ask = move |k: usize| {
            let mut client = Client::connect(service);
            let questions = k * share..REQUESTS.min((k + 1) * share);
            questions.map(|question| client.ask(question)).sum::<io::Result<u64>>()
        };
        let threads: Vec<_> = (0..WORKERS).map(|k| scope.spawn(move || ask(k))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    })
}

pub(crate) fn measure() -> Measure {
    let service = service().expect("the loopback interface has a free port");
    Measure::new("6 connection reuse: 400 requests, 50 workers", REQUESTS as u64)
        .every(4)
        .version(Role::Sequential, "sequential", move || sequential(service).unwrap())
        .version(Role::Hand, "50 threads", move || by_hand(service).unwrap())
        .version(Role::Annotated, "pooled, scratch", move || annotated(service).unwrap())
}
