//! How a function behaves over `workers` and `chunk`: medians as a table, and as an SVG plot.
//!
//! Take this file into a project, or see `cargo run --release -p examples --bin sweep`. The
//! function under test takes both numbers as arguments, which its attribute names:
//!
//! ```
//! use examples::sweep::Sweep;
//! use pool_runtime::pooled;
//!
//! #[pooled(workers = workers, chunk = chunk)]
//! fn sum(values: &[f64], workers: usize, chunk: usize) -> f64 {
//!     let mut sum = 0.0;
//!     for value in values {
//!         sum += value.sqrt();
//!     }
//!     sum
//! }
//!
//! let values = vec![2.0_f64; 1000];
//! let sweep = Sweep { workers: vec![1, 2], chunks: vec![10, 100], runs: 3 };
//! let swept = sweep.run(|| values.iter().map(|value| value.sqrt()).sum::<f64>(), |workers, chunk| {
//!     sum(&values, workers, chunk)
//! });
//! println!("{}", swept.table());
//! assert!(swept.svg("sum of 1,000 roots")?.contains("<svg"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use comfy_table::{CellAlignment, Table, presets};
use plotters::prelude::*;

use crate::contest::median;

/// What to run, and how often.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// The numbers of workers.
    pub workers: Vec<usize>,
    /// The sizes of a block.
    pub chunks: Vec<usize>,
    /// How often each pair runs; the medians count.
    pub runs: usize,
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Swept {
    /// The sequential loop's median.
    pub sequential: Duration,
    /// The medians of each number of workers, chunk by chunk.
    pub lines: Vec<Line>,
    chunks: Vec<usize>,
}

/// The medians of one number of workers.
#[derive(Clone, Debug)]
pub struct Line {
    /// The number.
    pub workers: usize,
    /// The medians, in the order of the chunks.
    pub medians: Vec<Duration>,
}

impl Sweep {
    /// Runs `annotated(workers, chunk)` for every pair, and `sequential` beside them. All pairs
    /// run once, then all again, so that a slow moment of the machine hits all of them alike.
    ///
    /// # Panics
    /// If a result depends on the number of workers, which none does.
    pub fn run<R: PartialEq>(
        &self,
        mut sequential: impl FnMut() -> R,
        mut annotated: impl FnMut(usize, usize) -> R,
    ) -> Swept {
        let mut baseline = Vec::new();
        let mut times = vec![Vec::new(); self.workers.len() * self.chunks.len()];
        for _ in 0..self.runs.max(1) {
            baseline.push(timed(&mut sequential).0);
            for (at, &chunk) in self.chunks.iter().enumerate() {
                let mut first = None;
                for (line, &workers) in self.workers.iter().enumerate() {
                    let (time, result) = timed(|| annotated(workers, chunk));
                    times[line * self.chunks.len() + at].push(time);
                    let first = first.get_or_insert_with(|| annotated(workers, chunk));
                    assert!(*first == result, "{workers} workers returned something else");
                }
            }
        }
        let mut medians = times.into_iter().map(median);
        let lines = self.workers.iter().map(|&workers| {
            let medians = medians.by_ref().take(self.chunks.len()).collect();
            Line { workers, medians }
        });
        let lines = lines.collect();
        Swept { sequential: median(baseline), lines, chunks: self.chunks.clone() }
    }
}

fn timed<R>(run: impl FnOnce() -> R) -> (Duration, R) {
    let start = Instant::now();
    let result = black_box(run());
    (start.elapsed(), result)
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

impl Swept {
    /// The pair that took least.
    #[must_use]
    pub fn best(&self) -> Option<(usize, usize, Duration)> {
        let cells = self.lines.iter().flat_map(|line| {
            let chunks = self.chunks.iter().zip(&line.medians);
            chunks.map(move |(&chunk, &time)| (line.workers, chunk, time))
        });
        cells.min_by_key(|cell| cell.2)
    }

    /// A row for each chunk, a column for each number of workers, in milliseconds.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new();
        table.load_preset(presets::ASCII_MARKDOWN);
        let columns = self.lines.iter().map(|line| format!("{}, ms", workers(line.workers)));
        table.set_header(std::iter::once("chunk".to_owned()).chain(columns));
        for (at, chunk) in self.chunks.iter().enumerate() {
            let medians = self.lines.iter().map(|line| format!("{:.2}", ms(line.medians[at])));
            table.add_row(std::iter::once(chunk.to_string()).chain(medians));
        }
        for column in table.column_iter_mut() {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table
    }

    /// The same as a picture: a line for each number of workers, the sequential loop dashed.
    ///
    /// # Errors
    /// If there is nothing to draw.
    pub fn svg(&self, title: &str) -> Result<String, Box<dyn Error>> {
        let times = self.lines.iter().flat_map(|line| &line.medians).chain([&self.sequential]);
        let longest = times.max().map_or(1.0, |&time| ms(time));
        let first = *self.chunks.iter().min().ok_or("no chunks")? as f64;
        let last = *self.chunks.iter().max().ok_or("no chunks")? as f64;

        let mut text = String::new();
        {
            let root = SVGBackend::with_string(&mut text, (800, 440)).into_drawing_area();
            root.fill(&WHITE)?;
            let mut chart = ChartBuilder::on(&root)
                .caption(title, ("sans-serif", 18))
                .margin(14)
                .margin_right(170)
                .x_label_area_size(46)
                .y_label_area_size(60)
                .build_cartesian_2d((first..last * 1.001).log_scale(), 0.0..longest * 1.08)?;
            chart
                .configure_mesh()
                .disable_x_mesh()
                .bold_line_style(RGBColor(225, 225, 225))
                .light_line_style(TRANSPARENT)
                .label_style(("sans-serif", 13))
                .x_desc("chunk: items in a block")
                .y_desc("median, ms")
                .x_label_formatter(&|chunk| format!("{chunk:.0}"))
                .draw()?;
            let grey = RGBColor(110, 110, 110);
            let ends = [first, last].map(|chunk| (chunk, ms(self.sequential)));
            chart.draw_series(DashedLineSeries::new(ends, 6, 4, grey.stroke_width(2)))?;
            let mut names = vec![("sequential loop".to_owned(), grey)];
            for (line, &color) in self.lines.iter().zip(COLORS.iter().cycle()) {
                let times = line.medians.iter().map(|&time| ms(time));
                let points = self.chunks.iter().map(|&chunk| chunk as f64).zip(times);
                let style = color.stroke_width(2).filled();
                chart.draw_series(LineSeries::new(points, style).point_size(3))?;
                names.push((workers(line.workers), color));
            }
            for (y, (name, color)) in (0..).map(|at| 60 + at * 24).zip(names) {
                let line = PathElement::new([(648, y), (668, y)], color.stroke_width(3));
                root.draw(&line)?;
                root.draw(&Text::new(name, (676, y - 7), ("sans-serif", 13)))?;
            }
            root.present()?;
        }
        Ok(text)
    }
}

fn workers(number: usize) -> String {
    format!("{number} {}", if number == 1 { "worker" } else { "workers" })
}

/// Light to dark, as the workers become more.
const COLORS: [RGBColor; 4] =
    [RGBColor(230, 159, 0), RGBColor(86, 180, 233), RGBColor(0, 114, 178), RGBColor(0, 60, 90)];
