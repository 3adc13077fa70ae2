//! A service on the loopback interface that takes its time: what a database or a web service looks
//! like from the caller's side.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// Starts a service that answers every line with its length, `delay` after it arrived. It runs
/// until the process ends.
///
/// # Errors
/// When no port can be opened.
pub fn slow(delay: Duration) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || answer(&stream, delay));
        }
    });
    Ok(address)
}

fn answer(mut stream: &TcpStream, delay: Duration) -> io::Result<()> {
    for line in BufReader::new(stream).lines() {
        let length = line?.len();
        thread::sleep(delay);
        writeln!(stream, "{length}")?;
    }
    Ok(())
}

/// Sends one line to the service and waits for the answer.
///
/// # Errors
/// When the service cannot be reached or answers something else than a number.
pub fn ask(service: SocketAddr, line: &str) -> io::Result<u64> {
    let mut stream = TcpStream::connect(service)?;
    stream.set_nodelay(true)?;
    writeln!(stream, "{line}")?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    answer.trim().parse().map_err(io::Error::other)
}
