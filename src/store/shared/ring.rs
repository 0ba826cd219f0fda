//! The ring of records (R2): append-only, never wrapping. A position counts eight-byte units since the region began
//! and only grows, so it is a version as well as a place. This file knows how records are read and written, not when.

use super::checksum;
use super::index::{Hasher, prefetch};
use super::layout::{Layout, header};
use super::mapping::Mapping;
use super::record::{HEADER_BYTES, HEADER_WORDS};
pub use super::record::{Kind, NewRecord, Record};
use std::sync::atomic::Ordering;

/// The first position. 0 is never used, so an index word of 0 is empty.
pub const FIRST_POSITION: u64 = 1;
/// Positions have 48 bits: 2 PiB of writes.
pub const MAX_POSITION: u64 = (1 << 48) - 1;
/// Bytes in a unit of position.
pub const UNIT: u64 = 8;

/// The ring inside a mapping.
#[derive(Clone, Copy, Debug)]
pub struct Ring<'a> {
    pub map: &'a Mapping,
    pub layout: &'a Layout,
}

impl<'a> Ring<'a> {
    /// Bytes in the ring; loaded each time, after the word that led here (R12).
    pub fn capacity(&self) -> u64 {
        // A file may say anything; nothing beyond the mapping is ever reached.
        self.map.word(header::CAPACITY).load(Ordering::Acquire).clamp(UNIT, self.layout.ring_bytes as u64) / UNIT * UNIT
    }

    /// Byte offset in the ring of a position.
    pub fn place(&self, position: u64, capacity: u64) -> u64 {
        position % (capacity / UNIT) * UNIT
    }

    /// Asks for the first bytes of the record at a position.
    #[inline]
    pub fn prefetch(&self, position: u64, bytes: usize) {
        let offset = self.layout.ring + self.place(position, self.capacity()) as usize;
        for line in (0..bytes).step_by(64) {
            prefetch(self.map, offset + line);
        }
    }

    /// Reads the record at a position: each length once, bounded before it is used (R11). `None` if there is no record,
    /// which a reader without the lock must expect: the bytes may have been reused.
    #[inline]
    pub fn record(&self, position: u64) -> Option<Record> {
        let capacity = self.capacity();
        let place = self.place(position, capacity);
        let left = (capacity - place) as usize;
        let offset = self.layout.ring + place as usize;
        let first = self.map.word(offset).load(Ordering::Relaxed);
        let words = || {
            let words = self.map.words(offset, HEADER_WORDS);
            std::array::from_fn(|index| words[index].load(Ordering::Relaxed))
        };
        let base = || self.map.word(offset + HEADER_BYTES).load(Ordering::Relaxed);
        Record::parse(position, offset, left, first, words, base)
    }

    /// Writes a record at a position whose room was made. It begins to exist when `tail` passes it.
    pub fn write(&self, position: u64, new: &NewRecord<'_>, hasher: &Hasher) {
        let (sender, session) = (new.origin.sender, new.origin.session);
        let record = Record {
            offset: self.layout.ring + self.place(position, self.capacity()) as usize,
            position,
            len: new.len(),
            kind: new.kind,
            format: new.value.format,
            moved: new.stamp.is_some(),
            base: new.base,
            sealed: new.sealed,
            key_len: new.key.len(),
            value_len: new.value.bytes.len(),
            hash: new.hash,
            stamp: new.stamp.unwrap_or(position),
            expires_at: new.expires_at,
            write: new.origin.write,
            pid: new.origin.pid,
            sender_len: sender.len(),
            session_len: session.len(),
        };
        self.write_header(&record);
        fail_point!("set:header");
        self.map.write(record.key_offset(), new.key);
        let both;
        let names = if session.is_empty() {
            sender
        } else {
            both = [sender, session].concat();
            &both
        };
        self.map.write(record.names_offset(), names);
        self.map.write(record.value_offset(), new.value.bytes);
        if record.sealed {
            let body = checksum::of_body(hasher, names, new.value.bytes);
            self.seal(&record, body.wrapping_add(checksum::of_head(hasher, &record)));
        }
    }

    fn seal(&self, record: &Record, checksum: u64) {
        let words = self.map.words(record.seal_offset(), checksum::SEAL_BYTES / 8);
        words[0].store(record.position, Ordering::Relaxed);
        words[1].store(checksum, Ordering::Relaxed);
    }

    fn write_header(&self, record: &Record) {
        for (word, value) in self.map.words(record.offset, HEADER_WORDS).iter().zip(record.words()) {
            word.store(value, Ordering::Relaxed);
        }
        if let Some(base) = record.base {
            self.map.word(record.offset + HEADER_BYTES).store(base, Ordering::Relaxed);
        }
    }

    /// Writes a pad record of `len` bytes; eight are enough for one.
    pub fn write_pad(&self, position: u64, len: u64) {
        let offset = self.layout.ring + self.place(position, self.capacity()) as usize;
        self.map.word(offset).store(len | (Kind::Pad as u64) << 32, Ordering::Relaxed);
    }

    /// Writes a copy of a live record at `to`, marked as moved, with the stamp it had (R7). A damaged record's copy is
    /// damaged too: its checksum is corrected by what has changed, not made anew.
    pub fn copy(&self, record: &Record, to: u64, hasher: &Hasher) {
        let copy = Record {
            offset: self.layout.ring + self.place(to, self.capacity()) as usize,
            position: to,
            moved: true,
            ..*record
        };
        self.write_header(&copy);
        // From behind header and base to the seal, which is written anew.
        let body =
            |record: &Record| self.map.words(record.key_offset(), (record.seal_offset() - record.key_offset()) / 8);
        for (from, to) in body(record).iter().zip(body(&copy)) {
            to.store(from.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        if record.sealed {
            let old = self.map.word(record.seal_offset() + 8).load(Ordering::Relaxed);
            let (before, after) = (checksum::of_head(hasher, record), checksum::of_head(hasher, &copy));
            self.seal(&copy, old.wrapping_sub(before).wrapping_add(after));
        }
    }

    /// Whether the record has this key.
    #[inline]
    pub fn has_key(&self, record: &Record, key: &[u8]) -> bool {
        record.key_len == key.len() && self.map.equals(record.key_offset(), key)
    }

    /// Appends the record's key.
    pub fn read_key(&self, record: &Record, into: &mut Vec<u8>) {
        self.map.read(record.key_offset(), record.key_len, into);
    }

    /// Appends the record's value.
    #[inline]
    pub fn read_value(&self, record: &Record, into: &mut Vec<u8>) {
        self.map.read(record.value_offset(), record.value_len, into);
    }

    /// The record's sender and session.
    pub fn read_names(&self, record: &Record) -> (Vec<u8>, Vec<u8>) {
        let mut sender = Vec::new();
        self.map.read(record.names_offset(), record.sender_len + record.session_len, &mut sender);
        let session = sender.split_off(record.sender_len);
        (sender, session)
    }
}
