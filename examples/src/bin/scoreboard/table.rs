//! The board as one table, for a terminal and as Markdown.

use comfy_table::{CellAlignment, Table, presets};

use crate::board::{Board, Entry, Line};
use crate::measure::Role;

const COLUMNS: [&str; 9] = [
    "measure",
    "sequential",
    "by hand",
    "rayon",
    "peer",
    "annotated",
    "ceiling",
    "processor",
    "goal",
];

/// What stands around the table.
fn about(board: &Board) -> String {
    let machine = &board.machine;
    let [ceiling, low, high] = board.ceiling;
    let [turnaround, near, far] = board.turnaround;
    format!(
        "{} threads of {}, {}, {}. {} passes in {:.0} s. Two threads gain {ceiling:.2}x on \
         independent work here (a tenth of the probes below {low:.2}, a tenth above {high:.2}); in \
         {:.0} % of the probes a core's other half was busy for somebody else. A line of the cache \
         goes to the other processor and back in {turnaround:.0} ns (a tenth below {near:.0}, a tenth \
         above {far:.0}). Idle, the process \
         uses {:.1} % of one processor.",
        machine.threads,
        machine.model,
        machine.rustc,
        machine.date,
        board.passes,
        board.took.as_secs_f64(),
        board.shared * 100.0,
        board.idle * 100.0,
    )
}

const LEGEND: &str = "`sequential` is what one run takes, the other columns how many times as \
    fast a version is: the median, over all passes, of ratios within a pass. Where \
    several threads are to gain something, the sequential one runs on each processor in turn, and its \
    speed is the mean: a processor may be half a core, and up to half as fast while somebody else \
    uses the other half. `ceiling` is what two \
    threads gain, in the same moment, on work that needs nothing but a processor; `processor` is \
    the processor time of the annotated version in that of the sequential one. Where several \
    versions play one part, the fastest is shown. A pass has one sample of each version: some runs in \
    a row, of which the numerical kernels count the middle one, as the C programs do, and all others the \
    mean.";

pub(crate) fn terminal(board: &Board) -> String {
    let mut table = table(board, |name| name.to_uppercase());
    table.load_preset(presets::UTF8_BORDERS_ONLY);
    format!("{}\n{table}\n{LEGEND}", about(board))
}

pub(crate) fn markdown(board: &Board) -> String {
    let mut table = table(board, |name| format!("**{name}**"));
    table.load_preset(presets::ASCII_MARKDOWN);
    let picture = "![How many times as fast](scoreboard.svg)";
    format!("# Scoreboard\n\n{}\n\n{picture}\n\n{table}\n\n{LEGEND}\n", about(board))
}

fn table(board: &Board, heading: impl Fn(&str) -> String) -> Table {
    let mut table = Table::new();
    table.set_header(COLUMNS);
    for column in 1..8 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for (name, lines) in &board.groups {
        table.add_row([heading(name)]);
        for line in lines {
            table.add_row(row(line));
        }
    }
    table
}

fn row(line: &Line) -> [String; 9] {
    let gain = |role| line.of(role).map_or_else(String::new, |e| format!("{:.2}x", e.gain));
    let named = |entry: &Entry| format!("{}: {:.2}x", entry.name, entry.gain);
    let goals = line.goals.iter().map(|(wanted, found, met)| {
        format!("{}: {found} (goal {wanted})", if *met { "met" } else { "missed" })
    });
    [
        line.name.clone(),
        line.of(Role::Sequential).map_or_else(String::new, |entry| time(entry.time)),
        gain(Role::Hand),
        gain(Role::Rayon),
        line.of(Role::Peer).map_or_else(String::new, named),
        line.of(Role::Annotated).map_or_else(String::new, named),
        format!("{:.2}x", line.ceiling),
        line.of(Role::Annotated).map_or_else(String::new, |e| format!("{:.2}", e.processor)),
        goals.collect::<Vec<_>>().join("; "),
    ]
}

/// Nanoseconds for a reader.
fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        ..1e3 => format!("{nanoseconds:.1} ns"),
        ..1e6 => format!("{:.1} us", nanoseconds / 1e3),
        ..1e9 => format!("{:.2} ms", nanoseconds / 1e6),
        _ => format!("{:.2} s", nanoseconds / 1e9),
    }
}
