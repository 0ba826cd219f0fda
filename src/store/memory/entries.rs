//! The entries of a memory store, least recently used first, within two bounds.

use super::super::deadlines::Deadlines;
use crate::clock::Instant;
use crate::entry::{Format, Scope, Value, split_entry_key};
use lru::LruCache;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

/// What an entry costs beyond the bytes of its key and value: list node, index slot, deadline, reference counts and
/// what the allocator adds to each, rounded up.
pub(super) const ENTRY_OVERHEAD_BYTES: u64 = 256;

/// How many counts tell scopes without entries from others. Scopes that share one are walked for nothing, no worse.
const SCOPE_COUNTS: usize = 1024;

/// Whether an entry's time is over. An `expires_at` of 0 is never.
pub(super) fn is_expired(expires_at: Instant, now: Instant) -> bool {
    expires_at != 0 && now >= expires_at
}

/// One value, and the `seq` of the change that set it. A clone shares the bytes.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) value: Arc<[u8]>,
    pub(super) format: Format,
    pub(super) expires_at: Instant,
    pub(super) seq: u64,
}

impl Entry {
    pub(super) fn as_value(&self) -> Value<'_> {
        Value { bytes: &self.value, format: self.format }
    }
}

fn cost(key: &[u8], value: &[u8]) -> u64 {
    key.len() as u64 + value.len() as u64 + ENTRY_OVERHEAD_BYTES
}

/// Entries by stored key. Its bounds hold as long as callers ask [`Entries::has_room_for`] before they insert.
#[derive(Debug)]
pub(super) struct Entries {
    lru: LruCache<Arc<[u8]>, Entry>,
    deadlines: Deadlines,
    bytes: u64,
    max_bytes: u64,
    max_entries: usize,
    /// Live entries by the hash of their scope, so that a `clear` of an empty scope need not walk, and a million
    /// scopes cost nothing.
    scope_counts: Box<[u32]>,
    hasher: RandomState,
}

impl Entries {
    pub(super) fn new(max_bytes: u64, max_entries: usize) -> Self {
        Self {
            lru: LruCache::unbounded(),
            deadlines: Deadlines::default(),
            bytes: 0,
            max_bytes,
            max_entries,
            scope_counts: vec![0; SCOPE_COUNTS].into_boxed_slice(),
            hasher: RandomState::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.lru.len()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn max_bytes(&self) -> u64 {
        self.max_bytes
    }

    /// The entry, which becomes the most recently used one.
    pub(super) fn touch(&mut self, key: &[u8]) -> Option<&Entry> {
        self.lru.get(key)
    }

    /// The entry, for those whose look is no use of it.
    pub(super) fn peek(&self, key: &[u8]) -> Option<&Entry> {
        self.lru.peek(key)
    }

    /// Whether an entry that is not held yet fits beside those that are.
    pub(super) fn has_room_for(&self, key: &[u8], value: &[u8]) -> bool {
        self.lru.len() < self.max_entries && self.bytes + cost(key, value) <= self.max_bytes
    }

    /// Holds an entry whose key is not held yet.
    pub(super) fn insert(&mut self, key: Arc<[u8]>, entry: Entry) {
        self.bytes += cost(&key, &entry.value);
        let count = self.count_of(&key);
        self.scope_counts[count] += 1;
        self.deadlines.add(entry.expires_at, entry.seq, &key);
        let replaced = self.lru.put(key, entry);
        debug_assert!(replaced.is_none());
    }

    pub(super) fn remove(&mut self, key: &[u8]) -> Option<(Arc<[u8]>, Entry)> {
        let removed = self.lru.pop_entry(key);
        self.let_go(removed)
    }

    pub(super) fn pop_oldest(&mut self) -> Option<(Arc<[u8]>, Entry)> {
        let oldest = self.lru.pop_lru();
        self.let_go(oldest)
    }

    /// One whose time is over.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<(Arc<[u8]>, Entry)> {
        let key = self.deadlines.due(now)?;
        self.remove(&key)
    }

    /// When the next one ends.
    pub(super) fn next_end(&self) -> Option<Instant> {
        self.deadlines.next()
    }

    /// Removes all entries of the scope.
    pub(super) fn clear(&mut self, scope: &Scope) {
        if self.scope_counts[self.count_of(scope.prefix())] == 0 {
            return;
        }
        let keys: Vec<_> = self.lru.iter().map(|(key, _)| key).filter(|key| scope.holds(key)).cloned().collect();
        for key in keys {
            self.remove(&key);
        }
    }

    /// The entries of the scope that the predicate wants, as they are now.
    pub(super) fn of_scope(&self, scope: &Scope, wants: impl Fn(&Entry) -> bool) -> Vec<(Arc<[u8]>, Entry)> {
        if self.scope_counts[self.count_of(scope.prefix())] == 0 {
            return Vec::new();
        }
        let entries = self.iter().filter(|(key, entry)| scope.holds(key) && wants(entry));
        entries.map(|(key, entry)| (Arc::clone(key), entry.clone())).collect()
    }

    pub(super) fn iter(&self) -> impl Clone + Iterator<Item = (&Arc<[u8]>, &Entry)> {
        self.lru.iter()
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        let bytes: u64 = self.iter().map(|(key, entry)| cost(key, &entry.value)).sum();
        if bytes != self.bytes {
            return Err(format!("entries have {bytes} bytes and {} are counted", self.bytes));
        }
        if bytes > self.max_bytes || self.len() > self.max_entries {
            let (max_bytes, max_entries) = (self.max_bytes, self.max_entries);
            return Err(format!("{bytes} bytes of {max_bytes}, {} entries of {max_entries}", self.len()));
        }
        let mut ending = self.iter().filter(|(_, entry)| entry.expires_at != 0);
        if ending.clone().count() != self.deadlines.len()
            || !ending.all(|(_, entry)| self.deadlines.has(entry.expires_at, entry.seq))
        {
            return Err("the deadlines differ from the entries".to_owned());
        }
        let mut counts = vec![0; SCOPE_COUNTS];
        self.iter().for_each(|(key, _)| counts[self.count_of(key)] += 1);
        if *counts != *self.scope_counts {
            return Err("the counts by scope differ from the entries".to_owned());
        }
        Ok(())
    }

    fn let_go(&mut self, removed: Option<(Arc<[u8]>, Entry)>) -> Option<(Arc<[u8]>, Entry)> {
        let (key, entry) = removed?;
        self.bytes -= cost(&key, &entry.value);
        let count = self.count_of(&key);
        self.scope_counts[count] -= 1;
        self.deadlines.remove(entry.expires_at, entry.seq);
        Some((key, entry))
    }

    /// Which count is that of the scope of this key, or of this scope's prefix.
    fn count_of(&self, key: &[u8]) -> usize {
        let prefix = split_entry_key(key).map_or(key, |(prefix, _)| prefix);
        self.hasher.hash_one(prefix) as usize % SCOPE_COUNTS
    }
}
