//! When entries of a store in memory end: so that those whose time is over leave without being read.

use crate::clock::Instant;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The entries that end some time, soonest first. Exact: what leaves a store leaves here, too, so there are never more
/// than the store has.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    /// By end and version, because several may end at the same instant.
    keys: BTreeMap<(Instant, u64), Arc<[u8]>>,
}

impl Deadlines {
    /// An entry with this version came. An `expires_at` of 0 is never.
    pub(super) fn add(&mut self, expires_at: Instant, version: u64, key: &Arc<[u8]>) {
        if expires_at != 0 {
            self.keys.insert((expires_at, version), Arc::clone(key));
        }
    }

    /// It left.
    pub(super) fn remove(&mut self, expires_at: Instant, version: u64) {
        if expires_at != 0 {
            self.keys.remove(&(expires_at, version));
        }
    }

    /// All entries left.
    pub(super) fn clear(&mut self) {
        self.keys.clear();
    }

    /// When the next one ends.
    pub(super) fn next(&self) -> Option<Instant> {
        self.keys.keys().next().map(|&(expires_at, _)| expires_at)
    }

    /// The key of one whose time is over.
    pub(super) fn due(&self, now: Instant) -> Option<Arc<[u8]>> {
        let ((expires_at, _), key) = self.keys.first_key_value()?;
        (*expires_at <= now).then(|| Arc::clone(key))
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether this entry is among them.
    pub(super) fn has(&self, expires_at: Instant, version: u64) -> bool {
        self.keys.contains_key(&(expires_at, version))
    }
}
