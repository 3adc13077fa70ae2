//! The manual's page of messages, from the programs of the ui suite and what rustc says of them.

use std::collections::HashSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// The sections: a heading, the folder of programs, and whether those of tasks are meant.
const SECTIONS: [(&str, &str, bool); 6] = [
    ("Loops", "pooled", false),
    ("Tasks", "pooled", true),
    ("`#[bounded]`", "bounded", false),
    ("`#[bounded]` on tasks", "bounded", true),
    ("`#[batched]`", "batched", false),
    ("`#[batched]` on tasks", "batched", true),
];

const HEAD: &str = "\
The messages of the attributes, each with a program that causes it and its cure.

rustc's own messages, about types and borrows in a body, are rustc's here too, at the same tokens. What the
attributes add is on this page. It is made of the programs in `tests/ui`, and a test keeps it true.
";

/// Where a message ends and what to do begins.
const CURES: [&str; 23] = [
    ": write ",
    "; write ",
    ": accepted are ",
    "\naccepted ",
    "? write ",
    ": did you mean ",
    ": declare ",
    ": use ",
    ": put ",
    ": read ",
    ": return ",
    ": collect ",
    ": change ",
    ": `push` ",
    ": `break` ",
    ": bind ",
    ": compute ",
    ": move ",
    ": take ",
    ": implement ",
    ": remove ",
    ": start ",
    ": assign ",
];

/// More of them, tried when none of the others is there.
const OTHERS: [&str; 10] = [
    ", such as ",
    ", or ",
    ": it is ",
    ": loop ",
    ": wait ",
    ": each ",
    ": the ",
    ": keep ",
    "; block ",
    ": ",
];

/// One message.
struct Entry {
    says: String,
    cure: String,
    program: String,
}

/// The page.
///
/// # Panics
/// When a program or what is expected of it cannot be read.
#[must_use]
pub fn page(ui: &Path) -> String {
    let mut seen = HashSet::new();
    let mut page = HEAD.to_owned();
    for (title, attribute, tasks) in SECTIONS {
        let entries: Vec<Entry> = programs(&ui.join(attribute).join("fail"))
            .iter()
            .filter(|program| is_task(program) == tasks)
            .flat_map(|program| entries(program, &mut seen))
            .collect();
        let _ = write!(page, "\n# {title}\n");
        for Entry { says, cure, program } in entries {
            let _ =
                write!(page, "\n### {says}\n\n```rust,compile_fail\n{program}\n```\n\n{cure}\n");
        }
    }
    page
}

fn is_task(program: &Path) -> bool {
    program.file_stem().is_some_and(|name| name.to_string_lossy().starts_with("task_"))
}

fn programs(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).expect("a folder of programs");
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files.sort();
    files
}

/// The messages of one program that no program before has caused.
fn entries(program: &Path, seen: &mut HashSet<String>) -> Vec<Entry> {
    let expected = fs::read_to_string(program.with_extension("stderr")).expect("what is expected");
    let text = fs::read_to_string(program).expect("a program");
    let mut found = Vec::new();
    for error in blocks(&expected) {
        let Some((message, rest)) = ours(error) else { continue };
        if !seen.insert(shape(&message)) {
            continue;
        }
        let (says, cure) = apart(&message, rest);
        found.push(Entry { says, cure, program: shown(&text) });
    }
    found
}

/// The errors of one program.
fn blocks(expected: &str) -> Vec<&str> {
    let mut starts: Vec<usize> = expected.match_indices("\nerror").map(|(at, _)| at + 1).collect();
    starts.insert(0, 0);
    starts.push(expected.len());
    starts.windows(2).map(|pair| &expected[pair[0]..pair[1]]).collect()
}

/// The message of an error and what follows it, if it is one of ours and not of rustc's.
fn ours(error: &str) -> Option<(String, &str)> {
    let (code, rest) = error.split_once(": ")?;
    let (message, rest) = rest.split_once("\n  ").and_then(|_| split_at_place(rest))?;
    let lints = ["unused", "unreachable", "use of deprecated", "aborting"];
    let own = match code {
        "error" => !lints.iter().any(|lint| message.starts_with(lint)),
        "error[E0277]" => {
            let rustc =
                ["cannot ", "can't ", "the size for values", "`?` couldn't", "the `?` operator"];
            !rustc.iter().any(|start| message.starts_with(start))
                && !message.contains("doesn't implement `std::")
        }
        _ => false,
    };
    own.then(|| {
        let lines: Vec<&str> = message.lines().map(str::trim).collect();
        (lines.join("\n"), rest)
    })
}

/// Splits before the line that says where.
fn split_at_place(text: &str) -> Option<(&str, &str)> {
    let at = text.find("--> ")?;
    let line = text[..at].rfind('\n')?;
    Some((&text[..line], &text[line..]))
}

/// A message with its names taken out.
fn shape(message: &str) -> String {
    message.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// What is wrong, and what to write instead.
fn apart(message: &str, rest: &str) -> (String, String) {
    let notes: Vec<&str> = rest
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("= note: "))
        .filter(|note| !note.starts_with("this error originates") && !note.starts_with("required "))
        .collect();
    let one_line = |text: &str| text.replace('\n', "; ");
    if !notes.is_empty() {
        return (one_line(message), sentence(&notes.join("; ")));
    }
    let first = |marks: &[&'static str]| {
        marks.iter().filter_map(|mark| Some((outside(message, mark)?, *mark))).min()
    };
    match first(&CURES).or_else(|| first(&OTHERS)) {
        Some((at, mark)) => {
            let cure = &message[at..];
            let cure = cure.trim_start_matches([':', ';', ',', '?', '\n', ' ']);
            let cure = if mark == ", or " { cure.trim_start_matches("or ") } else { cure };
            (one_line(&message[..at]), sentence(&one_line(cure)))
        }
        None => (one_line(message), String::new()),
    }
}

/// Where `mark` stands in `text`, outside of backticks.
fn outside(text: &str, mark: &str) -> Option<usize> {
    text.match_indices(mark)
        .map(|(at, _)| at)
        .find(|at| text[..*at].matches('`').count().is_multiple_of(2))
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with(['?', '.']) { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}

/// A program without what every program has.
fn shown(program: &str) -> String {
    let end = program.find("\nfn main() {").unwrap_or(program.len());
    let body = if program[..end].trim_end().lines().any(|line| !line.starts_with("use ")) {
        &program[..end]
    } else {
        program
    };
    body.trim().to_owned()
}
