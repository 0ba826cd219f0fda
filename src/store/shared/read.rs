//! Reading without a lock (R11).

use super::Region;
use super::index::position_of;
use super::layout::header;
use super::ring::{Kind, Record};
use crate::clock::Instant;
use crate::entry::{Scope, Value};
use crate::error::{Error, Result};
use crate::store::{Found, Wait};
use std::sync::atomic::{Ordering, fence};

/// How often a reader tries again because a writer was in the way, before it asks for the lock.
const TRIES: usize = 1000;

/// How much of a record is asked for before its lengths are known, beside the key's length: the header, and most values.
const AHEAD: usize = 384;

/// An entry as a reader found it; its value's bytes are in the reader's own buffer.
pub(super) struct Seen {
    pub record: Record,
    pub word: u64,
    pub slot: usize,
}

enum Attempt {
    Hit(Seen),
    Miss,
    /// A record's bytes were reused while they were read, so what was read is worth nothing.
    Disturbed,
}

impl Region {
    /// See [`crate::store::Store::get`].
    pub(super) fn read(&self, key: &[u8], into: &mut Vec<u8>) -> Result<Option<Found>> {
        let start = into.len();
        let Some(seen) = self.look_up(key, into)? else {
            // A retired region misses everything; whoever is told so joins the new one.
            return if self.is_retired() { Err(Error::Retired) } else { Ok(None) };
        };
        // Nor is anything remembered of it: a writer may have stored a word after all of them were cleared.
        if self.is_retired() {
            into.truncate(start);
            return Err(Error::Retired);
        }
        // The clock is asked only about entries that can expire.
        if seen.record.expires_at != 0 && seen.record.expired(self.clock.now()) {
            into.truncate(start);
            self.expire(key, seen.word);
            return Ok(None);
        }
        let mark = self.index().mark(seen.slot);
        let was_read = mark.load(Ordering::Relaxed) != 0;
        if !was_read {
            mark.store(1, Ordering::Relaxed);
        }
        Ok(Some(Found {
            format: seen.record.format,
            expires_at: seen.record.expires_at,
            version: seen.word,
            slot: seen.slot,
            was_read,
            seq: seen.record.stamp,
        }))
    }

    /// The entry with this key, expired or not.
    pub(super) fn look_up(&self, key: &[u8], into: &mut Vec<u8>) -> Result<Option<Seen>> {
        let hash = self.hasher.hash(key);
        self.index().prefetch(hash);
        for _ in 0..TRIES {
            match self.attempt(hash, key, into) {
                Attempt::Hit(seen) => return Ok(Some(seen)),
                Attempt::Miss => return Ok(None),
                Attempt::Disturbed => std::hint::spin_loop(),
            }
        }
        // A writer is always faster than this reader: with the lock held nothing can be in the way.
        let _writer = self.lock(Wait::LONG)?;
        Ok(match self.attempt(hash, key, into) {
            Attempt::Hit(seen) => Some(seen),
            Attempt::Miss | Attempt::Disturbed => None,
        })
    }

    fn attempt(&self, hash: u64, key: &[u8], into: &mut Vec<u8>) -> Attempt {
        let start = into.len();
        for (slot, word) in self.index().matches(hash) {
            self.ring().prefetch(position_of(word), AHEAD + key.len());
            let record = self.ring().record(position_of(word));
            let hit = record.filter(|record| {
                let same = record.kind == Kind::Set && record.hash == hash && self.ring().has_key(record, key);
                if same {
                    self.ring().read_value(record, into);
                }
                same
            });
            if !self.was_intact(slot, word) {
                into.truncate(start);
                return Attempt::Disturbed;
            }
            if let Some(record) = hit {
                return Attempt::Hit(Seen { record, word, slot });
            }
        }
        Attempt::Miss
    }

    /// Whether what was just read at a word's position was whole: the word still says so, or its bytes are not given up
    /// yet. In the second case the read belongs to the moment at which the word was loaded.
    pub(super) fn was_intact(&self, slot: usize, word: u64) -> bool {
        fence(Ordering::Acquire);
        self.index().word(slot).load(Ordering::Relaxed) == word
            || self.map.word(header::HEAD).load(Ordering::Relaxed) <= position_of(word)
    }

    /// See [`crate::store::Store::snapshot`].
    pub(super) fn read_snapshot(
        &self,
        scope: &Scope,
        cursor: u64,
        visit: &mut dyn FnMut(&[u8], Value<'_>, Instant),
    ) -> Result<()> {
        let (mut key, mut value) = (Vec::new(), Vec::new());
        let now = self.clock.now();
        for slot in self.slots_newest_first() {
            // A word may change while its record is read; the new one is read then. It cannot change for ever to one
            // that belongs into the snapshot, for what is set from now on lies behind the cursor.
            loop {
                let word = self.index().word(slot).load(Ordering::Acquire);
                if word == 0 {
                    break;
                }
                key.clear();
                value.clear();
                let record = self.ring().record(position_of(word)).filter(|record| {
                    if record.kind != Kind::Set || record.stamp >= cursor {
                        return false;
                    }
                    self.ring().read_key(record, &mut key);
                    self.ring().read_value(record, &mut value);
                    true
                });
                if !self.was_intact(slot, word) {
                    continue;
                }
                if let Some(record) = record
                    && scope.holds(&key)
                    && !record.expired(now)
                {
                    visit(
                        &key[scope.prefix().len()..],
                        Value { bytes: &value, format: record.format },
                        record.expires_at,
                    );
                }
                break;
            }
        }
        Ok(())
    }

    /// The slots that hold a word now. One that is empty now holds nothing, later, that was set before.
    pub(super) fn slots_newest_first(&self) -> impl Iterator<Item = usize> + use<> {
        let words = (0..self.layout.words).map(|slot| (self.index().word(slot).load(Ordering::Acquire), slot));
        let held = words.filter(|&(word, _)| word != 0);
        let mut slots: Vec<_> = held.map(|(word, slot)| (position_of(word), slot)).collect();
        slots.sort_unstable_by(|a, b| b.cmp(a));
        slots.into_iter().map(|(_, slot)| slot)
    }
}
