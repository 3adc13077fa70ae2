//! A program: follows every link of a site, as a browser would, and reports those that lead nowhere.
//! The site is its own, on the loopback interface, and takes some milliseconds per page. A server
//! that fails ends the check with the first failure by position, and so does a time limit.
//!
//! `link_check` runs both builds of one source: without the attributes, and with them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use examples::contest::say;
use examples::{Args, contest, machine, show};
use pool_runtime::TimedOut;

/// A site: the text of each page by path.
type Pages = BTreeMap<String, String>;

/// `count` pages that link to each other, with a dead link on every seventh.
fn pages(count: usize) -> Pages {
    let page = |n: usize| {
        let mut text = format!("<h1>Page {n}</h1>");
        for link in [n * 2 + 1, n * 2 + 2, n / 2].iter().filter(|link| **link < count) {
            text += &format!("<a href=\"/{link}\">{link}</a>\n");
        }
        if n % 7 == 3 {
            text += &format!("<a href=\"/lost-{n}\">gone</a>\n");
        }
        (format!("/{n}"), text)
    };
    (0..count).map(page).collect()
}

/// Serves `pages` until the process ends. `/broken` breaks the connection.
fn serve(pages: Pages, delay: Duration) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let pages = Arc::new(pages);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let pages = Arc::clone(&pages);
            thread::spawn(move || answer(&stream, &pages, delay));
        }
    });
    Ok(address)
}

fn answer(mut stream: &TcpStream, pages: &Pages, delay: Duration) -> io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    thread::sleep(delay);
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, text) = match pages.get(path) {
        _ if path == "/broken" => return Ok(()),
        Some(text) => ("200 OK", text.as_str()),
        None => ("404 Not Found", ""),
    };
    let length = text.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{text}"
    )
}

/// What ends a check.
#[derive(Debug)]
enum Failure {
    Page { path: String, error: String },
    Late(TimedOut),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page { path, error } => write!(f, "{path}: {error}"),
            Self::Late(late) => late.fmt(f),
        }
    }
}

impl From<TimedOut> for Failure {
    fn from(late: TimedOut) -> Self {
        Self::Late(late)
    }
}

/// The page at `path`, or `None` if there is none.
fn fetch(agent: &ureq::Agent, site: SocketAddr, path: &str) -> Result<Option<String>, Failure> {
    let failure =
        |error: ureq::Error| Failure::Page { path: path.into(), error: error.to_string() };
    match agent.get(format!("http://{site}{path}")).call() {
        Ok(mut response) => response.body_mut().read_to_string().map(Some).map_err(failure),
        Err(ureq::Error::StatusCode(404)) => Ok(None),
        Err(error) => Err(failure(error)),
    }
}

/// Where the links of a page lead.
fn links(page: &str) -> impl Iterator<Item = &str> {
    page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next())
}

/// What a check comes to.
#[derive(Debug, Default, PartialEq)]
struct Report {
    pages: usize,
    dead: Vec<String>,
}

macro_rules! builds {
    ($($build:ident where $annotated:meta;)*) => {$(
        mod $build {
            use super::*;

            /// Visits all pages of one level; returns where their links lead, and which are not there.
            #[cfg_attr(
                $annotated,
                pool_runtime::pooled(workers = 16, timeout = "30s", progress = "pages")
            )]
            fn visit(
                site: SocketAddr,
                level: &[String],
            ) -> Result<(BTreeSet<String>, Vec<String>), Failure> {
                let agent = ureq::Agent::new_with_defaults();
                let mut next = BTreeSet::new();
                let mut dead = Vec::new();
                for path in level {
                    match fetch(&agent, site, path)? {
                        Some(page) => {
                            for link in links(&page) {
                                next.insert(link.to_owned());
                            }
                        }
                        None => dead.push(path.clone()),
                    }
                }
                Ok((next, dead))
            }

            pub(super) fn check(site: SocketAddr, start: &str) -> Result<Report, Failure> {
                let mut report = Report::default();
                let mut seen = BTreeSet::from([start.to_owned()]);
                let mut level = vec![start.to_owned()];
                while !level.is_empty() {
                    let (next, dead) = visit(site, &level)?;
                    report.pages += level.len() - dead.len();
                    report.dead.extend(dead);
                    level = next.into_iter().filter(|link| seen.insert(link.clone())).collect();
                }
                Ok(report)
            }
        }
    )*};
}

builds! {
    plain where any();
    annotated where all();
}

fn main() -> io::Result<()> {
    let args = Args::read();
    let count = args.scaled(1_000);
    let site = serve(pages(count), Duration::from_millis(5))?;
    machine();
    let run = |check: fn(SocketAddr, &str) -> Result<Report, Failure>| {
        check(site, "/0").map_err(|failure| failure.to_string())
    };
    let (report, timings) = contest(
        args.runs(),
        &mut [
            ("without the attributes", &mut || run(plain::check)),
            ("#[pooled(workers = 16)]", &mut || run(annotated::check)),
        ],
    );
    let report = report.map_err(io::Error::other)?;
    assert_eq!(report.pages, count, "every page is linked from the first");
    show(&format!("{} pages of 5 ms", report.pages), "", &timings);
    say(&format!("both builds found the same {} dead links", report.dead.len()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_server_ends_both_builds_at_the_same_page() {
        let mut site = pages(30);
        let links: String = ["/1", "/broken", "/lost", "/2"]
            .map(|path| format!("<a href=\"{path}\">x</a>"))
            .concat();
        site.insert("/start".into(), links);
        let site = serve(site, Duration::ZERO).expect("a port");
        for check in [plain::check, annotated::check] {
            let report = check(site, "/0").expect("all answer");
            assert_eq!((report.pages, report.dead.len()), (30, 4));
            let Err(Failure::Page { path, error }) = check(site, "/start") else {
                panic!("`/broken` does not answer");
            };
            assert_eq!(path, "/broken", "{error}");
        }
    }
}
