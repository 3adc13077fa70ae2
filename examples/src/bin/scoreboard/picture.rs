//! The board as a picture: a row for each measure, a mark for each version, the farther to the
//! right the faster it is.

use std::error::Error;
use std::io;
use std::path::Path;

use plotters::coord::combinators::LogCoord;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::board::{Board, Line};
use crate::measure::Role;

/// Pixels.
const WIDTH: u32 = 1_080;
const ROW: u32 = 18;
const NAMES: u32 = 360;
const HEAD: u32 = 84;
const FOOT: u32 = 28;

/// The slowest and the fastest that have a place of their own; the others are drawn at the border.
const GAINS: (f64, f64) = (0.02, 60.0);

const BLUE: RGBColor = RGBColor(25, 84, 166);
const RED: RGBColor = RGBColor(198, 74, 26);
const VIOLET: RGBColor = RGBColor(138, 92, 170);
const GREY: RGBColor = RGBColor(120, 126, 134);
const PALE: RGBColor = RGBColor(226, 229, 233);

/// How a version is drawn, and what the legend calls it.
const MARKS: [(Role, &str, RGBColor); 4] = [
    (Role::Hand, "by hand", GREY),
    (Role::Rayon, "rayon", RED),
    (Role::Peer, "the crate made for it", VIOLET),
    (Role::Annotated, "annotated", BLUE),
];

/// Writes the picture to `path`.
pub(crate) fn draw(board: &Board, path: &Path) -> io::Result<()> {
    drawn(board, path).map_err(|error| io::Error::other(error.to_string()))
}

fn style(size: u32, color: &RGBColor, to: HPos) -> TextStyle<'_> {
    TextStyle::from(("sans-serif", size).into_font()).color(color).pos(Pos::new(to, VPos::Center))
}

fn drawn(board: &Board, path: &Path) -> Result<(), Box<dyn Error>> {
    let rows: usize = board.groups.iter().map(|(_, lines)| lines.len() + 1).sum();
    let height = HEAD + FOOT + ROW * rows as u32;
    let root = SVGBackend::new(path, (WIDTH, height)).into_drawing_area();
    root.fill(&WHITE)?;
    head(board, &root)?;

    let mut chart = ChartBuilder::on(&root)
        .margin_left(NAMES)
        .margin_right(24)
        .margin_top(HEAD)
        .x_label_area_size(FOOT)
        .build_cartesian_2d((GAINS.0..GAINS.1).log_scale(), rows as f64..0.0)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .light_line_style(WHITE)
        .bold_line_style(PALE)
        .x_labels(12)
        .x_label_formatter(&|gain| format!("{gain}x"))
        .draw()?;
    let area = chart.plotting_area();
    area.draw(&PathElement::new([(1.0, 0.0), (1.0, rows as f64)], GREY.stroke_width(1)))?;

    let mut row = 0.0;
    for (name, lines) in &board.groups {
        let (_, y) = area.map_coordinate(&(1.0, row + 0.6));
        root.draw_text(&name.to_uppercase(), &style(12, &GREY, HPos::Left), (16, y))?;
        row += 1.0;
        for line in lines {
            let (_, y) = area.map_coordinate(&(1.0, row + 0.5));
            root.draw_text(&line.name, &style(13, &BLACK, HPos::Right), (NAMES as i32 - 8, y))?;
            marks(line, row, area)?;
            row += 1.0;
        }
    }
    root.present()?;
    Ok(())
}

type Area<'a, C> = DrawingArea<SVGBackend<'a>, C>;
type Plot = Cartesian2d<LogCoord<f64>, plotters::coord::types::RangedCoordf64>;

fn marks<'a>(line: &Line, row: f64, area: &Area<'a, Plot>) -> Result<(), Box<dyn Error>> {
    let place = |gain: f64| (gain.clamp(GAINS.0 * 1.05, GAINS.1 * 0.95), row + 0.5);
    let gain = line.of(Role::Annotated).map_or(1.0, |entry| entry.gain);
    // What the loop became, as a bar from the sequential loop to the annotated one.
    let (from, to) = (gain.min(1.0).max(GAINS.0), gain.clamp(1.0, GAINS.1));
    area.draw(&Rectangle::new([(from, row + 0.3), (to, row + 0.7)], BLUE.mix(0.25).filled()))?;
    // What two threads can.
    let ceiling = line.ceiling;
    area.draw(&PathElement::new([(ceiling, row), (ceiling, row + 1.0)], BLACK.stroke_width(1)))?;
    for (role, _, color) in MARKS {
        let Some(entry) = line.of(role) else { continue };
        area.draw(&mark(role, color, place(entry.gain)))?;
    }
    Ok(())
}

/// A shape for each role, so that colours are not all that tells them apart.
fn mark<'a, C: Clone + 'static>(
    role: Role,
    color: RGBColor,
    at: C,
) -> DynElement<'a, SVGBackend<'a>, C> {
    match role {
        Role::Annotated | Role::Sequential => Circle::new(at, 5, color.filled()).into_dyn(),
        Role::Hand => Circle::new(at, 5, color.stroke_width(2)).into_dyn(),
        Role::Rayon => TriangleMarker::new(at, 5, color.filled()).into_dyn(),
        Role::Peer => Cross::new(at, 4, color.stroke_width(2)).into_dyn(),
    }
}

/// Title, machine, legend.
fn head<'a>(
    board: &Board,
    root: &DrawingArea<SVGBackend<'a>, plotters::coord::Shift>,
) -> Result<(), Box<dyn Error>> {
    let machine = &board.machine;
    let title = "How many times as fast as the sequential loop";
    root.draw_text(title, &style(19, &BLACK, HPos::Left), (16, 20))?;
    let about = format!(
        "{} threads of {}; {}; {}; medians of {} passes",
        machine.threads, machine.model, machine.rustc, machine.date, board.passes
    );
    root.draw_text(&about, &style(12, &GREY, HPos::Left), (16, 42))?;
    let mut x = 22;
    for (role, name, color) in MARKS {
        root.draw(&mark(role, color, (x, 64)))?;
        root.draw_text(name, &style(13, &BLACK, HPos::Left), (x + 10, 64))?;
        x += 40 + 7 * name.len() as i32;
    }
    root.draw(&PathElement::new([(x, 56), (x, 73)], BLACK.stroke_width(1)))?;
    let ceiling = "what two threads gain on independent work";
    root.draw_text(ceiling, &style(13, &BLACK, HPos::Left), (x + 8, 64))?;
    Ok(())
}
