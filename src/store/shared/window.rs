//! A file that is read piece by piece, mostly forwards.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// How much is read at once, at least.
const STEP: usize = 1024 * 1024;
/// What is read by itself where reading more has failed: a disk's smallest part, more or less.
const PAGE: usize = 4096;

/// The last piece that was read.
pub(super) struct Window {
    file: File,
    start: u64,
    bytes: Vec<u8>,
}

impl Window {
    pub fn new(file: File) -> Self {
        Self { file, start: 0, bytes: Vec::new() }
    }

    /// The bytes from an offset on. Zeros stand for what lies behind the file's end, and for what the disk cannot read.
    ///
    /// ## Errors
    /// What the system says if it cannot look there at all.
    #[inline]
    pub fn at(&mut self, offset: u64, len: usize) -> std::io::Result<&[u8]> {
        let end = self.start + self.bytes.len() as u64;
        if offset < self.start || offset + len as u64 > end {
            self.fill(offset, len.max(STEP))?;
        }
        let from = (offset - self.start) as usize;
        Ok(&self.bytes[from..from + len])
    }

    fn fill(&mut self, offset: u64, len: usize) -> std::io::Result<()> {
        self.start = offset;
        self.bytes.clear();
        self.bytes.resize(len, 0);
        self.file.seek(SeekFrom::Start(offset))?;
        if read_up_to(&mut self.file, &mut self.bytes).is_ok() {
            return Ok(());
        }
        self.bytes.fill(0);
        for (index, page) in self.bytes.chunks_mut(PAGE).enumerate() {
            self.file.seek(SeekFrom::Start(offset + (index * PAGE) as u64))?;
            if read_up_to(&mut self.file, page).is_err() {
                page.fill(0);
            }
        }
        Ok(())
    }
}

/// Reads until the buffer is full or the file is over.
fn read_up_to(file: &mut File, mut buffer: &mut [u8]) -> std::io::Result<()> {
    while !buffer.is_empty() {
        match file.read(buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => buffer = &mut buffer[read..],
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
