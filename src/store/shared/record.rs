//! What a record looks like (R2).

use super::checksum;
use super::ring::UNIT;
use crate::entry::{Format, Origin, Value};

/// Words of a record's header.
pub(super) const HEADER_WORDS: usize = 7;
/// Bytes of a record's header.
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
    fn from_bits(bits: u32) -> Option<Self> {
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
    /// Whether it is to have a seal, because the region is persisted (R30).
    pub sealed: bool,
    /// For what the feed is not told again: the position at which it was.
    pub stamp: Option<u64>,
}

impl NewRecord<'_> {
    /// Bytes it takes in the ring.
    pub fn len(&self) -> usize {
        HEADER_BYTES
            + self.base.map_or(0, |_| BASE_BYTES)
            + self.key.len().next_multiple_of(8)
            + (self.origin.sender.len() + self.origin.session.len()).next_multiple_of(8)
            + self.value.bytes.len().next_multiple_of(8)
            + if self.sealed { checksum::SEAL_BYTES } else { 0 }
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
    /// Whether it ends with its position and a checksum (R30).
    pub sealed: bool,
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
    /// Reads a header whose `left` bytes end with the ring: its first word, then the others, and the base behind them, if
    /// they are there. `None` if it is not consistent.
    #[inline]
    pub(super) fn parse(
        position: u64,
        offset: usize,
        left: usize,
        first: u64,
        words: impl FnOnce() -> [u64; HEADER_WORDS],
        base: impl FnOnce() -> u64,
    ) -> Option<Self> {
        let (len, bits) = (first as u32 as usize, (first >> 32) as u32);
        let kind = Kind::from_bits(bits & 0xF)?;
        if len < 8 || !len.is_multiple_of(8) || len > left {
            return None;
        }
        let format = match bits >> 4 & 3 {
            0 => Format::Ascii,
            1 => Format::Text,
            2 => Format::Binary,
            _ => return None,
        };
        let mut record = Self {
            offset,
            position,
            len,
            kind,
            format,
            moved: bits >> 6 & 1 == 1,
            base: None,
            sealed: bits >> 8 & 1 == 1,
            key_len: 0,
            value_len: 0,
            hash: 0,
            stamp: position,
            expires_at: 0,
            write: 0,
            pid: 0,
            sender_len: 0,
            session_len: 0,
        };
        if kind == Kind::Pad {
            return Some(record);
        }
        let has_base = bits >> 7 & 1 == 1;
        if len < HEADER_BYTES + if has_base { BASE_BYTES } else { 0 } {
            return None;
        }
        let [_, lengths, hash, stamp, expires_at, write, names] = words();
        record.key_len = lengths as u32 as usize;
        record.value_len = (lengths >> 32) as usize;
        record.hash = hash;
        record.stamp = stamp;
        record.expires_at = expires_at;
        record.write = write;
        record.pid = names as u32;
        record.sender_len = (names >> 32) as u16 as usize;
        record.session_len = (names >> 48) as usize;
        record.base = has_base.then(base);
        (record.seal_offset() + record.seal_len() == offset + len).then_some(record)
    }

    /// The words of its header.
    pub(super) fn words(&self) -> [u64; HEADER_WORDS] {
        let format = match self.format {
            Format::Ascii => 0,
            Format::Text => 1,
            Format::Binary => 2,
        };
        let flags = u64::from(self.moved) << 6 | u64::from(self.base.is_some()) << 7 | u64::from(self.sealed) << 8;
        let bits = self.kind as u64 | format << 4 | flags;
        [
            self.len as u64 | bits << 32,
            self.key_len as u64 | (self.value_len as u64) << 32,
            self.hash,
            self.stamp,
            self.expires_at,
            self.write,
            u64::from(self.pid) | (self.sender_len as u64) << 32 | (self.session_len as u64) << 48,
        ]
    }

    pub(super) fn key_offset(&self) -> usize {
        self.offset + HEADER_BYTES + self.base.map_or(0, |_| BASE_BYTES)
    }

    pub(super) fn names_offset(&self) -> usize {
        self.key_offset() + self.key_len.next_multiple_of(8)
    }

    pub(super) fn value_offset(&self) -> usize {
        self.names_offset() + (self.sender_len + self.session_len).next_multiple_of(8)
    }

    pub(super) fn seal_offset(&self) -> usize {
        self.value_offset() + self.value_len.next_multiple_of(8)
    }

    fn seal_len(&self) -> usize {
        if self.sealed { checksum::SEAL_BYTES } else { 0 }
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
