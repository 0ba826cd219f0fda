//! Leaving a region (R18): the last to leave takes away what nobody uses any more.

use super::claim::{JOINED, remove};
use super::layout::header;
use super::region::Region;
use super::{ownership, persist};
use crate::store::Wait;
use std::sync::atomic::Ordering;
use std::time::Duration;

impl Region {
    /// Leaves: gives the slot back, and takes away what nobody uses any more if nobody else is left and nobody owns it; of a
    /// persisted region the file stays.
    pub(super) fn leave(&self) {
        crate::store::locks::leave(self);
        // From here on, of several who leave at the same time, none counts on another.
        self.members().bury(self.membership.stay());
        let lock = if self.persisted { persist::lock_of(&self.path) } else { self.home.lock(&self.name) };
        let was_last = ownership::while_nobody_owns(&lock).is_some_and(|_moment| {
            self.is_at_its_path() && !self.members().others_live(Some(&self.membership)) && self.close_behind()
        });
        self.members().release(&self.membership);
        if was_last {
            if self.persisted {
                persist::remove_lock(&self.path);
            }
            self.home.remove_note(&self.name, &self.path);
            self.home.remove_lock(&self.name);
        }
    }

    /// Takes the region away, as the last to leave, unless somebody has joined just now: then this is `false`.
    ///
    /// In the writer's turn: nobody is between a write and its acknowledgement then. A joiner claims its slot and then looks at
    /// the flag; this sets the flag and then looks at the slots: one of the two sees the other.
    fn close_behind(&self) -> bool {
        // Not by `lock`, because this process's threads may have been shut out for good. Who does not give it up lives.
        let (lock, word) = (self.map.word(header::LOCK), self.membership.lock_word());
        if self.wait_for_lock(Wait::BRIEFLY, word).is_err() {
            return false;
        }
        fail_point!("leave:alone");
        self.map.word(header::RETIRED).store(1, Ordering::SeqCst);
        let was_last = !self.members().others_live(Some(&self.membership));
        if !was_last {
            self.map.word(header::RETIRED).store(0, Ordering::SeqCst);
        } else if self.persisted {
            // The next synchronizer reads the file anew (R31).
            self.wake_all();
            let _ = std::fs::remove_dir_all(&self.folder);
        } else {
            self.retire();
            remove(&self.path, &self.folder);
        }
        let _ = lock.compare_exchange(word, 0, Ordering::Release, Ordering::Relaxed);
        was_last
    }
}

/// Leaves all regions at the end of the process, when its threads may be anywhere: none of them writes from here on. A
/// region in which one does not stop writing within `patience` is not left, as when the process is killed.
pub(super) fn leave_all(patience: Duration) {
    let Some(joined) = JOINED.try_lock_for(patience) else { return };
    for region in joined.iter().flatten().filter_map(|(_, region)| region.upgrade()) {
        if let Some(turn) = region.threads.try_lock_for(patience) {
            region.leave();
            // Never unlocked again: who gave its slot back must not write.
            std::mem::forget(turn);
        }
        // Whoever drops it later, or this, must not leave a second time.
        std::mem::forget(region);
    }
    // Nor does anybody join again.
    std::mem::forget(joined);
}
