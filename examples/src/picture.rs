//! A file's bytes as a small grey picture: what a thumbnail is to a photograph.

use std::fs;
use std::io;
use std::path::Path;

/// A square picture, one byte a pixel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumb {
    /// Pixels in a row, and rows.
    pub width: usize,
    /// The pixels, row by row.
    pub pixels: Vec<u8>,
}

impl Thumb {
    /// Shrinks the file at `path` to `width * width` pixels, each the mean of its share of bytes.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn of(path: &Path, width: usize) -> io::Result<Self> {
        let bytes = fs::read(path)?;
        let count = width * width;
        let mean = |k: usize| {
            let share = &bytes[k * bytes.len() / count..(k + 1) * bytes.len() / count];
            let sum: u64 = share.iter().map(|&byte| u64::from(byte)).sum();
            (sum / (share.len() as u64).max(1)) as u8
        };
        Ok(Self { width, pixels: (0..count).map(mean).collect() })
    }

    /// Writes it as a PGM file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let mut file = format!("P5 {0} {0} 255\n", self.width).into_bytes();
        file.extend(&self.pixels);
        fs::write(path, file)
    }
}
