//! A lock table in this process's memory: where a hub's store is, too.

use super::Ground;
use super::desk::Desk;
use super::table::{Table, words_for};
use crate::clock::running_ms;
use crate::store::shared::Hasher;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64};

/// Rows of a table in memory.
const ROWS: usize = 1024;
/// The only owner that there is.
const OWNER: u64 = 1 << 48;

/// Locks for one process.
#[derive(Debug)]
pub struct HeapLocks {
    words: Box<[AtomicU64]>,
    desk: Arc<Desk>,
    bell: AtomicU32,
    hasher: Hasher,
}

impl Default for HeapLocks {
    fn default() -> Self {
        let words = (0..words_for(ROWS)).map(|_| AtomicU64::new(0)).collect();
        let seed = uuid::Uuid::new_v4().as_u64_pair().0;
        Self { words, desk: Arc::default(), bell: AtomicU32::new(0), hasher: Hasher::new(seed) }
    }
}

impl Ground for HeapLocks {
    fn table(&self) -> Table<'_> {
        Table(&self.words)
    }

    fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }

    fn owner(&self) -> u64 {
        OWNER
    }

    fn lives(&self, _: u64) -> bool {
        true
    }

    fn bell(&self, _: u64) -> Option<&AtomicU32> {
        Some(&self.bell)
    }

    fn now(&self) -> u64 {
        running_ms()
    }

    fn is_over(&self) -> bool {
        false
    }

    fn hash(&self, bytes: &[u8]) -> u64 {
        self.hasher.hash(bytes)
    }
}
