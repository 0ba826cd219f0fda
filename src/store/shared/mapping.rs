//! The mapped file as atomics. The only way anything else reads or writes shared memory (R6).
//!
//! Other processes write to the same bytes at any time, so a plain reference or slice into them would be undefined
//! behaviour. Everything here goes through atomics, which are sound whatever the others do, a hostile file included.

use memmap2::{MmapOptions, MmapRaw};
use std::fs::File;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};

/// A file, or a part of it, mapped shared and writable.
#[derive(Debug)]
pub struct Mapping {
    raw: MmapRaw,
}

impl Mapping {
    /// Maps `len` bytes of the file from `offset` on. The offset is a multiple of the page size.
    ///
    /// ## Errors
    /// What the system says.
    pub fn new(file: &File, offset: u64, len: usize) -> std::io::Result<Self> {
        MmapOptions::new().offset(offset).len(len).map_raw(file).map(|raw| Self { raw })
    }

    /// Where the bytes are in this process.
    pub fn as_ptr(&self) -> *mut u8 {
        self.raw.as_mut_ptr()
    }

    /// Mapped bytes.
    pub fn size(&self) -> usize {
        self.raw.len()
    }

    /// Has everything that was written so far brought to the disk, and waits for it.
    ///
    /// ## Errors
    /// What the system says.
    pub fn flush(&self) -> std::io::Result<()> {
        self.raw.flush()
    }

    /// The word at a byte offset that is a multiple of eight and inside the mapping.
    #[inline]
    pub fn word(&self, offset: usize) -> &AtomicU64 {
        assert!(offset.is_multiple_of(8) && offset + 8 <= self.raw.len());
        // SAFETY: the assertion keeps the eight bytes inside the mapping, which lives as long as `self`; a mapping
        // starts on a page, so a multiple of eight is aligned; AtomicU64 has the size and alignment of u64 here and
        // any bit pattern is valid. Others access these bytes concurrently only through atomics (this type), or are
        // other processes, to which Rust's atomics are the same instructions.
        unsafe { &*self.raw.as_mut_ptr().add(offset).cast::<AtomicU64>() }
    }

    /// `count` words from a byte offset on.
    #[inline]
    pub fn words(&self, offset: usize, count: usize) -> &[AtomicU64] {
        assert!(offset.is_multiple_of(8) && offset <= self.raw.len() && count <= (self.raw.len() - offset) / 8);
        // SAFETY: as in `word`, for `count` words that the assertion keeps inside the mapping.
        unsafe { std::slice::from_raw_parts(self.raw.as_mut_ptr().add(offset).cast::<AtomicU64>(), count) }
    }

    /// The half word at a byte offset that is a multiple of four; what a futex waits on.
    pub fn half_word(&self, offset: usize) -> &AtomicU32 {
        assert!(offset.is_multiple_of(4) && offset + 4 <= self.raw.len());
        // SAFETY: as in `word`, for four bytes. The words used this way are never accessed as eight bytes.
        unsafe { &*self.raw.as_mut_ptr().add(offset).cast::<AtomicU32>() }
    }

    /// The byte at an offset inside the mapping.
    #[inline]
    pub fn byte(&self, offset: usize) -> &AtomicU8 {
        assert!(offset < self.raw.len());
        // SAFETY: as in `word`, for one byte. The bytes used this way (marks) are never accessed as words.
        unsafe { &*self.raw.as_mut_ptr().add(offset).cast::<AtomicU8>() }
    }

    /// Appends `len` bytes from a byte offset (a multiple of eight) to `into`, word by word.
    #[inline]
    pub fn read(&self, offset: usize, len: usize, into: &mut Vec<u8>) {
        let words = self.words(offset, len.div_ceil(8));
        let start = into.len();
        // Zeroed first, so that the loop has nothing to check: growing a `Vec` word by word takes four times as long.
        into.resize(start + words.len() * 8, 0);
        let (chunks, _) = into[start..].as_chunks_mut::<8>();
        for (chunk, word) in chunks.iter_mut().zip(words) {
            *chunk = word.load(Ordering::Relaxed).to_le_bytes();
        }
        into.truncate(start + len);
    }

    /// Writes the bytes from a byte offset (a multiple of eight) on, zeros up to the next multiple of eight.
    #[inline]
    pub fn write(&self, offset: usize, bytes: &[u8]) {
        let words = self.words(offset, bytes.len().div_ceil(8));
        let (chunks, rest) = bytes.as_chunks::<8>();
        for (word, chunk) in words.iter().zip(chunks) {
            word.store(u64::from_le_bytes(*chunk), Ordering::Relaxed);
        }
        if let (false, Some(last)) = (rest.is_empty(), words.last()) {
            let mut padded = [0; 8];
            padded[..rest.len()].copy_from_slice(rest);
            last.store(u64::from_le_bytes(padded), Ordering::Relaxed);
        }
    }

    /// Whether the bytes from an offset (a multiple of eight) on are these.
    #[inline]
    pub fn equals(&self, offset: usize, bytes: &[u8]) -> bool {
        let words = self.words(offset, bytes.len().div_ceil(8));
        let (chunks, rest) = bytes.as_chunks::<8>();
        let whole =
            words.iter().zip(chunks).all(|(word, chunk)| word.load(Ordering::Relaxed) == u64::from_le_bytes(*chunk));
        whole
            && words
                .get(chunks.len())
                .is_none_or(|last| &last.load(Ordering::Relaxed).to_le_bytes()[..rest.len()] == rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_out_as_they_went_in_at_every_length() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(8192).unwrap();
        let mapping = Mapping::new(&file, 4096, 4096).unwrap();
        for len in 0..40 {
            let bytes: Vec<u8> = (1..=len).collect();
            mapping.write(64, &bytes);
            let mut back = vec![7];
            mapping.read(64, len as usize, &mut back);
            assert_eq!(back[1..], bytes);
            assert!(mapping.equals(64, &bytes));
            if len > 0 {
                let mut other = bytes.clone();
                *other.last_mut().unwrap() ^= 1;
                assert!(!mapping.equals(64, &other));
            }
        }
    }

    #[test]
    #[should_panic(expected = "assertion")]
    fn nothing_outside_the_mapping_can_be_reached() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(4096).unwrap();
        Mapping::new(&file, 0, 4096).unwrap().words(8, 512);
    }
}
