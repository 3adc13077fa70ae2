//! A real HTTP/1.1 server on the loopback interface that counts its connections.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// The server's side of the story.
#[derive(Clone, Debug)]
pub struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Starts a server that answers `GET /<n>` with page `n` modulo their number, `delay` after the
    /// request arrived, until the process ends.
    ///
    /// # Errors
    /// When no port can be opened or no thread started.
    pub fn start(pages: Vec<String>, delay: Duration) -> io::Result<Self> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
        let address = listener.local_addr()?;
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        thread::spawn(move || runtime.block_on(serve(listener, counter, pages.into(), delay)));
        Ok(Self { address, connections })
    }

    /// The address of page `n`.
    #[must_use]
    pub fn url(&self, n: usize) -> String {
        format!("http://{}/{n}", self.address)
    }

    /// How many connections were opened since the last call.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.swap(0, Ordering::Relaxed)
    }
}

async fn serve(
    listener: TcpListener,
    connections: Arc<AtomicUsize>,
    pages: Arc<[String]>,
    delay: Duration,
) {
    while let Ok((stream, _)) = listener.accept().await {
        connections.fetch_add(1, Ordering::Relaxed);
        let pages = Arc::clone(&pages);
        tokio::spawn(async move {
            let answer = service_fn(move |request: Request<Incoming>| {
                let n: usize = request.uri().path()[1..].parse().unwrap_or(0);
                let page = pages[n % pages.len()].clone();
                async move {
                    tokio::time::sleep(delay).await;
                    Ok::<_, Infallible>(Response::new(page))
                }
            });
            // A client that hangs up is no concern of the server's.
            drop(http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await);
        });
    }
}
