//! What a record of the ring looks like (R2).

use super::ring::UNIT;
use crate::entry::{Format, Origin, Value};

pub(super) const HEADER_WORDS: usize = 7;
pub(super) const HEADER_BYTES: usize = HEADER_WORDS * 8;

/// Bytes that the base takes, behind the header, where there is one.
const BASE_BYTES: usize = 8;

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Fills the end of the ring.
    Pad = 1,
    /// A key and its value.
    Set = 2,
    /// A key that was removed.
    Remove = 3,
    /// A scope that was cleared; its key is the scope's prefix.
    Clear = 4,
    /// A notice: the entry left for room.
    Evict = 5,
    /// A notice: the entry's time was over.
    Expire = 6,
}

impl Kind {
    pub(super) fn from_bits(bits: u32) -> Option<Self> {
        [Self::Pad, Self::Set, Self::Remove, Self::Clear, Self::Evict, Self::Expire]
            .into_iter()
            .find(|kind| *kind as u32 == bits)
    }
}

/// A record to be written.
#[derive(Clone, Copy, Debug)]
pub struct NewRecord<'a> {
    pub kind: Kind,
    pub hash: u64,
    pub key: &'a [u8],
    pub value: Value<'a>,
    pub expires_at: u64,
    pub origin: Origin<'a>,
    /// See [`Record::base`].
    pub base: Option<u64>,
}

impl NewRecord<'_> {
    /// Bytes it takes in the ring.
    pub fn len(&self) -> usize {
        HEADER_BYTES
            + self.base.map_or(0, |_| BASE_BYTES)
            + self.key.len().next_multiple_of(8)
            + (self.origin.sender.len() + self.origin.session.len()).next_multiple_of(8)
            + self.value.bytes.len().next_multiple_of(8)
    }
}

/// A record's header, copied out and checked for consistency. Its other parts lie where it says.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    /// Byte offset in the mapping.
    pub offset: usize,
    pub position: u64,
    pub len: usize,
    pub kind: Kind,
    pub format: Format,
    pub moved: bool,
    /// Of an entry that was swapped for another one: the stamp of the first of them all (R9).
    pub base: Option<u64>,
    pub key_len: usize,
    pub value_len: usize,
    pub hash: u64,
    /// Position of the record's first append; moving keeps it.
    pub stamp: u64,
    pub expires_at: u64,
    pub write: u64,
    pub pid: u32,
    pub(super) sender_len: usize,
    pub(super) session_len: usize,
}

impl Record {
    pub(super) fn key_offset(&self) -> usize {
        self.offset + HEADER_BYTES + self.base.map_or(0, |_| BASE_BYTES)
    }

    pub(super) fn names_offset(&self) -> usize {
        self.key_offset() + self.key_len.next_multiple_of(8)
    }

    pub(super) fn value_offset(&self) -> usize {
        self.names_offset() + (self.sender_len + self.session_len).next_multiple_of(8)
    }

    /// Position of the record behind it.
    pub fn next(&self) -> u64 {
        self.position + self.len as u64 / UNIT
    }

    /// Since when its key has had an entry without a pause: what was set afresh has no earlier one.
    pub fn since(&self) -> u64 {
        self.base.unwrap_or(self.stamp)
    }

    /// Whether its time is over.
    pub fn expired(&self, now: u64) -> bool {
        self.expires_at != 0 && now >= self.expires_at
    }
}
