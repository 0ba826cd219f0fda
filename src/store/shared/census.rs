//! How much a scope holds, counted when it is asked (R23): a million scopes keep no counts.

use super::Region;
use super::index::position_of;
use super::ring::Kind;
use crate::entry::Scope;
use std::sync::atomic::Ordering;

impl Region {
    /// Entries of a scope, and bytes of their records. A walk over the index; where others write meanwhile, what they set
    /// or take out may be counted or not.
    #[must_use]
    pub fn count_scope(&self, scope: &Scope) -> (u64, u64) {
        let (mut entries, mut bytes, mut key) = (0, 0, Vec::new());
        // At least as many as there are in the scope.
        let most = self.entries_beside(scope);
        for slot in 0..self.layout.words {
            if entries >= most {
                break;
            }
            loop {
                let word = self.index().word(slot).load(Ordering::Acquire);
                if word == 0 {
                    break;
                }
                key.clear();
                let record = self.ring().record(position_of(word)).filter(|record| record.kind == Kind::Set);
                if let Some(record) = &record {
                    self.ring().read_key(record, &mut key);
                }
                if !self.was_intact(slot, word) {
                    continue;
                }
                if let Some(record) = record
                    && scope.holds(&key)
                {
                    entries += 1;
                    bytes += record.len as u64;
                }
                break;
            }
        }
        (entries, bytes)
    }
}
