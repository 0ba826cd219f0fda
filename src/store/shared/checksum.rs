//! What a persisted record is believed by (R30): behind its value it says where in the log it is, and a checksum.
//!
//! The checksum is a sum of two hashes, of the head and of the body, both with the region's seed. So a record that moves,
//! whose head alone changes, needs not be read whole; and nothing that another region wrote is ever believed, nor what a
//! value contains that happens to look like a record.

use super::index::Hasher;
use super::layout::Fixed;
use super::record::{HEADER_WORDS, Record};

/// Bytes of a seal: the position and the checksum.
pub const SEAL_BYTES: usize = 16;

/// Of a header, a base and a position. The header has the key's hash, and so the key is in it too; it says whether there is
/// a base.
pub fn of_head(hasher: &Hasher, record: &Record) -> u64 {
    let mut bytes = [0; (HEADER_WORDS + 2) * 8];
    let (chunks, _) = bytes.as_chunks_mut::<8>();
    let behind = [record.base.unwrap_or(0), record.position];
    for (chunk, word) in chunks.iter_mut().zip(record.words().iter().chain(&behind)) {
        *chunk = word.to_le_bytes();
    }
    hasher.hash(&bytes)
}

/// Of the names and the value.
pub fn of_body(hasher: &Hasher, names: &[u8], value: &[u8]) -> u64 {
    hasher.hash(names).rotate_left(1).wrapping_add(hasher.hash(value))
}

/// Of what never changes in a region's header.
pub fn of_fixed(words: &Fixed) -> u64 {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    Hasher::new(0).hash(&bytes)
}

/// Of the readings of two clocks.
pub fn of_clocks(hasher: &Hasher, readings: [u64; 2]) -> u64 {
    hasher.hash(&readings.map(u64::to_le_bytes).concat())
}
