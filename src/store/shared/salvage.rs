//! Reading what an earlier run has left in a persisted file (R31, R32): as bytes of which nothing is believed but what a
//! checksum vouches for. The file is read, not mapped, so nobody who cuts it short meanwhile can do harm.

use super::checksum;
use super::index::Hasher;
use super::layout::{Fixed, Layout, MAGIC, VERSION, header};
use super::record::{HEADER_BYTES, HEADER_WORDS, Kind, Record};
use super::ring::{MAX_POSITION, UNIT};
use super::window::Window;
use crate::clock::{Instant, boot_id, namespace_offset_ms, wall_ms};
use crate::entry::{MAX_KEY_BYTES, MAX_NAME_BYTES, MAX_SCOPE_BYTES};
use std::collections::HashMap;
use std::fs::File;

/// Bytes of a key with its scope's prefix.
const MOST_KEY_BYTES: usize = MAX_KEY_BYTES + MAX_SCOPE_BYTES + 8;
/// So many times the file's size is hashed in vain before the rest is given up. What damage can leave stays far below; what
/// was made on purpose must not keep an application from starting.
const MOST_IN_VAIN: u64 = 16;

/// What a file holds.
pub(super) enum Old {
    /// Nothing, as a file that was just made.
    Nothing,
    /// Something that was never ours.
    Foreign,
    /// Something of ours that cannot be read, and why.
    Unreadable(String),
    /// Records.
    Records(Box<Salvage>),
}

/// The newest records of their keys, the oldest first, and how to read them.
pub(super) struct Salvage {
    window: Window,
    layout: Layout,
    pub hasher: Hasher,
    max_value_bytes: u64,
    times: Times,
    /// The stamp of the newest tombstone of a scope, by its prefix's hash.
    pub cleared: HashMap<u64, u64>,
    /// Where the records are.
    pub found: Vec<Place>,
    /// Bytes of the log in which no record is whole.
    pub damaged_bytes: u64,
}

/// A believed record.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub position: u64,
    offset: u64,
    kind: Kind,
}

/// How the file's instants are to be read.
struct Times {
    same_boot: bool,
    /// Between the creator's boot-time clock and this process's (time namespaces).
    shift_ms: i64,
    /// What both clocks said when it was noted last.
    noted: Option<[u64; 2]>,
}

impl Times {
    /// How many milliseconds are left until an instant of the file's; `None` if it is over.
    fn left(&self, expires_at: Instant, now: Instant) -> Option<u64> {
        let left = if self.same_boot {
            expires_at.saturating_add_signed(self.shift_ms).checked_sub(now)
        } else {
            let [boot, wall] = self.noted?;
            let left_then = expires_at.checked_sub(boot)?;
            // A wall clock that was set back must not make anything live longer than it would have.
            Some(wall.saturating_add(left_then).checked_sub(wall_ms())?.min(left_then))
        };
        left.filter(|&left| left > 0)
    }
}

/// Reads a file.
///
/// ## Errors
/// What the system says.
pub(super) fn read(file: File) -> std::io::Result<Old> {
    let size = file.metadata()?.len();
    if size == 0 {
        return Ok(Old::Nothing);
    }
    let mut window = Window::new(file);
    let head = window.at(0, 4096)?.to_vec();
    let (words, _) = head.as_chunks::<8>();
    let word = |offset: usize| words.get(offset / 8).map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let ours = word(header::MAGIC) == MAGIC || word(header::MAGIC_AGAIN) == MAGIC;
    if !ours && head.iter().any(|&byte| byte != 0) {
        return Ok(Old::Foreign);
    }
    let unreadable = |reason: &str| Ok(Old::Unreadable(reason.into()));
    let version = word(header::VERSION) as u32;
    let fixed: Fixed = std::array::from_fn(|index| word(index * 8));
    if word(header::FIXED_SUM) != checksum::of_fixed(&fixed) {
        if word(header::MAGIC) == MAGIC && version != VERSION {
            return unreadable(&format!("it has layout version {version}, and this is version {VERSION}"));
        }
        return unreadable("its header is damaged");
    }
    let Ok(layout) = Layout::new(word(header::MAX_BYTES)) else { return unreadable("its header is damaged") };
    if version != VERSION {
        return unreadable(&format!("it has layout version {version}, and this is version {VERSION}"));
    }
    let hasher = Hasher::new(word(header::SEED));
    let boot = boot_id();
    let noted = (0..2).map(|slot| std::array::from_fn(|field| word(header::CLOCKS + slot * 24 + field * 8)));
    let times = Times {
        same_boot: word(header::BOOT_ID).to_le_bytes() == boot[..8]
            && word(header::BOOT_ID + 8).to_le_bytes() == boot[8..],
        shift_ms: namespace_offset_ms().wrapping_sub(word(header::CLOCK_OFFSET) as i64),
        noted: noted
            .filter(|[boot, wall, sum]| *sum == checksum::of_clocks(&hasher, [*boot, *wall]))
            .map(|[boot, wall, _]: [u64; 3]| [boot, wall])
            .max(),
    };
    let mut salvage = Salvage {
        window,
        layout,
        hasher,
        max_value_bytes: word(header::MAX_VALUE_BYTES),
        times,
        cleared: HashMap::new(),
        found: Vec::new(),
        damaged_bytes: 0,
    };
    salvage.scan(&Log::told(word(header::HEAD), word(header::TAIL), word(header::CAPACITY), &layout))?;
    Ok(Old::Records(Box::new(salvage)))
}

/// Which bytes of the ring the log takes, as the header says. Only for telling how much is damaged, unless all that is
/// believed lies where it says.
struct Log {
    from: u64,
    to: u64,
    whole: u64,
}

impl Log {
    fn told(head: u64, tail: u64, capacity: u64, layout: &Layout) -> Self {
        let whole = capacity.clamp(UNIT, layout.ring_bytes as u64) / UNIT;
        let len = tail.saturating_sub(head).min(whole);
        Self { from: head % whole, to: head % whole + len, whole }
    }

    /// Whether the unit at a place in the ring is part of it.
    fn holds(&self, unit: u64) -> bool {
        unit < self.whole && ((self.from..self.to).contains(&unit) || unit + self.whole < self.to)
    }
}

impl Salvage {
    /// Goes through the ring, from unit to unit where there is no whole record, and keeps the newest of each key.
    fn scan(&mut self, log: &Log) -> std::io::Result<()> {
        let (start, end) = (self.layout.ring as u64, self.layout.max_bytes);
        let mut newest = HashMap::<u64, Place>::new();
        let (mut in_vain, mut end_of_log, mut misplaced) = (0, 0, 0_u64);
        let (mut offset, mut padded, mut newest_ends_at) = (start, start, start);
        while offset < end && in_vain <= end.saturating_mul(MOST_IN_VAIN) {
            let padded_before = padded;
            let Some(record) = self.believed(offset, end, &mut in_vain, &mut padded)? else {
                // The pad behind the newest record: what lies under it was given up before the next one was begun.
                if padded != padded_before && offset == newest_ends_at && (padded - start) / UNIT == log.whole {
                    end_of_log += (padded - offset) / UNIT;
                }
                self.damaged_bytes += u64::from(offset >= padded && log.holds((offset - start) / UNIT)) * UNIT;
                offset += UNIT;
                continue;
            };
            let place = Place { position: record.position, offset, kind: record.kind };
            let ends = record.position + record.len as u64 / UNIT;
            if ends > end_of_log {
                (end_of_log, newest_ends_at) = (ends, offset + record.len as u64);
            }
            misplaced += u64::from(record.position % log.whole != (offset - start) / UNIT);
            match record.kind {
                Kind::Set | Kind::Remove => {
                    let known = newest.entry(record.hash).or_insert(place);
                    if known.position < place.position {
                        *known = place;
                    }
                }
                Kind::Clear => {
                    let stamp = self.cleared.entry(record.hash).or_default();
                    *stamp = record.stamp.max(*stamp);
                }
                Kind::Pad | Kind::Evict | Kind::Expire => {}
            }
            offset += record.len as u64;
        }
        // Bytes under a pad stay as they were a lap ago, when what superseded them is gone already.
        let capacity = if misplaced == 0 { log.whole } else { self.layout.ring_bytes as u64 / UNIT };
        let in_log = |place: &Place| place.position + capacity >= end_of_log;
        self.found = newest.into_values().filter(|place| place.kind == Kind::Set && in_log(place)).collect();
        self.found.sort_unstable_by_key(|place| place.position);
        Ok(())
    }

    /// The record at a byte offset of the file, if all of it is whole. Its own offset counts from its beginning.
    fn believed(
        &mut self,
        offset: u64,
        end: u64,
        in_vain: &mut u64,
        padded: &mut u64,
    ) -> std::io::Result<Option<Record>> {
        let left = (end - offset) as usize;
        let Some(record) = self.record(offset, left)? else { return Ok(None) };
        if record.kind == Kind::Pad {
            *padded = offset + record.len as u64;
            return Ok(None);
        }
        let (names, most) = (record.sender_len.max(record.session_len), self.max_value_bytes as usize);
        let sealed = record.sealed && names <= MAX_NAME_BYTES && record.value_len <= most;
        if !sealed || record.key_len > MOST_KEY_BYTES || record.stamp > MAX_POSITION {
            return Ok(None);
        }
        // The key first, which is short: what looks like a record by chance is found out at little cost.
        let key = self.window.at(offset + record.key_offset() as u64, record.key_len)?;
        *in_vain += record.key_len as u64;
        if self.hasher.hash(key) != record.hash {
            return Ok(None);
        }
        *in_vain += record.len as u64;
        let bytes = self.window.at(offset, record.len)?;
        let word = |at: usize| bytes[at..].first_chunk::<8>().map_or(0, |word| u64::from_le_bytes(*word));
        let record = Record { position: word(record.seal_offset()), ..record };
        let names = &bytes[record.names_offset()..][..record.sender_len + record.session_len];
        let value = &bytes[record.value_offset()..][..record.value_len];
        let expected =
            checksum::of_head(&self.hasher, &record).wrapping_add(checksum::of_body(&self.hasher, names, value));
        let whole = word(record.seal_offset() + 8) == expected
            && (1..=MAX_POSITION).contains(&record.position)
            && record.stamp <= record.position
            && record.since() <= record.stamp;
        if whole {
            *in_vain -= (record.key_len + record.len) as u64;
        }
        Ok(whole.then_some(record))
    }

    /// What the bytes at an offset would be if they were a record.
    fn record(&mut self, offset: u64, left: usize) -> std::io::Result<Option<Record>> {
        let bytes = self.window.at(offset, (HEADER_BYTES + 8).min(left))?;
        let (chunks, _) = bytes.as_chunks::<8>();
        let word = |index: usize| chunks.get(index).map_or(0, |word| u64::from_le_bytes(*word));
        let words = || std::array::from_fn::<u64, HEADER_WORDS, _>(word);
        Ok(Record::parse(0, 0, left, word(0), words, || word(HEADER_WORDS)))
    }

    /// Hands a believed record's parts over: the record, its key, its sender, its session and its value.
    ///
    /// ## Errors
    /// What the system says.
    pub fn with<T>(
        &mut self,
        place: Place,
        visit: impl FnOnce(&Record, [&[u8]; 4]) -> T,
    ) -> std::io::Result<Option<T>> {
        let mut again = (0, 0);
        let end = self.layout.max_bytes;
        // Read anew, and so believed anew.
        let Some(record) = self.believed(place.offset, end, &mut again.0, &mut again.1)? else { return Ok(None) };
        let bytes = self.window.at(place.offset, record.len)?;
        let part = |from: usize, len: usize| &bytes[from..from + len];
        let names = record.names_offset();
        let parts = [
            part(record.key_offset(), record.key_len),
            part(names, record.sender_len),
            part(names + record.sender_len, record.session_len),
            part(record.value_offset(), record.value_len),
        ];
        Ok(Some(visit(&record, parts)))
    }

    /// How many milliseconds an instant of the file's is away from `now`, `None` if it is over.
    pub fn left(&self, expires_at: Instant, now: Instant) -> Option<u64> {
        self.times.left(expires_at, now)
    }
}
