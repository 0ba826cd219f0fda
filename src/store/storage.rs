//! A storage of one JavaScript environment: entries that are nobody else's, bounded by count and by bytes. No lock, no
//! feed and no scopes, so that one can be made for every request.

use super::deadlines::Deadlines;
use crate::clock::{Clock, Instant};
use crate::entry::{Format, Value};
use crate::error::{Error, Result};
use lru::LruCache;
use std::sync::Arc;

/// What an entry costs beyond the bytes of its key and value: list node, index slot, place, deadline, and what the
/// allocator adds to each, rounded up.
pub const ENTRY_BYTES: u64 = 256;

/// How many entries whose time is over leave in one go: a microsecond each.
const SWEPT_AT_ONCE: usize = 1000;

/// How large a storage may grow, and which clock its entries expire by.
#[derive(Clone, Debug)]
pub struct StorageOptions {
    /// Most entries, at least 1; `usize::MAX` is no limit.
    pub max_entries: usize,
    /// Most bytes of all entries, keys and bookkeeping included; at least 1.
    pub max_bytes: u64,
    /// The clock that expiry uses.
    pub clock: Clock,
}

/// Counts of a storage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StorageStats {
    /// Entries held.
    pub entries: u64,
    /// Bytes of them, keys and bookkeeping included.
    pub bytes: u64,
    /// Entries that left for room, those that were too large to come among them.
    pub evictions: u64,
    /// Entries whose time was over.
    pub expirations: u64,
}

/// What [`Storage::get`] found.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// The value.
    pub value: Value<'a>,
    /// When it expires; 0 for never.
    pub expires_at: Instant,
    /// Its version: no other entry ever has the same.
    pub version: u64,
    /// Where [`Storage::touch`] looks for the version.
    pub place: usize,
    /// Whether anyone has read it before.
    pub was_read: bool,
}

#[derive(Debug)]
struct Entry {
    value: Box<[u8]>,
    format: Format,
    expires_at: Instant,
    version: u64,
    place: usize,
    was_read: bool,
}

/// Who has a place: the version, and its key. A version of 0 is nobody's.
#[derive(Debug, Default)]
struct Place {
    version: u64,
    key: Option<Arc<[u8]>>,
}

/// Entries by key. The least recently used leave first.
#[derive(Debug)]
pub struct Storage {
    lru: LruCache<Arc<[u8]>, Entry>,
    /// So that a memo can ask for an entry without saying its key.
    places: Vec<Place>,
    free: Vec<usize>,
    deadlines: Deadlines,
    last_version: u64,
    max_entries: usize,
    max_bytes: u64,
    clock: Clock,
    stats: StorageStats,
}

fn cost(key: &[u8], value: &[u8]) -> u64 {
    key.len() as u64 + value.len() as u64 + ENTRY_BYTES
}

impl Storage {
    /// An empty storage, which takes no memory worth mentioning.
    ///
    /// ## Errors
    /// [`Error::InvalidOption`] where an option is out of the range its field names.
    pub fn new(options: StorageOptions) -> Result<Self> {
        let StorageOptions { max_entries, max_bytes, clock } = options;
        if max_entries == 0 || max_bytes == 0 {
            let option = if max_entries == 0 { "max" } else { "maxBytes" };
            return Err(Error::InvalidOption { option, value: "0".to_owned(), remedy: "it is at least 1".to_owned() });
        }
        Ok(Self {
            lru: LruCache::unbounded(),
            places: Vec::new(),
            free: Vec::new(),
            deadlines: Deadlines::default(),
            last_version: 0,
            max_entries,
            max_bytes,
            clock,
            stats: StorageStats::default(),
        })
    }

    /// The clock that entries expire by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The counts.
    #[must_use]
    pub fn stats(&self) -> StorageStats {
        self.stats
    }

    /// The entry with this key, which becomes the most recently used one.
    pub fn get(&mut self, key: &[u8]) -> Option<Kept<'_>> {
        let expires_at = self.lru.peek(key)?.expires_at;
        if self.is_over(expires_at) {
            self.expire(key);
            return None;
        }
        let entry = self.lru.get_mut(key)?;
        let was_read = std::mem::replace(&mut entry.was_read, true);
        Some(Kept {
            value: Value { bytes: &entry.value, format: entry.format },
            expires_at: entry.expires_at,
            version: entry.version,
            place: entry.place,
            was_read,
        })
    }

    /// Whether the entry that had this version at this place is still the key's; if so, it becomes the most recently
    /// used one.
    pub fn touch(&mut self, place: usize, version: u64) -> bool {
        let Some(Place { version: held, key: Some(key) }) = self.places.get(place) else { return false };
        if *held != version {
            return false;
        }
        let key = Arc::clone(key);
        let Some(entry) = self.lru.get(&key) else { return false };
        let expires_at = entry.expires_at;
        if self.is_over(expires_at) {
            self.expire(&key);
            return false;
        }
        true
    }

    /// Keeps a value; what was used least recently leaves for it. One that is larger than the whole bound is not kept,
    /// and what the key had is gone all the same.
    pub fn set(&mut self, key: &[u8], value: Value<'_>, expires_at: Instant) {
        self.remove(key);
        let bytes = cost(key, value.bytes);
        if bytes > self.max_bytes {
            self.stats.evictions += 1;
            return;
        }
        while self.lru.len() >= self.max_entries || self.stats.bytes + bytes > self.max_bytes {
            let oldest = self.lru.pop_lru();
            let Some(entry) = self.let_go(oldest) else { break };
            self.count_departure(entry.expires_at);
        }
        let key: Arc<[u8]> = Arc::from(key);
        self.last_version += 1;
        let version = self.last_version;
        let taken = Place { version, key: Some(Arc::clone(&key)) };
        let place = match self.free.pop() {
            Some(place) => {
                self.places[place] = taken;
                place
            }
            None => {
                self.places.push(taken);
                self.places.len() - 1
            }
        };
        self.deadlines.add(expires_at, version, &key);
        self.stats.bytes += bytes;
        let entry =
            Entry { value: value.bytes.into(), format: value.format, expires_at, version, place, was_read: false };
        self.lru.put(key, entry);
        self.stats.entries = self.lru.len() as u64;
    }

    /// Forgets a key.
    pub fn remove(&mut self, key: &[u8]) {
        let removed = self.lru.pop_entry(key);
        self.let_go(removed);
    }

    /// Forgets all keys.
    pub fn clear(&mut self) {
        self.lru = LruCache::unbounded();
        self.places = Vec::new();
        self.free = Vec::new();
        self.deadlines.clear();
        self.stats.entries = 0;
        self.stats.bytes = 0;
    }

    /// Takes out entries whose time is over, a thousand at most. Returns in how many milliseconds the next one ends, 0
    /// for now, `None` if none does.
    pub fn sweep(&mut self) -> Option<u64> {
        // No clock is asked where nothing ends.
        self.deadlines.next()?;
        let now = self.clock.now();
        for _ in 0..SWEPT_AT_ONCE {
            let Some(key) = self.deadlines.due(now) else { break };
            self.expire(&key);
        }
        self.deadlines.next().map(|next| next.saturating_sub(now))
    }

    /// Checks every invariant; the text names the first that does not hold.
    ///
    /// ## Errors
    /// What does not hold.
    pub fn validate(&self) -> std::result::Result<(), String> {
        let bytes: u64 = self.lru.iter().map(|(key, entry)| cost(key, &entry.value)).sum();
        if bytes != self.stats.bytes || self.lru.len() as u64 != self.stats.entries {
            return Err(format!("{} entries of {bytes} bytes, counted as {:?}", self.lru.len(), self.stats));
        }
        if bytes > self.max_bytes || self.lru.len() > self.max_entries {
            return Err(format!("{bytes} bytes of {}, {} of {}", self.max_bytes, self.lru.len(), self.max_entries));
        }
        let ending = self.lru.iter().filter(|(_, entry)| entry.expires_at != 0);
        if ending.clone().any(|(_, entry)| !self.deadlines.has(entry.expires_at, entry.version))
            || ending.count() != self.deadlines.len()
        {
            return Err("the deadlines differ from the entries".to_owned());
        }
        let placed = |(key, entry): (&Arc<[u8]>, &Entry)| {
            let place = &self.places[entry.place];
            place.version == entry.version && place.key.as_ref() == Some(key)
        };
        if !self.lru.iter().all(placed) || self.places.len() != self.free.len() + self.lru.len() {
            return Err("the places differ from the entries".to_owned());
        }
        Ok(())
    }

    fn is_over(&self, expires_at: Instant) -> bool {
        expires_at != 0 && self.clock.now() >= expires_at
    }

    fn expire(&mut self, key: &[u8]) {
        self.remove(key);
        self.stats.expirations += 1;
    }

    fn count_departure(&mut self, expires_at: Instant) {
        if self.is_over(expires_at) {
            self.stats.expirations += 1;
        } else {
            self.stats.evictions += 1;
        }
    }

    fn let_go(&mut self, removed: Option<(Arc<[u8]>, Entry)>) -> Option<Entry> {
        let (key, entry) = removed?;
        self.stats.bytes -= cost(&key, &entry.value);
        self.stats.entries = self.lru.len() as u64;
        self.deadlines.remove(entry.expires_at, entry.version);
        self.places[entry.place] = Place::default();
        self.free.push(entry.place);
        Some(entry)
    }
}

#[cfg(test)]
mod tests;
