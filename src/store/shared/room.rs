//! Making room (R7) and reserving it (R12).

use super::index::{position_of, word_of};
use super::layout::header;
use super::lock::Writer;
use super::notices::Notices;
use super::ring::{FIRST_POSITION, Kind, MAX_POSITION, NewRecord, Record, UNIT};
use super::{counts::Counts, counts::Effect};
use crate::clock::Instant;
use crate::entry::split_entry_key;
use crate::error::{Error, Result};
use std::sync::atomic::{Ordering, fence};

/// The ring is reserved in steps of this size during its first lap; the first step is reserved at creation.
pub(super) const RESERVE_STEP: u64 = 1024 * 1024;
/// How many live entries one set may move out of the way before it evicts: this many, and one for so many bytes it needs.
const MOVES: u64 = 16;
const BYTES_PER_MOVE: u64 = 256;
/// One part in so many of the ring is kept free, or an entry worth keeping would find no gap to move to just because a
/// small set came by. Sets approach that gap by a few records each.
const SLACK: u64 = 32;
const AHEAD: usize = 8;

impl Writer<'_> {
    /// Appends the notices and the record, evicting what is in the way. Returns the record's position. When it returns,
    /// the record is part of the log; no word leads to it yet.
    pub(super) fn append(&self, record: &NewRecord<'_>, mut notices: Notices) -> Result<u64> {
        self.check_fits(record.len())?;
        let mut now = None;
        let mut moves = MOVES + record.len() as u64 / BYTES_PER_MOVE;
        let mut ahead = AHEAD;
        loop {
            let (head, tail) = self.ends();
            let used = (tail - head) * UNIT;
            // Far from enough needs no exact answer, and with many notices that is most of the way.
            if used == 0 || used + notices.bytes() + record.len() as u64 <= self.ring().capacity() {
                let lens = notices.records().map(|notice| notice.len()).chain([record.len()]);
                let filled = used + self.needed(lens)?;
                let capacity = self.ring().capacity();
                if filled <= capacity {
                    if ahead == 0 || used == 0 || filled <= capacity - capacity / SLACK {
                        break;
                    }
                    ahead -= 1;
                } else if used == 0 {
                    // Nothing is left that could leave. The record alone has room, its pad included.
                    notices.clear();
                    continue;
                }
            }
            let now = *now.get_or_insert_with(|| self.clock.now());
            self.advance_head(head, now, &mut moves, &mut notices)?;
        }
        for notice in notices.records() {
            self.append_here(&notice);
        }
        Ok(self.append_here(record))
    }

    /// Whether a record of this length fits beside others, before anything leaves for it.
    ///
    /// ## Errors
    /// [`Error::ValueTooLarge`]
    pub(super) fn check_fits(&self, len: usize) -> Result<()> {
        let limit = self.ring().capacity() as usize / 2;
        if len > limit { Err(Error::ValueTooLarge { bytes: len, limit }) } else { Ok(()) }
    }

    fn ends(&self) -> (u64, u64) {
        let load = |offset| self.map.word(offset).load(Ordering::Relaxed);
        (load(header::HEAD), load(header::TAIL))
    }

    /// Bytes from the tail on that records of these lengths take, pads included; all of it reserved.
    fn needed(&self, lens: impl Iterator<Item = usize>) -> Result<u64> {
        let (_, tail) = self.ends();
        let mut position = tail;
        for len in lens {
            let end = self.ring().place(position, self.ring().capacity()) + len as u64;
            self.reserve(end);
            // Reserving may have found that there is less room than there was to be.
            self.check_fits(len)?;
            let capacity = self.ring().capacity();
            position += (self.pad_before(position, len, capacity) + len as u64) / UNIT;
        }
        if position > MAX_POSITION {
            self.retire();
            return Err(Error::Retired);
        }
        Ok((position - tail) * UNIT)
    }

    /// Bytes to fill up before a record of this length can begin, so that it does not wrap.
    fn pad_before(&self, position: u64, len: usize, capacity: u64) -> u64 {
        let left = capacity - self.ring().place(position, capacity);
        if left < len as u64 { left } else { 0 }
    }

    /// Reserves the ring up to `end`, or all of it if `end` lies beyond, because the wrap fixes what a position means.
    /// Where there is no space, what is reserved becomes the capacity; that is stored before any word that needs it.
    fn reserve(&self, end: u64) {
        let reserved_word = self.map.word(header::RESERVED);
        let capacity = self.ring().capacity();
        let mut reserved = reserved_word.load(Ordering::Relaxed);
        while reserved < end.min(capacity) || (end > capacity && reserved < capacity) {
            let step = RESERVE_STEP.min(capacity - reserved);
            if super::space::reserve(&self.file, self.layout.ring as u64 + reserved, step).is_err() {
                self.map.word(header::CAPACITY).store(reserved, Ordering::SeqCst);
                self.map.word(header::OUT_OF_SPACE).store(1, Ordering::SeqCst);
                return;
            }
            reserved += step;
            reserved_word.store(reserved, Ordering::Release);
        }
    }

    fn is_reserved(&self, position: u64, len: usize) -> bool {
        let end = self.ring().place(position, self.ring().capacity()) + len as u64;
        end <= self.map.word(header::RESERVED).load(Ordering::Relaxed)
    }

    fn append_here(&self, record: &NewRecord<'_>) -> u64 {
        let tail = self.pad(record.len());
        debug_assert!(self.is_reserved(tail, record.len()), "a record would be written where nothing is reserved");
        self.ring().write(tail, record, &self.hasher);
        fail_point!("set:bytes");
        self.map.word(header::TAIL).store(tail + record.len() as u64 / UNIT, Ordering::Release);
        fail_point!("set:tail");
        tail
    }

    /// Pads the ring's end if a record of this length does not fit there. Returns the tail.
    fn pad(&self, len: usize) -> u64 {
        let (_, tail) = self.ends();
        let pad = self.pad_before(tail, len, self.ring().capacity());
        if pad == 0 {
            return tail;
        }
        self.ring().write_pad(tail, pad);
        fail_point!("set:pad");
        self.map.word(header::TAIL).store(tail + pad / UNIT, Ordering::Release);
        tail + pad / UNIT
    }

    /// Gives the oldest record's bytes up: a live entry that was read since it was written moves to the tail if it
    /// fits, any other leaves (R7).
    fn advance_head(&self, head: u64, now: Instant, moves: &mut u64, notices: &mut Notices) -> Result<()> {
        let ring = self.ring();
        let record = ring.record(head).ok_or_else(|| self.corrupt(format!("there is no record at position {head}")))?;
        if record.kind == Kind::Set
            && let Some(slot) = self.index().slot_of(record.hash, word_of(record.hash, head))
        {
            let kept = self.index().mark(slot).load(Ordering::Relaxed) != 0
                && !record.expired(now)
                && *moves > 0
                && self.move_to_tail(slot, &record);
            if kept {
                *moves -= 1;
            } else {
                self.evict(slot, &record, now, notices);
            }
        }
        self.map.word(header::HEAD).store(record.next(), Ordering::Relaxed);
        // Readers load bytes, fence, then look at the words and the head: whoever sees a reused byte sees these stores.
        fence(Ordering::Release);
        fail_point!("room:head");
        Ok(())
    }

    /// Copies a live record to the tail and swings its word. `false`, and nothing done, if the gap is too small.
    fn move_to_tail(&self, slot: usize, record: &Record) -> bool {
        let (head, tail) = self.ends();
        let fits = || {
            let capacity = self.ring().capacity();
            let pad = self.pad_before(tail, record.len, capacity);
            (tail - head) * UNIT + pad + record.len as u64 <= capacity
        };
        if !fits() {
            return false;
        }
        // During the first lap the gap may not be reserved, and reserving it may show that there is none (R12).
        self.reserve(self.ring().place(tail, self.ring().capacity()) + record.len as u64);
        if !fits() {
            return false;
        }
        let to = self.pad(record.len);
        debug_assert!(self.is_reserved(to, record.len), "a record would be written where nothing is reserved");
        self.ring().copy(record, to, &self.hasher);
        fail_point!("room:copied");
        self.map.word(header::TAIL).store(to + record.len as u64 / UNIT, Ordering::Release);
        fail_point!("room:tail");
        fence(Ordering::Release);
        self.index().word(slot).store(word_of(record.hash, to), Ordering::Release);
        fail_point!("room:swung");
        self.index().mark(slot).store(0, Ordering::Relaxed);
        true
    }

    /// Takes the entry in a slot out, counts it, and leaves a notice for those who listen (R23).
    pub(super) fn evict(&self, slot: usize, record: &Record, now: Instant, notices: &mut Notices) {
        let mut key = Vec::new();
        self.ring().read_key(record, &mut key);
        self.counts().step(slot, 0, self.leaving(&key, record.len));
        fail_point!("room:cleared");
        let (kind, counter) = match record.expired(now) {
            true => (Kind::Expire, header::EXPIRATIONS),
            false => (Kind::Evict, header::EVICTIONS),
        };
        self.counts().bump(counter);
        if self.map.word(header::LISTENERS).load(Ordering::Relaxed) != 0 {
            notices.push(kind, record.hash, key);
        }
    }

    /// Makes a slot for a new entry with this hash, displacing one if both its buckets are full (R3).
    pub(super) fn free_a_slot(&self, hash: u64, notices: &mut Notices) {
        let slot = self.index().slot_for(hash);
        let word = self.index().word(slot).load(Ordering::Relaxed);
        if word == 0 {
            return;
        }
        match self.ring().record(position_of(word)) {
            Some(record) => self.evict(slot, &record, self.clock.now(), notices),
            // A word that leads nowhere can only come from a damaged file; it counts for nothing.
            None => self.index().word(slot).store(0, Ordering::Release),
        }
    }

    /// What the counts lose when an entry with this key and record length leaves.
    pub(super) fn leaving(&self, key: &[u8], len: usize) -> Effect {
        Effect { entries: -1, bytes: -(len as i64), scope: self.scope_count_of(key) }
    }

    /// Where the scope of a stored key is counted.
    pub(super) fn scope_count_of(&self, key: &[u8]) -> usize {
        Counts::scope_of(self.hasher.hash(split_entry_key(key).map_or(key, |(scope, _)| scope)))
    }
}

/// Whether a position can be the head of a ring whose tail is known.
pub(super) fn plausible(head: u64, tail: u64, capacity: u64) -> bool {
    (FIRST_POSITION..=tail).contains(&head) && tail <= MAX_POSITION && (tail - head) * UNIT <= capacity
}
