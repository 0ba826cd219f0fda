//! The lock table of a region (R25 to R29): where it is, whose its rows are, and who of them lives.

use super::members::Members;
use super::region::Region;
use crate::clock::running_ms;
use crate::store::locks::{Desk, Ground, Table};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

impl Ground for Region {
    fn table(&self) -> Table<'_> {
        Table(self.map.words(self.layout.locks, self.layout.lock_words))
    }

    fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }

    fn owner(&self) -> u64 {
        self.membership.lock_word()
    }

    fn lives(&self, owner: u64) -> bool {
        self.members().owner_lives(owner, &self.membership)
    }

    fn bell(&self, owner: u64) -> Option<&AtomicU32> {
        self.members().lock_bell(owner)
    }

    fn now(&self) -> u64 {
        running_ms()
    }

    fn is_over(&self) -> bool {
        self.is_retired()
    }

    fn hash(&self, bytes: &[u8]) -> u64 {
        self.hasher.hash(bytes)
    }
}

impl Region {
    pub(super) fn check_locks(&self) -> Result<(), String> {
        self.table().check(&Members::names_a_slot)
    }
}
