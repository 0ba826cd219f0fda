//! What a memory store holds behind its lock: entries, and the log that tells of them.

use super::entries::{Entries, Entry, is_expired};
use super::log::{Log, Record};
use crate::clock::Instant;
use crate::entry::{ChangeKind, Origin, State};
use std::sync::Arc;

#[derive(Debug)]
pub(super) struct Contents {
    pub(super) entries: Entries,
    pub(super) log: Log,
    pub(super) evictions: u64,
    pub(super) expirations: u64,
    /// A wake that met nobody is kept for the next who comes to wait, or it would be lost on its way.
    pub(super) woken: bool,
}

impl Contents {
    /// Holds the entry under the key from now on, and tells so; what is in the way leaves. Its `seq` is given here.
    pub(super) fn put(&mut self, entry_key: &[u8], entry: Entry, origin: Origin<'_>, now: Instant) -> u64 {
        let key = self.entries.remove(entry_key).map_or_else(|| Arc::from(entry_key), |(key, _)| key);
        while !self.entries.has_room_for(entry_key, &entry.value)
            && let Some((key, oldest)) = self.entries.pop_oldest()
        {
            self.tell_departure(key, oldest.expires_at, now);
        }
        let seq = self.log.push(ChangeKind::Set, Arc::clone(&key), origin);
        self.entries.insert(key, Entry { seq, ..entry });
        seq
    }

    /// Holds nothing under the key from now on, and tells so.
    pub(super) fn take_out(&mut self, entry_key: &[u8], origin: Origin<'_>) -> u64 {
        let key = self.entries.remove(entry_key).map_or_else(|| Arc::from(entry_key), |(key, _)| key);
        self.log.push(ChangeKind::Remove, key, origin)
    }

    /// Tells the feed that an entry left on its own, and counts it: one whose time was over did not leave for room.
    pub(super) fn tell_departure(&mut self, key: Arc<[u8]>, expires_at: Instant, now: Instant) {
        let kind = if is_expired(expires_at, now) {
            self.expirations += 1;
            ChangeKind::Expire
        } else {
            self.evictions += 1;
            ChangeKind::Evict
        };
        self.log.push(kind, key, Origin { pid: std::process::id(), ..Origin::default() });
    }

    /// The entry that the record's key has now, and whether a later record will tell of that key.
    pub(super) fn state_of(&self, seq: u64, record: &Record) -> Told {
        if record.kind == ChangeKind::Clear {
            return Told::Absent;
        }
        if self.log.newest(&record.key).is_some_and(|newest| newest > seq) {
            return Told::Superseded;
        }
        self.entries.peek(&record.key).map_or(Told::Absent, |entry| Told::Current(entry.clone()))
    }
}

/// [`State`] with its value held, so that it can be told after the lock is released.
pub(super) enum Told {
    Current(Entry),
    Absent,
    Superseded,
}

impl Told {
    pub(super) fn as_state(&self) -> State<'_> {
        match self {
            Self::Current(entry) => State::Current { value: entry.as_value(), expires_at: entry.expires_at },
            Self::Absent => State::Absent,
            Self::Superseded => State::Superseded,
        }
    }
}
