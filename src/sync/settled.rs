//! Which writes of which mirror are settled (M2, M6).

use crate::entry::{MAX_NAME_BYTES, Scope};
use lru::LruCache;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;

/// Mirrors whose numbers are kept; the one that was silent longest is forgotten. A forgotten mirror's repeated write
/// would be applied again.
const MAX_MIRRORS: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// A mirror's id as stores keep it: longer ones are cut.
pub(super) fn mirror_id(sender: &[u8]) -> &[u8] {
    &sender[..sender.len().min(MAX_NAME_BYTES)]
}

/// The numbers of one mirror's writes, which ascend. 0 is none.
#[derive(Debug, Default)]
struct Numbers {
    /// The highest that the store took.
    applied: u64,
    /// The highest that the feed told.
    told: u64,
    /// The highest that was refused.
    rejected: u64,
    /// Those that were overtaken by a change of the same key which was not told yet, lowest first.
    overtaken: BTreeSet<u64>,
}

impl Numbers {
    /// Up to here all writes are settled: those whose effect, or what came after it, was told. Sooner, and the mirror
    /// would go back to a state without its own write. What was rejected counts once all before it does.
    fn settled(&self) -> u64 {
        match self.overtaken.first() {
            Some(lowest) => lowest - 1,
            None if self.told < self.applied => self.told,
            None => self.told.max(self.rejected),
        }
    }

    fn highest(&self) -> u64 {
        self.applied.max(self.told).max(self.rejected)
    }
}

/// The numbers of all mirrors. A mirror belongs to one scope: the same id in another scope is another mirror, so
/// that nobody settles or blocks the writes of a scope that is not theirs.
#[derive(Debug)]
pub(super) struct Settled(LruCache<Box<[u8]>, Numbers>);

impl Settled {
    pub(super) fn new() -> Self {
        Self(LruCache::new(MAX_MIRRORS))
    }

    /// Whether this write was applied or rejected before (M6).
    pub(super) fn has_seen(&mut self, scope: &Scope, sender: &[u8], write: u64) -> bool {
        is_numbered(sender, write)
            && self.0.get(&*name(scope.prefix(), sender)).is_some_and(|numbers| write <= numbers.highest())
    }

    /// The store took the write.
    pub(super) fn applied(&mut self, scope: &Scope, sender: &[u8], write: u64) {
        self.note(scope.prefix(), sender, write, |numbers| numbers.applied = write.max(numbers.applied));
    }

    /// The write was refused, for good.
    pub(super) fn rejected(&mut self, scope: &Scope, sender: &[u8], write: u64) {
        self.note(scope.prefix(), sender, write, |numbers| numbers.rejected = write.max(numbers.rejected));
    }

    /// The feed told the write. Returns up to which number the mirror's writes are settled now; 0 for none.
    pub(super) fn told(&mut self, scope_prefix: &[u8], sender: &[u8], write: u64) -> u64 {
        self.note(scope_prefix, sender, write, |numbers| numbers.told = write.max(numbers.told))
    }

    /// The feed passed the write over, because a later change of its key will be told. `first` is the mirror's first
    /// write of that key that waits for it.
    pub(super) fn overtaken(&mut self, scope_prefix: &[u8], sender: &[u8], write: u64, first: u64) {
        self.note(scope_prefix, sender, write, |numbers| {
            numbers.told = write.max(numbers.told);
            numbers.overtaken.insert(first);
        });
    }

    /// What overtook the write is told. Returns as [`Settled::told`].
    pub(super) fn made_up_for(&mut self, scope_prefix: &[u8], sender: &[u8], write: u64) -> u64 {
        self.note(scope_prefix, sender, write, |numbers| {
            numbers.overtaken.remove(&write);
        })
    }

    /// Up to which number the mirror's writes are settled.
    pub(super) fn of(&mut self, scope: &Scope, sender: &[u8]) -> u64 {
        self.0.get(&*name(scope.prefix(), sender)).map_or(0, |numbers| numbers.settled())
    }

    /// Nothing that was applied waits to be told any more: everybody is given the present state instead.
    pub(super) fn settle_all(&mut self) {
        for (_, numbers) in &mut self.0 {
            numbers.told = numbers.told.max(numbers.applied);
            numbers.overtaken.clear();
        }
    }

    fn note(&mut self, scope_prefix: &[u8], sender: &[u8], write: u64, note: impl FnOnce(&mut Numbers)) -> u64 {
        if !is_numbered(sender, write) {
            return 0;
        }
        let numbers = self.0.get_or_insert_mut(name(scope_prefix, sender), Numbers::default);
        note(numbers);
        numbers.settled()
    }
}

/// Whether this is a numbered write of a mirror.
pub(super) fn is_numbered(sender: &[u8], write: u64) -> bool {
    !sender.is_empty() && write != 0
}

fn name(scope_prefix: &[u8], sender: &[u8]) -> Box<[u8]> {
    [scope_prefix, mirror_id(sender)].concat().into_boxed_slice()
}
