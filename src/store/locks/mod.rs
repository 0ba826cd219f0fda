//! Locks on names, fair and leased, for callers in any process: a table that all see (R25 to R29, R38), and in each process
//! a desk for its own requests.

mod desk;
mod flights;
mod heap;
#[cfg(test)]
mod model;
mod table;
#[cfg(test)]
mod tests;
mod watch;

pub use self::desk::{Ask, Desk, Turn, Waker};
pub use self::heap::HeapLocks;
pub use self::table::{Flight, Hash, Row, Seen, Table, words_for};

use crate::entry::Scope;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

/// What names are locked for: users' own, and single flights, which never meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A resource of a user's.
    Resource = 0,
    /// The computing of a key.
    Flight = 1,
}

/// Where a lock table is, and who uses it: a region, or this process's memory.
pub trait Ground: Send + Sync {
    /// The table.
    fn table(&self) -> Table<'_>;
    /// This process's requests.
    fn desk(&self) -> &Arc<Desk>;
    /// What this process's rows say of their owner.
    fn owner(&self) -> u64;
    /// Whether an owner lives. "Cannot tell" is alive.
    fn lives(&self, owner: u64) -> bool;
    /// What an owner's waiting thread sleeps on.
    fn bell(&self, owner: u64) -> Option<&AtomicU32>;
    /// Milliseconds on a clock that all users share, and that stands still while the machine sleeps.
    fn now(&self) -> u64;
    /// Whether the table was replaced, so that nobody's turn comes here any more.
    fn is_over(&self) -> bool;
    /// A seeded hash.
    fn hash(&self, bytes: &[u8]) -> u64;
}

/// The hash of a name in a scope.
pub fn hash_of(ground: &dyn Ground, kind: Kind, scope: &Scope, name: &[u8]) -> Hash {
    [0_u8, 1].map(|half| ground.hash(&[&[half, kind as u8], scope.prefix(), name].concat()))
}

/// What the holder of a flight's name computes.
pub fn flight_of(ground: &dyn Ground, scope: &Scope, entry_key: &[u8]) -> Flight {
    Flight { entry: ground.hash(entry_key), scope: ground.hash(scope.prefix()) }
}

/// Wakes whoever is first in the queues of these resources.
pub(in crate::store) fn call_next(ground: &dyn Ground, hashes: impl IntoIterator<Item = Hash>) {
    for hash in hashes {
        if let Some(next) = ground.table().first(hash) {
            ring(ground, next.owner);
        }
    }
}

/// An entry was written ([`Table::end_flights_of_entry`]): wakes those who may compute it now.
pub(in crate::store) fn end_flights_of_entry(ground: &dyn Ground, entry: u64) {
    call_next(ground, ground.table().end_flights_of_entry(entry));
}

/// As [`end_flights_of_entry`], for all entries of a scope.
pub(in crate::store) fn end_flights_of_scope(ground: &dyn Ground, scope: u64) {
    call_next(ground, ground.table().end_flights_of_scope(scope));
}

/// As [`end_flights_of_entry`], for all entries.
pub(in crate::store) fn end_all_flights(ground: &dyn Ground) {
    call_next(ground, ground.table().end_all_flights());
}

/// Takes away what belongs to the dead, and what has stood beyond its deadline, and wakes those who come next (R27).
pub fn sweep(ground: &dyn Ground) {
    let shorter = ground.table().sweep(ground.now(), &mut |owner| owner != ground.owner() && !ground.lives(owner));
    call_next(ground, shorter);
}

/// Takes this process's rows away: it leaves.
pub(in crate::store) fn leave(ground: &dyn Ground) {
    let shorter = ground.table().sweep(0, &mut |owner| owner == ground.owner());
    call_next(ground, shorter);
}

pub(in crate::store) fn ring(ground: &dyn Ground, owner: u64) {
    if let Some(bell) = ground.bell(owner) {
        bell.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        super::shared::wake_sleepers(bell);
    }
}
