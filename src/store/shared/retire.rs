//! Retiring a region: everybody who has it mapped stops using it and joins its successor (R19).
//!
//! The flag alone is not enough. A reader that remembers a value compares nothing but the index word (R4), so the words
//! are cleared too, after the flag: whoever reads the region again sees the flag, and joins the next one.

use super::Region;
use super::claim::remove;
use super::doorbell::wake;
use super::layout::{Layout, header};
use super::mapping::Mapping;
use super::members::Members;
use crate::error::{Error, Result};
use crate::store::Wait;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering, fence};

/// Retires the region in this mapping, as a member or not, and wakes everybody who sleeps on it.
pub(super) fn retire(map: &Mapping, layout: &Layout) {
    map.word(header::RETIRED).store(1, Ordering::SeqCst);
    for word in map.words(layout.index, layout.words) {
        word.store(0, Ordering::Release);
    }
    let ring = |bell: &AtomicU32| {
        bell.fetch_add(1, Ordering::SeqCst);
        wake(bell);
    };
    ring(map.half_word(header::BELL));
    let members = Members { map, layout, folder: Path::new("") };
    members.owners().filter_map(|owner| members.lock_bell(owner)).for_each(ring);
}

impl Region {
    /// Whether the region was replaced; its users join the new one (R19).
    #[must_use]
    pub fn is_retired(&self) -> bool {
        self.map.word(header::RETIRED).load(Ordering::Acquire) != 0
    }

    /// Tells all users to leave.
    pub(super) fn retire(&self) {
        retire(&self.map, &self.layout);
    }

    /// Retires a region whose place another one has taken, for all who have it mapped (R19).
    pub fn give_up(&self) {
        // A stopped owner must not keep the others here: what it writes later counts for nothing, as it will find.
        let _last_word = self.lock(Wait::BRIEFLY);
        self.retire();
    }

    /// As above, and takes it away, unless a user named its file.
    pub(super) fn retire_and_remove(&self) {
        self.give_up();
        if !self.persisted {
            remove(&self.path, &self.folder);
        }
    }

    /// To be asked by a writer between its last store and the end of its turn. An error says that the region was retired
    /// meanwhile: the write may lie behind what the successor has been told already, so it is made again there.
    pub(super) fn check_not_retired(&self) -> Result<()> {
        // The write, fence, look here; the flag, then the successor there: either this sees the flag, or the write came
        // before the successor.
        fence(Ordering::SeqCst);
        if self.is_retired() { Err(Error::Retired) } else { Ok(()) }
    }
}
