//! Checksums of files through a buffer of 64 KiB.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::PathBuf;

use pool_runtime::pooled;
use rayon::prelude::*;

use crate::measure::{Measure, Role, kept, mix};

const FILES: u64 = 300;
const SIZE: usize = 64 * 1024;

fn checksum(path: &PathBuf, buf: &mut [u8]) -> io::Result<u64> {
    let mut file = File::open(path)?;
    let mut sum = 1u64;
    loop {
        let read = file.read(buf)?;
        if read == 0 {
            return Ok(sum >> 16);
        }
        for &byte in &buf[..read] {
            sum = sum.wrapping_mul(31).wrapping_add(u64::from(byte));
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

/// A buffer for each thread's share.
fn by_hand(files: &[PathBuf]) -> io::Result<u64> {
    files.par_chunks(files.len().div_ceil(rayon::current_num_threads())).map(sequential).sum()
}

fn rayon(files: &[PathBuf]) -> io::Result<u64> {
    files.par_iter().map_init(|| vec![0; SIZE], |buf, file| checksum(file, buf)).sum()
}

fn write_files() -> io::Result<(tempfile::TempDir, Vec<PathBuf>)> {
    let directory = tempfile::tempdir()?;
    let file = |k: u64| {
        let path = directory.path().join(k.to_string());
        let content: Vec<u8> = (0..2_000 + mix(k) % 30_000).map(|i| mix(i ^ k) as u8).collect();
        fs::write(&path, content)?;
        Ok(path)
    };
    let files = (0..FILES).map(file).collect::<io::Result<_>>()?;
    Ok((directory, files))
}

pub(crate) fn measure() -> Measure {
    let (directory, files) = kept(write_files().expect("the system has room for some files"));
    // Like the paths, it is kept until the process ends: the system empties its own directory.
    let _ = directory;
    Measure::new("9 buffer reuse: 300 files", FILES)
        .version(Role::Sequential, "sequential", || sequential(files).unwrap())
        .version(Role::Hand, "a buffer for each thread", || by_hand(files).unwrap())
        .version(Role::Rayon, "rayon, map_init", || rayon(files).unwrap())
        .version(Role::Annotated, "pooled, scratch", || annotated(files).unwrap())
}
