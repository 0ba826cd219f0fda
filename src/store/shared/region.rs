//! A region as one process sees it: the mapping, this process's membership, and the way to everything in it.

use super::counts::Counts;
use super::directory::Directory;
use super::index::{Hasher, Index};
use super::layout::{Layout, header};
use super::mapping::Mapping;
use super::members::{Members, Membership};
use super::ring::Ring;
use crate::clock::{Clock, Instant};
use crate::entry::Scope;
use crate::error::{Error, Result};
use crate::store::Stats;
use crate::store::locks::Desk;
use parking_lot::Mutex;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The shared store. All threads of a process share one, because a member is a process.
#[derive(Debug)]
pub struct Region {
    pub(super) map: Mapping,
    pub(super) layout: Layout,
    pub(super) file: File,
    pub(super) path: PathBuf,
    /// Where it was looked for, and by what name.
    pub(super) home: Directory,
    pub(super) name: String,
    pub(super) folder: PathBuf,
    pub(super) membership: Membership,
    pub(super) hasher: Hasher,
    pub(super) clock: Clock,
    /// Asked once: a system call for each set would cost a tenth of it.
    pub(super) pid: u32,
    /// Threads of this process take turns here before they contend with other processes.
    pub(super) threads: Mutex<()>,
    /// The acquisition count at which a long wait ended in vain, plus one; 0 for never (R15).
    pub(super) stuck_at: AtomicU64,
    /// This process's requests for locks.
    pub(super) desk: Arc<Desk>,
    /// Whether records have seals, and the file outlives its users (R30).
    pub(super) persisted: bool,
}

impl Region {
    #[inline]
    pub(super) fn index(&self) -> Index<'_> {
        Index { map: &self.map, layout: &self.layout }
    }

    #[inline]
    pub(super) fn ring(&self) -> Ring<'_> {
        Ring { map: &self.map, layout: &self.layout }
    }

    pub(super) fn counts(&self) -> Counts<'_> {
        Counts(self.index())
    }

    pub(super) fn members(&self) -> Members<'_> {
        Members { map: &self.map, layout: &self.layout, folder: &self.folder }
    }

    pub(super) fn max_value_bytes(&self) -> u64 {
        self.map.word(header::MAX_VALUE_BYTES).load(Ordering::Relaxed)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder where it was looked for.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.home.0
    }

    /// The high half of the id that was drawn for the region when it was made.
    pub(super) fn region_id(&self) -> u64 {
        self.map.word(header::REGION_ID).load(Ordering::Relaxed)
    }

    /// The clock that the region's instants are on.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Whether space ran out while the ring was reserved, so that the capacity is smaller than asked for (R12).
    #[must_use]
    pub fn is_out_of_space(&self) -> bool {
        self.map.word(header::OUT_OF_SPACE).load(Ordering::Relaxed) != 0
    }

    /// Maps the index and the marks once more: an address for one JavaScript environment to check its memo at, because
    /// an engine refuses one address twice.
    ///
    /// ## Errors
    /// What the system says.
    pub fn map_index(&self) -> Result<Mapping> {
        Mapping::new(&self.file, self.layout.index as u64, self.layout.index_bytes())
            .map_err(Error::io("Mapping the index", &self.path))
    }

    /// How many words the index has.
    #[must_use]
    pub fn index_words(&self) -> usize {
        self.layout.words
    }

    /// The word in a slot of the index, and, if it is `version`, the mark beside it set: a check of a memo where the
    /// index cannot be shown to JavaScript.
    #[must_use]
    pub fn is_current(&self, slot: usize, version: u64) -> bool {
        let is_same = slot < self.layout.words && self.index().word(slot).load(Ordering::Acquire) == version;
        if !is_same || self.is_retired() {
            return false;
        }
        self.index().mark(slot).store(1, Ordering::Relaxed);
        true
    }

    /// How many entries are counted together with those of this scope: at least the scope's own (R5).
    #[must_use]
    pub fn entries_beside(&self, scope: &Scope) -> u64 {
        self.counts().scope_entries(Counts::scope_of(self.hasher.hash(scope.prefix())))
    }

    /// Adds or takes a subscriber who wants notices of eviction and expiry (R23).
    pub fn listen(&self, listening: bool) {
        let listeners = self.map.word(header::LISTENERS);
        let _ = listeners.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| {
            if listening { count.checked_add(1) } else { count.checked_sub(1) }
        });
    }

    pub(super) fn corrupt(&self, reason: String) -> Error {
        Error::Corrupt { path: self.path.clone(), reason }
    }

    pub(super) fn counted(&self) -> Stats {
        let load = |offset| self.map.word(offset).load(Ordering::Relaxed);
        Stats {
            entries: load(header::ENTRIES),
            bytes: load(header::LIVE_BYTES),
            max_bytes: self.layout.max_bytes,
            capacity_bytes: self.ring().capacity(),
            evictions: load(header::EVICTIONS),
            expirations: load(header::EXPIRATIONS),
        }
    }

    /// The instant `ttl_ms` from now, on this region's clock; 0 for never.
    #[must_use]
    pub fn expiry(&self, ttl_ms: f64) -> Instant {
        self.clock.after(ttl_ms)
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        self.leave();
    }
}
