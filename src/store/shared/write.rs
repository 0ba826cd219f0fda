//! Set, remove and clear: the order of their stores is what a kill or a reader can see (R6, R8, R9).

use super::Region;
use super::counts::{Counts, Effect};
use super::index::{position_of, word_of};
use super::layout::header;
use super::lock::Writer;
use super::ring::{Kind, NewRecord, Record};
use crate::clock::Instant;
use crate::entry::{Format, MAX_NAME_BYTES, Origin, Scope, Value};
use crate::error::{Error, Result};
use crate::store::{Wait, locks};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How many records `clear` looks at before it lets others have the lock.
const SLICE: usize = 512;

/// How much a set asks for on behalf of the next one: the oldest record's header, and where a record will go.
const OLDEST_AHEAD: usize = 128;
const MOST_AHEAD: usize = 1024;

pub(super) const NOTHING: Value<'static> = Value { bytes: &[], format: Format::Ascii };

impl Region {
    /// See [`crate::store::Store::set`].
    pub(super) fn write_set(
        &self,
        key: &[u8],
        value: Value<'_>,
        expires_at: Instant,
        origin: Origin<'_>,
        wait: Wait,
    ) -> Result<u64> {
        self.check_value(value)?;
        let hash = self.hasher.hash(key);
        self.foresee(hash);
        let (origin, sealed) = (self.signed(origin), self.persisted);
        let record =
            NewRecord { kind: Kind::Set, hash, key, value, expires_at, origin, base: None, sealed, stamp: None };
        let position = {
            let writer = self.lock(wait)?;
            fail_point!("set:locked");
            let old = writer.find(hash, key);
            writer.put(&record, old)?
        };
        fail_point!("set:unlocked");
        self.ring_the_bell_behind_a_fence();
        self.announce_end(expires_at);
        self.look_ahead(record.len());
        Ok(position)
    }

    /// ## Errors
    /// [`Error::ValueTooLarge`]; [`Error::Retired`] where the successor's bound counts.
    pub(super) fn check_value(&self, value: Value<'_>) -> Result<()> {
        let limit = self.max_value_bytes();
        if value.bytes.len() as u64 > limit {
            self.check_not_retired()?;
            return Err(Error::ValueTooLarge { bytes: value.bytes.len(), limit: limit as usize });
        }
        Ok(())
    }

    /// Asks for what a set of this key is about to look at, so that it waits once instead of one by one: the key's
    /// buckets, and those of the oldest record, which may have to leave. All of it hints: nothing read here is believed.
    pub(super) fn foresee(&self, hash: u64) {
        let index = self.index();
        index.prefetch(hash);
        let head = self.map.word(header::HEAD).load(Ordering::Relaxed);
        // Behind the newest record nothing need be reserved yet (R12).
        if head < self.map.word(header::TAIL).load(Ordering::Relaxed)
            && let Some(oldest) = self.ring().record(head)
        {
            index.prefetch(oldest.hash);
        }
    }

    /// Asks for what the next set will look at: the oldest record, and the bytes that a record like this one takes.
    pub(super) fn look_ahead(&self, len: usize) {
        let load = |offset| self.map.word(offset).load(Ordering::Relaxed);
        self.ring().prefetch(load(header::HEAD), OLDEST_AHEAD);
        self.ring().prefetch(load(header::TAIL), len.min(MOST_AHEAD));
    }

    /// The origin with this process's id, unless it tells another. Names only inform: a long one is cut instead of
    /// refusing the write.
    pub(super) fn signed<'a>(&self, origin: Origin<'a>) -> Origin<'a> {
        let cut = |name: &'a [u8]| &name[..name.len().min(MAX_NAME_BYTES)];
        let pid = if origin.pid == 0 { self.pid } else { origin.pid };
        Origin { sender: cut(origin.sender), session: cut(origin.session), pid, ..origin }
    }

    /// See [`crate::store::Store::remove`].
    pub(super) fn write_remove(&self, key: &[u8], origin: Origin<'_>, wait: Wait) -> Result<u64> {
        let tombstone = self.tombstone(Kind::Remove, self.hasher.hash(key), key, origin);
        let position = self.lock(wait)?.take_out(&tombstone)?;
        self.ring_the_bell();
        Ok(position)
    }

    /// Takes out an entry that a reader met expired, if the lock is free; if not, somebody else will meet it.
    pub(super) fn expire(&self, key: &[u8], word: u64) {
        let hash = self.hasher.hash(key);
        let Ok(writer) = self.lock(Wait(Duration::ZERO)) else { return };
        let Some((slot, record)) = writer.find(hash, key) else { return };
        if word_of(hash, record.position) != word {
            return;
        }
        let mut notices = writer.notices();
        writer.evict(slot, &record, self.clock.now(), &mut notices);
        writer.tell(notices);
        drop(writer);
        self.ring_the_bell_behind_a_fence();
    }

    /// See [`crate::store::Store::clear`].
    pub(super) fn write_clear(&self, scope: &Scope, origin: Origin<'_>, wait: Wait) -> Result<u64> {
        let prefix = scope.prefix();
        let tombstone = self.tombstone(Kind::Clear, self.hasher.hash(prefix), prefix, origin);
        let before = self.begin_clear(&tombstone, wait)?;
        self.ring_the_bell();
        self.end_clear(scope, &tombstone, before, wait)?;
        self.ring_the_bell();
        Ok(before)
    }

    /// Appends a clear's tombstone.
    pub(super) fn begin_clear(&self, tombstone: &NewRecord<'_>, wait: Wait) -> Result<u64> {
        let writer = self.lock(wait)?;
        let position = writer.append(tombstone, writer.notices())?;
        writer.finish(position, |region| locks::end_flights_of_scope(region, tombstone.hash))
    }

    /// Removes what the scope held before its tombstone.
    pub(super) fn end_clear(&self, scope: &Scope, tombstone: &NewRecord<'_>, before: u64, wait: Wait) -> Result<()> {
        let mut cursor = self.counts().scope_since(Counts::scope_of(tombstone.hash));
        loop {
            let writer = self.lock(wait)?;
            if !writer.clear_slice(scope, before, &mut cursor)? {
                continue;
            }
            if self.persisted {
                // What was moved while this went on lies behind the tombstone, and would outlast it (R31).
                writer.append(&NewRecord { stamp: Some(before), ..*tombstone }, writer.notices())?;
                writer.publish();
            }
            return Ok(());
        }
    }

    /// What says that a key, or a scope, has nothing any more.
    pub(super) fn tombstone<'a>(&self, kind: Kind, hash: u64, key: &'a [u8], origin: Origin<'a>) -> NewRecord<'a> {
        let (origin, sealed) = (self.signed(origin), self.persisted);
        NewRecord { kind, hash, key, value: NOTHING, expires_at: 0, origin, base: None, sealed, stamp: None }
    }
}

impl Writer<'_> {
    /// The entry with this key: its slot and its record.
    pub(super) fn find(&self, hash: u64, key: &[u8]) -> Option<(usize, Record)> {
        self.index().matches(hash).find_map(|(slot, word)| {
            let record = self.ring().record(position_of(word))?;
            (record.kind == Kind::Set && record.hash == hash && self.ring().has_key(&record, key))
                .then_some((slot, record))
        })
    }

    /// Appends a record and has its key's word lead to it (R6). `old` is the entry that the key has.
    pub(super) fn put(&self, record: &NewRecord<'_>, mut old: Option<(usize, Record)>) -> Result<u64> {
        let NewRecord { hash, key, .. } = *record;
        self.check_fits(record.len())?;
        let mut notices = self.notices();
        if old.is_none() {
            self.free_a_slot(hash, &mut notices);
        }
        let position = self.append(record, notices)?;
        if let Some((slot, found)) = old
            && self.index().word(slot).load(Ordering::Relaxed) != word_of(hash, found.position)
        {
            // Making room has taken this very key's old entry out, or moved it.
            old = self.find(hash, key);
        }
        let (scope, len) = (self.scope_count_of(key), record.len() as i64);
        let (slot, effect) = match old {
            Some((slot, old)) => (slot, Effect { entries: 0, bytes: len - old.len as i64, scope }),
            None => {
                self.counts().enter_scope(scope, position);
                (self.index().slot_for(hash), Effect { entries: 1, bytes: len, scope })
            }
        };
        self.counts().step(slot, word_of(hash, position), effect);
        fail_point!("set:word");
        self.index().mark(slot).store(0, Ordering::Relaxed);
        self.finish(position, |region| locks::end_flights_of_entry(region, hash))
    }

    /// Appends a tombstone and clears its key's word (R8).
    pub(super) fn take_out(&self, tombstone: &NewRecord<'_>) -> Result<u64> {
        let NewRecord { hash, key, .. } = *tombstone;
        let position = self.append(tombstone, self.notices())?;
        if let Some((slot, record)) = self.find(hash, key) {
            self.counts().step(slot, 0, self.leaving(key, record.len));
        }
        self.finish(position, |region| locks::end_flights_of_entry(region, hash))
    }

    /// Ends a change that is in its place: publishes it, looks whether it counts, and ends the flights that it makes worthless.
    /// Whoever takes over from a writer that died before that ends all flights (R10).
    fn finish(&self, position: u64, end_flights: impl FnOnce(&Region)) -> Result<u64> {
        let tail = self.publish_alone();
        // It has the fence that must be between the change and the looks for flights (R38) and for sleepers (R17).
        let counts_here = self.check_not_retired();
        fail_point!("set:flights");
        end_flights(self);
        self.map.word(header::FLIGHTS_ENDED).store(tail, Ordering::Release);
        counts_here.map(|()| position)
    }

    /// Publishes what makes no flight worthless.
    pub(super) fn publish(&self) {
        let tail = self.publish_alone();
        self.map.word(header::FLIGHTS_ENDED).store(tail, Ordering::Release);
    }

    fn publish_alone(&self) -> u64 {
        let tail = self.map.word(header::TAIL).load(Ordering::Relaxed);
        self.map.word(header::PUBLISHED).store(tail, Ordering::Release);
        fail_point!("set:published");
        tail
    }

    /// Removes the scope's entries older than `before` among the next records, and those that were swapped for such.
    /// Returns whether the walk has met the tail, or there is nothing left to find.
    fn clear_slice(&self, scope: &Scope, before: u64, cursor: &mut u64) -> Result<bool> {
        let counted = Counts::scope_of(self.hasher.hash(scope.prefix()));
        let load = |offset| self.map.word(offset).load(Ordering::Relaxed);
        for _ in 0..SLICE {
            // Overtaken by the head: what was there has moved to the tail, and its stamp still tells its age.
            *cursor = (*cursor).max(load(header::HEAD));
            if *cursor >= load(header::TAIL) || self.counts().scope_entries(counted) == 0 {
                return Ok(true);
            }
            let record = self
                .ring()
                .record(*cursor)
                .ok_or_else(|| self.corrupt(format!("there is no record at position {cursor}")))?;
            *cursor = record.next();
            if record.kind == Kind::Set
                && record.since() < before
                && let Some(slot) = self.index().slot_of(record.hash, word_of(record.hash, record.position))
            {
                let mut key = Vec::new();
                self.ring().read_key(&record, &mut key);
                if !scope.holds(&key) {
                    continue;
                }
                if record.stamp < before {
                    self.counts().step(slot, 0, self.leaving(&key, record.len));
                } else {
                    // Swapped after the clear began for what is to be cleared, and maybe told so already.
                    self.take_out(&self.tombstone(Kind::Remove, record.hash, &key, Origin::default()))?;
                }
            }
        }
        Ok(false)
    }
}
