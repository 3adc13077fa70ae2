//! A service as many programs have one: somebody asks for the picture of a file, it is made on a
//! worker, and the answer is joined later. The function submits itself; its queue is bounded, so
//! that whoever asks faster than pictures are made waits.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use examples::contest::say;
use examples::picture::Thumb;
use examples::{Args, Corpus, contest, machine, show};
use pool_runtime::{Task, TaskError, bounded, join_all};

#[bounded(workers = 8, queue = 64)]
fn thumbnail(path: PathBuf, width: usize, to: Arc<Path>) -> Task<Result<Thumb, io::Error>> {
    let thumb = Thumb::of(&path, width)?;
    let name = path.file_stem().unwrap_or_default();
    // Files of one name share a picture here: a real service would name them apart.
    thumb.save(&to.join(name).with_extension("pgm"))?;
    Ok(thumb)
}

fn sequential(files: &[PathBuf], to: &Path) -> Vec<Option<Thumb>> {
    let thumb = |path: &PathBuf| {
        let thumb = Thumb::of(path, 32).ok()?;
        let name = path.file_stem().unwrap_or_default();
        thumb.save(&to.join(name).with_extension("pgm")).ok()?;
        Some(thumb)
    };
    files.iter().map(thumb).collect()
}

fn service(files: &[PathBuf], to: &Arc<Path>) -> Vec<Option<Thumb>> {
    let tasks = files.iter().map(|path| thumbnail(path.clone(), 32, Arc::clone(to)));
    join_all(tasks)
        .into_iter()
        .map(|outcome: Result<_, TaskError>| outcome.expect("no task panics").ok())
        .collect()
}

fn main() -> io::Result<()> {
    let args = Args::read();
    let corpus = Corpus::find(args.path.as_deref(), args.scaled(128 << 20) as u64)?;
    say(&format!("pictures of {}", corpus.about()));
    machine();
    let directory = tempfile::tempdir()?;
    let to: Arc<Path> = directory.path().into();
    let files = &corpus.files;
    let (thumbs, mut timings) = contest(
        args.runs(),
        &mut [
            ("sequential calls", &mut || sequential(files, &to)),
            ("#[bounded(workers = 8, queue = 64)] fn", &mut || service(files, &to)),
        ],
    );
    for timing in &mut timings {
        let rate = files.len() as f64 / timing.median.as_secs_f64();
        timing.figure = format!("{rate:.0}");
    }
    show("thumbnails", "pictures/s", &timings);
    let made = thumbs.iter().flatten().count();
    say(&format!("{made} of {} pictures made, the same in every run", files.len()));

    let missing =
        thumbnail(PathBuf::from("no such file"), 32, to).join().expect("it does not panic");
    say(&format!("a file that is not there: {}", missing.expect_err("nothing to picture")));
    Ok(())
}
