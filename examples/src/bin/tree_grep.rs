//! A program: which lines under a directory contain a word? Ignore files are honoured. The calling
//! thread walks the tree, the workers read and search, and hits come out in the order of the walk.
//!
//! `tree_grep [DIRECTORY]` runs both builds of one source: without the attribute, and with it.

use std::io;
use std::path::{Path, PathBuf};

use examples::contest::say;
use examples::corpus::text;
use examples::{Args, Corpus, contest, machine, show};
use ignore::WalkBuilder;

/// A line that contains the word.
#[derive(Clone, Debug, PartialEq)]
struct Hit {
    path: PathBuf,
    number: usize,
    line: String,
}

/// What a search comes to.
#[derive(Debug, Default, PartialEq)]
struct Found {
    files: u64,
    lines: u64,
    hits: Vec<Hit>,
}

/// The files under `root` that no ignore file excludes, sorted.
fn files(root: &Path) -> impl Iterator<Item = io::Result<PathBuf>> {
    let walk = WalkBuilder::new(root).require_git(false).sort_by_file_name(Ord::cmp).build();
    walk.filter_map(|entry| match entry {
        Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
            Some(Ok(entry.into_path()))
        }
        Ok(_) => None,
        Err(error) => Some(Err(io::Error::other(error))),
    })
}

macro_rules! builds {
    ($($build:ident where $annotated:meta;)*) => {$(
        mod $build {
            use super::*;

            #[cfg_attr($annotated, pool_runtime::bounded(queue = 1_000))]
            pub(super) fn grep(root: &Path, word: &str) -> io::Result<Found> {
                let mut found = Found::default();
                for path in files(root) {
                    let path = path?;
                    let Some(text) = text(&path)? else { continue };
                    found.files += 1;
                    for (n, line) in text.lines().enumerate() {
                        found.lines += 1;
                        if line.contains(word) {
                            let (path, line) = (path.clone(), line.trim().to_owned());
                            found.hits.push(Hit { path, number: n + 1, line });
                        }
                    }
                }
                Ok(found)
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
    let root = match args.path.clone() {
        Some(root) => root,
        None if args.quick => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src"),
        None => Corpus::find(None, 1 << 20)?.root,
    };
    machine();
    let search = |grep: fn(&Path, &str) -> io::Result<Found>| {
        grep(&root, "unsafe").map_err(|error| error.to_string())
    };
    let (found, timings) = contest(
        args.runs(),
        &mut [
            ("without the attribute", &mut || search(plain::grep)),
            ("#[bounded(queue = 1_000)]", &mut || search(annotated::grep)),
        ],
    );
    let found = found.map_err(io::Error::other)?;
    show(&format!("{} files, {} lines", found.files, found.lines), "", &timings);
    for hit in found.hits.iter().take(3) {
        say(&format!("{}:{}: {}", hit.path.display(), hit.number, hit.line));
    }
    say(&format!("both builds found the same {} lines", found.hits.len()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn ignore_files_are_honoured_and_hits_are_in_order() {
        let directory = tempfile::tempdir().expect("there is room");
        let root = directory.path();
        fs::create_dir(root.join("deep")).expect("a new directory");
        fs::write(root.join(".gitignore"), "secret*\n").expect("written");
        fs::write(root.join("a.txt"), "one\nneedle here\n").expect("written");
        fs::write(root.join("secret.txt"), "needle\n").expect("written");
        fs::write(root.join("deep/b.txt"), "needle\nx\nneedle").expect("written");
        let expected = [("a.txt", 2), ("deep/b.txt", 1), ("deep/b.txt", 3)];
        for grep in [plain::grep, annotated::grep] {
            let found = grep(root, "needle").expect("all is readable");
            assert_eq!((found.files, found.lines), (2, 5));
            let hits: Vec<_> = found.hits.iter().map(|h| (h.path.clone(), h.number)).collect();
            assert_eq!(hits, expected.map(|(path, number)| (root.join(path), number)));
            assert!(grep(&root.join("missing"), "x").is_err());
        }
    }
}
