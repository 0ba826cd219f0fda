//! The store in this process's memory: for Electron without an id, for workers of one process, and for tests.
//!
//! It keeps the promises of [`Store`], change feed included, within `max_bytes`: at most an eighth of it (and never
//! more than 8 MiB) is the log of changes, the rest holds entries. One lock guards both, and is never held while
//! callers' code runs: what a visitor is told is a state that was whole at one instant.

mod contents;
mod entries;
mod log;
mod options;
#[cfg(test)]
mod tests;

use self::contents::Contents;
use self::entries::{Entries, Entry, is_expired};
use self::log::Log;
pub use self::options::{DEFAULT_MAX_BYTES, DEFAULT_MAX_VALUE_BYTES, MIN_MAX_BYTES, MemoryOptions};
use super::locks::{Ground, HeapLocks, end_flights_of_entry, end_flights_of_scope};
use super::{Expected, Follow, Found, Replacement, Stats, Store, Swap, Wait};
use crate::clock::{Clock, Instant};
use crate::entry::{Change, ChangeKind, Origin, Scope, Value};
use crate::error::{Error, Result};
use parking_lot::{Condvar, Mutex};
use std::sync::Arc;
use std::time::Duration;

/// How many entries whose time is over leave in one go: a microsecond each.
const SWEPT_AT_ONCE: usize = 1000;

/// A [`Store`] in this process's memory. The least recently used entries leave first.
///
/// A `seq` is dense here: 1, 2, 3 … An entry's version is the `seq` of its set; `Found::slot` is always 0.
#[derive(Debug)]
pub struct MemoryStore {
    contents: Mutex<Contents>,
    changed: Condvar,
    locks: Arc<HeapLocks>,
    max_bytes: u64,
    max_value_bytes: usize,
    clock: Clock,
    epoch: u64,
}

impl MemoryStore {
    /// An empty store.
    ///
    /// ## Errors
    /// [`Error::InvalidOption`] where an option is out of the range its field names.
    pub fn new(options: MemoryOptions) -> Result<Self> {
        options.check()?;
        let log_bytes = options.log_bytes();
        let MemoryOptions { max_bytes, max_entries, max_value_bytes, clock } = options;
        let contents = Contents {
            entries: Entries::new(max_bytes - log_bytes, max_entries),
            log: Log::new(log_bytes),
            evictions: 0,
            expirations: 0,
            woken: false,
        };
        let epoch = uuid::Uuid::new_v4().as_u64_pair().0 >> 16;
        let locks = Arc::default();
        Ok(Self {
            contents: Mutex::new(contents),
            changed: Condvar::new(),
            locks,
            max_bytes,
            max_value_bytes,
            clock,
            epoch,
        })
    }

    /// The locks of this store's users.
    #[must_use]
    pub fn locks(&self) -> Arc<HeapLocks> {
        self.locks.clone()
    }

    /// The entry was written, and its contents are still locked.
    fn end_flights(&self, entry_key: &[u8]) {
        end_flights_of_entry(&*self.locks, self.locks.hash(entry_key));
    }

    fn check_value(&self, value: Value<'_>) -> Result<()> {
        if value.bytes.len() > self.max_value_bytes {
            return Err(Error::ValueTooLarge { bytes: value.bytes.len(), limit: self.max_value_bytes });
        }
        Ok(())
    }
}

// Writes take the lock however long they may `wait`: it is held for microseconds, by threads of this process only.
impl Store for MemoryStore {
    fn get(&self, entry_key: &[u8], into: &mut Vec<u8>) -> Result<Option<Found>> {
        let now = self.clock.now();
        let entry = {
            let mut contents = self.contents.lock();
            let Some(entry) = contents.entries.touch(entry_key) else { return Ok(None) };
            if is_expired(entry.expires_at, now) {
                if let Some((key, entry)) = contents.entries.remove(entry_key) {
                    contents.tell_departure(key, entry.expires_at, now);
                    self.changed.notify_all();
                }
                return Ok(None);
            }
            entry.clone()
        };
        into.extend_from_slice(&entry.value);
        Ok(Some(Found {
            format: entry.format,
            expires_at: entry.expires_at,
            version: entry.seq,
            slot: 0,
            was_read: false,
            seq: entry.seq,
        }))
    }

    fn set(&self, entry_key: &[u8], value: Value<'_>, expires_at: Instant, origin: Origin<'_>, _: Wait) -> Result<u64> {
        self.check_value(value)?;
        let now = self.clock.now();
        let entry = Entry { value: Arc::from(value.bytes), format: value.format, expires_at, seq: 0 };
        let mut contents = self.contents.lock();
        let seq = contents.put(entry_key, entry, origin, now);
        self.end_flights(entry_key);
        drop(contents);
        self.changed.notify_all();
        Ok(seq)
    }

    fn remove(&self, entry_key: &[u8], origin: Origin<'_>, _: Wait) -> Result<u64> {
        let mut contents = self.contents.lock();
        let seq = contents.take_out(entry_key, origin);
        self.end_flights(entry_key);
        drop(contents);
        self.changed.notify_all();
        Ok(seq)
    }

    fn set_if(
        &self,
        entry_key: &[u8],
        expected: Expected,
        replacement: Replacement<'_>,
        origin: Origin<'_>,
        _: Wait,
    ) -> Result<Swap> {
        if let Replacement::Value { value, .. } = replacement {
            self.check_value(value)?;
        }
        let now = self.clock.now();
        let mut contents = self.contents.lock();
        let present = contents.entries.peek(entry_key).filter(|entry| !is_expired(entry.expires_at, now));
        let (seq, end) = present.map_or((0, 0), |entry| (entry.seq, entry.expires_at));
        if seq != expected.seq || (expected.flight != 0 && !self.locks.desk().holds(&*self.locks, expected.flight)) {
            return Ok(Swap::Changed);
        }
        let seq = match replacement {
            Replacement::Nothing => contents.take_out(entry_key, origin),
            Replacement::Value { value: Value { bytes, format }, expires_at } => {
                let expires_at = expires_at.unwrap_or(end);
                contents.put(entry_key, Entry { value: Arc::from(bytes), format, expires_at, seq: 0 }, origin, now)
            }
        };
        self.end_flights(entry_key);
        drop(contents);
        self.changed.notify_all();
        Ok(Swap::Done(seq))
    }

    fn clear(&self, scope: &Scope, origin: Origin<'_>, _: Wait) -> Result<u64> {
        let mut contents = self.contents.lock();
        contents.entries.clear(scope);
        end_flights_of_scope(&*self.locks, self.locks.hash(scope.prefix()));
        let seq = contents.log.push(ChangeKind::Clear, Arc::from(scope.prefix()), origin);
        self.changed.notify_all();
        Ok(seq)
    }

    fn cursor(&self) -> u64 {
        self.contents.lock().log.next_seq()
    }

    fn changes(&self, cursor: &mut u64, limit: usize, visit: &mut dyn FnMut(&Change<'_>)) -> Result<Follow> {
        let (batch, follow) = {
            let contents = self.contents.lock();
            let log = &contents.log;
            if !log.reaches(*cursor) {
                return Ok(Follow::Behind);
            }
            let batch: Vec<_> = (*cursor..log.next_seq())
                .take(limit)
                .filter_map(|seq| {
                    log.record(seq).map(|record| (seq, Arc::clone(record), contents.state_of(seq, record)))
                })
                .collect();
            let end = *cursor + batch.len() as u64;
            (batch, if end == log.next_seq() { Follow::CaughtUp } else { Follow::More })
        };
        for (seq, record, told) in &batch {
            let (state, origin) = (told.as_state(), record.origin());
            visit(&Change { seq: *seq, kind: record.kind, entry_key: &record.key, state, origin });
            *cursor = seq + 1;
        }
        Ok(follow)
    }

    fn snapshot(&self, scope: &Scope, cursor: u64, visit: &mut dyn FnMut(&[u8], Value<'_>, Instant)) -> Result<()> {
        let now = self.clock.now();
        let entries = self
            .contents
            .lock()
            .entries
            .of_scope(scope, |entry| entry.seq < cursor && !is_expired(entry.expires_at, now));
        for (key, entry) in &entries {
            visit(&key[scope.prefix().len()..], entry.as_value(), entry.expires_at);
        }
        Ok(())
    }

    fn sweep(&self) -> Option<Duration> {
        let now = self.clock.now();
        let mut guard = self.contents.lock();
        let contents = &mut *guard;
        for _ in 0..SWEPT_AT_ONCE {
            let Some((key, entry)) = contents.entries.pop_due(now) else { break };
            contents.tell_departure(key, entry.expires_at, now);
            self.changed.notify_all();
        }
        contents.entries.next_end().map(|next| Duration::from_millis(next.saturating_sub(now)))
    }

    fn wait_for_changes(&self, cursor: u64, timeout: Duration) -> bool {
        let mut contents = self.contents.lock();
        if contents.log.next_seq() <= cursor && !contents.woken {
            self.changed.wait_for(&mut contents, timeout);
        }
        contents.woken = false;
        contents.log.next_seq() > cursor
    }

    fn wake(&self) {
        self.contents.lock().woken = true;
        self.changed.notify_all();
    }

    fn epoch(&self) -> u64 {
        self.epoch
    }

    fn stats(&self) -> Stats {
        let contents = self.contents.lock();
        Stats {
            entries: contents.entries.len() as u64,
            bytes: contents.entries.bytes(),
            max_bytes: self.max_bytes,
            capacity_bytes: contents.entries.max_bytes(),
            evictions: contents.evictions,
            expirations: contents.expirations,
        }
    }

    fn now(&self) -> Instant {
        self.clock.now()
    }

    fn validate(&self) -> std::result::Result<(), String> {
        let contents = self.contents.lock();
        let (entries, log) = (&contents.entries, &contents.log);
        entries.validate()?;
        log.validate()?;
        if entries.max_bytes() + log.max_bytes() > self.max_bytes {
            return Err(format!("entries and log may pass the bound of {} bytes together", self.max_bytes));
        }
        for (key, entry) in entries.iter() {
            // What the log still reaches must name this set as the last word on its key.
            let last_word = log.reaches(entry.seq).then_some(entry.seq);
            if log.newest(key) != last_word || entry.seq >= log.next_seq() {
                return Err(format!("entry {key:?} of change {} is not what the log says of it", entry.seq));
            }
            if entry.value.len() > self.max_value_bytes {
                return Err(format!("the value of {key:?} has {} bytes", entry.value.len()));
            }
        }
        Ok(())
    }
}
