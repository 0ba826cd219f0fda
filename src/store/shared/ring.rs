//! The ring of records (R2): append-only, never wrapping. A position counts eight-byte units since the region began
//! and only grows, so it is a version as well as a place. This file knows how a record is written, not when.

use super::index::prefetch;
use super::layout::{Layout, header};
use super::mapping::Mapping;
use super::record::{HEADER_BYTES, HEADER_WORDS};
pub use super::record::{Kind, NewRecord, Record};
use crate::entry::Format;
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
        let mut record = Record {
            offset,
            position,
            len,
            kind,
            format,
            moved: bits >> 6 & 1 == 1,
            base: None,
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
        if len < HEADER_BYTES + (bits >> 7 & 1) as usize * 8 {
            return None;
        }
        let words = self.map.words(offset, HEADER_WORDS);
        let load = |index: usize| words[index].load(Ordering::Relaxed);
        let (lengths, names) = (load(1), load(6));
        record.key_len = lengths as u32 as usize;
        record.value_len = (lengths >> 32) as usize;
        record.hash = load(2);
        record.stamp = load(3);
        record.expires_at = load(4);
        record.write = load(5);
        record.pid = names as u32;
        record.sender_len = (names >> 32) as u16 as usize;
        record.session_len = (names >> 48) as usize;
        if bits >> 7 & 1 == 1 {
            record.base = Some(self.map.word(offset + HEADER_BYTES).load(Ordering::Relaxed));
        }
        (record.value_offset() + record.value_len.next_multiple_of(8) == offset + len).then_some(record)
    }

    /// Writes a record at a position whose room was made. It begins to exist when `tail` passes it.
    pub fn write(&self, position: u64, new: &NewRecord<'_>) {
        let (sender, session) = (new.origin.sender, new.origin.session);
        let record = Record {
            offset: self.layout.ring + self.place(position, self.capacity()) as usize,
            position,
            len: new.len(),
            kind: new.kind,
            format: new.value.format,
            moved: false,
            base: new.base,
            key_len: new.key.len(),
            value_len: new.value.bytes.len(),
            hash: new.hash,
            stamp: position,
            expires_at: new.expires_at,
            write: new.origin.write,
            pid: new.origin.pid,
            sender_len: sender.len(),
            session_len: session.len(),
        };
        self.write_header(&record);
        self.map.write(record.key_offset(), new.key);
        if session.is_empty() {
            self.map.write(record.names_offset(), sender);
        } else {
            self.map.write(record.names_offset(), &[sender, session].concat());
        }
        self.map.write(record.value_offset(), new.value.bytes);
    }

    fn write_header(&self, record: &Record) {
        let format = match record.format {
            Format::Ascii => 0,
            Format::Text => 1,
            Format::Binary => 2,
        };
        let flags = u64::from(record.moved) << 6 | u64::from(record.base.is_some()) << 7;
        let bits = record.kind as u64 | format << 4 | flags;
        let words = [
            record.len as u64 | bits << 32,
            record.key_len as u64 | (record.value_len as u64) << 32,
            record.hash,
            record.stamp,
            record.expires_at,
            record.write,
            u64::from(record.pid) | (record.sender_len as u64) << 32 | (record.session_len as u64) << 48,
        ];
        for (word, value) in self.map.words(record.offset, HEADER_WORDS).iter().zip(words) {
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

    /// Writes a copy of a live record at `to`, marked as moved, with the stamp it had (R7).
    pub fn copy(&self, record: &Record, to: u64) {
        let copy = Record {
            offset: self.layout.ring + self.place(to, self.capacity()) as usize,
            position: to,
            moved: true,
            ..*record
        };
        self.write_header(&copy);
        let body = |record: &Record| self.map.words(record.offset + HEADER_BYTES, (record.len - HEADER_BYTES) / 8);
        for (from, to) in body(record).iter().zip(body(&copy)) {
            to.store(from.load(Ordering::Relaxed), Ordering::Relaxed);
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
