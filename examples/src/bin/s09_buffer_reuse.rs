//! Scenario 9: checksums of files through a 64 KiB buffer. A buffer per file is an allocation per
//! file; `scratch(buf)` gives each worker its own clone of the one that is declared above the loop.

use std::alloc::System;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use examples::contest::say;
use examples::memory::megabytes;
use examples::naive::Naive;
use examples::{Args, Corpus, contest, machine, show};
use pool_runtime::pooled;
use rayon::prelude::*;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, Stats, StatsAlloc};

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The size of each buffer.
const SIZE: usize = 64 * 1024;

/// Reads the file to its end through `buf`.
fn checksum(path: &PathBuf, buf: &mut [u8]) -> io::Result<u64> {
    let mut file = File::open(path)?;
    let mut crc = crc32fast::Hasher::new();
    loop {
        match file.read(buf)? {
            0 => return Ok(u64::from(crc.finalize())),
            n => crc.update(&buf[..n]),
        }
    }
}

fn sequential(files: &[PathBuf]) -> io::Result<u64> {
    let mut buf = vec![0; SIZE];
    let mut sum = 0;
    for file in files {
        sum += checksum(file, &mut buf)?;
    }
    Ok(sum)
}

#[pooled(scratch(buf))]
fn annotated(files: &[PathBuf]) -> io::Result<u64> {
    let mut buf = vec![0; SIZE];
    let mut sum = 0;
    for file in files {
        sum += checksum(file, &mut buf)?;
    }
    Ok(sum)
}

/// The usual pool: every task allocates its buffer.
fn buffer_per_task(pool: &Naive, files: &[PathBuf]) -> io::Result<u64> {
    let sums = Mutex::new(Vec::new());
    pool.scope(|scope| {
        for file in files {
            let sums = &sums;
            scope.spawn(move |_| {
                let sum = checksum(file, &mut vec![0; SIZE]);
                sums.lock().unwrap_or_else(PoisonError::into_inner).push(sum);
            });
        }
    });
    sums.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().sum()
}

/// The usual cure: buffers are kept in a shared pool.
fn buffer_pool(pool: &Naive, files: &[PathBuf]) -> io::Result<u64> {
    let sums = Mutex::new(Vec::new());
    let buffers = Mutex::new(Vec::<Vec<u8>>::new());
    pool.scope(|scope| {
        for file in files {
            let (sums, buffers) = (&sums, &buffers);
            scope.spawn(move |_| {
                let kept = buffers.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let mut buf = kept.unwrap_or_else(|| vec![0; SIZE]);
                let sum = checksum(file, &mut buf);
                buffers.lock().unwrap_or_else(PoisonError::into_inner).push(buf);
                sums.lock().unwrap_or_else(PoisonError::into_inner).push(sum);
            });
        }
    });
    sums.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().sum()
}

/// What an expert writes with rayon: a buffer per split of the work.
fn rayon(files: &[PathBuf]) -> io::Result<u64> {
    files.par_iter().map_init(|| vec![0; SIZE], |buf, file| checksum(file, buf)).sum()
}

/// What an expert writes without: a thread and a buffer per core, which take a file at a time.
fn by_hand(files: &[PathBuf]) -> io::Result<u64> {
    let next = AtomicUsize::new(0);
    let work = || {
        let (mut buf, mut sum) = (vec![0; SIZE], 0);
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            sum += checksum(file, &mut buf)?;
        }
        Ok(sum)
    };
    thread::scope(|scope| {
        let others = thread::available_parallelism()?.get() - 1;
        let others: Vec<_> = (0..others).map(|_| scope.spawn(work)).collect();
        let own = work()?;
        let others = others.into_iter().map(|other| other.join().expect("reading does not panic"));
        Ok(own + others.sum::<io::Result<u64>>()?)
    })
}

/// What `work` allocates.
fn allocated(work: impl FnOnce() -> io::Result<u64>) -> io::Result<Stats> {
    let region = Region::new(COUNTING);
    work()?;
    Ok(region.change())
}

fn main() -> io::Result<()> {
    let args = Args::read();
    let corpus = Corpus::find(args.path.as_deref(), args.scaled(256 << 20) as u64)?;
    let files = &corpus.files;
    say(&format!("reading {}", corpus.about()));
    machine();

    let pool = Naive::new(4);
    type Version<'a> = &'a dyn Fn(&[PathBuf]) -> io::Result<u64>;
    let versions: [(&str, Version<'_>); 6] = [
        ("sequential loop, one buffer", &sequential),
        ("naive pool, a buffer per task", &|files| buffer_per_task(&pool, files)),
        ("naive pool, a pool of buffers", &|files| buffer_pool(&pool, files)),
        ("rayon, map_init", &rayon),
        ("threads by hand, a buffer each", &by_hand),
        ("#[pooled(scratch(buf))] loop", &annotated),
    ];
    let mut figures = Vec::new();
    let mut comparable: Vec<Box<dyn FnMut() -> Option<u64>>> = Vec::new();
    let mut names = Vec::new();
    for (name, work) in versions {
        work(files)?;
        let half = allocated(|| work(&files[..files.len() / 2]))?;
        let used = allocated(|| work(files))?;
        // What all of the files took beyond half of them is what files take; the rest is set-up.
        let more = used.allocations as f64 - half.allocations as f64;
        let per_file = more / files.len().div_ceil(2) as f64;
        figures.push(format!(
            "{} ({per_file:.3} a file), {}",
            used.allocations,
            megabytes(used.bytes_allocated as u64)
        ));
        names.push(name);
        comparable.push(Box::new(|| work(files).ok()));
    }
    let mut entries: Vec<(&str, &mut dyn FnMut() -> Option<u64>)> =
        names.into_iter().zip(comparable.iter_mut().map(|work| &mut **work as _)).collect();
    let (_, mut timings) = contest(args.runs(), &mut entries);
    for (timing, figure) in timings.iter_mut().zip(figures) {
        timing.figure = figure;
    }
    show("checksums", "allocations", &timings);
    say("every version returned the same checksum in every run");
    Ok(())
}
