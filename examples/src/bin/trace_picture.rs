//! Draws what `POOL_TRACE=file.json` wrote as an SVG: a lane for each thread with its blocks and
//! waits, and under them the depth of each queue.
//!
//! ```text
//! POOL_TRACE=trace.json cargo run --release -p examples --bin log_pipeline -- --quick
//! cargo run --release -p examples --bin trace_picture trace.json trace.svg
//! ```
//!
//! Perfetto (`ui.perfetto.dev`) shows more, and lets one zoom; this is for places where there is no
//! browser, such as a README. `trace_picture trace.json trace.svg 120 160` draws the milliseconds
//! 120 to 160 alone. Without arguments it draws a trace of a few events, to see that it works.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;

use examples::contest::say;
use jzon::JsonValue;
use plotters::prelude::*;

/// The height of a lane and the distance to the next, in pixels.
const LANE: i32 = 26;
const GAP: i32 = 8;
/// Where the lanes begin, beside their names.
const LEFT: i32 = 190;
const WIDTH: i32 = 1100;
const TOP: i32 = 44;
const DEPTHS: i32 = 56;

/// Something on a thread, in milliseconds.
struct Slice {
    category: String,
    from: f64,
    to: f64,
}

#[derive(Default)]
struct Trace {
    /// By number: a name, and what it did.
    threads: BTreeMap<u64, (String, Vec<Slice>)>,
    /// By name: when, and how many waited.
    queues: BTreeMap<String, Vec<(f64, u64)>>,
}

impl Trace {
    fn read(text: &str) -> Result<Self, Box<dyn Error>> {
        // A process that was killed did not write the closing bracket, which the format allows.
        let events = jzon::parse(text).or_else(|_| jzon::parse(&format!("{text}]")))?;
        let mut trace = Self::default();
        for event in events.members() {
            trace.add(event).ok_or_else(|| format!("not an event of a trace: {event}"))?;
        }
        for depths in trace.queues.values_mut() {
            depths.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        Ok(trace)
    }

    fn add(&mut self, event: &JsonValue) -> Option<()> {
        let (_, slices) = match event["ph"].as_str()? {
            "M" => {
                let name = event["args"]["name"].as_str()?.to_owned();
                self.threads.entry(event["tid"].as_u64()?).or_default().0 = name;
                return Some(());
            }
            "C" => {
                let depths = self.queues.entry(event["name"].as_str()?.to_owned()).or_default();
                depths.push((event["ts"].as_f64()? / 1e3, event["args"]["waiting"].as_u64()?));
                return Some(());
            }
            _ => self.threads.entry(event["tid"].as_u64()?).or_default(),
        };
        let (from, took) = (event["ts"].as_f64()? / 1e3, event["dur"].as_f64()? / 1e3);
        let category = event["cat"].as_str()?.to_owned();
        slices.push(Slice { category, from, to: from + took });
        Some(())
    }

    /// From the first event to the end of the last.
    fn span(&self) -> (f64, f64) {
        let slices = self.threads.values().flat_map(|(_, slices)| slices);
        slices.fold((f64::INFINITY, 0.0), |(from, to), slice| {
            (slice.from.min(from), slice.to.max(to))
        })
    }

    fn draw(&self, from: f64, to: f64) -> Result<String, Box<dyn Error>> {
        let lanes = self.threads.len() as i32 * (LANE + GAP);
        let depths = self.queues.len() as i32 * (DEPTHS + GAP);
        let height = TOP + lanes + depths + 40;
        let x = |ms: f64| LEFT + ((ms - from) / (to - from) * f64::from(WIDTH)) as i32;
        let mut text = String::new();
        {
            let root =
                SVGBackend::with_string(&mut text, ((LEFT + WIDTH + 30) as u32, height as u32));
            let root = root.into_drawing_area();
            root.fill(&WHITE)?;
            legend(&root)?;
            let label =
                |text: &str, y: i32| Text::new(text.to_owned(), (10, y), ("sans-serif", 13));
            let bottom = TOP + lanes + depths;
            for tick in 0..=10 {
                let ms = from + (to - from) * f64::from(tick) / 10.0;
                let line =
                    PathElement::new([(x(ms), TOP), (x(ms), bottom)], RGBColor(230, 230, 230));
                root.draw(&line)?;
                let name = format!("{ms:.1} ms");
                root.draw(&Text::new(name, (x(ms) - 18, bottom + 8), ("sans-serif", 12)))?;
            }
            let mut y = TOP;
            for (name, slices) in self.threads.values() {
                root.draw(&label(name, y + 7))?;
                for (category, color) in KINDS {
                    for slice in slices.iter().filter(|slice| slice.category == *category) {
                        if slice.to < from || slice.from > to {
                            continue;
                        }
                        let (left, right) = (x(slice.from.max(from)), x(slice.to.min(to)));
                        let corners = [(left, y), (right.max(left + 1), y + LANE)];
                        root.draw(&Rectangle::new(corners, color.filled()))?;
                        if right - left > 3 {
                            root.draw(&Rectangle::new(corners, WHITE.stroke_width(1)))?;
                        }
                    }
                }
                y += LANE + GAP;
            }
            for (name, depths) in &self.queues {
                let most = depths.iter().map(|depth| depth.1).max().unwrap_or(0).max(1);
                root.draw(&label(name, y + DEPTHS / 2 - 12))?;
                root.draw(&label(&format!("at most {most}"), y + DEPTHS / 2 + 4))?;
                let ends = depths.iter().skip(1).map(|depth| depth.0).chain([to]);
                for (&(since, depth), until) in depths.iter().zip(ends) {
                    if until < from || since > to || depth == 0 {
                        continue;
                    }
                    let tall = (depth as f64 / most as f64 * f64::from(DEPTHS)) as i32;
                    let (left, right) = (x(since.max(from)), x(until.min(to)));
                    let corners = [(left, y + DEPTHS - tall), (right.max(left + 1), y + DEPTHS)];
                    root.draw(&Rectangle::new(corners, DEPTH.filled()))?;
                }
                y += DEPTHS + GAP;
            }
            root.present()?;
        }
        Ok(text)
    }
}

/// What is drawn first, and below the others, comes first.
const KINDS: &[(&str, RGBColor)] = &[
    ("run", RGBColor(222, 232, 240)),
    ("block", RGBColor(0, 114, 178)),
    ("calls", RGBColor(0, 158, 115)),
    ("wait", RGBColor(240, 180, 60)),
];

const DEPTH: RGBColor = RGBColor(150, 120, 190);

fn legend<DB: DrawingBackend>(
    root: &DrawingArea<DB, plotters::coord::Shift>,
) -> Result<(), Box<dyn Error>>
where
    DB::ErrorType: 'static,
{
    let mut left = LEFT;
    let names = ["a loop from start to end", "items", "calls of a task function", "waiting"];
    let kinds = KINDS.iter().map(|kind| kind.1).zip(names);
    for (color, name) in kinds.chain([(DEPTH, "depth of a queue")]) {
        root.draw(&Rectangle::new([(left, 14), (left + 14, 28)], color.filled()))?;
        root.draw(&Text::new(name, (left + 20, 15), ("sans-serif", 13)))?;
        left += 40 + name.len() as i32 * 7;
    }
    Ok(())
}

/// What is drawn when no file is named.
const SAMPLE: &str = r#"[
{"name":"thread_name","ph":"M","pid":1,"tid":1,"args":{"name":"main"}},
{"name":"f: run","cat":"run","ph":"X","ts":0.0,"dur":900.0,"pid":1,"tid":1,"args":{"items":2}},
{"name":"f","cat":"block","ph":"X","ts":100.0,"dur":700.0,"pid":1,"tid":1,"args":{"items":2}},
{"name":"queue of f","ph":"C","ts":50.0,"pid":1,"tid":1,"args":{"waiting":2}}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--quick").collect();
    let text = args.first().map_or(Ok(SAMPLE.to_owned()), fs::read_to_string)?;
    let trace = Trace::read(&text)?;
    let (mut from, mut to) = trace.span();
    if let [_, _, first, last] = &args[..] {
        (from, to) = (first.parse()?, last.parse()?);
    }
    let picture = trace.draw(from, to)?;
    if let Some(path) = args.get(1) {
        fs::write(path, &picture)?;
    }
    let (threads, queues) = (trace.threads.len(), trace.queues.len());
    say(&format!("drew {threads} threads and {queues} queues from {from:.1} to {to:.1} ms"));
    Ok(())
}
