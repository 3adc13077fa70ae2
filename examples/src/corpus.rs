//! Real text that every Rust machine has: the toolchain's documentation or the sources of the
//! crates that cargo has downloaded.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use walkdir::WalkDir;

/// The files of one directory tree, sorted by path.
#[derive(Debug)]
pub struct Corpus {
    /// Where they are.
    pub root: PathBuf,
    /// Their paths.
    pub files: Vec<PathBuf>,
    /// How many bytes they hold together.
    pub bytes: u64,
}

impl Corpus {
    /// The files under `root` or, when it is `None`, under the first default with enough text; as
    /// many as `limit` bytes allow.
    ///
    /// # Errors
    /// When there is no such directory.
    pub fn find(root: Option<&Path>, limit: u64) -> io::Result<Self> {
        if let Some(root) = root {
            return Self::list(root, limit);
        }
        let mut best: Option<Self> = None;
        for root in defaults() {
            let Ok(found) = Self::list(&root, limit) else { continue };
            if found.bytes >= limit / 2 {
                return Ok(found);
            }
            if best.as_ref().is_none_or(|best| best.bytes < found.bytes) {
                best = Some(found);
            }
        }
        best.ok_or_else(|| io::Error::other("no text found: name a directory as the argument"))
    }

    fn list(root: &Path, limit: u64) -> io::Result<Self> {
        let mut corpus = Self { root: root.to_owned(), files: Vec::new(), bytes: 0 };
        for entry in WalkDir::new(root).sort_by_file_name() {
            let entry = entry.map_err(io::Error::from)?;
            let Ok(about) = entry.metadata() else { continue };
            if !entry.file_type().is_file() || corpus.bytes + about.len() > limit {
                continue;
            }
            corpus.bytes += about.len();
            corpus.files.push(entry.into_path());
        }
        Ok(corpus)
    }

    /// The texts of all files that are text.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn texts(&self) -> io::Result<Vec<String>> {
        self.files.iter().map(|path| text(path)).filter_map(Result::transpose).collect()
    }

    /// One line that says what was found.
    #[must_use]
    pub fn about(&self) -> String {
        let megabytes = self.bytes as f64 / 1e6;
        format!("{} files, {megabytes:.1} MB under {}", self.files.len(), self.root.display())
    }
}

/// The places where text usually is, best first.
fn defaults() -> Vec<PathBuf> {
    let mut places = Vec::new();
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output();
    if let Ok(sysroot) = sysroot
        && let Ok(path) = String::from_utf8(sysroot.stdout)
    {
        places.push(Path::new(path.trim()).join("share/doc"));
    }
    let cargo = env::var_os("CARGO_HOME").map(PathBuf::from);
    if let Some(cargo) = cargo.or_else(|| env::home_dir().map(|home| home.join(".cargo"))) {
        places.push(cargo.join("registry/src"));
    }
    places.push(PathBuf::from("."));
    places
}

/// What a reader sees of the file at `path`: its text, without the tags if it is HTML. `None` when
/// it is not UTF-8.
///
/// # Errors
/// When the file cannot be read.
pub fn text(path: &Path) -> io::Result<Option<String>> {
    let Ok(mut text) = String::from_utf8(fs::read(path)?) else { return Ok(None) };
    if path.extension().is_some_and(|kind| kind == "html") {
        let mut inside = false;
        text.retain(|c| {
            let tag = inside || c == '<';
            inside = tag && c != '>';
            !tag
        });
    }
    Ok(Some(text))
}

/// The words of `text`: letters and digits in a row.
pub fn words(text: &str) -> impl Iterator<Item = &str> + Clone {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// `text` cut between words into pieces of about `size` bytes: one file, a search index in one line,
/// may have half of the words of a tree.
pub fn pieces(text: &str, size: usize) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest
            .as_bytes()
            .iter()
            .skip(size)
            .position(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric());
        let (piece, left) = rest.split_at(end.map_or(rest.len(), |end| size + end + 1));
        rest = left;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_whole_words_and_lose_nothing() {
        let text = "a b\n\ncde\nf\u{e4}\nlast";
        for size in 0..=text.len() {
            let cut: Vec<_> = pieces(text, size).collect();
            assert_eq!(cut.concat(), text);
            assert!(cut.iter().copied().flat_map(words).eq(words(text)), "{cut:?}");
        }
        assert_eq!(pieces(text, 4).collect::<Vec<_>>(), ["a b\n\n", "cde\nf\u{e4}\n", "last"]);
        assert_eq!(pieces("", 4).count(), 0);
    }
}
