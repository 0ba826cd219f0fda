//! Where everything is in the file (R1): header | members | scope counts | locks | index | marks | ring.
//!
//! Everything follows from `max_bytes`, so a joiner recomputes it instead of believing what a file says.

use crate::error::{Error, Result};
use crate::store::locks::words_for;

/// The first eight bytes of every region.
pub const MAGIC: u64 = u64::from_le_bytes(*b"PSCREGN\0");
/// Changes whenever the meaning of a byte does. Regions of another version are not touched.
pub const VERSION: u32 = 4;
/// The smallest region that can hold its own bookkeeping and a ring worth having.
pub const MIN_BYTES: u64 = 2 * 1024 * 1024;
/// The largest: 64 GiB, so that index positions in JavaScript stay 31-bit. With pointers of 32 bits 1 GiB: the region has to
/// fit into a half of the address space, in which no offset overflows.
pub const MAX_BYTES: u64 = if usize::BITS >= 64 { 64 << 30 } else { 1 << 30 };
/// How many processes can use one region at a time.
pub const MEMBERS: usize = 256;
/// Entries of the table of live counts by scope hash (R5).
pub const SCOPE_COUNTS: usize = 4096;
/// Bytes of a scope count: how many entries, and where the first of them was set.
pub const SCOPE_COUNT_BYTES: usize = 16;
/// Most rows of the lock table; a small region has fewer (R25).
pub const MOST_LOCK_ROWS: usize = 4096;
/// Words in a bucket of the index: one cache line (R3).
pub const BUCKET: usize = 8;

const PAGE: usize = 4096;
const MEMBER_BYTES: usize = 64;
/// One row of the lock table for this many bytes of the region.
const BYTES_PER_LOCK_ROW: u64 = 4096;
/// One index word, and its mark, for this many bytes of the region.
const BYTES_PER_WORD: u64 = 256;

/// Byte offsets of the header's words. Those that are written often have a cache line of their own.
pub mod header {
    /// [`super::MAGIC`].
    pub const MAGIC: usize = 0;
    /// [`super::VERSION`].
    pub const VERSION: usize = 8;
    /// `max_bytes`.
    pub const MAX_BYTES: usize = 16;
    /// Most bytes of an encoded value.
    pub const MAX_VALUE_BYTES: usize = 24;
    /// Seed of the hash, drawn per region.
    pub const SEED: usize = 32;
    /// Two words: the boot in which the region lives.
    pub const BOOT_ID: usize = 40;
    /// Two words: the region's own id; its members' lock files are in a folder of this name.
    pub const REGION_ID: usize = 56;
    /// Offset of the creator's boot-time clock (time namespaces), milliseconds (R22).
    pub const CLOCK_OFFSET: usize = 72;
    /// Not zero if the region is persisted: its records have seals, and its file outlives its users (R30).
    pub const PERSISTED: usize = 80;
    /// The device of the file, which tells it from its copies (R32).
    pub const DEVICE: usize = 88;
    /// The file's number on that device.
    pub const INODE: usize = 96;
    /// Checksum of all words up to here, which never change.
    pub const FIXED_SUM: usize = 104;
    /// Not zero once the file was replaced or unlinked under its users (R19).
    pub const RETIRED: usize = 128;
    /// Not zero once a reservation failed and fixed the capacity.
    pub const OUT_OF_SPACE: usize = 136;
    /// The writer lock (R13).
    pub const LOCK: usize = 192;
    /// How often the lock was acquired.
    pub const ACQUISITIONS: usize = 200;
    /// Position of the oldest record.
    pub const HEAD: usize = 256;
    /// Position behind the newest record.
    pub const TAIL: usize = 320;
    /// Position up to which the feed may be read.
    pub const PUBLISHED: usize = 328;
    /// Position up to which writes have ended the flights of what they wrote (R38).
    pub const FLIGHTS_ENDED: usize = 336;
    /// Bytes in the ring; smaller than the layout's only if space ran out.
    pub const CAPACITY: usize = 384;
    /// Bytes of the ring that are reserved so far.
    pub const RESERVED: usize = 392;
    /// Whether a subscriber sleeps (R17).
    pub const ARMED: usize = 448;
    /// What subscribers sleep on.
    pub const BELL: usize = 456;
    /// How many subscribers want notices of eviction and expiry (R23).
    pub const LISTENERS: usize = 464;
    /// When the next entry ends that the sweeper knows of; all ones if none does, 0 if nobody sweeps (R36).
    pub const NEXT_END: usize = 472;
    /// What the sweeper sleeps on.
    pub const SWEEPERS_BELL: usize = 480;
    /// Live entries.
    pub const ENTRIES: usize = 512;
    /// Bytes of live records.
    pub const LIVE_BYTES: usize = 520;
    /// Entries evicted.
    pub const EVICTIONS: usize = 528;
    /// Entries met expired.
    pub const EXPIRATIONS: usize = 536;
    /// The step under way (`counts.rs`), [`super::super::counts::INTENT_WORDS`] words.
    pub const INTENT: usize = 576;
    /// Two readings of both clocks, written in turn: boot-time, wall-clock, checksum (R33).
    pub const CLOCKS: usize = 704;
    /// [`super::MAGIC`] once more, so that a file whose beginning is damaged is still known as ours.
    pub const MAGIC_AGAIN: usize = 4088;
}

/// The words of the header that never change.
pub type Fixed = [u64; header::FIXED_SUM / 8];

/// The sizes and offsets of a region, in bytes from the start of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Size of the file.
    pub max_bytes: u64,
    /// Words in the index, a multiple of [`BUCKET`]; as many marks.
    pub words: usize,
    /// Start of the member slots.
    pub members: usize,
    /// Start of the scope counts.
    pub scopes: usize,
    /// Start of the lock table.
    pub locks: usize,
    /// Words of the lock table.
    pub lock_words: usize,
    /// Start of the index; on a page, so that it can be mapped alone.
    pub index: usize,
    /// Start of the marks, right behind the index.
    pub marks: usize,
    /// Start of the ring, on a page.
    pub ring: usize,
    /// Bytes in the ring if space never runs out.
    pub ring_bytes: usize,
}

impl Layout {
    /// The layout of a region of `max_bytes`.
    ///
    /// ## Errors
    /// [`Error::InvalidOption`] outside [`MIN_BYTES`]..=[`MAX_BYTES`].
    pub fn new(max_bytes: u64) -> Result<Self> {
        if !(MIN_BYTES..=MAX_BYTES).contains(&max_bytes) {
            return Err(Error::InvalidOption {
                option: "maxBytes",
                value: max_bytes.to_string(),
                remedy: format!("it takes {MIN_BYTES} (2 MiB) to {MAX_BYTES} ({} GiB)", MAX_BYTES >> 30),
            });
        }
        let max_bytes = max_bytes - max_bytes % PAGE as u64;
        let words = (max_bytes / BYTES_PER_WORD) as usize / BUCKET * BUCKET;
        let members = PAGE;
        let scopes = members + MEMBERS * MEMBER_BYTES;
        let locks = scopes + SCOPE_COUNTS * SCOPE_COUNT_BYTES;
        let rows = ((max_bytes / BYTES_PER_LOCK_ROW) as usize).min(MOST_LOCK_ROWS);
        let lock_words = words_for(rows);
        let index = (locks + lock_words * 8).next_multiple_of(PAGE);
        let marks = index + words * 8;
        let ring = (marks + words).next_multiple_of(PAGE);
        Ok(Self {
            max_bytes,
            words,
            members,
            scopes,
            locks,
            lock_words,
            index,
            marks,
            ring,
            ring_bytes: max_bytes as usize - ring,
        })
    }

    /// Offset of a member's slot.
    pub fn member(&self, slot: usize) -> usize {
        self.members + slot * MEMBER_BYTES
    }

    /// Bytes from the index's start to the marks' end: what JavaScript maps to check its memo.
    pub fn index_bytes(&self) -> usize {
        self.words * 9
    }

    /// The largest value that a region of this size can hold at all. A record's lengths have 32 bits.
    pub fn max_value_bytes(&self) -> u64 {
        (self.max_bytes / 4).min(1 << 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r1_everything_counts_in_max_bytes_and_nothing_overlaps() {
        for max_bytes in [MIN_BYTES, MIN_BYTES + 5000, 64 << 20, 1 << 30] {
            let layout = Layout::new(max_bytes).unwrap();
            assert!(layout.max_bytes <= max_bytes);
            const { assert!(header::INTENT + 8 * super::super::counts::INTENT_WORDS <= header::CLOCKS) };
            const { assert!(header::CLOCKS + 6 * 8 <= header::MAGIC_AGAIN) };
            assert!(layout.member(MEMBERS) <= layout.scopes);
            assert!(layout.scopes + SCOPE_COUNTS * SCOPE_COUNT_BYTES <= layout.locks);
            assert!(layout.locks + layout.lock_words * 8 <= layout.index);
            assert!(layout.marks + layout.words <= layout.ring);
            assert_eq!(layout.ring + layout.ring_bytes, layout.max_bytes as usize);
            assert_eq!(layout.index % PAGE, 0);
            assert_eq!(layout.ring_bytes % PAGE, 0);
            assert!(layout.ring_bytes as u64 > layout.max_bytes * 9 / 10);
        }
    }

    #[test]
    fn sizes_that_cannot_work_are_refused() {
        assert_eq!(Layout::new(MIN_BYTES - 1).unwrap_err().code(), "ERR_PSC_INVALID_OPTION");
        assert_eq!(Layout::new(MAX_BYTES + 1).unwrap_err().code(), "ERR_PSC_INVALID_OPTION");
        const { assert!(MAX_BYTES < isize::MAX as u64, "an offset could overflow") };
    }
}
